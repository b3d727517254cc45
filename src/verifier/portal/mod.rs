//! The operator's portal: where integrations are set up, and where an operator sees what happened. Plain HTML without
//! script.
//!
//! | file | what it answers |
//! |---|---|
//! | `extract` | who is signed in; whether a form comes from this portal |
//! | `sign_in`, `throttle` | signing in and out; waiting after wrong passwords |
//! | `integrations`, `new`, `integration`, `log_stream`, `rules_form`, `thresholds` | integrations: all, a new one, one with its options and secrets |
//! | `check` | what is still to be done before an integration works |
//! | `users`, `phone`, `match_threshold`, `devices`, `sessions`, `audit` | lists, with what can be done about each |
//! | `page`, `html`, `csv`, `time` | what pages, tables, exports and times look like |
//!
//! A handler takes a [`OperatorSession`](extract::OperatorSession) or a [`VerifiedForm`](extract::VerifiedForm): there is no way into the portal beside them, but
//! for signing in. A secret is shown in the answer to the form that made it, and nowhere else. The form can be sent once:
//! reloading that answer makes no second secret, and shows none.

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
mod csv;
mod devices;
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
        .route("/portal/integrations/{id}/users/erase", get(users::confirm).post(users::erase))
        .route("/portal/integrations/{id}/devices", get(devices::list))
        .route("/portal/integrations/{id}/devices/code", post(devices::code))
        .route("/portal/integrations/{id}/devices/disable", post(devices::disable))
        .route("/portal/sessions", get(sessions::list))
        .route("/portal/sessions.csv", get(sessions::export))
        .route("/portal/audit", get(audit::list))
        .route("/portal/audit.csv", get(audit::export))
        .layer(from_fn_with_state(verifier.clone(), present))
}

/// Where a signed-in operator begins.
const START: &str = "/portal/integrations";

/// Writes the page that a handler answered with, under a nonce of its own.
async fn present(State(verifier): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(page) = response.extensions_mut().remove::<page::PortalPage>() {
        let mut page = page.page().respond(&random_text::<16>(verifier.rng())).into_response();
        page.headers_mut().extend(std::mem::take(response.headers_mut()));
        response = page;
    }
    // With `no-referrer`, browsers send the portal's own forms with `Origin: null`, and the extractor would refuse them.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}
