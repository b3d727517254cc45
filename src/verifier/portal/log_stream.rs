//! `/portal/integrations/{id}/log-token`: the token that authorizes a tenant's log stream.

use axum::extract::Path;
use maud::{Markup, Render, html};

use super::{
    extract::{OperatorSession, PortalError, VerifiedForm},
    html::{copyable, table},
    page::PortalPage,
};

/// Creates a token, shows it once, and revokes the previous one.
pub(super) async fn make(Path(id): Path<String>, form: VerifiedForm) -> Result<PortalPage, PortalError> {
    let session = &form.session;
    let mut tx = session.verifier.store().begin().await?;
    let integration = session.integration(&mut tx, &id).await?;
    form.once(&mut tx).await?;
    let token = session.verifier.log_token(&mut tx, &id).await?;
    tx.commit().await?;
    let setting = |name: &str, element: &str, value: &str, note: &str| {
        vec![name.render(), copyable(element, value), note.render()]
    };
    let rows = [
        setting("Payload URL", "log-address", &receiver(session, &id), "Where the tenant delivers."),
        setting("Authorization token", "log-token", token.reveal(), "Sent as it stands, without a word before it."),
        setting(
            "Content type",
            "log-type",
            "application/json",
            "The content format may be JSON lines, array or object.",
        ),
    ];
    let body = html! {
        p role="status" {
            strong {
                "Put these into a Custom Webhook under Monitoring, Streams now: the token is not shown again. A token \
                 from before is refused from now on."
            }
        }
        (table("Settings of the log stream", &["Setting", "Value", "What it is"], &rows))
    };
    let title = format!("Log stream of {}", integration.rules.name);
    Ok(session.page("portal-log-token", title, body).of_integration(&id, &integration.rules.name))
}

/// The section about log streams on an integration's page.
pub(super) fn section(session: &OperatorSession, id: &str) -> Markup {
    html! {
        h2 { "Log stream" }
        p {
            "Where the tenant itself sends codes through Twilio, a custom webhook of its log streams tells this \
             verifier which codes came back right, and the verifier tells Twilio, whose fraud protection learns from it. \
             It must be the Verify service that the tenant's phone provider Action sends by."
        }
        p {
            "A user whose deletion the stream reports is erased here, too: face, devices and phone. Whoever has the token can \
             therefore erase users, so keep it as secret as the Session Secret. The webhook delivers to:"
        }
        p { code.copy { (receiver(session, id)) } }
        form method="post" action={ "/portal/integrations/" (id) "/log-token" } {
            (session.one_time_field())
            button { "Make a new token" }
        }
    }
}

fn receiver(session: &OperatorSession, id: &str) -> String {
    session.verifier.origin().url(&format!("/v1/logs/{id}")).into()
}
