//! The engine that runs Actions: the API they have, and how misbehaving ones are stopped.

use std::time::Duration;

use countenance_standin::tenant::{
    Action,
    actions::{ActionError, Effects, Leg, TIME_LIMIT, Trigger, run},
};
use serde_json::json;

use super::test_tenant::{NOW, TestTenant, peek, refusal};

fn first_leg(body: &str, limit: Duration) -> Result<Effects, ActionError> {
    let action = Action::new(format!("exports.onExecutePostLogin = async (event, api) => {{ {body} }};"));
    let event = json!({ "user": { "user_id": "auth0|ada" } });
    run(Leg { action, trigger: Trigger::Execute, event, host: "tenant.example.com".into(), now: NOW, limit, net: None })
}

#[test]
fn a_misbehaving_action_fails_with_a_specific_error() {
    let rows: [(&str, &str, &str); 14] = [
        ("loops", "for (;;) {}", "the Action ran past its time limit"),
        ("loops after an await", "await null; for (;;) {}", "the Action ran past its time limit"),
        (
            "catches what it can and loops",
            "for (;;) { try { for (;;) {} } catch {} }",
            "the Action ran past its time limit",
        ),
        ("awaits a promise that never settles", "await new Promise(() => {});", "the Action's promise never settles"),
        ("exhausts memory", "let a = []; for (;;) a.push(new Uint8Array(1 << 20));", "out of memory"),
        ("recurses", "const f = () => f() + 1; f();", "Maximum call stack size exceeded"),
        ("throws", "throw new TypeError('no');", "no"),
        ("throws a string", "throw 'plain';", "plain"),
        ("throws null", "throw null;", "the Action threw something that is not an Error"),
        ("requires a module", "require('fs');", "Cannot find module 'fs'"),
        ("does not parse", "]", "unexpected token in expression: ']'"),
        (
            "records too early",
            "api.authentication.recordMethod('https://a.example');",
            "recordMethod is available in onContinuePostLogin only",
        ),
        (
            "validates too early",
            "api.redirect.validateToken({ secret: 's' });",
            "validateToken is available in onContinuePostLogin only",
        ),
        ("redirects to an invalid URL", "api.redirect.sendUserTo('javascript:1');", "Not an http or https URL"),
    ];
    for (name, body, text) in rows {
        let limit = if name.contains("loops") { Duration::from_millis(50) } else { TIME_LIMIT };
        let error = first_leg(body, limit).expect_err(name);
        assert_eq!(error.to_string(), text, "{name}");
    }
}

#[test]
fn each_leg_has_the_tenants_clock_and_a_fresh_context() {
    let body = "globalThis.n = (globalThis.n ?? 0) + 1;
        console.log(n, Date.now(), new Date().toISOString(), new Date(0).toISOString(), Date.parse('1970-01-01T00:00:01Z'));
        console.warn(typeof std, typeof os, typeof fetch, typeof process, typeof host);";
    for _ in 0..2 {
        let effects = first_leg(body, TIME_LIMIT).unwrap();
        assert_eq!(
            effects.console,
            [
                "1 1800000000000 2027-01-15T08:00:00.000Z 1970-01-01T00:00:00.000Z 1000",
                "undefined undefined function undefined undefined",
            ]
        );
    }
}

#[test]
fn reserved_claims_are_dropped_and_the_sign_in_continues() {
    let names = [
        "acr",
        "amr",
        "act",
        "ath",
        "attest",
        "aud",
        "auth_time",
        "azp",
        "cnf",
        "exp",
        "groups",
        "htm",
        "htu",
        "iat",
        "iss",
        "jti",
        "jwk",
        "kid",
        "nbf",
        "nonce",
        "permissions",
        "roles",
        "sid",
        "sub",
        "sub_jwk",
        "toe",
        "txn",
        "vot",
        "vtm",
        "https://auth0.com/a",
        "https://x.webtask.io/a",
        "https://webtask.run/a",
        "urn:auth0:a",
    ];
    let body = format!(
        "for (const name of {names:?}) {{ api.idToken.setCustomClaim(name, 'forged'); api.accessToken.setCustomClaim(name, 'forged'); }}
         api.idToken.setCustomClaim('https://example.com/colour', 'green');"
    );
    let env = TestTenant::with_source(&format!("exports.onExecutePostLogin = async (event, api) => {{ {body} }};"));
    let mut browser = env.browser();
    let (_, tokens) = env.redeem(&env.sign_in(&mut browser, &[("audience", "https://api.example.com")]));
    for token in ["id_token", "access_token"] {
        let claims = peek(&tokens[token]);
        let forged: Vec<_> = claims.as_object().unwrap().iter().filter(|(_, value)| *value == "forged").collect();
        assert!(forged.is_empty(), "{token}: {forged:?}");
    }
    assert_eq!(peek(&tokens["id_token"])["https://example.com/colour"], "green");
    assert_eq!(env.tenant.console().len(), 2 * names.len());
}

#[test]
fn custom_claims_have_a_size_limit() {
    let body =
        "api.idToken.setCustomClaim('a', 'x'.repeat(60 << 10)); api.idToken.setCustomClaim('b', 'x'.repeat(60 << 10));";
    assert_eq!(first_leg(body, TIME_LIMIT).unwrap_err().to_string(), "Custom claims exceed 100 KB");
}

#[test]
fn an_action_that_throws_denies_access_with_its_message() {
    let env = TestTenant::with_source("exports.onExecutePostLogin = async () => { throw new Error('out of order'); };");
    let page = env.sign_in(&mut env.browser(), &[]);
    assert_eq!(refusal(&page), ("access_denied".into(), "out of order".into()));
    assert_eq!(page.parameter("code"), None);
}

#[test]
fn encode_token_lets_payload_override_claims_and_has_a_default_lifetime() {
    let body = "const secret = 's'; console.log(api.redirect.encodeToken({ secret, payload: { iss: 'mine', a: 1 } }));";
    let effects = first_leg(body, TIME_LIMIT).unwrap();
    let claims = super::test_tenant::decode(&effects.console[0], "s");
    assert_eq!(claims, json!({ "sub": "auth0|ada", "iss": "mine", "iat": NOW, "exp": NOW + 900, "ip": null, "a": 1 }));
}
