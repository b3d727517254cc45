//! `/authorize`: validates an authorization request and finds the browser's session, if any.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::SameSite;
use maud::html;
use serde_json::Map;

use super::{
    Tenant, pipeline,
    store::{LoginStage, Request, Transaction},
};
use crate::web::{self, Incoming};

/// Identifies the browser that started a sign-in. `SameSite=None`: `/continue` needs it on a cross-site POST.
pub(super) const BROWSER_COOKIE: &str = "tenant_browser";
/// Identifies the browser session. `SameSite=Lax`: sent on links to this site.
pub(super) const SESSION_COOKIE: &str = "tenant_session";
/// Length of an S256 code challenge: 32 bytes in base64url.
const CHALLENGE_CHARS: usize = 43;

/// `GET /authorize`.
pub(super) async fn authorize(State(tenant): State<Tenant>, incoming: Incoming) -> Response {
    let request = match request(&tenant, &incoming) {
        Ok(request) => request,
        Err(refusal) => return *refusal,
    };
    let now = tenant.now();
    let session = incoming.cookie(SESSION_COOKIE).and_then(|id| tenant.store().session(id, now));
    let session = session.filter(|_| !request.prompt.iter().any(|prompt| prompt == "login"));
    if session.is_none() && pipeline::is_silent(&request) {
        return pipeline::to_application(&request, &pipeline::error("login_required", "Login required"));
    }

    let browser = incoming.cookie(BROWSER_COOKIE).map_or_else(|| tenant.random(), str::to_owned);
    let transaction = Transaction {
        id: tenant.random(),
        browser: browser.clone(),
        request,
        began_at: now,
        metadata: Map::new(),
        id_claims: Map::new(),
        access_claims: Map::new(),
        mfa: None,
        stage: LoginStage::Password { wrong: 0 },
    };
    let answer = if let Some(session) = session {
        pipeline::execute(&tenant, &incoming, transaction, &session).await
    } else {
        let state = tenant.random();
        tenant.store().put_transaction(state.clone(), transaction, now);
        web::redirect(&format!("/u/login?state={state}"))
    };
    (incoming.cookies.add(web::cookie(BROWSER_COOKIE, browser, SameSite::None)), answer).into_response()
}

/// The validated request. Until client and redirect URI are verified, errors are shown here, not sent to the
/// application.
fn request(tenant: &Tenant, incoming: &Incoming) -> Result<Request, Box<Response>> {
    let query = &incoming.query;
    let Some(client) = query.get("client_id").and_then(|id| tenant.config().client(id)) else {
        return Err(Box::new(mistake("Unknown client", "No application with this client_id is registered.")));
    };
    let callback = query.get("redirect_uri").filter(|uri| client.redirect_uris.iter().any(|known| known == uri));
    let Some(redirect_uri) = callback else {
        return Err(Box::new(mistake(
            "Callback URL mismatch",
            "The redirect_uri is not registered for this application.",
        )));
    };
    let request = Request {
        client_id: client.client_id.clone(),
        redirect_uri: redirect_uri.to_owned(),
        state: query.get("state").map(str::to_owned),
        nonce: query.get("nonce").map(str::to_owned),
        scopes: query.words("scope"),
        audience: query.get("audience").map(str::to_owned),
        code_challenge: query.get("code_challenge").unwrap_or_default().to_owned(),
        prompt: query.words("prompt"),
        acr_values: query.get("acr_values").map(|_| query.words("acr_values")),
        login_hint: query.get("login_hint").map(str::to_owned),
    };
    let fault = if query.get("response_type") != Some("code") {
        Some(("unsupported_response_type", "Only response_type=code is supported"))
    } else if query.get("response_mode").is_some_and(|mode| mode != "query") {
        Some(("invalid_request", "Only response_mode=query is supported"))
    } else if query.get("code_challenge_method") != Some("S256") || request.code_challenge.len() != CHALLENGE_CHARS {
        Some(("invalid_request", "PKCE with code_challenge_method=S256 is required"))
    } else if pipeline::is_silent(&request) && request.prompt.len() > 1 {
        Some(("invalid_request", "prompt=none cannot be combined with other values"))
    } else if request.audience.as_ref().is_some_and(|audience| !tenant.config().apis.contains(audience)) {
        Some(("access_denied", "Service not found"))
    } else {
        None
    };
    match fault {
        Some((error, description)) => {
            Err(Box::new(pipeline::to_application(&request, &pipeline::error(error, description))))
        }
        None => Ok(request),
    }
}

fn mistake(title: &str, text: &str) -> Response {
    let main = html! {
        h1 { (title) }
        p { (text) }
    };
    web::page(StatusCode::BAD_REQUEST, title, &main)
}
