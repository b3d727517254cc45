//! The values of the configuration. Each type holds only what was checked, so nothing behind it checks again.

use std::{
    net::SocketAddr,
    path::{Component, Path, PathBuf},
    str::FromStr,
};

use url::Url;
use zeroize::Zeroizing;

use super::ConfigFault;
use countenance_client::session::origin::Origin;
use countenance_core::policy::KIOSK_IDLE_SECS;

/// A whole number from `MIN` to `MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ranged<const MIN: u16, const MAX: u16>(u16);

impl<const MIN: u16, const MAX: u16> Ranged<MIN, MAX> {
    /// `value`, if it is in the range.
    pub fn new(value: i64) -> Option<Self> {
        u16::try_from(value).ok().filter(|value| (MIN..=MAX).contains(value)).map(Self)
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// Seconds without a person after which a visit ends.
pub type IdleSecs = Ranged<{ *KIOSK_IDLE_SECS.start() }, { *KIOSK_IDLE_SECS.end() }>;
/// Size of the text in percent.
pub type TextPercent = Ranged<100, 400>;

impl Default for IdleSecs {
    fn default() -> Self {
        Self(30)
    }
}

impl Default for TextPercent {
    fn default() -> Self {
        Self(100)
    }
}

/// Smallest width of a face, as a share of the width of the image: 0.10 to 0.60. A person at a kiosk stands farther away
/// than one at a desk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FaceRatio(f32);

impl FaceRatio {
    /// `ratio`, if it is in the range.
    pub fn new(ratio: f64) -> Option<Self> {
        (0.10..=0.60).contains(&ratio).then_some(Self(ratio as f32))
    }

    /// The share.
    pub const fn get(self) -> f32 {
        self.0
    }
}

impl Default for FaceRatio {
    fn default() -> Self {
        Self(0.10)
    }
}

/// The page at which every visit starts: `https`, or `http` on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartAddress {
    /// Without the parameter for the badge.
    url: Url,
    /// Name of the parameter whose value is `{badge}`.
    badge_parameter: Option<String>,
}

/// What stands in the start address for the number of a badge.
const BADGE: &str = "{badge}";

impl FromStr for StartAddress {
    type Err = ConfigFault;

    fn from_str(text: &str) -> Result<Self, ConfigFault> {
        let mut url: Url = text.parse().map_err(ConfigFault::NotAUrl)?;
        // `Origin` decides which schemes and hosts are safe.
        if url.origin().ascii_serialization().parse::<Origin>().is_err() {
            return Err(ConfigFault::StartInsecure);
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(ConfigFault::StartExtra);
        }
        let badges: Vec<String> =
            url.query_pairs().filter(|(_, value)| value == BADGE).map(|(name, _)| name.into_owned()).collect();
        if badges.len() != text.matches(BADGE).count() || badges.len() > 1 {
            return Err(ConfigFault::BadgeElsewhere);
        }
        if !badges.is_empty() {
            let others: Vec<(String, String)> =
                url.query_pairs().filter(|(_, value)| value != BADGE).map(|(k, v)| (k.into(), v.into())).collect();
            url.set_query(None);
            if !others.is_empty() {
                url.query_pairs_mut().extend_pairs(others);
            }
        }
        Ok(Self { url, badge_parameter: badges.into_iter().next() })
    }
}

impl StartAddress {
    /// The page for somebody without a badge.
    pub fn plain(&self) -> &str {
        self.url.as_str()
    }

    /// The page for the person with this badge; `None` if the address has no place for its number.
    pub fn with_badge(&self, badge: &BadgeNumber) -> Option<Zeroizing<String>> {
        let mut url = self.url.clone();
        url.query_pairs_mut().append_pair(self.badge_parameter.as_ref()?, &badge.0);
        Some(Zeroizing::new(url.into()))
    }

    /// Whether a badge can be part of it.
    pub fn takes_badge(&self) -> bool {
        self.badge_parameter.is_some()
    }
}

/// How many digits the number of a badge has: 1 to 32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadgeForm {
    min: u8,
    max: u8,
}

/// The number of a badge. Wiped on drop, never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct BadgeNumber(Zeroizing<String>);

impl BadgeForm {
    /// From `min` to `max` digits.
    pub fn new(min: i64, max: i64) -> Option<Self> {
        let (min, max) = (u8::try_from(min).ok()?, u8::try_from(max).ok()?);
        (1 <= min && min <= max && max <= 32).then_some(Self { min, max })
    }

    /// Number of digits, at least and at most.
    pub const fn digits(self) -> (u8, u8) {
        (self.min, self.max)
    }

