//! The operator's PIN: its hash, and a gate that makes guessing slow.
//!
//! A wrong PIN makes the next one wait: 1 s, 2 s, 4 s … up to a minute. After ten in a row the gate is locked for a
//! quarter of an hour, and the screen says so; after that, each further wrong PIN locks it again. What is typed during a
//! wait is not looked at and does not count. The count lives as long as the process, over every window it opens; a
//! restart of the process, which needs the PIN or the power switch, clears it. So an attacker at the switch has about
//! five guesses a minute: a PIN of six digits holds for two months on average.

use std::{
    fmt,
    str::FromStr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use countenance_client::kiosk::PIN_DIGITS;
use countenance_core::rng::SecureRandom;

/// Wrong PINs in a row after which the gate is locked.
const MAX_WRONG: u32 = 10;
/// How long it is locked.
const LOCKED: Duration = Duration::from_mins(15);
/// Longest wait before that.
const MAX_WAIT: Duration = Duration::from_mins(1);

/// Memory of a new hash, KiB, and its passes: half a second on a small machine, since a PIN has few digits.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// Limits of a hash that is accepted: a mistake must not hang the kiosk or take its memory.
const MAX_MEMORY_KIB: u32 = 256 * 1024;
const MAX_PASSES: u32 = 10;
const MAX_LANES: u32 = 4;

/// The hash of a PIN: argon2id, version 19, as a PHC string.
#[derive(Clone, PartialEq, Eq)]
pub struct PinHash(PasswordHash);

/// Why text is not the hash of a PIN.
#[derive(Debug, thiserror::Error)]
pub enum PinHashError {
    /// Not a PHC string.
    #[error("it is not a PHC string such as $argon2id$v=19$m=…")]
    NotPhc,
    /// Another algorithm or version, or without salt or hash.
    #[error("it is not argon2id of version 19 with salt and hash")]
    OtherKind,
    /// Parameters that cannot be used, or beyond our limits.
    #[error("its parameters are beyond m={MAX_MEMORY_KIB}, t={MAX_PASSES}, p={MAX_LANES}")]
    TooCostly,
}

/// Why a PIN is not accepted as a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// Not 6 to 12 digits.
    #[error("a PIN has {} to {} digits", PIN_DIGITS.start(), PIN_DIGITS.end())]
    NotDigits,
    /// One digit only, or digits in a row.
    #[error("this PIN is among the first that are tried; take one without a pattern")]
    Guessable,
    /// The hash could not be computed.
    #[error("the PIN could not be hashed")]
    NotHashed,
}

impl FromStr for PinHash {
    type Err = PinHashError;

    fn from_str(text: &str) -> Result<Self, PinHashError> {
        let hash = PasswordHash::new(text).map_err(|_bad| PinHashError::NotPhc)?;
        let is_ours = hash.algorithm.as_str() == Algorithm::Argon2id.as_str()
            && hash.version == Some(Version::V0x13.into())
            && hash.salt.is_some()
            && hash.hash.is_some();
        if !is_ours {
            return Err(PinHashError::OtherKind);
        }
        let params = Params::try_from(&hash).ok().filter(|params| {
            params.m_cost() <= MAX_MEMORY_KIB && params.t_cost() <= MAX_PASSES && params.p_cost() <= MAX_LANES
        });
        params.map(|_| Self(hash)).ok_or(PinHashError::TooCostly)
    }
}

impl PinHash {
    /// The hash of a new PIN.
    pub fn of(pin: &str, rng: &dyn SecureRandom) -> Result<Self, PinError> {
        if !PIN_DIGITS.contains(&pin.len()) || !pin.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PinError::NotDigits);
        }
        let mut steps = pin.bytes().zip(pin.bytes().skip(1)).map(|(digit, next)| i16::from(next) - i16::from(digit));
        let first = steps.next().unwrap_or_default();
        if first.abs() <= 1 && steps.all(|step| step == first) {
            return Err(PinError::Guessable);
        }
        let mut salt = [0; 16];
        rng.fill(&mut salt);
        let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|_bad| PinError::NotHashed)?;
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let hashed = hasher.hash_password_with_salt(pin.as_bytes(), &salt);
        hashed.map(Self).map_err(|_bad| PinError::NotHashed)
    }

    fn matches(&self, typed: &str) -> bool {
        typed.len() <= *PIN_DIGITS.end() && Argon2::default().verify_password(typed.as_bytes(), &self.0).is_ok()
    }
}

impl fmt::Display for PinHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for PinHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinHash")
    }
}

/// What the gate says to a typed PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinAnswer {
    /// Right: open.
    Right,
    /// Wrong, or typed too early; the next one is looked at after this many seconds.
    Wrong {
        /// Seconds, at least 1.
        wait_secs: u64,
    },
    /// Too many wrong ones in a row, or no PIN is set up.
    Locked {
        /// Seconds until a PIN is looked at again; `None` if none will be.
        wait_secs: Option<u64>,
    },
}

/// Compares PINs, and makes guessing slow.
#[derive(Debug)]
pub struct PinGate {
    hash: Option<PinHash>,
    tries: Mutex<Tries>,
}

#[derive(Debug, Default)]
struct Tries {
    wrong: u32,
    /// When the next PIN is looked at.
    open_at: Duration,
}

