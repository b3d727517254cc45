//! The code on its way to a phone: the deployed phone-provider Action, run as Auth0 runs a custom phone provider.

use serde_json::{Value, json};

use super::{
    Tenant,
    actions::{ActionError, PhoneVerdict, Trigger},
    event::{self, Login, Protocol},
    pipeline,
    store::{Request, Session},
};
use crate::web::Incoming;

/// One code for one person.
pub(super) struct Message<'a> {
    /// The login that it belongs to.
    pub(super) request: &'a Request,
    /// The session of that login.
    pub(super) session: &'a Session,
    /// The number, E.164.
    pub(super) to: &'a str,
    /// Six digits.
    pub(super) code: &'a str,
    /// Spoken in a call instead of written.
    pub(super) voice: bool,
}

/// Why a code did not go out.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unsent {
    #[error("the tenant has no phone provider")]
    NoProvider,
    #[error("the phone provider asks to try again later: {0}")]
    Retry(String),
    #[error("the phone provider dropped the message: {0}")]
    Dropped(String),
    #[error("the phone provider failed")]
    Failed(#[from] ActionError),
}

/// Hands the message to the provider. Auth0 itself tries again minutes after a `retry`; here the person presses the button.
pub(super) async fn send(tenant: &Tenant, incoming: &Incoming, message: &Message<'_>) -> Result<(), Unsent> {
    let action = tenant.deployed().phone_provider.ok_or(Unsent::NoProvider)?;
    let login =
        Login { protocol: Protocol::CodeFlow, request: message.request, session: message.session, transaction: None };
    let event = event::phone_event(tenant, incoming, &login, notification(tenant, message));
    let effects = pipeline::run(tenant, action, Trigger::CustomPhoneProvider, event).await?;
    tenant.store().console.extend(effects.console);
    match effects.phone {
        None => Ok(()),
        Some(PhoneVerdict::Retry(reason)) => Err(Unsent::Retry(reason)),
        Some(PhoneVerdict::Drop(reason)) => Err(Unsent::Dropped(reason)),
    }
}

/// `event.notification`.
fn notification(tenant: &Tenant, message: &Message<'_>) -> Value {
    let Message { request, to, code, voice, .. } = message;
    let client = tenant.config().client(&request.client_id).map_or("your login", |client| &client.name);
    // Digit by digit, or a voice makes a number of them.
    let spoken = code.chars().map(String::from).collect::<Vec<_>>().join(", ");
    json!({
        "as_text": format!("{code} is your code for {client}."),
        "as_voice": format!("Your code for {client} is {spoken}. Once more: {spoken}."),
        "code": code,
        "delivery_method": if *voice { "voice" } else { "text" },
        "locale": "en",
        "message_type": "otp_verify",
        "recipient": to,
    })
}
