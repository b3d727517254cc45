//! `/portal/integrations/{id}/users/consent`: what a person agreed to before their face was stored, and who attended.

use axum::extract::Path;
use maud::{Markup, html};

use super::{
    extract::{OperatorSession, PortalError},
    html::{address, code, moment},
    page::PortalPage,
};
use countenance_core::protocol::ConsentClaim;

/// The record of one account.
pub(super) async fn show(session: OperatorSession, Path(id): Path<String>) -> Result<PortalPage, PortalError> {
    let mut tx = session.verifier.store().read().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let user = tx.user(&id, session.query.get("user")).await?.ok_or(PortalError::NoAccount)?;
    let consent = tx.consent(&id, &user.sub).await?;
    let supervisor = match tx.attended_by(&id, &user.sub).await? {
        Some(number) => tx.supervisor(&id, &number).await?,
        None => None,
    };
    let body = html! {
        p { strong { (user.sub) } @if let Some(at) = user.enrolled_at { ", enrolled " (moment(at)) } }
        @if let Some(supervisor) = &supervisor {
            p { "Attended by " strong { (supervisor.name) } ", supervisor " (code(supervisor.number.as_str())) "." }
        }
        @match (&consent, user.enrolled_at) {
            (Some(consent), _) => (record(consent)),
            (None, None) => p { "Not enrolled: no face is stored, and no consent." },
            (None, Some(_)) => p {
                "None is recorded: the face was enrolled before consents were, or by a client without a window, which \
                 shows nothing. Ask for it on paper, or delete the face and let the person enroll again."
            },
        }
        p { a href=(address(&format!("/portal/integrations/{id}/users"), &[("q", &user.sub)])) { "Back to the users" } }
    };
    Ok(session.page("portal-consent", "Consent of a user", body).of_integration(&id, &integration.rules.name))
}

fn record(consent: &ConsentClaim) -> Markup {
    html! {
        dl {
            dt { "Given" } dd { (moment(consent.given_at)) ", by the device's clock" }
            dt { "Language" } dd { (consent.language) }
            dt { "Shown" }
            dd lang=(consent.language) dir="auto" { @for line in consent.text.lines() { p { (line) } } }
        }
        p.help { "Signed by the device with the capture. Deleted with the face." }
    }
}
