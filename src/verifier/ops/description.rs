//! The OpenAPI description of every route, generated from the code.

use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, Ref, ResponseBuilder,
        security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme},
    },
};

use super::serve;
use crate::{
    api::approvals, api::attendance, api::captures, api::devices, api::heartbeat, api::logs, api::sessions,
    browser::device_link, browser::email_link, browser::return_handle, browser::session_page, browser::start,
    otp::api as otp, otp::web as otp_web,
};
use countenance_core::protocol::{Problem, REQUEST_PROOF_HEADER};

/// The OpenAPI description of every route, generated from the code.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Countenance verifier",
        description = "Verification sessions: a sign-in arrives from a tenant, a device attests a live face, the verifier \
                       compares it with the account's template, and the browser takes the result back. Members of a JSON message \
                       that its reader does not know are ignored, unless the message has a list `crit` (as in RFC 7515, \
                       4.1.11) with their paths, such as `policy.liveness.frames`; this service then answers \
                       `not-supported`. Every response has an `x-request-id`, chosen by the verifier, under which its log \
                       has the request."
    ),
    paths(
        start::start,
        session_page::show,
        session_page::leave,
        email_link::back,
        email_link::again,
        email_link::open,
        device_link::ask,
        device_link::allow,
        device_link::back,
        otp_web::form,
        otp_web::send,
        otp_web::back,
        otp_web::check,
        return_handle::return_to_tenant,
        devices::register,
        heartbeat::receive,
        approvals::look_up,
        approvals::approve,
        sessions::open,
        attendance::attend,
        captures::post,
        otp::send,
        otp::check,
        sessions::abandon,
        logs::receive,
        serve::policy,
        serve::health,
        serve::describe
    ),
    components(schemas(Problem)),
    modifiers(&Credentials, &CommonAnswers)
)]
struct Description;

/// Answers that every operation may give, because they come from what surrounds it.
struct CommonAnswers;

impl Modify for CommonAnswers {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        const ANSWERS: [(&str, &str); 4] = [
            ("400", "The address or the body is malformed"),
            ("429", "Too many requests of this address; see Retry-After"),
            ("500", "Something broke; nothing was decided"),
            ("503", "Busy, or the store does not answer; see Retry-After"),
        ];
        for item in description.paths.paths.values_mut() {
            for operation in [&mut item.get, &mut item.post].into_iter().flatten() {
                let is_page = operation.tags.iter().flatten().any(|tag| tag == "browser");
                for (status, words) in ANSWERS {
                    let problem = Content::new(Some(Ref::from_schema_name("Problem")));
                    let mut answer =
                        ResponseBuilder::new().description(words).content("application/problem+json", problem);
                    if is_page {
                        answer = answer.content("text/html", Content::default());
                    }
                    operation.responses.responses.entry(status.to_owned()).or_insert_with(|| answer.build().into());
                }
            }
        }
    }
}

/// The description.
pub(super) fn description() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// What proves who is calling, by the tag of the operation.
struct Credentials;

