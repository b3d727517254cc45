//! `GET /start`: a login arrives from the tenant. It becomes a session, a cookie and the landing page.

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};

use super::{
    HANDLE_SECS, Inner, codes,
    pages::{Page, facts, masked, one_line, text},
    store::{Event, Integration, NewSession, StoreError, Tx, purpose_name, secret_digest},
    token::{StartClaims, StartTokenError, TOKEN_MAX_BYTES, peek_integration, read_start_by},
};
use crate::{
    protocol::{Purpose, Reason},
    world::{UnixSecs, random_text},
};

/// Longest life of a session, seconds.
const SESSION_SECS: i64 = 600;
/// Most bytes of Auth0's `state`: ten times what was seen.
const STATE_MAX_BYTES: usize = 2048;

/// Why no session began; each is a page.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("the address lacks session_token or state, or they are too long")]
    Incomplete,
    #[error("the browser only wanted to look ahead")]
    Prefetch,
    #[error("the integration is switched off")]
    Disabled,
    #[error("no integration of this id")]
    IntegrationUnknown,
    #[error(transparent)]
    Token(#[from] StartTokenError),
    #[error("the session token was used before")]
    Used,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the person sees when a session began.
enum Landing {
    /// The deep link.
    Open { link: String },
    /// This verifier will not look at the face; the handle takes the refusal to the tenant.
    Refuse { reason: Reason, handle: String, wait_secs: i64 },
}

struct Started {
    session: String,
    cookie: String,
    life_secs: i64,
    application: String,
    account: String,
    tenant: String,
    purpose: Purpose,
    landing: Landing,
}

/// Begins a session from a tenant's session token and shows the landing page. It never continues by itself.
#[utoipa::path(get, path = "/start", tag = "browser", params(
    ("session_token" = String, Query, description = "JWT HS256 by the integration's Session Secret, from api.redirect.encodeToken"),
    ("state" = String, Query, description = "Opaque; given back unchanged"),
), responses(
    (status = 200, description = "Landing page with the launch link; sets the session's cookie", content_type = "text/html"),
    (status = 403, description = "A page that names why no session began", content_type = "text/html"),
))]
pub(crate) async fn start(State(verifier): State<Inner>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let nonce = random_text::<16>(verifier.chance());
    match begin(&verifier, query.as_deref().unwrap_or_default(), &headers).await {
        Ok(started) => {
            let mut response = landing_page(&verifier, &started).respond(&nonce);
            let cookie = format!(
                "{}={}; Path=/; Max-Age={}; Secure; HttpOnly; SameSite=Lax",
                cookie_name(&started.session),
                started.cookie,
                // A handle given in the session's last second must still find its browser.
                started.life_secs + HANDLE_SECS,
            );
            if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
        Err(error) => {
            let page = error_page(&error);
            if matches!(error, StartError::Store(_)) {
                tracing::error!(error = &error as &dyn std::error::Error, "no session began");
            } else {
                tracing::info!(page = page.name, "no session began");
            }
            page.respond(&nonce)
        }
    }
}

/// The cookie that ties the browser to the session.
pub(crate) fn cookie_name(session: &str) -> String {
    format!("__Host-countenance-{session}")
}

/// Whether a browser asks only to have the page ready: one-time addresses must not be spent for that.
pub(crate) fn is_prefetch(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose"]
        .iter()
        .any(|name| headers.get(*name).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("prefetch")))
}

async fn begin(verifier: &Inner, query: &str, headers: &HeaderMap) -> Result<Started, StartError> {
    if is_prefetch(headers) {
        return Err(StartError::Prefetch);
    }
    let (token, state) = parameters(query).ok_or(StartError::Incomplete)?;
    let now = verifier.now();
    let mut tx = verifier.store().begin().await?;
    tx.sweep(now).await?;
    let id = peek_integration(&token)?;
    let integration = tx.integration(&id).await?.ok_or(StartError::IntegrationUnknown)?;
    let secrets = tx.session_secrets(&id, now).await?;
    let (claims, secret) = read_start_by(&token, &secrets, &integration, now)?;
    // After the signature, so that a stranger does not learn it; before the token is spent, so that it is good again.
    if !integration.rules.enabled {
        return Err(StartError::Disabled);
    }
    if !tx.spend_token(&token, claims.exp).await? {
        return Err(StartError::Used);
    }
    let arrival = Arrival { claims, state, secret_digest: secret_digest(secret) };
    let started = create(verifier, &mut tx, &integration, &arrival, now).await?;
    tx.commit().await?;
    Ok(started)
}

