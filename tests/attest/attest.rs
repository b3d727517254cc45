//! Attestations that were altered, replayed or re-signed: each is rejected with a specific error.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use countenance_attest::{
    DeviceKey, Inconsistency,
    inspect::{KnownKey, inspect},
    jws::{self, JwsError, KeyIn},
    verify::{AttestError, Expected, peek_kid, verify},
};
use countenance_core::protocol::{
    ATTESTATION_MAX_BYTES, ATTESTATION_TYP, Claims, ConsentClaim, MORE_SAMPLE_MAX_BYTES, Purpose, SAMPLE_MAX_BYTES,
    SAMPLES_MAX,
};
use serde_json::{Value, json};

use countenance_attest::testing::samples::{NOW, SESSION, key, other_key, sealed, sealed_to_enrol, ticket};
use countenance_core::testing::json::{changed, leaves};

fn check(jws: &str, sample: &[u8]) -> Result<Claims, AttestError> {
    let nonce = ticket().nonce;
    verify(
        jws,
        &key().public(),
        &Expected { nonce: &nonce, session_id: SESSION, purpose: Purpose::Verify, now: NOW },
        &[sample],
    )
}

fn check_enrollment(jws: &str, samples: &[impl AsRef<[u8]>]) -> Result<Claims, AttestError> {
    let nonce = ticket().nonce;
    let expected = Expected { nonce: &nonce, session_id: SESSION, purpose: Purpose::Enroll, now: NOW };
    verify(jws, &key().public(), &expected, samples)
}

/// The three parts of a compact JWS.
fn parts(jws: &str) -> [&str; 3] {
    let mut parts = jws.split('.');
    [(); 3].map(|()| parts.next().unwrap())
}

fn claims(jws: &str) -> Value {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts(jws)[1]).unwrap()).unwrap()
}

/// A JWS of these claims with an encoded header, signed by `signer`.
fn sign_with_header(header: &str, claims: &Value, signer: &DeviceKey) -> String {
    let input = format!("{header}.{}", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(signer.sign(input.as_bytes()));
    format!("{input}.{signature}")
}

#[test]
fn a_sealed_attestation_verifies_and_sealing_is_deterministic() {
    let (one, two) = (sealed(), sealed());
    assert_eq!((one.jws(), &one.samples()[0]), (two.jws(), &two.samples()[0]));
    let claims = check(one.jws(), &one.samples()[0]).unwrap();
    assert_eq!(peek_kid(one.jws()), Ok(key().thumbprint()));
    assert_eq!(claims.ueid, key().ueid());
    let sample = image::load_from_memory_with_format(&one.samples()[0], image::ImageFormat::Png).unwrap();
    assert_eq!((sample.width(), sample.height()), (claims.sample.width, claims.sample.height));
    assert!((claims.span.first_seq..=claims.span.last_seq).contains(&claims.sample.frame_seq));
}

#[test]
fn rejects_any_altered_claim() {
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
        let altered = format!("{header}.{payload}.{signature}");
        assert_eq!(check(&altered, &sealed.samples()[0]), bad_signature, "{path}, signature kept");
        let forged = sign_with_header(header, &claims, &other_key());
        assert_eq!(
            check(&forged, &sealed.samples()[0]),
            bad_signature,
            "{path}, signed by another key under our `kid`"
        );
        let theirs = jws::sign(ATTESTATION_TYP, KeyIn::Kid, &claims, &other_key()).unwrap();
        assert_eq!(
            check(&theirs, &sealed.samples()[0]),
            Err(AttestError::OtherKey),
            "{path}, signed by another key under its own `kid`"
        );
    }
}

