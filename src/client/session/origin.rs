//! The origin of a verifier, and the verifiers this installation allows.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    str::FromStr,
};

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Scheme, host and port of a verifier: `https`, or `http` on this machine's loopback.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(Url);

/// Why text is not a verifier's origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// Not a URL.
    #[error("the address is not a URL{}", suggested(guess.as_deref()))]
    NotAUrl {
        /// What was probably meant.
        guess: Option<String>,
    },
    /// More than scheme, host and port.
    #[error("the address is more than scheme, host and port{}", origin.as_ref().map_or_else(String::new, |o| format!("; write {o}")))]
    NotAnOrigin {
        /// The origin of the address, unless it has a user name: a host before an `@` only looks like one.
        origin: Option<String>,
    },
    /// An origin, but not written as usual: with a slash at the end, the usual port, or capitals.
    #[error("write {origin}")]
    NotCanonical {
        /// The usual form.
        origin: String,
    },
    /// Neither `https`, nor `http` on loopback.
    #[error("the address is neither https nor loopback http")]
    Insecure,
}

impl Origin {
    /// Whether it is on this machine: 127.0.0.0/8, ::1, `localhost` or a name below it (RFC 6761).
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(name)) => is_localhost(name),
            None => false,
        }
    }

    /// Whether its scheme is `http`, which is allowed only on loopback.
    pub fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// The URL of the path `segments` below the origin, each percent-encoded as needed.
    pub fn at(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        // An http(s) URL always has path segments.
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().extend(segments);
        }
        url
    }

    /// Whether `url` lies within this origin.
    pub fn holds(&self, url: &Url) -> bool {
        url.origin() == self.0.origin()
    }

    /// For a name below `localhost`: the name, and the address RFC 6761 fixes for it regardless of name servers.
    pub(super) fn fixed_address(&self) -> Option<(&str, SocketAddr)> {
        let name = self.0.domain().filter(|name| is_localhost(name))?;
        let port = self.0.port_or_known_default()?;
        Some((name, SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port)))
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let Ok(url) = text.parse::<Url>() else { return Err(OriginError::NotAUrl { guess: guess(text) }) };
        let canonical = url.origin().ascii_serialization();
        let (is_canonical, has_more) = (canonical == text, has_more_than_origin(&url));
        let origin = Self(url);
        match origin.0.scheme() {
            "https" => {}
            "http" if origin.is_loopback() => {}
            // As in `verify.example:8443`, where the host looks like a scheme.
            _ if !origin.0.has_host() => return Err(OriginError::NotAUrl { guess: guess(text) }),
            _ => return Err(OriginError::Insecure),
        }
        // The canonical form excludes userinfo, path, query, default port and look-alike hosts.
        match (is_canonical, has_more) {
            (true, _) => Ok(origin),
            (false, true) => Err(OriginError::NotAnOrigin { origin: (!has_user(&origin.0)).then_some(canonical) }),
            (false, false) => Err(OriginError::NotCanonical { origin: canonical }),
        }
    }
}

fn has_more_than_origin(url: &Url) -> bool {
    url.path() != "/" || url.query().is_some() || url.fragment().is_some() || has_user(url)
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// The address that somebody meant who left out the scheme.
fn guess(text: &str) -> Option<String> {
    let address = format!("https://{}", text.trim_end_matches('/'));
    let is_host = text.contains('.') && text.chars().all(|c| c.is_ascii_alphanumeric() || "-.:/".contains(c));
    (is_host && address.parse::<Origin>().is_ok()).then_some(address)
}

fn suggested(guess: Option<&str>) -> String {
    guess.map_or_else(String::new, |guess| format!("; did you mean {guess}?"))
}

impl TryFrom<String> for Origin {
    type Error = OriginError;

    fn try_from(text: String) -> Result<Self, OriginError> {
        text.parse()
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.to_string()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.origin().ascii_serialization())
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origin({self})")
    }
}

/// The verifiers that this installation's operator allows. Empty allows none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AllowedOrigins(Vec<Origin>);

impl AllowedOrigins {
    /// Whether `origin` is listed, compared exactly.
    pub fn allow(&self, origin: &Origin) -> bool {
        self.0.contains(origin)
    }

    /// The origins in the configured order.
    pub fn iter(&self) -> std::slice::Iter<'_, Origin> {
        self.0.iter()
    }
}

impl FromIterator<Origin> for AllowedOrigins {
    fn from_iter<I: IntoIterator<Item = Origin>>(origins: I) -> Self {
        Self(origins.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a AllowedOrigins {
    type Item = &'a Origin;
    type IntoIter = std::slice::Iter<'a, Origin>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn is_localhost(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_only_https_or_loopback_origins() {
        for good in [
            "https://verifier.example",
            "https://verifier.example:8443",
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:8080",
            "http://localhost:1",
            "http://verifier.localhost:8080",
            "https://xn--bcher-kva.example",
        ] {
            assert_eq!(good.parse::<Origin>().map(|o| o.to_string()).as_deref(), Ok(good));
        }
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let more = |origin| OriginError::NotAnOrigin { origin: owned(origin) };
        let usual = |origin: &str| OriginError::NotCanonical { origin: origin.to_owned() };
        let no_url = |guess| OriginError::NotAUrl { guess: owned(guess) };
        let rows = [
            ("plain http", "http://verifier.example", OriginError::Insecure),
            ("name that only looks local", "http://localhost.example", OriginError::Insecure),
            ("name that only ends alike", "http://evillocalhost", OriginError::Insecure),
            ("private network", "http://192.168.0.1", OriginError::Insecure),
            ("another scheme", "ftp://verifier.example", OriginError::Insecure),
            ("path", "https://verifier.example/x", more(Some("https://verifier.example"))),
            ("slash", "https://verifier.example/", usual("https://verifier.example")),
            ("query", "https://verifier.example?x", more(Some("https://verifier.example"))),
            ("fragment", "https://verifier.example#x", more(Some("https://verifier.example"))),
            ("userinfo", "https://good.example@evil.example", more(None)),
            ("default port", "https://verifier.example:443", usual("https://verifier.example")),
            ("capitals", "https://Verifier.example", usual("https://verifier.example")),
            ("another spelling of loopback", "http://2130706433", usual("http://127.0.0.1")),
            ("letters from elsewhere", "https://bücher.example", usual("https://xn--bcher-kva.example")),
            ("spaces", " https://verifier.example", usual("https://verifier.example")),
            ("no origin at all", "data:text/plain,x", no_url(None)),
            ("no scheme", "verifier.example", no_url(Some("https://verifier.example"))),
            ("no scheme, with a port", "verifier.example:8443/", no_url(Some("https://verifier.example:8443"))),
            ("a word", "verifier", no_url(None)),
        ];
        for (name, text, why) in rows {
            assert_eq!(text.parse::<Origin>(), Err(why), "{name}");
        }
    }

    #[test]
    fn path_segments_cannot_escape() {
        let origin: Origin = "https://verifier.example".parse().unwrap();
        assert_eq!(
            origin.at(&["v1", "sessions", "a/../b?c#d", "open"]).as_str(),
            "https://verifier.example/v1/sessions/a%2F..%2Fb%3Fc%23d/open"
        );
    }
}
