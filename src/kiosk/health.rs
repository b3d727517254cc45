//! How the kiosk is: a file, a page and metrics, none of them with personal data.
//!
//! The file is written whole, to the folder that the service manager names (`RUNTIME_DIRECTORY`), whenever something
//! changes and at least every 10 s: a reader that finds `at` older than 30 s knows that the kiosk is stuck or down.

pub mod metrics;
mod server;

use serde::Serialize;

use countenance_core::{clock::UnixSecs, protocol::OutOfOrder};

pub use server::{HealthServer, Pages};

use crate::{presence::Phase, trouble::Check};

/// How the kiosk is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Health {
    /// When this was written, seconds since 1970.
    pub at: UnixSecs,
    /// The program's version.
    pub version: &'static str,
    /// Name of the place.
    pub site: Option<String>,
    /// Seconds since the start of the process.
    pub uptime_secs: u64,
    /// What is going on.
    pub state: State,
    /// What is wrong, the worst first.
    pub conditions: Vec<Wrong>,
    /// Sign-ins that ended.
    pub sessions: u64,
    /// How the last sign-in ended: one of [`metrics::Outcome`].
    pub last_outcome: Option<&'static str>,
    /// Failures of the browser.
    pub browser_failures: u64,
    /// Seconds by which the clock is ahead of the verifier's.
    pub clock_ahead_secs: Option<i64>,
    /// Free space for the browser's profile, bytes.
    pub profile_free_bytes: Option<u64>,
    /// Whether too many wrong PINs have locked the operator's screen.
    pub pin_locked: bool,
    /// What of the configuration was left out.
    pub complaints: Vec<String>,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wrong {
    /// What was checked.
    pub check: &'static str,
    /// What was found.
    pub condition: &'static str,
}

countenance_core::enumeration! {
    /// What is going on, in a word.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
    #[serde(rename_all = "snake_case")]
    pub enum State {
        /// Nobody is there.
        Ready = "ready",
        /// Somebody is.
        Busy = "busy",
        /// Nobody can sign in.
        OutOfOrder = "out_of_order",
    }
}

impl From<Phase> for State {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::Empty => Self::Ready,
            Phase::Visiting(_) | Phase::SigningIn | Phase::StillThere => Self::Busy,
            Phase::OutOfOrder => Self::OutOfOrder,
        }
    }
}

impl Health {
    /// Whether people can sign in.
    pub fn is_good(&self) -> bool {
        self.conditions.is_empty() && self.state != State::OutOfOrder
    }

    /// As JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_else(|_| "{}".to_owned()) + "\n"
    }

    /// In one line, for `systemctl status`.
    pub fn to_line(&self) -> String {
        let wrong: Vec<_> = self.conditions.iter().map(|wrong| wrong.condition).collect();
        let wrong = if wrong.is_empty() { String::new() } else { format!(" ({})", wrong.join(", ")) };
        let mistakes = match self.complaints.len() {
            0 => String::new(),
            mistakes => format!(", mistakes in the configuration: {mistakes}"),
        };
        format!("{}{wrong}, sign-ins: {}{mistakes}", self.state.name().replace('_', " "), self.sessions)
    }
}

impl From<(Check, OutOfOrder)> for Wrong {
    fn from((check, condition): (Check, OutOfOrder)) -> Self {
        Self { check: check.name(), condition: condition.name() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_in_a_file_and_in_a_line() {
        let mut health = Health {
            at: 1_800_000_000,
            version: "0.1.0",
            site: Some("Gate 3".into()),
            uptime_secs: 61,
            state: State::OutOfOrder,
            conditions: vec![(Check::Verifier, OutOfOrder::Offline).into()],
            sessions: 7,
            last_outcome: Some("approved"),
            browser_failures: 1,
            clock_ahead_secs: Some(-2),
            profile_free_bytes: None,
            pin_locked: false,
            complaints: vec!["kiosk.toml, line 3: idle_secs is …".into()],
        };
        assert_eq!(health.to_line(), "out of order (offline), sign-ins: 7, mistakes in the configuration: 1");
        assert!(!health.is_good());
        let json: serde_json::Value = serde_json::from_str(&health.to_json()).unwrap();
        assert_eq!(json["conditions"][0]["condition"], "offline");
        assert_eq!((&json["state"], &json["clock_ahead_secs"]), (&"out_of_order".into(), &(-2).into()));
        (health.state, health.conditions, health.complaints) = (State::Ready, vec![], vec![]);
        assert_eq!(health.to_line(), "ready, sign-ins: 7");
        assert!(health.is_good());
    }
}
