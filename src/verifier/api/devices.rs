//! `POST /v1/devices`: registers a device key as a kiosk, with a one-time code. A person's own device is registered when it
//! opens a session.

use axum::{
    Json,
    extract::{Request, State},
};

use crate::{
    AppState, Rules,
    api::problem::Refusal,
    api::request::AuthenticatedRequest,
    browser::pages::one_line,
    store::{Registration, Tx},
};
use countenance_core::{
    clock::UnixSecs,
    protocol::{ClientVersion, Problem, RegisterDevice, RegisteredDevice},
};

/// Registers the key that signed the request's proof as a kiosk, which serves all accounts of the integration. Repeating
/// the call with the same key and code gets the same answer.
#[utoipa::path(post, path = "/v1/devices", tag = "client", 
    request_body(content = RegisterDevice, example = json!({
        "integration_id": "mGcOPv2UcyAj8QVZQxkPSg", "enrolment_code": "kQ3rT0x0bW4m9Qb2p0m8TQ", "name": "Front desk",
        "version": "0.1.0"
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
    let code = wanted.enrolment_code.as_deref().ok_or(Refusal::CodeRequired)?;
    if !tx.spend_device_code(&integration.id, code, &request.device, now).await? {
        return Err(Refusal::EnrolmentCode);
    }
    match known {
        None => add(&mut tx, &integration.id, &request, &wanted.name, wanted.version, true, now).await?,
        Some(device) => {
            if !device.kiosk {
                tx.make_kiosk(&integration.id, &device.id, now).await?;
            }
            tx.see_client(&integration.id, &device.id, wanted.version, now).await?;
        }
    }
    tx.commit().await?;
    Ok(Json(RegisteredDevice { device_id: request.device }))
}

/// Whether the integration accepts a client of this version.
pub(crate) fn check_client(rules: &Rules, version: Option<ClientVersion>) -> Result<(), Refusal> {
    if rules.accepts_client(version) {
        return Ok(());
    }
    Err(Refusal::ClientTooOld { version, min: rules.client_version_min })
}

/// Registers the key that signed `request` as a device called `name` with a client of this version; `kiosk`: it has
/// presented a one-time code.
pub(crate) async fn add(
    tx: &mut Tx<'_>,
    integration_id: &str,
    request: &AuthenticatedRequest,
    name: &str,
    version: Option<ClientVersion>,
    kiosk: bool,
    now: UnixSecs,
) -> Result<(), Refusal> {
    let public_key = request.key.jwk().x;
    let name = one_line(name);
    let new = Registration { integration_id, id: &request.device, public_key: &public_key, name: &name, kiosk };
    tx.add_device(&new, now).await?;
    Ok(tx.see_client(integration_id, &request.device, version, now).await?)
}
