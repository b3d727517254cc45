//! A device that is bound to an account allows another one.
//!
//! The problem `device-not-bound` has a code. The person types it on a device that is bound to the same account:
//! `POST /v1/bindings/lookup` reports what the code is for, and `POST /v1/bindings/approve` binds the device that was
//! refused. All other codes and devices get the problem `approval-refused`, which says nothing about why.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize, Serializer};
use zeroize::Zeroizing;

use super::{ClientVersion, Display, message::Message};
use crate::clock::UnixSecs;

/// Number of letters and digits of an approval code.
pub const APPROVAL_CODE_CHARS: usize = 8;
/// Maximum length of what a person types as a code, in characters.
pub const APPROVAL_INPUT_MAX_CHARS: usize = 32;
/// Crockford's base 32: without I, L, O and U.
const ALPHABET: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N', 'P',
    'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Y', 'Z',
];

/// The code of a device that asks to be bound, 40 bits. Erased when dropped, never printed by `Debug`.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ApprovalCode(Zeroizing<String>);

/// The text is not an approval code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an approval code is {APPROVAL_CODE_CHARS} letters and digits, as in ABCD-EFGH")]
pub struct NoApprovalCode;

impl ApprovalCode {
    /// The code of these bits.
    pub fn from_bytes(bytes: [u8; 5]) -> Self {
        let bits = bytes.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        let letters = (0..APPROVAL_CODE_CHARS).rev().map(|place| (bits >> (5 * place)) as usize % ALPHABET.len());
        Self::of(letters.filter_map(|digit| ALPHABET.get(digit)).copied())
    }

    /// The code as it is shown and sent: `ABCD-EFGH`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of(letters: impl Iterator<Item = char>) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(APPROVAL_CODE_CHARS + 1));
        for (place, letter) in letters.enumerate() {
            if place == APPROVAL_CODE_CHARS / 2 {
                text.push('-');
            }
            text.push(letter);
        }
        Self(text)
    }
}

/// The letter that a person means by this character, if it is one of the alphabet.
fn meant(typed: char) -> Option<char> {
    let letter = match typed.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        letter => letter,
    };
    ALPHABET.contains(&letter).then_some(letter)
}

impl FromStr for ApprovalCode {
    type Err = NoApprovalCode;

    /// Reads what a person has typed: capitals do not matter, nor do spaces and hyphens; O is read as 0, I and L as 1.
    fn from_str(text: &str) -> Result<Self, NoApprovalCode> {
        if text.chars().nth(APPROVAL_INPUT_MAX_CHARS).is_some() {
            return Err(NoApprovalCode);
        }
        // Word processors and phones make dashes of hyphens.
        let is_filler = |c: &char| c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '_');
        let letters = text.chars().filter(|c| !is_filler(c)).map(meant).collect::<Option<Vec<_>>>();
        match letters {
            Some(letters) if letters.len() == APPROVAL_CODE_CHARS => Ok(Self::of(letters.into_iter())),
            _ => Err(NoApprovalCode),
        }
    }
}

impl TryFrom<String> for ApprovalCode {
    type Error = NoApprovalCode;

    /// Erases `text`.
    fn try_from(text: String) -> Result<Self, NoApprovalCode> {
        Zeroizing::new(text).parse()
    }
}

impl Serialize for ApprovalCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Omits the code.
impl fmt::Debug for ApprovalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApprovalCode")
    }
}

/// What a device that is not bound can show to the person, in the problem `device-not-bound`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApprovalOffer {
    /// To be typed on a device that is bound to the account.
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$"))]
    pub code: ApprovalCode,
    /// How long the code is valid from now, seconds. Not a time of day: the device's clock may be wrong.
    pub expires_in: u32,
}

/// `POST /v1/bindings/lookup`: reports what an approval code is for. Changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LookUpApproval {
    /// What the person typed.
    #[cfg_attr(feature = "openapi", schema(value_type = String, max_length = 32))]
    pub code: ApprovalCode,
    /// The client's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, pattern = "^(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})$"))]
    pub version: Option<ClientVersion>,
}

/// The response to [`LookUpApproval`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApprovalRequest {
    /// The sign-in in which the other device was refused.
    pub display: Display,
    /// RFC 7638 thumbprint of the other device's key.
    pub device_id: String,
    /// What the other device calls itself.
    pub device_name: String,
    /// When it asked.
    pub requested_at: UnixSecs,
}

/// `POST /v1/bindings/approve`: binds the device to the account. Works once; repeated by the same device it gets the same
/// answer, so a client can retry after a lost one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApproveDevice {
    /// What the person typed.
    #[cfg_attr(feature = "openapi", schema(value_type = String, max_length = 32))]
    pub code: ApprovalCode,
    /// The device that the person was shown: only this one is bound.
    pub device_id: String,
    /// The client's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, pattern = "^(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})$"))]
    pub version: Option<ClientVersion>,
}

/// The response to [`ApproveDevice`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApprovedDevice {
    /// RFC 7638 thumbprint of the key that is now bound.
    pub device_id: String,
}

impl Message for LookUpApproval {}
impl Message for ApprovalRequest {}
impl Message for ApproveDevice {}
impl Message for ApprovedDevice {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_type() {
        for typed in [
            "10AB-CDEF",
            "10ab-cdef",
            "10ABCDEF",
            " 10ab cdef ",
            "1 0 A B C D E F",
            "10AB\u{2013}CDEF",
            "10AB--CDEF",
            "IOAB-CDEF",
            "lOAB-CDEF",
            "Loab_cdef",
            "io\u{a0}abcdef",
        ] {
            assert_eq!(typed.parse::<ApprovalCode>().unwrap().as_str(), "10AB-CDEF", "{typed}");
            let json = serde_json::json!({ "code": typed }).to_string();
            assert!(serde_json::from_str::<LookUpApproval>(&json).is_ok(), "{typed}, from the wire");
        }
        let long = format!("10AB-CDEF{}", " ".repeat(APPROVAL_INPUT_MAX_CHARS));
        for typed in ["", "-", "10AB-CDE", "10AB-CDEFG", "U0AB-CDEF", "10ÄB-CDEF", "10AB.CDEF", "１０AB-CDEF", &long]
        {
            assert_eq!(typed.parse::<ApprovalCode>(), Err(NoApprovalCode), "{typed}");
        }
    }

    #[test]
    fn every_bit_is_in_the_code() {
        assert_eq!(ApprovalCode::from_bytes([0; 5]).as_str(), "0000-0000");
        assert_eq!(ApprovalCode::from_bytes([255; 5]).as_str(), "ZZZZ-ZZZZ");
        let codes: std::collections::BTreeSet<_> = (0..40)
            .map(|bit| {
                let mut bytes = [0; 5];
                bytes[bit / 8] = 1 << (bit % 8);
                ApprovalCode::from_bytes(bytes).as_str().to_owned()
            })
            .collect();
        assert_eq!(codes.len(), 40);
        for code in codes {
            assert_eq!(code.parse::<ApprovalCode>().unwrap().as_str(), code);
        }
    }

    #[test]
    fn codes_are_serialized_but_never_printed() {
        let offer = ApprovalOffer { code: ApprovalCode::from_bytes([9; 5]), expires_in: 600 };
        let shown = offer.code.as_str().to_owned();
        assert!(serde_json::to_string(&offer).unwrap().contains(&shown));
        assert!(!format!("{offer:?}").contains(&shown), "{offer:?}");
    }
}
