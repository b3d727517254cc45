//! From password to authorization code: runs the Action's legs and applies their effects.

use maud::html;
use serde_json::{Map, Value, json};
use url::Url;

use super::{
    Action, Tenant,
    actions::{self, ActionError, Effects, Leg, Trigger},
    event::{self, Login, Protocol},
    log, mfa,
    store::{Grant, LoginStage, Method, Request, Session, Transaction},
};
use crate::web::{self, Incoming};
use axum::response::Response;
use countenance_core::clock::UnixSecs;

/// Runs the first leg for a signed-in browser, then redirects to the verifier, or to the application with a code or an
/// error.
pub(super) async fn execute(
    tenant: &Tenant,
    incoming: &Incoming,
    transaction: Transaction,
    session: &Session,
) -> Response {
    let effects = match run_leg(tenant, incoming, Trigger::Execute, &transaction, session).await {
        Ok(effects) => effects,
        Err(refusal) => return refusal,
    };
    let Some(verifier) = &effects.redirect else {
        return conclude(tenant, incoming, merge(transaction, effects), session).await;
    };
    let user = Some(session.user_id.as_str());
    if is_silent(&transaction.request) {
        return no_page(tenant, incoming, &transaction.request, user);
    }
    let Ok(mut verifier) = Url::parse(verifier) else {
        return refuse(tenant, incoming, &transaction.request, user, "The redirect URL is invalid");
    };
    let state = tenant.random();
    verifier.query_pairs_mut().append_pair("state", &state);
    let transaction =
        Transaction { stage: LoginStage::Return { session: session.id.clone() }, ..merge(transaction, effects) };
    tenant.store().put_transaction(state, transaction, tenant.now());
    web::redirect(verifier.as_str())
}

/// Runs the second leg, after the browser has returned from the verifier.
pub(super) async fn resume(
    tenant: &Tenant,
    incoming: &Incoming,
    transaction: Transaction,
    session: &Session,
) -> Response {
    match run_leg(tenant, incoming, Trigger::Continue, &transaction, session).await {
        Ok(effects) => conclude(tenant, incoming, merge(transaction, effects), session).await,
        Err(refusal) => refusal,
    }
}

/// Runs the Action for a refresh token exchange.
pub(super) async fn refresh(tenant: &Tenant, incoming: &Incoming, grant: &Grant) -> Result<Effects, ActionError> {
    let login =
        Login { protocol: Protocol::Refresh, request: &grant.request, session: &grant.session, transaction: None };
    let effects = post_login(tenant, Trigger::Execute, event::event(tenant, incoming, &login)).await?;
    remember(tenant, &grant.session, &effects);
    Ok(effects)
}

/// Redirects the browser to the application.
pub(super) fn to_application(request: &Request, answer: &[(&str, &str)]) -> Response {
    // The URI was checked against the registered ones before the `Request` was created.
    let Ok(mut url) = Url::parse(&request.redirect_uri) else {
        let main = html! { h1 { "Callback URL mismatch" } };
        return web::page(axum::http::StatusCode::BAD_REQUEST, "Callback URL mismatch", &main);
    };
    url.query_pairs_mut().extend_pairs(answer);
    if let Some(state) = &request.state {
        url.query_pairs_mut().append_pair("state", state);
    }
    web::redirect(url.as_str())
}

/// The parameters of an error response.
pub(super) fn error<'a>(error: &'a str, description: &'a str) -> [(&'a str, &'a str); 2] {
    [("error", error), ("error_description", description)]
}

/// Whether the application requested `prompt=none`.
pub(super) fn is_silent(request: &Request) -> bool {
    request.prompt.iter().any(|prompt| prompt == "none")
}

/// Runs one leg of a browser's sign-in. Failure and denial give `Err` with the response.
async fn run_leg(
    tenant: &Tenant,
    incoming: &Incoming,
    trigger: Trigger,
    transaction: &Transaction,
    session: &Session,
) -> Result<Effects, Response> {
    let login = Login {
        protocol: Protocol::CodeFlow,
        request: &transaction.request,
        session,
        transaction: Some((&transaction.id, &transaction.metadata)),
    };
    let ran = post_login(tenant, trigger, event::event(tenant, incoming, &login)).await;
    // Auth0's response to an Action that throws is not documented; this one shows developers the message.
    let user = Some(session.user_id.as_str());
    let denied = |reason: &str| refuse(tenant, incoming, &transaction.request, user, reason);
    let effects = ran.map_err(|error| denied(&error.to_string()))?;
    remember(tenant, session, &effects);
    match &effects.denied {
        Some(reason) => Err(denied(reason)),
        None => Ok(effects),
    }
}

