//! `fetch`, as far as an Action needs it to call a service: one request by the network that the leg was given.

use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;
use zeroize::Zeroizing;

use countenance_net::{Method, Net, NetError, Request};

/// What the prelude makes of the arguments. They may hold secrets.
#[derive(Deserialize)]
pub(super) struct Fetch {
    url: String,
    method: String,
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: String,
}

/// Why a promise of `fetch` is rejected: the `cause` of Node's "fetch failed".
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("fetch needs an absolute URL")]
    BadUrl(#[source] url::ParseError),
    #[error("fetch sends GET and POST here")]
    BadMethod,
    #[error("this Action has no network")]
    NoNetwork,
    #[error(transparent)]
    NotAnswered(#[from] NetError),
}

impl Fetch {
    /// Sends the request and waits for the answer. The network's own time limit stands for the caller's `AbortSignal`.
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
