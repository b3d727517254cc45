//! Checks the `Host` header. Requests for other names are rejected, which prevents DNS rebinding.

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{Tenant, config::Domain};
use crate::web::Incoming;

/// Passes requests whose `Host` is one of the tenant's domains; responds 421 to others, 400 if it is missing.
pub(super) async fn check(State(tenant): State<Tenant>, request: Request, next: Next) -> Response {
    let Some(host) = request.headers().get(header::HOST) else {
        return (StatusCode::BAD_REQUEST, "The request has no Host header.").into_response();
    };
    match host.to_str().ok().and_then(|host| tenant.config().domain(host)) {
        Some(_) => next.run(request).await,
        None => (StatusCode::MISDIRECTED_REQUEST, "This tenant does not serve this host.").into_response(),
    }
}

/// The host name that the browser used: `event.request.hostname`.
pub(super) fn name<'a>(tenant: &'a Tenant, incoming: &Incoming) -> &'a str {
    domain(tenant, incoming).map_or(&tenant.config().host, |domain| &domain.host)
}

/// The origin that the browser used.
pub(super) fn origin<'a>(tenant: &'a Tenant, incoming: &Incoming) -> &'a str {
    domain(tenant, incoming).map_or(&tenant.config().origin, |domain| &domain.origin)
}

fn domain<'a>(tenant: &'a Tenant, incoming: &Incoming) -> Option<&'a Domain> {
    tenant.config().domain(incoming.header(header::HOST)?)
}