impl Modify for Credentials {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let header =
            |name: &str, text: &str| SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(name, text)));
        let cookie =
            "The cookie that /start set for the session, named after it, in the browser that started the sign-in.";
        let schemes = [
            (
                "device_proof",
                "client",
                header(
                    REQUEST_PROOF_HEADER,
                    "A JWS by the device key over method, URL and body (as DPoP, RFC 9449). Never the same twice.",
                ),
            ),
            ("log_token", "tenant", header("authorization", "The integration's log token, without a scheme.")),
            (
                "sign_in",
                "browser",
                SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
                    "__Host-countenance-{id}",
                    cookie,
                ))),
            ),
        ];
        let components = description.components.get_or_insert_default();
        for (name, _, scheme) in &schemes {
            components.add_security_scheme(*name, scheme.clone());
        }
        for (path, item) in &mut description.paths.paths {
            let operations = [&mut item.get, &mut item.post];
            for operation in operations.into_iter().flatten() {
                let tag = operation.tags.iter().flatten().next();
                let scheme = schemes.iter().find(|(_, of, _)| tag.is_some_and(|tag| tag == of) && path != "/start");
                operation.security =
                    scheme.map(|(name, ..)| vec![SecurityRequirement::new::<_, [&str; 0], &str>(*name, [])]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;
    use crate::ops::serve::Routes;
    use countenance_core::protocol::{
        Abandon, ApprovalRequest, ApproveDevice, ApprovedDevice, CheckCode, CodeSent, Heartbeat, HeartbeatAnswer,
        LookUpApproval, OpenSession, Outcome, RegisterDevice, RegisteredDevice, SendCode, Ticket,
    };

    /// Deserializes an example and serializes it.
    type RoundTrip = fn(&Value) -> Value;

    fn described() -> Value {
        serde_json::to_value(description()).unwrap()
    }

    #[test]
    fn describes_exactly_the_routes() {
        let description = described();
        assert_eq!(description["openapi"], "3.1.0");
        let described: BTreeSet<_> = description["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(move |m| (m.clone(), path.clone())))
            .collect();
        let routed: BTreeSet<_> =
            Routes::all().listed.iter().map(|(m, p)| ((*m).to_owned(), (*p).to_owned())).collect();
        assert_eq!(described, routed);
    }

    #[test]
    fn every_call_of_a_device_or_a_tenant_names_its_credential() {
        let description = described();
        for (path, methods) in description["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let expected = match operation["tags"][0].as_str().unwrap() {
                    "client" => json!([{ "device_proof": [] }]),
                    "tenant" => json!([{ "log_token": [] }]),
                    "browser" if path != "/start" => json!([{ "sign_in": [] }]),
                    _ => Value::Null,
                };
                assert_eq!(operation["security"], expected, "{method} {path}");
            }
        }
    }

    #[test]
    fn every_reference_resolves() {
        fn walk<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
            match value {
                Value::Object(map) => map.iter().for_each(|(key, value)| match value {
                    Value::String(target) if key == "$ref" => found.push(target),
                    value => walk(value, found),
                }),
                Value::Array(list) => list.iter().for_each(|value| walk(value, found)),
                _ => {}
            }
        }
        let description = described();
        let mut references = Vec::new();
        walk(&description, &mut references);
        assert!(references.len() > 5, "{references:?}");
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(description.pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn examples_round_trip() {
        fn round_trip<T: serde::Serialize + serde::de::DeserializeOwned>(example: &Value) -> Value {
            let read: T = serde_json::from_value(example.clone()).unwrap();
            // As text, as on the wire: a 32-bit number is shorter there than as a 64-bit value.
            serde_json::from_str(&serde_json::to_string(&read).unwrap()).unwrap()
        }
        let description = described();
        let rows: [(&str, &str, RoundTrip); 17] = [
            ("/v1/devices", "requestBody", round_trip::<RegisterDevice>),
            ("/v1/devices", "responses/200", round_trip::<RegisteredDevice>),
            ("/v1/devices/heartbeat", "requestBody", round_trip::<Heartbeat>),
            ("/v1/devices/heartbeat", "responses/200", round_trip::<HeartbeatAnswer>),
            ("/v1/bindings/lookup", "requestBody", round_trip::<LookUpApproval>),
            ("/v1/bindings/lookup", "responses/200", round_trip::<ApprovalRequest>),
            ("/v1/bindings/approve", "requestBody", round_trip::<ApproveDevice>),
            ("/v1/bindings/approve", "responses/200", round_trip::<ApprovedDevice>),
            ("/v1/sessions/{id}/open", "requestBody", round_trip::<OpenSession>),
            ("/v1/sessions/{id}/open", "responses/200", round_trip::<Ticket>),
            ("/v1/sessions/{id}/abandon", "requestBody", round_trip::<Abandon>),
            ("/v1/sessions/{id}/abandon", "responses/200", round_trip::<Outcome>),
            ("/v1/sessions/{id}/captures", "responses/200", round_trip::<Outcome>),
            ("/v1/sessions/{id}/otp", "requestBody", round_trip::<SendCode>),
            ("/v1/sessions/{id}/otp", "responses/200", round_trip::<CodeSent>),
            ("/v1/sessions/{id}/otp/check", "requestBody", round_trip::<CheckCode>),
            ("/v1/sessions/{id}/otp/check", "responses/200", round_trip::<Outcome>),
        ];
        for (path, place, round_trip) in rows {
            let escaped = path.replace('/', "~1");
            let pointer = format!("/paths/{escaped}/post/{place}/content/application~1json/example");
            let example = description.pointer(&pointer).unwrap_or_else(|| panic!("{path} {place} has no example"));
            let example: Value = serde_json::from_str(&example.to_string()).unwrap();
            assert_eq!(round_trip(&example), example, "{path} {place}");
        }
    }
}