/// Runs the deployed post-login Action; without one, there are no effects.
async fn post_login(tenant: &Tenant, trigger: Trigger, event: Value) -> Result<Effects, ActionError> {
    match tenant.deployed().post_login {
        Some(action) => run(tenant, action, trigger, event).await,
        None => Ok(Effects::default()),
    }
}

/// Runs an Action on a blocking thread.
pub(super) async fn run(
    tenant: &Tenant,
    action: Action,
    trigger: Trigger,
    event: Value,
) -> Result<Effects, ActionError> {
    let config = tenant.config();
    // `iss` of session tokens is the tenant's own host; whether Auth0 uses a custom domain there is not documented.
    let (host, limit, net) = (config.host.clone(), config.action_limit, tenant.net());
    let leg = Leg { action, trigger, event, host, now: tenant.now(), limit, net };
    let ran = tokio::task::spawn_blocking(move || actions::run(leg)).await;
    ran.unwrap_or_else(|panicked| Err(ActionError::Engine(Box::new(panicked))))
}

/// Stores the effects that outlive the sign-in: session methods, user metadata, console lines.
fn remember(tenant: &Tenant, session: &Session, effects: &Effects) {
    let now = tenant.now();
    let mut store = tenant.store();
    for name in &effects.methods {
        store.record_method(&session.id, Method { name: name.clone(), kind: None, at: now });
    }
    store.update_app_metadata(&session.user_id, effects.app_metadata.clone());
    store.console.extend(effects.console.iter().cloned());
}

/// Merges a leg's effects with those of earlier legs.
fn merge(transaction: Transaction, effects: Effects) -> Transaction {
    let extended = |mut old: Map<String, Value>, new: Map<String, Value>| {
        old.extend(new);
        old
    };
    Transaction {
        mfa: mfa::ask(&effects).or(transaction.mfa),
        metadata: extended(transaction.metadata, effects.transaction_metadata),
        id_claims: extended(transaction.id_claims, effects.id_claims),
        access_claims: extended(transaction.access_claims, effects.access_claims),
        ..transaction
    }
}

/// Completes a sign-in after the last leg: the tenant's own second factor, if requested, then the code.
async fn conclude(tenant: &Tenant, incoming: &Incoming, transaction: Transaction, session: &Session) -> Response {
    let user = Some(session.user_id.as_str());
    match transaction.mfa {
        None | Some(mfa::Ask::Skip) => finish(tenant, incoming, transaction, session, false),
        Some(_) if is_silent(&transaction.request) => no_page(tenant, incoming, &transaction.request, user),
        Some(mfa::Ask::Phone { voice }) => mfa::begin(tenant, incoming, transaction, session, voice).await,
        Some(mfa::Ask::NotEnrolled) => {
            let reason = "None of the factors asked for is enrolled";
            refuse(tenant, incoming, &transaction.request, user, reason)
        }
    }
}

/// Issues the authorization code.
pub(super) fn finish(
    tenant: &Tenant,
    incoming: &Incoming,
    transaction: Transaction,
    session: &Session,
    mfa: bool,
) -> Response {
    let Transaction { request, id_claims, access_claims, .. } = transaction;
    let code = tenant.random();
    let made_at: UnixSecs = tenant.now();
    let kind = if is_silent(&request) { "ssa" } else { "s" };
    let user_id = Some(session.user_id.as_str());
    let done = log::Event { kind, description: "Logged in", request: &request, user_id, details: json!({}) };
    log::record(tenant, incoming, &done);
    let answer = to_application(&request, &[("code", &code)]);
    let grant = Grant { request, session: session.clone(), id_claims, access_claims, mfa, made_at };
    tenant.store().put_code(code, grant);
    answer
}

/// Ends a sign-in with `access_denied`.
pub(super) fn refuse(
    tenant: &Tenant,
    incoming: &Incoming,
    request: &Request,
    user_id: Option<&str>,
    reason: &str,
) -> Response {
    fail(tenant, incoming, request, user_id, ("access_denied", reason))
}

/// Ends a silent sign-in that requires interaction.
fn no_page(tenant: &Tenant, incoming: &Incoming, request: &Request, user_id: Option<&str>) -> Response {
    fail(tenant, incoming, request, user_id, ("interaction_required", "Interaction required"))
}

fn fail(
    tenant: &Tenant,
    incoming: &Incoming,
    request: &Request,
    user_id: Option<&str>,
    (name, reason): (&str, &str),
) -> Response {
    let kind = if is_silent(request) { "fsa" } else { "f" };
    let details = json!({ "error": name });
    log::record(tenant, incoming, &log::Event { kind, description: reason, request, user_id, details });
    to_application(request, &error(name, reason))
}
