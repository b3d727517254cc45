//! Outgoing HTTP requests. Code that calls a server takes a [`Net`] as a parameter, an injected dependency that tests
//! replace.
//!
//! Blocking, one request at a time: call it from threads that do not serve requests.

mod http;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

use std::fmt;

use url::Url;
use zeroize::Zeroizing;

pub use http::{HttpNet, HttpNetError};

/// Sends requests to other servers. Implementations follow no redirects, time out, and limit the size of responses.
pub trait Net: Send + Sync {
    /// Sends one request and reads the whole response.
    fn send(&self, request: &Request) -> Result<HttpResponse, NetError>;
}

/// HTTP method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
}

/// One request.
#[derive(Clone)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Address: https, or http on loopback.
    pub url: Url,
    /// Header names and values, which may contain secrets.
    pub headers: Vec<(String, Zeroizing<String>)>,
    /// The body, which may contain secrets.
    pub body: Zeroizing<Vec<u8>>,
}

/// One response.
#[derive(Clone)]
pub struct HttpResponse {
    /// HTTP status.
    pub status: u16,
    /// The `Retry-After` header, if given in seconds.
    pub retry_after_secs: Option<u64>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no response. Never includes the address: its query may contain a token.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// The scheme is neither https nor, on loopback, http.
    #[error("only https is allowed, or http on loopback")]
    NotAllowed,
    /// The server was not reached, or the response was cut off.
    #[error("the server gave no answer")]
    NoAnswer(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The response took too long.
    #[error("the server gave no answer in time")]
    TimedOut(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The response is larger than allowed.
    #[error("the response is too long")]
    TooLong,
}

impl Request {
    /// A `GET` request for `url`.
    pub fn get(url: Url) -> Self {
        Self { method: Method::Get, url, headers: Vec::new(), body: Zeroizing::default() }
    }

    /// A `POST` request with a form-encoded body.
    pub fn form(url: Url, fields: &[(&str, &str)]) -> Self {
        let body: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let body = Zeroizing::new(body.into_bytes());
        Self { method: Method::Post, url, headers: Vec::new(), body }
            .header("content-type", "application/x-www-form-urlencoded")
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), Zeroizing::new(value.into())));
        self
    }

    /// Adds HTTP Basic authentication.
    #[must_use]
    pub fn basic_auth(self, user: &str, password: &str) -> Self {
        use base64::{Engine, prelude::BASE64_STANDARD};
        let both = Zeroizing::new(format!("{user}:{password}"));
        self.header("authorization", format!("Basic {}", BASE64_STANDARD.encode(both.as_bytes())))
    }
}

/// Omits query, headers and body.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}{}", self.method, self.url.origin().ascii_serialization(), self.url.path())
    }
}

/// Omits the body.
impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.status, self.body.len())
    }
}

/// Whether `url` always refers to this computer: a loopback address, or a name under `localhost` (RFC 6761).
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_omits_secrets() {
        let url = Url::parse("https://verify.example/v2/Check?token=t0ken").unwrap();
        let request = Request::form(url, &[("Code", "270118")]).basic_auth("AC1", "s3cret");
        let shown = format!("{request:?}");
        assert_eq!(shown, "Post https://verify.example/v2/Check");
        assert_eq!(request.headers[1].1.as_str(), "Basic QUMxOnMzY3JldA==");
        assert_eq!(request.body.as_slice(), b"Code=270118");
    }

    #[test]
    fn recognizes_loopback_by_address_and_name() {
        for (url, loopback) in [
            ("http://127.0.0.1:1/", true),
            ("http://[::1]/", true),
            ("http://tenant.localhost:2/", true),
            ("http://localhost.example/", false),
            ("https://example.org/", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), loopback, "{url}");
        }
    }
}
