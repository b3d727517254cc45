//! The log of requests: one line for each, and an id that all lines of a request share.
//!
//! A line has method, matched route, status, duration and the client's address. Path, query, headers and body are never
//! logged: they hold tokens, codes, handles and identifiers. What strangers can cause is never an error, so that an error
//! is always something for the operator.

use std::{error::Error, net::IpAddr};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode},
    middleware::Next,
    response::Response,
};
use tokio::time::Instant;
use tracing::{Instrument, debug, error, error_span, info, warn};

use super::{
    client::{Peer, client_address},
    serve::HEALTH,
};
use crate::AppState;
use countenance_core::rng::random_text;

/// The header with a request's id. Never read: an id that a stranger chooses could imitate another request's.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request's line, logged when it is dropped: also if the client hangs up before there is a response.
struct Line {
    method: &'static str,
    route: Option<MatchedPath>,
    client: Option<IpAddr>,
    began: Instant,
    status: Option<StatusCode>,
}

/// Gives the request an id, and logs it.
pub(super) async fn log(State(verifier): State<AppState>, request: Request, next: Next) -> Response {
    let id = random_text::<9>(verifier.rng());
    // A span's level decides whether lines name it, and all should; it is no line of its own.
    let span = error_span!("request", id);
    let trusted = &verifier.connection_limits().trusted_proxies;
    let peer = request.extensions().get::<Peer>();
    let mut line = Line {
        method: method(request.method()),
        route: request.extensions().get::<MatchedPath>().cloned(),
        // `None` for a request that came over no connection, in a test.
        client: peer.map(|peer| client_address(*peer, request.headers(), trusted)),
        began: Instant::now(),
        status: None,
    };
    let answered = async move {
        let response = next.run(request).await;
        line.answered(response.status());
        response
    };
    let mut response = answered.instrument(span).await;
    // Base64url is a valid header value.
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

impl Line {
    fn answered(&mut self, status: StatusCode) {
        self.status = Some(status);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let Self { method, client, .. } = *self;
        let client = client.map(tracing::field::display);
        let route = self.route.as_ref().map_or("none", MatchedPath::as_str);
        let millis = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        match self.status.map(|status| status.as_u16()) {
            // Asked every few seconds by whatever watches the service.
            Some(status) if route == HEALTH => debug!(method, route, status, millis, client, "request"),
            Some(status) => info!(method, route, status, millis, client, "request"),
            None => info!(method, route, millis, client, "request without an answer: the client hung up"),
        }
    }
}

/// A method's name; one that a stranger made up may be anything.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}

/// Logs a failed call with its causes: as an error where the operator has to act, as a warning where it passes by itself
/// (503) or another service failed.
pub(crate) fn failed(status: StatusCode, error: &(dyn Error + 'static), what: &'static str) {
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        error!(error, "{what}");
    } else {
        warn!(error, "{what}");
    }
}
