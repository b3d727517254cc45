//! Which devices may verify the face of which account.
//!
//! A password and a picture of the owner must not be enough, so a face counts only on a device that is bound to the
//! account, or on a kiosk of the integration. A device that is not bound is registered and its request recorded: an
//! operator, the owner by a mailed link, or a device that is bound ([`approvals`]) may allow it, after which the same launch
//! link works.

use crate::{
    AppState,
    api::approvals,
    api::devices,
    api::problem::Refusal,
    api::request::AuthenticatedRequest,
    browser::device_link,
    limits::Limited,
    store::{Device, RecordedRequest, Session, StoreError, Tx},
};
use countenance_core::{
    protocol::{OpenSession, Purpose},
    rng::random_text,
};

/// Maximum number of requests of an account at a time. Later ones are refused without being recorded.
const REQUESTS_MAX: i64 = 5;

/// Whether a registered device may take part in the session. In an enrollment any device may, as long as the account
/// has no template to compare with.
pub(crate) async fn is_admitted(tx: &mut Tx<'_>, session: &Session, device: &Device) -> Result<bool, StoreError> {
    Ok(device.kiosk
        || enrolls(tx, session).await?
        || tx.is_bound(&session.integration_id, &session.sub, &device.id).await?)
}

/// Whether the session stores a template rather than comparing with one. An account may have been enrolled by another
/// session meanwhile.
pub(crate) async fn enrolls(tx: &mut Tx<'_>, session: &Session) -> Result<bool, StoreError> {
    Ok(session.purpose == Purpose::Enroll && !tx.is_enrolled(&session.integration_id, &session.sub).await?)
}

/// Refuses a device that is not bound to the session's account, after recording its request and, where possible,
/// mailing the link by which the owner can allow it. The session stays as it is.
pub(crate) async fn refuse(
    verifier: &AppState,
    mut tx: Tx<'_>,
    session: &Session,
    request: &AuthenticatedRequest,
    wanted: &OpenSession,
    is_registered: bool,
) -> Result<Refusal, Refusal> {
    let now = verifier.now();
    let (integration, sub) = (&session.integration_id, &session.sub);
    match tx.recorded_request(&session.id, &request.device).await? {
        Some(RecordedRequest::Waits { id }) => {
            let code = approvals::code(&wanted.code, &request.device, &id);
            tx.keep_approval_code(session, &request.device, &code).await?;
            tx.commit().await?;
            return Ok(Refusal::DeviceNotBound { approval: Some(approvals::offer(code, session, now)) });
        }
        Some(RecordedRequest::Refused) => {
            tx.commit().await?;
            return Ok(Refusal::DeviceNotBound { approval: None });
        }
        None => {}
    }
    if tx.count_binding_requests(integration, sub, now).await? >= REQUESTS_MAX {
        // The version of the device's client is kept all the same.
        tx.commit().await?;
        return Ok(Refusal::DeviceNotBound { approval: None });
    }
    if !is_registered {
        devices::add(&mut tx, integration, request, &devices::Said::of(wanted), false, now).await?;
    }
    let token = random_text::<32>(verifier.rng());
    let recorded = tx.request_binding(session, &request.device, &token, now).await?;
    let code = approvals::code(&wanted.code, &request.device, &recorded);
    tx.keep_approval_code(session, &request.device, &code).await?;
    let letter = device_link::letter(verifier, &mut tx, session, &token).await?;
    // Above the limit nothing is mailed; an operator can still allow the device.
    let letter = match letter {
        Some(letter) if may_mail(verifier, &mut tx, session).await? => Some(letter),
        _ => None,
    };
    tx.commit().await?;
    if let Some(letter) = letter {
        letter.post(verifier);
    }
    Ok(Refusal::DeviceNotBound { approval: Some(approvals::offer(code, session, now)) })
}

async fn may_mail(verifier: &AppState, tx: &mut Tx<'_>, session: &Session) -> Result<bool, StoreError> {
    let Some(integration) = tx.integration(&session.integration_id).await? else { return Ok(false) };
    let account = tx.pseudonym(&session.integration_id, &session.sub).await?.unwrap_or_default();
    let most = integration.rules.limits.mails_per_day;
    Ok(verifier.count_daily(tx, &integration.id, Limited::Mails, &account, most).await?.is_ok())
}
