//! `GET /start`: a sign-in arrives from the tenant and becomes a session, a cookie and the landing page.

use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{CookieJar, SameSite};
use zeroize::Zeroizing;

use crate::{
    AppState, HANDLE_SECS, Transport,
    browser::email_link,
    browser::landing::LoginState,
    browser::pages::{Page, masked, one_line},
    browser::session_page::{BrowserSession, launch_code, no_face},
    browser::start_refusal::StartError,
    browser::token::{StartClaims, TOKEN_MAX_BYTES, peek_integration, read_start_by},
    browser::{cookie_name, is_prefetch, session_cookies, set_cookie},
    ops::request_log,
    otp as codes,
    store::{Event, Integration, NewSession, Session, SetupEvent, StoreError, Tx, secret_digest},
};
use countenance_core::{
    clock::UnixSecs,
    protocol::{Purpose, Reason},
    rng::random_text,
};

/// Maximum lifetime of a session, seconds.
const SESSION_SECS: i64 = 600;
/// Maximum size of Auth0's `state`, bytes: ten times what was observed.
const STATE_MAX_BYTES: usize = 2048;
/// Maximum number of session cookies that are checked when a page is reloaded.
const COOKIES_MAX: usize = 16;

/// A new session, or the one that the same browser started with the same URL before.
struct Started {
    session: Session,
    cookie: Zeroizing<String>,
    anew: bool,
}

/// Starts a session from a tenant's session token and shows the landing page, which never continues automatically.
/// Reloaded in the same browser, the page shows the current state of the sign-in.
#[utoipa::path(get, path = "/start", tag = "browser", params(
    ("session_token" = String, Query, description = "JWT, HS256 with the integration's Session Secret, from api.redirect.encodeToken"),
    ("state" = String, Query, description = "Opaque; returned unchanged"),
), responses(
    (status = 200, description = "Landing page with the launch link, or a page that shows where the link was mailed; sets the session's cookie", content_type = "text/html"),
    (status = 403, description = "A page with the reason why no session was started", content_type = "text/html"),
))]
pub(crate) async fn start(State(verifier): State<AppState>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let nonce = random_text::<16>(verifier.rng());
    let mut cookies = CookieJar::new();
    let page = async {
        let started = begin(&verifier, query.as_deref().unwrap_or_default(), &headers).await?;
        if started.anew {
            // The cookie must outlive a handle that is issued in the session's last second.
            let life_secs = started.session.expires_at - verifier.now() + HANDLE_SECS;
            let name = cookie_name(&started.session.id);
            cookies = set_cookie(name, started.cookie.to_string(), life_secs, SameSite::Lax);
        }
        Ok::<_, StartError>(first_page(&verifier, started).await?)
    };
    let page = page.await.unwrap_or_else(|error| {
        let page = error.page();
        if page.status.is_server_error() {
            request_log::failed(page.status, &error, "no session started");
        } else {
            tracing::info!(page = page.name, "no session started");
        }
        page
    });
    (cookies, page.respond(&nonce)).into_response()
}

/// The first page of a session; mails the link first if the integration uses the email flow.
async fn first_page(verifier: &AppState, started: Started) -> Result<Page, StoreError> {
    let mut tx = verifier.store().begin().await?;
    let browser_session = BrowserSession::new(verifier, &mut tx, started.session, started.cookie.to_string()).await?;
    let unsent =
        matches!(browser_session.login_state(verifier, &mut tx, false).await?, LoginState::Mailed { sends: 0, .. });
    if !(unsent && started.anew) {
        return browser_session.page(verifier, &mut tx, false).await;
    }
    // No transaction is open while waiting for the mail server.
    drop(tx);
    email_link::send(verifier, browser_session).await
}

async fn begin(verifier: &AppState, query: &str, headers: &HeaderMap) -> Result<Started, StartError> {
    if is_prefetch(headers) {
        return Err(StartError::Prefetch);
    }
    let (token, state) = parameters(query).ok_or(StartError::Incomplete)?;
    let now = verifier.now();
    let mut tx = verifier.store().begin().await?;
    let id = peek_integration(&token)?;
    let integration = tx.integration(&id).await?.ok_or(StartError::IntegrationUnknown)?;
    match begin_at(verifier, &mut tx, &integration, &token, state, headers).await {
        Ok(started) => {
            tx.commit().await?;
            Ok(started)
        }
        Err(error) => {
            // Rolls back the session, so the note for the operator needs a transaction of its own.
            drop(tx);
            if error.is_telling() {
                let mut tx = verifier.store().begin().await?;
                tx.note_setup_event(&id, SetupEvent::StartRefused, now, error.page().name).await?;
                tx.commit().await?;
            }
            Err(error)
        }
    }
}

async fn begin_at(
    verifier: &AppState,
    tx: &mut Tx<'_>,
    integration: &Integration,
    token: &str,
    state: String,
    headers: &HeaderMap,
) -> Result<Started, StartError> {
    let now = verifier.now();
    let secrets = tx.session_secrets(&integration.id, now).await?;
    let (claims, secret) = read_start_by(token, &secrets, integration, now)?;
    // After the signature check, so that strangers do not learn it; before the token is spent, so that it can be used
    // once the integration is enabled again.
    if !integration.rules.enabled {
        return Err(StartError::Disabled);
    }
    if !tx.spend_token(token, claims.exp).await? {
        return again(tx, &claims, &state, headers).await?.ok_or(StartError::Used);
    }
    // Only now: reloading the page of a running sign-in starts none.
    verifier.buckets().start(&integration.id, &claims.sub, &integration.rules.limits, now)?;
    tx.note_setup_event(&integration.id, SetupEvent::Start, now, &claims.iat.saturating_sub(now).to_string()).await?;
    let arrival = Arrival { claims, state, secret_digest: secret_digest(secret) };
    Ok(create(verifier, tx, integration, &arrival, now).await?)
}

