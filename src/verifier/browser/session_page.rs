//! `GET /sessions/{id}` and `POST /sessions/{id}/leave`: shows or cancels a sign-in in the browser that started it.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::html;

use crate::{
    AppState, EnrolmentFlow, Transport, browser,
    browser::email_link,
    browser::landing::{self, Login, LoginState},
    browser::mail_pages::NoMail,
    browser::pages::{Page, masked},
    browser::start_refusal::broken,
    enrollment,
    ops::request_log,
    otp as codes,
    store::{Integration, Session, SessionStage, StoreError, Tx, sha256_text},
};
use countenance_core::{
    clock::UnixSecs,
    protocol::{Outcome, Reason},
    rng::random_text,
};

/// Why a browser's request is rejected; each variant has a page.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BrowserSessionError {
    /// No session has this id, or another browser started it: a stranger does not learn which.
    #[error("requested by another browser, or no such session")]
    OtherBrowser,
    #[error("the form is from another site")]
    ForeignForm,
    #[error("the form is malformed")]
    BadForm,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BrowserSessionError {
    pub(crate) fn page(&self) -> Page {
        let (status, name, title, lead) = match self {
            Self::OtherBrowser => (
                StatusCode::FORBIDDEN,
                "other-browser",
                "This login began in another browser",
                "Or it is long over. Open this address in the browser in which you began to sign in, or sign in again.",
            ),
            Self::ForeignForm => (
                StatusCode::FORBIDDEN,
                "foreign-form",
                "Another site sent you here",
                "Nothing was done. Go back to the application and sign in again.",
            ),
            Self::BadForm => (
                StatusCode::BAD_REQUEST,
                "bad-form",
                "This form is not complete",
                "Go back to the page before and press its button again.",
            ),
            Self::Store(error) => {
                request_log::failed(error.status(), error, "a sign-in page failed");
                return broken(error);
            }
        };
        Page::new(status, name, title, html! { p { (lead) } })
    }
}

/// Shows the state of the sign-in.
#[utoipa::path(get, path = "/sessions/{id}", tag = "browser", params(("id" = String, Path, description = "Session")), responses(
    (status = 200, description = "State of the sign-in, in the browser that started it", content_type = "text/html"),
    (status = 403, description = "Requested by another browser", content_type = "text/html"),
))]
pub(crate) async fn show(State(verifier): State<AppState>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let shown = async {
        let mut tx = verifier.store().begin().await?;
        let browser_session = BrowserSession::of(&verifier, &mut tx, &id, &headers).await?;
        Ok(browser_session.page(&verifier, &mut tx, false).await?)
    };
    respond(&verifier, shown.await)
}

/// Cancels the sign-in and returns the browser to the tenant. A sign-in that was already refused is returned too; one
/// that was approved stays approved.
#[utoipa::path(post, path = "/sessions/{id}/leave", tag = "browser", params(("id" = String, Path, description = "Session")), responses(
    (status = 303, description = "To /return/{handle}"),
    (status = 200, description = "The sign-in was already approved or completed", content_type = "text/html"),
    (status = 403, description = "Another browser, or another site's form", content_type = "text/html"),
))]
pub(crate) async fn leave(State(verifier): State<AppState>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match left(&verifier, &id, &headers).await {
        Ok(Left::To(handle)) => see_other(&format!("/return/{handle}")),
        Ok(Left::Over(page)) => respond(&verifier, Ok(page)),
        Err(error) => respond(&verifier, Err(error)),
    }
}

enum Left {
    To(String),
    Over(Page),
}

