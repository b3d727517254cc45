//! The routes, the limits and headers that apply to all of them, and the server.

use std::{
    future::Future,
    time::{Duration, UNIX_EPOCH},
};

use axum::{
    Json, Router,
    body::Body,
    extract::{Request, State},
    handler::Handler,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use percent_encoding::percent_decode_str;
use tokio::sync::watch;

use super::{
    client::client_network,
    description::description,
    entrance::{Entrance, Listeners, portal_limits},
    listen,
    progress::{PacedBody, Progress},
    request_log, sweep, upkeep,
};
use crate::{
    AppState, api::approvals, api::attendance, api::captures, api::devices, api::heartbeat, api::logs,
    api::problem::Refusal, api::sessions, browser::device_link, browser::email_link, browser::pages::Page,
    browser::return_handle, browser::session_page, browser::start, limits::Exceeded, otp::api as otp, otp::feedback,
    otp::web as otp_web, portal,
};
use countenance_core::{clock::UnixSecs, policy::Policy, protocol::Problem, rng::random_text};

/// `Retry-After` of an answer that says nothing else, seconds.
const RETRY_AFTER_SECS: u64 = 2;

/// The first second that no HTTP date can say, in the year 10000.
const DATES_END: u64 = 253_402_300_800;

/// Path of the health check.
pub(super) const HEALTH: &str = "/healthz";

/// Headers of every response, unless the handler sets its own.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
];

/// Routes by method and path, listed so that a test can compare them with the description.
pub(super) struct Routes {
    router: Router<AppState>,
    pub(super) listed: Vec<(&'static str, &'static str)>,
}

impl Routes {
    pub(super) fn all() -> Self {
        Self { router: Router::new(), listed: Vec::new() }
            .get("/start", start::start)
            .get("/sessions/{id}", session_page::show)
            .post("/sessions/{id}/leave", session_page::leave)
            .get("/sessions/{id}/mail", email_link::back)
            .post("/sessions/{id}/mail", email_link::again)
            .get("/sessions/{id}/mail/{token}", email_link::open)
            .get("/sessions/{id}/device/{token}", device_link::ask)
            .get("/sessions/{id}/device", device_link::back)
            .post("/sessions/{id}/device", device_link::allow)
            .get("/sessions/{id}/code", otp_web::form)
            .post("/sessions/{id}/code", otp_web::send)
            .get("/sessions/{id}/code/check", otp_web::back)
            .post("/sessions/{id}/code/check", otp_web::check)
            .get("/return/{handle}", return_handle::return_to_tenant)
            .post("/v1/devices", devices::register)
            .post("/v1/devices/heartbeat", heartbeat::receive)
            .post("/v1/bindings/lookup", approvals::look_up)
            .post("/v1/bindings/approve", approvals::approve)
            .post("/v1/sessions/{id}/open", sessions::open)
            .post("/v1/sessions/{id}/attendance", attendance::attend)
            .post("/v1/sessions/{id}/captures", captures::post)
            .post("/v1/sessions/{id}/otp", otp::send)
            .post("/v1/sessions/{id}/otp/check", otp::check)
            .post("/v1/sessions/{id}/abandon", sessions::abandon)
            .post("/v1/logs/{integration_id}", logs::receive)
            .get("/v1/policy", policy)
            .get(HEALTH, health)
            .get("/openapi.json", describe)
    }

    /// HEAD is refused, because most of these addresses can be used only once.
    fn get<T: 'static, H: Handler<T, AppState>>(self, path: &'static str, handler: H) -> Self {
        self.on("get", path, get(handler).head(method_not_allowed))
    }

    fn post<T: 'static, H: Handler<T, AppState>>(self, path: &'static str, handler: H) -> Self {
        self.on("post", path, post(handler))
    }

    fn on(mut self, method: &'static str, path: &'static str, route: MethodRouter<AppState>) -> Self {
        self.listed.push((method, path));
        self.router = self.router.route(path, route);
        self
    }
}

/// The routes at the public address; those of the portal too, unless it has an address of its own.
pub(crate) fn router(verifier: AppState) -> Router {
    let mut routes = Routes::all().router;
    if !verifier.has_portal_address() {
        // Pages for people, not an API, so they are not in the description.
        routes = routes.merge(portal::router(&verifier));
    }
    surrounded(verifier, routes, Entrance::Public)
}

/// The routes at the portal's own address.
pub(crate) fn portal_router(verifier: AppState) -> Router {
    let routes = portal::router(&verifier).route(HEALTH, get(health).head(method_not_allowed));
    surrounded(verifier, routes, Entrance::Portal)
}

fn surrounded(verifier: AppState, routes: Router<AppState>, entrance: Entrance) -> Router {
    routes
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state((verifier.clone(), entrance), surround))
        .layer(from_fn_with_state(verifier.clone(), request_log::log))
        .with_state(verifier)
}

