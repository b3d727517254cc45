//! The return page's address, the only one ever opened in a browser.

use std::fmt;

use url::Url;

use super::{link::is_part, origin::Origin};

/// Maximum length of the address, bytes.
const MAX_BYTES: usize = 512;

/// The verifier's own one-time page `/return/{handle}`, which takes the browser back to the tenant. Nothing else
/// parses, so no answer, however malicious, can make the client open another page.
#[derive(Clone, PartialEq, Eq)]
pub struct ContinueUrl(Url);

/// Why an address is not acceptable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContinueUrlError {
    /// Too long, or not a URL in canonical form.
    #[error("the continue address is not a canonical URL")]
    NotAUrl,
    /// Not within the verifier's origin.
    #[error("the continue address is not within the verifier's origin")]
    OtherOrigin,
    /// Not `/return/{handle}`.
    #[error("the continue address is not a return page")]
    OtherPath,
    /// Userinfo, query or fragment.
    #[error("the continue address has more than a path")]
    Extra,
}

impl ContinueUrl {
    /// Checks that `text` is a return page of `verifier`.
    pub fn parse(text: &str, verifier: &Origin) -> Result<Self, ContinueUrlError> {
        let url = match Url::parse(text) {
            Ok(url) if text.len() <= MAX_BYTES && url.as_str() == text => url,
            Ok(_) | Err(_) => return Err(ContinueUrlError::NotAUrl),
        };
        if !verifier.holds(&url) {
            return Err(ContinueUrlError::OtherOrigin);
        }
        let extra = url.query().is_some() || url.fragment().is_some() || url.password().is_some();
        if extra || !url.username().is_empty() {
            return Err(ContinueUrlError::Extra);
        }
        if url.path().strip_prefix("/return/").is_some_and(is_part) {
            Ok(Self(url))
        } else {
            Err(ContinueUrlError::OtherPath)
        }
    }

    /// The address. Only for the browser: opening it uses it up.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Without the handle, which is a secret.
impl fmt::Debug for ContinueUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContinueUrl({}/return/…)", self.0.origin().ascii_serialization())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_only_the_verifiers_return_page() {
        let verifier: Origin = "https://verifier.example".parse().unwrap();
        let parse = |text: &str| ContinueUrl::parse(text, &verifier);
        let good = "https://verifier.example/return/h4ndle-_";
        let url = parse(good).unwrap();
        assert_eq!(url.as_str(), good);
        assert_eq!(format!("{url:?}"), "ContinueUrl(https://verifier.example/return/…)");
        let long = format!("https://verifier.example/return/{}", "a".repeat(65));
        let rows = [
            ("a stranger's", "https://evil.example/return/h", ContinueUrlError::OtherOrigin),
            ("a subdomain", "https://a.verifier.example/return/h", ContinueUrlError::OtherOrigin),
            ("another port", "https://verifier.example:444/return/h", ContinueUrlError::OtherOrigin),
            ("not https", "http://verifier.example/return/h", ContinueUrlError::OtherOrigin),
            ("script", "javascript:alert(1)", ContinueUrlError::OtherOrigin),
            ("a file", "file:///return/h", ContinueUrlError::OtherOrigin),
            ("userinfo", "https://u@verifier.example/return/h", ContinueUrlError::Extra),
            ("password", "https://:p@verifier.example/return/h", ContinueUrlError::Extra),
            ("query", "https://verifier.example/return/h?x", ContinueUrlError::Extra),
            ("fragment", "https://verifier.example/return/h#x", ContinueUrlError::Extra),
            ("no handle", "https://verifier.example/return/", ContinueUrlError::OtherPath),
            ("another page", "https://verifier.example/start", ContinueUrlError::OtherPath),
            ("deeper", "https://verifier.example/return/h/x", ContinueUrlError::OtherPath),
            ("escaped", "https://verifier.example/return/h%2Fx", ContinueUrlError::OtherPath),
            ("long handle", &long, ContinueUrlError::OtherPath),
            ("dots", "https://verifier.example/return/../start", ContinueUrlError::NotAUrl),
            ("backslash", "https:\\\\verifier.example/return/h", ContinueUrlError::NotAUrl),
            ("space before", " https://verifier.example/return/h", ContinueUrlError::NotAUrl),
            ("no scheme", "/return/h", ContinueUrlError::NotAUrl),
        ];
        for (name, text, why) in rows {
            assert_eq!(parse(text), Err(why), "{name}");
        }
    }
}
