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
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// Not a URL.
    #[error("the address is not a URL")]
    NotAUrl(#[from] url::ParseError),
    /// More than scheme, host and port, or not in canonical form.
    #[error("the address is more than scheme, host and port, or is not in canonical form")]
    NotAnOrigin,
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
        let url: Url = text.parse()?;
        // The canonical form excludes userinfo, path, query, default port and look-alike hosts.
        if url.origin().ascii_serialization() != text {
            return Err(OriginError::NotAnOrigin);
        }
        let origin = Self(url);
        match origin.0.scheme() {
            "https" => Ok(origin),
            "http" if origin.is_loopback() => Ok(origin),
            _ => Err(OriginError::Insecure),
        }
    }
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
        let rows = [
            ("plain http", "http://verifier.example", OriginError::Insecure),
            ("name that only looks local", "http://localhost.example", OriginError::Insecure),
            ("name that only ends alike", "http://evillocalhost", OriginError::Insecure),
            ("private network", "http://192.168.0.1", OriginError::Insecure),
            ("another scheme", "ftp://verifier.example", OriginError::Insecure),
            ("path", "https://verifier.example/x", OriginError::NotAnOrigin),
            ("slash", "https://verifier.example/", OriginError::NotAnOrigin),
            ("query", "https://verifier.example?x", OriginError::NotAnOrigin),
            ("userinfo", "https://good.example@evil.example", OriginError::NotAnOrigin),
            ("default port", "https://verifier.example:443", OriginError::NotAnOrigin),
            ("capitals", "https://Verifier.example", OriginError::NotAnOrigin),
            ("another spelling of loopback", "http://2130706433", OriginError::NotAnOrigin),
            ("letters from elsewhere", "https://bücher.example", OriginError::NotAnOrigin),
            ("spaces", " https://verifier.example", OriginError::NotAnOrigin),
            ("no origin at all", "data:text/plain,x", OriginError::NotAnOrigin),
        ];
        for (name, text, why) in rows {
            assert_eq!(text.parse::<Origin>(), Err(why), "{name}");
        }
        assert!(matches!("verifier.example".parse::<Origin>(), Err(OriginError::NotAUrl(_))));
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
