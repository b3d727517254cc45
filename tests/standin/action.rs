//! The customer's Action on synthetic events: one table row for each path through it.

use countenance_core::protocol::Reason;
use countenance_standin::tenant::{
    Action,
    actions::{Effects, Leg, TIME_LIMIT, Trigger, run},
};
use jsonwebtoken::{Algorithm, Header};
use serde_json::{Value, json};

use super::test_tenant::{CLAIM, NOW, POLICY, SECRET, decode, real_action, sign, sign_as};

const METHOD: &str = "https://verifier.example.com/start";

pub(super) fn action(mode: &str) -> Action {
    real_action(mode, "https://login.example.com", "https://verifier.example.com")
}

/// The event of an ordinary sign-in of Ada's, with some values replaced; each fact is a JSON pointer and a value.
pub(super) fn event(facts: &[(&str, Value)]) -> Value {
    let mut event = json!({
        "user": { "user_id": "auth0|ada", "email": "ada@example.com", "name": "Ada", "app_metadata": {} },
        "client": { "client_id": "app", "name": "App" },
        "request": { "ip": "192.0.2.7", "hostname": "tenant.example.com", "query": {}, "body": {} },
        "transaction": { "id": "transaction-1", "protocol": "oidc-basic-profile", "prompt": [], "metadata": {} },
        "authentication": { "methods": [{ "name": "pwd", "timestamp": "2027-01-15T07:59:00.000Z" }] },
    });
    for (path, value) in facts {
        let (parent, key) = path.rsplit_once('/').unwrap();
        event.pointer_mut(parent).unwrap()[key] = value.clone();
    }
    event
}

pub(super) fn leg(action: Action, trigger: Trigger, event: Value) -> Effects {
    run(Leg { action, trigger, event, host: "tenant.example.com".into(), now: NOW, limit: TIME_LIMIT, net: None })
        .unwrap()
}

/// An authentication method record; `key` is the member that holds the URL.
fn record(key: &str, url: &str, timestamp: &str) -> (&'static str, Value) {
    ("/authentication/methods", json!([{ "name": "pwd" }, { key: url, "timestamp": timestamp }]))
}

/// Values that a row replaces in an event (by JSON pointer) or in a token (by claim).
type Facts<'a> = Vec<(&'a str, Value)>;

/// Results of a first leg; a denial is represented by its code.
const PASSES: &str = "passes";
const REDIRECTS: &str = "redirects";
const NEEDED: &str = "countenance_interaction_required";

/// Runs the first leg for each row: name, facts, expected result.
fn assert_first_legs(mode: &str, rows: Vec<(&str, Facts, &str)>) {
    for (name, facts, expected) in rows {
        let effects = leg(action(mode), Trigger::Execute, event(&facts));
        let found = match (&effects.denied, &effects.redirect) {
            (Some(code), None) => code.as_str(),
            (None, Some(_)) => REDIRECTS,
            (None, None) => PASSES,
            (Some(_), Some(_)) => "both",
        };
        assert_eq!(found, expected, "{mode}: {name}");
        assert!(
            effects.id_claims.is_empty() && effects.access_claims.is_empty(),
            "{name}: a claim without a face check"
        );
        assert!(effects.methods.is_empty(), "{name}: a record without a face check");
    }
}

fn silent() -> (&'static str, Value) {
    ("/transaction/prompt", json!(["none"]))
}

fn asked() -> (&'static str, Value) {
    ("/transaction/acr_values", json!([POLICY]))
}

fn protocol(name: &str) -> (&'static str, Value) {
    ("/transaction/protocol", json!(name))
}

#[test]
fn always_mode_requires_a_face_or_a_fresh_record_when_silent() {
    // NOW is 2027-01-15T08:00:00Z.
    let (day_old, older) = ("2027-01-14T08:00:00.000Z", "2027-01-14T07:59:59.000Z");
    let future = "2027-01-15T08:00:01.000Z";
    let other = "https://other.example.com/start";
    assert_first_legs(
        "always",
        vec![
            ("an ordinary sign-in", vec![], REDIRECTS),
            ("asked", vec![asked()], REDIRECTS),
            ("a fresh record does not replace the face", vec![record("name", METHOD, day_old)], REDIRECTS),
            ("refresh", vec![protocol("oauth2-refresh-token")], PASSES),
            ("password grant", vec![protocol("oauth2-resource-owner")], NEEDED),
            ("silent, no record", vec![silent()], NEEDED),
            ("silent, fresh by name", vec![silent(), record("name", METHOD, day_old)], PASSES),
            ("silent, fresh by url", vec![silent(), record("url", METHOD, day_old)], PASSES),
            ("silent, too old", vec![silent(), record("name", METHOD, older)], NEEDED),
            ("silent, from the future", vec![silent(), record("name", METHOD, future)], NEEDED),
            ("silent, no time", vec![silent(), record("name", METHOD, "yesterday")], NEEDED),
            ("silent, another method", vec![silent(), record("name", other, day_old)], NEEDED),
            ("silent, asked", vec![silent(), asked(), record("name", METHOD, day_old)], NEEDED),
            ("silent, no authentication data", vec![silent(), ("/authentication", Value::Null)], NEEDED),
        ],
    );
}

