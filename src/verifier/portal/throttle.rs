//! Throttling of portal sign-ins, and how many of them are recorded.
//!
//! **Passwords** are counted by name and by the client's network, unknown names too, so that answers do not reveal which
//! operators exist. From the fifth wrong one on, the answer is to wait. That is for people, and for programs that listen:
//! the right password is never asked to wait, because whoever could make it wait could keep an operator out. Nothing is
//! lost by it: a password has 120 random bits, and no number of guesses that a server answers is a threat to those.
//!
//! **Codes** have 20 bits, and are what the waits protect: while an operator's codes wait, none is looked at. Only somebody
//! with the operator's password can send one, so no stranger can make an operator wait.
//!
//! The counts are kept in memory, so made-up names never reach the database, and are limited to [`KEYS_MAX`]. A restart
//! clears them, but cannot be caused from outside; wrong codes are counted in the database as well.

use std::{collections::HashMap, net::IpAddr};

use axum::http::HeaderValue;

use crate::{browser::pages::wait_in_words, store::sha256_text};
use countenance_core::clock::UnixSecs;

/// Failures before the first wait.
const FREE: u32 = 5;
/// The first wait, seconds; each further failure doubles it.
const WAIT_SECS: i64 = 30;
/// Maximum wait, seconds. Failures are forgotten this long after their wait has ended.
const WAIT_MAX_SECS: i64 = 900;
/// Maximum number of keys counted; failures of further ones are not.
const KEYS_MAX: usize = 4096;
/// Maximum number of failed sign-ins recorded in the audit log in [`RECORDS_SECS`]: with operators' names, and with
/// unknown ones. Strangers can cause as many as they like, and must not fill the database.
const RECORDS_MAX: u32 = 60;
/// Seconds for which the recorded ones are counted.
const RECORDS_SECS: i64 = 3600;

/// Failed sign-ins.
#[derive(Default)]
pub(crate) struct Throttle {
    /// By name and network.
    passwords: Counts,
    /// By operator. Apart from the others, which strangers can fill.
    codes: Counts,
    /// With operators' names, and with unknown ones: those must not use up the others'.
    records: [Records; 2],
    /// Refused requests by operator: their number is that of the operators.
    refusals: HashMap<String, Records>,
}

/// Failures by key. Keyed by hashes, because names can have any length.
#[derive(Default)]
struct Counts(HashMap<String, Count>);

/// What was recorded in the audit log since a time.
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

/// How long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) secs: i64,
}

impl Wait {
    pub(super) fn in_words(self) -> String {
        wait_in_words(self.secs.unsigned_abs())
    }

    /// The value of `Retry-After`.
    pub(super) fn header(self) -> HeaderValue {
        HeaderValue::from(self.secs.max(1))
    }
}

impl Counts {
    /// Counts an attempt as failed. Returns the wait that it starts, if any.
    ///
    /// # Errors
    ///
    /// The rest of a wait that is not over; the attempt is not counted.
    fn attempt(&mut self, key: String, now: UnixSecs) -> Result<Option<Wait>, Wait> {
        if self.0.len() >= KEYS_MAX && !self.0.contains_key(&key) {
            self.0.retain(|_, count| now < count.locked_until.max(count.at).saturating_add(WAIT_MAX_SECS));
            if self.0.len() >= KEYS_MAX {
                return Ok(Some(Wait { secs: WAIT_SECS }));
            }
        }
        let count = self.0.entry(key).or_insert(Count { failures: 0, at: now, locked_until: now });
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
}

/// The key of passwords for a name from a network; `None` for a request over no connection, in a test.
fn password_key(name: &str, network: Option<IpAddr>) -> String {
    let network = network.map(|network| network.to_string()).unwrap_or_default();
    sha256_text(&format!("{network} {name}"))
}

impl Throttle {
    /// Counts a wrong password. Returns how long to wait, if at all.
    pub(super) fn password_was_wrong(&mut self, name: &str, network: Option<IpAddr>, now: UnixSecs) -> Option<Wait> {
        self.passwords.attempt(password_key(name, network), now).unwrap_or_else(Some)
    }

    /// Forgets the wrong ones before it.
    pub(super) fn password_was_right(&mut self, name: &str, network: Option<IpAddr>) {
        self.passwords.0.remove(&password_key(name, network));
    }

