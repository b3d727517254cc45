//! Actions, run for real: one leg of an Action, from the `event` it sees to the effects it had.
//!
//! A leg gets a fresh JavaScript context, 20 seconds and 64 MiB. What it asks of `api` happens to [`Effects`] and to nothing
//! else; the tenant applies them when the leg has ended, as Auth0 does.

mod api;
mod claims;
mod effects;
mod fetch;
mod script;
mod session_token;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde_json::Value;
use zeroize::Zeroizing;

pub use effects::{Challenge, ChallengeKind, Effects, Multifactor, PhoneVerdict};
pub use session_token::SessionTokenError;

use countenance_core::clock::UnixSecs;
use countenance_net::Net;

/// An Action as it stands deployed.
#[derive(Clone, Default)]
pub struct Action {
    /// The file.
    pub source: String,
    /// `event.secrets`.
    pub secrets: BTreeMap<String, Zeroizing<String>>,
    /// `event.configuration`, which only Marketplace Actions have.
    pub configuration: BTreeMap<String, String>,
}

impl Action {
    /// An Action without settings.
    pub fn new(source: impl Into<String>) -> Self {
        Self { source: source.into(), ..Self::default() }
    }

    /// With one more secret.
    #[must_use]
    pub fn secret(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.secrets.insert(name.into(), Zeroizing::new(value.into()));
        self
    }

    /// With one more setting.
    #[must_use]
    pub fn configure(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.configuration.insert(name.into(), value.into());
        self
    }
}

/// Prints names of settings, never a secret.
impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Action")
            .field("source_bytes", &self.source.len())
            .field("secrets", &self.secrets.keys())
            .field("configuration", &self.configuration)
            .finish()
    }
}

/// What runs an Action, and so which of its handlers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// `onExecutePostLogin`, before a redirect.
    Execute,
    /// `onContinuePostLogin`, when the browser hits `/continue`.
    Continue,
    /// `onExecuteCustomPhoneProvider`, when a message goes to a phone.
    CustomPhoneProvider,
    /// `onExecuteSendPhoneMessage`, its older form.
    SendPhoneMessage,
}

impl Trigger {
    pub(super) fn handler(self) -> &'static str {
        match self {
            Self::Execute => "onExecutePostLogin",
            Self::Continue => "onContinuePostLogin",
            Self::CustomPhoneProvider => "onExecuteCustomPhoneProvider",
            Self::SendPhoneMessage => "onExecuteSendPhoneMessage",
        }
    }
}

/// One leg to run.
pub struct Leg {
    /// The Action.
    pub action: Action,
    /// Which handler.
    pub trigger: Trigger,
    /// `event`, without `secrets` and `configuration`, which come from the Action.
    pub event: Value,
    /// Host name of the tenant: `iss` of the tokens that the Action makes.
    pub host: String,
    /// What the Action takes for now.
    pub now: UnixSecs,
    /// How long the Action may run.
    pub limit: Duration,
    /// Where `fetch` goes. Without it every `fetch` is rejected.
    pub net: Option<Arc<dyn Net>>,
}

/// What Auth0 gives each leg.
pub const TIME_LIMIT: Duration = Duration::from_secs(20);

/// How an Action can fail, apart from denying.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// It threw, or the file does not parse.
    #[error("{message}")]
    Threw {
        /// Message of what was thrown.
        message: String,
    },
    /// It ran past its time.
    #[error("the Action ran past its time limit")]
    TimedOut,
    /// It waits for something that cannot happen.
    #[error("the Action's promise never settles")]
    NeverSettles,
    /// The engine itself failed.
    #[error("the JavaScript engine failed")]
    Engine(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Runs one leg. Blocks until it has ended.
pub fn run(leg: Leg) -> Result<Effects, ActionError> {
    let Leg { action, trigger, mut event, host, now, limit, net } = leg;
    if let Some(event) = event.as_object_mut() {
        let secrets = action.secrets.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        event.insert("secrets".into(), Value::Object(secrets.collect()));
        if !action.configuration.is_empty() {
            let settings = action.configuration.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
            event.insert("configuration".into(), Value::Object(settings.collect()));
        }
    }
    let api = api::Api::new(&event, host, trigger, now, net);
    script::run(&action.source, trigger.handler(), &event, api, now, limit)
}
