//! The operator portal: configures integrations and shows sign-ins, users, devices and the audit log. Plain HTML
//! without scripts.
//!
//! | module | contents |
//! |---|---|
//! | `routes` | how routes are declared, each with the permission that it needs |
//! | `extract` | extractors that authenticate the operator, check the route's permission, and verify that a form comes from this portal |
//! | `error` | why a page is not shown, and what is shown instead |
//! | `sign_in`, `second_factor`, `authenticator`, `qr` | signing in, by password and by the code of an authenticator app, and out |
//! | `throttle` | delays after wrong passwords and codes |
//! | `integrations`, `new`, `integration`, `log_stream`, `rules_form`, `thresholds` | list of integrations, creation, options and secrets |
//! | `check` | setup check of an integration |
//! | `users`, `user_devices`, `consent`, `enrolment`, `enrolled_since`, `phone`, `match_threshold`, `devices`, `sessions`, `audit`, `operators` | lists with their actions |
//! | `kiosks`, `kiosk`, `kiosk_words` | the fleet of an integration, and one kiosk of it |
//! | `supervisors` | who confirms enrollments at kiosks |
//! | `page`, `html`, `csv`, `time` | building blocks: pages, tables, exports, times |
//!
//! Every handler except sign-in takes an [`OperatorSession`](extract::OperatorSession) or a
//! [`VerifiedForm`](extract::VerifiedForm), which reject requests without a signed-in operator whose role has the
//! route's permission. A secret is shown only in the response to the form that created it. That form can be submitted
//! once, so reloading the response neither creates another secret nor shows one.

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    AppState,
    role::Permission::{Audit, Configure, Help, Look},
};
use countenance_core::rng::random_text;

mod audit;
mod authenticator;
mod check;
mod consent;
mod csv;
mod devices;
mod enrolled_since;
mod enrolment;
mod error;
mod extract;
mod html;
mod integration;
mod integrations;
mod kiosk;
mod kiosk_words;
mod kiosks;
mod log_stream;
mod match_threshold;
mod new;
mod operators;
mod page;
mod phone;
mod qr;
mod routes;
mod rules_form;
mod second_factor;
mod sessions;
mod sign_in;
mod supervisors;
mod thresholds;
mod throttle;
pub(crate) mod time;
mod usage;
mod user_devices;
mod users;

use routes::Routes;
pub(super) use throttle::Throttle;

/// The portal's routes, and what each needs. Nothing else decides who may do what; pages only leave out what their reader
/// may not do.
#[rustfmt::skip]
fn routes() -> Routes {
    Routes::default()
        .open_get("/portal", async || Redirect::to(START))
        .open_get("/portal/sign-in", sign_in::show)
        .open_post("/portal/sign-in", sign_in::sign_in)
        .open_get("/portal/sign-in/code", second_factor::show)
        .open_post("/portal/sign-in/code", second_factor::check)
        .post("/portal/sign-out", Look, sign_in::sign_out)
        .get("/portal/integrations", Look, integrations::list)
        .get("/portal/integrations/new", Configure, new::show)
        .post("/portal/integrations/new", Configure, new::create)
        .get("/portal/integrations/{id}", Look, integration::show)
        .post("/portal/integrations/{id}", Configure, integration::save)
        .post("/portal/integrations/{id}/enabled", Configure, integration::switch)
        .post("/portal/integrations/{id}/rotate", Configure, integration::rotate)
        .post("/portal/integrations/{id}/log-token", Configure, log_stream::make)
        .get("/portal/integrations/{id}/check", Look, check::show)
        .get("/portal/integrations/{id}/users", Look, users::list)
        .post("/portal/integrations/{id}/users/unlock", Help, users::unlock)
        .get("/portal/integrations/{id}/users/phone", Configure, phone::show)
        .post("/portal/integrations/{id}/users/phone", Configure, phone::save)
        .get("/portal/integrations/{id}/users/match", Configure, match_threshold::show)
        .post("/portal/integrations/{id}/users/match", Configure, match_threshold::save)
        .get("/portal/integrations/{id}/users/consent", Look, consent::show)
        .post("/portal/integrations/{id}/users/enrolment", Help, enrolment::save)
        .get("/portal/integrations/{id}/users/devices", Look, user_devices::show)
        .post("/portal/integrations/{id}/users/devices/allow", Help, user_devices::allow)
        .post("/portal/integrations/{id}/users/devices/refuse", Help, user_devices::refuse)
        .post("/portal/integrations/{id}/users/devices/remove", Help, user_devices::remove)
        .get("/portal/integrations/{id}/users/erase", Help, users::confirm)
        .post("/portal/integrations/{id}/users/erase", Help, users::erase)
        .get("/portal/integrations/{id}/users/enrolled-since", Configure, enrolled_since::show)
        .post("/portal/integrations/{id}/users/enrolled-since", Configure, enrolled_since::delete)
        .get("/portal/integrations/{id}/devices", Look, devices::list)
        .post("/portal/integrations/{id}/devices/code", Configure, devices::code)
        .post("/portal/integrations/{id}/devices/disable", Configure, devices::disable)
        .get("/portal/integrations/{id}/kiosks", Look, kiosks::list)
        .get("/portal/integrations/{id}/kiosks/kiosk", Look, kiosk::show)
        .post("/portal/integrations/{id}/kiosks/rename", Configure, kiosk::rename)
        .post("/portal/integrations/{id}/kiosks/move", Configure, kiosk::relocate)
        .get("/portal/integrations/{id}/kiosks/retire", Configure, kiosk::confirm)
        .post("/portal/integrations/{id}/kiosks/retire", Configure, kiosk::retire)
        .get("/portal/integrations/{id}/supervisors", Look, supervisors::list)
        .post("/portal/integrations/{id}/supervisors", Configure, supervisors::add)
        .post("/portal/integrations/{id}/supervisors/pin", Configure, supervisors::renew)
        .post("/portal/integrations/{id}/supervisors/unlock", Help, supervisors::unlock)
        .post("/portal/integrations/{id}/supervisors/retire", Configure, supervisors::retire)
        .get("/portal/sessions", Look, sessions::list)
        .get("/portal/sessions.csv", Audit, sessions::export)
        .get("/portal/audit", Audit, audit::list)
        .get("/portal/audit.csv", Audit, audit::export)
        .get("/portal/operators", Audit, operators::list)
}

/// The portal's routes as a part of the service's.
pub(super) fn router(verifier: &AppState) -> Router<AppState> {
    routes().into_router().layer(from_fn_with_state(verifier.clone(), present))
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
