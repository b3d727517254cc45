//! The system's random number generator.

use countenance_core::rng::SecureRandom;

/// The system's random number generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl SecureRandom for SystemRandom {
    fn fill(&self, out: &mut [u8]) {
        #[expect(clippy::expect_used, reason = "nothing is secure without randomness, so stop")]
        getrandom::fill(out).expect("the system provides random bytes");
    }
}
