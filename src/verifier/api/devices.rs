//! `POST /v1/devices`: registers a device key, with a one-time code or openly, as the integration's rules require.

use axum::{
    Json,
    extract::{Request, State},
};

use crate::{
    AppState, DeviceRule,
    api::problem::Refusal,
    api::request::AuthenticatedRequest,
    browser::pages::one_line,
    store::{Registration, Tx},
};
use countenance_core::protocol::{Problem, RegisterDevice, RegisteredDevice};

/// Registers the key that signed the request's proof. Repeating the call with the same key gets the same answer.
#[utoipa::path(post, path = "/v1/devices", tag = "client", 
    request_body(content = RegisterDevice, example = json!({
        "integration_id": "mGcOPv2UcyAj8QVZQxkPSg", "enrolment_code": "kQ3rT0x0bW4m9Qb2p0m8TQ", "name": "Front desk"
    })),
    params(("countenance-proof" = String, Header, description = "Proof of the device key over this request")),
    responses(
        (status = 200, body = RegisteredDevice, example = json!({"device_id": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"})),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn register(
    State(verifier): State<AppState>,
    request: Request,
) -> Result<Json<RegisteredDevice>, Refusal> {
    let request = AuthenticatedRequest::json(&verifier, request).await?;
    let wanted: RegisterDevice = request.parse()?;
    let now = verifier.now();
    let mut tx = verifier.store().begin().await?;
    let integration = tx.integration(&wanted.integration_id).await?.ok_or(Refusal::IntegrationUnknown)?;
    let known = tx.device(&integration.id, &request.device).await?;
    if known.as_ref().is_some_and(|device| !device.enabled) {
        return Err(Refusal::DeviceDisabled);
    }
    match &wanted.enrolment_code {
        Some(code) if !tx.spend_device_code(&integration.id, code, &request.device, now).await? => {
            return Err(Refusal::EnrolmentCode);
        }
        None if integration.rules.device_rule != DeviceRule::Open && known.is_none() => {
            return Err(Refusal::RegistrationClosed);
        }
        _ => {}
    }
    if known.is_none() {
        add(&mut tx, &integration.id, &request, &wanted.name, now).await?;
    }
    tx.commit().await?;
    Ok(Json(RegisteredDevice { device_id: request.device }))
}

/// Registers the key that signed `request` as a device called `name`.
pub(crate) async fn add(
    tx: &mut Tx<'_>,
    integration_id: &str,
    request: &AuthenticatedRequest,
    name: &str,
    now: i64,
) -> Result<(), Refusal> {
    let public_key = request.key.jwk().x;
    let new = Registration { integration_id, id: &request.device, public_key: &public_key, name: &one_line(name) };
    Ok(tx.add_device(&new, now).await?)
}
