//! `/continue`: the browser's return from the verifier.
//!
//! Valid once, within an hour, in the browser that started the sign-in. An attacker who learns a `state` can neither
//! use nor invalidate it.

use axum::{extract::State, response::Response};

use super::{
    Tenant,
    authorize::BROWSER_COOKIE,
    login, pipeline,
    store::{LoginStage, Transaction},
};
use crate::web::Incoming;

/// `GET` or `POST /continue?state=…`. The session token may be in the query or in the form; the form takes precedence.
pub(super) async fn resume(State(tenant): State<Tenant>, incoming: Incoming) -> Response {
    let state = incoming.form.get("state").or_else(|| incoming.query.get("state")).unwrap_or_default();
    let now = tenant.now();
    let returning = {
        let mut store = tenant.store();
        let browser = incoming.cookie(BROWSER_COOKIE);
        match store.transaction(state, browser, now) {
            Some(Transaction { stage: LoginStage::Return { session }, .. }) => {
                let session = store.session(&session.clone(), now);
                store.take_transaction(state, browser, now).zip(session)
            }
            _ => None,
        }
    };
    match returning {
        Some((transaction, session)) => pipeline::resume(&tenant, &incoming, transaction, &session).await,
        None => login::lost(),
    }
}
