//! Waiting between two attempts: an injected dependency, so that tests take no time.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

/// How often a waiting thread checks for cancellation.
const POLL_INTERVAL: Duration = Duration::from_millis(50);

/// Waits between attempts.
pub trait Wait {
    /// Returns after `time`, or soon after `cancelled` becomes true.
    fn wait(&self, time: Duration, cancelled: &AtomicBool);
}

/// Sleeps on the current thread.
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
