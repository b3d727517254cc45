//! Addresses: this verifier's own origin, and the `/continue` addresses to which a browser may be sent back.

use url::Url;

use crate::store::Integration;
use countenance_net::is_loopback;

/// The address at which browsers and clients reach this verifier: https, or http on loopback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    base: Url,
    host: String,
}

/// The text is not a valid origin for a verifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a verifier's origin is https://host[:port], or http on loopback, without path, query or user")]
pub struct OriginError;

impl std::str::FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let base = Url::parse(text).or(Err(OriginError))?;
        let bare = base.path() == "/" && base.query().is_none() && base.fragment().is_none() && !has_user(&base);
        let host = base.host_str().unwrap_or_default().to_owned();
        if bare && safe(&base) && !host.is_empty() { Ok(Self { base, host }) } else { Err(OriginError) }
    }
}

impl Origin {
    /// `scheme://host[:port]`, without a trailing slash.
    pub fn text(&self) -> String {
        self.base.origin().ascii_serialization()
    }

    /// The host, which is `iss` of the return tokens.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether clients reach it over TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// The URL of `path` at this origin; `path` starts with a slash.
    pub(crate) fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(path);
        url
    }
}

/// Parses `uri` if it is the integration's own `/continue`: https on the tenant's host or a registered custom domain at
/// the default port (on loopback http and any port), exactly that path, without query, fragment or user.
pub(crate) fn own_continue_uri(uri: &str, integration: &Integration) -> Option<Url> {
    let url = Url::parse(uri).ok()?;
    let bare = url.path() == "/continue" && url.query().is_none() && url.fragment().is_none() && !has_user(&url);
    let host = url.host_str().unwrap_or_default();
    let ours = integration.rules.hosts().any(|h| h == host);
    let port = is_loopback(&url) || url.port().is_none();
    (bare && ours && port && safe(&url)).then_some(url)
}

/// Whether `name` can be a tenant's host as used in `iss` and URLs: lower case, no scheme, port or path.
pub(crate) fn is_host_name(name: &str) -> bool {
    let chars = name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'));
    let labels = name.split('.').all(|label| (1..=63).contains(&label.len()));
    let canonical = Url::parse(&format!("https://{name}/")).is_ok_and(|url| url.host_str() == Some(name));
    chars && labels && name.len() <= 253 && canonical
}

fn safe(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rules;

    #[test]
    fn accepts_bare_https_or_loopback_origins() {
        for good in
            ["https://v.example", "https://v.example:8443/", "http://verifier.localhost:4711", "http://127.0.0.1:1"]
        {
            assert!(good.parse::<Origin>().is_ok(), "{good}");
        }
        for bad in [
            "http://v.example",
            "https://v.example/x",
            "https://u@v.example",
            "https://v.example?x",
            "v",
            "ftp://localhost",
        ] {
            assert_eq!(bad.parse::<Origin>(), Err(OriginError), "{bad}");
        }
        let origin: Origin = "http://verifier.localhost:4711/".parse().unwrap();
        assert_eq!((origin.text().as_str(), origin.host()), ("http://verifier.localhost:4711", "verifier.localhost"));
        assert_eq!(origin.url("/v1/policy").as_str(), "http://verifier.localhost:4711/v1/policy");
    }

    #[test]
    fn accepts_only_the_tenants_own_continue_uri() {
        let mut rules = Rules::new("Payroll", "t.example");
        rules.custom_domains = vec!["login.example".into(), "tenant.localhost".into()];
        let integration = Integration { id: String::new(), rules };
        for good in
            ["https://t.example/continue", "https://login.example/continue", "http://tenant.localhost:99/continue"]
        {
            assert!(own_continue_uri(good, &integration).is_some(), "{good}");
        }
        for bad in [
            "http://t.example/continue",
            "https://t.example.evil.example/continue",
            "https://evil.example/continue",
            "https://t.example:8443/continue",
            "https://t.example/continue/",
            "https://t.example/continue?x=1",
            "https://t.example/continue#x",
            "https://t.example/Continue",
            "https://user@t.example/continue",
            "https://t.example@evil.example/continue",
            "javascript:alert(1)//t.example/continue",
            "//t.example/continue",
            "",
        ] {
            assert!(own_continue_uri(bad, &integration).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_host_name_is_bare_and_lower_case() {
        assert!(["a.example", "tenant.localhost", "127.0.0.1"].iter().all(|n| is_host_name(n)));
        assert!(!["", "A.example", "a.example:1", "https://a", "a/b", "a b", ".."].iter().any(|n| is_host_name(n)));
    }
}
