//! `/portal/sign-in/code`: the second step of signing in. Somebody whose name and password were right sends the code of
//! their authenticator app; at the first sign-in, they set it up here.
//!
//! Until then the browser has a cookie of its own, which lasts for minutes and opens nothing but this page. A code counts
//! once. Who has no password cannot get here, and so cannot keep an operator out; who has it has few tries: each wrong
//! code beyond the fourth in a row starts a wait, and [`WRONG_CODES_MAX`] of them end the password.

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Request},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use zeroize::Zeroizing;

use super::{
    START,
    authenticator::Authenticator,
    extract::{COOKIE, Fields, PortalError, SESSION_SECS, form_token, form_token_field, is_form_token, read_form},
    html::field,
    page::PortalPage,
    qr,
    sign_in::{SIGN_IN, portal_cookie},
    throttle::Wait,
};
use crate::{
    AppState,
    browser::{cookie, is_own_form},
    store::{Event, PendingSignIn, SecondFactor, StoreError, Tx, WRONG_CODES_MAX},
};
use countenance_core::rng::random_text;

/// Where the second step is.
pub(super) const PATH: &str = "/portal/sign-in/code";
/// The cookie between the two steps.
const PENDING_COOKIE: &str = "__Host-operator-code";
/// How long the second step may take, seconds: long enough to install an app.
const PENDING_SECS: i64 = 600;

/// Begins the second step: sets its cookie and sends the browser there.
pub(super) async fn begin(
    verifier: &AppState,
    mut tx: Tx<'_>,
    operator: &str,
    factor: &SecondFactor,
) -> Result<Response, PortalError> {
    let (now, cookie) = (verifier.now(), random_text::<32>(verifier.rng()));
    let offered = factor.secret.is_none().then(|| Authenticator::fresh_secret(verifier.rng()));
    let offered = offered.as_ref().map(|secret| secret.as_slice());
    tx.open_pending_sign_in(&cookie, operator, offered, now, now.saturating_add(PENDING_SECS)).await?;
    // Whoever stops here had the password and not the code: that is the sign of a stolen password.
    if verifier.sign_ins().may_record_of(operator, now) {
        tx.record(now, Event::OperatorPasswordAccepted, operator, None, "").await?;
    }
    tx.commit().await?;
    Ok((portal_cookie(PENDING_COOKIE, cookie, PENDING_SECS), Redirect::to(PATH)).into_response())
}

/// A sign-in in its second step, and the cookie that it is bound to.
pub(super) struct SecondStep {
    verifier: AppState,
    cookie: String,
    pending: PendingSignIn,
    factor: SecondFactor,
}

impl FromRequestParts<AppState> for SecondStep {
    type Rejection = PortalError;

    async fn from_request_parts(parts: &mut Parts, verifier: &AppState) -> Result<Self, PortalError> {
        let cookie = cookie(&parts.headers, PENDING_COOKIE).ok_or(PortalError::SignedOut)?.to_owned();
        let mut tx = verifier.store().read().await?;
        let pending = tx.pending_sign_in(&cookie, verifier.now()).await?.ok_or(PortalError::SignedOut)?;
        let factor = tx.second_factor(&pending.operator).await?.ok_or(PortalError::SignedOut)?;
        // Set up in another browser meanwhile, with another secret than the one offered here.
        if factor.secret.is_some() == pending.offered.is_some() {
            return Err(PortalError::SignedOut);
        }
        Ok(Self { verifier: verifier.clone(), cookie, pending, factor })
    }
}

/// The code that somebody sent in the second step, from our own page.
pub(super) struct SentCode {
    step: SecondStep,
    code: Zeroizing<String>,
    /// The cookie of the session that this browser has, if any.
    session: Option<String>,
}

impl FromRequest<AppState> for SentCode {
    type Rejection = PortalError;

    async fn from_request(request: Request, verifier: &AppState) -> Result<Self, PortalError> {
        if !is_own_form(request.headers(), verifier.portal_origin()) {
            return Err(PortalError::Forged);
        }
        let (mut parts, body): (_, Body) = request.into_parts();
        let step = SecondStep::from_request_parts(&mut parts, verifier).await?;
        let fields: Fields = read_form(&parts.headers, body).await?;
        if !is_form_token(&fields, &form_token(&step.cookie)) {
            return Err(PortalError::Forged);
        }
        let session = cookie(&parts.headers, COOKIE).map(str::to_owned);
        Ok(Self { step, code: Zeroizing::new(fields.get("code").to_owned()), session })
    }
}

/// Asks for the code; shows the secret to an operator who has none yet.
pub(super) async fn show(step: SecondStep) -> Result<PortalPage, PortalError> {
    if step.factor.is_blocked() { Ok(blocked()) } else { step.page(StatusCode::OK, "") }
}

