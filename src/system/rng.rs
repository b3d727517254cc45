//! The system's random number generator.

use countenance_core::rng::Chance;

/// The system's random number generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, out: &mut [u8]) {
        #[expect(clippy::expect_used, reason = "without randomness nothing here is safe: stop, do not go on guessing")]
        getrandom::fill(out).expect("the system gives random bytes");
    }
}
