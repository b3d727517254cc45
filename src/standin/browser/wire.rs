//! HTTP to loopback, one request at a time, without redirects. The only file here that names `reqwest`.

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

/// Longest wait for one answer.
const TIME_OUT: Duration = Duration::from_secs(30);
/// Longest answer, far above any page of ours.
const ANSWER_MAX_BYTES: u64 = 1 << 20;

/// An HTTP client for `localhost` and the names under it. Must not be made on a thread that runs async tasks.
#[derive(Clone)]
pub(super) struct Wire(Client);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The client itself could not be made.
    #[error("the HTTP client could not be made")]
    NoClient(#[source] reqwest::Error),
    /// TLS is not available.
    #[error("TLS could not be set up")]
    NoTls(#[from] rustls::Error),
    /// Nobody answered. Says no address: its query may hold a token.
    #[error("the server gave no answer")]
    NoAnswer(#[source] reqwest::Error),
    /// The answer broke off.
    #[error("the answer broke off")]
    BrokeOff(#[from] std::io::Error),
    /// The answer is longer than 1 MiB.
    #[error("the answer is too long")]
    TooLong,
}

/// How a request is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
}

/// One request.
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    /// An encoded form.
    pub(super) body: String,
    pub(super) cookies: Option<String>,
    pub(super) origin: Option<String>,
}

/// One answer, read whole.
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
    /// A client. It trusts no certificate authority: the demo speaks plain HTTP on loopback.
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

    /// Sends one request and reads the answer.
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

/// Takes `localhost` and the names under it for this machine (RFC 6761, section 6.3), and knows no other name.
struct LoopbackOnly;

impl Resolve for LoopbackOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let is_local = name.as_str() == "localhost" || name.as_str().ends_with(".localhost");
        Box::pin(async move {
            if is_local {
                let here: Addrs = Box::new(std::iter::once(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))));
                Ok(here)
            } else {
                Err(std::io::Error::new(std::io::ErrorKind::NotFound, "a name outside this machine").into())
            }
        })
    }
}
