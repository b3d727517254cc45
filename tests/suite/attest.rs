//! An attestation in other hands: whatever is changed, moved or signed anew is refused by its name.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use countenance::{
    attest::{
        DeviceKey, Inconsistency,
        inspect::{KnownKey, inspect},
        jws::{self, JwsError, KeyIn},
        verify::{AttestError, Expected, peek_kid, verify},
    },
    protocol::{ATTESTATION_MAX_BYTES, ATTESTATION_TYP, Claims, Purpose, SHOT_MAX_BYTES},
};
use serde_json::{Value, json};

use crate::samples::{NOW, SESSION, key, other_key, sealed, ticket};

fn check(jws: &str, shot: &[u8]) -> Result<Claims, AttestError> {
    let nonce = ticket().nonce;
    verify(
        jws,
        &key().public(),
        &Expected { nonce: &nonce, session_id: SESSION, purpose: Purpose::Verify, now: NOW },
        shot,
    )
}

/// The three parts of a compact JWS.
fn parts(jws: &str) -> [&str; 3] {
    let mut parts = jws.split('.');
    [(); 3].map(|()| parts.next().unwrap())
}

fn claims(jws: &str) -> Value {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts(jws)[1]).unwrap()).unwrap()
}

/// These claims under the header that names this device, signed by `signer`.
fn under_our_name(header: &str, claims: &Value, signer: &DeviceKey) -> String {
    let input = format!("{header}.{}", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(signer.sign(input.as_bytes()));
    format!("{input}.{signature}")
}

/// JSON pointers to every leaf.
pub(crate) fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(name, v)| leaves(v, &format!("{path}/{name}"), found)),
        Value::Array(list) => list.iter().enumerate().for_each(|(i, v)| leaves(v, &format!("{path}/{i}"), found)),
        _ => found.push(path.to_owned()),
    }
}

/// Another value of the same kind.
pub(crate) fn changed(leaf: &Value) -> Value {
    match leaf {
        Value::Null => json!("something"),
        Value::Bool(b) => json!(!b),
        Value::Number(n) => n.as_i64().map_or_else(|| json!(n.as_f64().unwrap() + 0.5), |i| json!(i + 1)),
        Value::String(s) => json!(format!("{}{s}", if s.starts_with('A') { 'B' } else { 'A' })),
        Value::Array(_) | Value::Object(_) => unreachable!("a leaf"),
    }
}

#[test]
fn what_was_sealed_verifies_and_sealing_again_gives_the_same_bytes() {
    let (one, two) = (sealed(), sealed());
    assert_eq!((one.jws(), one.shot()), (two.jws(), two.shot()));
    let claims = check(one.jws(), one.shot()).unwrap();
    assert_eq!(peek_kid(one.jws()), Ok(key().thumbprint()));
    assert_eq!(claims.ueid, key().ueid());
    let shot = image::load_from_memory_with_format(one.shot(), image::ImageFormat::Png).unwrap();
    assert_eq!((shot.width(), shot.height()), (claims.shot.width, claims.shot.height));
    assert!((claims.span.first_seq..=claims.span.last_seq).contains(&claims.shot.frame_seq));
}

#[test]
fn no_leaf_of_the_claims_can_be_changed() {
    let sealed = sealed();
    let [header, _, signature] = parts(sealed.jws());
    let original = claims(sealed.jws());
    let mut paths = Vec::new();
    leaves(&original, "", &mut paths);
    assert!(paths.len() > 60, "only {} leaves", paths.len());
    for path in paths {
        let mut claims = original.clone();
        let leaf = claims.pointer_mut(&path).unwrap();
        *leaf = changed(leaf);
        let payload = BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
        let bad_signature = Err(AttestError::Jws(JwsError::BadSignature));
        let kept = format!("{header}.{payload}.{signature}");
        assert_eq!(check(&kept, sealed.shot()), bad_signature, "{path}, signature kept");
        let forged = under_our_name(header, &claims, &other_key());
        assert_eq!(check(&forged, sealed.shot()), bad_signature, "{path}, signed by another under our name");
        let theirs = jws::sign(ATTESTATION_TYP, KeyIn::Kid, &claims, &other_key()).unwrap();
        assert_eq!(check(&theirs, sealed.shot()), Err(AttestError::OtherKey), "{path}, signed by another");
    }
}

