//! A Twilio Verify v2 stand-in on loopback, for the demo and for tests: starts, checks and updates verifications with
//! Twilio's limits and error codes, and shows an inbox in place of a phone.
//!
//! ```text
//! POST /v2/Services/{VA…}/Verifications           To, Channel, CustomCode   start, or send again
//! POST /v2/Services/{VA…}/VerificationCheck       To or VerificationSid, Code
//! POST /v2/Services/{VA…}/Verifications/{which}   Status = approved | canceled
//! GET  /v2/Services/{VA…}/Verifications/{which}   which: VE… or the number
//! GET  /                                          the inbox: every message, newest first
//! ```
//!
//! `routes` handles HTTP, `verifications` implements the rules independently of it, `error` defines the errors,
//! `builder` the configuration. It behaves as Twilio documents. No message leaves this machine, and nothing is
//! persisted.

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
    /// True while a request is delayed by [`FailMode::Slow`].
    held: watch::Sender<bool>,
}

/// The mutable state.
struct State {
    verifications: Verifications,
    /// Failures injected into the next requests, in this order.
    failures: VecDeque<FailMode>,
    /// Numbers to which a message is being sent.
    busy: BTreeSet<String>,
    /// The second in which requests are counted, and their number.
    counted: (UnixSecs, u32),
}

/// An injected failure of a request, whatever it contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailMode {
    /// HTTP 503 and a body that is not JSON.
    Down,
    /// HTTP 200 and a body that is not JSON.
    Nonsense,
    /// HTTP 429, code 20429, `Retry-After: 7`.
    TooMany,
    /// The response is delayed until [`TwilioStandIn::let_go`].
    Slow,
}

impl TwilioStandIn {
    /// The service `service` (`VA…`), which `account` (`AC…` or `SK…`) may use with `token`.
    pub fn builder(service: impl Into<String>, account: impl Into<String>, token: impl Into<String>) -> TwilioBuilder {
        TwilioBuilder::new(service.into(), account.into(), token.into())
    }

    /// The routes of all calls and of the inbox.
    pub fn router(&self) -> Router {
        routes::router(self.clone())
    }

    /// Serves until `shutdown` completes.
    pub async fn serve(
        &self,
        listener: tokio::net::TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        crate::loopback::serve(self.router(), listener, shutdown).await
    }

    /// Messages sent so far, oldest first; limited to the latest 1,000.
    pub fn messages(&self) -> Vec<Message> {
        self.state().verifications.messages()
    }

    /// Conversion counts so far, as Fraud Guard would see them.
    pub fn conversions(&self) -> Conversions {
        self.state().verifications.conversions()
    }

    /// Makes the next request fail. Calls add up: each affects one more request.
    pub fn fail_next(&self, mode: FailMode) {
        self.state().failures.push_back(mode);
    }

    /// Waits until a request is delayed by [`FailMode::Slow`].
    pub async fn until_held(&self) {
        // The sender lives as long as `self`.
        self.0.held.subscribe().wait_for(|held| *held).await.ok();
    }

    /// Releases the delayed requests.
    pub fn let_go(&self) {
        self.0.held.send_replace(false);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No change can panic halfway, so a poisoned state is consistent.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
