//! `/portal/integrations`: all of them.

use super::{
    extract::{OperatorSession, PortalError},
    html::{Cell, moment, table},
    page::PortalPage,
};
use crate::{browser::pages::text, store::SetupEvent};

/// The list, in the order in which they were added.
pub(super) async fn list(session: OperatorSession) -> Result<PortalPage, PortalError> {
    let mut tx = session.verifier.store().begin().await?;
    let mut rows = Vec::new();
    for integration in tx.integrations().await? {
        let (created_at, _) = tx.integration_times(&integration.id).await?;
        let seen = tx.setup_events(&integration.id).await?;
        let last = seen.iter().find(|seen| seen.what == SetupEvent::Start);
        let address = format!("/portal/integrations/{}", text(&integration.id));
        rows.push(vec![
            Cell(format!("<a href=\"{address}\">{}</a>", text(&integration.rules.name))),
            Cell::text(if integration.rules.enabled { "On" } else { "Off" }),
            Cell::text(&integration.rules.tenant_host),
            Cell::code(&integration.id),
            Cell::time(Some(created_at)),
            Cell(last.map_or_else(|| "never".to_owned(), |seen| moment(seen.at))),
            Cell(format!("<a href=\"{address}/check\">Check {}</a>", text(&integration.rules.name))),
        ]);
    }
    let list = if rows.is_empty() {
        "<p>There is none yet. Make one: it gives you the Integration Id and the Session Secret that the Action in your \
         tenant needs.</p>\n"
            .to_owned()
    } else {
        let heads = ["Name", "State", "Tenant", "Integration Id", "Added", "Last login begun", "Set-up"];
        table("Integrations in the order in which they were added", &heads, &rows)
    };
    let body = format!("<p><a class=\"go\" href=\"/portal/integrations/new\">New integration</a></p>\n{list}");
    Ok(session.page("portal-integrations", "Integrations", body))
}
