//! `/portal/integrations/new`: creates an integration; also the page that shows a Session Secret once.

use axum::http::StatusCode;
use maud::{Markup, Render, html};

use super::{
    extract::{OperatorSession, PortalError, VerifiedForm},
    html::{code, copyable, table},
    page::PortalPage,
    rules_form::RulesForm,
};
use crate::{SessionSecret, store::Integration};

/// The form, with the default options.
pub(super) async fn show(session: OperatorSession) -> PortalPage {
    new_page(&session, &RulesForm::fresh())
}

/// Creates the integration and shows its id and its secret; the secret is shown only this once.
pub(super) async fn create(form: VerifiedForm) -> Result<PortalPage, PortalError> {
    let mut wanted = RulesForm::read(&form.fields);
    let Some(rules) = wanted.rules() else {
        return Ok(new_page(&form.session, &wanted).status(StatusCode::UNPROCESSABLE_ENTITY));
    };
    let verifier = &form.session.verifier;
    let mut tx = verifier.store().begin().await?;
    form.once(&mut tx).await?;
    let (id, secret) = verifier.add_integration(&mut tx, rules.clone()).await?;
    tx.commit().await?;
    let lead = html! {
        "The integration is made. Put these four into the secrets of the Action in your tenant now: the Session Secret \
         is not shown again, not even if you reload this page."
    };
    Ok(secret_page(&form.session, &Integration { id, rules }, &secret, &lead))
}

/// The four secrets of the Action, including the Session Secret in the clear.
pub(super) fn secret_page(
    session: &OperatorSession,
    integration: &Integration,
    secret: &SessionSecret,
    lead: &Markup,
) -> PortalPage {
    let setting = |name: &str, id: &str, value: &str, note: &str| vec![code(name), copyable(id, value), note.render()];
    let rows = [
        setting("SESSION_SECRET", "session-secret", secret.reveal(), "Signs the way here and the way back."),
        setting("INTEGRATION_ID", "integration-id", &integration.id, "Which integration a login belongs to."),
        setting(
            "VERIFIER_ORIGIN",
            "verifier-origin",
            &session.verifier.origin().text(),
            "Where the Action sends people.",
        ),
        setting(
            "MODE",
            "mode",
            "always",
            "Every login shows a face; on-demand: only where the application asks for it.",
        ),
    ];
    let body = html! {
        p role="status" { strong { (lead) } }
        (table("Secrets of the Action", &["Key", "Value", "What it is"], &rows))
        p.help { "A click selects a whole value." }
        p {
            a.go href={ "/portal/integrations/" (integration.id) "/check" } {
                "I have put them there: check the set-up"
            }
        }
    };
    session.page("portal-secret", format!("Secrets for {}", integration.rules.name), body)
}

fn new_page(session: &OperatorSession, wanted: &RulesForm) -> PortalPage {
    let body = html! {
        form method="post" action="/portal/integrations/new" {
            (session.one_time_field())
            (wanted.html(&session.verifier))
            button.go { "Make the integration" }
        }
    };
    session.page("portal-new", "New integration", body)
}
