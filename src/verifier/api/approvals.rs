//! `POST /v1/bindings/lookup` and `…/approve`: a device that is bound to an account allows another one, by the code that
//! the other one shows.
//!
//! Only a device that is bound to the account of the request learns anything: for every other one, each code is refused
//! alike, so that nobody can find out which codes exist, or whose they are.
//!
//! The person's face is not asked for again. An approval only makes the other device one of the account's: each sign-in
//! with it still needs the live face of the enrolled person. Whoever uses an unlocked computer of theirs can thus allow a
//! device that stays allowed when the computer is gone, as they could by the mailed link in the same computer's mailbox.
//! A face would not keep out the commoner attack, a person who is talked into typing a stranger's code: they would show
//! it. So the client shows what is asked before it approves, the owner is told by mail, and the log names both devices.

use axum::{
    Json,
    extract::{Request, State},
};
use countenance_core::protocol::{
    ApprovalCode, ApprovalOffer, ApprovalRequest, ApproveDevice, ApprovedDevice, ClientVersion, Display, KeyProtection,
    LookUpApproval, Problem,
};
use sha2::{Digest, Sha256};

use crate::{
    AppState, DeviceRule,
    api::devices,
    api::problem::Refusal,
    api::request::AuthenticatedRequest,
    browser::notices::Notice,
    limits::Limited,
    store::{Approval, BindingSource, Integration, Session, StoreError, Tx},
};

/// Maximum number of a device's accounts for which its wrong codes count. More than a family has.
const ACCOUNTS_MAX: u32 = 16;

/// A request that the calling device may approve.
struct Found {
    approval: Approval,
    session: Session,
    integration: Integration,
    /// Of the calling device's key.
    key_protection: KeyProtection,
}

/// The code by which a recorded request can be approved. It follows from the launch link's code, which is stored nowhere,
/// and from what is stored of the request: a repeated call shows the same code, and a later request has another.
pub(crate) fn code(launch_code: &str, device: &str, request: &str) -> ApprovalCode {
    let mut digest = Sha256::new();
    for part in ["countenance verifier: approval code", launch_code, device, request] {
        digest.update(part);
        digest.update([0]);
    }
    let mut bits = [0; 5];
    bits.iter_mut().zip(digest.finalize()).for_each(|(to, from)| *to = from);
    ApprovalCode::from_bytes(bits)
}

/// What the refused device shows until the session ends.
pub(crate) fn offer(code: ApprovalCode, session: &Session, now: i64) -> ApprovalOffer {
    let left = session.expires_at.saturating_sub(now);
    ApprovalOffer { code, expires_in: u32::try_from(left).unwrap_or_default() }
}