/// The session that this browser started with the same URL, if any.
async fn again(
    tx: &mut Tx<'_>,
    claims: &StartClaims,
    state: &str,
    headers: &HeaderMap,
) -> Result<Option<Started>, StoreError> {
    for (id, cookie) in session_cookies(headers).take(COOKIES_MAX) {
        let Some(session) = tx.session(id).await?.filter(|session| session.has_cookie(cookie)) else { continue };
        let same = session.integration_id == claims.integration_id && session.sub == claims.sub;
        if same && session.started_at == claims.iat && *tx.state(id).await? == state {
            return Ok(Some(Started { session, cookie: Zeroizing::new(cookie.to_owned()), anew: false }));
        }
    }
    Ok(None)
}

/// The parameters of a sign-in.
struct Arrival {
    claims: StartClaims,
    /// Auth0's `state`, to be returned.
    state: String,
    /// Digest of the secret that signed the session token.
    secret_digest: String,
}

async fn create(
    verifier: &AppState,
    tx: &mut Tx<'_>,
    integration: &Integration,
    arrival: &Arrival,
    now: UnixSecs,
) -> Result<Started, StoreError> {
    let claims = &arrival.claims;
    let rng = verifier.rng();
    let (id, cookie) = (random_text::<16>(rng), Zeroizing::new(random_text::<32>(rng)));
    tx.ensure_account(&integration.id, &claims.sub).await?;
    let enrolled = tx.template(&integration.id, &claims.sub).await?.is_some();
    // Decided by the verifier's own data and not by a hint of the tenant, which could enroll over a template.
    let purpose = if enrolled { Purpose::Verify } else { Purpose::Enroll };
    let locked_until = tx.locked_until(&integration.id, &claims.sub).await?;
    let no_face = no_face(tx, integration, &claims.sub, locked_until.saturating_sub(now), now).await?;
    let by_mail = integration.rules.flow(purpose) == Transport::Email;
    // Input of the launch code besides the cookie. Random if the landing page must not show the link; then only the
    // mail, if one is sent, contains it.
    let mail_token =
        if by_mail || no_face == Some(Reason::NotEnrolled) { random_text::<32>(rng) } else { String::new() };
    let code = launch_code(&id, &cookie, &mail_token);
    let application = claims.client_name.as_deref().map(one_line).filter(|n| !n.is_empty());
    let new = NewSession {
        id: &id,
        integration_id: &integration.id,
        sub: &claims.sub,
        purpose,
        application: application.as_deref().unwrap_or(&integration.rules.name),
        account: &masked(claims.email.as_deref().or(claims.name.as_deref()).unwrap_or_default()),
        continue_uri: &claims.continue_uri,
        started_at: claims.iat,
        expires_at: claims.exp.min(now + SESSION_SECS),
        state: &arrival.state,
        secret_digest: &arrival.secret_digest,
        phone: claims.phone_number.as_ref(),
        code: &code,
        cookie: &cookie,
        attempts: integration.rules.attempts,
    };
    tx.add_session(&new).await?;
    let account = tx.pseudonym(&integration.id, &claims.sub).await?;
    tx.record(now, Event::SessionCreated, &id, account.as_deref(), purpose.name()).await?;
    if let Some(address) = claims.email.as_deref().filter(|_| verifier.mailer().is_some())
        && may_be_an_address(address)
    {
        tx.keep_address(&id, address).await?;
        if by_mail {
            tx.keep_letter(&id, address, &mail_token).await?;
        }
    }
    let mut session = tx.session(&id).await?.ok_or(StoreError::Unknown { what: "session" })?;
    if let Some(reason) = no_face
        && codes::offered(verifier, tx, &session).await?.is_empty()
    {
        // The user reads this page first, so the handle lives as long as the session.
        verifier.refuse(tx, &id, reason, new.expires_at).await?;
        session = tx.session(&id).await?.ok_or(StoreError::Unknown { what: "session" })?;
    }
    Ok(Started { session, cookie, anew: true })
}

/// Whether `text` could be a mail address; the mailer validates it fully.
fn may_be_an_address(text: &str) -> bool {
    text.len() <= email_link::ADDRESS_MAX_BYTES && text.contains('@') && !text.contains(|c: char| c.is_control())
}

/// Parses `session_token` and `state`; each must occur exactly once and within its size limit.
fn parameters(query: &str) -> Option<(String, String)> {
    if query.len() > TOKEN_MAX_BYTES + STATE_MAX_BYTES + 256 {
        return None;
    }
    let (mut token, mut state) = (None, None);
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let slot = match name.as_ref() {
            "session_token" => &mut token,
            "state" => &mut state,
            _ => continue,
        };
        if slot.replace(value.into_owned()).is_some() {
            return None;
        }
    }
    let (token, state) = (token?, state?);
    let fits = (1..=TOKEN_MAX_BYTES).contains(&token.len()) && (1..=STATE_MAX_BYTES).contains(&state.len());
    fits.then_some((token, state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requires_each_parameter_once_and_within_its_limit() {
        assert_eq!(parameters("session_token=a.b.c&state=x%2Fy&z=1"), Some(("a.b.c".into(), "x/y".into())));
        let long = format!("session_token=a&state={}", "x".repeat(STATE_MAX_BYTES + 1));
        for bad in [
            "",
            "session_token=a",
            "state=x",
            "session_token=a&state=",
            "session_token=a&session_token=b&state=x",
            &long,
        ] {
            assert_eq!(parameters(bad), None, "{bad}");
        }
    }
}
