//! International phone numbers (ITU-T E.164).

use std::fmt;

use zeroize::Zeroizing;

/// `+`, a country code and a number, 7 to 15 digits in total. Zeroized when dropped; only [`masked`](Self::masked) may
/// be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneNumber(Zeroizing<String>);

/// The text is not a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a phone number is + followed by 7 to 15 digits, starting with the country code")]
pub struct NoPhoneNumber;

impl std::str::FromStr for PhoneNumber {
    type Err = NoPhoneNumber;

    /// Ignores spaces, hyphens, dots and parentheses, which people write.
    fn from_str(text: &str) -> Result<Self, NoPhoneNumber> {
        let plain: Zeroizing<String> =
            Zeroizing::new(text.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).take(17).collect());
        let digits = plain.strip_prefix('+').ok_or(NoPhoneNumber)?;
        let good = (7..=15).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        if good { Ok(Self(plain)) } else { Err(NoPhoneNumber) }
    }
}

impl PhoneNumber {
    /// The number in E.164 form: `+4915123456789`.
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// The last two digits, by which the owner recognizes the number.
    pub fn masked(&self) -> String {
        let last: String = self.0.chars().skip(self.0.len().saturating_sub(2)).collect();
        format!("•••{last}")
    }
}

/// Prints no digits.
impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_numbers_as_people_write_them() {
        for (text, number) in [
            ("+4915123456789", Some("+4915123456789")),
            ("+49 (151) 234-567.89", Some("+4915123456789")),
            ("+1 555 0100", Some("+15550100")),
            ("4915123456789", None),
            ("+04915123456", None),
            ("+123456", None),
            ("+1234567890123456", None),
            ("+49 151 23a", None),
            ("+٤٩١٥١٢٣٤", None),
            ("", None),
        ] {
            let found = text.parse::<PhoneNumber>();
            assert_eq!(found.as_ref().map(PhoneNumber::e164).ok(), number, "{text}");
        }
    }

    #[test]
    fn shows_only_the_last_digits() {
        let number: PhoneNumber = "+4915123456789".parse().unwrap();
        assert_eq!(number.masked(), "•••89");
        assert_eq!(format!("{number:?}"), "PhoneNumber");
    }
}
