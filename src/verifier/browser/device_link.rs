//! The mailed link by which an account's owner allows a device. Works once, and only in the browser that started the
//! sign-in: a link that somebody else asked for allows nothing when the owner opens it.

use std::ops::ControlFlow;

use axum::{
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use maud::html;

use crate::{
    AppState,
    browser::landing::{Login, who},
    browser::mail_pages::mail_other_browser,
    browser::notices::Notice,
    browser::pages::Page,
    browser::session_page::{BrowserSession, BrowserSessionError, respond, see_other},
    browser::{Form, is_own_form, path_part},
    store::{BindingRequest, BindingSource, Session, StoreError, Tx},
};

/// The mail with the link; `None` without a mailer or an address.
pub(crate) async fn letter(
    verifier: &AppState,
    tx: &mut Tx<'_>,
    session: &Session,
    token: &str,
) -> Result<Option<Notice>, StoreError> {
    let (application, account) = (&session.application, &session.account);
    let link = verifier.origin().url(&format!("/sessions/{}/device/{token}", session.id));
    let minutes = session.expires_at.saturating_sub(verifier.now()).max(60) / 60;
    let text = format!(
        "Somebody, most likely you, is signing in to {application} as {account}, with a device that is not approved for \
         this account.\n\n\
         To look at the device and allow it, open this link in the browser in which you started to sign in. It is good \
         for {minutes} minutes.\n\n\
         {link}\n\n\
         If you didn't start this sign-in, do nothing: the device stays out. Change your password and contact whoever \
         runs {application}, for somebody knows it."
    );
    Notice::new(verifier, tx, session, format!("Allow a device to sign in to {application}?"), &text).await
}

/// Shows the device and asks whether to allow it. Changes nothing.
#[utoipa::path(get, path = "/sessions/{id}/device/{token}", tag = "browser",
    params(("id" = String, Path, description = "Session"), ("token" = String, Path, description = "From the mail")),
    responses(
        (status = 200, description = "The device and a form to allow it, in the browser that started the sign-in", content_type = "text/html"),
        (status = 403, description = "Another browser; nothing is spent", content_type = "text/html"),
        (status = 410, description = "Used, expired or unknown", content_type = "text/html"),
    ))]
pub(crate) async fn ask(
    State(verifier): State<AppState>,
    Path((id, token)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let shown = async {
        let mut tx = verifier.store().read().await?;
        Ok(match find(&verifier, &mut tx, &id, &token, &headers).await? {
            ControlFlow::Continue((found, browser_session)) => ask_page(&browser_session.login, &found, &token),
            ControlFlow::Break(page) => page,
        })
    };
    respond(&verifier, shown.await)
}

/// Binds the device to the account.
#[utoipa::path(post, path = "/sessions/{id}/device", tag = "browser", params(("id" = String, Path, description = "Session")), responses(
    (status = 200, description = "The device is bound to the account", content_type = "text/html"),
    (status = 403, description = "Another browser, or another site's form; nothing is spent", content_type = "text/html"),
    (status = 410, description = "Used, expired or unknown", content_type = "text/html"),
))]
pub(crate) async fn allow(State(verifier): State<AppState>, Path(id): Path<String>, request: Request) -> Response {
    respond(&verifier, allowed(&verifier, &id, request).await)
}

/// Redirects a browser that loads the address of the form's response.
#[utoipa::path(get, path = "/sessions/{id}/device", tag = "browser", params(("id" = String, Path, description = "Session")), responses(
    (status = 303, description = "To the session's page"),
))]
pub(crate) async fn back(Path(id): Path<String>) -> Response {
    see_other(&format!("/sessions/{}", path_part(&id)))
}

async fn allowed(verifier: &AppState, id: &str, request: Request) -> Result<Page, BrowserSessionError> {
    if !is_own_form(request.headers(), verifier.origin()) {
        return Err(BrowserSessionError::ForeignForm);
    }
    let headers = request.headers().clone();
    let form = Form::read(request).await.ok_or(BrowserSessionError::BadForm)?;
    let token = form.field("token").ok_or(BrowserSessionError::BadForm)?;
    let mut tx = verifier.store().begin().await?;
    let (found, browser_session) = match find(verifier, &mut tx, id, token, &headers).await? {
        ControlFlow::Continue(found) => found,
        ControlFlow::Break(page) => return Ok(page),
    };
    let session = &browser_session.session;
    tx.spend_binding_token(id, token).await?;
    let (integration, sub, now) = (&session.integration_id, &session.sub, verifier.now());
    tx.bind_device(integration, sub, &found.device, BindingSource::Mail, now).await?;
    let notice = Notice::of_device(verifier, &mut tx, session, BindingSource::Mail).await?;
    tx.commit().await?;
    if let Some(notice) = notice {
        notice.post(verifier);
    }
    Ok(allowed_page(&browser_session.login))
}

/// The request behind a link and its sign-in, in the browser that started it; or the page that says why not.
async fn find(
    verifier: &AppState,
    tx: &mut Tx<'_>,
    id: &str,
    token: &str,
    headers: &HeaderMap,
) -> Result<ControlFlow<Page, (BindingRequest, BrowserSession)>, BrowserSessionError> {
    let found = tx.binding_request(id, token, verifier.now()).await?;
    let (Some(found), Some(session)) = (found, tx.session(id).await?) else {
        return Ok(ControlFlow::Break(unknown()));
    };
    let device = tx.device(&session.integration_id, &found.device).await?;
    if !device.is_some_and(|device| device.enabled) {
        return Ok(ControlFlow::Break(unknown()));
    }
    match BrowserSession::of(verifier, tx, id, headers).await {
        Ok(browser_session) => Ok(ControlFlow::Continue((found, browser_session))),
        Err(BrowserSessionError::OtherBrowser) => Ok(ControlFlow::Break(mail_other_browser(&session.application))),
        Err(error) => Err(error),
    }
}

fn ask_page(login: &Login, found: &BindingRequest, token: &str) -> Page {
    let body = html! {
        p { "This device wants to verify your face when you sign in. Allow it only if it is yours and you are using it now." }
        dl {
            dt { "Device" } dd { @if found.name.is_empty() { "(no name)" } @else { (found.name) } }
            dt { "Thumbprint" } dd { code { (found.device) } }
        }
        (who(login))
        form method="post" action={ "/sessions/" (login.session) "/device" } {
            input type="hidden" name="token" value=(token);
            button.go { "Allow this device" }
        }
        p.soft {
            "You didn't start this sign-in? Close this page, change your password, and contact whoever runs "
            (login.application) "."
        }
    };
    Page::new(StatusCode::OK, "device-ask", "Allow this device?", body)
}

fn allowed_page(login: &Login) -> Page {
    let body = html! {
        p { "It can verify your face from now on. Go back to your sign-in and open Countenance again." }
        (who(login))
        p { a.go href={ "/sessions/" (login.session) } { "Back to your sign-in" } }
    };
    Page::new(StatusCode::OK, "device-allowed", "The device is allowed", body)
}

fn unknown() -> Page {
    let lead = "It was used before, or its sign-in is over. Go back to the application and sign in again.";
    Page::new(StatusCode::GONE, "device-unknown", "This link leads nowhere", html! { p { (lead) } })
}
