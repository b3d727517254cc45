//! Configuration of the stand-in: service, credentials and limits.

use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use super::{
    AppState, State, TwilioStandIn,
    verifications::{Limits, Verifications},
};
use countenance_core::clock::Clock;
use countenance_core::rng::SecureRandom;
use countenance_system::{SystemClock, SystemRandom};

/// Default rate limit.
const REQUESTS_PER_SEC: u32 = 100;

/// Configures a [`TwilioStandIn`].
pub struct TwilioBuilder {
    config: Config,
    limits: Limits,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn SecureRandom>,
}

/// Why a stand-in cannot start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TwilioStandInError {
    /// The service's id is invalid.
    #[error("a Verify service's id is VA and 32 hexadecimal digits")]
    Service,
    /// The account's id is invalid.
    #[error("an account's id is AC, an API key's SK, and 32 hexadecimal digits")]
    Account,
}

/// The validated configuration.
pub(super) struct Config {
    pub(super) service: String,
    pub(super) account: String,
    pub(super) token: String,
    pub(super) requests_per_sec: u32,
}

impl TwilioBuilder {
    pub(super) fn new(service: String, account: String, token: String) -> Self {
        Self {
            config: Config { service, account, token, requests_per_sec: REQUESTS_PER_SEC },
            limits: Limits::default(),
            clock: Arc::new(SystemClock),
            rng: Arc::new(SystemRandom),
        }
    }

    /// Allows `CustomCode`: the caller generates and checks the codes, and must report the result.
    #[must_use]
    pub fn custom_codes(mut self) -> Self {
        self.limits.custom_codes = true;
        self
    }

    /// Makes Fraud Guard block numbers that start with `prefix` for 12 hours, extended to 12 hours after each attempt.
    #[must_use]
    pub fn fraud_guard_blocks(mut self, prefix: impl Into<String>) -> Self {
        self.limits.fraud_prefixes.push(prefix.into());
        self
    }

    /// Disallows sending to numbers that start with `prefix`.
    #[must_use]
    pub fn geo_blocks(mut self, prefix: impl Into<String>) -> Self {
        self.limits.geo_prefixes.push(prefix.into());
        self
    }

    /// Sets the rate limit.
    #[must_use]
    pub fn requests_per_sec(mut self, limit: u32) -> Self {
        self.config.requests_per_sec = limit;
        self
    }

    /// Replaces the system clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Replaces the system's source of randomness.
    #[must_use]
    pub fn rng(mut self, rng: Arc<dyn SecureRandom>) -> Self {
        self.rng = rng;
        self
    }

    /// Builds the stand-in.
    pub fn build(self) -> Result<TwilioStandIn, TwilioStandInError> {
        let Self { config, limits, clock, rng } = self;
        if !is_sid("VA", &config.service) {
            return Err(TwilioStandInError::Service);
        }
        if !is_sid("AC", &config.account) && !is_sid("SK", &config.account) {
            return Err(TwilioStandInError::Account);
        }
        let state = State {
            verifications: Verifications::new(limits, clock.now()),
            failures: std::collections::VecDeque::default(),
            busy: std::collections::BTreeSet::default(),
            counted: (0, 0),
        };
        let held = watch::Sender::new(false);
        Ok(TwilioStandIn(Arc::new(AppState { config, clock, rng, state: Mutex::new(state), held })))
    }
}

fn is_sid(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_invalid_ids() {
        let id = |prefix: &str| format!("{prefix}0123456789abcdef0123456789ABCDEF");
        for (service, account, wrong) in [
            (id("VA"), id("AC"), None),
            (id("VA"), id("SK"), None),
            (id("AC"), id("AC"), Some(TwilioStandInError::Service)),
            ("VA1".into(), id("AC"), Some(TwilioStandInError::Service)),
            (id("VA"), id("VA"), Some(TwilioStandInError::Account)),
            (id("VA"), String::new(), Some(TwilioStandInError::Account)),
        ] {
            let made = TwilioStandIn::builder(&*service, &*account, "token").build();
            assert_eq!(made.err(), wrong, "{service} {account}");
        }
    }
}