    /// Counts a code as wrong; must be called before it is checked, so that concurrent ones are counted too. Returns the
    /// wait that a wrong one starts, if any.
    ///
    /// # Errors
    ///
    /// The rest of a wait that is not over: the code must not be checked.
    pub(super) fn code(&mut self, operator: &str, now: UnixSecs) -> Result<Option<Wait>, Wait> {
        self.codes.attempt(sha256_text(operator), now)
    }

    /// Forgets the codes counted before it.
    pub(super) fn code_was_right(&mut self, operator: &str) {
        self.codes.0.remove(&sha256_text(operator));
    }

    /// Whether another failed sign-in may be recorded in the audit log; counts it if so.
    pub(super) fn may_record(&mut self, is_operator: bool, now: UnixSecs) -> bool {
        let [operators, unknown] = &mut self.records;
        let records = if is_operator { operators } else { unknown };
        records.may_make(now)
    }

    /// Whether another deed of somebody who has the operator's password may be recorded: a right password, or a request that
    /// the role does not permit. Counts it if so. Strangers cannot use this number up.
    pub(super) fn may_record_of(&mut self, operator: &str, now: UnixSecs) -> bool {
        self.refusals.entry(operator.to_owned()).or_default().may_make(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(secs: i64) -> Wait {
        Wait { secs }
    }

    #[test]
    fn waits_double_from_the_fifth_failure() {
        let mut throttle = Throttle::default();
        for _ in 0..4 {
            assert_eq!(throttle.code("ada", 0), Ok(None));
        }
        let mut now = 0;
        for secs in [30, 60, 120, 240, 480, 900, 900] {
            assert_eq!(throttle.code("ada", now), Ok(Some(wait(secs))));
            assert_eq!(throttle.code("ada", now + 1), Err(wait(secs - 1)));
            assert!(throttle.code("bob", now).is_ok(), "another operator");
            throttle.code_was_right("bob");
            now += secs;
        }
        throttle.code_was_right("ada");
        assert_eq!(throttle.code("ada", now), Ok(None));
    }

    #[test]
    fn failures_are_forgotten_15_minutes_after_their_wait() {
        let mut throttle = Throttle::default();
        for _ in 0..5 {
            throttle.code("ada", 0).unwrap();
        }
        assert_eq!(throttle.code("ada", 30 + WAIT_MAX_SECS), Ok(None));
    }

    #[test]
    fn passwords_are_counted_by_name_and_network() {
        let mut throttle = Throttle::default();
        let network = |text: &str| Some(text.parse().unwrap());
        for _ in 0..4 {
            assert_eq!(throttle.password_was_wrong("ada", network("192.0.2.1"), 0), None);
        }
        assert_eq!(throttle.password_was_wrong("ada", network("192.0.2.1"), 0), Some(wait(30)));
        assert_eq!(throttle.password_was_wrong("ada", network("192.0.2.1"), 1), Some(wait(29)));
        for (name, from) in [("ada", "192.0.2.2"), ("ada", "2001:db8::"), ("bob", "192.0.2.1")] {
            assert_eq!(throttle.password_was_wrong(name, network(from), 1), None, "{name} {from}");
        }
        assert_eq!(throttle.code("ada", 1), Ok(None), "codes have counts of their own");
        throttle.password_was_right("ada", network("192.0.2.1"));
        assert_eq!(throttle.password_was_wrong("ada", network("192.0.2.1"), 1), None);
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
    fn made_up_names_are_capped_and_leave_codes_alone() {
        let mut throttle = Throttle::default();
        for n in 0..KEYS_MAX + 100 {
            throttle.password_was_wrong(&format!("stranger {n}"), None, 0);
        }
        assert_eq!(throttle.passwords.0.len(), KEYS_MAX);
        assert_eq!(throttle.password_was_wrong("ada", None, 0), Some(wait(30)), "not counted");
        for _ in 0..4 {
            assert_eq!(throttle.code("ada", 0), Ok(None));
        }
        assert_eq!(throttle.code("ada", 0), Ok(Some(wait(30))), "counted");
        assert_eq!(throttle.password_was_wrong("ada", None, WAIT_MAX_SECS), None, "expired names are removed");
        assert_eq!(throttle.passwords.0.len(), 1);
    }
}
