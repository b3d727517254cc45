//! Executes Actions: one leg of an Action, from its `event` to its effects.
//!
//! Each leg has a new JavaScript context, 20 seconds and 64 MiB. Calls of `api` only change [`Effects`], which the
//! tenant applies after the leg, as Auth0 does.

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

/// A deployed Action.
#[derive(Clone, Default)]
pub struct Action {
    /// JavaScript source.
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

    /// Adds a secret.
    #[must_use]
    pub fn secret(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.secrets.insert(name.into(), Zeroizing::new(value.into()));
        self
    }

    /// Adds a setting.
    #[must_use]
    pub fn configure(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.configuration.insert(name.into(), value.into());
        self
    }
}

/// Prints settings and the names of secrets, never their values.
impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Action")
            .field("source_bytes", &self.source.len())
            .field("secrets", &self.secrets.keys())
            .field("configuration", &self.configuration)
            .finish()
    }
}

/// The trigger of an Action, which determines the handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// `onExecutePostLogin`: after the password, before any redirect.
    Execute,
    /// `onContinuePostLogin`: when the browser returns to `/continue`.
    Continue,
    /// `onExecuteCustomPhoneProvider`: to send a message to a phone.
    CustomPhoneProvider,
    /// `onExecuteSendPhoneMessage`: the older form of it.
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
    /// The trigger.
    pub trigger: Trigger,
    /// `event` without `secrets` and `configuration`, which are added from the Action.
    pub event: Value,
    /// Host name of the tenant: `iss` of the tokens that the Action encodes.
    pub host: String,
    /// The current time, as seen by the Action.
    pub now: UnixSecs,
    /// Time limit.
    pub limit: Duration,
    /// Network for `fetch`; if `None`, every `fetch` is rejected.
    pub net: Option<Arc<dyn Net>>,
}

/// Auth0's time limit per leg.
pub const TIME_LIMIT: Duration = Duration::from_secs(20);

/// How an Action fails, other than by denying the sign-in.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// It threw an exception, or the source does not parse.
    #[error("{message}")]
    Threw {
        /// Message of the exception.
        message: String,
    },
    /// It exceeded its time limit.
    #[error("the Action ran past its time limit")]
    TimedOut,
    /// It waits for a promise that never settles.
    #[error("the Action's promise never settles")]
    NeverSettles,
    /// The engine failed.
    #[error("the JavaScript engine failed")]
    Engine(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Runs one leg to completion; blocks.
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
