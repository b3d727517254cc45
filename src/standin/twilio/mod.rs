//! A Twilio Verify v2 stand-in on loopback, for the demo and for tests: verifications that are started, checked and fed
//! back, with Twilio's limits and error codes, and an inbox in place of a phone.
//!
//! ```text
//! POST /v2/Services/{VA…}/Verifications           To, Channel, CustomCode   start, or send again
//! POST /v2/Services/{VA…}/VerificationCheck       To or VerificationSid, Code
//! POST /v2/Services/{VA…}/Verifications/{which}   Status = approved | canceled
//! GET  /v2/Services/{VA…}/Verifications/{which}   which: VE… or the number
//! GET  /                                          the inbox: every message, newest first
//! ```
//!
//! `routes` speaks HTTP, `verifications` holds the rules and knows nothing of it, `faults` are the errors, `builder` is what
//! a stand-in is told at start. It answers as Twilio documents it, where that is documented; no message leaves this machine,
//! and everything is forgotten at the end.

mod builder;
mod error;
mod inbox;
mod routes;
mod verifications;

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::Router;
use tokio::sync::watch;

pub use builder::{TwilioBuilder, TwilioStandInError};
pub use verifications::{Conversions, Message};

use builder::Config;
use countenance_core::clock::{Clock, UnixSecs};
use countenance_core::rng::SecureRandom;
use verifications::Verifications;

/// A Verify service. Clones share everything.
#[derive(Clone)]
pub struct TwilioStandIn(Arc<AppState>);

struct AppState {
    config: Config,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn SecureRandom>,
    state: Mutex<State>,
    /// True while a request is held back by [`FailMode::Slow`].
    held: watch::Sender<bool>,
}

/// What changes.
struct State {
    verifications: Verifications,
    /// How the next requests fail, in this order.
    failures: VecDeque<FailMode>,
    /// Numbers for which a sending is under way.
    busy: BTreeSet<String>,
    /// The second in which requests are counted, and how many came in it.
    counted: (UnixSecs, u32),
}

/// How a request fails, whatever it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailMode {
    /// HTTP 503 and a page that is no JSON.
    Down,
    /// HTTP 200 and a text that makes no sense.
    Nonsense,
    /// HTTP 429, code 20429, `Retry-After: 7`.
    TooMany,
    /// The answer is held back until [`TwilioStandIn::let_go`].
    Slow,
}

impl TwilioStandIn {
    /// The service `service` (`VA…`), which `account` (`AC…` or `SK…`) may use with `token`.
    pub fn builder(service: impl Into<String>, account: impl Into<String>, token: impl Into<String>) -> TwilioBuilder {
        TwilioBuilder::new(service.into(), account.into(), token.into())
    }

    /// All calls, and the inbox.
    pub fn router(&self) -> Router {
        routes::router(self.clone())
    }

    /// Serves until `shutdown` ends.
    pub async fn serve(
        &self,
        listener: tokio::net::TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        crate::loopback::serve(self.router(), listener, shutdown).await
    }

    /// What was sent so far, oldest first; at most the newest thousand.
    pub fn messages(&self) -> Vec<Message> {
        self.state().verifications.messages()
    }

    /// What Fraud Guard would have learned so far.
    pub fn conversions(&self) -> Conversions {
        self.state().verifications.conversions()
    }

    /// Lets the next request fail; called again, the one after it too.
    pub fn fail_next(&self, mode: FailMode) {
        self.state().failures.push_back(mode);
    }

    /// Waits until a request is held back.
    pub async fn until_held(&self) {
        // The sender lives as long as `self`.
        self.0.held.subscribe().wait_for(|held| *held).await.ok();
    }

    /// Answers the requests that are held back.
    pub fn let_go(&self) {
        self.0.held.send_replace(false);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change to the state is whole before anything can panic.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
