//! The system clock.

use countenance_core::clock::{Clock, UnixSecs};

/// The system clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixSecs {
        #[expect(clippy::disallowed_methods, reason = "the only place that reads the system clock")]
        let now = std::time::SystemTime::now();
        now.duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs() as UnixSecs)
    }
}
