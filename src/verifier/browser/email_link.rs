//! The mailed link: sent if the integration uses the email flow; opens only in the browser that started the sign-in.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use maud::html;

use crate::{
    AppState, browser,
    browser::landing::LoginState,
    browser::mail::{MailError, SEND_LIMIT},
    browser::mail_pages::{NoMail, mail_other_browser, no_mail},
    browser::pages::Page,
    browser::session_page::{BrowserSession, BrowserSessionError, respond, see_other},
    limits::{Exceeded, Limited},
    store::{Session, StoreError},
};

/// Maximum number of times a link is sent: once, and three more on request.
pub(crate) const SENDS_MAX: u32 = 4;
/// Maximum length of a mail address, bytes (RFC 5321, 4.5.3.1.3: a path of 256 including angle brackets).
pub(crate) const ADDRESS_MAX_BYTES: usize = 254;

/// Opens the mailed link.
#[utoipa::path(get, path = "/sessions/{id}/mail/{token}", tag = "browser",
    params(("id" = String, Path, description = "Session"), ("token" = String, Path, description = "From the mail")),
    responses(
        (status = 200, description = "Landing page with the launch link, in the browser that started the sign-in", content_type = "text/html"),
        (status = 403, description = "Another browser; nothing is spent", content_type = "text/html"),
        (status = 410, description = "No such link", content_type = "text/html"),
    ))]
pub(crate) async fn open(
    State(verifier): State<AppState>,
    Path((id, token)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    respond(&verifier, opened(&verifier, &id, &token, &headers).await)
}

async fn opened(verifier: &AppState, id: &str, token: &str, headers: &HeaderMap) -> Result<Page, BrowserSessionError> {
    let mut tx = verifier.store().begin().await?;
    let Some(session) = tx.session(id).await? else { return Ok(unknown()) };
    if !tx.is_letter_token(id, token).await? {
        return Ok(unknown());
    }
    match BrowserSession::of(verifier, &mut tx, id, headers).await {
        Ok(browser_session) => Ok(browser_session.page(verifier, &mut tx, true).await?),
        Err(BrowserSessionError::OtherBrowser) => Ok(mail_other_browser(&session.application)),
        Err(error) => Err(error),
    }
}

/// Sends the link again.
#[utoipa::path(post, path = "/sessions/{id}/mail", tag = "browser", params(("id" = String, Path, description = "Session")), responses(
    (status = 200, description = "Sent", content_type = "text/html"),
    (status = 403, description = "Another browser, or another site's form", content_type = "text/html"),
    (status = 429, description = "The link was sent the maximum number of times", content_type = "text/html"),
    (status = "5XX", description = "The mail server refused the mail, or does not answer", content_type = "text/html"),
))]
pub(crate) async fn again(State(verifier): State<AppState>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let sent = async {
        if !browser::is_own_form(&headers, verifier.origin()) {
            return Err(BrowserSessionError::ForeignForm);
        }
        let mut tx = verifier.store().begin().await?;
        let browser_session = BrowserSession::of(&verifier, &mut tx, &id, &headers).await?;
        let wanted = matches!(browser_session.login_state(&verifier, &mut tx, false).await?, LoginState::Mailed { .. });
        if !wanted {
            return Ok(browser_session.page(&verifier, &mut tx, false).await?);
        }
        // No transaction is open while waiting for the mail server.
        drop(tx);
        Ok(send(&verifier, browser_session).await?)
    };
    respond(&verifier, sent.await)
}

/// Redirects a browser that loads the address of the form's response.
#[utoipa::path(get, path = "/sessions/{id}/mail", tag = "browser", params(("id" = String, Path, description = "Session")), responses(
    (status = 303, description = "To the session's page"),
))]
pub(crate) async fn back(Path(id): Path<String>) -> Response {
    see_other(&format!("/sessions/{}", browser::path_part(&id)))
}

