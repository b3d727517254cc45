//! Times as people read and type them: UTC, ISO 8601.

use countenance_core::clock::UnixSecs;

const DAY_SECS: i64 = 86_400;

/// `2026-11-22T13:04:44Z`.
pub(super) fn iso(at: UnixSecs) -> String {
    let (year, month, day) = date(at.div_euclid(DAY_SECS));
    let secs = at.rem_euclid(DAY_SECS);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", secs / 3600, secs / 60 % 60, secs % 60)
}

/// Reads `2026-11-22`, `2026-11-22T13:04` and `2026-11-22T13:04:44`, with or without `Z`; years 1970 to 9999.
pub(super) fn parse(text: &str) -> Option<UnixSecs> {
    let text = text.trim().trim_end_matches('Z');
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00"));
    let [year, month, day] = numbers(day, '-', [4, 2, 2])?;
    let clock = if time.len() == 5 { format!("{time}:00") } else { time.to_owned() };
    let [hour, minute, second] = numbers(&clock, ':', [2, 2, 2])?;
    if year < 1970 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = day_number(year, month, day);
    // A day that the month does not have comes back as another one.
    (date(days) == (year, month, day)).then_some(days * DAY_SECS + hour * 3600 + minute * 60 + second)
}

fn numbers(text: &str, separator: char, widths: [usize; 3]) -> Option<[i64; 3]> {
    let mut parts = text.split(separator);
    let mut found = [0; 3];
    for (slot, width) in found.iter_mut().zip(widths) {
        let part = parts.next().filter(|p| p.len() == width && p.bytes().all(|b| b.is_ascii_digit()))?;
        *slot = part.parse().ok()?;
    }
    parts.next().is_none().then_some(found)
}

/// Years are counted from March here, so that the leap day is a year's last: 153 days are five months then.
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let from_march = (month + 9).rem_euclid(12);
    let year = year - i64::from(month < 3);
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + (153 * from_march + 2) / 5 + day - 719_469
}

/// Year, month and day of the day with this number, 0 being 1970-01-01.
fn date(day: i64) -> (i64, i64, i64) {
    // The estimate is right or one too high near a year's turn.
    let mut year = (day + 719_468) * 400 / 146_097;
    while day_number(year, 3, 1) > day {
        year -= 1;
    }
    while day_number(year + 1, 3, 1) <= day {
        year += 1;
    }
    let within = day - day_number(year, 3, 1);
    let from_march = (5 * within + 2) / 153;
    let month = (from_march + 2) % 12 + 1;
    (year + i64::from(month < 3), month, within - (153 * from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_and_read_again() {
        for (at, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_799, "2000-02-29T23:59:59Z"),
            (1_800_000_000, "2027-01-15T08:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(iso(at), text);
            assert_eq!(parse(text), Some(at), "{text}");
        }
        for day in 0..60_000 {
            assert_eq!(parse(&iso(day * DAY_SECS)), Some(day * DAY_SECS));
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        assert_eq!(parse("2027-01-15"), Some(1_799_971_200));
        assert_eq!(parse("2027-01-15T08:00"), Some(1_800_000_000));
        for bad in [
            "",
            "x",
            "2027-02-29",
            "2027-13-01",
            "2027-00-10",
            "2027-01-15T24:00",
            "1969-12-31",
            "27-1-1",
            "+027-01-01",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
