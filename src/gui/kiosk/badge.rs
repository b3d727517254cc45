//! A badge reader that types: digits, then Enter. A pure state machine with time as a parameter; what was typed is neither
//! shown nor logged, and erased at once if it is not a badge.

use zeroize::Zeroizing;

/// Longest pause between two keys of one badge, seconds. Origin: our choice; readers need a few hundredths.
const PAUSE_SECS: f64 = 1.0;
/// Number of digits for which room is kept, so that the buffer is never reallocated.
const ROOM: usize = 64;

/// What has been typed so far.
pub(super) struct BadgeReader {
    digits: std::ops::RangeInclusive<usize>,
    typed: Zeroizing<String>,
    /// Whether something was typed that no badge contains.
    spoilt: bool,
    last_at: f64,
}

impl BadgeReader {
    /// A reader of badges with this number of digits, at least and at most.
    pub(super) fn new((min, max): (u8, u8)) -> Self {
        let digits = usize::from(min.max(1))..=usize::from(max).min(ROOM);
        Self { digits, typed: Zeroizing::new(String::with_capacity(ROOM)), spoilt: false, last_at: f64::MIN }
    }

    /// Text was typed.
    pub(super) fn typed(&mut self, now: f64, text: &str) {
        self.begin_again_after_a_pause(now);
        for c in text.chars() {
            if c.is_ascii_digit() && self.typed.len() < *self.digits.end() {
                self.typed.push(c);
            } else {
                self.spoilt = true;
            }
        }
    }

    /// Enter was pressed: the badge, if what was typed before is one.
    pub(super) fn entered(&mut self, now: f64) -> Option<Zeroizing<String>> {
        self.begin_again_after_a_pause(now);
        let is_badge = !self.spoilt && self.digits.contains(&self.typed.len());
        let badge = is_badge.then(|| self.typed.clone());
        self.forget();
        badge
    }

    /// Whether Enter now belongs to the reader, not to a button that has the focus.
    pub(super) fn is_typing(&self, now: f64) -> bool {
        (self.spoilt || !self.typed.is_empty()) && now - self.last_at <= PAUSE_SECS
    }

    fn begin_again_after_a_pause(&mut self, now: f64) {
        if now - self.last_at > PAUSE_SECS {
            self.forget();
        }
        self.last_at = now;
    }

    fn forget(&mut self) {
        use zeroize::Zeroize;
        self.typed.zeroize();
        self.spoilt = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the reader makes of these texts, each typed at its time, and Enter at the end.
    fn read(typed: &[(f64, &str)], enter_at: f64) -> Option<String> {
        let mut reader = BadgeReader::new((4, 8));
        for (at, text) in typed {
            reader.typed(*at, text);
        }
        reader.entered(enter_at).map(|badge| badge.to_string())
    }

    #[test]
    fn takes_only_the_stated_form() {
        type Row<'a> = (&'a str, &'a [(f64, &'a str)], f64, Option<&'a str>);
        let rows: [Row<'_>; 11] = [
            ("a badge", &[(1.0, "1234567")], 1.1, Some("1234567")),
            ("digit by digit", &[(1.0, "1"), (1.02, "2"), (1.04, "3"), (1.06, "4")], 1.1, Some("1234")),
            ("too short", &[(1.0, "123")], 1.1, None),
            ("too long", &[(1.0, "123456789")], 1.1, None),
            ("the longest", &[(1.0, "12345678")], 1.1, Some("12345678")),
            ("a letter", &[(1.0, "1234a")], 1.1, None),
            ("a letter in front", &[(1.0, ";1234")], 1.1, None),
            ("digits of another script", &[(1.0, "١٢٣٤")], 1.1, None),
            ("nothing", &[], 1.1, None),
            ("stray keys, then a badge", &[(1.0, "x9"), (5.0, "4321")], 5.1, Some("4321")),
            ("too late", &[(1.0, "1234")], 2.5, None),
        ];
        for (name, typed, enter_at, expected) in rows {
            assert_eq!(read(typed, enter_at).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn forgets_each_badge_and_each_fault() {
        let mut reader = BadgeReader::new((4, 8));
        reader.typed(1.0, "1234");
        assert!(reader.is_typing(1.5) && !reader.is_typing(3.0));
        assert!(reader.entered(1.1).is_some() && reader.entered(1.2).is_none() && !reader.is_typing(1.2));
        reader.typed(1.3, "12x4");
        assert!(reader.entered(1.4).is_none());
        reader.typed(1.5, "5678");
        assert_eq!(reader.entered(1.6).unwrap().as_str(), "5678");
    }
}