#[test]
fn on_demand_mode_requires_a_face_only_if_the_application_asks() {
    let acr = |values: Value| vec![("/transaction/acr_values", values)];
    let fresh = record("name", METHOD, "2027-01-15T08:00:00.000Z");
    assert_first_legs(
        "on-demand",
        vec![
            ("an ordinary sign-in", vec![], PASSES),
            ("asked, as a list", vec![asked()], REDIRECTS),
            ("asked, among others", acr(json!(["urn:a", POLICY])), REDIRECTS),
            ("asked, as a string", acr(json!(POLICY)), REDIRECTS),
            ("asked, as space-separated values", acr(json!(format!("urn:a {POLICY}"))), REDIRECTS),
            ("asked for another policy", acr(json!(["urn:a"])), PASSES),
            ("asked for a policy with this prefix", acr(json!(format!("{POLICY}-lite"))), PASSES),
            ("an empty list", acr(json!([])), PASSES),
            ("silent", vec![silent()], PASSES),
            ("silent, asked", vec![silent(), asked()], NEEDED),
            ("silent, asked, fresh", vec![silent(), asked(), fresh], NEEDED),
            ("refresh", vec![protocol("oauth2-refresh-token"), asked()], PASSES),
            ("no transaction", vec![("/transaction", Value::Null)], PASSES),
        ],
    );
    assert_first_legs("sometimes", vec![("an unknown mode", vec![], "countenance_configuration_error")]);
}

/// The URL that the first leg redirects to, and the claims of its start token.
fn outgoing(effects: &Effects) -> (url::Url, Value) {
    let url = url::Url::parse(effects.redirect.as_deref().unwrap()).unwrap();
    let token = url.query_pairs().find(|(name, _)| name == "session_token").unwrap().1.into_owned();
    (url, decode(&token, SECRET))
}

#[test]
fn the_start_token_has_only_the_claims_the_verifier_needs() {
    let effects = leg(action("always"), Trigger::Execute, event(&[]));
    let (url, claims) = outgoing(&effects);
    assert_eq!((url.host_str(), url.path()), (Some("verifier.example.com"), "/start"));
    let expected = json!({
        "sub": "auth0|ada", "iss": "tenant.example.com", "iat": NOW, "exp": NOW + 600, "ip": "192.0.2.7",
        "integration_id": "integration-1", "continue_uri": "https://login.example.com/continue", "client_name": "App",
        "email": "ada@example.com", "purpose": "enroll", "transaction_id": "transaction-1",
    });
    assert_eq!(claims, expected);
    assert_eq!(effects.transaction_metadata["countenance_transaction_id"], "transaction-1");
}

#[test]
fn the_first_leg_follows_custom_domains_and_marketplace_settings() {
    let marketplace = Action::new(super::test_tenant::ACTION)
        .secret("SESSION_SECRET", SECRET)
        .configure("INTEGRATION_ID", "integration-2")
        .configure("VERIFIER_ORIGIN", "https://face.example.org")
        .configure("MODE", "always");
    let known = json!({ "countenance": { "enrolled_at": "2026-01-01T00:00:00.000Z" } });
    let facts = [
        ("/request/hostname", json!("login.example.org")),
        ("/user/app_metadata", known),
        ("/user/email", Value::Null),
    ];
    let (url, claims) = outgoing(&leg(marketplace, Trigger::Execute, event(&facts)));
    assert_eq!(url.host_str(), Some("face.example.org"));
    assert_eq!(claims["continue_uri"], "https://login.example.org/continue");
    assert_eq!(claims["integration_id"], "integration-2");
    assert_eq!((&claims["purpose"], &claims["name"]), (&json!("verify"), &json!("Ada")));
}

