//! `/portal/audit`: what happened, whether the log is whole, and the same as a file.

use axum::response::Response;

use super::{
    csv,
    extract::{Fields, OperatorSession, PortalError},
    html::{Cell, add, address, choice, table},
    page::PortalPage,
    time,
};
use crate::{
    Entry,
    browser::pages::text,
    store::{AuditQuery, StoreError},
};

/// Rows on a page.
const PAGE: u32 = 100;
/// A log of more rows is walked only when it is asked for: the store does nothing else meanwhile.
const WALKED_AT_ONCE: i64 = 10_000;

/// The log, the newest row first.
pub(super) async fn list(session: OperatorSession) -> Result<PortalPage, PortalError> {
    let (query, error) = asked(&session.query);
    let mut tx = session.verifier.store().begin().await?;
    let mut found = tx.audit(&query, PAGE + 1).await?;
    let more = found.len() > PAGE as usize;
    found.truncate(PAGE as usize);
    let (rows, names) = tx.audit_extent().await?;
    drop(tx);
    let chain = chain_words(&session, rows).await?;
    let names: Vec<_> = std::iter::once(("", "All")).chain(names.iter().map(|n| (n.as_str(), n.as_str()))).collect();
    let typed = |name| session.query.get(name).trim();
    let line = |name: &str, label: &str| {
        format!(
            "<div class=\"field\">\n<label for=\"{name}\">{label}</label>\n\
             <input id=\"{name}\" name=\"{name}\" value=\"{}\" autocapitalize=\"none\" spellcheck=\"false\">\n</div>\n",
            text(session.query.get(name).trim())
        )
    };
    let mut body = format!(
        "{chain}<form method=\"get\" action=\"/portal/audit\" role=\"search\" class=\"filters\">\n\
         <div class=\"field\">\n<label for=\"event\">Event</label>\n{}</div>\n{}{}{}{}{error}<button>Show</button>\n</form>\n",
        choice("event", &names, query.event),
        line("subject", "Session, device, integration or operator"),
        line("account", "Account's pseudonym"),
        line("from", "From (UTC), such as 2026-11-22T13:00"),
        line("to", "To (UTC)"),
    );
    let filters = ["event", "subject", "account", "from", "to"].map(|name| (name, typed(name)));
    if found.is_empty() {
        body += "<p>There are no such rows.</p>\n";
    } else {
        let rows: Vec<_> = found.iter().map(cells).collect();
        body +=
            &table("Audit log, the newest row first", &["Row", "When", "Event", "Of what", "Account", "Detail"], &rows);
        add(
            &mut body,
            format_args!(
                "<p><a href=\"{}\" download>Save as CSV</a> (the newest {} rows of these; choose a time for older ones)</p>\n",
                text(&address("/portal/audit.csv", &filters)),
                csv::ROWS_MAX
            ),
        );
    }
    if let Some(last) = found.last().filter(|_| more) {
        let seq = last.seq.to_string();
        let [a, b, c, d, e] = filters;
        let older = address("/portal/audit", &[a, b, c, d, e, ("before", &seq)]);
        add(&mut body, format_args!("<p><a href=\"{}\" rel=\"next\">Older</a></p>\n", text(&older)));
    }
    Ok(session.page("portal-audit", "Audit log", body))
}

/// The same as a file, without pages.
pub(super) async fn export(session: OperatorSession) -> Result<Response, PortalError> {
    let (query, _) = asked(&session.query);
    let rows = session.verifier.store().begin().await?.audit(&query, csv::ROWS_MAX).await?;
    let rows: Vec<_> = rows
        .into_iter()
        .map(|e| vec![e.seq.to_string(), time::iso(e.at), e.event, e.subject, e.account, e.detail])
        .collect();
    Ok(csv::download("audit.csv", &["row", "at", "event", "subject", "account", "detail"], &rows))
}

/// Whether the log is whole, in words.
async fn chain_words(session: &OperatorSession, rows: i64) -> Result<String, PortalError> {
    if rows > WALKED_AT_ONCE && !session.query.ticked("walk") {
        return Ok(format!("<p>{rows} rows. <a href=\"/portal/audit?walk\">Check that the log is whole</a></p>\n"));
    }
    match session.calls().verify_audit().await {
        Ok(head) => Ok(format!(
            "<p>The log is whole: {} rows, head <code class=\"copy\">{}</code>. Keep the head elsewhere from time to time: \
             a log that was cut off at its end is whole, too, but has another head.</p>\n",
            head.rows,
            text(&head.hash)
        )),
        Err(StoreError::AuditBroken { seq }) => Ok(format!(
            "<p class=\"error\" role=\"alert\">The log was changed after it was written, first at row {seq}. Rows from \
             there on prove nothing.</p>\n"
        )),
        Err(error) => Err(error.into()),
    }
}

/// What is asked for; and, where a time cannot be read, a sentence.
fn asked(query: &Fields) -> (AuditQuery<'_>, &'static str) {
    let unread =
        ["from", "to"].into_iter().any(|name| !query.get(name).is_empty() && time::parse(query.get(name)).is_none());
    let error =
        if unread { "<p class=\"error\" role=\"alert\">From or To is no time: it is left out.</p>\n" } else { "" };
    let wanted = AuditQuery {
        event: query.get("event"),
        subject: query.get("subject").trim(),
        account: query.get("account").trim(),
        from: time::parse(query.get("from")),
        to: time::parse(query.get("to")),
        before: query.get("before").parse().ok(),
    };
    (wanted, error)
}

fn cells(entry: &Entry) -> Vec<Cell> {
    vec![
        Cell::text(&entry.seq.to_string()),
        Cell::time(Some(entry.at)),
        Cell::text(&entry.event),
        Cell::code(&entry.subject),
        Cell::code(&entry.account),
        Cell::text(&entry.detail),
    ]
}