/// What came with a login.
struct Arrival {
    claims: StartClaims,
    /// Auth0's, to be given back.
    state: String,
    /// Of the secret that its token was signed with.
    secret_digest: String,
}

async fn create(
    verifier: &Inner,
    tx: &mut Tx<'_>,
    integration: &Integration,
    arrival: &Arrival,
    now: UnixSecs,
) -> Result<Started, StartError> {
    let claims = &arrival.claims;
    let chance = verifier.chance();
    let (id, code, cookie) = (random_text::<16>(chance), random_text::<32>(chance), random_text::<32>(chance));
    tx.ensure_account(&integration.id, &claims.sub).await?;
    let enrolled = tx.template(&integration.id, &claims.sub).await?.is_some();
    // The tenant's hint is not asked: what the verifier holds decides, or a hint could enrol over a template.
    let purpose = if enrolled { Purpose::Verify } else { Purpose::Enroll };
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
    tx.record(now, Event::SessionCreated, &id, account.as_deref(), purpose_name(purpose)).await?;
    let locked_until = tx.locked_until(&integration.id, &claims.sub).await?;
    let session = tx.session(&id).await?.ok_or(StoreError::Unknown { what: "session" })?;
    // A lock for faces leaves the way by code open.
    let locked = locked_until > now && codes::offered(verifier, tx, &session).await?.is_empty();
    let refusal = if !enrolled && !integration.rules.allow_self_enrolment {
        Some(Reason::NotEnrolled)
    } else if locked {
        Some(Reason::TooManyAttempts)
    } else {
        None
    };
    let landing = match refusal {
        None => Landing::Open { link: format!("countenance://verify?v={}&s={id}&c={code}", verifier.origin().text()) },
        Some(reason) => {
            // A person reads this page first, so the handle lives as long as the session.
            let handle = verifier.refuse(tx, &id, reason, new.expires_at).await?;
            Landing::Refuse { reason, handle, wait_secs: locked_until.saturating_sub(now) }
        }
    };
    Ok(Started {
        life_secs: new.expires_at - now,
        application: new.application.to_owned(),
        account: new.account.to_owned(),
        tenant: integration.rules.tenant_host.clone(),
        session: id.clone(),
        cookie: cookie.clone(),
        purpose,
        landing,
    })
}

/// `session_token` and `state`, each exactly once and within its size.
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

fn landing_page(verifier: &Inner, started: &Started) -> Page {
    let rows = [
        ("Application", started.application.as_str()),
        ("Signs in at", started.tenant.as_str()),
        ("Account", started.account.as_str()),
    ];
    match &started.landing {
        Landing::Open { link } => {
            let lead = match started.purpose {
                Purpose::Enroll => {
                    "Countenance will take a picture of your face, so that later logins can be compared with it."
                }
                Purpose::Verify => "Countenance will compare your face with the one that you enrolled.",
            };
            let install = verifier.download_url().map_or_else(
                || "Nothing happens? Countenance must be installed on this computer; ask whoever runs this login.".into(),
                |url| {
                    format!(
                        "Nothing happens? <a href=\"{}\" rel=\"noreferrer\">Install Countenance</a> on this computer, then press the button again.",
                        text(url)
                    )
                },
            );
            let body = format!(
                "<p>{lead}</p>\n{}<a class=\"go\" href=\"{}\">Open Countenance</a>\n<p class=\"soft\">{install}</p>\n\
                 <p class=\"soft\">You did not begin this login? Close this page.</p>\n",
                facts(&rows),
                text(link)
            );
            Page::new(StatusCode::OK, "landing", "Show that it is you", body)
        }
        Landing::Refuse { reason, handle, wait_secs } => {
            let (name, title, lead) = match reason {
                Reason::TooManyAttempts => ("too-many-attempts", "Too many failed attempts", wait_words(*wait_secs)),
                _ => (
                    "not-enrolled",
                    "No face is enrolled for this account",
                    "You cannot enrol it yourself here. Ask whoever runs this application.".to_owned(),
                ),
            };
            let body = format!(
                "<p>{lead}</p>\n{}<a class=\"go\" href=\"/return/{}\">Go back to {}</a>\n",
                facts(&rows),
                text(handle),
                text(&started.application)
            );
            Page::new(StatusCode::OK, name, title, body)
        }
    }
}

