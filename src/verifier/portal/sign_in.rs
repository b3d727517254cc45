//! `/portal/sign-in` and `/portal/sign-out`.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::cookie::SameSite;
use maud::html;

use super::{
    START,
    extract::{COOKIE, PortalError, SESSION_SECS, VerifiedForm, read_form},
    html::field,
    page::PortalPage,
    throttle::Wait,
};
use crate::{
    AppState,
    browser::{cookie, is_own_form, set_cookie},
    store::{Event, StoreError, Tx},
};
use countenance_core::rng::random_text;

/// The form.
pub(super) async fn show() -> PortalPage {
    form(StatusCode::OK, "", "")
}

/// Signs in. Always issues a new cookie and closes the session of the cookie that the browser sent, if any.
pub(super) async fn sign_in(State(verifier): State<AppState>, request: Request) -> Result<Response, PortalError> {
    // Without a session there is no form token to check; only the request headers show where the form comes from.
    if !is_own_form(request.headers(), verifier.origin()) {
        return Err(PortalError::Forged);
    }
    let (parts, body): (_, Body) = request.into_parts();
    let fields = read_form(&parts.headers, body).await?;
    let (name, password) = (fields.get("name").trim(), fields.get("password").trim());
    let now = verifier.now();
    let attempt = verifier.sign_ins().attempt(name, now);
    let wait_if_wrong = match attempt {
        Ok(wait) => wait,
        Err(wait) => return Ok(told_to_wait(name, wait)),
    };
    let mut tx = verifier.store().begin().await?;
    if !tx.is_operator(name, password).await? {
        tracing::warn!("portal sign-in with a wrong name or password");
        record_failure(&verifier, tx, name).await?;
        return Ok(match wait_if_wrong {
            Some(wait) => told_to_wait(name, wait),
            None => form(StatusCode::FORBIDDEN, name, "The name or the password is wrong.").into_response(),
        });
    }
    verifier.sign_ins().succeeded(name);
    if let Some(old) = cookie(&parts.headers, COOKIE) {
        tx.close_portal_session(old).await?;
    }
    let fresh = random_text::<32>(verifier.rng());
    tx.open_portal_session(&fresh, name, now, now.saturating_add(SESSION_SECS)).await?;
    tx.record(now, Event::OperatorSignedIn, name, None, "").await?;
    tx.commit().await?;
    Ok(with_cookie(START, fresh, SESSION_SECS))
}

/// Records a failed sign-in in the audit log, unless as many were recorded as strangers may cause.
async fn record_failure(verifier: &AppState, mut tx: Tx<'_>, name: &str) -> Result<(), StoreError> {
    let is_operator = tx.has_operator(name).await?;
    let may_record = verifier.sign_ins().may_record(is_operator, verifier.now());
    if may_record {
        let (subject, detail) = if is_operator { (name, "wrong_password") } else { ("", "unknown_name") };
        tx.record(verifier.now(), Event::OperatorSignInFailed, subject, None, detail).await?;
    }
    tx.commit().await
}

/// Signs out.
pub(super) async fn sign_out(State(verifier): State<AppState>, request: Request) -> Result<Response, PortalError> {
    let old = cookie(request.headers(), COOKIE).map(str::to_owned);
    <VerifiedForm as axum::extract::FromRequest<AppState>>::from_request(request, &verifier).await?;
    let mut tx = verifier.store().begin().await?;
    tx.close_portal_session(&old.unwrap_or_default()).await?;
    tx.commit().await?;
    Ok(with_cookie("/portal/sign-in", String::new(), 0))
}

/// Redirects to `path` and sets the portal's cookie. `SameSite=Strict`: no portal page needs to be reachable from
/// another site; operators who follow such a link sign in again.
fn with_cookie(path: &str, value: String, life_secs: i64) -> Response {
    (set_cookie(COOKIE.to_owned(), value, life_secs, SameSite::Strict), Redirect::to(path)).into_response()
}

fn told_to_wait(name: &str, wait: Wait) -> Response {
    let words = match wait.secs {
        secs @ ..=90 => format!("{} seconds", secs.max(1)),
        secs => format!("{} minutes", (secs + 59) / 60),
    };
    let why = format!("The name or the password was wrong too often. Wait {words}, then try again.");
    let mut response = form(StatusCode::TOO_MANY_REQUESTS, name, &why).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait.secs.max(1)));
    response
}

fn form(status: StatusCode, name: &str, error: &str) -> PortalPage {
    let name = html! {
        input #name name="name" value=(name) autocomplete="username" autocapitalize="none" spellcheck="false" required;
    };
    let password = html! {
        input #password name="password" type="password" autocomplete="current-password" required;
    };
    let body = html! {
        @if !error.is_empty() { p.error role="alert" { (error) } }
        form method="post" action="/portal/sign-in" class="narrow" {
            (field("name", "Name", &name))
            (field("password", "Password", &password))
            button.go { "Sign in" }
        }
        p.help {
            "Lost the password? Whoever runs the verifier makes a new one: "
            code { "countenance-verifier --data DIR add-operator NAME" }
        }
    };
    PortalPage::new(status, "portal-sign-in", "Sign in to the portal", body)
}
