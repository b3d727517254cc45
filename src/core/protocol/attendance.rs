//! Attended enrollment: at a kiosk, a supervisor confirms with their number and PIN that the person enrolls their own face.
//!
//! A ticket whose `attendance` is set demands it. `POST /v1/sessions/{id}/attendance` presents number and PIN before the
//! first capture; the attestation then names the supervisor, as the session does.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize, Serializer};
use zeroize::Zeroizing;

use super::message::Message;

/// Number of digits of a PIN, a supervisor's as well as that of a kiosk's operator. Origin: ours; guesses are slowed and
/// counted, so six suffice.
pub const PIN_DIGITS: RangeInclusive<usize> = 6..=12;
/// Number of digits of a supervisor's number. Origin: ours; staff numbers have as many.
pub const SUPERVISOR_NUMBER_DIGITS: RangeInclusive<usize> = 4..=10;

/// `POST /v1/sessions/{id}/attendance`: a supervisor confirms an enrollment. Repeating it gets the same response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attend {
    /// The supervisor's number.
    #[cfg_attr(feature = "openapi", schema(value_type = String, min_length = 4, max_length = 10, pattern = "^[0-9]{4,10}$"))]
    pub number: SupervisorNumber,
    /// Their PIN.
    #[cfg_attr(feature = "openapi", schema(value_type = String, min_length = 6, max_length = 12, pattern = "^[0-9]{6,12}$"))]
    pub pin: Pin,
}

/// The response to [`Attend`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attended {
    /// Who attends: the next attestations must name them.
    #[cfg_attr(feature = "openapi", schema(value_type = String, min_length = 4, max_length = 10, pattern = "^[0-9]{4,10}$"))]
    pub attended_by: SupervisorNumber,
}

impl Message for Attend {}
impl Message for Attended {}

/// The number of a supervisor: digits, chosen by an operator. It names a person at work, so it is not printed in logs.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SupervisorNumber(String);

/// A PIN. Erased when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Pin(Zeroizing<String>);

/// The text is not a supervisor's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a supervisor's number is {} to {} digits",
    SUPERVISOR_NUMBER_DIGITS.start(),
    SUPERVISOR_NUMBER_DIGITS.end()
)]
pub struct NoSupervisorNumber;

/// The text is not a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a PIN is {} to {} digits", PIN_DIGITS.start(), PIN_DIGITS.end())]
pub struct NoPin;

impl SupervisorNumber {
    /// The digits, 0 to 9.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Pin {
    /// The digits, 0 to 9.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SupervisorNumber {
    type Error = NoSupervisorNumber;

    fn try_from(text: String) -> Result<Self, NoSupervisorNumber> {
        if are_digits(&text, &SUPERVISOR_NUMBER_DIGITS) { Ok(Self(text)) } else { Err(NoSupervisorNumber) }
    }
}

impl std::str::FromStr for SupervisorNumber {
    type Err = NoSupervisorNumber;

    fn from_str(text: &str) -> Result<Self, NoSupervisorNumber> {
        Self::try_from(text.to_owned())
    }
}

impl From<SupervisorNumber> for String {
    fn from(number: SupervisorNumber) -> Self {
        number.0
    }
}

impl TryFrom<String> for Pin {
    type Error = NoPin;

    /// Erases `text` if it is not a PIN.
    fn try_from(text: String) -> Result<Self, NoPin> {
        Self::try_from(Zeroizing::new(text))
    }
}

impl TryFrom<Zeroizing<String>> for Pin {
    type Error = NoPin;

    fn try_from(text: Zeroizing<String>) -> Result<Self, NoPin> {
        if are_digits(&text, &PIN_DIGITS) { Ok(Self(text)) } else { Err(NoPin) }
    }
}

impl Serialize for Pin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Omits the digits.
impl std::fmt::Debug for SupervisorNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SupervisorNumber")
    }
}

/// Omits the digits.
impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pin")
    }
}

fn are_digits(text: &str, number: &RangeInclusive<usize>) -> bool {
    number.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_only_ascii_digits_of_the_right_number() {
        for (name, text, is_number, is_pin) in [
            ("too short for both", "123", false, false),
            ("a short number", "0123", true, false),
            ("both", "012345", true, true),
            ("the longest number", "0123456789", true, true),
            ("the longest PIN", "012345678901", false, true),
            ("too long for both", "0123456789012", false, false),
            ("a letter", "12345a", false, false),
            ("a space", "123 56", false, false),
            ("a sign", "+12345", false, false),
            ("digits of another script", "١٢٣٤٥٦", false, false),
            ("nothing", "", false, false),
        ] {
            assert_eq!(SupervisorNumber::try_from(text.to_owned()).is_ok(), is_number, "{name}");
            assert_eq!(Pin::try_from(text.to_owned()).is_ok(), is_pin, "{name}");
            let json = serde_json::json!({ "number": "4711", "pin": text }).to_string();
            assert_eq!(serde_json::from_str::<Attend>(&json).is_ok(), is_pin, "{name}, from the wire");
            let json = serde_json::json!({ "attended_by": text }).to_string();
            assert_eq!(serde_json::from_str::<Attended>(&json).is_ok(), is_number, "{name}, from the wire");
        }
    }

    #[test]
    fn digits_are_serialized_but_never_printed() {
        let attend = Attend { number: "4711".parse().unwrap(), pin: Pin::try_from("270118".to_owned()).unwrap() };
        assert_eq!(serde_json::to_string(&attend).unwrap(), r#"{"number":"4711","pin":"270118"}"#);
        assert!(!format!("{attend:?}").contains(|c: char| c.is_ascii_digit()), "{attend:?}");
    }
}
