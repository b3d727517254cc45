//! `/portal/sessions`: sessions and their stages, as a page and as CSV.

use axum::response::Response;
use maud::{Markup, Render, html};

use super::{
    csv,
    extract::{Fields, OperatorSession, PortalError},
    html::{address, choice, code, field, moment, search_field, table},
    page::PortalPage,
    time,
};
use crate::{
    role::Permission,
    store::{SessionQuery, SessionRow},
};

/// Number of sessions on a page.
const PAGE: u32 = 50;
/// Maximum page number; beyond it, operators must narrow the search.
const PAGES_MAX: u32 = 10_000;

/// The list, newest first.
pub(super) async fn list(session: OperatorSession) -> Result<PortalPage, PortalError> {
    let (query, unread) = asked(&session.query);
    let number = session.query.get("page").parse::<u32>().unwrap_or(0).min(PAGES_MAX);
    let mut tx = session.verifier.store().read().await?;
    let mut found = tx.sessions(&query, number * PAGE, PAGE + 1).await?;
    let audits = session.may(Permission::Audit);
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let integrations = tx.integrations().await?;
    let integrations = integrations.iter().map(|i| (i.id.as_str(), i.rules.name.as_str()));
    let integrations: Vec<_> = std::iter::once(("", "All")).chain(integrations).collect();
    let stages =
        [("", "All"), ("created", "created"), ("open", "open"), ("approved", "approved"), ("refused", "refused")];
    let since = session.query.get("since");
    let filters =
        [("integration", query.integration_id), ("stage", query.stage), ("reason", query.reason), ("since", since)];
    let at = |path: &str, page: &str| {
        let [integration, stage, reason, since] = filters;
        address(path, &[integration, stage, reason, since, ("page", page)])
    };
    let heads = [
        "Began",
        "Integration",
        "Application",
        "Account",
        "Purpose",
        "Stage",
        "Reason",
        "By",
        "Device",
        "Went back",
        "Session",
    ];
    let rows: Vec<_> = found.iter().map(|row| cells(row, session.verifier.now(), audits)).collect();
    let since_field = html! {
        input #since name="since" value=(since);
        @if unread { p.error role="alert" { "This is no time: it is left out." } }
    };
    let body = html! {
        form method="get" action="/portal/sessions" role="search" class="filters" {
            (field("integration", "Integration", &choice("integration", &integrations, query.integration_id)))
            (field("stage", "Stage", &choice("stage", &stages, query.stage)))
            (search_field("reason", "Reason, such as no_match", query.reason))
            (field("since", "Since (UTC), such as 2026-11-22T13:00", &since_field))
            button { "Show" }
        }
        p.help {
            "A session is kept for an hour after its time; what happened stays in the "
            @if audits { a href="/portal/audit" { "audit log" } } @else { "audit log" } "."
        }
        @if rows.is_empty() { p { "There are none." } }
        @else {
            (table("Sessions, the newest first", &heads, &rows))
            @if audits {
                p {
                    a href=(at("/portal/sessions.csv", "")) download { "Save as CSV" }
                    " (at most " (csv::ROWS_MAX) " sessions)"
                }
            }
        }
        @if let Some(newer) = number.checked_sub(1) {
            p { a href=(at("/portal/sessions", &newer.to_string())) { "Newer" } }
        }
        @if more { p { a href=(at("/portal/sessions", &(number + 1).to_string())) { "Older" } } }
    };
    Ok(session.page("portal-sessions", "Sessions", body))
}

/// The same list as CSV, not paged.
pub(super) async fn export(session: OperatorSession) -> Result<Response, PortalError> {
    let (query, _) = asked(&session.query);
    let rows = session.verifier.store().read().await?.sessions(&query, 0, csv::ROWS_MAX).await?;
    let heads = [
        "session",
        "integration",
        "started_at",
        "expires_at",
        "application",
        "account",
        "purpose",
        "stage",
        "reason",
        "method",
        "device",
        "returned",
    ];
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            vec![
                row.id,
                row.integration,
                time::iso(row.started_at),
                time::iso(row.expires_at),
                row.application,
                row.account,
                row.purpose,
                row.stage,
                row.reason.unwrap_or_default(),
                row.method,
                row.device.unwrap_or_default(),
                row.returned.to_string(),
            ]
        })
        .collect();
    Ok(csv::download("sessions.csv", &heads, &rows))
}

/// Parses the filters; the flag reports a time that could not be parsed and is ignored.
fn asked(query: &Fields) -> (SessionQuery<'_>, bool) {
    let since = query.get("since");
    let found = time::parse(since);
    let unread = !since.is_empty() && found.is_none();
    let wanted = SessionQuery {
        integration_id: query.get("integration"),
        stage: query.get("stage"),
        reason: query.get("reason").trim(),
        since: found,
    };
    (wanted, unread)
}

fn cells(row: &SessionRow, now: i64, audits: bool) -> Vec<Markup> {
    let over = matches!(row.stage.as_str(), "approved" | "refused");
    vec![
        moment(row.started_at),
        row.integration.render(),
        row.application.render(),
        row.account.render(),
        row.purpose.render(),
        html! { (row.stage) @if !over && row.expires_at <= now { " (time is over)" } },
        row.reason.as_deref().unwrap_or("–").render(),
        html! { @if row.stage == "approved" { (row.method) } @else { "–" } },
        code(row.device.as_deref().unwrap_or_default()),
        html! { @if row.returned { "yes" } @else { "no" } },
        html! {
            @if audits { a href=(address("/portal/audit", &[("subject", &row.id)])) { code { (row.id) } } }
            @else { (code(&row.id)) }
        },
    ]
}
