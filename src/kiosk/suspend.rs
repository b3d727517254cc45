//! Whether the machine was suspended: a laptop whose lid was closed, a screen that somebody sent to sleep.
//!
//! The kiosk's own time stands still meanwhile, so that nobody would be asked "Still there?" after a night. The kernel has a
//! clock that goes on; the difference is looked at twice a second.

use std::{
    sync::{Condvar, Mutex, PoisonError},
    time::Duration,
};

use rustix::time::{ClockId, clock_gettime};

/// A suspension shorter than this is none: a person does not change within it, and the two clocks are not read at once.
const SHORTEST: Duration = Duration::from_secs(2);

/// For how long this machine has been suspended since it was started.
pub fn suspended_so_far() -> Duration {
    let read = |clock| Duration::try_from(clock_gettime(clock)).unwrap_or_default();
    // In this order, so that what passes between the two readings is not taken for a suspension.
    let awake = read(ClockId::Monotonic);
    read(ClockId::Boottime).saturating_sub(awake)
}

/// What was found the last time.
#[derive(Debug, Default)]
pub(crate) struct Suspensions(Option<Duration>);

impl Suspensions {
    /// Whether the machine was suspended since the last call, if it has been for `so_far` in all.
    pub(crate) fn grew(&mut self, so_far: Duration) -> bool {
        let before = *self.0.get_or_insert(so_far);
        let grew = so_far.saturating_sub(before) >= SHORTEST;
        if grew {
            self.0 = Some(so_far);
        }
        grew
    }
}

/// Lets threads wait that can be woken before their time.
#[derive(Debug, Default)]
pub(crate) struct Bell(Mutex<u64>, Condvar);

impl Bell {
    /// Wakes all who wait.
    pub(crate) fn ring(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.1.notify_all();
    }

    /// Waits until it rings, for at most `within`.
    pub(crate) fn wait(&self, within: Duration) {
        let rung = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = *rung;
        drop(self.1.wait_timeout_while(rung, within, |rung| *rung == before));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{sync::Arc, thread};

    #[test]
    fn a_jump_counts_once_and_a_slow_drift_never() {
        let mut seen = Suspensions::default();
        let found: Vec<_> = [3_000, 3_000, 3_001, 4_999, 5_000, 5_000, 90_000, 90_001]
            .into_iter()
            .map(|millis| seen.grew(Duration::from_millis(millis)))
            .collect();
        assert_eq!(
            found,
            [false, false, false, false, true, false, true, false],
            "what was before the start is not new"
        );
    }

    #[test]
    fn the_clocks_of_this_machine_agree_while_it_is_awake() {
        let (first, second) = (suspended_so_far(), suspended_so_far());
        assert!(second.saturating_sub(first) < Duration::from_secs(1), "{first:?} {second:?}");
    }

    #[test]
    fn a_bell_wakes_who_waits() {
        let bell = Arc::new(Bell::default());
        let ours = Arc::clone(&bell);
        let (woke, woken) = std::sync::mpsc::channel();
        let waits = thread::Builder::new().spawn(move || {
            ours.wait(Duration::from_hours(1));
            woke.send(()).unwrap();
        });
        while woken.recv_timeout(Duration::from_millis(5)).is_err() {
            // It may not wait yet.
            bell.ring();
        }
        waits.unwrap().join().unwrap();
        bell.wait(Duration::ZERO);
    }
}