#[test]
fn rejects_inconsistent_claims_even_if_signed_by_the_device() {
    let sealed = sealed();
    let original = claims(sealed.jws());
    let inconsistent = AttestError::Inconsistent;
    let rows: [(&str, &str, Value, AttestError); 30] = [
        ("another profile", "/eat_profile", json!("tag:x"), AttestError::OtherProfile),
        ("other software", "/swname", json!("x"), AttestError::OtherSoftware),
        ("the nonce of another session", "/eat_nonce", json!("A".repeat(43)), AttestError::OtherNonce),
        ("sealed too long ago", "/iat", json!(NOW - 121), AttestError::NotNow { off_secs: 121 }),
        ("sealed in the future", "/iat", json!(NOW + 121), AttestError::NotNow { off_secs: -121 }),
        ("sealed at the minimum time", "/iat", json!(i64::MIN), AttestError::NotNow { off_secs: i64::MAX }),
        ("another session", "/session/id", json!("s-2"), AttestError::OtherSession),
        ("another purpose", "/session/purpose", json!("enroll"), AttestError::OtherPurpose),
        ("another sample", "/sample/sha256", json!("A".repeat(43)), AttestError::OtherSample),
        ("another device", "/ueid", json!(other_key().ueid()), AttestError::OtherDevice),
        ("frame numbers reversed", "/span/first_seq", json!(999), inconsistent(Inconsistency::SpanReversed)),
        ("times reversed", "/span/first_millis", json!(99_999), inconsistent(Inconsistency::SpanReversed)),
        ("more scored than good", "/span/good", json!(20), inconsistent(Inconsistency::Counts)),
        ("more good than seen", "/span/seen", json!(20), inconsistent(Inconsistency::Counts)),
        ("more seen than the span has", "/span/seen", json!(22), inconsistent(Inconsistency::Counts)),
        ("nothing scored", "/span/scored", json!(0), inconsistent(Inconsistency::Counts)),
        ("a score missing", "/span/scored", json!(20), inconsistent(Inconsistency::ScoreCount)),
        ("infinite score", "/liveness/per_frame/0", json!(1e39), inconsistent(Inconsistency::NotFinite)),
        ("infinite quality measure", "/quality/luma", json!(-1e39), inconsistent(Inconsistency::NotFinite)),
        ("one score raised", "/liveness/per_frame/0", json!(9.0), inconsistent(Inconsistency::FusedNotSum)),
        ("fused score raised", "/liveness/fused", json!(3.1), inconsistent(Inconsistency::FusedNotSum)),
        ("below its threshold", "/liveness/threshold", json!(9.0), inconsistent(Inconsistency::BelowThreshold)),
        ("sample outside the span", "/sample/frame_seq", json!(500), inconsistent(Inconsistency::SampleOutsideSpan)),
        ("sample of zero size", "/sample/width", json!(0), inconsistent(Inconsistency::SampleShape)),
        ("oversized sample", "/sample/height", json!(2049), inconsistent(Inconsistency::SampleShape)),
        (
            "sample of unknown media type",
            "/sample/media_type",
            json!("image/svg+xml"),
            inconsistent(Inconsistency::SampleShape),
        ),
        ("no network", "/liveness/models", json!([]), inconsistent(Inconsistency::NoModel)),
        ("network digest truncated", "/liveness/models/0/sha256", json!("ab"), inconsistent(Inconsistency::Digest)),
        ("frame digest truncated", "/frames", json!("AAAA"), inconsistent(Inconsistency::Digest)),
        ("overlong name", "/camera/name", json!("x".repeat(257)), inconsistent(Inconsistency::Text)),
    ];
    for (name, path, value, why) in rows {
        let mut claims = original.clone();
        *claims.pointer_mut(path).unwrap() = value;
        let jws = jws::sign(ATTESTATION_TYP, KeyIn::Kid, &claims, &key()).unwrap();
        assert_eq!(check(&jws, &sealed.samples()[0]), Err(why), "{name}");
    }
}

#[test]
fn an_enrollment_names_its_supervisor_and_a_verification_none() {
    let (enrollment, verification) = (sealed_to_enrol(), sealed());
    let mut claims = check_enrollment(enrollment.jws(), enrollment.samples()).unwrap();
    assert_eq!(claims.attended_by, None);
    claims.attended_by = Some("4711".parse().unwrap());
    let jws = jws::sign(ATTESTATION_TYP, KeyIn::Kid, &claims, &key()).unwrap();
    assert_eq!(check_enrollment(&jws, enrollment.samples()).unwrap().attended_by, claims.attended_by);
    let mut raw = serde_json::to_value(&claims).unwrap();
    raw["attended_by"] = "47 11".into();
    let jws = jws::sign(ATTESTATION_TYP, KeyIn::Kid, &raw, &key()).unwrap();
    assert!(matches!(check_enrollment(&jws, enrollment.samples()), Err(AttestError::Jws(_))), "not a number");
    let mut claims = check(verification.jws(), &verification.samples()[0]).unwrap();
    claims.attended_by = Some("4711".parse().unwrap());
    let jws = jws::sign(ATTESTATION_TYP, KeyIn::Kid, &claims, &key()).unwrap();
    let refused = check(&jws, &verification.samples()[0]);
    assert_eq!(refused.unwrap_err(), AttestError::Inconsistent(Inconsistency::Attendance), "in a verification");
}

