//! HTTP to loopback, one request at a time, without following redirects. The only file here that uses `reqwest`.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use reqwest::{
    blocking::{Client, Response},
    dns::{Addrs, Name, Resolve, Resolving},
    header::{CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, ORIGIN, SET_COOKIE},
    redirect,
};
use std::io::Read;
use url::Url;

/// Maximum wait for a response.
const TIME_OUT: Duration = Duration::from_secs(30);
/// Maximum size of a response, far above that of our pages.
const ANSWER_MAX_BYTES: u64 = 1 << 20;

/// An HTTP client for `localhost` and its subdomains. Blocking: must not be created on a thread that runs async tasks.
#[derive(Clone)]
pub(super) struct Wire(Client);

/// Why there is no response.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The client could not be created.
    #[error("cannot create the HTTP client")]
    NoClient(#[source] reqwest::Error),
    /// TLS could not be set up.
    #[error("cannot set up TLS")]
    NoTls(#[from] rustls::Error),
    /// There was no response. Omits the URL: its query may contain a token.
    #[error("no response from the server")]
    NoAnswer(#[source] reqwest::Error),
    /// The connection closed before the response was complete.
    #[error("the response is incomplete")]
    BrokeOff(#[from] std::io::Error),
    /// The response is larger than 1 MiB.
    #[error("the response is too large")]
    TooLong,
}

/// Request method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
}

/// One request.
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    /// A form, URL-encoded.
    pub(super) body: String,
    pub(super) cookies: Option<String>,
    pub(super) origin: Option<String>,
}

/// One complete response.
pub(super) struct HttpResponse {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    pub(super) set_cookies: Vec<String>,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn get(url: Url) -> Self {
        Self { method: Method::Get, url, body: String::new(), cookies: None, origin: None }
    }

    pub(super) fn post(url: Url, body: String) -> Self {
        Self { method: Method::Post, url, body, cookies: None, origin: None }
    }
}

impl Wire {
    /// A client that trusts no certificate authority: the demo uses plain HTTP on loopback.
    pub(super) fn new() -> Result<Self, WireError> {
        let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Arc::new(LoopbackOnly))
            .no_proxy()
            .redirect(redirect::Policy::none())
            .timeout(TIME_OUT)
            .user_agent("countenance-demo")
            .build();
        client.map(Self).map_err(WireError::NoClient)
    }

    /// Sends one request and reads the response.
    pub(super) fn send(&self, request: &Request) -> Result<HttpResponse, WireError> {
        let mut builder = match request.method {
            Method::Get => self.0.get(request.url.clone()),
            Method::Post => self
                .0
                .post(request.url.clone())
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(request.body.clone()),
        };
        for (name, value) in [(COOKIE, &request.cookies), (ORIGIN, &request.origin)] {
            if let Some(value) = value {
                builder = builder.header(name, value);
            }
        }
        let response = builder.send().map_err(|error| WireError::NoAnswer(error.without_url()))?;
        let texts = |headers: &HeaderMap, name| -> Vec<String> {
            headers.get_all(name).iter().filter_map(|value| value.to_str().ok().map(str::to_owned)).collect()
        };
        Ok(HttpResponse {
            status: response.status().as_u16(),
            location: texts(response.headers(), LOCATION).pop(),
            set_cookies: texts(response.headers(), SET_COOKIE),
            body: read(response)?,
        })
    }
}

fn read(response: Response) -> Result<Vec<u8>, WireError> {
    let mut body = Vec::new();
    response.take(ANSWER_MAX_BYTES + 1).read_to_end(&mut body)?;
    if body.len() as u64 > ANSWER_MAX_BYTES { Err(WireError::TooLong) } else { Ok(body) }
}

/// Resolves `localhost` and its subdomains to this machine (RFC 6761, section 6.3), and no other name.
struct LoopbackOnly;

impl Resolve for LoopbackOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let is_local = name.as_str() == "localhost" || name.as_str().ends_with(".localhost");
        Box::pin(async move {
            if is_local {
                let here: Addrs = Box::new(std::iter::once(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))));
                Ok(here)
            } else {
                Err(std::io::Error::new(std::io::ErrorKind::NotFound, "not a name of this machine").into())
            }
        })
    }
}
