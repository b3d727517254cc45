//! Wrong passwords, counted by name: after five, the name waits.
//!
//! Names that no operator has are counted in the same way and in the same place, so that an answer does not tell which
//! names there are. It is held in memory: a stranger's made-up names never reach the database, and no more than
//! [`NAMES_MAX`] are held. When that many are failing at once, further names are told to wait after their first wrong
//! password, and are not counted; the right password still lets its owner in. What is then left against guessing is the
//! password's 120 random bits, which is enough. A restart forgets the counts: nobody outside can cause one.

use std::collections::HashMap;

use crate::store::sha256_text;
use countenance_core::clock::UnixSecs;

/// Wrong passwords before the first wait.
const FREE: u32 = 5;
/// The first wait, seconds; each further wrong password doubles it.
const WAIT_SECS: i64 = 30;
/// The longest wait, seconds. A name is forgotten this long after its wait.
const WAIT_MAX_SECS: i64 = 900;
/// Most names counted at once.
const NAMES_MAX: usize = 4096;

/// How often signing in failed.
#[derive(Default)]
pub(crate) struct Throttle {
    /// By the name's hash: names have any length.
    names: HashMap<String, Count>,
}

struct Count {
    failures: u32,
    at: UnixSecs,
    locked_until: UnixSecs,
}

/// The name has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) secs: i64,
}

impl Throttle {
    /// Counts an attempt before its password is looked at, so that many at once are counted too. Told is the wait that
    /// follows if the password is wrong, if any; the error is a wait that is not over.
    pub(super) fn attempt(&mut self, name: &str, now: UnixSecs) -> Result<Option<Wait>, Wait> {
        let key = sha256_text(name);
        if self.names.len() >= NAMES_MAX && !self.names.contains_key(&key) {
            self.names.retain(|_, count| now < count.locked_until.max(count.at).saturating_add(WAIT_MAX_SECS));
            if self.names.len() >= NAMES_MAX {
                return Ok(Some(Wait { secs: WAIT_SECS }));
            }
        }
        let count = self.names.entry(key).or_insert(Count { failures: 0, at: now, locked_until: now });
        if now < count.locked_until {
            return Err(Wait { secs: count.locked_until.saturating_sub(now) });
        }
        if now >= count.locked_until.max(count.at).saturating_add(WAIT_MAX_SECS) {
            count.failures = 0;
        }
        count.failures = count.failures.saturating_add(1);
        count.at = now;
        let Some(doublings) = count.failures.checked_sub(FREE) else { return Ok(None) };
        let secs = WAIT_SECS.saturating_mul(1 << doublings.min(8)).min(WAIT_MAX_SECS);
        count.locked_until = now.saturating_add(secs);
        Ok(Some(Wait { secs }))
    }

    /// The password was right: the name begins anew.
    pub(super) fn succeeded(&mut self, name: &str) {
        self.names.remove(&sha256_text(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(secs: i64) -> Wait {
        Wait { secs }
    }

    #[test]
    fn the_fifth_wrong_password_waits_and_each_further_one_twice_as_long() {
        let mut throttle = Throttle::default();
        for _ in 0..4 {
            assert_eq!(throttle.attempt("ada", 0), Ok(None));
        }
        let mut now = 0;
        for secs in [30, 60, 120, 240, 480, 900, 900] {
            assert_eq!(throttle.attempt("ada", now), Ok(Some(wait(secs))));
            assert_eq!(throttle.attempt("ada", now + 1), Err(wait(secs - 1)));
            assert!(throttle.attempt("bob", now).is_ok(), "another name");
            throttle.succeeded("bob");
            now += secs;
        }
        throttle.succeeded("ada");
        assert_eq!(throttle.attempt("ada", now), Ok(None));
    }

    #[test]
    fn a_name_is_forgotten_a_quarter_of_an_hour_after_its_wait() {
        let mut throttle = Throttle::default();
        for _ in 0..5 {
            throttle.attempt("ada", 0).unwrap();
        }
        assert_eq!(throttle.attempt("ada", 30 + WAIT_MAX_SECS), Ok(None));
    }

    #[test]
    fn made_up_names_fill_no_more_than_their_room_and_lock_nobody_out() {
        let mut throttle = Throttle::default();
        for n in 0..NAMES_MAX + 100 {
            throttle.attempt(&format!("stranger {n}"), 0).unwrap();
        }
        assert_eq!(throttle.names.len(), NAMES_MAX);
        // Not an error: the password is looked at.
        assert_eq!(throttle.attempt("ada", 0), Ok(Some(wait(30))));
        assert_eq!(throttle.attempt("ada", WAIT_MAX_SECS), Ok(None), "room again");
        assert_eq!(throttle.names.len(), 1);
    }
}
