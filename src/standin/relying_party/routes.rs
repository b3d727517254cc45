//! The application's routes: authorization code flow with PKCE, state and nonce; renewal by refresh token; silent
//! check.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use sha2::{Digest, Sha256};
use url::Url;

use super::{
    RelyingParty, pages,
    sessions::{Login, LoginRequest, MFA_LIFE_SECS, Tokens, Visitor},
    tokens::{self, TokensError},
};
use crate::web::{self, Incoming};
use countenance_amr::StepUp;

const COOKIE: &str = "payroll_session";

/// `GET /`.
pub(super) async fn home(State(app): State<RelyingParty>, incoming: Incoming) -> Response {
    pages::home(visitor(&app, &incoming).as_ref())
}

/// `GET /login`: a sign-in without a second factor, for the account in `login_hint`, if there is one, as a kiosk's badge
/// reader has it.
pub(super) async fn login(State(app): State<RelyingParty>, incoming: Incoming) -> Response {
    authorize(&app, &incoming, LoginRequest::Login)
}

/// `GET /salary`: the page, or a sign-in that requests a second factor. This cannot loop: a callback without a recent
/// second factor ends on an error page, and the tenant issues one only after user interaction.
pub(super) async fn salary(State(app): State<RelyingParty>, incoming: Incoming) -> Response {
    match visitor(&app, &incoming) {
        Some(visitor) if visitor.is_verified => pages::salary(&visitor),
        _ => authorize(&app, &incoming, LoginRequest::StepUp),
    }
}

/// `GET /silent`: checks whether the user is still signed in at the tenant, without showing a page (`prompt=none`).
pub(super) async fn silent(State(app): State<RelyingParty>, incoming: Incoming) -> Response {
    authorize(&app, &incoming, LoginRequest::Silent)
}

/// `POST /renew`: renews the tokens by refresh token. They have no claim of a second factor, so the session neither
/// gains nor loses one; its age still counts from the sign-in. The cookie is `SameSite=Lax`, so no other site can post
/// this.
pub(super) async fn renew(State(app): State<RelyingParty>, incoming: Incoming) -> Response {
    let cookie = incoming.cookie(COOKIE).unwrap_or_default();
    let Some(refresh_token) = app.sessions().take_refresh(cookie, app.now()) else {
        return pages::not_renewed("There is nothing to renew, or another page is at it.");
    };
    let (asking, for_tenant) = (app.clone(), refresh_token.clone());
    match tokio::task::spawn_blocking(move || tokens::renew(&asking, &for_tenant)).await {
        Ok(Ok(tokens)) => {
            if app.sessions().renew(cookie, tokens) {
                web::redirect("/")
            } else {
                pages::not_renewed("The login service answered for somebody else, or for another login.")
            }
        }
        Ok(Err(TokensError::Refused)) => pages::not_renewed("The login service does not renew this login."),
        Ok(Err(error)) => {
            if matches!(error, TokensError::Unreached(_) | TokensError::Busy) {
                app.sessions().put_back(cookie, refresh_token);
            }
            pages::broken(&error.to_string())
        }
        Err(_panicked) => pages::broken("The login could not be renewed."),
    }
}

/// `POST /logout`. The cookie is `SameSite=Lax`, so no other site can post this.
pub(super) async fn logout(State(app): State<RelyingParty>, incoming: Incoming) -> Response {
    if let Some(cookie) = incoming.cookie(COOKIE) {
        app.sessions().log_out(cookie);
    }
    (incoming.cookies.remove(session(String::new())), web::redirect("/")).into_response()
}

/// `GET /callback`: the tenant's authorization response.
pub(super) async fn callback(State(app): State<RelyingParty>, incoming: Incoming) -> Response {
    let cookie = incoming.cookie(COOKIE).unwrap_or_default();
    let state = incoming.query.get("state").unwrap_or_default();
    // Check the state first: nothing in a response that this browser did not request is trusted, not even an error.
    let Some(login) = app.sessions().take(cookie, state, app.now()) else {
        return pages::stale();
    };
    let request = login.request;
    if let Some(error) = incoming.query.get("error") {
        return pages::failed(request, error, incoming.query.get("error_description").unwrap_or_default());
    }
    let code = incoming.query.get("code").unwrap_or_default().to_owned();
    let asking = app.clone();
    let tokens = match tokio::task::spawn_blocking(move || tokens::redeem(&asking, &code, &login)).await {
        Ok(Ok(tokens)) => tokens,
        Ok(Err(error)) => return pages::broken(&error.to_string()),
        Err(_panicked) => return pages::broken("The login could not be completed."),
    };
    if request == LoginRequest::StepUp && !has_fresh_factor(&app, &tokens) {
        return pages::failed(
            request,
            "insufficient_user_authentication",
            "The login service did not confirm a second factor.",
        );
    }
    let fresh = app.random();
    app.sessions().log_in(cookie, fresh.clone(), tokens, request);
    let next = web::redirect(if request == LoginRequest::StepUp { "/salary" } else { "/" });
    (incoming.cookies.add(session(fresh)), next).into_response()
}

/// Whether these tokens would open the salary page now.
fn has_fresh_factor(app: &RelyingParty, tokens: &Tokens) -> bool {
    tokens.id_token.mfa_within(MFA_LIFE_SECS - 1, app.now())
}

/// Sends the browser to the tenant.
fn authorize(app: &RelyingParty, incoming: &Incoming, request: LoginRequest) -> Response {
    let inner = &*app.0;
    let (state, nonce, code_verifier) = (app.random(), app.random(), app.random());
    let code_challenge = BASE64.encode(Sha256::digest(code_verifier.as_bytes()));
    let asked = match request {
        LoginRequest::Login => {
            incoming.query.get("login_hint").map(|whom| ("login_hint", whom.to_owned())).into_iter().collect()
        }
        LoginRequest::StepUp => StepUp::authid().parameters(),
        LoginRequest::Silent => vec![("prompt", "none".to_owned())],
    };
    let url = Url::parse_with_params(
        &format!("{}/authorize", inner.tenant),
        [
            ("response_type", "code".to_owned()),
            ("client_id", inner.client_id.clone()),
            ("redirect_uri", app.redirect_uri()),
            ("scope", "openid profile offline_access".to_owned()),
            ("state", state.clone()),
            ("nonce", nonce.clone()),
            ("code_challenge", code_challenge),
            ("code_challenge_method", "S256".to_owned()),
        ]
        .into_iter()
        .chain(asked),
    );
    let Ok(url) = url else {
        return pages::broken("The login service has an address that makes no sense.");
    };
    let cookie = incoming.cookie(COOKIE).map_or_else(|| app.random(), str::to_owned);
    app.sessions().begin(&cookie, state, Login { nonce, code_verifier, request, began_at: app.now() });
    (CookieJar::new().add(session(cookie)), web::redirect(url.as_str())).into_response()
}

fn session(value: String) -> Cookie<'static> {
    web::cookie(COOKIE, value, SameSite::Lax)
}

fn visitor(app: &RelyingParty, incoming: &Incoming) -> Option<Visitor> {
    app.sessions().visitor(incoming.cookie(COOKIE)?, app.now())
}