async fn left(verifier: &AppState, id: &str, headers: &HeaderMap) -> Result<Left, BrowserSessionError> {
    if !browser::is_own_form(headers, verifier.origin()) {
        return Err(BrowserSessionError::ForeignForm);
    }
    let now = verifier.now();
    let mut tx = verifier.store().begin().await?;
    let browser_session = BrowserSession::of(verifier, &mut tx, id, headers).await?;
    let reason = match browser_session.login_state(verifier, &mut tx, false).await? {
        LoginState::Refused { handle, .. } => return Ok(Left::To(handle)),
        LoginState::Approved | LoginState::Returned => {
            return Ok(Left::Over(browser_session.page(verifier, &mut tx, false).await?));
        }
        // A refusal whose handle has expired can no longer be returned.
        LoginState::Expired if browser_session.session.stage.over() => {
            return Ok(Left::Over(browser_session.page(verifier, &mut tx, false).await?));
        }
        LoginState::Expired => Reason::TimedOut,
        LoginState::NoFace { reason, .. } => reason,
        LoginState::Disabled => Reason::Disabled,
        LoginState::Open { .. } | LoginState::Mailed { .. } | LoginState::NoMail(_) => Reason::Cancelled,
    };
    let handle = verifier.refuse(&mut tx, id, reason, now + crate::HANDLE_SECS).await?;
    tx.commit().await?;
    Ok(Left::To(handle))
}

/// A session in the browser that started it.
pub(crate) struct BrowserSession {
    pub(crate) session: Session,
    pub(crate) login: Login,
    integration: Integration,
    cookie: String,
}

impl BrowserSession {
    /// The session `id`, if the browser has its cookie.
    pub(crate) async fn of(
        verifier: &AppState,
        tx: &mut Tx<'_>,
        id: &str,
        headers: &HeaderMap,
    ) -> Result<Self, BrowserSessionError> {
        let cookie = browser::cookie(headers, &browser::cookie_name(id)).ok_or(BrowserSessionError::OtherBrowser)?;
        let session = tx.session(id).await?.filter(|session| session.has_cookie(cookie));
        let session = session.ok_or(BrowserSessionError::OtherBrowser)?;
        Ok(Self::new(verifier, tx, session, cookie.to_owned()).await?)
    }

    /// A session and its cookie, which must belong together.
    pub(crate) async fn new(
        verifier: &AppState,
        tx: &mut Tx<'_>,
        session: Session,
        cookie: String,
    ) -> Result<Self, StoreError> {
        let unknown = StoreError::Unknown { what: "integration" };
        let integration = tx.integration(&session.integration_id).await?.ok_or(unknown)?;
        let login = Login {
            session: session.id.clone(),
            application: session.application.clone(),
            tenant: integration.rules.tenant_host.clone(),
            account: session.account.clone(),
            purpose: session.purpose,
            is_attended: integration.rules.enrolment_flow == EnrolmentFlow::Attended,
            codes: codes::offered(verifier, tx, &session).await?,
            phone: tx.phone_of(&session).await?.map(|phone| phone.masked()),
            download_url: verifier.download_url().map(str::to_owned),
        };
        Ok(Self { session, login, integration, cookie })
    }

    /// The page for the state of the sign-in; `by_mail`: the mailed link was opened.
    pub(crate) async fn page(&self, verifier: &AppState, tx: &mut Tx<'_>, by_mail: bool) -> Result<Page, StoreError> {
        Ok(landing::page(&self.login, &self.login_state(verifier, tx, by_mail).await?))
    }