#[test]
fn the_device_itself_cannot_sign_what_does_not_hold_together() {
    let sealed = sealed();
    let original = claims(sealed.jws());
    let inconsistent = AttestError::Inconsistent;
    let rows: [(&str, &str, Value, AttestError); 30] = [
        ("another profile", "/eat_profile", json!("tag:x"), AttestError::OtherProfile),
        ("other software", "/swname", json!("x"), AttestError::OtherSoftware),
        ("nonce of another session", "/eat_nonce", json!("A".repeat(43)), AttestError::OtherNonce),
        ("sealed too long ago", "/iat", json!(NOW - 121), AttestError::NotNow { off_secs: 121 }),
        ("sealed in the future", "/iat", json!(NOW + 121), AttestError::NotNow { off_secs: -121 }),
        ("sealed at the end of time", "/iat", json!(i64::MIN), AttestError::NotNow { off_secs: i64::MAX }),
        ("another session", "/session/id", json!("s-2"), AttestError::OtherSession),
        ("another purpose", "/session/purpose", json!("enroll"), AttestError::OtherPurpose),
        ("another shot", "/shot/sha256", json!("A".repeat(43)), AttestError::OtherShot),
        ("another device", "/ueid", json!(other_key().ueid()), AttestError::OtherDevice),
        ("span backwards", "/span/first_seq", json!(999), inconsistent(Inconsistency::SpanReversed)),
        ("time backwards", "/span/first_millis", json!(99_999), inconsistent(Inconsistency::SpanReversed)),
        ("more scored than good", "/span/good", json!(20), inconsistent(Inconsistency::Counts)),
        ("more good than seen", "/span/seen", json!(20), inconsistent(Inconsistency::Counts)),
        ("more seen than there were", "/span/seen", json!(22), inconsistent(Inconsistency::Counts)),
        ("nothing scored", "/span/scored", json!(0), inconsistent(Inconsistency::Counts)),
        ("a score missing", "/span/scored", json!(20), inconsistent(Inconsistency::ScoreCount)),
        ("infinite score", "/liveness/per_frame/0", json!(1e39), inconsistent(Inconsistency::NotFinite)),
        ("infinite measure", "/quality/luma", json!(-1e39), inconsistent(Inconsistency::NotFinite)),
        ("one score raised", "/liveness/per_frame/0", json!(9.0), inconsistent(Inconsistency::FusedNotSum)),
        ("fused score raised", "/liveness/fused", json!(3.1), inconsistent(Inconsistency::FusedNotSum)),
        ("below its threshold", "/liveness/threshold", json!(9.0), inconsistent(Inconsistency::BelowThreshold)),
        ("shot from elsewhere", "/shot/frame_seq", json!(500), inconsistent(Inconsistency::ShotOutsideSpan)),
        ("shot without size", "/shot/width", json!(0), inconsistent(Inconsistency::ShotShape)),
        ("shot of absurd size", "/shot/height", json!(2049), inconsistent(Inconsistency::ShotShape)),
        ("shot of unknown kind", "/shot/media_type", json!("image/svg+xml"), inconsistent(Inconsistency::ShotShape)),
        ("no network", "/liveness/models", json!([]), inconsistent(Inconsistency::NoModel)),
        ("digest of a network cut", "/liveness/models/0/sha256", json!("ab"), inconsistent(Inconsistency::Digest)),
        ("chain cut", "/frames", json!("AAAA"), inconsistent(Inconsistency::Digest)),
        ("endless name", "/camera/name", json!("x".repeat(257)), inconsistent(Inconsistency::Text)),
    ];
    for (name, path, value, why) in rows {
        let mut claims = original.clone();
        *claims.pointer_mut(path).unwrap() = value;
        let jws = jws::sign(ATTESTATION_TYP, KeyIn::Kid, &claims, &key()).unwrap();
        assert_eq!(check(&jws, sealed.shot()), Err(why), "{name}");
    }
}

