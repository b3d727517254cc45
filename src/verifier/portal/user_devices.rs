//! `/portal/integrations/{id}/users/devices`: the devices of an account and those that ask to be; allows, refuses and
//! removes them.

use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};

use super::{
    extract::{OperatorSession, PortalError, VerifiedForm},
    html::{address, button, code, moment, table},
    page::PortalPage,
};
use crate::{
    BindError,
    role::Permission,
    store::{BindingRequest, BindingRow, BindingSource},
};

/// Maximum number of devices shown.
const DEVICES_MAX: u32 = 100;

/// The account's devices and requests.
pub(super) async fn show(session: OperatorSession, Path(id): Path<String>) -> Result<PortalPage, PortalError> {
    let mut tx = session.verifier.store().read().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let user = tx.user(&id, session.query.get("user")).await?.ok_or(PortalError::NoAccount)?;
    let requests = tx.binding_requests(&id, &user.sub, session.verifier.now()).await?;
    let bound = tx.bindings(&id, &user.sub, DEVICES_MAX).await?;
    let base = format!("/portal/integrations/{id}/users");
    let act = |what: &str, device: &str, words: &str| {
        let fields = [("user", user.sub.as_str()), ("device", device)];
        html! {
            @if session.may(Permission::Help) {
                (button(&format!("{base}/devices/{what}"), &session.form_token_field(), &fields, words))
            }
        }
    };
    let answers = |device: &str| html! { (act("allow", device, "Allow")) (act("refuse", device, "Refuse")) };
    let requests: Vec<_> = requests.iter().map(|r| request_row(r, answers(&r.device))).collect();
    let bound: Vec<_> = bound.iter().map(|b| bound_row(b, act("remove", &b.device, "Remove"))).collect();
    let body = html! {
        p {
            "The devices with which " strong { (user.sub) } " may verify their face. Kiosks, which were registered with \
             a one-time code, serve everybody and are not listed here."
        }
        h2 { "Waiting for approval" }
        @if requests.is_empty() { p { "None." } }
        @else {
            p.warn {
                "Ask the person before you allow a device: somebody who knows the password can ask for one too. One that \
                 you refuse cannot ask again in the same sign-in."
            }
            (table("Devices that ask, the newest first", &["Name", "Thumbprint", "Asked", "Actions"], &requests))
        }
        h2 { "Allowed" }
        @if bound.is_empty() { p { "None. Each device of this user needs an approval." } }
        @else {
            (table("Devices, the newest first", &["Name", "Thumbprint", "Allowed", "By", "State", "Actions"], &bound))
        }
        p { a href=(address(&base, &[("q", &user.sub)])) { "Back to the users" } }
    };
    Ok(session.page("portal-user-devices", "Devices of a user", body).of_integration(&id, &integration.rules.name))
}

/// Allows a device.
pub(super) async fn allow(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    let (user, device) = (form.fields.get("user"), form.fields.get("device"));
    let (_, notice) = form.session.verifier.bind_device(&id, user, device).await?;
    // Sent in the background: the operator does not wait for the mail server.
    if let Some(notice) = notice {
        notice.post(&form.session.verifier);
    }
    Ok(shown(&id, user))
}

/// Refuses a device that waits.
pub(super) async fn refuse(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    let (user, device) = (form.fields.get("user"), form.fields.get("device"));
    let verifier = &form.session.verifier;
    let mut tx = verifier.store().begin().await?;
    if !tx.refuse_binding(&id, user, device, verifier.now()).await? {
        return Err(PortalError::NoDevice);
    }
    tx.commit().await?;
    Ok(shown(&id, user))
}

/// Removes a device.
pub(super) async fn remove(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    let (user, device) = (form.fields.get("user"), form.fields.get("device"));
    if !form.session.calls().unbind_device(&id, user, device).await? {
        return Err(PortalError::NoDevice);
    }
    Ok(shown(&id, user))
}

impl From<BindError> for PortalError {
    fn from(error: BindError) -> Self {
        match error {
            BindError::NoAccount => Self::NoAccount,
            BindError::NoDevice | BindError::Disabled => Self::NoDevice,
            BindError::Store(error) => Self::Store(error),
        }
    }
}

fn shown(id: &str, user: &str) -> Response {
    Redirect::to(&address(&format!("/portal/integrations/{id}/users/devices"), &[("user", user)])).into_response()
}

fn name(name: &str) -> Markup {
    html! { @if name.is_empty() { "(no name)" } @else { (name) } }
}

fn request_row(request: &BindingRequest, answers: Markup) -> Vec<Markup> {
    vec![name(&request.name), code(&request.device), moment(request.requested_at), answers]
}

fn bound_row(bound: &BindingRow, remove: Markup) -> Vec<Markup> {
    let source = match bound.source {
        BindingSource::Enrollment => "Enrollment",
        BindingSource::Operator => "Operator",
        BindingSource::Mail => "Mailed link",
        BindingSource::Device => "Another device",
    };
    vec![
        name(&bound.name),
        code(&bound.device),
        moment(bound.bound_at),
        html! { (source) },
        html! { @if bound.enabled { "On" } @else { "Off" } },
        remove,
    ]
}
