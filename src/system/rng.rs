//! The system's random number generator.

use countenance_core::rng::SecureRandom;

/// The system's random number generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl SecureRandom for SystemRandom {
    fn fill(&self, out: &mut [u8]) {
        #[expect(clippy::expect_used, reason = "without randomness nothing here is safe: stop, do not go on guessing")]
        getrandom::fill(out).expect("the system gives random bytes");
    }
}
