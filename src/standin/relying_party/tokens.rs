//! Requests tokens with an authorization code or a refresh token. Both block.

use serde::Deserialize;
use url::Url;
use zeroize::Zeroizing;

use super::{
    RelyingParty,
    sessions::{Login, RefreshToken, Tokens},
};
use countenance_amr::{FetchError, IdTokenError, JwkSet};
use countenance_net::{Net, NetError, Request};

/// Why there are no tokens.
#[derive(Debug, thiserror::Error)]
pub(super) enum TokensError {
    #[error("The login service cannot be reached.")]
    Unreached(#[from] NetError),
    #[error("The login service did not accept what it gave out before.")]
    Refused,
    #[error("The login service has no answer just now.")]
    Busy,
    #[error("The login service gave an answer that makes no sense.")]
    Malformed(#[source] serde_json::Error),
    #[error("The login service has an address that makes no sense.")]
    BadAddress(#[from] url::ParseError),
    #[error("The login service gave a token that does not hold: {0}.")]
    BadToken(#[from] IdTokenError),
}

/// Endpoints, the same for every Auth0 tenant.
const TOKEN_PATH: &str = "/oauth/token";
const KEYS_PATH: &str = "/.well-known/jwks.json";

#[derive(Deserialize)]
struct TokenResponse {
    id_token: String,
    #[serde(default)]
    refresh_token: Option<String>,
}

/// Exchanges the authorization code of a sign-in.
pub(super) fn redeem(app: &RelyingParty, code: &str, login: &Login) -> Result<Tokens, TokensError> {
    let redirect_uri = app.redirect_uri();
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", &app.0.client_id),
        ("redirect_uri", &redirect_uri),
        ("code", code),
        ("code_verifier", &login.code_verifier),
    ];
    ask(app, &fields, Some(&login.nonce))
}

/// Exchanges a refresh token. The tenant shows no page for this, so the tokens prove no new authentication.
pub(super) fn renew(app: &RelyingParty, refresh_token: &RefreshToken) -> Result<Tokens, TokensError> {
    let fields =
        [("grant_type", "refresh_token"), ("client_id", &app.0.client_id), ("refresh_token", refresh_token.as_str())];
    ask(app, &fields, None)
}

/// Fetches the tenant's current JWK set.
pub(super) fn fetch_keys(net: &dyn Net, tenant: &str) -> Result<JwkSet, FetchError> {
    let answer = net.send(&Request::get(Url::parse(&format!("{tenant}{KEYS_PATH}"))?))?;
    if answer.status == 200 { Ok(JwkSet::from_json(&answer.body)?) } else { Err(TokensError::Busy.into()) }
}

fn ask(app: &RelyingParty, fields: &[(&str, &str)], nonce: Option<&str>) -> Result<Tokens, TokensError> {
    let answer = app.0.net.send(&Request::form(Url::parse(&format!("{}{TOKEN_PATH}", app.0.tenant))?, fields))?;
    match answer.status {
        200 => {}
        429 | 500.. => return Err(TokensError::Busy),
        _ => return Err(TokensError::Refused),
    }
    let body = Zeroizing::new(answer.body);
    let TokenResponse { id_token, refresh_token } = serde_json::from_slice(&body).map_err(TokensError::Malformed)?;
    let (id_token, refresh_token) = (Zeroizing::new(id_token), refresh_token.map(Zeroizing::new));
    Ok(Tokens { id_token: app.0.id_tokens.check(&id_token, nonce, app.now())?, refresh_token })
}
