//! `/portal/integrations/{id}/users`: accounts by the tenant's `user_id`; unlocking and erasing them.

use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    extract::{OperatorSession, PortalError, VerifiedForm},
    html::{Cell, add, address, button, moment, table},
    page::PortalPage,
};
use crate::{PhoneNumber, browser::pages::text, store::UserRow};
use countenance_core::clock::UnixSecs;

/// Users on a page.
const PAGE: usize = 50;

/// The list, in the order of identifiers, from those that begin as asked.
pub(super) async fn list(session: OperatorSession, Path(id): Path<String>) -> Result<PortalPage, PortalError> {
    let mut tx = session.verifier.store().begin().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let (prefix, after) = (session.query.get("q").trim(), session.query.get("after"));
    let mut found = tx.users(&id, prefix, after, PAGE as u32 + 1).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let base = format!("/portal/integrations/{id}/users");
    let mut rows = Vec::new();
    for user in &found {
        let phone = if user.has_phone { tx.phone(&id, &user.sub).await? } else { None };
        rows.push(row(&session, &base, user, phone.as_ref()));
    }
    let mut body = format!(
        "<form method=\"get\" action=\"{path}\" role=\"search\" class=\"filters\">\n<div class=\"field\">\n\
         <label for=\"q\">External identifier (Auth0 user_id), or its beginning</label>\n\
         <input id=\"q\" name=\"q\" value=\"{}\" autocapitalize=\"none\" spellcheck=\"false\">\n</div>\n\
         <button>Search</button>\n</form>\n",
        text(prefix),
        path = text(&base),
    );
    if session.query.ticked("phone") {
        body.insert_str(0, "<p role=\"status\">The phone was saved.</p>\n");
    }
    if session.query.ticked("match") {
        body.insert_str(0, "<p role=\"status\">The match threshold was saved.</p>\n");
    }
    if session.query.ticked("erased") {
        body.insert_str(0, "<p role=\"status\">The user was erased.</p>\n");
    }
    if rows.is_empty() {
        body += if prefix.is_empty() && after.is_empty() {
            "<p>Nobody has come here yet. Accounts appear with their first login.</p>\n"
        } else {
            "<p>No user's identifier begins like this.</p>\n"
        };
    } else {
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
        body += &table("Users in the order of their identifiers", &heads, &rows);
    }
    if !after.is_empty() {
        add(
            &mut body,
            format_args!("<p><a href=\"{}\">From the beginning</a></p>\n", text(&address(&base, &[("q", prefix)]))),
        );
    }
    if let Some(last) = found.last().filter(|_| more) {
        let next = address(&base, &[("q", prefix), ("after", &last.sub)]);
        add(&mut body, format_args!("<p><a href=\"{}\" rel=\"next\">Next {PAGE}</a></p>\n", text(&next)));
    }
    let title = format!("Users of {}", integration.rules.name);
    Ok(session.page("portal-users", title, body).of_integration(&id, &integration.rules.name))
}

/// Ends an account's count of failures and its lock.
pub(super) async fn unlock(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    let user = form.fields.get("user");
    if !form.session.calls().unlock_account(&id, user).await? {
        return Err(PortalError::NoAccount);
    }
    Ok(Redirect::to(&address(&format!("/portal/integrations/{id}/users"), &[("q", user)])).into_response())
}

/// Asks whether the account is to be erased.
pub(super) async fn confirm(session: OperatorSession, Path(id): Path<String>) -> Result<PortalPage, PortalError> {
    let mut tx = session.verifier.store().begin().await?;
    let integration = session.integration(&mut tx, &id).await?;
    let user = tx.user(&id, session.query.get("user")).await?.ok_or(PortalError::NoAccount)?;
    let base = format!("/portal/integrations/{id}/users");
    let body = format!(
        "<p>Erase <strong>{}</strong>: the face template, the sessions, the phone, and what ties the audit log's pseudonym \
         <code>{}</code> to this person. It cannot be undone. With the next login the account begins anew{}.</p>\n{}\
         <p><a href=\"{}\">Keep it</a></p>\n",
        text(&user.sub),
        text(&user.pseudonym),
        if integration.rules.allow_self_enrolment { " and may enrol again" } else { ", and may not enrol itself" },
        button(&format!("{base}/erase"), &session.form_token_field(), &[("user", &user.sub)], "Erase this user"),
        text(&base),
    );
    Ok(session.page("portal-erase", "Erase a user?", body).of_integration(&id, &integration.rules.name))
}

/// Erases the account.
pub(super) async fn erase(Path(id): Path<String>, form: VerifiedForm) -> Result<Response, PortalError> {
    if !form.session.calls().erase_account(&id, form.fields.get("user")).await? {
        return Err(PortalError::NoAccount);
    }
    Ok(Redirect::to(&format!("/portal/integrations/{}/users?erased", text(&id))).into_response())
}

fn row(session: &OperatorSession, base: &str, user: &UserRow, phone: Option<&PhoneNumber>) -> Vec<Cell> {
    let now = session.verifier.now();
    let count = |failures: u32, until: UnixSecs| {
        let lock = if until > now { format!(", locked until {}", moment(until)) } else { String::new() };
        format!("{failures}{lock}")
    };
    let mut actions = String::new();
    if user.failures > 0 || user.code_failures > 0 || user.locked_until.max(user.code_locked_until) > now {
        actions += &button(&format!("{base}/unlock"), &session.form_token_field(), &[("user", &user.sub)], "Unlock");
    }
    let erase = address(&format!("{base}/erase"), &[("user", &user.sub)]);
    add(&mut actions, format_args!("<a href=\"{}\">Erase …</a>", text(&erase)));
    let change = |what: &str| text(&address(&format!("{base}/{what}"), &[("user", &user.sub)]));
    let audit = address("/portal/audit", &[("account", &user.pseudonym)]);
    vec![
        Cell::code(&user.sub),
        user.enrolled_at.map_or_else(|| Cell::text("not enrolled"), |at| Cell(moment(at))),
        user.verified_at.map_or_else(|| Cell::text("never"), |at| Cell(moment(at))),
        Cell(count(user.failures, user.locked_until)),
        Cell(count(user.code_failures, user.code_locked_until)),
        Cell(format!(
            "{} <a href=\"{}\">Change …</a>",
            phone.map_or("none".into(), |p| text(&p.masked())),
            change("phone")
        )),
        Cell(format!(
            "{} <a href=\"{}\">Change …</a>",
            user.cosine_min.map_or("as the integration".into(), |cosine| format!("{cosine:.2}")),
            change("match")
        )),
        Cell(format!("<a href=\"{}\"><code>{}</code></a>", text(&audit), text(&user.pseudonym))),
        Cell(actions),
    ]
}
