//! `/portal/integrations/{id}/supervisors`: who confirms enrollments at kiosks; adds them, makes new PINs, unlocks, retires.

use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};

use super::{
    extract::{OperatorSession, PortalError, VerifiedForm},
    html::{button, code, copyable, described_by, field, moment, table},
    page::PortalPage,
};
use crate::{
    role::Permission,
    store::{Event, Integration, NewSupervisor, Supervisor},
    supervisors::{SupervisorError, USER_MAX_BYTES, is_locked},
};
use countenance_core::protocol::{Pin, SUPERVISOR_NUMBER_DIGITS, SupervisorNumber};

/// What was typed to add a supervisor, and what is wrong with it.
#[derive(Default)]
struct Typed<'f> {
    number: &'f str,
    name: &'f str,
    user: &'f str,
    /// The field, and why it is not accepted.
    fault: Option<(&'static str, String)>,
}

/// The list by number, and a form to add to it.
pub(super) async fn list(session: OperatorSession, Path(id): Path<String>) -> Result<PortalPage, PortalError> {
    let mut tx = session.verifier.store().read().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let found = tx.supervisors(&id).await?;
    Ok(page(&session, &integration, &found, &Typed::default()))
}

/// Adds a supervisor and shows their PIN once.
pub(super) async fn add(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    let session = &form.session;
    let typed = |name| form.fields.get(name).trim();
    let typed = Typed { number: typed("number"), name: typed("name"), user: typed("user"), fault: None };
    let mut tx = session.verifier.store().begin().await?;
    let integration = session.integration(&mut tx, &id).await?;
    // Not spent unless a supervisor is added: otherwise nothing is committed.
    form.once(&mut tx).await?;
    let fault = match typed.number.parse::<SupervisorNumber>() {
        Ok(number) => {
            let sub = Some(typed.user).filter(|user| !user.is_empty());
            let new = NewSupervisor { integration_id: &id, number: &number, name: typed.name, sub };
            match session.verifier.add_supervisor(&mut tx, &new).await {
                Ok(Some(pin)) => {
                    tx.commit().await?;
                    return Ok(shown_once(session, &integration, &number, &pin).into_response());
                }
                Ok(None) => ("number", "a supervisor has this number already, or had it".to_owned()),
                Err(error @ SupervisorError::Name) => ("name", error.to_string()),
                Err(error @ SupervisorError::User) => ("user", error.to_string()),
                Err(error) => return Err(error.into()),
            }
        }
        Err(error) => ("number", error.to_string()),
    };
    let found = tx.supervisors(&id).await?;
    let typed = Typed { fault: Some(fault), ..typed };
    Ok(page(session, &integration, &found, &typed).status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
}

/// Makes a new PIN for a supervisor, who is unlocked by it, and shows it once.
pub(super) async fn renew(Path(id): Path<String>, form: VerifiedForm) -> Result<PortalPage, PortalError> {
    let (session, number) = (&form.session, number(&form)?);
    let mut tx = session.verifier.store().begin().await?;
    let integration = session.integration(&mut tx, &id).await?;
    form.once(&mut tx).await?;
    let pin = session.verifier.renew_pin(&mut tx, &id, &number).await?.ok_or(PortalError::NoSupervisor)?;
    tx.commit().await?;
    Ok(shown_once(session, &integration, &number, &pin))
}

/// Forgets a supervisor's wrong PINs.
pub(super) async fn unlock(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    let (session, number) = (&form.session, number(&form)?);
    let mut tx = session.verifier.store().begin().await?;
    session.integration(&mut tx, &id).await?;
    if !tx.clear_wrong_pins(&id, &number).await? {
        return Err(PortalError::NoSupervisor);
    }
    tx.record(session.verifier.now(), Event::SupervisorUnlocked, &id, None, number.as_str()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&path(&id)).into_response())
}

/// Retires a supervisor for good.
pub(super) async fn retire(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    let (session, number) = (&form.session, number(&form)?);
    let mut tx = session.verifier.store().begin().await?;
    session.integration(&mut tx, &id).await?;
    if !tx.retire_supervisor(&id, &number, session.verifier.now()).await? {
        return Err(PortalError::NoSupervisor);
    }
    tx.commit().await?;
    Ok(Redirect::to(&path(&id)).into_response())
}

fn path(id: &str) -> String {
    format!("/portal/integrations/{id}/supervisors")
}

fn number(form: &VerifiedForm) -> Result<SupervisorNumber, PortalError> {
    form.fields.get("number").parse().or(Err(PortalError::NoSupervisor))
}

