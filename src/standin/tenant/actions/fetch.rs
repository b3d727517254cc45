//! The part of `fetch` that Actions need to call a service: one request through the leg's network.

use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;
use zeroize::Zeroizing;

use countenance_net::{Method, Net, NetError, Request};

/// The arguments, as normalized by `node.js`. They may contain secrets.
#[derive(Deserialize)]
pub(super) struct Fetch {
    url: String,
    method: String,
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: String,
}

/// Why the promise of `fetch` is rejected: the `cause` of Node's "fetch failed".
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("fetch needs an absolute URL")]
    BadUrl(#[source] url::ParseError),
    #[error("fetch supports only GET and POST here")]
    BadMethod,
    #[error("this Action has no network")]
    NoNetwork,
    #[error(transparent)]
    NotAnswered(#[from] NetError),
}

impl Fetch {
    /// Sends the request and waits for the response. The network's own timeout replaces the caller's `AbortSignal`.
    pub(super) fn send(self, net: Option<&dyn Net>) -> Result<Value, FetchError> {
        let url = Url::parse(&self.url).map_err(FetchError::BadUrl)?;
        let method = match self.method.as_str() {
            "GET" => Method::Get,
            "POST" => Method::Post,
            _ => return Err(FetchError::BadMethod),
        };
        let headers = self.headers.into_iter().map(|(name, value)| (name, Zeroizing::new(value))).collect();
        let request = Request { method, url, headers, body: Zeroizing::new(self.body.into_bytes()) };
        let answer = match net.ok_or(FetchError::NoNetwork)?.send(&request) {
            Err(NetError::TimedOut(_)) => return Ok(json!({ "timedOut": true })),
            answer => answer?,
        };
        Ok(json!({
            "status": answer.status,
            "retryAfterSecs": answer.retry_after_secs,
            "body": String::from_utf8_lossy(&answer.body),
        }))
    }
}
