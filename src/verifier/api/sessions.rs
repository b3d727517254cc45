//! `POST /v1/sessions/{id}/open` and `…/abandon`: a device opens a session, or abandons it.

use axum::{
    Json,
    extract::{Path, Request, State},
    response::Response,
};

use crate::{
    AppState, DeviceRule,
    api::bindings,
    api::captures,
    api::devices,
    api::problem::Refusal,
    api::request::AuthenticatedRequest,
    enrollment, otp as codes,
    store::{Device, Event, Integration, Session, SessionStage, Tx},
};
use countenance_core::{
    policy::{Policy, SentPolicy},
    protocol::{Abandon, Display, Fallback, OpenSession, Outcome, Problem, Purpose, Reason, Ticket},
    rng::random_text,
};

/// Spends the launch link's code and binds the session to the key of the proof. Repeating the call with the same key
/// and code gets the current ticket, so a lost answer does no harm.
///
/// If the integration's devices are people's own, an unknown key is registered here: a desktop client learns its session
/// from the link, but not its integration. To verify a face, the device must be bound to the account; one that is not is
/// answered `device-not-bound` with a code for a device that is, and the session stays as it is, so that the same link
/// works once the device is approved.
/// The same holds for a client whose version the integration does not accept, `client-too-old`, and for a key that is not
/// protected as it requires, `key-protection-too-weak`.
///
/// Where an enrollment takes a supervisor, the ticket says so with `attendance`: `…/attendance` comes before the first
/// capture.
#[utoipa::path(post, path = "/v1/sessions/{id}/open", tag = "client", 
    request_body(content = OpenSession, example = json!({
        "code": "yBz7cT9PpkQ8iZcXr1v0mVfBq0m2m6bR0T1Yw1s4n5E", "app": "countenance 0.1.0+3f9c21d", "version": "0.1.0"
    })),
    params(
        ("id" = String, Path, description = "Session, from the launch link"),
        ("countenance-proof" = String, Header, description = "Proof of the device key over this request"),
    ),
    responses(
        (status = 200, body = Ticket, example = json!(example_ticket())),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn open(
    State(verifier): State<AppState>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<Ticket>, Refusal> {
    let request = AuthenticatedRequest::json(&verifier, request).await?;
    let wanted: OpenSession = request.parse()?;
    let now = verifier.now();
    let mut tx = verifier.store().begin().await?;
    let session = tx.session(&id).await?.ok_or(Refusal::SessionUnknown)?;
    if !session.has_code(&wanted.code) {
        return Err(Refusal::WrongCode);
    }
    if session.device.as_ref().is_some_and(|device| *device != request.device) {
        return Err(Refusal::CodeSpent);
    }
    if session.stage.over() {
        return Err(Refusal::SessionOver);
    }
    if session.expires_at <= now {
        return Err(Refusal::SessionExpired);
    }
    let integration = tx.integration(&session.integration_id).await?.ok_or(Refusal::IntegrationUnknown)?;
    let device = tx.device(&integration.id, &request.device).await?;
    if device.as_ref().is_some_and(|device| !device.enabled) {
        return Err(Refusal::DeviceDisabled);
    }
    let is_registered = device.is_some();
    let is_kiosk = device.as_ref().is_some_and(|device| device.kiosk);
    if integration.rules.device_rule == DeviceRule::Code && !is_kiosk {
        return Err(Refusal::DeviceUnknown);
    }
    let is_allowed = enrollment::is_allowed_with(&integration.rules, is_kiosk);
    if !is_allowed && bindings::enrolls(&mut tx, &session).await? {
        return Err(Refusal::EnrollmentAttended);
    }
    let said = devices::Said::of(&wanted);
    if let Some(device) = &device {
        devices::see(&mut tx, &integration.id, device, &said, now).await?;
    }
    if let Err(refusal) = devices::check(&integration.rules, wanted.version, said.key_protection(device.as_ref())) {
        // What the device says is kept, so that the portal shows why it is refused.
        tx.commit().await?;
        return Err(refusal);
    }
    let is_admitted = match &device {
        Some(device) => bindings::is_admitted(&mut tx, &session, device).await?,
        None => bindings::enrolls(&mut tx, &session).await?,
    };
    if !is_admitted {
        return Err(bindings::refuse(&verifier, tx, &session, &request, &wanted, is_registered).await?);
    }
    if !is_registered {
        devices::add(&mut tx, &integration.id, &request, &said, false, now).await?;
    }
    let account = tx.pseudonym(&session.integration_id, &session.sub).await?;
    let limits = &integration.rules.limits;
    let most = if is_kiosk { limits.accounts_per_kiosk } else { limits.accounts_per_device };
    let account_name = account.as_deref().unwrap_or_default();
    verifier.count_account_of_device(&mut tx, &integration.id, &request.device, account_name, most).await??;
    // A session of a disabled integration can still be opened: its first capture or code, or abandoning it, ends it
    // with an outcome that the browser can take to the tenant. A problem document here would leave the browser
    // stranded.
    if session.stage == SessionStage::Created {
        tx.open_session(&id, &request.device, &random_text::<32>(verifier.rng())).await?;
        tx.record(now, Event::SessionOpened, &id, account.as_deref(), "").await?;
    }
    // Repeated, the call gets the policy of the first ticket, which the client may have: it signs the digest of that one.
    let policy = if let Some(sent) = tx.sent_policy(&id).await? {
        sent
    } else {
        let sent = SentPolicy::new(&verifier.policy_of(&integration));
        tx.keep_sent_policy(&id, &sent).await?;
        sent
    };
    let nonce = tx.nonce(&id).await?.to_string();
    let fallback = codes::offered(&verifier, &mut tx, &session).await?;
    let attendance = enrollment::takes_supervisor(&integration.rules) && bindings::enrolls(&mut tx, &session).await?;
    tx.commit().await?;
    Ok(Json(ticket(session, integration, nonce, policy, fallback, attendance)))
}

/// Ends a session without a face. Repeating the call gets the same answer. An approval that the browser has not fetched
/// yet is withdrawn, so that "not me" takes effect; a pending enrollment is dropped with it.
#[utoipa::path(post, path = "/v1/sessions/{id}/abandon", tag = "client", 
    request_body(content = Abandon, example = json!({"reason": "cancelled"})),
    params(
        ("id" = String, Path, description = "Session"),
        ("countenance-proof" = String, Header, description = "Proof of the device key over this request"),
    ),
    responses(
        (status = 200, body = Outcome, example = json!({
            "outcome": "refused", "reason": "cancelled",
            "continue_url": "https://verifier.example/return/2tQfUO5cW0m3Yy7mGcOPv2UcyAj8QVZQxkPSgkQ3rT0"
        })),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn abandon(
    State(verifier): State<AppState>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let request = AuthenticatedRequest::json(&verifier, request).await?;
    let Abandon { reason } = request.parse()?;
    if !reason.may_be_given_by_client() {
        return Err(Refusal::ReasonNotAllowed);
    }
    let now = verifier.now();
    let mut tx = verifier.store().begin().await?;
    let session = bound_session(&mut tx, &id, &request.device).await?;
    if session.stage == SessionStage::Refused {
        let answer = tx.final_outcome(&id).await?.ok_or(Refusal::SessionOver)?;
        return Ok(captures::json(answer.to_string()));
    }
    if session.returned {
        return Err(Refusal::SessionOver);
    }
    // An approval can be withdrawn as long as the browser may fetch it, which is slightly longer than the session
    // lives.
    if session.expires_at <= now && session.stage != SessionStage::Approved {
        return Ok(captures::json(captures::outcome_text(&Outcome::Expired)));
    }
    if reason == Reason::CannotEnforce {
        tx.mark_cannot_enforce(&session.integration_id, &request.device).await?;
    }
    let handle_expires_at = now + crate::HANDLE_SECS;
    let handle = verifier.refuse(&mut tx, &id, reason, handle_expires_at).await?;
    tx.commit().await?;
    let outcome = Outcome::Refused { reason, continue_url: verifier.return_url(&handle) };
    Ok(captures::json(captures::outcome_text(&outcome)))
}

/// The session `id`, if it is bound to `device` and the device is registered and enabled.
pub(crate) async fn bound_session(tx: &mut Tx<'_>, id: &str, device: &str) -> Result<Session, Refusal> {
    Ok(session_and_device(tx, id, device).await?.0)
}

/// As [`bound_session`], if the device may also post a face for the session's account: its binding may have been removed,
/// or the account enrolled, since it opened the session.
pub(crate) async fn capturing_session(tx: &mut Tx<'_>, id: &str, device: &str) -> Result<Session, Refusal> {
    let (session, device) = session_and_device(tx, id, device).await?;
    let is_admitted = session.stage.over() || bindings::is_admitted(tx, &session, &device).await?;
    if is_admitted { Ok(session) } else { Err(Refusal::DeviceNotBound { approval: None }) }
}

/// As [`bound_session`], with the device.
pub(crate) async fn session_and_device(tx: &mut Tx<'_>, id: &str, device: &str) -> Result<(Session, Device), Refusal> {
    let session = tx.session(id).await?.ok_or(Refusal::SessionUnknown)?;
    let registered = match tx.device(&session.integration_id, device).await? {
        Some(device) if device.enabled => device,
        Some(_) => return Err(Refusal::DeviceDisabled),
        None => return Err(Refusal::DeviceUnknown),
    };
    match &session.device {
        Some(bound) if bound == device => Ok((session, registered)),
        Some(_) => Err(Refusal::OtherDevice),
        None => Err(Refusal::SessionNotOpen),
    }
}

fn ticket(
    session: Session,
    integration: Integration,
    nonce: String,
    policy: SentPolicy,
    fallback: Vec<Fallback>,
    attendance: bool,
) -> Ticket {
    Ticket {
        session_id: session.id,
        nonce,
        purpose: session.purpose,
        display: Display {
            application: session.application,
            tenant: integration.rules.tenant_host,
            account: session.account,
            started_at: session.started_at,
        },
        policy,
        fallback,
        attempts_left: session.attempts_left,
        expires_at: session.expires_at,
        attendance,
        // A client that cannot ask for a supervisor must not begin.
        crit: if attendance { vec!["attendance".to_owned()] } else { Vec::new() },
    }
}

/// The example ticket for the description. Serialized to text and parsed again, so that 32-bit thresholds keep their
/// short form.
fn example_ticket() -> serde_json::Value {
    let ticket = Ticket {
        session_id: "bW4m9Qb2p0m8TQkQ3rT0xw".into(),
        nonce: "0m2m6bR0T1Yw1s4n5EyBz7cT9PpkQ8iZcXr1v0mVfBq".into(),
        purpose: Purpose::Verify,
        display: Display {
            application: "Payroll".into(),
            tenant: "tenant.example".into(),
            account: "a•••@example.org".into(),
            started_at: 1_800_000_000,
        },
        policy: SentPolicy::new(&Policy::default()),
        fallback: Vec::new(),
        attempts_left: 5,
        expires_at: 1_800_000_600,
        attendance: false,
        crit: Vec::new(),
    };
    let text = serde_json::to_string(&ticket).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}