fn wait_words(secs: i64) -> String {
    match secs {
        ..=90 => format!("Try again in {} seconds.", secs.max(1)),
        91..=86_400 => format!("Try again in {} minutes.", (secs + 59) / 60),
        _ => "Ask whoever runs this application to let you in again.".to_owned(),
    }
}

fn error_page(error: &StartError) -> Page {
    const AGAIN: &str = "Go back to the application and sign in again.";
    let (status, name, title, lead) = match error {
        StartError::Incomplete => (StatusCode::BAD_REQUEST, "start-incomplete", "This address is not complete", AGAIN),
        StartError::Prefetch => {
            (StatusCode::SERVICE_UNAVAILABLE, "prefetch", "Not opened yet", "Open the link itself.")
        }
        StartError::IntegrationUnknown => (
            StatusCode::FORBIDDEN,
            "integration-unknown",
            "This login is not set up here",
            "Tell whoever runs the application: its integration id is not known to this verifier.",
        ),
        StartError::Disabled => (
            StatusCode::FORBIDDEN,
            "integration-disabled",
            "This login is switched off",
            "Ask whoever runs the application; once it is switched on again, sign in again.",
        ),
        StartError::Token(StartTokenError::Expired) => {
            (StatusCode::FORBIDDEN, "token-expired", "This login took too long", AGAIN)
        }
        StartError::Used => (StatusCode::FORBIDDEN, "token-used", "This login was opened before", AGAIN),
        StartError::Token(StartTokenError::Malformed) => {
            (StatusCode::BAD_REQUEST, "token-malformed", "This address is not complete", AGAIN)
        }
        StartError::Token(StartTokenError::Signature) => (
            StatusCode::FORBIDDEN,
            "token-signature",
            "This login cannot be trusted",
            "Tell whoever runs the application: the Session Secret of its Action is not the one given by this verifier.",
        ),
        StartError::Token(StartTokenError::NotNow) => (
            StatusCode::FORBIDDEN,
            "token-not-now",
            "This login is dated wrongly",
            "Tell whoever runs the application: its clock, or the life of its token, is off.",
        ),
        StartError::Token(StartTokenError::OtherTenant) => (
            StatusCode::FORBIDDEN,
            "token-other-tenant",
            "This login comes from another place",
            "Tell whoever runs the application: its tenant is not the one registered with this verifier.",
        ),
        StartError::Token(StartTokenError::ForeignContinue) => (
            StatusCode::FORBIDDEN,
            "token-foreign-continue",
            "This login would end somewhere else",
            "Do not go on. Tell whoever runs the application: its continue address is not the tenant's.",
        ),
        StartError::Store(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "store",
            "Something broke here",
            "Nothing was decided. Try again in a minute.",
        ),
    };
    Page::new(status, name, title, format!("<p>{lead}</p>\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parameters_are_wanted_once_and_short() {
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

    #[test]
    fn waits_are_told_in_the_unit_a_person_counts_in() {
        assert_eq!(wait_words(30), "Try again in 30 seconds.");
        assert_eq!(wait_words(3600), "Try again in 60 minutes.");
        assert!(wait_words(i64::MAX).starts_with("Ask "));
    }
}