fn page(session: &OperatorSession, integration: &Integration, found: &[Supervisor], typed: &Typed<'_>) -> PortalPage {
    let heads = ["Number", "Name", "Own account", "State", "Enrollments attended", "Added", "Actions"];
    let rows: Vec<_> = found.iter().map(|supervisor| row(session, &integration.id, supervisor)).collect();
    let body = html! {
        p {
            "Where the self-enrolment flow is Attended, one of these confirms each enrollment at a kiosk with their number and \
             PIN, after they have made sure who the person is. The signed capture, the user's consent page and the audit log \
             name them."
        }
        @if rows.is_empty() { p { "There are none." } }
        @else {
            (table("Supervisors by number", &heads, &rows))
            p.help {
                "Three wrong PINs in a row make the next one wait; ten lock the supervisor until somebody unlocks them here. A \
                 retired supervisor confirms nothing any more, and the number is not given to anybody else."
            }
        }
        @if session.may(Permission::Configure) {
            h2 { "Add a supervisor" }
            (form(session, &integration.id, typed))
        }
    };
    let title = format!("Supervisors of {}", integration.rules.name);
    session.page("portal-supervisors", title, body).of_integration(&integration.id, &integration.rules.name)
}

fn form(session: &OperatorSession, id: &str, typed: &Typed<'_>) -> Markup {
    let fault = |name: &str| typed.fault.as_ref().filter(|(field, _)| *field == name).map(|(_, words)| words.as_str());
    let digits = SUPERVISOR_NUMBER_DIGITS;
    let line = |name: &str, label: &str, value: &str, help: &str| {
        let fault = fault(name);
        let input = html! {
            input id=(name) name=(name) value=(value) autocomplete="off" spellcheck="false"
                aria-describedby=(described_by(name, fault.is_some())) aria-invalid=[fault.map(|_| "true")];
            @if let Some(fault) = fault { p.error id={ (name) "-error" } { (fault) } }
            p.help id={ (name) "-help" } { (help) }
        };
        field(name, label, &input)
    };
    html! {
        @if typed.fault.is_some() { p.error role="alert" { "Nothing was saved: see the field marked below." } }
        form method="post" action=(path(id)) class="narrow" {
            (session.one_time_field())
            (line("number", "Number", typed.number, &format!(
                "{} to {} digits, such as a staff number. It cannot be changed later.", digits.start(), digits.end()
            )))
            (line("name", "Name", typed.name, "Shown here and on the consent page of the people they attend."))
            (line("user", "Own account (optional)", typed.user, &format!(
                "Their external identifier (Auth0 user_id), at most {USER_MAX_BYTES} bytes. They do not attend to themselves."
            )))
            button { "Add, and show the PIN" }
        }
    }
}

fn row(session: &OperatorSession, id: &str, supervisor: &Supervisor) -> Vec<Markup> {
    let number = supervisor.number.as_str();
    let is_active = supervisor.retired_at.is_none();
    let (helps, configures) = (session.may(Permission::Help), session.may(Permission::Configure));
    let act = |what: &str, proof: &Markup, words| {
        button(&format!("{}/{what}", path(id)), proof, &[("number", number)], words)
    };
    vec![
        code(number),
        html! { (supervisor.name) },
        html! { @if let Some(sub) = &supervisor.sub { (code(sub)) } @else { "–" } },
        state(supervisor, session.verifier.now()),
        html! { (supervisor.enrollments) },
        moment(supervisor.created_at),
        html! {
            @if is_active && supervisor.wrong_pins > 0 && helps { (act("unlock", &session.form_token_field(), "Unlock")) }
            @if is_active && configures {
                (act("pin", &session.one_time_field(), "New PIN"))
                (act("retire", &session.form_token_field(), "Retire"))
            }
        },
    ]
}

fn state(supervisor: &Supervisor, now: i64) -> Markup {
    html! {
        @if let Some(at) = supervisor.retired_at { "Retired " (moment(at)) }
        @else if is_locked(supervisor.wrong_pins) { strong { "Locked" } ": " (supervisor.wrong_pins) " wrong PINs in a row" }
        @else if supervisor.wrong_pins > 0 {
            (supervisor.wrong_pins) " wrong in a row"
            @if supervisor.closed_until > now { ", waits until " (moment(supervisor.closed_until)) }
        }
        @else { "Active" }
    }
}

/// The page with a PIN in the clear.
fn shown_once(
    session: &OperatorSession,
    integration: &Integration,
    number: &SupervisorNumber,
    pin: &Pin,
) -> PortalPage {
    let body = html! {
        p role="status" {
            strong { "Hand this PIN to the supervisor with the number " (number.as_str()) ". It is not shown again." }
        }
        p { (copyable("supervisor-pin", pin.as_str())) }
        p { a href=(path(&integration.id)) { "Back to the supervisors" } }
    };
    session
        .page("portal-supervisor-pin", "The PIN of a supervisor", body)
        .of_integration(&integration.id, &integration.rules.name)
}
