//! The tenant's log, in the format of Auth0: shown on the dashboard, and posted to a log stream.
//!
//! Each event is posted as one line of JSON, with up to three attempts, in the background and in no guaranteed order,
//! as at Auth0.

use serde_json::{Value, json};
use url::Url;
use zeroize::Zeroizing;

use super::{Tenant, event::iso8601, host, store};
use crate::web::Incoming;
use countenance_core::clock::UnixSecs;
use countenance_net::{Method, Net, Request};

/// Maximum number of attempts to post an event.
const TRIES: usize = 3;

/// A log stream.
#[derive(Clone)]
pub(super) struct Stream {
    pub(super) url: Url,
    authorization: Zeroizing<String>,
}

impl Stream {
    pub(super) fn new(url: Url, authorization: &str) -> Self {
        Self { url, authorization: Zeroizing::new(authorization.to_owned()) }
    }
}

/// A log event.
pub(super) struct Event<'a> {
    /// Auth0's event type code: `s`, `f`, `gd_auth_succeed`, ….
    pub(super) kind: &'static str,
    /// Description; for a failed sign-in the reason sent to the application.
    pub(super) description: &'a str,
    /// The sign-in that it belongs to.
    pub(super) request: &'a store::Request,
    /// The user, if known.
    pub(super) user_id: Option<&'a str>,
    /// Details specific to the event type.
    pub(super) details: Value,
}

/// An event as shown on the dashboard: without phone number, code or token.
#[derive(Clone)]
pub(super) struct Recent {
    pub(super) at: UnixSecs,
    pub(super) kind: &'static str,
    pub(super) description: String,
    pub(super) client: String,
    pub(super) user: String,
}

/// Stores an event and posts it to the log stream, if there is one.
pub(super) fn record(tenant: &Tenant, incoming: &Incoming, event: &Event<'_>) {
    let config = tenant.config();
    let at = tenant.now();
    let client = config.client(&event.request.client_id).map(|client| client.name.clone()).unwrap_or_default();
    let user = event.user_id.and_then(|id| config.user(id)).map(|user| user.email.clone()).unwrap_or_default();
    let log_id = log_id(at, tenant.number());
    let line = json!({
        "log_id": log_id,
        "data": {
            "date": iso8601(at),
            "type": event.kind,
            "description": event.description,
            "client_id": event.request.client_id,
            "client_name": client,
            "ip": incoming.ip,
            "user_agent": incoming.header(axum::http::header::USER_AGENT),
            "hostname": host::name(tenant, incoming),
            "user_id": event.user_id,
            "user_name": user,
            "log_id": log_id,
            "details": event.details,
        },
    });
    let description = event.description.to_owned();
    tenant.store().put_recent(Recent { at, kind: event.kind, description, client, user });
    if let (Some(stream), Some(net)) = (tenant.deployed().log_stream, tenant.net()) {
        // Detached: the response to the browser does not wait for it.
        drop(tokio::task::spawn_blocking(move || post(&*net, &stream, &format!("{line}\n"))));
    }
}

fn post(net: &dyn Net, stream: &Stream, lines: &str) {
    for _ in 0..TRIES {
        let body = Zeroizing::new(lines.as_bytes().to_vec());
        let request = Request { method: Method::Post, body, ..Request::get(stream.url.clone()) }
            .header("content-type", "application/json")
            .header("authorization", stream.authorization.as_str());
        if net.send(&request).is_ok_and(|answer| (200..300).contains(&answer.status)) {
            return;
        }
    }
    tracing::warn!("the log stream did not accept an event in {TRIES} attempts; it is dropped");
}

/// A log id: `90020`, the time with microseconds, and 33 unique digits.
fn log_id(at: UnixSecs, unique: u64) -> String {
    let time: String = iso8601(at).chars().filter(char::is_ascii_digit).skip(2).take(12).collect();
    format!("90020{time}000000{unique:0>33}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_ids_have_the_format_of_auth0() {
        assert_eq!(log_id(1_795_314_936, 7), format!("90020261122023536000000{}7", "0".repeat(32)));
        assert_eq!(log_id(0, u64::MAX).len(), 56);
    }
}