    /// `typed`, if it has this form: what a reader types is not trusted.
    pub fn read(self, typed: &str) -> Option<BadgeNumber> {
        let fits = (usize::from(self.min)..=usize::from(self.max)).contains(&typed.len());
        (fits && typed.bytes().all(|byte| byte.is_ascii_digit())).then(|| BadgeNumber(Zeroizing::new(typed.to_owned())))
    }
}

/// The browser: an absolute path, and flags beyond our own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserProgram {
    /// The program.
    pub program: PathBuf,
    /// Additional flags, none of which the kiosk sets itself or which would open a way out of it.
    pub flags: Vec<String>,
    /// Whether the program answers on a debugging pipe, by which a hung one is found out. Chromium does.
    pub watched: bool,
}

impl Default for BrowserProgram {
    fn default() -> Self {
        Self { program: "/usr/bin/chromium".into(), flags: Vec::new(), watched: true }
    }
}

/// Flags that the kiosk sets itself, or that would take away what protects the person.
const REFUSED_FLAGS: &[&str] = &[
    "allow-file-access-from-files",
    "allow-running-insecure-content",
    "app",
    "disable-web-security",
    "enable-automation",
    "enable-logging",
    "ignore-certificate-errors",
    "ignore-certificate-errors-spki-list",
    "kiosk",
    "load-extension",
    "log-net-log",
    "no-sandbox",
    "profile-directory",
    "remote-allow-origins",
    "remote-debugging-address",
    "remote-debugging-pipe",
    "remote-debugging-port",
    "single-process",
    "ssl-key-log-file",
    "user-data-dir",
];

/// Checks a flag for the browser.
pub(super) fn browser_flag(text: &str) -> Result<String, ConfigFault> {
    let name = text.strip_prefix("--").unwrap_or_default().split('=').next().unwrap_or_default();
    let is_flag = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !is_flag || text.chars().any(char::is_control) {
        return Err(ConfigFault::NotAFlag { entry: text.into() });
    }
    if REFUSED_FLAGS.contains(&name) {
        return Err(ConfigFault::FlagRefused { name: name.into() });
    }
    Ok(text.to_owned())
}

/// Checks a path that is written: absolute, without `..`.
pub(super) fn absolute(text: &str) -> Result<PathBuf, ConfigFault> {
    let path = Path::new(text);
    let plain = path.components().all(|part| matches!(part, Component::RootDir | Component::Normal(_)));
    if path.is_absolute() && plain && !text.chars().any(char::is_control) {
        Ok(path.to_owned())
    } else {
        Err(ConfigFault::NotAbsolute)
    }
}

/// Where health and metrics are served: an address of this machine only.
pub(super) fn loopback(text: &str) -> Result<SocketAddr, ConfigFault> {
    let address: SocketAddr = text.parse().map_err(|_bad| ConfigFault::NotLoopback)?;
    if address.ip().is_loopback() { Ok(address) } else { Err(ConfigFault::NotLoopback) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_badge_becomes_a_parameter_and_is_left_out_without_one() {
        let rows = [
            ("https://a.example/", "https://a.example/", None),
            (
                "https://a.example/login?x=1&login_hint={badge}&y=%20",
                "https://a.example/login?x=1&y=+",
                Some("https://a.example/login?x=1&y=+&login_hint=0042"),
            ),
            ("http://127.0.0.1:9/?b={badge}", "http://127.0.0.1:9/", Some("http://127.0.0.1:9/?b=0042")),
        ];
        let badge = BadgeForm::new(4, 4).unwrap().read("0042").unwrap();
        for (text, plain, with) in rows {
            let address: StartAddress = text.parse().unwrap();
            assert_eq!(address.plain(), plain);
            assert_eq!(address.with_badge(&badge).as_deref().map(String::as_str), with);
            assert_eq!(address.takes_badge(), with.is_some());
        }
    }

    #[test]
    fn badges_are_digits_of_the_stated_number() {
        let form = BadgeForm::new(4, 8).unwrap();
        for (typed, accepted) in [
            ("1234", true),
            ("12345678", true),
            ("123", false),
            ("123456789", false),
            ("12a4", false),
            ("12 4", false),
            ("", false),
            ("١٢٣٤", false),
        ] {
            assert_eq!(form.read(typed).is_some(), accepted, "{typed}");
        }
        for (min, max) in [(0, 4), (5, 4), (4, 33), (-1, 4)] {
            assert_eq!(BadgeForm::new(min, max), None);
        }
    }
}
