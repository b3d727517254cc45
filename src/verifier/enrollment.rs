//! Enrollment: the template of an accepted capture is pending until the browser that started the sign-in returns. Whoever
//! lures a person to the camera for a sign-in of their own leaves no template behind.

use crate::{
    AppState, EnrolmentFlow, Rules,
    browser::notices::Notice,
    store::{BindingSource, Device, Event, Integration, Session, StoreError, Tx},
};
use countenance_core::{
    clock::UnixSecs,
    protocol::{ConsentClaim, Reason, SupervisorNumber},
};
use countenance_vision::Embedding;

/// What an accepted capture enrolls.
pub(crate) struct Enrollment {
    pub(crate) template: Embedding,
    /// The embedding of each sample.
    pub(crate) samples: Vec<Embedding>,
    /// What the person agreed to, if anything was shown.
    pub(crate) consent: Option<ConsentClaim>,
}

/// Whether an account without a template may enroll one now.
pub(crate) async fn is_allowed(
    tx: &mut Tx<'_>,
    integration: &Integration,
    sub: &str,
    now: UnixSecs,
) -> Result<bool, StoreError> {
    let rules = &integration.rules;
    let is_let =
        rules.enrolment_flow != EnrolmentFlow::Operator || tx.enrolment_until(&integration.id, sub).await? > now;
    Ok(rules.allow_self_enrolment && is_let)
}

/// Whether it may with this device.
pub(crate) fn is_allowed_with(rules: &Rules, is_kiosk: bool) -> bool {
    is_kiosk || !takes_supervisor(rules)
}

/// Whether a supervisor has to confirm it at the kiosk.
pub(crate) fn takes_supervisor(rules: &Rules) -> bool {
    rules.enrolment_flow == EnrolmentFlow::Attended
}

/// Whether the session has been confirmed as its integration demands, by a supervisor who still may.
pub(crate) async fn is_attended(
    tx: &mut Tx<'_>,
    integration: &Integration,
    session: &Session,
) -> Result<bool, StoreError> {
    if !takes_supervisor(&integration.rules) {
        return Ok(true);
    }
    match &session.attended_by {
        Some(supervisor) => tx.may_attend(&integration.id, supervisor, &session.sub).await,
        None => Ok(false),
    }
}

/// What became of a pending enrollment at the return.
pub(crate) enum Promotion {
    /// The account is enrolled. The notice is to be sent after the commit.
    Enrolled(Option<Notice>),
    /// Nothing was stored.
    Refused(Reason),
}

/// Makes a pending enrollment the account's own, and binds the device to the account unless it is a kiosk. Never replaces a
/// template: of several pending enrollments the first to return is the account's.
pub(crate) async fn promote(
    verifier: &AppState,
    tx: &mut Tx<'_>,
    session: &Session,
    integration: &Integration,
    device: &Device,
    enrollment: &Enrollment,
) -> Result<Promotion, StoreError> {
    let (id, sub, now) = (&integration.id, &session.sub, verifier.now());
    let is_allowed = is_allowed(tx, integration, sub, now).await?
        && is_allowed_with(&integration.rules, device.kiosk)
        && is_attended(tx, integration, session).await?;
    if !is_allowed {
        return Ok(Promotion::Refused(Reason::NotEnrolled));
    }
    let attended_by = session.attended_by.as_ref();
    if !tx.keep_template(id, sub, enrollment, attended_by, now).await? {
        return Ok(Promotion::Refused(Reason::AlreadyEnrolled));
    }
    tx.clear_failures(id, sub).await?;
    tx.mark_verified(id, sub, now).await?;
    let account = tx.pseudonym(id, sub).await?;
    let supervisor = attended_by.map_or("", SupervisorNumber::as_str);
    tx.record(now, Event::Enrolled, &session.id, account.as_deref(), supervisor).await?;
    if let Some(supervisor) = attended_by {
        tx.count_attended(id, supervisor).await?;
    }
    if !device.kiosk {
        tx.bind_device(id, sub, &device.id, BindingSource::Enrollment, now).await?;
    }
    Ok(Promotion::Enrolled(Notice::of_enrollment(verifier, tx, session, device.kiosk).await?))
}
