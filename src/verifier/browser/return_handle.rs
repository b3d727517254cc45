//! `GET /return/{handle}`: returns the browser that started the sign-in to the tenant with the result, once; for some
//! seconds the same browser gets the same answer again.
//!
//! The return token is created on this request, is valid for 60 s and is not stored. It is sent in a form's body, so
//! that it never appears in a URL or the browser history. A pending enrollment is promoted in the same transaction.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use maud::html;

use crate::{
    AppState,
    api::bindings,
    api::captures,
    browser::notices::Notice,
    browser::pages::Page,
    browser::token::{RETURN_LIFE_SECS, ReturnClaims, sign_return},
    browser::{cookie, cookie_name, is_prefetch},
    enrollment::{Promotion, promote},
    ops::request_log,
    store::{Event, Session, SessionStage, SetupEvent, StoreError, Tx, sha256_text},
};
use countenance_core::{
    protocol::{Fallback, Outcome, Purpose, Reason},
    rng::random_text,
};

/// How long the browser may ask again for an answer that was lost on its way, seconds.
const REPEAT_SECS: i64 = 10;

/// What became of an approval.
enum Settled {
    /// It goes to the tenant. `counts`: as a second factor. The notice is to be sent after the commit.
    Stands { counts: bool, notice: Option<Notice> },
    /// It became a refusal.
    Withdrawn(Reason),
}

/// Why the browser is not returned; each variant has a page.
#[derive(Debug, thiserror::Error)]
enum ReturnError {
    #[error("unknown handle")]
    Unknown,
    #[error("the browser only prefetched the page")]
    Prefetch,
    #[error("requested by another browser")]
    OtherBrowser,
    #[error("the handle was already used")]
    Used,
    #[error("the handle has expired")]
    Expired,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the token could not be signed")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

/// Returns the browser to the tenant with a token that contains the session's result.
#[utoipa::path(get, path = "/return/{handle}", tag = "browser",
    params(("handle" = String, Path, description = "From an outcome's continue_url; valid once, for 60 s, in the browser that started the sign-in; repeated within 10 s, the answer is the same")),
    responses(
        (status = 200, description = "A form that posts state and session_token to the tenant's /continue", content_type = "text/html"),
        (status = 403, description = "Requested by another browser; the handle stays valid", content_type = "text/html"),
        (status = 410, description = "Used, expired or unknown", content_type = "text/html"),
    ))]
pub(crate) async fn return_to_tenant(
    State(verifier): State<AppState>,
    Path(handle): Path<String>,
    headers: HeaderMap,
) -> Response {
    let nonce = random_text::<16>(verifier.rng());
    match redeem(&verifier, &handle, &headers).await {
        Ok(page) => page.respond(&nonce),
        Err(error) => {
            let page = error_page(&error);
            if page.status.is_server_error() {
                request_log::failed(page.status, &error, "browser not returned to the tenant");
            } else {
                tracing::info!(page = page.name, "browser not returned to the tenant");
            }
            page.respond(&nonce)
        }
    }
}

async fn redeem(verifier: &AppState, handle: &str, headers: &HeaderMap) -> Result<Page, ReturnError> {
    if is_prefetch(headers) {
        return Err(ReturnError::Prefetch);
    }
    let now = verifier.now();
    let mut tx = verifier.store().begin().await?;
    let session = tx.session_of_handle(handle).await?.filter(|s| s.stage.over()).ok_or(ReturnError::Unknown)?;
    // Checked first, so that a stranger learns nothing and does not spend the handle.
    if !cookie(headers, &cookie_name(&session.id)).is_some_and(|cookie| session.has_cookie(cookie)) {
        return Err(ReturnError::OtherBrowser);
    }
    if session.returned {
        let is_lost = now.saturating_sub(session.returned_at) <= REPEAT_SECS;
        return if is_lost { answer(verifier, &mut tx, &session, handle).await } else { Err(ReturnError::Used) };
    }
    if session.handle_expires_at <= now {
        return Err(ReturnError::Expired);
    }
    let (mut counts, mut notice) = (true, None);
    if session.stage == SessionStage::Approved {
        match settle(verifier, &mut tx, &session).await? {
            Settled::Stands { counts: does, notice: found } => (counts, notice) = (does, found),
            Settled::Withdrawn(reason) => withdraw(verifier, &mut tx, &session, handle, reason).await?,
        }
    }
    tx.mark_returned(&session.id, counts, now).await?;
    let session = tx.session(&session.id).await?.ok_or(ReturnError::Unknown)?;
    let page = answer(verifier, &mut tx, &session, handle).await?;
    let result = result(&session);
    let account = tx.pseudonym(&session.integration_id, &session.sub).await?;
    tx.record(now, Event::Returned, &session.id, account.as_deref(), result).await?;
    tx.note_setup_event(&session.integration_id, SetupEvent::Returned, now, result).await?;
    tx.commit().await?;
    if let Some(notice) = notice {
        notice.post(verifier);
    }
    Ok(page)
}

