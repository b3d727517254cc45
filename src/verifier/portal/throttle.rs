//! Throttling of portal sign-ins: counts wrong passwords per name and locks the name for a while after five.
//!
//! Unknown names are counted in the same way, so that responses do not reveal which operators exist. The counts are
//! kept in memory, so made-up names never reach the database, and are limited to [`NAMES_MAX`] names. Beyond that
//! limit, a further name is not counted: a wrong password is answered with a wait, and the right password still works.
//! The 120 random bits of a password are then sufficient protection against guessing. A restart clears the counts, but
//! cannot be caused from outside.

use std::collections::HashMap;

use crate::store::sha256_text;
use countenance_core::clock::UnixSecs;

/// Wrong passwords before the first wait.
const FREE: u32 = 5;
/// The first wait, seconds; each further wrong password doubles it.
const WAIT_SECS: i64 = 30;
/// Maximum wait, seconds. A name is forgotten this long after its wait has ended.
const WAIT_MAX_SECS: i64 = 900;
/// Maximum number of names counted.
const NAMES_MAX: usize = 4096;
/// Maximum number of failed sign-ins recorded in the audit log in [`RECORDS_SECS`]: with operators' names, and with
/// unknown ones. Strangers can cause as many as they like, and must not fill the database.
const RECORDS_MAX: u32 = 60;
/// Seconds for which the recorded ones are counted.
const RECORDS_SECS: i64 = 3600;

/// Failed sign-ins by name.
#[derive(Default)]
pub(crate) struct Throttle {
    /// Keyed by the name's hash, because names can have any length.
    names: HashMap<String, Count>,
    /// With operators' names, and with unknown ones: those must not use up the others'.
    records: [Records; 2],
    /// Refused requests by operator: their number is that of the operators.
    refusals: HashMap<String, Records>,
}

/// Failed sign-ins recorded in the audit log since a time.
#[derive(Default)]
struct Records {
    since: UnixSecs,
    made: u32,
}

impl Records {
    /// Whether another one may be recorded; counts it if so.
    fn may_make(&mut self, now: UnixSecs) -> bool {
        if now >= self.since.saturating_add(RECORDS_SECS) {
            *self = Self { since: now, made: 0 };
        }
        let may = self.made < RECORDS_MAX;
        self.made += u32::from(may);
        may
    }
}

struct Count {
    failures: u32,
    at: UnixSecs,
    locked_until: UnixSecs,
}

/// Remaining wait of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) secs: i64,
}

impl Throttle {
    /// Counts an attempt; must be called before the password is checked, so that concurrent attempts are counted too.
    /// Returns the lockout that a wrong password would start, if any.
    ///
    /// # Errors
    ///
    /// The remaining wait, if the name is still locked.
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

    /// Whether another failed sign-in may be recorded in the audit log; counts it if so.
    pub(super) fn may_record(&mut self, is_operator: bool, now: UnixSecs) -> bool {
        let [operators, unknown] = &mut self.records;
        let records = if is_operator { operators } else { unknown };
        records.may_make(now)
    }

    /// Whether another request that an operator's role does not permit may be recorded; counts it if so.
    pub(super) fn may_record_refusal(&mut self, operator: &str, now: UnixSecs) -> bool {
        self.refusals.entry(operator.to_owned()).or_default().may_make(now)
    }

    /// Resets the count of a name after a correct password.
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
    fn waits_double_from_the_fifth_wrong_password() {
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
    fn forgets_a_name_15_minutes_after_its_wait() {
        let mut throttle = Throttle::default();
        for _ in 0..5 {
            throttle.attempt("ada", 0).unwrap();
        }
        assert_eq!(throttle.attempt("ada", 30 + WAIT_MAX_SECS), Ok(None));
    }

    #[test]
    fn failures_with_made_up_names_do_not_displace_those_with_operators_names() {
        let mut throttle = Throttle::default();
        let recorded = |throttle: &mut Throttle, is_operator, now| {
            (0..500).filter(|_| throttle.may_record(is_operator, now)).count()
        };
        let start = 1_800_000_000;
        assert_eq!(recorded(&mut throttle, false, start), 60);
        assert_eq!(recorded(&mut throttle, true, start), 60);
        assert_eq!(recorded(&mut throttle, false, start + RECORDS_SECS - 1), 0);
        assert_eq!(recorded(&mut throttle, false, start + RECORDS_SECS), 60);
    }

    #[test]
    fn made_up_names_are_capped_and_lock_no_operator_out() {
        let mut throttle = Throttle::default();
        for n in 0..NAMES_MAX + 100 {
            throttle.attempt(&format!("stranger {n}"), 0).unwrap();
        }
        assert_eq!(throttle.names.len(), NAMES_MAX);
        // Not an error: the password is still checked.
        assert_eq!(throttle.attempt("ada", 0), Ok(Some(wait(30))));
        assert_eq!(throttle.attempt("ada", WAIT_MAX_SECS), Ok(None), "expired names are removed");
        assert_eq!(throttle.names.len(), 1);
    }
}
