//! A text buffer that accepts only the digits of a one-time code: typed, pasted with spaces, or in digits of another
//! script.

use std::ops::Range;

use eframe::egui::{TextBuffer, text::CharIndex};
use zeroize::Zeroizing;

use countenance_core::protocol::CODE_DIGITS;

/// The field's content; never longer than a code, so that it is never reallocated once it has capacity for one.
pub(super) struct Digits<'a>(pub(super) &'a mut Zeroizing<String>);

impl TextBuffer for Digits<'_> {
    fn is_mutable(&self) -> bool {
        true
    }

    fn as_str(&self) -> &str {
        self.0
    }

    fn insert_text(&mut self, text: &str, at: CharIndex) -> usize {
        let room = CODE_DIGITS.saturating_sub(self.0.len());
        self.0.reserve_exact(room);
        let taken = text.chars().filter_map(digit).take(room);
        let before = self.0.len();
        for (i, digit) in taken.enumerate() {
            // All characters are one byte, so character and byte indices are equal.
            let index = (at.0 + i).min(self.0.len());
            self.0.insert(index, digit);
        }
        self.0.len() - before
    }

    fn delete_char_range(&mut self, range: Range<CharIndex>) {
        let (start, end) = (range.start.0.min(self.0.len()), range.end.0.min(self.0.len()));
        self.0.replace_range(start.min(end)..end, "");
    }

    fn type_id(&self) -> std::any::TypeId {
        std::any::TypeId::of::<Digits<'static>>()
    }
}

/// The value of `c` as a digit in the scripts of our languages: ASCII, Arabic, Persian, fullwidth.
pub(super) fn digit(c: char) -> Option<char> {
    let zero = [0x30, 0x660, 0x6f0, 0xff10].into_iter().find(|zero| (*zero..*zero + 10).contains(&u32::from(c)))?;
    char::from_digit(u32::from(c) - zero, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_only_digits_up_to_the_code_length() {
        let rows = [
            ("typed", "", "7", 0, "7"),
            ("a letter", "12", "x", 2, "12"),
            ("pasted", "", "123456", 0, "123456"),
            ("pasted with spaces and a line end", "", " 123 456\n", 0, "123456"),
            ("pasted in a sentence", "", "Your code is 123-456.", 0, "123456"),
            ("too many", "1234", "5678", 4, "123456"),
            ("full", "123456", "7", 6, "123456"),
            ("in the middle", "156", "234", 1, "123456"),
            ("Arabic", "", "١٢٣٤٥٦", 0, "123456"),
            ("Persian", "", "۱۲۳", 0, "123"),
            ("fullwidth", "", "１２３", 0, "123"),
            ("behind the end", "1", "2", 9, "12"),
        ];
        for (name, before, text, at, after) in rows {
            let mut contents = Zeroizing::new(before.to_owned());
            let taken = Digits(&mut contents).insert_text(text, CharIndex(at));
            assert_eq!((contents.as_str(), taken), (after, after.len() - before.len()), "{name}");
        }
    }

    #[test]
    fn deletes_any_range() {
        for (range, after) in [(0..2, "3456"), (4..6, "1234"), (5..9, "12345"), (8..9, "123456"), (0..6, "")] {
            let mut contents = Zeroizing::new("123456".to_owned());
            Digits(&mut contents).delete_char_range(CharIndex(range.start)..CharIndex(range.end));
            assert_eq!(contents.as_str(), after, "{range:?}");
        }
    }
}
