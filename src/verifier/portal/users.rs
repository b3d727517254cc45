//! `/portal/integrations/{id}/users`: accounts by the tenant's `user_id`; unlocks and erases them.

use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};

use super::{
    enrolment,
    extract::{OperatorSession, PortalError, VerifiedForm},
    html::{address, button, code, moment, search_field, table},
    page::PortalPage,
};
use crate::{
    EnrolmentFlow, PhoneNumber,
    role::Permission,
    store::{Integration, UserRow},
};
use countenance_core::clock::UnixSecs;

/// Number of users on a page.
const PAGE: usize = 50;

/// The list in order of the identifiers, filtered by prefix.
pub(super) async fn list(session: OperatorSession, Path(id): Path<String>) -> Result<PortalPage, PortalError> {
    let mut tx = session.verifier.store().read().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let (prefix, after) = (session.query.get("q").trim(), session.query.get("after"));
    let mut found = tx.users(&id, prefix, after, PAGE as u32 + 1).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let base = format!("/portal/integrations/{id}/users");
    let mut rows = Vec::new();
    for user in &found {
        let phone = if user.has_phone { tx.phone(&id, &user.sub).await? } else { None };
        rows.push(row(&session, &integration, user, phone.as_ref()));
    }
    let heads = [
        "External identifier",
        "Enrolled",
        "Last verified",
        "Failed faces in a row",
        "Failed codes in a row",
        "Phone",
        "Least cosine",
        "In the audit log",
        "Actions",
    ];
    let body = html! {
        @for (done, words) in [
            ("erased", "The user was erased."),
            ("deleted", "The faces were deleted."),
            ("match", "The match threshold was saved."),
            ("phone", "The phone was saved."),
            ("enrolment", "Whether the user may enroll was saved."),
        ] {
            @if session.query.ticked(done) { p role="status" { (words) } }
        }
        form method="get" action=(base) role="search" class="filters" {
            (search_field("q", "External identifier (Auth0 user_id), or its beginning", prefix))
            button { "Search" }
        }
        (enrolment::form(&session, &integration, if found.is_empty() { prefix } else { "" }))
        @if session.may(Permission::Configure) {
            p { a href={ (base) "/enrolled-since" } { "Delete faces enrolled since a moment …" } }
        }
        @if !rows.is_empty() { (table("Users in the order of their identifiers", &heads, &rows)) }
        @else if prefix.is_empty() && after.is_empty() {
            p { "Nobody has come here yet. Accounts appear with their first login." }
        }
        @else { p { "No user's identifier begins like this." } }
        @if !after.is_empty() { p { a href=(address(&base, &[("q", prefix)])) { "From the beginning" } } }
        @if let Some(last) = found.last().filter(|_| more) {
            p { a href=(address(&base, &[("q", prefix), ("after", &last.sub)])) rel="next" { "Next " (PAGE) } }
        }
    };
    let title = format!("Users of {}", integration.rules.name);
    Ok(session.page("portal-users", title, body).of_integration(&id, &integration.rules.name))
}

/// Resets an account's failure counts and its lock.
pub(super) async fn unlock(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    let user = form.fields.get("user");
    if !form.session.calls().unlock_account(&id, user).await? {
        return Err(PortalError::NoAccount);
    }
    Ok(Redirect::to(&address(&format!("/portal/integrations/{id}/users"), &[("q", user)])).into_response())
}

/// Asks for confirmation before erasing the account.
pub(super) async fn confirm(session: OperatorSession, Path(id): Path<String>) -> Result<PortalPage, PortalError> {
    let mut tx = session.verifier.store().read().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let user = tx.user(&id, session.query.get("user")).await?.ok_or(PortalError::NoAccount)?;
    let base = format!("/portal/integrations/{id}/users");
    let body = html! {
        p {
            "Erase " strong { (user.sub) } ": the face template, the sessions, the phone, and what ties the audit \
             log's pseudonym " @if session.may(Permission::Audit) { code { (user.pseudonym) } } " to this person. It cannot be undone. With the next login the \
             account begins anew"
            @if !integration.rules.allow_self_enrolment { ", and may not enroll itself." }
            @else if integration.rules.enrolment_flow == EnrolmentFlow::Operator { ", and enrolls again when an operator lets it." }
            @else { " and may enroll again." }
        }
        (button(&format!("{base}/erase"), &session.form_token_field(), &[("user", &user.sub)], "Erase this user"))
        p { a href=(base) { "Keep it" } }
    };
    Ok(session.page("portal-erase", "Erase a user?", body).of_integration(&id, &integration.rules.name))
}

/// Erases the account.
pub(super) async fn erase(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    if !form.session.calls().erase_account(&id, form.fields.get("user")).await? {
        return Err(PortalError::NoAccount);
    }
    Ok(Redirect::to(&format!("/portal/integrations/{id}/users?erased")).into_response())
}

fn row(
    session: &OperatorSession,
    integration: &Integration,
    user: &UserRow,
    phone: Option<&PhoneNumber>,
) -> Vec<Markup> {
    let base = format!("/portal/integrations/{}/users", integration.id);
    let now = session.verifier.now();
    let (helps, configures) = (session.may(Permission::Help), session.may(Permission::Configure));
    let at = |place: &str| address(&format!("{base}/{place}"), &[("user", &user.sub)]);
    let count = |failures: u32, until: UnixSecs| {
        html! { (failures) @if until > now { ", locked until " (moment(until)) } }
    };
    let failed = user.failures > 0 || user.code_failures > 0 || user.locked_until.max(user.code_locked_until) > now;
    vec![
        code(&user.sub),
        match user.enrolled_at {
            Some(at) => moment(at),
            None => enrolment::state(session, integration, &user.sub, user.enrolment_until),
        },
        html! { @if let Some(at) = user.verified_at { (moment(at)) } @else { "never" } },
        count(user.failures, user.locked_until),
        count(user.code_failures, user.code_locked_until),
        html! {
            @if let Some(phone) = phone { (phone.masked()) } @else { "none" }
            @if configures { " " a href=(at("phone")) { "Change …" } }
        },
        html! {
            @if let Some(cosine) = user.cosine_min { (format!("{cosine:.2}")) } @else { "as the integration" }
            @if configures { " " a href=(at("match")) { "Change …" } }
        },
        html! {
            // Nothing for those who do not read the log: it ties this person to what the log says.
            @if session.may(Permission::Audit) {
                a href=(address("/portal/audit", &[("account", &user.pseudonym)])) { code { (user.pseudonym) } }
            } @else { "–" }
        },
        html! {
            @if failed && helps { (button(&format!("{base}/unlock"), &session.form_token_field(), &[("user", &user.sub)], "Unlock")) }
            a href=(at("devices")) { "Devices …" } " "
            @if user.enrolled_at.is_some() { a href=(at("consent")) { "Consent …" } " " }
            @if helps { a href=(at("erase")) { "Erase …" } }
        },
    ]
}
