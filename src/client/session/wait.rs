//! Waiting between two tries, by the front door: a test's wait takes no time.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

/// How often a waiting thread looks whether it was cancelled.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Lets time pass.
pub trait Wait {
    /// Returns after `time`, or soon after `cancelled` became true.
    fn wait(&self, time: Duration, cancelled: &AtomicBool);
}

/// The real thing: this thread sleeps.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemWait;

impl Wait for SystemWait {
    fn wait(&self, time: Duration, cancelled: &AtomicBool) {
        let mut left = time;
        while !left.is_zero() && !cancelled.load(Ordering::Relaxed) {
            let nap = left.min(POLL_INTERVAL);
            std::thread::sleep(nap);
            left -= nap;
        }
    }
}
