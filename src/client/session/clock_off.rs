//! How wrong this computer's clock is, compared with a verifier's.

use std::{fmt, time::UNIX_EPOCH};

use time::OffsetDateTime;

use countenance_attest::request_proof::IAT_WINDOW_SECS;
use countenance_core::clock::UnixSecs;

/// Seconds by which a clock may differ before it is the likely reason for a rejected proof: what the verifier tolerates,
/// less the time of a request.
const TOLERATED_SECS: u64 = IAT_WINDOW_SECS.unsigned_abs() - 5;

/// By how much this computer's clock differs from the verifier's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockOff {
    /// Seconds by which it is ahead; negative if it is behind.
    pub ahead_secs: i64,
}

impl ClockOff {
    /// The difference between `now` and the `Date` header of an answer, if it is why a proof was rejected.
    pub(super) fn of(now: UnixSecs, date: Option<&str>) -> Option<Self> {
        let ahead_secs = now.saturating_sub(parse(date?)?);
        (ahead_secs.unsigned_abs() > TOLERATED_SECS).then_some(Self { ahead_secs })
    }
}

/// For logs and scripts: `6 min behind the verifier's`.
impl fmt::Display for ClockOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(&str, u64); 4] = [("days", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];
        let secs = self.ahead_secs.unsigned_abs();
        let first = UNITS.iter().position(|(_, unit)| secs >= *unit).unwrap_or(UNITS.len() - 1);
        // Two units are precise enough, whatever the size.
        let mut left = secs;
        for (i, (name, unit)) in UNITS.iter().enumerate().skip(first).take(2) {
            let count = left / unit;
            left %= unit;
            if i == first || count > 0 {
                let blank = if i == first { "" } else { " " };
                let name = if *name == "days" && count == 1 { "day" } else { name };
                write!(f, "{blank}{count} {name}")?;
            }
        }
        f.write_str(if self.ahead_secs < 0 { " behind the verifier's" } else { " ahead of the verifier's" })
    }
}

/// A time as people of every language read it: `2026-11-30 16:31 UTC`. Without seconds: it is compared with another one.
pub fn shown(at: UnixSecs) -> String {
    match OffsetDateTime::from_unix_timestamp(at) {
        Ok(at) => format!(
            "{:04}-{:02}-{:02} {:02}:{:02} UTC",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute()
        ),
        Err(_) => format!("{at} s"),
    }
}

/// An HTTP date (RFC 9110, 5.6.7).
pub(super) fn parse(text: &str) -> Option<UnixSecs> {
    let date = httpdate::parse_http_date(text).ok()?;
    date.duration_since(UNIX_EPOCH).ok()?.as_secs().try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixSecs = 784_111_777;
    const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

    /// Rows: what this computer's clock shows, and what is said about it.
    #[test]
    fn says_how_far_off_the_clock_is() {
        for (now, expected) in [
            (NOW, None),
            (NOW + 55, None),
            (NOW - 55, None),
            (NOW + 61, Some("1 min 1 s ahead of the verifier's")),
            (NOW - 360, Some("6 min behind the verifier's")),
            (NOW + 360, Some("6 min ahead of the verifier's")),
            (NOW - 3_600 - 59, Some("1 h behind the verifier's")),
            (NOW + 86_400 + 7_200, Some("1 day 2 h ahead of the verifier's")),
            (0, Some("9075 days 8 h behind the verifier's")),
            (2_147_483_648, Some("15779 days 18 h ahead of the verifier's")),
            (4_102_444_800, Some("38406 days 15 h ahead of the verifier's")),
            (i64::MAX, Some("106751991158225 days 6 h ahead of the verifier's")),
            (i64::MIN, Some("106751991167300 days 15 h behind the verifier's")),
        ] {
            let off = ClockOff::of(now, Some(DATE)).map(|off| off.to_string());
            assert_eq!(off.as_deref(), expected, "{now}");
        }
        for date in [None, Some(""), Some("yesterday")] {
            assert_eq!(ClockOff::of(0, date), None, "{date:?}");
        }
    }

    #[test]
    fn times_are_shown_as_everybody_reads_them() {
        for (at, expected) in [
            (0, "1970-01-01 00:00 UTC"),
            (NOW, "1994-11-06 08:49 UTC"),
            (2_147_483_648, "2038-01-19 03:14 UTC"),
            (-1, "1969-12-31 23:59 UTC"),
            (i64::MAX, "9223372036854775807 s"),
        ] {
            assert_eq!(shown(at), expected);
        }
    }
}
