//! Interoperability of ID tokens with independent JOSE libraries ("peers"): they verify the tenant's tokens with its
//! published keys, and [`countenance_amr`] verifies theirs.

use countenance_amr::{IdTokenError, IdTokens, JwkSet};
use countenance_net::{Net, Request};
use serde_json::{Value, json};
use url::Url;

use super::test_tenant::{CLAIM, NOW, TestTenant};
use countenance_attest::testing::peers::{peers, secret_key, twins};

const ISSUER: &str = "https://tenant.example/";
const SECRET: &str = "a client secret that is long enough for HS256";

fn claims() -> Value {
    json!({ "iss": ISSUER, "aud": "payroll", "sub": "auth0|ada", "iat": NOW, "exp": NOW + 60, "nonce": "n1",
            "auth_time": NOW, CLAIM: ["face", "mfa"] })
}

fn key_set(keys: &[&Value]) -> JwkSet {
    JwkSet::from_json(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

fn with_kid(key: &Value, kid: &str) -> Value {
    let mut key = key.clone();
    key["kid"] = json!(kid);
    key
}

#[test]
fn peers_verify_the_tenants_id_token_with_its_published_keys() {
    let env = TestTenant::with_mode("always");
    let mut browser = env.browser();
    let start = env.sign_in(&mut browser, &[]);
    let (_, tokens) = env.redeem(&env.approve(&mut browser, &start));
    let token = tokens["id_token"].as_str().unwrap();
    let url = Url::parse(&format!("{}/.well-known/jwks.json", env.tenant_origin)).unwrap();
    let keys: Value = serde_json::from_slice(&env.net.send(&Request::get(url)).unwrap().body).unwrap();
    let issuer = format!("{}/", env.tenant_origin);
    for mut peer in peers("peers_verify_the_tenants_id_token_with_its_published_keys") {
        let expected = |keys: &Value, aud: &str| json!({ "key": keys, "alg": "RS256", "typ": "JWT", "iss": issuer, "aud": aud, "now": NOW });
        let read = peer.reads(token, &expected(&keys, "app"));
        assert_eq!((&read["sub"], &read[CLAIM]), (&json!("auth0|ada"), &json!("mfa")), "{}", peer.name);

        let kid = keys["keys"][0]["kid"].as_str().unwrap();
        let mut other = with_kid(&peer.generate("RS256").public, kid);
        other["alg"] = json!("RS256");
        let why = peer.refuses(token, &expected(&json!({ "keys": [other] }), "app"));
        let signature = ["ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "bad_signature"];
        assert!(signature.contains(&why.as_str()), "{}: another key with that `kid`: {why}", peer.name);
        let why = peer.refuses(token, &expected(&keys, "payroll"));
        let claim = ["ERR_JWT_CLAIM_VALIDATION_FAILED", "invalid_claim"];
        assert!(claim.contains(&why.as_str()), "{}: another audience: {why}", peer.name);
    }
}

#[test]
fn id_tokens_signed_by_peers_are_accepted() {
    for mut peer in peers("id_tokens_signed_by_peers_are_accepted") {
        let (first, second) = (peer.generate("RS256"), peer.generate("RS256"));
        let keys = key_set(&[&with_kid(&first.public, "k1"), &with_kid(&second.public, "k2")]);
        let by_keys = IdTokens::rs256(ISSUER, "payroll", keys);
        let by_only = IdTokens::rs256(ISSUER, "payroll", key_set(&[&first.public]));
        let by_secret = IdTokens::hs256(ISSUER, "payroll", SECRET.as_bytes()).unwrap();
        let (without_kid, rs256) =
            (json!({ "alg": "RS256" }), |kid: &str| json!({ "alg": "RS256", "typ": "JWT", "kid": kid }));
        let hs256 = json!({ "alg": "HS256", "typ": "JWT" });
        for (name, checker, header, key) in [
            ("by `kid`", &by_keys, rs256("k1"), &first.private),
            ("by the other `kid`", &by_keys, rs256("k2"), &second.private),
            ("by the only key", &by_only, without_kid.clone(), &first.private),
            ("by the secret", &by_secret, hs256, &secret_key(SECRET)),
        ] {
            let name = format!("{}: {name}", peer.name);
            let token = peer.sign(&header, &claims(), key);
            let who = checker.check(&token, Some("n1"), NOW).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!((who.sub(), who.is_mfa(), who.fresh_within(0, NOW)), ("auth0|ada", true, true), "{name}");
            for (change, twin) in twins(&token) {
                let refused = checker.check(&twin, Some("n1"), NOW);
                assert!(matches!(refused, Err(IdTokenError::BadSignature)), "{name}: {change}: {refused:?}");
            }
        }
        for (name, checker, header, key, why) in [
            ("another key with that `kid`", &by_keys, rs256("k2"), &first.private, "BadSignature"),
            ("an unpublished key", &by_keys, rs256("k3"), &first.private, "UnknownKey"),
            ("no `kid`, two keys", &by_keys, without_kid, &first.private, "NoKeyName"),
            (
                "the same key with another algorithm",
                &by_keys,
                json!({ "alg": "PS256", "kid": "k1" }),
                &first.private,
                "OtherAlgorithm { expected: \"RS256\" }",
            ),
            ("another secret", &by_secret, json!({ "alg": "HS256" }), &secret_key(&"x".repeat(43)), "BadSignature"),
        ] {
            let token = peer.sign(&header, &claims(), key);
            let refused = checker.check(&token, Some("n1"), NOW).unwrap_err();
            assert_eq!(format!("{refused:?}"), why, "{}: {name}", peer.name);
        }
    }
}
