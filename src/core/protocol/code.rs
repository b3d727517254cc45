//! The non-biometric alternative: a one-time code sent to the account's phone.
//!
//! `POST /v1/sessions/{id}/otp` sends a code and returns how many attempts are left. `POST …/otp/check` checks a code
//! and returns an [`Outcome`](super::Outcome): approved, retry with [`Reason::WrongCode`](super::Reason::WrongCode),
//! refused, or expired. Code attempts are counted separately from captures.

use serde::{Deserialize, Serialize, Serializer};
use zeroize::Zeroizing;

use super::{Fallback, message::Message};

/// Number of digits of a one-time code.
pub const CODE_DIGITS: usize = 6;

/// `POST /v1/sessions/{id}/otp`: sends a code. A retry after a lost response may send another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SendCode {
    /// The channel to use; one of the ticket's `fallback`.
    pub channel: Fallback,
}

/// The response to [`SendCode`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CodeSent {
    /// Remaining code attempts.
    pub attempts_left: u32,
}

/// `POST /v1/sessions/{id}/otp/check`: checks a code. Posting the correct code again returns the same response, so a
/// client can retry after a lost response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckCode {
    /// What the user typed: six digits.
    #[cfg_attr(feature = "openapi", schema(value_type = String, min_length = 6, max_length = 6, pattern = "^[0-9]{6}$"))]
    pub code: OneTimeCode,
}

impl Message for SendCode {}
impl Message for CodeSent {}
impl Message for CheckCode {}

/// Six digits, valid once. Erased when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct OneTimeCode(Zeroizing<String>);

/// The text is not a one-time code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a one-time code is {CODE_DIGITS} digits")]
pub struct NoCode;

impl OneTimeCode {
    /// The digits, 0 to 9.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for OneTimeCode {
    type Error = NoCode;

    /// Erases `text` if it is not a code.
    fn try_from(text: String) -> Result<Self, NoCode> {
        let text = Zeroizing::new(text);
        let is_code = text.len() == CODE_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_code { Ok(Self(text)) } else { Err(NoCode) }
    }
}

impl Serialize for OneTimeCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Omits the digits.
impl std::fmt::Debug for OneTimeCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OneTimeCode")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_only_six_ascii_digits() {
        let rows = [
            ("plain", "123456", true),
            ("zeros in front", "000001", true),
            ("too short", "12345", false),
            ("too long", "1234567", false),
            ("a letter", "12345a", false),
            ("a space", "123 56", false),
            ("a sign", "+12345", false),
            ("digits of another script", "١٢٣٤٥٦", false),
            ("six bytes of another script", "١٢٣", false),
            ("nothing", "", false),
        ];
        for (name, text, is_code) in rows {
            assert_eq!(OneTimeCode::try_from(text.to_owned()).is_ok(), is_code, "{name}");
            let json = serde_json::json!({ "code": text }).to_string();
            assert_eq!(serde_json::from_str::<CheckCode>(&json).is_ok(), is_code, "{name}, from the wire");
        }
    }

    #[test]
    fn codes_are_serialized_but_never_printed() {
        let check = CheckCode { code: OneTimeCode::try_from("270118".to_owned()).unwrap() };
        assert_eq!(serde_json::to_string(&check).unwrap(), r#"{"code":"270118"}"#);
        assert!(!format!("{check:?}").contains(|c: char| c.is_ascii_digit()), "{check:?}");
        let send = SendCode { channel: Fallback::Voice };
        assert_eq!(serde_json::to_string(&send).unwrap(), r#"{"channel":"voice"}"#);
    }
}