/// Changes a consent.
type Change = fn(&mut ConsentClaim);

#[test]
fn an_enrollment_attests_a_consent_and_a_verification_none() {
    let enrollment = sealed_to_enrol();
    let original = check_enrollment(enrollment.jws(), enrollment.samples()).unwrap();
    let consent = original.consent.clone().unwrap();
    assert_eq!((consent.text.as_str(), consent.given_at), ("A template is kept.", NOW - 3));
    let verification = sealed();
    assert_eq!(check(verification.jws(), &verification.samples()[0]).unwrap().consent, None);
    let rows: [(&str, Change); 9] = [
        ("no text", |c| c.text = " \n ".into()),
        ("a text that is too long", |c| c.text = "x".repeat(4097)),
        ("spaces up to the limit and beyond", |c| c.text = format!("x{}", " ".repeat(4096))),
        ("no language", |c| c.language.clear()),
        ("a language that is none", |c| c.language = "<b>".into()),
        ("a language that is too long", |c| c.language = "a".repeat(36)),
        ("after the attestation", |c| c.given_at = NOW + 1),
        ("before time began", |c| c.given_at = -1),
        ("never", |c| c.given_at = i64::MAX),
    ];
    for (case, change) in rows {
        let mut claims = original.clone();
        claims.consent.iter_mut().for_each(change);
        let jws = jws::sign(ATTESTATION_TYP, KeyIn::Kid, &claims, &key()).unwrap();
        let refused = check_enrollment(&jws, enrollment.samples());
        assert_eq!(refused.unwrap_err(), AttestError::Inconsistent(Inconsistency::Consent), "{case}");
    }
    let mut claims = check(verification.jws(), &verification.samples()[0]).unwrap();
    claims.consent = Some(consent);
    let jws = jws::sign(ATTESTATION_TYP, KeyIn::Kid, &claims, &key()).unwrap();
    let refused = check(&jws, &verification.samples()[0]);
    assert_eq!(refused.unwrap_err(), AttestError::Inconsistent(Inconsistency::Consent), "in a verification");
}

#[test]
fn an_enrollment_attests_three_samples_and_a_verification_one() {
    let (one, two) = (sealed_to_enrol(), sealed_to_enrol());
    assert_eq!((one.jws(), one.samples()), (two.jws(), two.samples()));
    let claims = check_enrollment(one.jws(), one.samples()).unwrap();
    assert_eq!((one.samples().len(), claims.more_samples.len()), (SAMPLES_MAX, SAMPLES_MAX - 1));
    let seqs: Vec<_> =
        std::iter::once(&claims.sample).chain(&claims.more_samples).map(|sample| sample.frame_seq).collect();
    // Samples are at least 250 ms apart; frames are 40 ms apart.
    assert!((0..3).all(|i| seqs[i].abs_diff(seqs[(i + 1) % 3]) >= 7), "{seqs:?}");
    let verification = sealed();
    assert_eq!(verification.samples().len(), 1);
    assert_eq!(verification.samples()[0], one.samples()[0], "both purposes must select the same best frame");
    assert!(check(verification.jws(), &verification.samples()[0]).unwrap().more_samples.is_empty());
    assert!(
        !String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(parts(verification.jws())[1]).unwrap())
            .unwrap()
            .contains("more_samples")
    );
}

