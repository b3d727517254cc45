//! `/portal/sessions`: which logins came, how far they are, and the same as a file.

use axum::response::Response;

use super::{
    csv,
    extract::{Fields, OperatorSession, PortalError},
    html::{Cell, add, address, choice, table},
    page::PortalPage,
    time,
};
use crate::{
    browser::pages::text,
    store::{SessionQuery, SessionRow},
};

/// Sessions on a page.
const PAGE: u32 = 50;
/// Pages that can be turned: behind them, narrow the search.
const PAGES_MAX: u32 = 10_000;

/// The list, the newest first.
pub(super) async fn list(session: OperatorSession) -> Result<PortalPage, PortalError> {
    let (query, error) = asked(&session.query);
    let number = session.query.get("page").parse::<u32>().unwrap_or(0).min(PAGES_MAX);
    let mut tx = session.verifier.store().begin().await?;
    let mut found = tx.sessions(&query, number * PAGE, PAGE + 1).await?;
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
    let mut body = format!(
        "<form method=\"get\" action=\"/portal/sessions\" role=\"search\" class=\"filters\">\n\
         <div class=\"field\">\n<label for=\"integration\">Integration</label>\n{}</div>\n\
         <div class=\"field\">\n<label for=\"stage\">Stage</label>\n{}</div>\n\
         <div class=\"field\">\n<label for=\"reason\">Reason, such as no_match</label>\n\
         <input id=\"reason\" name=\"reason\" value=\"{}\" autocapitalize=\"none\" spellcheck=\"false\">\n</div>\n\
         <div class=\"field\">\n<label for=\"since\">Since (UTC), such as 2026-11-22T13:00</label>\n\
         <input id=\"since\" name=\"since\" value=\"{}\">\n{error}</div>\n<button>Show</button>\n</form>\n\
         <p class=\"help\">A session is kept for an hour after its time; what happened stays in the \
         <a href=\"/portal/audit\">audit log</a>.</p>\n",
        choice("integration", &integrations, query.integration_id),
        choice("stage", &stages, query.stage),
        text(query.reason),
        text(since),
    );
    if found.is_empty() {
        body += "<p>There are none.</p>\n";
    } else {
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
        let rows: Vec<_> = found.iter().map(|row| cells(row, session.verifier.now())).collect();
        body += &table("Sessions, the newest first", &heads, &rows);
        let file = address("/portal/sessions.csv", &filters);
        add(
            &mut body,
            format_args!(
                "<p><a href=\"{}\" download>Save as CSV</a> (at most {} sessions)</p>\n",
                text(&file),
                csv::ROWS_MAX
            ),
        );
    }
    for (words, page, there) in [("Newer", number.wrapping_sub(1), number > 0), ("Older", number + 1, more)] {
        if there {
            let page = page.to_string();
            let [integration, stage, reason, since] = filters;
            let turn = address("/portal/sessions", &[integration, stage, reason, since, ("page", &page)]);
            add(&mut body, format_args!("<p><a href=\"{}\">{words}</a></p>\n", text(&turn)));
        }
    }
    Ok(session.page("portal-sessions", "Sessions", body))
}

/// The same as a file, without pages.
pub(super) async fn export(session: OperatorSession) -> Result<Response, PortalError> {
    let (query, _) = asked(&session.query);
    let rows = session.verifier.store().begin().await?.sessions(&query, 0, csv::ROWS_MAX).await?;
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

/// What is asked for; and, where the time cannot be read, a sentence beside the field.
fn asked(query: &Fields) -> (SessionQuery<'_>, &'static str) {
    let since = query.get("since");
    let found = time::parse(since);
    let error = if since.is_empty() || found.is_some() {
        ""
    } else {
        "<p class=\"error\" role=\"alert\">This is no time: it is left out.</p>\n"
    };
    let wanted = SessionQuery {
        integration_id: query.get("integration"),
        stage: query.get("stage"),
        reason: query.get("reason").trim(),
        since: found,
    };
    (wanted, error)
}

fn cells(row: &SessionRow, now: i64) -> Vec<Cell> {
    let over = matches!(row.stage.as_str(), "approved" | "refused");
    let stage =
        if !over && row.expires_at <= now { format!("{} (time is over)", row.stage) } else { row.stage.clone() };
    let audit = address("/portal/audit", &[("subject", &row.id)]);
    vec![
        Cell::time(Some(row.started_at)),
        Cell::text(&row.integration),
        Cell::text(&row.application),
        Cell::text(&row.account),
        Cell::text(&row.purpose),
        Cell::text(&stage),
        Cell::text(row.reason.as_deref().unwrap_or("–")),
        Cell::text(if row.stage == "approved" { &row.method } else { "–" }),
        Cell::code(row.device.as_deref().unwrap_or_default()),
        Cell::text(if row.returned { "yes" } else { "no" }),
        Cell(format!("<a href=\"{}\"><code>{}</code></a>", text(&audit), text(&row.id))),
    ]
}
