//! HTTP with reqwest and rustls: certificates from the system's trust store, proxies from the environment only, and no
//! proxy for loopback.

use std::{
    io::Read,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use reqwest::{
    blocking::{Client, Response},
    dns::{Addrs, Name, Resolve, Resolving},
    header::RETRY_AFTER,
    redirect,
};
use rustls::crypto::CryptoProvider;

use super::{HttpResponse, Method, Net, NetError, Request, is_loopback};

/// Connection timeout.
const CONNECT_TIME_OUT: Duration = Duration::from_secs(5);
/// Timeout for one request.
const TIME_OUT: Duration = Duration::from_secs(10);
/// Maximum size of a response in bytes.
const ANSWER_MAX_BYTES: u64 = 1 << 20;

/// Sends requests over the network. Must not be created on a thread that runs async tasks. Clones share connections.
#[derive(Clone)]
pub struct HttpNet {
    /// For https.
    outside: Option<Client>,
    /// For http on loopback: needs no trust store.
    inside: Client,
}

/// The HTTP client could not be created.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not be created")]
pub struct HttpNetError(#[from] reqwest::Error);

impl HttpNet {
    /// A client for every server.
    pub fn new() -> Result<Self, HttpNetError> {
        let outside = client().https_only(true).build()?;
        Ok(Self { outside: Some(outside), ..Self::loopback()? })
    }

    /// A client for this computer only.
    pub fn loopback() -> Result<Self, HttpNetError> {
        let inside = client().no_proxy().tls_certs_only([]).dns_resolver(Arc::new(LoopbackOnly)).build()?;
        Ok(Self { outside: None, inside })
    }

    fn way(&self, request: &Request) -> Result<&Client, NetError> {
        match request.url.scheme() {
            "http" if is_loopback(&request.url) => Ok(&self.inside),
            "https" => self.outside.as_ref().ok_or(NetError::NotAllowed),
            _ => Err(NetError::NotAllowed),
        }
    }
}

impl Net for HttpNet {
    fn send(&self, request: &Request) -> Result<HttpResponse, NetError> {
        let client = self.way(request)?;
        let mut builder = match request.method {
            Method::Get => client.get(request.url.clone()),
            Method::Post => client.post(request.url.clone()).body(request.body.to_vec()),
        };
        for (name, value) in &request.headers {
            builder = builder.header(name, value.as_str());
        }
        read(builder.send().map_err(condition)?)
    }
}

fn client() -> reqwest::blocking::ClientBuilder {
    if CryptoProvider::get_default().is_none() {
        // An error means that another thread installed the provider first, which is just as good.
        rustls::crypto::ring::default_provider().install_default().ok();
    }
    Client::builder()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(CONNECT_TIME_OUT)
        .timeout(TIME_OUT)
        .user_agent(concat!("countenance/", env!("CARGO_PKG_VERSION")))
}

fn read(response: Response) -> Result<HttpResponse, NetError> {
    let status = response.status().as_u16();
    let retry_after_secs = response.headers().get(RETRY_AFTER).and_then(|v| v.to_str().ok()?.parse().ok());
    let mut body = Vec::new();
    response.take(ANSWER_MAX_BYTES + 1).read_to_end(&mut body).map_err(|e| NetError::NoAnswer(Box::new(e)))?;
    if body.len() as u64 > ANSWER_MAX_BYTES {
        return Err(NetError::TooLong);
    }
    Ok(HttpResponse { status, retry_after_secs, body })
}

fn condition(error: reqwest::Error) -> NetError {
    let error = error.without_url();
    if error.is_timeout() { NetError::TimedOut(Box::new(error)) } else { NetError::NoAnswer(Box::new(error)) }
}

/// Resolves every name to this computer without asking a name server (RFC 6761). Only names under `localhost` reach it.
struct LoopbackOnly;

impl Resolve for LoopbackOnly {
    fn resolve(&self, _name: Name) -> Resolving {
        let here: Addrs = Box::new(std::iter::once(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))));
        Box::pin(std::future::ready(Ok(here)))
    }
}
