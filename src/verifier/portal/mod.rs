//! The operator portal: configures integrations and shows sign-ins, users, devices and the audit log. Plain HTML
//! without scripts.
//!
//! | module | contents |
//! |---|---|
//! | `extract` | extractors that authenticate the operator and verify that a form comes from this portal |
//! | `sign_in`, `throttle` | signing in and out; delays after wrong passwords |
//! | `integrations`, `new`, `integration`, `log_stream`, `rules_form`, `thresholds` | list of integrations, creation, options and secrets |
//! | `check` | setup check of an integration |
//! | `users`, `user_devices`, `consent`, `enrolment`, `enrolled_since`, `phone`, `match_threshold`, `devices`, `sessions`, `audit` | lists with their actions |
//! | `page`, `html`, `csv`, `time` | building blocks: pages, tables, exports, times |
//!
//! Every handler except sign-in takes an [`OperatorSession`](extract::OperatorSession) or a
//! [`VerifiedForm`](extract::VerifiedForm), which reject requests without a signed-in operator. A secret is shown only
//! in the response to the form that created it. That form can be submitted once, so reloading the response neither
//! creates another secret nor shows one.

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

use crate::AppState;
use countenance_core::rng::random_text;

mod audit;
mod check;
mod consent;
mod csv;
mod devices;
mod enrolled_since;
mod enrolment;
mod extract;
mod html;
mod integration;
mod integrations;
mod log_stream;
mod match_threshold;
mod new;
mod page;
mod phone;
mod rules_form;
mod sessions;
mod sign_in;
mod thresholds;
mod throttle;
mod time;
mod usage;
mod user_devices;
mod users;

pub(super) use throttle::Throttle;

/// The portal's routes.
pub(super) fn router(verifier: &AppState) -> Router<AppState> {
    Router::new()
        .route("/portal", get(|| async { Redirect::to(START) }))
        .route("/portal/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/portal/sign-out", post(sign_in::sign_out))
        .route("/portal/integrations", get(integrations::list))
        .route("/portal/integrations/new", get(new::show).post(new::create))
        .route("/portal/integrations/{id}", get(integration::show).post(integration::save))
        .route("/portal/integrations/{id}/enabled", post(integration::switch))
        .route("/portal/integrations/{id}/rotate", post(integration::rotate))
        .route("/portal/integrations/{id}/log-token", post(log_stream::make))
        .route("/portal/integrations/{id}/check", get(check::show))
        .route("/portal/integrations/{id}/users", get(users::list))
        .route("/portal/integrations/{id}/users/unlock", post(users::unlock))
        .route("/portal/integrations/{id}/users/phone", get(phone::show).post(phone::save))
        .route("/portal/integrations/{id}/users/match", get(match_threshold::show).post(match_threshold::save))
        .route("/portal/integrations/{id}/users/consent", get(consent::show))
        .route("/portal/integrations/{id}/users/enrolment", post(enrolment::save))
        .route("/portal/integrations/{id}/users/devices", get(user_devices::show))
        .route("/portal/integrations/{id}/users/devices/allow", post(user_devices::allow))
        .route("/portal/integrations/{id}/users/devices/remove", post(user_devices::remove))
        .route("/portal/integrations/{id}/users/erase", get(users::confirm).post(users::erase))
        .route("/portal/integrations/{id}/users/enrolled-since", get(enrolled_since::show).post(enrolled_since::delete))
        .route("/portal/integrations/{id}/devices", get(devices::list))
        .route("/portal/integrations/{id}/devices/code", post(devices::code))
        .route("/portal/integrations/{id}/devices/disable", post(devices::disable))
        .route("/portal/sessions", get(sessions::list))
        .route("/portal/sessions.csv", get(sessions::export))
        .route("/portal/audit", get(audit::list))
        .route("/portal/audit.csv", get(audit::export))
        .layer(from_fn_with_state(verifier.clone(), present))
}

/// The first page after signing in.
const START: &str = "/portal/integrations";

/// Renders the page that a handler returned, with a fresh nonce for its content security policy.
async fn present(State(verifier): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(page) = response.extensions_mut().remove::<page::PortalPage>() {
        let mut page = page.page().respond(&random_text::<16>(verifier.rng())).into_response();
        page.headers_mut().extend(std::mem::take(response.headers_mut()));
        response = page;
    }
    // With `no-referrer`, browsers send the portal's own forms with `Origin: null`, which the extractor would reject.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}