/// Mails a session's link and shows the result. The caller must not hold a transaction.
pub(crate) async fn send(verifier: &AppState, browser_session: BrowserSession) -> Result<Page, StoreError> {
    match deliver(verifier, &browser_session.session).await {
        Ok(()) => {
            let mut tx = verifier.store().begin().await?;
            browser_session.page(verifier, &mut tx, false).await
        }
        Err(Undelivered::Store(error)) => Err(error),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "a sign-in link was not mailed");
            Ok(no_mail(&browser_session.login, error.told()))
        }
    }
}

/// Why the mail was not sent.
#[derive(Debug, thiserror::Error)]
enum Undelivered {
    #[error("no mail server is configured")]
    NoMailer,
    #[error("the session has no mail address")]
    NoLetter,
    #[error("the link was already sent the maximum number of times")]
    TooOften,
    #[error(transparent)]
    Limited(#[from] Exceeded),
    #[error("the mail server took too long")]
    Slow(#[from] tokio::time::error::Elapsed),
    #[error("the task that sends the mail failed")]
    Broken(#[from] tokio::task::JoinError),
    #[error(transparent)]
    Mail(#[from] MailError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Undelivered {
    fn told(&self) -> NoMail {
        match self {
            Self::NoMailer => NoMail::NotSetUp,
            Self::NoLetter | Self::Mail(MailError::Address) => NoMail::NoAddress,
            Self::TooOften => NoMail::TooOften,
            Self::Limited(_) => NoMail::TooManyToday,
            Self::Mail(MailError::Refused { .. }) => NoMail::Refused,
            Self::Slow(_) | Self::Broken(_) | Self::Mail(MailError::Unreached(_)) | Self::Store(_) => NoMail::Down,
        }
    }
}

async fn deliver(verifier: &AppState, session: &Session) -> Result<(), Undelivered> {
    let mailer = verifier.mailer().ok_or(Undelivered::NoMailer)?;
    let mut tx = verifier.store().begin().await?;
    let letter = tx.letter(&session.id).await?.ok_or(Undelivered::NoLetter)?;
    // Counted before sending: a mail that fails half-way may still have arrived.
    let integration = tx.integration(&session.integration_id).await?.ok_or(Undelivered::NoLetter)?;
    let account = tx.pseudonym(&session.integration_id, &session.sub).await?.unwrap_or_default();
    let most = integration.rules.limits.mails_per_day;
    verifier.count_daily(&mut tx, &integration.id, Limited::Mails, &account, most).await??;
    if !tx.count_letter(&session.id, SENDS_MAX).await? {
        return Err(Undelivered::TooOften);
    }
    tx.commit().await?;
    let link = verifier.origin().url(&format!("/sessions/{}/mail/{}", session.id, letter.token.as_str()));
    let minutes = session.expires_at.saturating_sub(verifier.now()).max(60) / 60;
    let subject = format!("Your link to sign in to {}", session.application);
    let text = zeroize::Zeroizing::new(letter_text(session, link.as_str(), minutes, verifier.origin().host()));
    let sending = tokio::task::spawn_blocking(move || mailer.send(&letter.to, &subject, &text));
    Ok(tokio::time::timeout(SEND_LIMIT, sending).await???)
}

/// Text of the mail: who asks, for what, and the link. Plain text without images or tracking.
fn letter_text(session: &Session, link: &str, minutes: i64, host: &str) -> String {
    format!(
        "Somebody, most likely you, is signing in to {application} as {account}.\n\n\
         To go on, open this link in the browser in which the login began. It is good for {minutes} minutes.\n\n\
         {link}\n\n\
         You did not begin this login? Do nothing: it ends by itself. And tell whoever runs {application}, for \
         somebody knows your password.\n\n\
         -- \n{host}, which verifies the logins of {application}\n",
        application = session.application,
        account = session.account,
    )
}

fn unknown() -> Page {
    let lead = "It is not complete, or its login is long over. Go back to the application and sign in again.";
    Page::new(StatusCode::GONE, "mail-unknown", "This link leads nowhere", html! { p { (lead) } })
}
