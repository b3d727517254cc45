//! Whether the verifiers can be reached, and whether this machine's clock agrees with theirs.
//!
//! Each is asked for its public policy, without key, proof or account: connection, certificate and protocol are then
//! known to work. Asked every 30 s; after a failure after 2 s, 4 s … 30 s.

use std::{io, time::Duration};

use countenance_client::session::{SessionError, origin::AllowedOrigins, origin::Origin, reach::Reached};
use countenance_core::{clock::UnixSecs, protocol::OutOfOrder};

use crate::trouble::MAX_CLOCK_OFF_SECS;

/// Time between two questions while all is well, and the longest after failures.
const INTERVAL: Duration = Duration::from_secs(30);
/// Time after the first failure.
const FIRST_RETRY: Duration = Duration::from_secs(2);

/// What the verifiers say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Findings {
    /// What is wrong with all of them.
    pub verifier: Option<OutOfOrder>,
    /// What is wrong with the clock.
    pub clock: Option<OutOfOrder>,
    /// Seconds by which the clock is ahead of a verifier's; `None` if none told its time.
    pub ahead_secs: Option<i64>,
}

/// Asks `reach` for each of `verifiers` in turn, until one answers. `now` is this machine's time.
pub fn look(
    verifiers: &AllowedOrigins,
    now: impl Fn() -> UnixSecs,
    reach: impl Fn(&Origin) -> Result<Reached, SessionError>,
) -> Findings {
    let mut worst = None;
    for origin in verifiers {
        match reach(origin) {
            Ok(Reached { date }) => {
                let ahead_secs = date.map(|date| now().saturating_sub(date));
                let off = ahead_secs.filter(|ahead| ahead.unsigned_abs() > MAX_CLOCK_OFF_SECS.unsigned_abs());
                let clock = off.map(|_| OutOfOrder::ClockOff);
                return Findings { verifier: None, clock, ahead_secs };
            }
            Err(error) => {
                // The log names the verifier, not the person: there is none.
                tracing::debug!(%origin, error = &error as &dyn std::error::Error, "a verifier was not reached");
                worst = worst.or(Some(condition(&error)));
            }
        }
    }
    match worst {
        Some(OutOfOrder::ClockOff) => Findings { clock: Some(OutOfOrder::ClockOff), ..Findings::default() },
        // None is set up: no link can be opened.
        verifier => Findings { verifier: verifier.or(Some(OutOfOrder::AskStaff)), ..Findings::default() },
    }
}

/// What a failure to reach a verifier means for the person in front.
fn condition(error: &SessionError) -> OutOfOrder {
    match error {
        SessionError::CertificateTime(_) => OutOfOrder::ClockOff,
        SessionError::Unreachable(source) if is_refused(&**source) => OutOfOrder::VerifierDown,
        SessionError::Unreachable(_) | SessionError::TimedOut(_) => OutOfOrder::Offline,
        _ => OutOfOrder::VerifierDown,
    }
}

/// Whether the verifier's machine answered that nothing listens there: the network works.
fn is_refused(error: &(dyn std::error::Error + 'static)) -> bool {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.filter_map(|error| error.downcast_ref::<io::Error>()).any(|e| e.kind() == io::ErrorKind::ConnectionRefused)
}

/// When to ask next.
#[derive(Debug, Default)]
pub struct Schedule {
    failures: u32,
}

impl Schedule {
    /// The wait after an answer, or the lack of one.
    pub fn next(&mut self, found: &Findings) -> Duration {
        if found.verifier.is_none() && found.clock.is_none() {
            self.failures = 0;
            return INTERVAL;
        }
        self.failures = self.failures.saturating_add(1);
        FIRST_RETRY.saturating_mul(1 << (self.failures - 1).min(8)).min(INTERVAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Answers = fn() -> Result<Reached, SessionError>;

    const NOW: UnixSecs = 1_800_000_000;

    fn refused() -> SessionError {
        SessionError::Unreachable(Box::new(io::Error::from(io::ErrorKind::ConnectionRefused)))
    }

    #[test]
    fn what_a_verifier_says_becomes_what_is_shown() {
        let verifiers: AllowedOrigins =
            ["https://a.example", "https://b.example"].iter().map(|o| o.parse().unwrap()).collect();
        let ok = |date| Ok(Reached { date });
        let cases: [(&str, Answers, Option<OutOfOrder>, Option<OutOfOrder>); 6] = [
            ("reached", || Ok(Reached { date: Some(NOW + 55) }), None, None),
            ("behind", || Ok(Reached { date: Some(NOW + 56) }), None, Some(OutOfOrder::ClockOff)),
            ("ahead", || Ok(Reached { date: Some(NOW - 3600) }), None, Some(OutOfOrder::ClockOff)),
            ("refused", || Err(refused()), Some(OutOfOrder::VerifierDown), None),
            (
                "no network",
                || Err(SessionError::Unreachable(Box::new(io::Error::from(io::ErrorKind::NetworkUnreachable)))),
                Some(OutOfOrder::Offline),
                None,
            ),
            ("expired", || Err(SessionError::CertificateTime("x".into())), None, Some(OutOfOrder::ClockOff)),
        ];
        for (name, first, verifier, clock) in cases {
            let found = look(&verifiers, || NOW, |_| first());
            assert_eq!((found.verifier, found.clock), (verifier, clock), "{name}");
        }
        // One of two is enough, and tells the time.
        let second = |origin: &Origin| if origin.to_string().contains("//a.") { Err(refused()) } else { ok(Some(NOW)) };
        let found = look(&verifiers, || NOW, second);
        assert_eq!(found, Findings { verifier: None, clock: None, ahead_secs: Some(0) });
        let none = look(&AllowedOrigins::default(), || NOW, |_| ok(None));
        assert_eq!(none.verifier, Some(OutOfOrder::AskStaff), "no verifier is set up");
    }

    #[test]
    fn retries_are_rarer_and_rarer() {
        let (mut schedule, good) = (Schedule::default(), Findings::default());
        let bad = Findings { verifier: Some(OutOfOrder::Offline), ..good };
        let waits: Vec<u64> = (0..6).map(|_| schedule.next(&bad).as_secs()).collect();
        assert_eq!(waits, [2, 4, 8, 16, 30, 30]);
        assert_eq!((schedule.next(&good).as_secs(), schedule.next(&bad).as_secs()), (30, 2));
    }
}