#[test]
fn further_samples_are_bound_by_digest_and_order() {
    let sealed = sealed_to_enrol();
    let [a, b, c] = sealed.samples() else { panic!("three samples") };
    let mut altered = c.to_vec();
    *altered.last_mut().unwrap() ^= 1;
    let long = vec![0; MORE_SAMPLE_MAX_BYTES + 1];
    let error_of = |samples: &[&[u8]]| check_enrollment(sealed.jws(), samples).unwrap_err();
    let too_large = AttestError::SampleTooLarge { found: long.len(), max: MORE_SAMPLE_MAX_BYTES };
    let rows: [(&str, &[&[u8]], AttestError); 8] = [
        ("no samples", &[], AttestError::SampleCount { found: 0 }),
        ("only the first", &[a], AttestError::OtherSample),
        ("one missing", &[a, b], AttestError::OtherSample),
        ("one more", &[a, b, c, c], AttestError::SampleCount { found: 4 }),
        ("in another order", &[a, c, b], AttestError::OtherSample),
        ("the first twice", &[a, a, c], AttestError::OtherSample),
        ("one byte altered", &[a, b, &altered], AttestError::OtherSample),
        ("an oversized one", &[a, b, &long], too_large),
    ];
    for (name, samples, why) in rows {
        assert_eq!(error_of(samples), why, "{name}");
    }
}

#[test]
fn rejects_inconsistent_samples_even_if_signed_by_the_device() {
    let sealed = sealed_to_enrol();
    let original = claims(sealed.jws());
    let (primary, further) = (&original["sample"], &original["more_samples"][0]);
    let with = |name: &str, value: Value| {
        let mut sample = further.clone();
        sample[name] = value;
        json!([sample])
    };
    let signed = |more: Value, purpose: &str| {
        let mut claims = original.clone();
        claims["more_samples"] = more;
        claims["session"]["purpose"] = json!(purpose);
        jws::sign(ATTESTATION_TYP, KeyIn::Kid, &claims, &key()).unwrap()
    };
    // As a lying device would: the posted bytes match the digests it signs.
    let bytes: Vec<_> = (0..5).map(|i| sealed.samples()[i.min(2)].clone()).collect();
    let digest = &original["more_samples"][1]["sha256"];
    let rows = [
        ("more than three", json!([further, with("frame_seq", json!(0))[0], further]), 4, None),
        ("outside the span", with("frame_seq", json!(500)), 2, Some(Inconsistency::SampleOutsideSpan)),
        ("no size", with("height", json!(0)), 2, Some(Inconsistency::SampleShape)),
        ("another media type", with("media_type", json!("image/gif")), 2, Some(Inconsistency::SampleShape)),
        (
            "the frame of the first",
            with("frame_seq", primary["frame_seq"].clone()),
            2,
            Some(Inconsistency::SampleRepeated),
        ),
        ("the same image twice", json!([further, with("sha256", further["sha256"].clone())[0]]), 3, None),
        (
            "the same frame twice",
            json!([further, {
                "sha256": digest, "width": 9, "height": 9, "media_type": "image/png", "frame_seq": further["frame_seq"]
            }]),
            3,
            Some(Inconsistency::SampleRepeated),
        ),
    ];
    for (name, more, posted, why) in rows {
        let found = check_enrollment(&signed(more, "enroll"), &bytes[..posted]).unwrap_err();
        match why {
            Some(why) => assert_eq!(found, AttestError::Inconsistent(why), "{name}"),
            // Rejected earlier: too many samples, or one digest claimed for two different images.
            None => {
                assert!(matches!(found, AttestError::SampleCount { .. } | AttestError::OtherSample), "{name}: {found}");
            }
        }
    }
    let truncated = with("sha256", json!("AAAA"));
    assert_eq!(check_enrollment(&signed(truncated, "enroll"), &bytes[..2]), Err(AttestError::OtherSample));
    let at_verification = signed(original["more_samples"].clone(), "verify");
    let nonce = ticket().nonce;
    let expected = Expected { nonce: &nonce, session_id: SESSION, purpose: Purpose::Verify, now: NOW };
    assert_eq!(
        verify(&at_verification, &key().public(), &expected, sealed.samples()),
        Err(AttestError::Inconsistent(Inconsistency::SampleCount))
    );
}