/// Serves, sends due feedback to Twilio and deletes what has expired, until `shutdown` completes; then lets running requests finish.
pub(crate) async fn serve(verifier: AppState, listeners: Listeners, shutdown: impl Future<Output = ()>) {
    let store = verifier.store().clone();
    let limits = verifier.connection_limits().clone();
    let portal_limits = portal_limits(&limits);
    let feedback = tokio::spawn(feedback::run(verifier.clone()));
    let sweep = tokio::spawn(sweep::run(verifier.clone()));
    let upkeep = tokio::spawn(upkeep::run(store.clone()));
    let (stop, stopped) = watch::channel(());
    // Dropping the sender would be told, too: neither listener outlives the shutdown.
    let told = |mut stopped: watch::Receiver<()>| async move { stopped.changed().await.unwrap_or_default() };
    let public = listen::serve(listeners.public, router(verifier.clone()), &limits, told(stopped.clone()));
    let portal = async {
        if let Some(listener) = listeners.portal {
            listen::serve(listener, portal_router(verifier), &portal_limits, told(stopped)).await;
        }
    };
    let stopping = async {
        shutdown.await;
        stop.send_replace(());
    };
    tokio::join!(public, portal, stopping);
    for timer in [feedback, sweep, upkeep] {
        timer.abort();
        // The result is always the cancellation.
        timer.await.ok();
    }
    store.close().await;
}

/// The service's policy. Each ticket carries it, tightened by the integration's own.
#[utoipa::path(get, path = "/v1/policy", tag = "service", responses((status = 200, body = Policy)))]
pub(super) async fn policy(State(verifier): State<AppState>) -> Json<Policy> {
    Json(verifier.policy().clone())
}

/// Whether the service and its store answer.
#[utoipa::path(get, path = "/healthz", tag = "service", responses(
    (status = 200, description = "The service and its store answer", content_type = "text/plain"),
    (status = 503, body = Problem, content_type = "application/problem+json", description = "The store does not answer; see Retry-After"),
    (status = 500, body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn health(State(verifier): State<AppState>) -> Result<&'static str, Refusal> {
    verifier.store().ping().await?;
    Ok("ok\n")
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "service", responses(
    (status = 200, description = "OpenAPI 3.1", content_type = "application/json"),
))]
pub(super) async fn describe() -> Json<utoipa::openapi::OpenApi> {
    Json(description())
}

async fn not_found() -> Refusal {
    Refusal::NotFound
}

async fn method_not_allowed() -> Refusal {
    Refusal::MethodNotAllowed
}

/// Applies the request limits, and adds the headers to every response.
async fn surround(State((verifier, entrance)): State<(AppState, Entrance)>, request: Request, next: Next) -> Response {
    let mut response = limited(&verifier, entrance, request, next).await;
    let unavailable = response.status() == StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    if unavailable {
        headers.entry(header::RETRY_AFTER).or_insert(HeaderValue::from(RETRY_AFTER_SECS));
    }
    // The time that proofs are compared with. Without it, hyper adds its own, which stands still for an hour after the
    // machine's clock was put back by one, and clients would say that theirs is wrong.
    if let Some(date) = date(verifier.now()) {
        headers.insert(header::DATE, date);
    }
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if entrance.origin(&verifier).is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// An HTTP date (RFC 9110, 5.6.7); `None` before 1970 and after 9999.
fn date(now: UnixSecs) -> Option<HeaderValue> {
    let since_1970 = Duration::from_secs(u64::try_from(now).ok().filter(|secs| *secs < DATES_END)?);
    HeaderValue::from_str(&httpdate::fmt_http_date(UNIX_EPOCH + since_1970)).ok()
}

/// Runs a request within the limits. Health is outside of them: a busy service is not a broken one.
async fn limited(verifier: &AppState, entrance: Entrance, request: Request, next: Next) -> Response {
    let is_health = request.uri().path() == HEALTH;
    // Handlers take parts of the path as text.
    if percent_decode_str(request.uri().path()).decode_utf8().is_err() {
        return Refusal::Malformed.into_response();
    }
    if !is_health && let Err(exceeded) = counted(verifier, &request) {
        return too_many(verifier, exceeded, request.uri().path());
    }
    let _held = match entrance.requests(verifier).try_acquire() {
        Ok(held) => Some(held),
        Err(_) if is_health => None,
        Err(_) => return Refusal::Busy.into_response(),
    };
    let progress = Progress::new();
    let paced = progress.clone();
    let request = request.map(|body| Body::new(PacedBody::new(body, paced)));
    tokio::select! {
        response = next.run(request) => response,
        () = progress.stalled() => Refusal::Slow.into_response(),
    }
}

/// Counts the request for its client's address.
fn counted(verifier: &AppState, request: &Request) -> Result<(), Exceeded> {
    let trusted = &verifier.connection_limits().trusted_proxies;
    match client_network(request.extensions(), request.headers(), trusted) {
        Some(network) => verifier.buckets().address(network, verifier.now()),
        None => Ok(()),
    }
}

/// The answer to a request above the limit of its address: a problem document, or a page for people.
fn too_many(verifier: &AppState, exceeded: Exceeded, path: &str) -> Response {
    if path.starts_with("/v1/") {
        return Refusal::from(exceeded).into_response();
    }
    tracing::info!(why = %exceeded, "call refused");
    let mut response = Page::too_many(exceeded).respond(&random_text::<16>(verifier.rng()));
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(exceeded.retry_after_secs));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_that_http_can_say() {
        let said = |now| Some(date(now)?.to_str().ok()?.to_owned());
        assert_eq!(said(784_111_777), Some("Sun, 06 Nov 1994 08:49:37 GMT".to_owned()));
        assert_eq!(said(0), Some("Thu, 01 Jan 1970 00:00:00 GMT".to_owned()));
        assert_eq!(said(253_402_300_799), Some("Fri, 31 Dec 9999 23:59:59 GMT".to_owned()));
        for never in [-1, 253_402_300_800, i64::MIN, i64::MAX] {
            assert!(date(never).is_none(), "{never}");
        }
    }
}