#[test]
fn sends_only_phone_numbers_that_the_user_cannot_set() {
    let by_operator = json!({ "countenance": { "phone_number": "+15550100" } });
    let rows: [(&str, Facts, Option<&str>); 6] = [
        ("no phone", vec![], None),
        (
            "verified",
            vec![("/user/phone_number", json!("+15550199")), ("/user/phone_verified", json!(true))],
            Some("+15550199"),
        ),
        ("not verified", vec![("/user/phone_number", json!("+15550199"))], None),
        (
            "verified as a string",
            vec![("/user/phone_number", json!("+15550199")), ("/user/phone_verified", json!("true"))],
            None,
        ),
        ("set by an operator", vec![("/user/app_metadata", by_operator.clone())], Some("+15550100")),
        ("set by the user", vec![("/user/user_metadata", by_operator)], None),
    ];
    for (name, facts, phone) in rows {
        let (_, claims) = outgoing(&leg(action("always"), Trigger::Execute, event(&facts)));
        assert_eq!(claims.get("phone_number").and_then(Value::as_str), phone, "{name}");
        assert_eq!(claims["purpose"], "enroll", "{name}: a phone number is not an enrollment");
    }
}

#[test]
fn an_enrollment_keeps_the_operators_phone_number() {
    let entry = json!({ "countenance": { "phone_number": "+15550100" } });
    let enrolled = sign(&answer(&[("purpose", json!("enroll"))]), SECRET);
    let effects = resume(&enrolled, &[("/user/app_metadata", entry)]);
    let kept = json!({ "phone_number": "+15550100", "enrolled_at": "2027-01-15T08:00:00.000Z" });
    assert_eq!(effects.app_metadata["countenance"], kept);
}

/// The verifier's approval of Ada's sign-in, with some claims replaced; null removes a claim.
fn answer(claims: &[(&str, Value)]) -> serde_json::Map<String, Value> {
    let mut answer = json!({
        "sub": "auth0|ada", "iss": "https://verifier.example.com", "iat": NOW, "exp": NOW + 60, "state": "state-1",
        "integration_id": "integration-1", "result": "approved", "purpose": "verify", "amr": ["face", "mfa"],
    });
    for (name, value) in claims {
        answer[*name] = value.clone();
    }
    answer
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect()
}

/// Runs the second leg with this token in the body.
fn resume(token: &str, more: &[(&str, Value)]) -> Effects {
    let mut facts = vec![
        ("/request/query", json!({ "state": "state-1" })),
        ("/request/body", json!({ "session_token": token })),
        ("/transaction/metadata", json!({ "countenance_transaction_id": "transaction-1" })),
    ];
    facts.extend_from_slice(more);
    leg(action("always"), Trigger::Continue, event(&facts))
}

#[test]
fn the_second_leg_grants_the_claim_only_after_a_valid_approval() {
    let refused = |reason: &str| vec![("result", json!("refused")), ("reason", json!(reason))];
    let invalid = Some("countenance_invalid_answer");
    let rows: Vec<(&str, Facts, Option<&str>)> = vec![
        ("approved", vec![], None),
        ("approved by code", vec![("amr", json!(["otp", "sms", "mfa"]))], None),
        ("approved, amr as text", vec![("amr", json!("mfa"))], None),
        ("approved, with the transaction ID", vec![("transaction_id", json!("transaction-1"))], None),
        (
            "another sign-in's ID",
            vec![("transaction_id", json!("transaction-2"))],
            Some("countenance_wrong_transaction"),
        ),
        (
            "another integration",
            vec![("integration_id", json!("integration-2"))],
            Some("countenance_wrong_integration"),
        ),
        ("no integration", vec![("integration_id", Value::Null)], Some("countenance_wrong_integration")),
        ("no result", vec![("result", Value::Null)], invalid),
        ("another result", vec![("result", json!("approved "))], invalid),
        ("a Boolean result", vec![("result", json!(true))], invalid),
        ("another purpose", vec![("purpose", json!("test"))], invalid),
        ("no purpose", vec![("purpose", Value::Null)], invalid),
        ("one factor", vec![("amr", json!(["face"]))], invalid),
        ("no factors", vec![("amr", Value::Null)], invalid),
        (
            "an enrollment that does not count",
            vec![("purpose", json!("enroll")), ("amr", json!([]))],
            Some("countenance_enrolled"),
        ),
        ("an unknown reason", refused("<b>"), Some("countenance_refused")),
        ("an object property as reason", refused("constructor"), Some("countenance_refused")),
        ("no reason", vec![("result", json!("refused"))], Some("countenance_refused")),
    ];
    for (name, claims, denied) in rows {
        let effects = resume(&sign(&answer(&claims), SECRET), &[]);
        assert_eq!(effects.denied.as_deref(), denied, "{name}");
        let granted = denied.is_none();
        assert_eq!(effects.id_claims.get(CLAIM), granted.then_some(&json!("mfa")), "{name}");
        assert_eq!(effects.methods, if granted { vec![METHOD] } else { vec![] }, "{name}");
        assert!(effects.access_claims.is_empty() && effects.app_metadata.is_empty(), "{name}");
    }
}

