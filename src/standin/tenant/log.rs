//! What happened in a tenant, in the words of Auth0's log: kept for the dashboard, and posted to a log stream.
//!
//! A stream gets each event as one line of JSON, tried three times and then given up; nothing waits for it and order is not
//! promised, as at Auth0.

use serde_json::{Value, json};
use url::Url;
use zeroize::Zeroizing;

use super::{Tenant, event::iso8601, host, store};
use crate::web::Incoming;
use countenance_core::clock::UnixSecs;
use countenance_net::{Method, Net, Request};

/// How often an event is posted before it is given up.
const TRIES: usize = 3;

/// Where events are posted.
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

/// One thing that happened.
pub(super) struct Event<'a> {
    /// Auth0's code for it: `s`, `f`, `gd_auth_succeed`, ….
    pub(super) kind: &'static str,
    /// In words; for a failed login the reason that the application was given.
    pub(super) description: &'a str,
    /// The login it happened in.
    pub(super) request: &'a store::Request,
    /// The person, where known.
    pub(super) user_id: Option<&'a str>,
    /// What the kind adds.
    pub(super) details: Value,
}

/// An event as the dashboard shows it: nobody's number, code or token.
#[derive(Clone)]
pub(super) struct Recent {
    pub(super) at: UnixSecs,
    pub(super) kind: &'static str,
    pub(super) description: String,
    pub(super) client: String,
    pub(super) user: String,
}

/// Keeps an event and sends it on its way.
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
        // Detached: the browser's answer does not wait for it.
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
    tracing::warn!("the log stream took an event in none of {TRIES} tries; it is given up");
}

/// `90020`, the time to the microsecond, and 33 digits that no other event has.
fn log_id(at: UnixSecs, unique: u64) -> String {
    let time: String = iso8601(at).chars().filter(char::is_ascii_digit).skip(2).take(12).collect();
    format!("90020{time}000000{unique:0>33}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_id_has_the_shape_of_auth0s() {
        assert_eq!(log_id(1_795_314_936, 7), format!("90020261122023536000000{}7", "0".repeat(32)));
        assert_eq!(log_id(0, u64::MAX).len(), 56);
    }
}
