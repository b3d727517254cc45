//! Formats and parses times for operators: UTC, ISO 8601.

use time::{
    OffsetDateTime, PrimitiveDateTime,
    format_description::{BorrowedFormatItem, well_known::Rfc3339},
    macros::format_description,
};

use countenance_core::clock::UnixSecs;

const FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");

/// `2026-11-22T13:04:44Z`.
pub(crate) fn iso(at: UnixSecs) -> String {
    let written = OffsetDateTime::from_unix_timestamp(at).ok().and_then(|at| at.format(&Rfc3339).ok());
    // RFC 3339 ends with the year 9999.
    written.unwrap_or_else(|| at.to_string())
}

/// Parses `2026-11-22`, `2026-11-22T13:04` and `2026-11-22T13:04:44`, with or without `Z`; years 1970 to 9999.
pub(super) fn parse(text: &str) -> Option<UnixSecs> {
    let text = text.trim().trim_end_matches('Z').replacen(' ', "T", 1);
    // The format would accept a signed year.
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let rest = match text.len() {
        10 => "T00:00:00",
        16 => ":00",
        _ => "",
    };
    let at = PrimitiveDateTime::parse(&(text + rest), FORMAT).ok()?.assume_utc().unix_timestamp();
    (at >= 0).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_round_trip() {
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
        assert_eq!(iso(i64::MAX), i64::MAX.to_string());
    }

    #[test]
    fn parses_short_forms_and_rejects_malformed_times() {
        assert_eq!(parse("2027-01-15"), Some(1_799_971_200));
        assert_eq!(parse("2027-01-15T08:00"), Some(1_800_000_000));
        assert_eq!(parse(" 2027-01-15 08:00:00Z "), Some(1_800_000_000));
        for bad in [
            "",
            "x",
            "2027-02-29",
            "2027-13-01",
            "2027-00-10",
            "2027-01-15T24:00",
            "2027-01-15T08:00:60",
            "2027-01-15T08",
            "+2027-01-15T08:00:00",
            "1969-12-31",
            "27-1-1",
            "+027-01-01",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
