//! Claims and request proofs of a later version: what is new in them is ignored, unless they say that it must not be.

use countenance_attest::{
    inspect::inspect,
    jws::{self, JwsError, KeyIn},
    request_proof::{self, Request, RequestProofError},
    testing::samples::{NOW, SESSION, key, sealed, ticket},
    verify::{AttestError, Expected, verify},
};
use countenance_core::{
    policy::SentPolicy,
    protocol::{ATTESTATION_TYP, Claims, Purpose, REQUEST_PROOF_TYP, message::Unmet},
    testing::json::grown,
};
use serde_json::{Value, json};

/// The claims of [`sealed`], as JSON.
fn claims() -> Value {
    serde_json::to_value(check(sealed().jws()).unwrap()).unwrap()
}

fn check(jws: &str) -> Result<Claims, AttestError> {
    let nonce = ticket().nonce;
    let expected = Expected { nonce: &nonce, session_id: SESSION, purpose: Purpose::Verify, now: NOW };
    verify(jws, &key().public(), &expected, sealed().samples())
}

fn signed(claims: &Value) -> String {
    jws::sign(ATTESTATION_TYP, KeyIn::Kid, claims, &key()).unwrap()
}

#[test]
fn unknown_claims_are_ignored_at_every_level() {
    let own = claims();
    let later = grown(&own);
    assert!(later.to_string().matches("\"later\"").count() > 10, "{later}");
    let read = check(&signed(&later)).unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), own);
    assert!(inspect(&signed(&later), None).is_ok());
}

#[test]
fn critical_claims_are_known_or_rejected_by_name() {
    let mut later = grown(&claims());
    later["crit"] = json!(["span.track", "liveness.cues.llr", "camera"]);
    assert!(check(&signed(&later)).is_ok());
    for name in ["later", "span.later", "liveness.nets.later", "camera.depth"] {
        later["crit"] = json!(["span.track", name]);
        assert_eq!(check(&signed(&later)), Err(AttestError::Unmet(Unmet::one(name))), "{name}");
        assert_eq!(AttestError::Unmet(Unmet::one(name)).to_string(), format!("support is needed for {name}"));
    }
    for crit in [json!([]), json!("span"), json!(null), json!([1]), json!(["a b"])] {
        later["crit"] = crit.clone();
        assert!(matches!(check(&signed(&later)), Err(AttestError::Jws(JwsError::Claims(_)))), "{crit}");
    }
}

#[test]
fn a_request_proof_may_have_unknown_claims() {
    let url = "https://verifier.test/v1/sessions/s/open".parse().unwrap();
    let request = Request { method: "POST", url: &url, body: b"{}" };
    let made = request_proof::make(&request, &key(), countenance_attest::IssuedAt { iat: NOW, jti: "j".repeat(22) });
    let jws = jws::Jws::parse(made.as_ref().unwrap(), REQUEST_PROOF_TYP, 4096).unwrap();
    let mut later = grown(&jws.verify(&key().public()).unwrap().claims::<Value>().unwrap());
    let read = |later: &Value| {
        let jws = jws::sign(REQUEST_PROOF_TYP, KeyIn::Jwk, later, &key()).unwrap();
        request_proof::verify(&jws, &request, NOW)
    };
    assert_eq!(read(&later).unwrap().key, key().public());
    later["crit"] = json!(["htm", "later"]);
    assert_eq!(read(&later), Err(RequestProofError::Unmet(Unmet::one("later"))));
}

#[test]
fn the_attested_digest_is_that_of_the_policy_as_it_was_sent() {
    let sent = SentPolicy::parse(r#"{ "liveness": {"threshold":-3.0}, "later":1 }"#).unwrap();
    let mut own = claims();
    assert_eq!(own["liveness"]["policy"], ticket().policy.digest());
    own["liveness"]["policy"] = json!(sent.digest());
    assert_ne!(sent.digest(), sent.values().digest(), "what this build would write is another text");
    assert!(check(&signed(&own)).is_ok());
}
