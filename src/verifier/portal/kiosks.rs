//! `/portal/integrations/{id}/kiosks`: the fleet of an integration, with what needs attention.

use axum::extract::Path;
use maud::{Markup, html};

use super::{
    extract::{OperatorSession, PortalError},
    html::{address, choice, code, field, search_field, since, table},
    kiosk_words::{health, site},
    page::PortalPage,
};
use crate::{
    fleet::{Counts, Health},
    store::KioskRow,
};
use countenance_core::clock::UnixSecs;

/// Number of kiosks on a page.
const PAGE: usize = 50;
/// Values and labels of the filter.
const SHOWN: [(&str, &str); 7] = [
    ("", "All but retired"),
    ("attention", "Needs attention"),
    ("ok", "OK"),
    ("silent", "No heartbeat yet"),
    ("off", "Switched off"),
    ("retired", "Retired"),
    ("all", "All"),
];

/// The list, by site and name.
pub(super) async fn list(session: OperatorSession, Path(id): Path<String>) -> Result<PortalPage, PortalError> {
    let mut tx = session.verifier.store().read().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let mut kiosks = tx.kiosks(&id).await?;
    drop(tx);
    let now = session.verifier.now();
    let counts = Counts::of(&kiosks, now);
    let (shown, search) = (session.query.get("show"), session.query.get("q").trim());
    kiosks.retain(|kiosk| is_shown(shown, &Health::of(kiosk, now)) && is_found(search, kiosk));
    kiosks.sort_by_cached_key(|kiosk| {
        (kiosk.shown_site().unwrap_or_default().to_lowercase(), kiosk.name.to_lowercase(), kiosk.id.clone())
    });
    let found = kiosks.len();
    let last = found.saturating_sub(1) / PAGE;
    let number = session.query.get("page").parse::<usize>().unwrap_or(0).min(last);
    let base = format!("/portal/integrations/{id}/kiosks");
    let at = |page: usize| {
        let page = if page == 0 { String::new() } else { page.to_string() };
        address(&base, &[("show", shown), ("q", search), ("page", &page)])
    };
    let rows: Vec<_> = kiosks.iter().skip(number * PAGE).take(PAGE).map(|kiosk| row(&base, kiosk, now)).collect();
    let heads = ["Name", "Site", "Health", "Last seen", "Version", "Settings"];
    let body = html! {
        (summary(&base, counts))
        form method="get" action=(base) role="search" class="filters" {
            (field("show", "Show", &choice("show", &SHOWN, shown)))
            (search_field("q", "Part of a name or site", search))
            button { "Show" }
        }
        @if rows.is_empty() { p { "No kiosks match." } }
        @else {
            p { (number * PAGE + 1) "–" (number * PAGE + rows.len()) " of " (found) }
            (table("Kiosks by site and name", &heads, &rows))
            p.help { "Health, version and settings are what each kiosk says of itself; nothing depends on them." }
        }
        p {
            @if number > 0 { a href=(at(number - 1)) rel="prev" { "Previous " (PAGE) } " " }
            @if number < last { a href=(at(number + 1)) rel="next" { "Next " (PAGE) } }
        }
        p { a href={ "/portal/integrations/" (id) "/devices" } { "Register a kiosk" } }
    };
    let title = format!("Kiosks of {}", integration.rules.name);
    Ok(session.page("portal-kiosks", title, body).of_integration(&id, &integration.rules.name))
}

/// What the first page after signing in says of an integration's kiosks, if some need attention.
pub(super) fn alert(integration_id: &str, integration: &str, counts: Counts) -> Markup {
    let attention = format!("/portal/integrations/{integration_id}/kiosks?show=attention");
    html! {
        @if counts.attention > 0 {
            p.warn role="status" {
                a href=(attention) {
                    (counts.attention) " of " (counts.in_use) " kiosks of " (integration)
                    @if counts.attention == 1 { " needs attention" } @else { " need attention" }
                }
            }
        }
    }
}

/// The numbers, each with the list behind it.
fn summary(base: &str, counts: Counts) -> Markup {
    let numbers = [
        ("", counts.in_use, "in use"),
        ("attention", counts.attention, "need attention"),
        ("ok", counts.ok, "OK"),
        ("silent", counts.silent, "without a heartbeat yet"),
        ("off", counts.off, "switched off"),
        ("retired", counts.retired, "retired"),
    ];
    html! {
        ul #counts {
            @for (show, number, words) in numbers {
                li {
                    a href=(address(base, &[("show", show)])) {
                        @if show == "attention" && number > 0 { strong { (number) " " (words) } }
                        @else { (number) " " (words) }
                    }
                }
            }
        }
    }
}

/// Whether the filter lets a kiosk of this health through; an unknown filter is none.
fn is_shown(shown: &str, health: &Health) -> bool {
    match shown {
        "all" => true,
        "attention" => matches!(health, Health::NeedsAttention(_)),
        "ok" => *health == Health::Ok,
        "silent" => *health == Health::Silent,
        "off" => *health == Health::Off,
        "retired" => *health == Health::Retired,
        _ => *health != Health::Retired,
    }
}

/// Whether a kiosk's name or site has the text, or its thumbprint is the text.
fn is_found(search: &str, kiosk: &KioskRow) -> bool {
    let search_lower = search.to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&search_lower);
    has(&kiosk.name) || kiosk.shown_site().is_some_and(has) || kiosk.id == search
}

fn row(base: &str, kiosk: &KioskRow, now: UnixSecs) -> Vec<Markup> {
    let told = kiosk.heartbeat.as_ref().map(|heartbeat| &heartbeat.told);
    let revision = told.and_then(|told| told.settings_revision.as_ref());
    vec![
        html! {
            a href=(address(&format!("{base}/kiosk"), &[("device", &kiosk.id)])) {
                @if kiosk.name.is_empty() { "(no name)" } @else { (kiosk.name) }
            }
        },
        site(kiosk),
        health(kiosk, now),
        html! { @if let Some(at) = kiosk.last_seen() { (since(at, now)) } @else { "never" } },
        html! { @if let Some(version) = kiosk.version() { (version.to_string()) } @else { "unknown" } },
        html! { @if let Some(revision) = revision { (code(revision.as_str())) } @else { "–" } },
    ]
}