impl PinGate {
    /// A gate for the PIN with this hash; without one it never opens.
    pub fn new(hash: Option<PinHash>) -> Self {
        Self { hash, tries: Mutex::default() }
    }

    /// Compares `typed` at `now`, the time since the start of the process.
    pub fn check(&self, typed: &str, now: Duration) -> PinAnswer {
        let Some(hash) = &self.hash else { return PinAnswer::Locked { wait_secs: None } };
        // Held while comparing, so that no two PINs are compared at once.
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if now >= tries.open_at {
            if hash.matches(typed) {
                *tries = Tries::default();
                return PinAnswer::Right;
            }
            tries.wrong += 1;
            tries.open_at = now + wait_after(tries.wrong);
        }
        tries.answer(now)
    }

    /// Whether it is locked at `now`: a sign of somebody who tries.
    pub fn is_locked(&self, now: Duration) -> bool {
        let tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.wrong >= MAX_WRONG && now < tries.open_at
    }
}

impl Tries {
    fn answer(&self, now: Duration) -> PinAnswer {
        let left = self.open_at.saturating_sub(now);
        let wait_secs = left.as_secs() + u64::from(left.subsec_nanos() > 0);
        if self.wrong >= MAX_WRONG {
            PinAnswer::Locked { wait_secs: Some(wait_secs) }
        } else {
            PinAnswer::Wrong { wait_secs }
        }
    }
}

/// The wait after the `wrong`th wrong PIN in a row.
fn wait_after(wrong: u32) -> Duration {
    if wrong >= MAX_WRONG {
        return LOCKED;
    }
    Duration::from_secs(1 << (wrong - 1)).min(MAX_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countenance_core::rng::SeededRng;

    const PIN: &str = "280471";

    /// A hash that is quick to compute.
    fn cheap() -> PinHash {
        let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
        PinHash(hasher.hash_password_with_salt(PIN.as_bytes(), b"salt of the test").unwrap())
    }

    const fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    #[test]
    fn waits_grow_until_the_gate_is_locked_and_the_right_pin_opens_it_afterwards() {
        let gate = PinGate::new(Some(cheap()));
        let mut now = secs(100);
        for wait in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            assert_eq!(gate.check("000000", now), PinAnswer::Wrong { wait_secs: wait });
            // Too early: not even the right one is looked at, and nothing is counted.
            let early = (now + secs(wait)).saturating_sub(Duration::from_millis(1));
            assert_eq!(gate.check(PIN, early), PinAnswer::Wrong { wait_secs: 1 });
            now += secs(wait);
        }
        assert!(!gate.is_locked(now));
        assert_eq!(gate.check("000000", now), PinAnswer::Locked { wait_secs: Some(900) });
        assert!(gate.is_locked(now));
        assert_eq!(gate.check(PIN, now + secs(300)), PinAnswer::Locked { wait_secs: Some(600) });
        // One more try after the time, then locked again.
        now += secs(900);
        assert!(!gate.is_locked(now));
        assert_eq!(gate.check("1", now), PinAnswer::Locked { wait_secs: Some(900) });
        now += secs(900);
        assert_eq!(gate.check(PIN, now), PinAnswer::Right);
        assert_eq!(gate.check("000000", now), PinAnswer::Wrong { wait_secs: 1 }, "the count began anew");
    }

    #[test]
    fn without_a_pin_the_gate_never_opens() {
        let gate = PinGate::new(None);
        assert_eq!(gate.check("", secs(0)), PinAnswer::Locked { wait_secs: None });
        assert_eq!(gate.check(PIN, secs(9999)), PinAnswer::Locked { wait_secs: None });
    }

    #[test]
    fn a_new_pin_has_digits_without_a_pattern() {
        let rng = SeededRng::from("pin");
        for (pin, expected) in [
            ("12345", Err(PinError::NotDigits)),
            ("1234567890123", Err(PinError::NotDigits)),
            ("28047a", Err(PinError::NotDigits)),
            ("", Err(PinError::NotDigits)),
            ("777777", Err(PinError::Guessable)),
            ("123456", Err(PinError::Guessable)),
            ("9876543", Err(PinError::Guessable)),
            (PIN, Ok(())),
        ] {
            assert_eq!(PinHash::of(pin, &rng).map(drop), expected, "{pin}");
        }
        let printed = PinHash::of(PIN, &rng).unwrap().to_string();
        assert!(printed.starts_with("$argon2id$v=19$m=65536,t=3,p=1$"), "{printed}");
        let read: PinHash = printed.parse().unwrap();
        assert!(read.matches(PIN) && !read.matches("280472"));
        assert_ne!(PinHash::of(PIN, &SeededRng::from("other")).unwrap(), read, "the salt differs");
    }

    #[test]
    fn only_hashes_that_a_kiosk_can_afford_are_accepted() {
        let good = cheap().to_string();
        let with = |from: &str, to: &str| good.replace(from, to);
        for (text, accepted) in [
            (good.clone(), true),
            (with("argon2id", "argon2i"), false),
            (with("v=19", "v=16"), false),
            (with("m=8", "m=4294967295"), false),
            (with("t=1", "t=1000000"), false),
            (with("p=1", "p=200"), false),
            (good.rsplit_once('$').unwrap().0.to_owned(), false),
            ("280471".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(text.parse::<PinHash>().is_ok(), accepted, "{text}");
        }
    }
}
