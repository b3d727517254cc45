//! Post-login Actions, run for real: one leg of an Action, from the `event` it sees to the effects it had.
//!
//! A leg gets a fresh JavaScript context, 20 seconds and 64 MiB. What it asks of `api` happens to [`Effects`] and to nothing
//! else; the tenant applies them when the leg has ended, as Auth0 does.

mod api;
mod claims;
mod script;
mod session_token;

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Map, Value};
use zeroize::Zeroizing;

pub use session_token::SessionTokenError;

use crate::world::UnixSecs;

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

/// Which half of the login runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// `onExecutePostLogin`, before a redirect.
    Execute,
    /// `onContinuePostLogin`, when the browser hits `/continue`.
    Continue,
}

impl Trigger {
    fn handler(self) -> &'static str {
        match self {
            Self::Execute => "onExecutePostLogin",
            Self::Continue => "onContinuePostLogin",
        }
    }
}

/// One leg to run.
pub struct Leg {
    /// The Action.
    pub action: Action,
    /// Which half.
    pub trigger: Trigger,
    /// `event`, without `secrets` and `configuration`, which come from the Action.
    pub event: Value,
    /// Host name of the tenant: `iss` of the tokens that the Action makes.
    pub host: String,
    /// What the Action takes for now.
    pub now: UnixSecs,
    /// How long the Action may run.
    pub limit: Duration,
}

/// What Auth0 gives each leg.
pub const TIME_LIMIT: Duration = Duration::from_secs(20);

/// What a leg asked for.
#[derive(Clone, Default, PartialEq)]
pub struct Effects {
    /// Where to send the browser, query included, `state` not yet.
    pub redirect: Option<String>,
    /// The reason to deny the login with.
    pub denied: Option<String>,
    /// Custom claims of the ID token.
    pub id_claims: Map<String, Value>,
    /// Custom claims of the access token.
    pub access_claims: Map<String, Value>,
    /// New metadata of the transaction.
    pub transaction_metadata: Map<String, Value>,
    /// New `app_metadata` of the user.
    pub app_metadata: Map<String, Value>,
    /// URLs of authentication methods to remember in the browser session.
    pub methods: Vec<String>,
    /// What the Action wrote to its console, and which claims were dropped.
    pub console: Vec<String>,
}

/// Prints no redirect: its query holds a token.
impl std::fmt::Debug for Effects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Effects")
            .field("redirects", &self.redirect.is_some())
            .field("denied", &self.denied)
            .field("id_claims", &self.id_claims)
            .field("access_claims", &self.access_claims)
            .field("methods", &self.methods)
            .field("console", &self.console)
            .finish_non_exhaustive()
    }
}

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
    let Leg { action, trigger, mut event, host, now, limit } = leg;
    if let Some(event) = event.as_object_mut() {
        let secrets = action.secrets.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        event.insert("secrets".into(), Value::Object(secrets.collect()));
        if !action.configuration.is_empty() {
            let settings = action.configuration.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
            event.insert("configuration".into(), Value::Object(settings.collect()));
        }
    }
    let api = api::Api::new(&event, host, trigger, now);
    script::run(&action.source, trigger.handler(), &event, api, now, limit)
}
