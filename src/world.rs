//! Time and chance, by the front door: whoever needs them takes them as a parameter, so that a test decides both.

/// Seconds since 1970-01-01 UTC.
pub type UnixSecs = i64;

/// What time it is.
pub trait Clock: Send + Sync {
    /// Now, in whole seconds.
    fn now(&self) -> UnixSecs;
}

/// Where unpredictable bytes come from.
pub trait Chance: Send + Sync {
    /// Fills `out` with random bytes.
    fn fill(&self, out: &mut [u8]);
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixSecs {
        #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the system's clock")]
        let now = std::time::SystemTime::now();
        now.duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs() as UnixSecs)
    }
}

/// The system's random number generator.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, out: &mut [u8]) {
        #[expect(clippy::expect_used, reason = "without randomness nothing here is safe: stop, do not go on guessing")]
        getrandom::fill(out).expect("the system gives random bytes");
    }
}

/// `N` random bytes as base64url without padding: an id, nonce, code or handle.
pub fn random_text<const N: usize>(chance: &dyn Chance) -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let mut bytes = [0; N];
    chance.fill(&mut bytes);
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
