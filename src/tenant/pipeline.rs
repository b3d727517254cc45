//! Between password and code: runs the Action's legs and does what they asked for.

use serde_json::{Map, Value};
use url::Url;

use super::{
    Tenant,
    actions::{self, ActionError, Effects, Leg, Trigger},
    event::{self, Login, Protocol},
    store::{Grant, Method, Request, Session, Stage, Transaction},
};
use crate::{
    web::{self, Incoming},
    world::UnixSecs,
};
use axum::response::Response;

/// First leg, for a browser whose person is known: on to the verifier, to the application with a code, or with an error.
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
        return finish(tenant, transaction, session, effects);
    };
    if is_silent(&transaction.request) {
        return to_application(&transaction.request, &error("interaction_required", "Interaction required"));
    }
    let Ok(mut verifier) = Url::parse(verifier) else {
        return to_application(&transaction.request, &error("access_denied", "The redirect leads nowhere"));
    };
    let state = tenant.random();
    verifier.query_pairs_mut().append_pair("state", &state);
    let transaction =
        Transaction { stage: Stage::Return { session: session.id.clone() }, ..merge(transaction, effects) };
    tenant.store().put_transaction(state, transaction, tenant.now());
    web::redirect(verifier.as_str())
}

/// Second leg, when the browser is back from the verifier.
pub(super) async fn resume(
    tenant: &Tenant,
    incoming: &Incoming,
    transaction: Transaction,
    session: &Session,
) -> Response {
    match run_leg(tenant, incoming, Trigger::Continue, &transaction, session).await {
        Ok(effects) => finish(tenant, transaction, session, effects),
        Err(refusal) => refusal,
    }
}

/// Runs the Action for an application that exchanges a refresh token.
pub(super) async fn refresh(tenant: &Tenant, incoming: &Incoming, grant: &Grant) -> Result<Effects, ActionError> {
    let login =
        Login { protocol: Protocol::Refresh, request: &grant.request, session: &grant.session, transaction: None };
    let effects = run(tenant, Trigger::Execute, event::event(tenant, incoming, &login)).await?;
    remember(tenant, &grant.session, &effects);
    Ok(effects)
}

/// Sends the browser back to the application.
pub(super) fn to_application(request: &Request, answer: &[(&str, &str)]) -> Response {
    // The address was compared with the registered ones before the request became a `Request`.
    let Ok(mut url) = Url::parse(&request.redirect_uri) else {
        return web::page(
            axum::http::StatusCode::BAD_REQUEST,
            "Callback URL mismatch",
            "<h1>Callback URL mismatch</h1>",
        );
    };
    url.query_pairs_mut().extend_pairs(answer);
    if let Some(state) = &request.state {
        url.query_pairs_mut().append_pair("state", state);
    }
    web::redirect(url.as_str())
}

/// The two parameters of an error answer.
pub(super) fn error<'a>(error: &'a str, description: &'a str) -> [(&'a str, &'a str); 2] {
    [("error", error), ("error_description", description)]
}

/// Whether the application wants no page shown.
pub(super) fn is_silent(request: &Request) -> bool {
    request.prompt.iter().any(|prompt| prompt == "none")
}

/// Runs one leg in a browser's login; a failure or a denial is an answer already.
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
    let ran = run(tenant, trigger, event::event(tenant, incoming, &login)).await;
    // What Auth0 answers when an Action throws is not documented; this keeps the message where a developer looks for it.
    let denied = |reason: &str| to_application(&transaction.request, &error("access_denied", reason));
    let effects = ran.map_err(|error| denied(&error.to_string()))?;
    remember(tenant, session, &effects);
    match &effects.denied {
        Some(reason) => Err(denied(reason)),
        None => Ok(effects),
    }
}

/// Runs the Action away from the threads that serve.
async fn run(tenant: &Tenant, trigger: Trigger, event: Value) -> Result<Effects, ActionError> {
    let config = tenant.config();
    let Some(action) = tenant.action() else {
        return Ok(Effects::default());
    };
    let leg = Leg { action, trigger, event, host: config.host.clone(), now: tenant.now(), limit: config.action_limit };
    let ran = tokio::task::spawn_blocking(move || actions::run(leg)).await;
    ran.unwrap_or_else(|panicked| Err(ActionError::Engine(Box::new(panicked))))
}

/// Keeps what outlives the login: methods of the browser session, metadata of the user, lines of the console.
fn remember(tenant: &Tenant, session: &Session, effects: &Effects) {
    let now = tenant.now();
    let mut store = tenant.store();
    for name in &effects.methods {
        store.record_method(&session.id, Method { name: name.clone(), at: now });
    }
    store.update_app_metadata(&session.user_id, effects.app_metadata.clone());
    store.console.extend(effects.console.iter().cloned());
}

/// Adds what a leg set to what the legs before it set.
fn merge(transaction: Transaction, effects: Effects) -> Transaction {
    let extended = |mut old: Map<String, Value>, new: Map<String, Value>| {
        old.extend(new);
        old
    };
    Transaction {
        metadata: extended(transaction.metadata, effects.transaction_metadata),
        id_claims: extended(transaction.id_claims, effects.id_claims),
        access_claims: extended(transaction.access_claims, effects.access_claims),
        ..transaction
    }
}

/// Gives the application its code.
fn finish(tenant: &Tenant, transaction: Transaction, session: &Session, effects: Effects) -> Response {
    let Transaction { request, id_claims, access_claims, .. } = merge(transaction, effects);
    let code = tenant.random();
    let made_at: UnixSecs = tenant.now();
    let answer = to_application(&request, &[("code", &code)]);
    let grant = Grant { request, session: session.clone(), id_claims, access_claims, made_at };
    tenant.store().put_code(code, grant);
    answer
}
