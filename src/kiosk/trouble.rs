//! What can be wrong with a kiosk, and which of it is shown.
//!
//! | condition | noticed within | how |
//! |---|---|---|
//! | no configuration, no start address, profile not wiped | at once | at start, and by each wipe |
//! | browser crashed | 1 s | its process has ended |
//! | browser hung | 20 s | its debugging pipe does not answer |
//! | camera gone | 5 s | it is not listed any more; no light goes on |
//! | camera busy, frozen, without access | at start and after each visit | a frame is taken while nobody is there |
//! | verifier down, network down, clock off | 40 s | the verifier's public policy is asked for; its `Date` is compared |
//! | device disabled or retired | with the next heartbeat, which the verifier asks for | its answer |
//! | file system of the profile full | 1 s | its free space |
//!
//! Each clears by itself, within the same time, once its check is good again. A verifier that is down is asked again after
//! 2 s, 4 s … 30 s; a camera that delivered nothing every 5 s, as long as the kiosk is out of order.

use std::{collections::BTreeMap, sync::Mutex, sync::PoisonError};

/// Clock offset that a verifier does not tolerate, seconds.
pub const MAX_CLOCK_OFF_SECS: i64 = 55;

countenance_core::enumeration! {
    /// What is checked. Each has at most one condition at a time.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Check {
        /// Configuration, profile and wipe.
        Setup = "setup",
        /// The browser.
        Browser = "browser",
        /// The file system of the profile.
        Disk = "disk",
        /// Whether the camera is there.
        Camera = "camera",
        /// Whether the camera delivers images.
        Stream = "stream",
        /// Verifier and network.
        Verifier = "verifier",
        /// The clock.
        Clock = "clock",
        /// Whether the verifier still wants this device.
        Device = "device",
    }
}

/// Why nobody can sign in now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// The camera is not there.
    CameraGone,
    /// Another program uses the camera, or the system denies access.
    CameraBusy,
    /// The camera delivers no images.
    CameraFrozen,
    /// No connection to any verifier: the network is down.
    Offline,
    /// The network is there, but the verifier does not answer as it should.
    VerifierDown,
    /// The clock is wrong.
    ClockOff {
        /// Seconds by which it is ahead; negative if it is behind.
        ahead_secs: i64,
    },
    /// The browser's profile has no space left.
    DiskFull,
    /// The browser does not run.
    BrowserDown,
    /// The verifier does not want this device any more.
    NotRegistered,
    /// Something that only staff can mend.
    AskStaff,
}

impl Condition {
    /// Its name in health and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CameraGone => "camera_gone",
            Self::CameraBusy => "camera_busy",
            Self::CameraFrozen => "camera_frozen",
            Self::Offline => "offline",
            Self::VerifierDown => "verifier_down",
            Self::ClockOff { .. } => "clock_off",
            Self::DiskFull => "disk_full",
            Self::BrowserDown => "browser_down",
            Self::NotRegistered => "not_registered",
            Self::AskStaff => "ask_staff",
        }
    }

    /// Whether a visit cannot go on: the browser itself is affected. Otherwise the person finishes what they began.
    pub const fn stops_a_visit(self) -> bool {
        matches!(self, Self::DiskFull | Self::BrowserDown | Self::AskStaff)
    }
}

/// The conditions that hold now. Shared by the checks, which set them, and the window and health page, which read them.
#[derive(Debug, Default)]
pub struct Troubles(Mutex<BTreeMap<Check, Condition>>);

impl Troubles {
    /// Notes the outcome of a check. Returns whether it differs from the one before.
    pub fn note(&self, check: Check, found: Option<Condition>) -> bool {
        let mut conditions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match found {
            Some(condition) => conditions.insert(check, condition),
            None => conditions.remove(&check),
        };
        before != found
    }

    /// The condition to show: that of the first check, in their order, which needs it most.
    pub fn worst(&self) -> Option<Condition> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().next().copied()
    }

    /// All conditions, in the order of the checks.
    pub fn all(&self) -> Vec<(Check, Condition)> {
        let conditions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        conditions.iter().map(|(check, condition)| (*check, *condition)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_is_shown_and_each_check_clears_its_own() {
        let troubles = Troubles::default();
        assert_eq!(troubles.worst(), None);
        assert!(troubles.note(Check::Verifier, Some(Condition::Offline)));
        assert!(!troubles.note(Check::Verifier, Some(Condition::Offline)), "no change");
        assert!(troubles.note(Check::Verifier, Some(Condition::VerifierDown)));
        assert!(troubles.note(Check::Browser, Some(Condition::BrowserDown)));
        assert_eq!(troubles.worst(), Some(Condition::BrowserDown));
        assert_eq!(
            troubles.all(),
            [(Check::Browser, Condition::BrowserDown), (Check::Verifier, Condition::VerifierDown)]
        );
        assert!(troubles.note(Check::Browser, None));
        assert_eq!(troubles.worst(), Some(Condition::VerifierDown));
        assert!(troubles.note(Check::Verifier, None) && troubles.worst().is_none());
    }
}
