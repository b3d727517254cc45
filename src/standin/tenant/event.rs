//! Builds the `event` of an Action.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::{
    Tenant,
    config::User,
    host,
    store::{Request, Session},
};
use crate::web::Incoming;
use countenance_core::clock::UnixSecs;

/// The protocol of a sign-in, for `event.transaction.protocol`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// Authorization code flow: a browser at `/authorize` or `/continue`.
    CodeFlow,
    /// Refresh token exchange: an application at `/oauth/token`.
    Refresh,
}

/// The sign-in that an Action runs in.
pub(super) struct Login<'a> {
    pub(super) protocol: Protocol,
    pub(super) request: &'a Request,
    pub(super) session: &'a Session,
    /// Id and metadata of the transaction; `None` for a refresh.
    pub(super) transaction: Option<(&'a str, &'a Map<String, Value>)>,
}

/// `event` without `secrets` and `configuration`.
pub(super) fn event(tenant: &Tenant, incoming: &Incoming, login: &Login<'_>) -> Value {
    let Login { request, session, .. } = login;
    let config = tenant.config();
    let client = config.client(&request.client_id);
    let user = config.user(&session.user_id);
    let mut event = json!({
        "tenant": { "id": config.host },
        "user": user_facts(tenant, session, user),
        "client": { "client_id": request.client_id, "name": client.map(|client| &client.name), "metadata": {} },
        "request": {
            "ip": incoming.ip,
            "hostname": host::name(tenant, incoming),
            "method": incoming.method.as_str(),
            "query": incoming.query.to_json(),
            "body": incoming.form.to_json(),
            "user_agent": incoming.header(axum::http::header::USER_AGENT),
            "geoip": {},
        },
        "session": { "id": session.id },
        "transaction": transaction_facts(login),
        "authentication": { "methods": methods(session) },
    });
    if let (Some(audience), Some(event)) = (&request.audience, event.as_object_mut()) {
        event.insert("resource_server".into(), json!({ "identifier": audience }));
    }
    event
}

/// `event` of a phone provider: tenant, user, client, request and `notification`.
pub(super) fn phone_event(tenant: &Tenant, incoming: &Incoming, login: &Login<'_>, notification: Value) -> Value {
    let mut event = event(tenant, incoming, login);
    if let Some(event) = event.as_object_mut() {
        event.retain(|name, _| ["tenant", "user", "client", "request"].contains(&name.as_str()));
        // Query and form of the sign-in may contain the user's password or code.
        if let Some(request) = event.get_mut("request").and_then(Value::as_object_mut) {
            request.retain(|name, _| name != "query" && name != "body");
        }
        event.insert("notification".into(), notification);
    }
    event
}

fn user_facts(tenant: &Tenant, session: &Session, user: Option<&User>) -> Value {
    let mut facts = json!({
        "user_id": session.user_id,
        "name": user.map(|user| &user.name),
        "email": user.map(|user| &user.email),
        "email_verified": true,
        "app_metadata": tenant.store().app_metadata(&session.user_id),
        "user_metadata": {},
        "enrolledFactors": [],
        "multifactor": [],
    });
    if let (Some(phone), Some(facts)) = (user.and_then(|user| user.phone.as_ref()), facts.as_object_mut()) {
        facts.insert("phone_number".into(), json!(phone));
        facts.insert("phone_verified".into(), json!(true));
        facts.insert("enrolledFactors".into(), json!([{ "type": "phone" }]));
    }
    facts
}

/// `event.transaction`. A refresh has only protocol and scopes.
fn transaction_facts(login: &Login<'_>) -> Value {
    let Login { protocol, request, transaction, .. } = login;
    let mut facts = Map::new();
    let name = match protocol {
        Protocol::CodeFlow => "oidc-basic-profile",
        Protocol::Refresh => "oauth2-refresh-token",
    };
    facts.insert("protocol".into(), json!(name));
    facts.insert("requested_scopes".into(), json!(request.scopes));
    if let Some((id, metadata)) = transaction {
        facts.insert("id".into(), json!(id));
        facts.insert("metadata".into(), json!(metadata));
        facts.insert("prompt".into(), json!(request.prompt));
        facts.insert("redirect_uri".into(), json!(request.redirect_uri));
        facts.insert("response_type".into(), json!(["code"]));
        facts.insert("ui_locales".into(), json!([]));
        // Present only if the application sent them.
        facts.extend(request.acr_values.as_ref().map(|values| ("acr_values".to_owned(), json!(values))));
        facts.extend(request.state.as_ref().map(|state| ("state".to_owned(), json!(state))));
        facts.extend(request.login_hint.as_ref().map(|hint| ("login_hint".to_owned(), json!(hint))));
    }
    facts.into()
}

fn methods(session: &Session) -> Vec<Value> {
    let record = |name: &str, kind: Option<&str>, at: UnixSecs| match kind {
        Some(kind) => json!({ "name": name, "type": kind, "timestamp": iso8601(at) }),
        None => json!({ "name": name, "timestamp": iso8601(at) }),
    };
    session.methods.iter().map(|method| record(&method.name, method.kind, method.at)).collect()
}

/// Formats a time as JavaScript does: `2026-11-22T02:35:36.000Z`.
pub(super) fn iso8601(at: UnixSecs) -> String {
    // Only fails after the year 9999.
    let at = OffsetDateTime::from_unix_timestamp(at).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (hour, minute, second) = at.to_hms();
    format!("{}T{hour:02}:{minute:02}:{second:02}.000Z", at.date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_times_as_javascript_does() {
        for (at, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (1_735_689_599, "2024-12-31T23:59:59.000Z"),
            (1_795_314_936, "2026-11-22T02:35:36.000Z"),
        ] {
            assert_eq!(iso8601(at), text);
        }
    }
}
