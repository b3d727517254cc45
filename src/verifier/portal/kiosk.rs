//! `/portal/integrations/{id}/kiosks/kiosk`: one kiosk; renames, moves and retires it.

use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};

use super::{
    extract::{OperatorSession, PortalError, VerifiedForm},
    html::{address, button, code, described_by, field, moment, since},
    kiosk_words::{ahead, bytes, camera, capture, health, length, out_of_order},
    page::PortalPage,
};
use crate::{
    role::Permission,
    store::{Integration, KioskRow, LastHeartbeat},
};
use countenance_core::{
    clock::UnixSecs,
    protocol::{SITE_MAX_CHARS, SiteLabel},
};

/// A field that was not accepted.
struct Wrong<'f> {
    field: &'static str,
    typed: &'f str,
}

/// The kiosk.
pub(super) async fn show(session: OperatorSession, Path(id): Path<String>) -> Result<PortalPage, PortalError> {
    let mut tx = session.verifier.store().read().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let kiosk = tx.kiosk(&id, session.query.get("device")).await?.ok_or(PortalError::NoDevice)?;
    Ok(page(&session, &integration, &kiosk, None))
}

/// Gives the kiosk another name.
pub(super) async fn rename(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    let (session, typed) = (&form.session, form.fields.get("name"));
    let mut tx = session.verifier.store().begin().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let kiosk = tx.kiosk(&id, form.fields.get("device")).await?.ok_or(PortalError::NoDevice)?;
    let Ok(name) = typed.parse::<SiteLabel>() else {
        return Ok(refused(session, &integration, &kiosk, &Wrong { field: "name", typed }));
    };
    if name.as_str() != kiosk.name {
        tx.rename_kiosk(&id, &kiosk, name.as_str(), session.verifier.now()).await?;
        tx.commit().await?;
    }
    Ok(shown(&id, &kiosk.id))
}

/// Gives the kiosk another site; an empty field: what it says itself counts.
pub(super) async fn relocate(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    let (session, typed) = (&form.session, form.fields.get("site"));
    let mut tx = session.verifier.store().begin().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let kiosk = tx.kiosk(&id, form.fields.get("device")).await?.ok_or(PortalError::NoDevice)?;
    let site = match typed.trim() {
        "" => None,
        typed => match typed.parse::<SiteLabel>() {
            Ok(site) => Some(site),
            Err(_) => return Ok(refused(session, &integration, &kiosk, &Wrong { field: "site", typed })),
        },
    };
    let site = site.as_ref().map(SiteLabel::as_str);
    if site != kiosk.site.as_deref() {
        tx.move_kiosk(&id, &kiosk, site, session.verifier.now()).await?;
        tx.commit().await?;
    }
    Ok(shown(&id, &kiosk.id))
}

/// Asks for confirmation before retiring the kiosk.
pub(super) async fn confirm(session: OperatorSession, Path(id): Path<String>) -> Result<PortalPage, PortalError> {
    let mut tx = session.verifier.store().read().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let kiosk = tx.kiosk(&id, session.query.get("device")).await?.ok_or(PortalError::NoDevice)?;
    let action = format!("/portal/integrations/{id}/kiosks/retire");
    let body = html! {
        p {
            "Retire " strong { (name(&kiosk)) } ": nobody can sign in at it any more, at any integration, and what it \
             last said of itself is deleted. It cannot be undone: to use the machine again, delete its device key \
             and register it anew."
        }
        (button(&action, &session.form_token_field(), &[("device", &kiosk.id)], "Retire this kiosk"))
        p { a href=(path_of(&id, &kiosk.id)) { "Keep it" } }
    };
    Ok(session.page("portal-retire", "Retire a kiosk?", body).of_integration(&id, &integration.rules.name))
}

/// Retires the kiosk.
pub(super) async fn retire(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    let session = &form.session;
    let mut tx = session.verifier.store().begin().await?;
    session.integration(&mut tx, &id).await?;
    let kiosk = tx.kiosk(&id, form.fields.get("device")).await?.ok_or(PortalError::NoDevice)?;
    if tx.retire_device(&kiosk.id, session.verifier.now()).await? {
        tx.commit().await?;
    }
    Ok(shown(&id, &kiosk.id))
}

/// The address of a kiosk's page.
pub(super) fn path_of(id: &str, device: &str) -> String {
    address(&format!("/portal/integrations/{id}/kiosks/kiosk"), &[("device", device)])
}

fn shown(id: &str, device: &str) -> Response {
    Redirect::to(&path_of(id, device)).into_response()
}

fn refused(session: &OperatorSession, integration: &Integration, kiosk: &KioskRow, wrong: &Wrong<'_>) -> Response {
    page(session, integration, kiosk, Some(wrong)).status(StatusCode::UNPROCESSABLE_ENTITY).into_response()
}

fn name(kiosk: &KioskRow) -> &str {
    if kiosk.name.is_empty() { "(no name)" } else { &kiosk.name }
}

