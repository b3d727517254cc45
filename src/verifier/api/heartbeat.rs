//! `POST /v1/devices/heartbeat`: a kiosk says how it is, for the operators who look after it.
//!
//! Only kiosks are heard: they were let in with a one-time code, so that nobody else fills the list of a fleet or raises its
//! alerts. What a kiosk says is kept as its word and decides nothing; the verifier's own are the time at which it was
//! received, and how far the kiosk's clock was off.

use axum::{
    Json,
    extract::{Request, State},
};

use crate::{AppState, api::problem::Refusal, api::request::RequestHead, fleet::INTERVAL_SECS};
use countenance_core::protocol::{Heartbeat, HeartbeatAnswer, Problem};

/// Keeps what a kiosk says of itself, in place of what it said before. Answers when it wants to hear from it again.
///
/// A device that is not registered as a kiosk gets `device-unknown`, one that is disabled `device-disabled`, and one that is
/// disabled for good `device-retired`.
#[utoipa::path(post, path = "/v1/devices/heartbeat", tag = "client",
    request_body(content = Heartbeat, example = json!({
        "version": "0.1.0", "uptime_secs": 86_400, "sessions": 41, "camera": "ok",
        "last_capture": {"outcome": "approved", "age_secs": 35}, "clock_ahead_millis": -120,
        "disk_free_bytes": 7_516_192_768_u64, "settings_revision": "3f9c21d0a1b2", "out_of_order": "camera_gone",
        "site": "Building 7, lobby"
    })),
    params(("countenance-proof" = String, Header, description = "Proof of the device key over this request")),
    responses(
        (status = 200, body = HeartbeatAnswer, example = json!({"interval_secs": 120, "server_time": 1_800_000_000})),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn receive(
    State(verifier): State<AppState>,
    request: Request,
) -> Result<Json<HeartbeatAnswer>, Refusal> {
    let head = RequestHead::verify(&verifier, request)?;
    verifier.buckets().heartbeat(head.device(), verifier.now())?;
    let request = head.heartbeat(&verifier).await?;
    let told: Heartbeat = request.parse()?;
    let now = verifier.now();
    let mut tx = verifier.store().begin().await?;
    let status = tx.device_status(&request.device).await?.ok_or(Refusal::NotAKiosk)?;
    if status.is_retired {
        return Err(Refusal::DeviceRetired);
    }
    if !status.enabled {
        return Err(Refusal::DeviceDisabled);
    }
    if !status.is_kiosk {
        return Err(Refusal::NotAKiosk);
    }
    tx.keep_heartbeat(&request.device, &told, request.issued_at.saturating_sub(now), now).await?;
    tx.commit().await?;
    Ok(Json(HeartbeatAnswer { interval_secs: INTERVAL_SECS, server_time: now }))
}
