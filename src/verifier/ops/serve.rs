//! The routes, the limits and headers that apply to all of them, and the server.

use std::future::Future;

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
use tokio::net::TcpListener;
use utoipa::OpenApi;

use super::{
    listen,
    progress::{PacedBody, Progress},
};
use crate::{
    AppState, api::captures, api::devices, api::logs, api::problem::Refusal, api::sessions, browser::device_link,
    browser::email_link, browser::return_handle, browser::session_page, browser::start, otp::api as otp, otp::feedback,
    otp::web as otp_web, portal,
};
use countenance_core::{policy::Policy, protocol::Problem};

/// `Retry-After` of an answer that says nothing else, seconds.
const RETRY_AFTER_SECS: u64 = 2;

/// Path of the health check.
const HEALTH: &str = "/healthz";

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

/// The OpenAPI description of every route, generated from the code.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Countenance verifier",
        description = "Verification sessions: a sign-in arrives from a tenant, a device attests a live face, the verifier \
                       compares it with the account's template, and the browser takes the result back."
    ),
    paths(
        start::start,
        session_page::show,
        session_page::leave,
        email_link::back,
        email_link::again,
        email_link::open,
        device_link::ask,
        device_link::allow,
        device_link::back,
        otp_web::form,
        otp_web::send,
        otp_web::back,
        otp_web::check,
        return_handle::return_to_tenant,
        devices::register,
        sessions::open,
        captures::post,
        otp::send,
        otp::check,
        sessions::abandon,
        logs::receive,
        policy,
        health,
        describe
    ),
    components(schemas(Problem))
)]
struct Description;

/// Routes by method and path, listed so that a test can compare them with the description.
struct Routes {
    router: Router<AppState>,
    listed: Vec<(&'static str, &'static str)>,
}

impl Routes {
    fn all() -> Self {
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
            .post("/v1/sessions/{id}/open", sessions::open)
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

/// All routes of this verifier.
pub(crate) fn router(verifier: AppState) -> Router {
    Routes::all()
        .router
        // Pages for people, not an API, so they are not in the description.
        .merge(portal::router(&verifier))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(verifier.clone(), surround))
        .with_state(verifier)
}

/// Serves, and sends due feedback to Twilio, until `shutdown` completes; then lets running requests finish.
pub(crate) async fn serve(verifier: AppState, listener: TcpListener, shutdown: impl Future<Output = ()>) {
    let store = verifier.store().clone();
    let limits = verifier.connection_limits().clone();
    let feedback = tokio::spawn(feedback::run(verifier.clone()));
    listen::serve(listener, router(verifier), &limits, shutdown).await;
    feedback.abort();
    // The result is always the cancellation.
    feedback.await.ok();
    store.close().await;
}

/// The service's policy. Each ticket carries it, tightened by the integration's own.
#[utoipa::path(get, path = "/v1/policy", tag = "service", responses((status = 200, body = Policy)))]
async fn policy(State(verifier): State<AppState>) -> Json<Policy> {
    Json(verifier.policy().clone())
}

/// Whether the service and its store answer.
#[utoipa::path(get, path = "/healthz", tag = "service", responses(
    (status = 200, description = "The service and its store answer", content_type = "text/plain"),
    (status = 503, body = Problem, content_type = "application/problem+json", description = "The store does not answer; see Retry-After"),
    (status = 500, body = Problem, content_type = "application/problem+json"),
))]
async fn health(State(verifier): State<AppState>) -> Result<&'static str, Refusal> {
    verifier.store().ping().await?;
    Ok("ok\n")
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "service", responses(
    (status = 200, description = "OpenAPI 3.1", content_type = "application/json"),
))]
async fn describe() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}

async fn not_found() -> Refusal {
    Refusal::NotFound
}

async fn method_not_allowed() -> Refusal {
    Refusal::MethodNotAllowed
}

/// Applies the request limits, and adds the headers to every response.
async fn surround(State(verifier): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = limited(&verifier, request, next).await;
    let unavailable = response.status() == StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    if unavailable {
        headers.entry(header::RETRY_AFTER).or_insert(HeaderValue::from(RETRY_AFTER_SECS));
    }
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if verifier.origin().is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// Runs a request within the limits. Health is outside of them: a busy service is not a broken one.
async fn limited(verifier: &AppState, request: Request, next: Next) -> Response {
    let _held = match verifier.requests().try_acquire() {
        Ok(held) => Some(held),
        Err(_) if request.uri().path() == HEALTH => None,
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use countenance_core::protocol::{
        Abandon, CheckCode, CodeSent, OpenSession, Outcome, RegisterDevice, RegisteredDevice, SendCode, Ticket,
    };

    /// Deserializes an example and serializes it.
    type RoundTrip = fn(&Value) -> Value;

    fn description() -> Value {
        serde_json::to_value(Description::openapi()).unwrap()
    }

    #[test]
    fn describes_exactly_the_routes() {
        let description = description();
        assert_eq!(description["openapi"], "3.1.0");
        let described: BTreeSet<_> = description["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(move |m| (m.clone(), path.clone())))
            .collect();
        let routed: BTreeSet<_> =
            Routes::all().listed.iter().map(|(m, p)| ((*m).to_owned(), (*p).to_owned())).collect();
        assert_eq!(described, routed);
    }

    #[test]
    fn every_reference_resolves() {
        fn walk<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
            match value {
                Value::Object(map) => map.iter().for_each(|(key, value)| match value {
                    Value::String(target) if key == "$ref" => found.push(target),
                    value => walk(value, found),
                }),
                Value::Array(list) => list.iter().for_each(|value| walk(value, found)),
                _ => {}
            }
        }
        let description = description();
        let mut references = Vec::new();
        walk(&description, &mut references);
        assert!(references.len() > 5, "{references:?}");
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(description.pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn examples_round_trip() {
        fn round_trip<T: serde::Serialize + serde::de::DeserializeOwned>(example: &Value) -> Value {
            let read: T = serde_json::from_value(example.clone()).unwrap();
            // As text, as on the wire: a 32-bit number is shorter there than as a 64-bit value.
            serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap()
        }
        let description = description();
        let rows: [(&str, &str, RoundTrip); 11] = [
            ("/v1/devices", "requestBody", round_trip::<RegisterDevice>),
            ("/v1/devices", "responses/200", round_trip::<RegisteredDevice>),
            ("/v1/sessions/{id}/open", "requestBody", round_trip::<OpenSession>),
            ("/v1/sessions/{id}/open", "responses/200", round_trip::<Ticket>),
            ("/v1/sessions/{id}/abandon", "requestBody", round_trip::<Abandon>),
            ("/v1/sessions/{id}/abandon", "responses/200", round_trip::<Outcome>),
            ("/v1/sessions/{id}/captures", "responses/200", round_trip::<Outcome>),
            ("/v1/sessions/{id}/otp", "requestBody", round_trip::<SendCode>),
            ("/v1/sessions/{id}/otp", "responses/200", round_trip::<CodeSent>),
            ("/v1/sessions/{id}/otp/check", "requestBody", round_trip::<CheckCode>),
            ("/v1/sessions/{id}/otp/check", "responses/200", round_trip::<Outcome>),
        ];
        for (path, place, round_trip) in rows {
            let escaped = path.replace('/', "~1");
            let pointer = format!("/paths/{escaped}/post/{place}/content/application~1json/example");
            let example = description.pointer(&pointer).unwrap_or_else(|| panic!("{path} {place} has no example"));
            let example: Value = serde_json::from_str(&example.to_string()).unwrap();
            assert_eq!(round_trip(&example), example, "{path} {place}");
        }
    }
}