#[test]
fn claims_must_be_complete_and_nothing_more() {
    let sealed = sealed();
    let [header, ..] = parts(sealed.jws());
    let original = claims(sealed.jws());
    let misread = |claims: &str| {
        let input = format!("{header}.{}", BASE64_URL_SAFE_NO_PAD.encode(claims));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(key().sign(input.as_bytes()));
        matches!(check(&format!("{input}.{signature}"), sealed.shot()), Err(AttestError::Jws(JwsError::Claims(_))))
    };
    assert!(!misread(&original.to_string()), "the claims as they are");
    for name in original.as_object().unwrap().keys() {
        let mut without = original.clone();
        without.as_object_mut().unwrap().remove(name);
        assert!(misread(&without.to_string()), "without {name}");
    }
    let mut more = original.clone();
    more["also"] = json!(1);
    let doubled = original.to_string().replacen('{', r#"{"eat_profile":"x","#, 1);
    let denied = original.to_string().replace(r#""decision":"live""#, r#""decision":"spoof""#);
    let null_score = original.to_string().replace(r#""luma":"#, r#""luma":null,"was":"#);
    for (name, claims) in [
        ("a claim more", more.to_string()),
        ("a claim twice", doubled),
        ("another decision", denied),
        ("a score that is no number", null_score),
        ("a list", "[]".into()),
        ("nothing", String::new()),
        ("more behind", format!("{original}{original}")),
    ] {
        assert!(misread(&claims), "{name}");
    }
}

#[test]
fn a_shot_that_differs_by_one_byte_is_another_shot() {
    let sealed = sealed();
    let mut shot = sealed.shot().to_vec();
    let middle = shot.len() / 2;
    shot[middle] ^= 1;
    assert_eq!(check(sealed.jws(), &shot), Err(AttestError::OtherShot));
    assert_eq!(check(sealed.jws(), &sealed.shot()[1..]), Err(AttestError::OtherShot));
    assert_eq!(check(sealed.jws(), &[]), Err(AttestError::OtherShot));
}

#[test]
fn what_is_too_large_is_refused_unread() {
    let sealed = sealed();
    let found = SHOT_MAX_BYTES + 1;
    assert_eq!(check(sealed.jws(), &vec![0; found]), Err(AttestError::ShotTooLarge { found }));
    let long = "a".repeat(ATTESTATION_MAX_BYTES + 1);
    let too_large = AttestError::Jws(JwsError::TooLarge { found: long.len(), max: ATTESTATION_MAX_BYTES });
    assert_eq!(check(&long, sealed.shot()), Err(too_large));
}

#[test]
fn the_key_is_named_by_thumbprint_and_not_brought_along() {
    let sealed = sealed();
    let claims = claims(sealed.jws());
    let brought = jws::sign(ATTESTATION_TYP, KeyIn::Jwk, &claims, &key()).unwrap();
    assert_eq!(check(&brought, sealed.shot()), Err(AttestError::KeyInside));
    assert_eq!(peek_kid(&brought), Err(AttestError::KeyInside));
    let header = |json: &str| BASE64_URL_SAFE_NO_PAD.encode(json);
    let unnamed = under_our_name(&header(r#"{"alg":"Ed25519","typ":"eat+jwt"}"#), &claims, &key());
    assert_eq!(check(&unnamed, sealed.shot()), Err(AttestError::NoKeyName));
    let misnamed = under_our_name(&header(r#"{"alg":"Ed25519","typ":"eat+jwt","kid":"me"}"#), &claims, &key());
    assert!(matches!(check(&misnamed, sealed.shot()), Err(AttestError::KeyName(_))));
}

#[test]
fn inspecting_tells_what_it_says_and_who_vouches_for_it() {
    let sealed = sealed();
    let jwk = serde_json::to_string(&key().jwk()).unwrap();
    let shown = inspect(sealed.jws(), Some(jwk.parse().unwrap())).unwrap();
    for part in [
        &format!("signature     verified with the key {}", key().thumbprint()),
        "sealed        2027-01-15 08:00:00 UTC",
        "session       s-1 (Verify)",
        "frames        21 seen, 21 good, 21 scored",
        "camera        Sample camera (Virtual)",
    ] {
        assert!(shown.contains(part), "{part:?} in\n{shown}");
    }
    let unchecked = inspect(sealed.jws(), None).unwrap();
    assert!(unchecked.starts_with("signature     not checked (no key given)"), "{unchecked}");
    let named = inspect(sealed.jws(), Some(KnownKey::Named(key().thumbprint()))).unwrap();
    assert!(named.starts_with("signature     not checked (it names the key"), "{named}");
    let other = Some(KnownKey::Named(other_key().thumbprint()));
    assert_eq!(inspect(sealed.jws(), other), Err(AttestError::OtherKey));
    let other = Some(KnownKey::Public(other_key().public()));
    assert_eq!(inspect(sealed.jws(), other), Err(AttestError::Jws(JwsError::BadSignature)));
}
