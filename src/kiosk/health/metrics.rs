//! Metrics for Prometheus: counts and states, none of a person.

use std::{
    sync::{Mutex, PoisonError, atomic::AtomicI64},
    time::Duration,
};

use prometheus_client::{
    encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use super::Health;
use crate::{browser::Failure, trouble::Check};
use countenance_client::runner::RunOutcome;

countenance_core::enumeration! {
    /// How a sign-in ended.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Outcome {
        /// Accepted.
        Approved = "approved",
        /// Not accepted, or the person gave up.
        Refused = "refused",
        /// It failed: the kiosk, the network or the verifier.
        Failed = "failed",
        /// It never began, as with a bad link.
        NotBegun = "not_begun",
        /// The person went away.
        Left = "left",
    }
}

impl From<Option<RunOutcome>> for Outcome {
    fn from(ended: Option<RunOutcome>) -> Self {
        match ended {
            Some(RunOutcome::Approved(_)) => Self::Approved,
            Some(RunOutcome::Refused(_)) => Self::Refused,
            Some(RunOutcome::Failed(_)) => Self::Failed,
            None => Self::NotBegun,
        }
    }
}

impl EncodeLabelValue for Outcome {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        self.name().encode(encoder)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BySession {
    outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByCause {
    cause: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByCheck {
    check: &'static str,
}

/// The metrics of this process.
pub struct Metrics {
    registry: Registry,
    sessions: Family<BySession, Counter>,
    last: Mutex<Option<(Outcome, Duration)>>,
    wipes: Counter,
    browser: Family<ByCause, Counter>,
    trouble: Family<ByCheck, Gauge>,
    uptime_secs: Gauge,
    complaints: Gauge,
    pin_locked: Gauge,
    clock_ahead_secs: Gauge<i64, AtomicI64>,
    profile_free_bytes: Gauge<i64, AtomicI64>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("countenance_kiosk"),
            sessions: Family::default(),
            last: Mutex::default(),
            wipes: Counter::default(),
            browser: Family::default(),
            trouble: Family::default(),
            uptime_secs: Gauge::default(),
            complaints: Gauge::default(),
            pin_locked: Gauge::default(),
            clock_ahead_secs: Gauge::default(),
            profile_free_bytes: Gauge::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("sessions", "Sign-ins that ended, by outcome", metrics.sessions.clone());
        registry.register("wipes", "Times the browser's profile was wiped", metrics.wipes.clone());
        registry.register("browser_failures", "Failures of the browser, by cause", metrics.browser.clone());
        registry.register("trouble", "1 if the check has found something wrong", metrics.trouble.clone());
        registry.register("uptime_seconds", "Time since the start of the process", metrics.uptime_secs.clone());
        registry.register(
            "configuration_complaints",
            "Parts of the configuration that were left out",
            metrics.complaints.clone(),
        );
        registry.register(
            "pin_locked",
            "1 if wrong PINs have locked the operator's screen",
            metrics.pin_locked.clone(),
        );
        registry.register(
            "clock_ahead_seconds",
            "Seconds by which the clock is ahead of the verifier's",
            metrics.clock_ahead_secs.clone(),
        );
        registry.register(
            "profile_free_bytes",
            "Free space for the browser's profile",
            metrics.profile_free_bytes.clone(),
        );
        metrics
    }
}

impl Metrics {
    /// A sign-in ended, at `now`.
    pub fn session(&self, outcome: Outcome, now: Duration) {
        self.sessions.get_or_create(&BySession { outcome }).inc();
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((outcome, now));
    }

    /// The profile was wiped.
    pub fn wipe(&self) {
        self.wipes.inc();
    }

    /// The browser failed.
    pub fn browser_failed(&self, failure: Failure) {
        let cause = match failure {
            Failure::Crashed => "crashed",
            Failure::Hung => "hung",
        };
        self.browser.get_or_create(&ByCause { cause }).inc();
    }

    /// Number of sign-ins that ended, and how and when the last one did.
    pub fn sessions(&self) -> (u64, Option<(Outcome, Duration)>) {
        let count = |outcome| self.sessions.get(&BySession { outcome }).map_or(0, |counter| counter.get());
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        (Outcome::ALL.into_iter().map(count).sum(), last)
    }

    /// Number of failures of the browser.
    pub fn browser_failures(&self) -> u64 {
        ["crashed", "hung"].map(|cause| self.browser.get(&ByCause { cause }).map_or(0, |c| c.get())).iter().sum()
    }

    /// In the text format of Prometheus, with the gauges as `health` has them.
    pub fn to_text(&self, health: &Health) -> String {
        for check in Check::ALL {
            let wrong = health.conditions.iter().any(|wrong| wrong.check == check.name());
            self.trouble.get_or_create(&ByCheck { check: check.name() }).set(wrong.into());
        }
        self.uptime_secs.set(health.uptime_secs.cast_signed());
        self.complaints.set(health.complaints.len() as i64);
        self.pin_locked.set(health.pin_locked.into());
        self.clock_ahead_secs.set(health.clock_ahead_secs.unwrap_or_default());
        self.profile_free_bytes.set(health.profile_free_bytes.unwrap_or_default().cast_signed());
        let mut text = String::new();
        // Writing to a string does not fail.
        encode(&mut text, &self.registry).ok();
        text
    }
}
