//! The version of a client, compared by its numbers.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Maximum number of digits of a part.
const DIGITS_MAX: usize = 9;

/// Major, minor and patch version. As text, `1.10.0`; later versions are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientVersion {
    major: u32,
    minor: u32,
    patch: u32,
}

/// The text is not three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a version is three numbers, such as 1.10.0")]
pub struct NoVersion;

impl ClientVersion {
    /// The version of these numbers.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self { major, minor, patch }
    }

    /// The version in the name of a build: `1.10.0`, or `1.10.0+` and the digest of its sources.
    pub fn of_build(build: &str) -> Result<Self, NoVersion> {
        build.split_once('+').map_or(build, |(version, _)| version).parse()
    }
}

impl FromStr for ClientVersion {
    type Err = NoVersion;

    /// Each version has one spelling: digits without sign, space or leading zero.
    fn from_str(text: &str) -> Result<Self, NoVersion> {
        let mut parts = text.split('.').map(part);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(major), Some(minor), Some(patch), None) => Ok(Self::new(major?, minor?, patch?)),
            _ => Err(NoVersion),
        }
    }
}

fn part(text: &str) -> Result<u32, NoVersion> {
    let is_number = (1..=DIGITS_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_short = text == "0" || !text.starts_with('0');
    if is_number && is_short { text.parse().or(Err(NoVersion)) } else { Err(NoVersion) }
}

impl fmt::Display for ClientVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl TryFrom<String> for ClientVersion {
    type Error = NoVersion;

    fn try_from(text: String) -> Result<Self, NoVersion> {
        text.parse()
    }
}

impl From<ClientVersion> for String {
    fn from(version: ClientVersion) -> Self {
        version.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        let ascending = ["0.0.0", "0.0.9", "0.0.10", "0.2.0", "0.10.0", "1.0.0", "2.0.0", "10.0.0", "999999999.0.0"];
        let versions: Vec<ClientVersion> = ascending.iter().map(|text| text.parse().unwrap()).collect();
        assert!(versions.is_sorted() && versions.iter().zip(ascending).all(|(v, text)| v.to_string() == text));
    }

    #[test]
    fn a_build_has_the_version_before_its_digest() {
        for (build, version) in [
            ("1.10.0", Ok(ClientVersion::new(1, 10, 0))),
            ("1.10.0+3f9c21d", Ok(ClientVersion::new(1, 10, 0))),
            ("1.10.0+3f9c21d+x", Ok(ClientVersion::new(1, 10, 0))),
            ("99.9 evil", Err(NoVersion)),
            ("+1.10.0", Err(NoVersion)),
            ("1", Err(NoVersion)),
        ] {
            assert_eq!(ClientVersion::of_build(build), version, "{build}");
        }
    }

    #[test]
    fn rejects_all_but_three_plain_numbers() {
        for text in [
            "",
            "1",
            "1.2",
            "1.2.3.4",
            "1.2.",
            ".1.2",
            "1..2",
            "v1.2.3",
            "1.2.3-beta",
            "1.2.3+evil",
            "1.2.x",
            " 1.2.3",
            "1.2.3\n",
            "+1.2.3",
            "1.-2.3",
            "01.2.3",
            "1.2.00",
            "1.2.1234567890",
            "4294967296.0.0",
            "1,2,3",
            "１.2.3",
            "١.٢.٣",
            "99.9 evil",
        ] {
            assert_eq!(text.parse::<ClientVersion>(), Err(NoVersion), "{text:?}");
            assert!(serde_json::from_value::<ClientVersion>(text.into()).is_err(), "{text:?}");
        }
        for json in ["1", "1.5", "null", "[1,2,3]", r#"{"major":1}"#] {
            assert!(serde_json::from_str::<ClientVersion>(json).is_err(), "{json}");
        }
        assert_eq!(serde_json::to_string(&ClientVersion::new(1, 10, 0)).unwrap(), r#""1.10.0""#);
    }
}
