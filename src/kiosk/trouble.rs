//! What can be wrong with a kiosk, and which of it is shown.
//!
//! | condition | noticed within | how |
//! |---|---|---|
//! | no configuration, no start address, profile not wiped | at once | at start, and by each wipe |
//! | browser crashed, or a page in it | 1 s | its process has ended; it reports it |
//! | browser hung | 20 s | its debugging pipe does not answer |
//! | camera gone | 5 s | it is not listed any more; no light goes on |
//! | camera busy, frozen, without access | at start and after each visit | a frame is taken while nobody is there |
//! | verifier down, network down, clock off | 40 s | the verifier's public policy is asked for; its `Date` is compared |
//! | device disabled or retired | with the next heartbeat, which the verifier asks for | its answer |
//! | file system of the profile full | 1 s | its free space |
//!
//! Each clears by itself, within the same time, once its check is good again. A verifier that is down is asked again after
//! 2 s, 4 s … 30 s; a camera that delivered nothing every 5 s, as long as the kiosk is out of order.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, PoisonError},
};

use countenance_core::protocol::OutOfOrder;

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

/// Whether a visit cannot go on: the browser itself is affected. Otherwise the person finishes what they began.
pub const fn stops_a_visit(condition: OutOfOrder) -> bool {
    matches!(condition, OutOfOrder::DiskFull | OutOfOrder::BrowserDown | OutOfOrder::AskStaff)
}

/// The conditions that hold now. Shared by the checks, which set them, and the window and health page, which read them.
#[derive(Default)]
pub struct Troubles {
    now: Mutex<BTreeMap<Check, OutOfOrder>>,
    /// Called after a change.
    wake: Mutex<Option<Box<dyn Fn() + Send>>>,
}

impl fmt::Debug for Troubles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Troubles").field(&self.all()).finish()
    }
}

impl Troubles {
    /// Notes the outcome of a check. Returns whether it differs from the one before.
    pub fn note(&self, check: Check, found: Option<OutOfOrder>) -> bool {
        let mut conditions = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match found {
            Some(condition) => conditions.insert(check, condition),
            None => conditions.remove(&check),
        };
        drop(conditions);
        if before != found {
            self.wake();
        }
        before != found
    }

    /// Calls `wake` whenever something has changed from now on, in place of what was called before.
    pub fn on_change(&self, wake: Box<dyn Fn() + Send>) {
        *self.wake.lock().unwrap_or_else(PoisonError::into_inner) = Some(wake);
    }

    /// Wakes whoever waits for a change.
    pub(crate) fn wake(&self) {
        if let Some(wake) = &*self.wake.lock().unwrap_or_else(PoisonError::into_inner) {
            wake();
        }
    }

    /// The condition to show: that of the first check, in their order, which needs it most.
    pub fn worst(&self) -> Option<OutOfOrder> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).values().next().copied()
    }

    /// All conditions, in the order of the checks.
    pub fn all(&self) -> Vec<(Check, OutOfOrder)> {
        let conditions = self.now.lock().unwrap_or_else(PoisonError::into_inner);
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
        let (changed, changes) = std::sync::mpsc::channel();
        troubles.on_change(Box::new(move || changed.send(()).unwrap()));
        assert!(troubles.note(Check::Verifier, Some(OutOfOrder::Offline)));
        assert!(!troubles.note(Check::Verifier, Some(OutOfOrder::Offline)), "no change");
        assert!(troubles.note(Check::Verifier, Some(OutOfOrder::VerifierDown)));
        assert!(troubles.note(Check::Browser, Some(OutOfOrder::BrowserDown)));
        assert_eq!(troubles.worst(), Some(OutOfOrder::BrowserDown));
        assert_eq!(
            troubles.all(),
            [(Check::Browser, OutOfOrder::BrowserDown), (Check::Verifier, OutOfOrder::VerifierDown)]
        );
        assert!(troubles.note(Check::Browser, None));
        assert_eq!(troubles.worst(), Some(OutOfOrder::VerifierDown));
        assert!(troubles.note(Check::Verifier, None) && troubles.worst().is_none());
        assert_eq!(changes.try_iter().count(), 5, "woken by each change, and by nothing else");
    }
}