#[test]
fn rejects_missing_and_duplicate_claims() {
    let sealed = sealed();
    let [header, ..] = parts(sealed.jws());
    let original = claims(sealed.jws());
    let is_rejected = |claims: &str| {
        let input = format!("{header}.{}", BASE64_URL_SAFE_NO_PAD.encode(claims));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(key().sign(input.as_bytes()));
        matches!(
            check(&format!("{input}.{signature}"), &sealed.samples()[0]),
            Err(AttestError::Jws(JwsError::Claims(_)))
        )
    };
    assert!(!is_rejected(&original.to_string()), "the unchanged claims");
    for name in original.as_object().unwrap().keys() {
        let mut without = original.clone();
        without.as_object_mut().unwrap().remove(name);
        assert!(is_rejected(&without.to_string()), "without {name}");
    }
    let doubled = original.to_string().replacen('{', r#"{"eat_profile":"x","#, 1);
    let denied = original.to_string().replace(r#""decision":"live""#, r#""decision":"spoof""#);
    let null_score = original.to_string().replace(r#""luma":"#, r#""luma":null,"was":"#);
    for (name, claims) in [
        ("a duplicate claim", doubled),
        ("another decision", denied),
        ("a score that is no number", null_score),
        ("a list", "[]".into()),
        ("an empty payload", String::new()),
        ("trailing data", format!("{original}{original}")),
    ] {
        assert!(is_rejected(&claims), "{name}");
    }
}

#[test]
fn rejects_a_sample_that_differs_by_one_byte() {
    let sealed = sealed();
    let mut sample = sealed.samples()[0].to_vec();
    let middle = sample.len() / 2;
    sample[middle] ^= 1;
    assert_eq!(check(sealed.jws(), &sample), Err(AttestError::OtherSample));
    assert_eq!(check(sealed.jws(), &sealed.samples()[0][1..]), Err(AttestError::OtherSample));
    assert_eq!(check(sealed.jws(), &[]), Err(AttestError::OtherSample));
}

#[test]
fn rejects_oversized_samples_and_attestations_before_parsing() {
    let sealed = sealed();
    let found = SAMPLE_MAX_BYTES + 1;
    assert_eq!(check(sealed.jws(), &vec![0; found]), Err(AttestError::SampleTooLarge { found, max: SAMPLE_MAX_BYTES }));
    let long = "a".repeat(ATTESTATION_MAX_BYTES + 1);
    let too_large = AttestError::Jws(JwsError::TooLarge { found: long.len(), max: ATTESTATION_MAX_BYTES });
    assert_eq!(check(&long, &sealed.samples()[0]), Err(too_large));
}

#[test]
fn requires_a_thumbprint_as_kid_and_no_embedded_key() {
    let sealed = sealed();
    let claims = claims(sealed.jws());
    let embedded = jws::sign(ATTESTATION_TYP, KeyIn::Jwk, &claims, &key()).unwrap();
    assert_eq!(check(&embedded, &sealed.samples()[0]), Err(AttestError::KeyInside));
    assert_eq!(peek_kid(&embedded), Err(AttestError::KeyInside));
    let header = |json: &str| BASE64_URL_SAFE_NO_PAD.encode(json);
    let unnamed = sign_with_header(&header(r#"{"alg":"Ed25519","typ":"eat+jwt"}"#), &claims, &key());
    assert_eq!(check(&unnamed, &sealed.samples()[0]), Err(AttestError::NoKeyName));
    let misnamed = sign_with_header(&header(r#"{"alg":"Ed25519","typ":"eat+jwt","kid":"me"}"#), &claims, &key());
    assert!(matches!(check(&misnamed, &sealed.samples()[0]), Err(AttestError::KeyName(_))));
}

#[test]
fn inspect_shows_the_claims_and_how_they_were_verified() {
    let sealed = sealed();
    let jwk = serde_json::to_string(&key().jwk()).unwrap();
    let shown = inspect(sealed.jws(), Some(jwk.parse().unwrap())).unwrap();
    for part in [
        &format!("signature     verified with the key {}", key().thumbprint()),
        "sealed        2027-01-15 08:00:00 UTC",
        "session       s-1 (Verify)",
        "frames        41 seen, 41 good, 41 scored",
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
