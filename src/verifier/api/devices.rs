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
    store::{Device, Registration, StoreError, Tx},
};
use countenance_core::{
    clock::UnixSecs,
    protocol::{ClientVersion, KeyProtection, OpenSession, Problem, RegisterDevice, RegisteredDevice},
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
    let said = Said { name: &wanted.name, version: wanted.version, key_protection: wanted.key_protection };
    check_key(&integration.rules, said.key_protection(known.as_ref()))?;
    let code = wanted.enrolment_code.as_deref().ok_or(Refusal::CodeRequired)?;
    if !tx.spend_device_code(&integration.id, code, &request.device, now).await? {
        return Err(Refusal::EnrolmentCode);
    }
    match known {
        None => add(&mut tx, &integration.id, &request, &said, true, now).await?,
        Some(device) => {
            if !device.kiosk {
                tx.make_kiosk(&integration.id, &device.id, now).await?;
            }
            see(&mut tx, &integration.id, &device, &said, now).await?;
        }
    }
    tx.commit().await?;
    Ok(Json(RegisteredDevice { device_id: request.device }))
}

/// What a device says of itself.
pub(crate) struct Said<'a> {
    name: &'a str,
    version: Option<ClientVersion>,
    key_protection: Option<KeyProtection>,
}

impl<'a> Said<'a> {
    pub(crate) fn of(open: &'a OpenSession) -> Self {
        Self { name: &open.app, version: open.version, key_protection: open.key_protection }
    }

    /// The protection of its key that counts: the one with which it was registered, or a weaker one.
    pub(crate) fn key_protection(&self, registered: Option<&Device>) -> KeyProtection {
        let said = self.key_protection.unwrap_or_default();
        registered.map_or(said, |device| device.key_protection.min(said))
    }
}

/// Whether the integration accepts a device with a client of this version and a key so protected.
pub(crate) fn check(rules: &Rules, version: Option<ClientVersion>, key: KeyProtection) -> Result<(), Refusal> {
    if !rules.accepts_client(version) {
        return Err(Refusal::ClientTooOld { version, min: rules.client_version_min });
    }
    check_key(rules, key)
}

fn check_key(rules: &Rules, registered: KeyProtection) -> Result<(), Refusal> {
    if registered < rules.key_protection_min {
        return Err(Refusal::KeyProtectionTooWeak { registered, min: rules.key_protection_min });
    }
    Ok(())
}

/// Keeps what a registered device says of itself now.
pub(crate) async fn see(
    tx: &mut Tx<'_>,
    integration_id: &str,
    device: &Device,
    said: &Said<'_>,
    now: UnixSecs,
) -> Result<(), StoreError> {
    let key_protection = said.key_protection(Some(device));
    if key_protection != device.key_protection {
        tx.weaken_key_protection(integration_id, &device.id, key_protection).await?;
    }
    tx.see_client(integration_id, &device.id, said.version, now).await
}

/// Registers the key that signed `request` as a device; `kiosk`: it has presented a one-time code.
pub(crate) async fn add(
    tx: &mut Tx<'_>,
    integration_id: &str,
    request: &AuthenticatedRequest,
    said: &Said<'_>,
    kiosk: bool,
    now: UnixSecs,
) -> Result<(), Refusal> {
    let public_key = request.key.jwk().x;
    let name = one_line(said.name);
    let new = Registration {
        integration_id,
        id: &request.device,
        public_key: &public_key,
        name: &name,
        kiosk,
        key_protection: said.key_protection(None),
    };
    tx.add_device(&new, now).await?;
    Ok(tx.see_client(integration_id, &request.device, said.version, now).await?)
}