#[test]
fn every_refusal_reason_maps_to_its_denial_code() {
    let all = [
        Reason::NoMatch,
        Reason::NotLive,
        Reason::CannotTell,
        Reason::PoorQuality,
        Reason::CameraNotAllowed,
        Reason::Untrusted,
        Reason::Cancelled,
        Reason::NotMe,
        Reason::NoCamera,
        Reason::TimedOut,
        Reason::TooManyAttempts,
        Reason::NotEnrolled,
        Reason::AlreadyEnrolled,
        Reason::Disabled,
        Reason::CannotEnforce,
    ];
    for reason in all {
        let claims = [("result", json!("refused")), ("reason", json!(reason.name()))];
        let effects = resume(&sign(&answer(&claims), SECRET), &[]);
        assert_eq!(effects.denied, Some(format!("countenance_{}", reason.name())));
    }
}

#[test]
fn an_enrollment_is_recorded_and_access_tokens_get_the_claim() {
    let api = [("/resource_server", json!({ "identifier": "https://api.example.com" }))];
    let effects = resume(&sign(&answer(&[("purpose", json!("enroll"))]), SECRET), &api);
    assert_eq!(effects.denied, None);
    assert_eq!(effects.app_metadata["countenance"], json!({ "enrolled_at": "2027-01-15T08:00:00.000Z" }));
    assert_eq!(effects.access_claims[CLAIM], "mfa");
}

/// Row n fails check n and most later ones: the error must be that of check n.
#[test]
fn token_checks_run_in_order_with_auth0s_messages() {
    let odd_type = |claims: &[(&str, Value)], secret: &str| {
        sign_as(&Header { typ: Some("at+jwt".into()), ..Header::new(Algorithm::HS256) }, &answer(claims), secret)
    };
    let (late, sub, iss) = (("exp", json!(NOW)), ("sub", json!("auth0|bob")), ("iss", Value::Null));
    let other_state = ("state", json!("state-2"));
    let invalid = "The session token is invalid: ";
    let rows: Vec<(&str, String, String)> = vec![
        (
            "1 missing",
            String::new(),
            "There is no parameter called 'session_token' available in either the POST body or query string.".into(),
        ),
        (
            "2 state",
            odd_type(&[other_state, iss.clone(), sub.clone(), late.clone()], "wrong"),
            format!("{invalid}State in the token does not match the /continue state."),
        ),
        (
            "3 signature",
            odd_type(&[iss.clone(), sub.clone(), late.clone()], "wrong"),
            format!("{invalid}Failed signature validation"),
        ),
        (
            "3 signature of another algorithm",
            sign_as(&Header::new(Algorithm::HS512), &answer(&[]), SECRET),
            format!("{invalid}Failed signature validation"),
        ),
        ("3 no token at all", "a.b".into(), format!("{invalid}Failed signature validation")),
        (
            "4 claims",
            odd_type(&[iss, sub.clone(), late.clone()], SECRET),
            format!("{invalid}Missing or invalid standard claims"),
        ),
        ("5 type", odd_type(&[sub.clone(), late.clone()], SECRET), format!("{invalid}Unexpected token payload type")),
        (
            "6 user",
            sign(&answer(&[sub, late.clone()]), SECRET),
            format!("{invalid}The sub claim does not match the user_id."),
        ),
        ("7 expired", sign(&answer(&[late]), SECRET), format!("{invalid}Token has expired.")),
    ];
    for (name, token, text) in rows {
        let effects = resume(&token, &[]);
        assert_eq!(effects.denied.as_deref(), Some("countenance_invalid_token"), "{name}");
        assert_eq!(effects.console, [format!("countenance: {text}")], "{name}");
        assert!(effects.id_claims.is_empty() && effects.methods.is_empty(), "{name}");
    }
}

#[test]
fn rejects_unsigned_tokens_and_the_start_token_itself() {
    let good = sign(&answer(&[]), SECRET);
    let (head, _) = good.rsplit_once('.').unwrap();
    let body = good.split('.').nth(1).unwrap();
    let (url, _) = outgoing(&leg(action("always"), Trigger::Execute, event(&[])));
    let outgoing = url.query_pairs().find(|(name, _)| name == "session_token").unwrap().1.into_owned();
    for (name, token) in [
        ("no signature", format!("{head}.")),
        // {"alg":"none","typ":"JWT"}
        ("alg none", format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{body}.")),
        ("the outgoing token", outgoing),
    ] {
        assert_eq!(resume(&token, &[]).denied.as_deref(), Some("countenance_invalid_token"), "{name}");
    }
}