/// Reports what an approval code is for, to a device that is bound to the same account and enabled, and is not a kiosk.
/// Every other code and device is refused alike.
#[utoipa::path(post, path = "/v1/bindings/lookup", tag = "client",
    request_body(content = LookUpApproval, example = json!({"code": "7KQ2-M9XT", "version": "0.1.0"})),
    params(("countenance-proof" = String, Header, description = "Proof of the device key over this request")),
    responses(
        (status = 200, body = ApprovalRequest, example = json!({
            "display": {
                "application": "Payroll", "tenant": "tenant.example", "account": "a•••@example.com",
                "started_at": 1_800_000_000
            },
            "device_id": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "device_name": "countenance 0.1.0+3f9c21d",
            "requested_at": 1_800_000_020
        })),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn look_up(
    State(verifier): State<AppState>,
    request: Request,
) -> Result<Json<ApprovalRequest>, Refusal> {
    let request = AuthenticatedRequest::json(&verifier, request).await?;
    let wanted: LookUpApproval = request.parse()?;
    let mut tx = verifier.store().begin().await?;
    let found = find(&verifier, &mut tx, &request.device, &wanted.code).await?;
    let Some(found) = found.filter(|found| found.approval.approved_by.is_none()) else {
        return Err(refused(&verifier, tx, &request.device).await?);
    };
    let Some(requested_at) = found.approval.requested_at else {
        return Err(refused(&verifier, tx, &request.device).await?);
    };
    let tx = counted(&verifier, tx, &request.device, &found, wanted.version).await?;
    tx.commit().await?;
    let Found { approval, session, integration, .. } = found;
    Ok(Json(ApprovalRequest {
        display: Display {
            application: session.application,
            tenant: integration.rules.tenant_host,
            account: session.account,
            started_at: session.started_at,
        },
        device_id: approval.device,
        device_name: approval.name,
        requested_at,
    }))
}

/// Binds the device that asks to the account. Works once; repeated by the same device it gets the same answer, as long as
/// the other one is bound.
#[utoipa::path(post, path = "/v1/bindings/approve", tag = "client",
    request_body(content = ApproveDevice, example = json!({
        "code": "7KQ2-M9XT", "device_id": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "version": "0.1.0"
    })),
    params(("countenance-proof" = String, Header, description = "Proof of the device key over this request")),
    responses(
        (status = 200, body = ApprovedDevice, example = json!({"device_id": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"})),
        (status = "4XX", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn approve(
    State(verifier): State<AppState>,
    request: Request,
) -> Result<Json<ApprovedDevice>, Refusal> {
    let request = AuthenticatedRequest::json(&verifier, request).await?;
    let wanted: ApproveDevice = request.parse()?;
    let (approver, now) = (&request.device, verifier.now());
    let mut tx = verifier.store().begin().await?;
    let found = find(&verifier, &mut tx, approver, &wanted.code).await?;
    let Some(found) = found.filter(|found| found.approval.device == wanted.device_id) else {
        return Err(refused(&verifier, tx, approver).await?);
    };
    let (session, device) = (&found.session, &found.approval.device);
    let (integration, sub) = (&session.integration_id, &session.sub);
    let is_repeated = found.approval.approved_by.as_ref() == Some(approver)
        // A device that was removed meanwhile stays out.
        && tx.is_bound(integration, sub, device).await?;
    let is_open = found.approval.approved_by.is_none() && found.approval.requested_at.is_some();
    if !is_repeated && !is_open {
        return Err(refused(&verifier, tx, approver).await?);
    }
    let mut tx = counted(&verifier, tx, approver, &found, wanted.version).await?;
    let mut notice = None;
    if is_open {
        tx.spend_approval_code(session, &wanted.code, device, approver, now).await?;
        tx.bind_device(integration, sub, device, BindingSource::Device, now).await?;
        notice = Notice::of_device(&verifier, &mut tx, session, BindingSource::Device).await?;
    }
    tx.commit().await?;
    if let Some(notice) = notice {
        notice.post(&verifier);
    }
    Ok(Json(ApprovedDevice { device_id: wanted.device_id }))
}

/// The request behind a code, if `approver` may approve it.
async fn find(
    verifier: &AppState,
    tx: &mut Tx<'_>,
    approver: &str,
    code: &ApprovalCode,
) -> Result<Option<Found>, Refusal> {
    let now = verifier.now();
    // Right codes count like wrong ones, so that the answer does not depend on which it was.
    verifier.buckets().approval(approver, now)?;
    let Some(approval) = tx.approval(code, approver, now).await? else { return Ok(None) };
    let Some(session) = tx.session(&approval.session_id).await? else { return Ok(None) };
    let Some(integration) = tx.integration(&session.integration_id).await? else { return Ok(None) };
    let own = tx.device(&integration.id, approver).await?;
    let other = tx.device(&integration.id, &approval.device).await?;
    // A kiosk is used by many people; that one of them was bound to it before says nothing about who uses it now.
    let key_protection = own.as_ref().map(|device| device.key_protection).unwrap_or_default();
    let is_trusted = own.is_some_and(|device| device.enabled && !device.kiosk);
    let is_wanted = other.is_some_and(|device| device.enabled);
    let is_allowed = integration.rules.enabled && integration.rules.device_rule == DeviceRule::Open;
    let is_under_way = !session.stage.over() || approval.approved_by.is_some();
    let may = is_trusted && is_wanted && is_allowed && is_under_way;
    Ok(may.then_some(Found { approval, session, integration, key_protection }))
}

/// Counts a code for the account of a request, and checks the version of the client and the protection of the key.
async fn counted<'t>(
    verifier: &AppState,
    mut tx: Tx<'t>,
    approver: &str,
    found: &Found,
    version: Option<ClientVersion>,
) -> Result<Tx<'t>, Refusal> {
    let Found { session, integration, key_protection, .. } = found;
    let account = tx.pseudonym(&integration.id, &session.sub).await?.unwrap_or_default();
    let most = integration.rules.limits.approvals_per_day;
    verifier.count_daily(&mut tx, &integration.id, Limited::Approvals, &account, most).await??;
    tx.see_client(&integration.id, approver, version, verifier.now()).await?;
    if let Err(refusal) = devices::check(&integration.rules, version, *key_protection) {
        tx.commit().await?;
        return Err(refusal);
    }
    Ok(tx)
}

/// Refuses a code, and counts it for each account to which the device is bound.
async fn refused(verifier: &AppState, mut tx: Tx<'_>, device: &str) -> Result<Refusal, StoreError> {
    let mut refusal = Refusal::ApprovalRefused;
    for (id, account) in tx.accounts_of_device(device, ACCOUNTS_MAX).await? {
        let Some(integration) = tx.integration(&id).await? else { continue };
        let most = integration.rules.limits.approvals_per_day;
        if let Err(exceeded) = verifier.count_daily(&mut tx, &id, Limited::Approvals, &account, most).await? {
            refusal = exceeded.into();
        }
    }
    tx.commit().await?;
    Ok(refusal)
}
