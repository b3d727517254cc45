//! `/u/login`: the password page.
//!
//! The form is bound to a sign-in by its `state` and to a browser by a cookie, so no other site can submit it.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::SameSite;
use maud::html;

use super::{
    Tenant,
    authorize::{BROWSER_COOKIE, SESSION_COOKIE},
    config::User,
    pipeline,
    store::{LoginStage, Method, Session, Transaction},
};
use crate::web::{self, Incoming};

/// Number of wrong passwords that ends a sign-in.
const WRONG_PASSWORDS: u32 = 10;

/// Auth0's message for an unknown `state`.
pub(super) const SESSION_LOST: &str = "You may have pressed the back button, refreshed during login, opened too many \
    login dialogs, or there is some issue with cookies, since we couldn't find your session. Try logging in again from \
    the application and if the problem persists please contact the administrator.";

/// `GET /u/login?state=…`.
pub(super) async fn show(State(tenant): State<Tenant>, incoming: Incoming) -> Response {
    let state = incoming.query.get("state").unwrap_or_default();
    let store = tenant.store();
    match store.transaction(state, incoming.cookie(BROWSER_COOKIE), tenant.now()) {
        Some(transaction @ Transaction { stage: LoginStage::Password { .. }, .. }) => {
            form(&tenant, state, transaction, None)
        }
        _ => lost(),
    }
}

/// `POST /u/login`.
pub(super) async fn submit(State(tenant): State<Tenant>, incoming: Incoming) -> Response {
    let state = incoming.form.get("state").unwrap_or_default();
    let now = tenant.now();
    let taken = tenant.store().take_transaction(state, incoming.cookie(BROWSER_COOKIE), now);
    let Some(transaction) = taken else {
        return lost();
    };
    let LoginStage::Password { wrong } = transaction.stage else {
        // Put it back: this sign-in waits for the verifier or for a code.
        tenant.store().put_transaction(state.to_owned(), transaction, now);
        return lost();
    };
    let email = incoming.form.get("email").unwrap_or_default();
    let password = incoming.form.get("password").unwrap_or_default();
    let Some(user) = find(&tenant, email, password) else {
        let transaction = Transaction { stage: LoginStage::Password { wrong: wrong + 1 }, ..transaction };
        return wrong_password(&tenant, &incoming, state, email, transaction);
    };

    // A new session id, against session fixation.
    let session = Session {
        id: tenant.random(),
        user_id: user.user_id.clone(),
        began_at: now,
        methods: vec![Method { name: "pwd".to_owned(), kind: None, at: now }],
    };
    tenant.store().put_session(session.clone(), now);
    let answer = pipeline::execute(&tenant, &incoming, transaction, &session).await;
    (incoming.cookies.add(web::cookie(SESSION_COOKIE, session.id, SameSite::Lax)), answer).into_response()
}

/// The page for a `state` that is unknown in this browser.
pub(super) fn lost() -> Response {
    let main = html! {
        h1 { "We lost your login" }
        p role="alert" { "invalid_request: " (SESSION_LOST) }
    };
    web::page(StatusCode::BAD_REQUEST, "We lost your login", &main)
}

fn find<'a>(tenant: &'a Tenant, email: &str, password: &str) -> Option<&'a User> {
    let users = &tenant.config().users;
    users.iter().find(|user| user.email.eq_ignore_ascii_case(email) && user.has_password(password))
}

fn wrong_password(
    tenant: &Tenant,
    incoming: &Incoming,
    state: &str,
    email: &str,
    transaction: Transaction,
) -> Response {
    if matches!(transaction.stage, LoginStage::Password { wrong } if wrong >= WRONG_PASSWORDS) {
        return pipeline::refuse(tenant, incoming, &transaction.request, None, "Too many wrong passwords");
    }
    let page = form(tenant, state, &transaction, Some(email));
    tenant.store().put_transaction(state.to_owned(), transaction, tenant.now());
    page
}

/// The page; `rejected` is the email address of a failed attempt.
fn form(tenant: &Tenant, state: &str, transaction: &Transaction, rejected: Option<&str>) -> Response {
    let client = tenant.config().client(&transaction.request.client_id);
    let client = client.map_or("the application", |client| &client.name);
    let status = if rejected.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let email = rejected.or(transaction.request.login_hint.as_deref()).unwrap_or_default();
    let main = html! {
        h1 { "Log in" }
        p.soft { "to go on to " (client) }
        @if rejected.is_some() { p.bad role="alert" { "Wrong email or password." } }
        form method="post" action="/u/login" {
            input type="hidden" name="state" value=(state);
            label { "Email " input type="email" name="email" value=(email) autocomplete="username" required; }
            label { "Password " input type="password" name="password" autocomplete="current-password" required; }
            button { "Continue" }
        }
        p.soft { "A stand-in for an Auth0 tenant, on this machine only." }
    };
    web::named_page(status, "login", &format!("Log in to {client}"), &main)
}
