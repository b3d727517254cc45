//! `/portal/integrations/{id}/users/enrolment`: lets a user enroll for some hours, where that takes an operator.

use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};

use super::{
    extract::{OperatorSession, PortalError, VerifiedForm},
    html::{address, button, field, moment},
};
use crate::{EnrolmentFlow, browser::pages::one_line, role::Permission, store::Integration};
use countenance_core::clock::UnixSecs;

/// Maximum time that an operator may give, hours: two weeks.
const HOURS_MAX: i64 = 14 * 24;
/// Maximum length of an external identifier, bytes. Origin: twice what Auth0 makes, provider included.
const USER_MAX_BYTES: usize = 256;

/// Whether users of this integration wait for an operator.
fn takes_operator(integration: &Integration) -> bool {
    integration.rules.allow_self_enrolment && integration.rules.enrolment_flow == EnrolmentFlow::Operator
}

/// The form for any user, also one who never signed in; nothing where no operator is needed.
pub(super) fn form(session: &OperatorSession, integration: &Integration, user: &str) -> Markup {
    let name = html! { input #user name="user" value=(user) required maxlength=(USER_MAX_BYTES) spellcheck="false"; };
    let hours = html! { input #hours name="hours" type="number" min="1" max=(HOURS_MAX) value="24" required; };
    html! {
        @if takes_operator(integration) && session.may(Permission::Help) {
            details open[!user.is_empty()] {
                summary { "Let a user enroll …" }
                p.help {
                    "Make sure that it is the owner who asks, by a way that does not hang on the password. Until then, or until \
                     the first enrollment, whoever signs in as this user enrolls their face."
                }
                form method="post" action={ "/portal/integrations/" (integration.id) "/users/enrolment" } class="narrow" {
                    (session.form_token_field())
                    (field("user", "External identifier (Auth0 user_id)", &name))
                    (field("hours", "Hours", &hours))
                    button { "Let them enroll" }
                }
            }
        }
    }
}

/// What a user without a face waits for, in the list of users.
pub(super) fn state(session: &OperatorSession, integration: &Integration, user: &str, until: UnixSecs) -> Markup {
    let action = format!("/portal/integrations/{}/users/enrolment", integration.id);
    let end = [("user", user), ("hours", "0")];
    html! {
        "not enrolled"
        @if takes_operator(integration) && until > session.verifier.now() {
            ", may enroll until " (moment(until)) " "
            @if session.may(Permission::Help) { (button(&action, &session.form_token_field(), &end, "No longer")) }
        }
    }
}

/// Lets a user enroll, or no longer.
pub(super) async fn save(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    let (session, user) = (&form.session, form.fields.get("user").trim());
    let hours = form.fields.get("hours").trim().parse().ok().filter(|hours| (0..=HOURS_MAX).contains(hours));
    let named = !user.is_empty() && user.len() <= USER_MAX_BYTES && one_line(user) == user;
    let hours: i64 = hours.filter(|_| named).ok_or(PortalError::Malformed)?;
    let mut tx = session.verifier.store().begin().await?;
    let integration = session.integration(&mut tx, &id).await?;
    // Refused rather than kept for a later change of the rules, by which it would take effect unnoticed.
    if !takes_operator(&integration) {
        return Err(PortalError::Malformed);
    }
    let now = session.verifier.now();
    let until = if hours == 0 { 0 } else { now + hours * 3600 };
    tx.let_enroll(&id, user, until, now).await?;
    tx.commit().await?;
    let users = address(&format!("/portal/integrations/{id}/users"), &[("q", user), ("enrolment", "1")]);
    Ok(Redirect::to(&users).into_response())
}