    /// The state of the sign-in; `by_mail`: the mailed link was opened.
    pub(crate) async fn login_state(
        &self,
        verifier: &AppState,
        tx: &mut Tx<'_>,
        by_mail: bool,
    ) -> Result<LoginState, StoreError> {
        let (session, now) = (&self.session, verifier.now());
        if session.returned {
            return Ok(LoginState::Returned);
        }
        let locked_until = tx.locked_until(&session.integration_id, &session.sub).await?;
        let wait_secs = locked_until.saturating_sub(now).max(0);
        match session.stage {
            // The handle is not shown: another person, lured to complete the sign-in elsewhere, may have shown their
            // face.
            SessionStage::Approved => return Ok(LoginState::Approved),
            SessionStage::Refused => {
                let reason = session.reason.unwrap_or(Reason::Cancelled);
                let handle = refused_handle(tx, &session.id).await?.filter(|_| now < session.handle_expires_at);
                return Ok(handle.map_or(LoginState::Expired, |handle| LoginState::Refused {
                    reason,
                    handle,
                    wait_secs,
                }));
            }
            SessionStage::Created | SessionStage::Open => {}
        }
        if session.expires_at <= now {
            return Ok(LoginState::Expired);
        }
        if !self.integration.rules.enabled {
            return Ok(LoginState::Disabled);
        }
        if let Some(reason) = no_face(tx, &self.integration, &session.sub, wait_secs, now).await? {
            return Ok(LoginState::NoFace { reason, wait_secs });
        }
        let letter = tx.letter(&session.id).await?;
        if let Some(letter) = letter.as_ref().filter(|_| !by_mail) {
            let sends_left = email_link::SENDS_MAX.saturating_sub(letter.sends);
            return Ok(LoginState::Mailed { to: masked(&letter.to), sends: letter.sends, sends_left });
        }
        let secret = letter.map(|letter| letter.token);
        let code = launch_code(&session.id, &self.cookie, secret.as_ref().map_or("", |token| token.as_str()));
        if session.has_code(&code) {
            let origin = verifier.origin().text();
            return Ok(LoginState::Open { link: format!("countenance://verify?v={origin}&s={}&c={code}", session.id) });
        }
        if self.integration.rules.flow(session.purpose) == Transport::Email {
            let why = if verifier.mailer().is_some() { NoMail::NoAddress } else { NoMail::NotSetUp };
            return Ok(LoginState::NoMail(why));
        }
        // The integration's rules have changed: this sign-in has no link that may be shown.
        Ok(LoginState::Expired)
    }
}

/// Why this account cannot sign in by face now; `None` if it can.
pub(crate) async fn no_face(
    tx: &mut Tx<'_>,
    integration: &Integration,
    sub: &str,
    wait_secs: i64,
    now: UnixSecs,
) -> Result<Option<Reason>, StoreError> {
    if !tx.is_enrolled(&integration.id, sub).await? && !enrollment::is_allowed(tx, integration, sub, now).await? {
        return Ok(Some(Reason::NotEnrolled));
    }
    Ok((wait_secs > 0).then_some(Reason::TooManyAttempts))
}

/// The launch link's one-time code, derived from the browser's cookie and from the mailed token, if any. Deriving it
/// lets the link be shown again although the store keeps only a digest, but only in the same browser and, in the email
/// flow, only from the mail.
pub(crate) fn launch_code(session: &str, cookie: &str, mail_token: &str) -> String {
    sha256_text(&format!("launch code {session} {mail_token} {cookie}"))
}

/// Responds with the page, or with the error's page.
pub(crate) fn respond(verifier: &AppState, page: Result<Page, BrowserSessionError>) -> Response {
    let nonce = random_text::<16>(verifier.rng());
    page.unwrap_or_else(|error| error.page()).respond(&nonce)
}

/// Redirects to `path` on this verifier, by GET.
pub(crate) fn see_other(path: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path.to_owned())]).into_response()
}

/// The handle that returns a refusal to the tenant.
async fn refused_handle(tx: &mut Tx<'_>, session_id: &str) -> Result<Option<String>, StoreError> {
    let outcome = tx.final_outcome(session_id).await?;
    let outcome = outcome.and_then(|text| serde_json::from_str(&text).ok());
    Ok(match outcome {
        Some(Outcome::Refused { continue_url, .. }) => {
            continue_url.rsplit_once("/return/").map(|(_, handle)| handle.to_owned())
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_launch_code_is_bound_to_session_browser_and_mail() {
        let code = launch_code("s", "c", "t");
        assert_eq!(code, launch_code("s", "c", "t"));
        for other in [launch_code("x", "c", "t"), launch_code("s", "x", "t"), launch_code("s", "c", "")] {
            assert_ne!(code, other);
        }
        assert_eq!(code.len(), 43);
    }
}
