//! `/portal/integrations`: list of all integrations, and which of their kiosks need attention.

use maud::{Render, html};

use super::{
    extract::{OperatorSession, PortalError},
    html::{code, moment, table},
    kiosks,
    page::PortalPage,
};
use crate::{fleet::Counts, role::Permission, store::SetupEvent};

/// The list, in order of creation.
pub(super) async fn list(session: OperatorSession) -> Result<PortalPage, PortalError> {
    let mut tx = session.verifier.store().read().await?;
    let mut rows = Vec::new();
    let mut alerts = Vec::new();
    for integration in tx.integrations().await? {
        let (created_at, _) = tx.integration_times(&integration.id).await?;
        let seen = tx.setup_events(&integration.id).await?;
        let last = seen.iter().find(|seen| seen.what == SetupEvent::Start);
        let (address, name) = (format!("/portal/integrations/{}", integration.id), &integration.rules.name);
        let counts = Counts::of(&tx.kiosks(&integration.id).await?, session.verifier.now());
        alerts.push(kiosks::alert(&integration.id, name, counts));
        rows.push(vec![
            html! { a href=(address) { (name) } },
            html! { @if integration.rules.enabled { "On" } @else { "Off" } },
            integration.rules.tenant_host.render(),
            code(&integration.id),
            moment(created_at),
            html! { @if let Some(seen) = last { (moment(seen.at)) } @else { "never" } },
            html! { a href={ (address) "/check" } { "Check " (name) } },
        ]);
    }
    let heads = ["Name", "State", "Tenant", "Integration Id", "Added", "Last login begun", "Set-up"];
    let body = html! {
        @for alert in alerts { (alert) }
        @if session.may(Permission::Configure) {
            p { a.go href="/portal/integrations/new" { "New integration" } }
        }
        @if rows.is_empty() {
            p {
                "There is none yet. Make one: it gives you the Integration Id and the Session Secret that the Action \
                 in your tenant needs."
            }
        } @else { (table("Integrations in the order in which they were added", &heads, &rows)) }
    };
    Ok(session.page("portal-integrations", "Integrations", body))
}
