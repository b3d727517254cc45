//! Sends codes through the deployed phone-provider Action, as Auth0 does with a custom phone provider.

use serde_json::{Value, json};

use super::{
    Tenant,
    actions::{ActionError, PhoneVerdict, Trigger},
    event::{self, Login, Protocol},
    pipeline,
    store::{Request, Session},
};
use crate::web::Incoming;

/// A code to send.
pub(super) struct Message<'a> {
    /// The sign-in that it belongs to.
    pub(super) request: &'a Request,
    /// The session of that sign-in.
    pub(super) session: &'a Session,
    /// Phone number, E.164.
    pub(super) to: &'a str,
    /// The code, six digits.
    pub(super) code: &'a str,
    /// Whether to send it by voice call instead of text message.
    pub(super) voice: bool,
}

/// Why a code was not sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unsent {
    #[error("the tenant has no phone provider")]
    NoProvider,
    #[error("the phone provider requested a retry: {0}")]
    Retry(String),
    #[error("the phone provider dropped the message: {0}")]
    Dropped(String),
    #[error("the phone provider failed")]
    Failed(#[from] ActionError),
}

/// Passes the message to the provider. After a `retry`, Auth0 tries again minutes later; here the user presses the
/// button.
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
    // Separate the digits, so that they are not read as one number.
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
