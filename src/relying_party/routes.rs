//! The application's routes: code flow with PKCE, state and nonce.

use axum::{extract::State, response::Response};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jsonwebtoken::jwk::JwkSet;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::Url;

use super::{
    FetchError, IdTokenError, RelyingParty, STEP_UP_POLICY,
    id_token::{self, Expected, Person},
    pages,
    sessions::{Login, Visitor},
};
use crate::web::{self, Incoming, SameSite};

const COOKIE: &str = "payroll_session";

/// `GET /`.
pub(super) async fn home(State(app): State<RelyingParty>, incoming: Incoming) -> Response {
    pages::home(visitor(&app, &incoming).as_ref())
}

/// `GET /login`: an ordinary login.
pub(super) async fn login(State(app): State<RelyingParty>, incoming: Incoming) -> Response {
    authorize(&app, &incoming, false)
}

/// `GET /salary`: the page itself, or a login that asks for a second factor.
pub(super) async fn salary(State(app): State<RelyingParty>, incoming: Incoming) -> Response {
    match visitor(&app, &incoming) {
        Some(visitor) if visitor.is_verified => pages::salary(&visitor),
        _ => authorize(&app, &incoming, true),
    }
}

/// `POST /logout`. The cookie is `SameSite=Lax`, so no other site can post this.
pub(super) async fn logout(State(app): State<RelyingParty>, incoming: Incoming) -> Response {
    if let Some(cookie) = incoming.cookie(COOKIE) {
        app.sessions().log_out(cookie);
    }
    web::set_cookie(web::redirect("/"), COOKIE, None, SameSite::Lax)
}

/// `GET /callback`: the tenant's answer.
pub(super) async fn callback(State(app): State<RelyingParty>, incoming: Incoming) -> Response {
    let cookie = incoming.cookie(COOKIE).unwrap_or_default();
    let state = incoming.query.get("state").unwrap_or_default();
    // First of all: an answer that this browser did not ask for says nothing, not even an error.
    let Some(login) = app.sessions().take(cookie, state, app.now()) else {
        return pages::stale();
    };
    if let Some(error) = incoming.query.get("error") {
        return pages::failed(login.is_step_up, error, incoming.query.get("error_description").unwrap_or_default());
    }
    let code = incoming.query.get("code").unwrap_or_default().to_owned();
    let is_step_up = login.is_step_up;
    let redeemed = {
        let app = app.clone();
        tokio::task::spawn_blocking(move || redeem(&app, &code, &login)).await
    };
    match redeemed {
        Ok(Ok(person)) if is_step_up && !person.is_verified => pages::failed(
            true,
            "insufficient_user_authentication",
            "The login service did not confirm a second factor.",
        ),
        Ok(Ok(person)) => {
            let fresh = app.random();
            app.sessions().log_in(cookie, fresh.clone(), person, app.now());
            let next = web::redirect(if is_step_up { "/salary" } else { "/" });
            web::set_cookie(next, COOKIE, Some(&fresh), SameSite::Lax)
        }
        Ok(Err(error)) => pages::broken(&error.to_string()),
        Err(_panicked) => pages::broken("The login could not be completed."),
    }
}

/// Why a code gave no person.
#[derive(Debug, thiserror::Error)]
enum RedeemError {
    #[error("The login service cannot be reached.")]
    Unreached(#[from] FetchError),
    #[error("The login service did not accept the code.")]
    Refused,
    #[error("The login service gave an answer that makes no sense.")]
    Malformed(#[from] serde_json::Error),
    #[error("The login service has an address that makes no sense.")]
    BadAddress(#[from] url::ParseError),
    #[error("The login service gave a token that does not hold: {0}.")]
    BadToken(#[from] IdTokenError),
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

/// Exchanges the code and checks what comes for it. The endpoints are the fixed ones of every Auth0 tenant. Blocks.
fn redeem(app: &RelyingParty, code: &str, login: &Login) -> Result<Person, RedeemError> {
    let inner = &*app.0;
    let redirect_uri = app.redirect_uri();
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", &inner.client_id),
        ("redirect_uri", &redirect_uri),
        ("code", code),
        ("code_verifier", &login.code_verifier),
    ];
    let answer = inner.fetch.post_form(&Url::parse(&format!("{}/oauth/token", inner.tenant))?, &fields)?;
    if answer.status != 200 {
        return Err(RedeemError::Refused);
    }
    let Tokens { id_token } = serde_json::from_slice(&answer.body)?;
    let keys = inner.fetch.get(&Url::parse(&format!("{}/.well-known/jwks.json", inner.tenant))?)?;
    let keys: JwkSet = serde_json::from_slice(&keys.body)?;
    let issuer = format!("{}/", inner.tenant);
    let expected = Expected { issuer: &issuer, client_id: &inner.client_id, nonce: &login.nonce, now: app.now() };
    Ok(id_token::check(&id_token, &keys, &expected)?)
}

/// Sends the browser to the tenant.
fn authorize(app: &RelyingParty, incoming: &Incoming, is_step_up: bool) -> Response {
    let inner = &*app.0;
    let (state, nonce, code_verifier) = (app.random(), app.random(), app.random());
    let code_challenge = BASE64.encode(Sha256::digest(code_verifier.as_bytes()));
    let redirect_uri = app.redirect_uri();
    let mut parameters = vec![
        ("response_type", "code"),
        ("client_id", &inner.client_id),
        ("redirect_uri", &redirect_uri),
        ("scope", "openid profile"),
        ("state", &state),
        ("nonce", &nonce),
        ("code_challenge", &code_challenge),
        ("code_challenge_method", "S256"),
    ];
    if is_step_up {
        parameters.push(("acr_values", STEP_UP_POLICY));
    }
    let Ok(url) = Url::parse_with_params(&format!("{}/authorize", inner.tenant), parameters) else {
        return pages::broken("The login service has an address that makes no sense.");
    };
    let cookie = incoming.cookie(COOKIE).map_or_else(|| app.random(), str::to_owned);
    app.sessions().begin(&cookie, state, Login { nonce, code_verifier, is_step_up, began_at: app.now() });
    web::set_cookie(web::redirect(url.as_str()), COOKIE, Some(&cookie), SameSite::Lax)
}

fn visitor(app: &RelyingParty, incoming: &Incoming) -> Option<Visitor> {
    app.sessions().visitor(incoming.cookie(COOKIE)?, app.now())
}