/// The page that returns a session to the tenant. The same for each call, so that a browser which lost the answer can ask
/// again: the tenant takes the token once.
async fn answer(verifier: &AppState, tx: &mut Tx<'_>, session: &Session, handle: &str) -> Result<Page, ReturnError> {
    let state = tx.state(&session.id).await?;
    let secrets = tx.session_secrets(&session.integration_id, session.returned_at).await?;
    let approved = session.stage == SessionStage::Approved;
    let token = sign_return(
        &ReturnClaims {
            sub: &session.sub,
            iss: verifier.origin().host(),
            iat: session.returned_at,
            exp: session.returned_at + RETURN_LIFE_SECS,
            state: &state,
            jti: &sha256_text(&format!("return {handle}")),
            integration_id: &session.integration_id,
            result: result(session),
            reason: session.reason,
            // A one-time code never enrolls, even if the sign-in was started for enrollment.
            purpose: if session.passed_by.is_some() { Purpose::Verify } else { session.purpose },
            amr: approved.then_some(amr(session.passed_by, session.returned_counts)),
        },
        secrets.of(&session.secret_digest),
    )?;
    Ok(form_page(session, session.returned_counts, &state, &token))
}

/// The result's name in the token.
fn result(session: &Session) -> &'static str {
    if session.stage == SessionStage::Approved { "approved" } else { "refused" }
}

/// Whether an approval still stands when the browser fetches it, and promotes its enrollment. It does not if its
/// integration was disabled, or if the device that posted the face was disabled or removed from the account.
async fn settle(verifier: &AppState, tx: &mut Tx<'_>, session: &Session) -> Result<Settled, StoreError> {
    let integration = tx.integration(&session.integration_id).await?;
    let Some(integration) = integration.filter(|integration| integration.rules.enabled) else {
        return Ok(Settled::Withdrawn(Reason::Disabled));
    };
    if session.passed_by.is_some() {
        return Ok(Settled::Stands { counts: true, notice: None });
    }
    let device = match &session.device {
        Some(device) => tx.device(&integration.id, device).await?,
        None => None,
    };
    let Some(device) = device.filter(|device| device.enabled) else {
        return Ok(Settled::Withdrawn(Reason::Untrusted));
    };
    if let Some(enrollment) = tx.take_pending_enrollment(&session.id).await? {
        return Ok(match promote(verifier, tx, session, &integration, &device, &enrollment).await? {
            Promotion::Enrolled(notice) => Settled::Stands { counts: integration.rules.enrolment_counts, notice },
            Promotion::Refused(reason) => Settled::Withdrawn(reason),
        });
    }
    let verifies = !bindings::enrolls(tx, session).await? && bindings::is_admitted(tx, session, &device).await?;
    Ok(if verifies { Settled::Stands { counts: true, notice: None } } else { Settled::Withdrawn(Reason::Untrusted) })
}

/// Turns an approval that was not fetched yet into a refusal.
async fn withdraw(
    verifier: &AppState,
    tx: &mut Tx<'_>,
    session: &Session,
    handle: &str,
    reason: Reason,
) -> Result<(), StoreError> {
    let outcome = captures::outcome_text(&Outcome::Refused { reason, continue_url: verifier.return_url(handle) });
    tx.finish_session(session, Some(reason), handle, session.handle_expires_at, &outcome).await?;
    let account = tx.pseudonym(&session.integration_id, &session.sub).await?;
    tx.record(verifier.now(), Event::SessionRefused, &session.id, account.as_deref(), reason.name()).await
}

/// The authentication methods used, by their names in RFC 8176; none for an enrollment that does not count.
fn amr(passed_by: Option<Fallback>, counts: bool) -> &'static [&'static str] {
    match passed_by {
        None if counts => &["face", "mfa"],
        None => &[],
        Some(Fallback::Sms) => &["otp", "sms", "mfa"],
        Some(Fallback::Voice) => &["otp", "tel", "mfa"],
    }
}

fn form_page(session: &Session, counts: bool, state: &str, token: &str) -> Page {
    let query: String = url::form_urlencoded::Serializer::new(String::new()).append_pair("state", state).finish();
    let (title, lead) = match session.stage {
        SessionStage::Approved if counts => ("You are verified", "Your login goes on."),
        SessionStage::Approved => ("Your face is enrolled", "Sign in again to use it."),
        _ => ("You were not verified", "Your login ends with this result."),
    };
    let body = html! {
        p { (lead) }
        form method="post" action={ (session.continue_uri) "?" (query) } {
            input type="hidden" name="session_token" value=(token);
            button.go { "Go back to " (session.application) }
        }
    };
    Page {
        script: Some("document.forms[0].submit()"),
        posts_elsewhere: true,
        ..Page::new(StatusCode::OK, "return", title, body)
    }
}

fn error_page(error: &ReturnError) -> Page {
    const AGAIN: &str = "Go back to the application and sign in again.";
    let (status, name, title, lead) = match error {
        ReturnError::Unknown => (StatusCode::GONE, "return-unknown", "This address leads nowhere", AGAIN),
        ReturnError::Prefetch => {
            (StatusCode::SERVICE_UNAVAILABLE, "prefetch", "Not opened yet", "Open the link itself.")
        }
        ReturnError::OtherBrowser => (
            StatusCode::FORBIDDEN,
            "return-other-browser",
            "This login began in another browser",
            "It can only be finished there. Open this address in the browser in which you began to sign in, or sign in again.",
        ),
        ReturnError::Used => (
            StatusCode::GONE,
            "return-used",
            "This login was finished before",
            "If the application does not know it, go back to it and sign in again.",
        ),
        ReturnError::Expired => (StatusCode::GONE, "return-expired", "This login took too long", AGAIN),
        ReturnError::Store(error) => (error.status(), "store", "Something broke here", "Try again in a moment."),
        ReturnError::Sign(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, "store", "Something broke here", "Try again in a moment.")
        }
    };
    Page::new(status, name, title, html! { p { (lead) } })
}
