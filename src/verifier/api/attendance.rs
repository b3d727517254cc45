//! `POST /v1/sessions/{id}/attendance`: a supervisor confirms an enrollment at a kiosk.
//!
//! Nothing that the kiosk asserts is believed: number and PIN are compared here, and the session records whom they belong
//! to. A capture is accepted only after that, and only if its attestation names the same supervisor.
//!
//! Whatever is wrong is refused alike: an unknown number, a wrong PIN, a supervisor who is retired, waits, is locked or
//! enrolls themselves. Only the wait is told, since the person at the kiosk has to know it; from it a kiosk can learn that
//! a number exists, which a badge shows as well.

use axum::{
    Json,
    extract::{Path, Request, State},
};

use crate::{
    AppState,
    api::bindings,
    api::problem::Refusal,
    api::request::AuthenticatedRequest,
    api::sessions::session_and_device,
    enrollment,
    judge::sample_analysis::AnalysisError,
    store::{Event, Session, Supervisor, Tx},
    supervisors,
};
use countenance_core::protocol::{Attend, Attended, Pin, Problem};
use zeroize::Zeroizing;

/// Confirms an enrollment, before its first capture, by a supervisor's number and PIN. The session's ticket says whether
/// that is needed. Repeating the call gets the same answer; another supervisor takes the place of the first.
#[utoipa::path(post, path = "/v1/sessions/{id}/attendance", tag = "client",
    request_body(content = Attend, example = json!({"number": "4711", "pin": "28047190"})),
    params(
        ("id" = String, Path, description = "Session"),
        ("countenance-proof" = String, Header, description = "Proof of the device key over this request"),
    ),
    responses(
        (status = 200, body = Attended, example = json!({"attended_by": "4711"})),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn attend(
    State(verifier): State<AppState>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Attended>, Refusal> {
    let request = AuthenticatedRequest::json(&verifier, request).await?;
    verifier.buckets().attendance(&request.device, verifier.now())?;
    let Attend { number, pin } = request.parse()?;
    let mut tx = verifier.store().begin().await?;
    let session = attendable(&verifier, &mut tx, &id, &request.device).await?;
    let integration = &session.integration_id;
    let found = tx.supervisor(integration, &number).await?;
    let compared = found.filter(|supervisor| supervisor.retired_at.is_none() && !waits(&verifier, supervisor));
    let mut hash = None;
    if compared.is_some() {
        hash = Some(tx.supervisor_pin(integration, &number).await?);
        // Counted as wrong before it is compared, so that of many at once each is counted.
        tx.count_wrong_pin(integration, &number, verifier.now(), supervisors::wait_secs).await?;
    }
    tx.commit().await?;
    let is_right = is_right(&verifier, hash, pin).await?;

    let mut tx = verifier.store().begin().await?;
    // Meanwhile the session may have ended, or the supervisor been retired.
    let session = attendable(&verifier, &mut tx, &id, &request.device).await?;
    if is_right {
        tx.clear_wrong_pins(integration, &number).await?;
        if tx.may_attend(integration, &number, &session.sub).await? {
            tx.attend_session(&session, &number, verifier.now()).await?;
            tx.commit().await?;
            return Ok(Json(Attended { attended_by: number }));
        }
    }
    let supervisor = tx.supervisor(integration, &number).await?;
    let is_compared = compared.is_some();
    Err(refused(&verifier, tx, &session, supervisor, is_compared && !is_right).await?)
}

/// The session, if a supervisor may confirm it now.
async fn attendable(verifier: &AppState, tx: &mut Tx<'_>, id: &str, device: &str) -> Result<Session, Refusal> {
    let (session, device) = session_and_device(tx, id, device).await?;
    if session.stage.over() {
        return Err(Refusal::SessionOver);
    }
    if session.expires_at <= verifier.now() {
        return Err(Refusal::SessionExpired);
    }
    let integration = tx.integration(&session.integration_id).await?.ok_or(Refusal::IntegrationUnknown)?;
    let is_wanted = device.kiosk && enrollment::takes_supervisor(&integration.rules);
    if is_wanted && bindings::enrolls(tx, &session).await? { Ok(session) } else { Err(Refusal::NothingToAttend) }
}

/// Compares a PIN on a blocking thread; as many at once as captures are judged.
async fn is_right(verifier: &AppState, hash: Option<Zeroizing<String>>, pin: Pin) -> Result<bool, Refusal> {
    let permit = verifier.inference().acquire_owned().await.or(Err(Refusal::Busy))?;
    let compared = tokio::task::spawn_blocking(move || {
        let _until_done = permit;
        supervisors::matches(hash.as_ref().map(|hash| hash.as_str()), &pin)
    });
    Ok(compared.await.map_err(|error| AnalysisError(error.into()))?)
}

/// Records a refusal. The number that was typed is recorded only if it is a supervisor's: it may be a PIN in the wrong field.
async fn refused(
    verifier: &AppState,
    mut tx: Tx<'_>,
    session: &Session,
    supervisor: Option<Supervisor>,
    was_wrong: bool,
) -> Result<Refusal, Refusal> {
    let now = verifier.now();
    let account = tx.pseudonym(&session.integration_id, &session.sub).await?;
    let number = supervisor.as_ref().map_or("", |supervisor| supervisor.number.as_str());
    tx.record(now, Event::AttendanceRefused, &session.id, account.as_deref(), number).await?;
    let mut retry_after_secs = None;
    if let Some(supervisor) = supervisor.as_ref().filter(|supervisor| supervisor.retired_at.is_none()) {
        if supervisors::is_locked(supervisor.wrong_pins) {
            if was_wrong {
                tx.record(now, Event::SupervisorLocked, &session.integration_id, None, number).await?;
            }
        } else if waits(verifier, supervisor) {
            retry_after_secs = u64::try_from(supervisor.closed_until.saturating_sub(now)).ok();
        }
    }
    tx.commit().await?;
    Ok(Refusal::AttendanceRefused { retry_after_secs })
}

/// Whether no PIN of the supervisor is compared now.
fn waits(verifier: &AppState, supervisor: &Supervisor) -> bool {
    supervisor.closed_until > verifier.now()
}