fn page(
    session: &OperatorSession,
    integration: &Integration,
    kiosk: &KioskRow,
    wrong: Option<&Wrong<'_>>,
) -> PortalPage {
    let now = session.verifier.now();
    let body = html! {
        dl {
            dt { "Health" } dd { (health(kiosk, now)) }
            dt { "Site" } dd {
                @if let Some(site) = &kiosk.site { (site) ", given here" } @else { "none given here" }
            }
            @if let Some(heartbeat) = &kiosk.heartbeat {
                dt { "Clock" } dd { (ahead(heartbeat.clock_ahead_secs)) " by this verifier's clock" }
            }
            dt { "Last seen" } dd { @if let Some(at) = kiosk.last_seen() { (since(at, now)) } @else { "never" } }
            dt { "Registered" } dd { (moment(kiosk.registered_at)) }
            @if let Some(at) = kiosk.retired_at { dt { "Retired" } dd { (moment(at)) } }
            dt { "Thumbprint" } dd { (code(&kiosk.id)) }
        }
        h2 { "What it says of itself" }
        @match &kiosk.heartbeat {
            Some(heartbeat) => { (told(heartbeat, now)) }
            None => { p { "Nothing yet. A client says how it is every few minutes while it runs as a kiosk; older versions do not." } }
        }
        @if session.may(Permission::Configure) && kiosk.retired_at.is_none() {
            (forms(session, integration, kiosk, wrong))
        }
        p { a href={ "/portal/integrations/" (integration.id) "/kiosks" } { "Back to the kiosks" } }
    };
    session.page("portal-kiosk", name(kiosk), body).of_integration(&integration.id, &integration.rules.name)
}

fn told(heartbeat: &LastHeartbeat, now: UnixSecs) -> Markup {
    let told = &heartbeat.told;
    html! {
        p.help { "As of its last heartbeat, " (since(heartbeat.received_at, now)) ". Nothing of this is checked." }
        dl {
            dt { "Site" } dd { @if let Some(site) = &told.site { (site.as_str()) } @else { "not said" } }
            dt { "Version" } dd { @if let Some(version) = told.version { (version.to_string()) } @else { "not said" } }
            dt { "Settings" } dd {
                @if let Some(revision) = &told.settings_revision { (code(revision.as_str())) } @else { "not said" }
            }
            dt { "State" } dd {
                @if let Some(reason) = told.out_of_order { "Out of order: " (out_of_order(reason)) }
                @else { "In service" }
            }
            dt { "Camera" } dd { (camera(told.camera)) }
            dt { "Last capture" } dd {
                @if let Some(last) = told.last_capture { (capture(last.outcome)) ", " (length(last.age_secs)) " before" }
                @else { "none since it started" }
            }
            dt { "Running for" } dd { (length(told.uptime_secs)) ", " (told.sessions) " sessions" }
            dt { "Clock" } dd {
                @if let Some(millis) = told.clock_ahead_millis { (ahead(millis / 1000)) } @else { "not said" }
            }
            dt { "Free disk space" } dd {
                @if let Some(free) = told.disk_free_bytes { (bytes(free)) } @else { "not said" }
            }
        }
    }
}

fn forms(session: &OperatorSession, integration: &Integration, kiosk: &KioskRow, wrong: Option<&Wrong<'_>>) -> Markup {
    let base = format!("/portal/integrations/{}/kiosks", integration.id);
    let input = |name: &'static str, value: &str, help: &str| {
        let wrong = wrong.filter(|wrong| wrong.field == name);
        let value = wrong.map_or(value, |wrong| wrong.typed);
        html! {
            input id=(name) name=(name) value=(value) autocomplete="off" spellcheck="false"
                aria-invalid=[wrong.map(|_| "true")] aria-describedby=(described_by(name, wrong.is_some()));
            @if wrong.is_some() {
                p.error id={ (name) "-error" } role="alert" { "one line of 1 to " (SITE_MAX_CHARS) " characters is needed" }
            }
            p.help id={ (name) "-help" } { (help) }
        }
    };
    let form = |action: &str, name: &'static str, label: &str, value: &str, help: &str, words: &str| {
        html! {
            form method="post" action={ (base) "/" (action) } {
                (session.form_token_field())
                input type="hidden" name="device" value=(kiosk.id);
                (field(name, label, &input(name, value, help)))
                button { (words) }
            }
        }
    };
    let site = kiosk.site.as_deref().unwrap_or_default();
    let site_help = "Shown in place of the site that the kiosk says. Empty: what it says counts.";
    html! {
        h2 { "Change" }
        (form("rename", "name", "Name", &kiosk.name, "What operators call it. People at the kiosk do not see it.", "Rename"))
        (form("move", "site", "Site", site, site_help, "Move"))
        @if kiosk.enabled {
            (button(
                &format!("/portal/integrations/{}/devices/disable", integration.id),
                &session.form_token_field(),
                &[("device", &kiosk.id)],
                "Switch off",
            ))
        }
        p { a href=(address(&format!("{base}/retire"), &[("device", &kiosk.id)])) { "Retire …" } }
    }
}
