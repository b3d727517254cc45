//! `/portal/sign-in` and `/portal/sign-out`: the first step, name and password; the second is in `second_factor`.

use axum::{
    body::Body,
    extract::{FromRequest, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::cookie::{CookieJar, SameSite};
use maud::html;

use super::{
    extract::{COOKIE, PortalError, VerifiedForm, read_form},
    html::field,
    page::PortalPage,
    second_factor,
    throttle::Wait,
};
use crate::{
    AppState,
    browser::{cookie, is_own_form, set_cookie},
    ops::client::client_network,
    store::{Event, StoreError},
};

/// Where the first step is.
pub(super) const SIGN_IN: &str = "/portal/sign-in";

/// The form.
pub(super) async fn show() -> PortalPage {
    form(StatusCode::OK, "", "")
}

/// Checks name and password, and goes on to the second step.
pub(super) async fn sign_in(State(verifier): State<AppState>, request: Request) -> Result<Response, PortalError> {
    // Without a session there is no form token to check; only the request headers show where the form comes from.
    if !is_own_form(request.headers(), verifier.portal_origin()) {
        return Err(PortalError::Forged);
    }
    let (parts, body): (_, Body) = request.into_parts();
    let fields = read_form(&parts.headers, body).await?;
    let (name, password) = (fields.get("name").trim(), fields.get("password").trim());
    let network = client_network(&parts.extensions, &parts.headers, &verifier.connection_limits().trusted_proxies);
    let mut tx = verifier.store().read().await?;
    // First, and whatever was sent before: a right password never waits, or strangers could keep operators out. It needs
    // no protection against guessing, having 120 random bits.
    if !tx.is_operator(name, password).await? {
        let is_operator = tx.has_operator(name).await?;
        drop(tx);
        tracing::warn!("portal sign-in with a wrong name or password");
        record_failure(&verifier, name, is_operator).await?;
        let wait = verifier.sign_ins().password_was_wrong(name, network, verifier.now());
        return Ok(match wait {
            Some(wait) => told_to_wait(name, wait),
            None => form(StatusCode::FORBIDDEN, name, "The name or the password is wrong.").into_response(),
        });
    }
    drop(tx);
    verifier.sign_ins().password_was_right(name, network);
    let mut tx = verifier.store().begin().await?;
    let factor = tx.second_factor(name).await?.ok_or(PortalError::SignedOut)?;
    if factor.is_blocked() {
        return Ok(second_factor::blocked().into_response());
    }
    second_factor::begin(&verifier, tx, name, &factor).await
}

/// Records a failed sign-in in the audit log, unless as many were recorded as strangers may cause.
async fn record_failure(verifier: &AppState, name: &str, is_operator: bool) -> Result<(), StoreError> {
    let may_record = verifier.sign_ins().may_record(is_operator, verifier.now());
    if !may_record {
        return Ok(());
    }
    let (subject, detail) = if is_operator { (name, "wrong_password") } else { ("", "unknown_name") };
    let mut tx = verifier.store().begin().await?;
    tx.record(verifier.now(), Event::OperatorSignInFailed, subject, None, detail).await?;
    tx.commit().await
}

/// Signs out.
pub(super) async fn sign_out(State(verifier): State<AppState>, request: Request) -> Result<Response, PortalError> {
    let old = cookie(request.headers(), COOKIE).map(str::to_owned);
    VerifiedForm::from_request(request, &verifier).await?;
    let mut tx = verifier.store().begin().await?;
    tx.close_portal_session(&old.unwrap_or_default()).await?;
    tx.commit().await?;
    Ok((portal_cookie(COOKIE, String::new(), 0), Redirect::to(SIGN_IN)).into_response())
}

/// Sets a cookie of the portal. `SameSite=Strict`: no portal page needs to be reachable from another site; operators who
/// follow such a link sign in again.
pub(super) fn portal_cookie(name: &str, value: String, life_secs: i64) -> CookieJar {
    set_cookie(name.to_owned(), value, life_secs, SameSite::Strict)
}

fn told_to_wait(name: &str, wait: Wait) -> Response {
    let why = format!("The name or the password was wrong too often. Wait {}, then try again.", wait.in_words());
    let mut response = form(StatusCode::TOO_MANY_REQUESTS, name, &why).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, wait.header());
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
        form method="post" action=(SIGN_IN) class="narrow" {
            (field("name", "Name", &name))
            (field("password", "Password", &password))
            button.go { "Continue" }
        }
        p.help {
            "Lost the password or the phone? Whoever runs the verifier gives you a new password, and lets you set up your \
             authenticator app again: "
            code { "countenance-verifier --data DIR add-operator NAME" }
        }
    };
    PortalPage::new(status, "portal-sign-in", "Sign in to the portal", body)
}
