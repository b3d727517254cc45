//! `/portal/integrations/{id}`: options, Session Secret and log stream of one integration.

use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};

use super::{
    extract::{OperatorSession, PortalError, VerifiedForm},
    html::{button, choice, field, moment},
    log_stream,
    new::secret_page,
    page::PortalPage,
    rules_form::RulesForm,
    usage,
};
use crate::{
    Rules,
    role::Permission,
    store::{Integration, sha256_text},
};
use countenance_core::clock::UnixSecs;

/// How long the previous secret stays valid after a rotation: seconds, label.
const OVERLAPS: [(&str, &str); 4] = [
    ("0", "Not at all: it leaked, or nobody logs in now"),
    ("3600", "1 hour"),
    ("86400", "24 hours"),
    ("604800", "7 days"),
];

/// The form field with the fingerprint of the options that the form was filled in for.
const SHOWN: &str = "shown";

/// The page.
pub(super) async fn show(session: OperatorSession, Path(id): Path<String>) -> Result<PortalPage, PortalError> {
    let mut tx = session.verifier.store().read().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let times = tx.integration_times(&id).await?;
    let note = html! { @if session.query.ticked("saved") { p role="status" { "Saved." } } };
    let shown = fingerprint(&integration.rules);
    let usage = usage::section(&session, &mut tx, &integration).await?;
    Ok(page(&session, &integration, times, &RulesForm::of(&integration.rules), &shown, &note, &usage))
}

/// Saves the options, unless they were changed elsewhere since the form was shown.
pub(super) async fn save(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    let mut wanted = RulesForm::read(&form.fields);
    let session = &form.session;
    let mut tx = session.verifier.store().begin().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let (shown, current) = (form.fields.get(SHOWN), fingerprint(&integration.rules));
    let (status, shown, note) = match wanted.rules() {
        Some(rules) if shown == current => {
            session.verifier.change_rules(&mut tx, &id, &rules).await?;
            tx.commit().await?;
            return Ok(saved(&id));
        }
        Some(_) => (StatusCode::CONFLICT, current.as_str(), changed_meanwhile()),
        None => (StatusCode::UNPROCESSABLE_ENTITY, shown, Markup::default()),
    };
    let times = tx.integration_times(&id).await?;
    let usage = usage::section(session, &mut tx, &integration).await?;
    Ok(page(session, &integration, times, &wanted, shown, &note, &usage).status(status).into_response())
}

/// Enables or disables the integration; other options are unchanged.
pub(super) async fn switch(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    let enabled = match form.fields.get("enabled") {
        "on" => true,
        "off" => false,
        _ => return Err(PortalError::Malformed),
    };
    let mut tx = form.session.verifier.store().begin().await?;
    let mut rules = form.session.integration(&mut tx, &id).await?.rules;
    rules.enabled = enabled;
    form.session.verifier.change_rules(&mut tx, &id, &rules).await?;
    tx.commit().await?;
    Ok(saved(&id))
}

/// Creates a new Session Secret and shows it once.
pub(super) async fn rotate(Path(id): Path<String>, form: VerifiedForm) -> Result<PortalPage, PortalError> {
    let overlap = form.fields.get("overlap");
    let overlap = OVERLAPS.iter().find(|(secs, _)| *secs == overlap).and_then(|(secs, _)| secs.parse().ok());
    let overlap: i64 = overlap.ok_or(PortalError::Malformed)?;
    let verifier = &form.session.verifier;
    let mut tx = verifier.store().begin().await?;
    let integration = form.session.integration(&mut tx, &id).await?;
    form.once(&mut tx).await?;
    let secret = verifier.rotate_secret(&mut tx, &id, overlap).await?;
    tx.commit().await?;
    let lead = if overlap == 0 {
        html! {
            "The old Session Secret is refused from now on. Put the new one into the Action now: it is not shown again."
        }
    } else {
        html! {
            "The old Session Secret is read until " (moment(verifier.now().saturating_add(overlap)))
            ". Put the new one into the Action before: it is not shown again."
        }
    };
    Ok(secret_page(&form.session, &integration, &secret, &lead).of_integration(&id, &integration.rules.name))
}

fn changed_meanwhile() -> Markup {
    html! {
        p.error role="alert" {
            "Nothing was saved: somebody changed these options since you opened the page. Below is what you typed. \
             Save again to let it stand, or open the page anew to see theirs."
        }
    }
}

/// Fingerprint of the options, so that saving from a stale tab does not undo later changes.
fn fingerprint(rules: &Rules) -> String {
    sha256_text(&format!("{rules:?}"))
}

fn saved(id: &str) -> Response {
    Redirect::to(&format!("/portal/integrations/{id}?saved")).into_response()
}

fn page(
    session: &OperatorSession,
    integration: &Integration,
    (created_at, old_until): (UnixSecs, UnixSecs),
    form: &RulesForm,
    shown: &str,
    note: &Markup,
    usage: &Markup,
) -> PortalPage {
    let address = format!("/portal/integrations/{}", integration.id);
    let enabled = integration.rules.enabled;
    let (other, words) = if enabled { ("off", "Switch it off") } else { ("on", "Switch it on") };
    let configures = session.may(Permission::Configure);
    let body = html! {
        (note)
        p {
            @if enabled { "This integration is " strong { "on" } "." }
            @else { "This integration is " strong { "off" } ": no login begins and none is approved." }
        }
        @if configures {
            (button(&format!("{address}/enabled"), &session.form_token_field(), &[("enabled", other)], words))
        }
        dl {
            dt { "Integration Id" } dd { code.copy { (integration.id) } }
            dt { "Added" } dd { (moment(created_at)) }
        }
        h2 { "Options" }
        @if configures {
            form method="post" action=(address) {
                (session.form_token_field())
                input type="hidden" name=(SHOWN) value=(shown);
                (form.html(&session.verifier))
                button.go { "Save" }
            }
        } @else {
            p.help { "Your role does not change them." }
            fieldset.read disabled { (form.html(&session.verifier)) }
        }
        (usage)
        @if configures { (secrets(session, &integration.id, old_until)) }
    };
    session
        .page("portal-integration", integration.rules.name.clone(), body)
        .of_integration(&integration.id, &integration.rules.name)
}

/// The sections about the Session Secret and the log stream.
fn secrets(session: &OperatorSession, id: &str, old_until: UnixSecs) -> Markup {
    html! {
        h2 { "Session Secret" }
        p {
            "It was shown when it was made. If it is lost or leaked, make a new one; tokens signed with the old one \
             are read for as long as you say, so that no login fails meanwhile."
        }
        @if session.verifier.now() < old_until {
            p { "The former secret is still read until " (moment(old_until)) ". Rotating again ends that." }
        }
        form method="post" action={ "/portal/integrations/" (id) "/rotate" } {
            (session.one_time_field())
            (field("overlap", "Go on reading the old secret", &choice("overlap", &OVERLAPS, "86400")))
            button { "Make a new secret" }
        }
        (log_stream::section(session, id))
    }
}
