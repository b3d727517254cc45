//! `/portal/audit`: the audit log and whether it is intact, as a page and as CSV.

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
    AuditCheck, AuditScope, Entry,
    store::{AuditQuery, Event, StoreError},
};

/// Number of rows on a page.
const PAGE: u32 = 100;
/// Maximum number of rows after the last checkpoint that are verified on every view; more would delay the page.
const WALKED_AT_ONCE: i64 = 10_000;

/// The log, newest row first.
pub(super) async fn list(session: OperatorSession) -> Result<PortalPage, PortalError> {
    let (query, unread) = asked(&session.query);
    let mut tx = session.verifier.store().read().await?;
    let mut found = tx.audit(&query, PAGE + 1).await?;
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let rows = tx.audit_rows().await?;
    // What is wrong with a checkpoint is reported below.
    let checked = tx.checkpoint().await.ok().flatten().map_or(0, |checkpoint| checkpoint.head.rows);
    drop(tx);
    let chain = chain_words(&session, rows, rows - checked).await?;
    let names = Event::ALL.map(Event::name).into_iter().map(|name| (name, name));
    let names: Vec<_> = std::iter::once(("", "All")).chain(names).collect();
    let filters = ["event", "subject", "account", "from", "to"].map(|name| (name, session.query.get(name).trim()));
    let at = |path: &str, before: &str| {
        let [event, subject, account, from, to] = filters;
        address(path, &[event, subject, account, from, to, ("before", before)])
    };
    let line = |name: &str, label: &str| search_field(name, label, session.query.get(name).trim());
    let heads = ["Row", "When", "Event", "Of what", "Account", "Detail"];
    let rows: Vec<_> = found.iter().map(cells).collect();
    let body = html! {
        (chain)
        form method="get" action="/portal/audit" role="search" class="filters" {
            (field("event", "Event", &choice("event", &names, query.event)))
            (line("subject", "Session, device, integration or operator"))
            (line("account", "Account's pseudonym"))
            (line("from", "From (UTC), such as 2026-11-22T13:00"))
            (line("to", "To (UTC)"))
            @if unread { p.error role="alert" { "From or To is no time: it is left out." } }
            button { "Show" }
        }
        @if rows.is_empty() { p { "There are no such rows." } }
        @else {
            (table("Audit log, the newest row first", &heads, &rows))
            p {
                a href=(at("/portal/audit.csv", "")) download { "Save as CSV" }
                " (the newest " (csv::ROWS_MAX) " rows of these; choose a time for older ones)"
            }
        }
        @if let Some(last) = found.last().filter(|_| more) {
            p { a href=(at("/portal/audit", &last.seq.to_string())) rel="next" { "Older" } }
        }
    };
    Ok(session.page("portal-audit", "Audit log", body))
}

/// The same rows as CSV, not paged.
pub(super) async fn export(session: OperatorSession) -> Result<Response, PortalError> {
    let (query, _) = asked(&session.query);
    let rows = session.verifier.store().read().await?.audit(&query, csv::ROWS_MAX).await?;
    let rows: Vec<_> = rows
        .into_iter()
        .map(|e| vec![e.seq.to_string(), time::iso(e.at), e.event, e.subject, e.account, e.detail])
        .collect();
    Ok(csv::download("audit.csv", &["row", "at", "event", "subject", "account", "detail"], &rows))
}

/// A paragraph that reports whether the log is intact.
async fn chain_words(session: &OperatorSession, rows: i64, unchecked: i64) -> Result<Markup, PortalError> {
    let whole = session.query.ticked("walk");
    if unchecked > WALKED_AT_ONCE && !whole {
        return Ok(html! {
            p { (rows) " rows. " a href="/portal/audit?walk" { "Check that the log is whole" } }
        });
    }
    let scope = if whole { AuditScope::Whole } else { AuditScope::SinceCheckpoint };
    match session.calls().check_audit(scope).await {
        Ok(AuditCheck { head, from, checked_at }) => Ok(html! {
            p {
                "The log is whole: " (head.rows) " rows, head " code.copy { (head.hash) } ". Keep the head elsewhere \
                 from time to time: a log that was cut off at its end is whole, too, but has another head."
                @if from > 0 {
                    " Rows up to " (from) " were checked on " (moment(checked_at)) ", and not again now. "
                    a href="/portal/audit?walk" { "Check them all" }
                }
            }
        }),
        Err(StoreError::AuditBroken { seq }) => Ok(html! {
            p.error role="alert" {
                "The log was changed after it was written, first at row " (seq) ". Rows from there on prove nothing."
            }
        }),
        Err(error) => Err(error.into()),
    }
}

/// Parses the filters; the flag reports a time that could not be parsed and is ignored.
fn asked(query: &Fields) -> (AuditQuery<'_>, bool) {
    let unread =
        ["from", "to"].into_iter().any(|name| !query.get(name).is_empty() && time::parse(query.get(name)).is_none());
    let wanted = AuditQuery {
        event: query.get("event"),
        subject: query.get("subject").trim(),
        account: query.get("account").trim(),
        from: time::parse(query.get("from")),
        to: time::parse(query.get("to")),
        before: query.get("before").parse().ok(),
    };
    (wanted, unread)
}

fn cells(entry: &Entry) -> Vec<Markup> {
    vec![
        entry.seq.render(),
        moment(entry.at),
        entry.event.render(),
        code(&entry.subject),
        code(&entry.account),
        html! { span.detail { (entry.detail) } },
    ]
}
