//! `/portal/integrations/{id}`: options, secret, log stream of one integration.

use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    extract::{OperatorSession, PortalError, VerifiedForm},
    html::{button, choice, moment},
    log_stream,
    new::secret_page,
    page::PortalPage,
    rules_form::RulesForm,
};
use crate::{
    Rules,
    browser::pages::text,
    store::{Integration, sha256_text},
};
use countenance_core::clock::UnixSecs;

/// For how long a former secret may still be read, seconds.
const OVERLAPS: [(&str, &str); 4] = [
    ("0", "Not at all: it leaked, or nobody logs in now"),
    ("3600", "1 hour"),
    ("86400", "24 hours"),
    ("604800", "7 days"),
];

/// The form field that says which options the form was filled in over.
const SHOWN: &str = "shown";

/// The page.
pub(super) async fn show(session: OperatorSession, Path(id): Path<String>) -> Result<PortalPage, PortalError> {
    let mut tx = session.verifier.store().begin().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let times = tx.integration_times(&id).await?;
    let note = if session.query.ticked("saved") { "<p role=\"status\">Saved.</p>\n" } else { "" };
    let shown = fingerprint(&integration.rules);
    Ok(page(&session, &integration, times, &RulesForm::of(&integration.rules), &shown, note))
}

/// Changes the options, unless somebody else changed them since the form was shown.
pub(super) async fn save(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    const CHANGED: &str = "<p class=\"error\" role=\"alert\">Nothing was saved: somebody changed these options since you \
                           opened the page. Below is what you typed. Save again to let it stand, or open the page anew to \
                           see theirs.</p>\n";
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
        Some(_) => (StatusCode::CONFLICT, current.as_str(), CHANGED),
        None => (StatusCode::UNPROCESSABLE_ENTITY, shown, ""),
    };
    let times = tx.integration_times(&id).await?;
    Ok(page(session, &integration, times, &wanted, shown, note).status(status).into_response())
}

/// Switches the integration on or off, and leaves the other options as they are.
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

/// Makes a new Session Secret and shows it this once.
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
        "The old Session Secret is refused from now on. Put the new one into the Action now: it is not shown again."
            .to_owned()
    } else {
        let until = moment(verifier.now().saturating_add(overlap));
        format!(
            "The old Session Secret is read until {until}. Put the new one into the Action before: it is not shown again."
        )
    };
    Ok(secret_page(&form.session, &integration, &secret, &lead).of_integration(&id, &integration.rules.name))
}

/// Stands for options as they are: a tab that was left open must not undo what was changed since.
fn fingerprint(rules: &Rules) -> String {
    sha256_text(&format!("{rules:?}"))
}

fn saved(id: &str) -> Response {
    Redirect::to(&format!("/portal/integrations/{}?saved", text(id))).into_response()
}

fn page(
    session: &OperatorSession,
    integration: &Integration,
    (created_at, old_until): (UnixSecs, UnixSecs),
    form: &RulesForm,
    shown: &str,
    note: &str,
) -> PortalPage {
    let address = format!("/portal/integrations/{}", text(&integration.id));
    let (state, other, words) = if integration.rules.enabled {
        ("This integration is <strong>on</strong>.", "off", "Switch it off")
    } else {
        ("This integration is <strong>off</strong>: no login begins and none is approved.", "on", "Switch it on")
    };
    let switch = button(&format!("{address}/enabled"), &session.form_token_field(), &[("enabled", other)], words);
    let overlap = if session.verifier.now() < old_until {
        format!("<p>The former secret is still read until {}. Rotating again ends that.</p>\n", moment(old_until))
    } else {
        String::new()
    };
    let body = format!(
        "{note}<p>{state}</p>\n{switch}\
         <dl>\n<dt>Integration Id</dt><dd><code class=\"copy\">{id}</code></dd>\n<dt>Added</dt><dd>{}</dd>\n</dl>\n\
         <h2>Options</h2>\n<form method=\"post\" action=\"{address}\">\n{}\
         <input type=\"hidden\" name=\"{SHOWN}\" value=\"{}\">\n{}<button class=\"go\">Save</button>\n</form>\n\
         <h2>Session Secret</h2>\n\
         <p>It was shown when it was made. If it is lost or leaked, make a new one; tokens signed with the old one are read \
         for as long as you say, so that no login fails meanwhile.</p>\n{overlap}\
         <form method=\"post\" action=\"{address}/rotate\">\n{}<div class=\"field\">\n\
         <label for=\"overlap\">Go on reading the old secret</label>\n{}</div>\n<button>Make a new secret</button>\n</form>\n{}",
        moment(created_at),
        session.form_token_field(),
        text(shown),
        form.html(&session.verifier),
        session.one_time_field(),
        choice("overlap", &OVERLAPS, "86400"),
        log_stream::section(session, &integration.id),
        id = text(&integration.id),
    );
    session
        .page("portal-integration", integration.rules.name.clone(), body)
        .of_integration(&integration.id, &integration.rules.name)
}