/// Checks the code, and opens the portal session.
pub(super) async fn check(sent: SentCode) -> Result<Response, PortalError> {
    let SentCode { step, code, session } = sent;
    let (verifier, operator, now) = (&step.verifier, step.pending.operator.as_str(), step.verifier.now());
    if step.factor.is_blocked() {
        return Ok(blocked().into_response());
    }
    // Counted before the code is looked at, so that many at once are counted too.
    let attempt = verifier.sign_ins().code(operator, now);
    let wait_if_wrong = match attempt {
        Ok(wait) => wait,
        Err(wait) => return step.told_to_wait(wait),
    };
    let found = step.authenticator()?.step_of(&code, now);
    let mut tx = verifier.store().begin().await?;
    let is_first = match (found, &step.pending.offered) {
        (Some(found), Some(secret)) => tx.set_second_factor(operator, secret, found).await?.then_some(true),
        (Some(found), None) => tx.spend_operator_code(operator, found).await?.then_some(false),
        (None, _) => None,
    };
    let Some(is_first) = is_first else {
        record_wrong_code(&step, tx, found.is_some()).await?;
        return match wait_if_wrong {
            Some(wait) => step.told_to_wait(wait),
            None if found.is_some() => step.refused("This code was used before. Wait for the next one."),
            None => step.refused("The code is wrong. Check that the time of your device is right."),
        };
    };
    if is_first {
        tx.record(now, Event::SecondFactorSet, operator, None, "").await?;
    }
    tx.close_pending_sign_in(&step.cookie).await?;
    if let Some(old) = session {
        tx.close_portal_session(&old).await?;
    }
    let fresh = random_text::<32>(verifier.rng());
    tx.open_portal_session(&fresh, operator, now, now.saturating_add(SESSION_SECS)).await?;
    tx.record(now, Event::OperatorSignedIn, operator, None, "").await?;
    tx.commit().await?;
    verifier.sign_ins().code_was_right(operator);
    let cookies = (portal_cookie(COOKIE, fresh, SESSION_SECS), portal_cookie(PENDING_COOKIE, String::new(), 0));
    Ok((cookies.0, cookies.1, Redirect::to(START)).into_response())
}

/// Counts a wrong code, unless it only sets up a secret that its sender has seen; records it within bounds.
async fn record_wrong_code(step: &SecondStep, mut tx: Tx<'_>, is_used: bool) -> Result<(), StoreError> {
    let (verifier, operator) = (&step.verifier, &step.pending.operator);
    tracing::warn!("portal sign-in with a wrong code");
    if step.pending.offered.is_none() {
        tx.count_wrong_operator_code(operator).await?;
    }
    let may_record = verifier.sign_ins().may_record(true, verifier.now());
    if may_record {
        let detail = if is_used { "used_code" } else { "wrong_code" };
        tx.record(verifier.now(), Event::OperatorSignInFailed, operator, None, detail).await?;
    }
    tx.commit().await
}

/// The page for a password that counts no more.
pub(super) fn blocked() -> PortalPage {
    let body = html! {
        p role="alert" {
            "There were " (WRONG_CODES_MAX) " wrong codes in a row after the right password. Somebody else may know it."
        }
        p {
            "Whoever runs the verifier gives you a new password, and lets you set up your authenticator app again: "
            code { "countenance-verifier --data DIR add-operator NAME" }
        }
    };
    PortalPage::new(StatusCode::FORBIDDEN, "portal-blocked", "You cannot sign in with this password any more", body)
}

impl SecondStep {
    fn authenticator(&self) -> Result<Authenticator, PortalError> {
        let secret = self.factor.secret.as_ref().or(self.pending.offered.as_ref()).ok_or(PortalError::SignedOut)?;
        Authenticator::new(secret, &self.pending.operator, self.verifier.portal_origin()).map_err(unusable)
    }

    fn refused(&self, error: &str) -> Result<Response, PortalError> {
        Ok(self.page(StatusCode::FORBIDDEN, error)?.into_response())
    }

    fn told_to_wait(&self, wait: Wait) -> Result<Response, PortalError> {
        let error = format!("Too many codes were wrong. Wait {}, then try again.", wait.in_words());
        let mut response = self.page(StatusCode::TOO_MANY_REQUESTS, &error)?.into_response();
        response.headers_mut().insert(header::RETRY_AFTER, wait.header());
        Ok(response)
    }

    fn page(&self, status: StatusCode, error: &str) -> Result<PortalPage, PortalError> {
        let is_first = self.pending.offered.is_some();
        let (name, title) = if is_first {
            ("portal-second-factor", "Set up your authenticator app")
        } else {
            ("portal-code", "Enter your code")
        };
        let input = html! {
            input #code name="code" inputmode="numeric" autocomplete="one-time-code" autofocus[!is_first] required;
        };
        let body = html! {
            @if !error.is_empty() { p.error role="alert" { (error) } }
            @if is_first { (self.offer()?) }
            form method="post" action=(PATH) class="narrow" {
                (form_token_field(&form_token(&self.cookie)))
                (field("code", "6-digit code", &input))
                button.go { "Sign in" }
            }
            p.help {
                "Signing in as " strong { (self.pending.operator) } ". " a href=(SIGN_IN) { "Start again" }
            }
            p.help {
                "Lost your phone? Whoever runs the verifier resets your sign-in: "
                code { "countenance-verifier --data DIR add-operator NAME" }
            }
        };
        Ok(PortalPage::new(status, name, title, body))
    }

    /// The secret, for the app to scan, open or have typed in.
    fn offer(&self) -> Result<Markup, PortalError> {
        let app = self.authenticator()?;
        let link = app.link().map_err(unusable)?;
        Ok(html! {
            p {
                "From now on, signing in takes a code from an authenticator app as well as your password. Scan this with the app, or "
                a href=(link) { "open it in an app on this device" } "."
            }
            (qr::code(&link, "QR code for an authenticator app. The key below is the same."))
            p { "Or enter this key: " code.copy #authenticator-key { (app.key()) } }
            p.help { "Time-based, SHA-1, 6 digits, 30 seconds: what apps assume. The key is not shown after this sign-in." }
        })
    }
}

/// A stored secret that is none: a fault of the database.
fn unusable(_: totp_rs::TotpError) -> PortalError {
    StoreError::Unknown { what: "second factor" }.into()
}
