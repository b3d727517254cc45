//! `POST /sessions/{id}/code` and `…/code/check`: sends and checks one-time codes in the browser that started the
//! sign-in.
//!
//! After an approval the browser continues automatically, because the code was entered in this browser.

use axum::{
    extract::{Path, Request, State},
    http::HeaderMap,
    response::Response,
};

use crate::{
    AppState,
    browser::landing::{self, Login, LoginState},
    browser::pages::Page,
    browser::session_page::{BrowserSession, BrowserSessionError, respond, see_other},
    browser::{Form, is_own_form, path_part},
    ops::request_log,
    otp::pages::{CodeEvent, code_page},
    otp::{self, CodeRefusal},
};
use countenance_core::protocol::{Fallback, OneTimeCode, Outcome};

/// Sends a code.
#[utoipa::path(post, path = "/sessions/{id}/code", tag = "browser", params(("id" = String, Path, description = "Session")), responses(
    (status = 200, description = "Sent: a form for the code", content_type = "text/html"),
    (status = "4XX", description = "Not sent: a page with the reason", content_type = "text/html"),
    (status = 503, description = "The service that sends codes does not answer", content_type = "text/html"),
))]
pub(crate) async fn send(State(verifier): State<AppState>, Path(id): Path<String>, request: Request) -> Response {
    let page = async {
        let (login, form) = visited(&verifier, &id, request).await?;
        let channel = form.field("channel").and_then(channel_named).ok_or(BrowserSessionError::BadForm)?;
        let event = match otp::send(&verifier, &id, channel).await {
            Ok(sent) => CodeEvent::Sent { channel, attempts_left: sent.attempts_left },
            Err(ref refusal) => return Ok(refused(&login, Some(channel), refusal)),
        };
        Ok(code_page(&login, Some(channel), &event))
    };
    respond(&verifier, page.await)
}

/// The form for a code, for a browser that reloads it.
#[utoipa::path(get, path = "/sessions/{id}/code", tag = "browser", params(("id" = String, Path, description = "Session")), responses(
    (status = 200, description = "A form for a code, or the state of the sign-in", content_type = "text/html"),
    (status = 403, description = "Requested by another browser", content_type = "text/html"),
))]
pub(crate) async fn form(State(verifier): State<AppState>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let page = async {
        let mut tx = verifier.store().begin().await?;
        let browser_session = BrowserSession::of(&verifier, &mut tx, &id, &headers).await?;
        let login_state = browser_session.login_state(&verifier, &mut tx, false).await?;
        let over = matches!(
            login_state,
            LoginState::Refused { .. }
                | LoginState::Approved
                | LoginState::Returned
                | LoginState::Expired
                | LoginState::Disabled
        );
        if over || browser_session.login.codes.is_empty() {
            return Ok(landing::page(&browser_session.login, &login_state));
        }
        let code = tx.code(&id).await?;
        let event = match &code {
            Some(code) if code.sid.is_some() => CodeEvent::Awaited { attempts_left: code.attempts_left },
            _ => CodeEvent::Refused(&CodeRefusal::NotSent),
        };
        Ok(code_page(&browser_session.login, code.as_ref().map(|code| code.channel), &event))
    };
    respond(&verifier, page.await)
}

/// Redirects a browser that loads the address of the form's response.
#[utoipa::path(get, path = "/sessions/{id}/code/check", tag = "browser", params(("id" = String, Path, description = "Session")), responses(
    (status = 303, description = "To the form"),
))]
pub(crate) async fn back(Path(id): Path<String>) -> Response {
    see_other(&format!("/sessions/{}/code", path_part(&id)))
}

/// Checks a code.
#[utoipa::path(post, path = "/sessions/{id}/code/check", tag = "browser", params(("id" = String, Path, description = "Session")), responses(
    (status = 303, description = "Approved or finally refused: to /return/{handle}"),
    (status = "4XX", description = "Wrong or not checked: a page with the reason", content_type = "text/html"),
    (status = 503, description = "The service that sends codes does not answer", content_type = "text/html"),
))]
pub(crate) async fn check(State(verifier): State<AppState>, Path(id): Path<String>, request: Request) -> Response {
    match checked(&verifier, &id, request).await {
        Ok(Checked::GoOn(path)) => see_other(&path),
        Ok(Checked::Stay(page)) => respond(&verifier, Ok(page)),
        Err(error) => respond(&verifier, Err(error)),
    }
}

enum Checked {
    /// To the page that returns to the tenant.
    GoOn(String),
    Stay(Page),
}

async fn checked(verifier: &AppState, id: &str, request: Request) -> Result<Checked, BrowserSessionError> {
    let (login, form) = visited(verifier, id, request).await?;
    let channel = form.field("channel").and_then(channel_named);
    let typed = form.field("code").ok_or(BrowserSessionError::BadForm)?;
    // People enter codes with spaces or a hyphen in the middle.
    let plain = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>();
    let Ok(code) = OneTimeCode::try_from(plain) else {
        return Ok(Checked::Stay(code_page(&login, channel, &CodeEvent::NotACode)));
    };
    Ok(match otp::check(verifier, id, &code).await {
        Ok(Outcome::Approved { continue_url } | Outcome::Refused { continue_url, .. }) => {
            let origin = verifier.origin().text();
            Checked::GoOn(continue_url.strip_prefix(&origin).unwrap_or(&continue_url).to_owned())
        }
        Ok(Outcome::Retry { attempts_left, .. }) => {
            let gone = verifier.store().read().await?.code(id).await?.is_some_and(|code| code.sid.is_none());
            let event = if gone { CodeEvent::Gone } else { CodeEvent::Wrong { attempts_left } };
            Checked::Stay(code_page(&login, channel, &event))
        }
        Ok(Outcome::Expired) => Checked::Stay(landing::page(&login, &LoginState::Expired)),
        Err(ref refusal) => Checked::Stay(refused(&login, channel, refusal)),
    })
}

/// The sign-in and the form of a request by the browser that started it. Ends its transaction: none may be open while
/// codes are sent and checked.
async fn visited(verifier: &AppState, id: &str, request: Request) -> Result<(Login, Form), BrowserSessionError> {
    if !is_own_form(request.headers(), verifier.origin()) {
        return Err(BrowserSessionError::ForeignForm);
    }
    let mut tx = verifier.store().begin().await?;
    let login = BrowserSession::of(verifier, &mut tx, id, request.headers()).await?.login;
    drop(tx);
    Ok((login, Form::read(request).await.ok_or(BrowserSessionError::BadForm)?))
}

fn refused(login: &Login, channel: Option<Fallback>, refusal: &CodeRefusal) -> Page {
    if matches!(refusal, CodeRefusal::Expired) {
        return landing::page(login, &LoginState::Expired);
    }
    let page = code_page(login, channel, &CodeEvent::Refused(refusal));
    if page.status.is_server_error() {
        request_log::failed(page.status, refusal, "a one-time code was not sent or checked");
    }
    page
}

fn channel_named(name: &str) -> Option<Fallback> {
    match name {
        "sms" => Some(Fallback::Sms),
        "voice" => Some(Fallback::Voice),
        _ => None,
    }
}
