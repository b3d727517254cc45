//! Interoperability of the verifier's four token types with independent JOSE libraries ("peers"): attestation, request
//! proof, start token and return token. Each side verifies the tokens of the other and rejects altered ones.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as B64};
use countenance_attest::{jws::JwsError, request_proof, verify};
use countenance_core::protocol::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{return_handle::returned_token, test_verifier::*};
use countenance_attest::testing::peers::{Peer, PeerKey, peers, public_key, secret_key, twins};

/// Both `alg` names of Ed25519 (RFC 9864, RFC 8037).
const NAMES: [&str; 2] = ["Ed25519", "EdDSA"];

#[tokio::test]
async fn peers_read_our_attestation() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let ticket = verifier.open(&key, &verifier.start().await).await;
    let claims = verifier.claims(&key, &ticket, &png());
    let jws = TestVerifier::sign(&key, &claims);
    for mut peer in peers("peers_read_our_attestation") {
        let other = peer.generate("Ed25519").public;
        let expected = |key: &Value| json!({ "key": key, "alg": "Ed25519", "typ": "eat+jwt", "now": NOW });
        let read = peer.reads(&jws, &expected(&serde_json::to_value(key.jwk()).unwrap()));
        assert_eq!(read["eat_nonce"], ticket.nonce, "{}", peer.name);
        assert_eq!((&read["ueid"], &read["sample"]["sha256"]), (&json!(key.ueid()), &json!(claims.sample.sha256)));
        assert!(is_signature(&peer.refuses(&jws, &expected(&other))), "{}: another key", peer.name);
    }
}

#[tokio::test]
async fn peers_read_our_request_proof_by_its_embedded_key() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let request = verifier.request(&key, "/v1/devices", "application/json", b"{}".to_vec());
    let jws = request.headers()[REQUEST_PROOF_HEADER].to_str().unwrap();
    for mut peer in peers("peers_read_our_request_proof_by_its_embedded_key") {
        let expected = json!({ "key": "embedded", "alg": "Ed25519", "typ": REQUEST_PROOF_TYP, "now": NOW });
        let read = peer.reads(jws, &expected);
        assert_eq!((&read["htm"], &read["htu"]), (&json!("POST"), &json!(format!("{ORIGIN}/v1/devices"))));
        assert_eq!(read["body_sha256"], B64.encode(Sha256::digest(b"{}")), "{}", peer.name);
    }
}

#[tokio::test]
async fn peers_read_our_return_token() {
    let verifier = TestVerifier::new().await;
    let (login, outcome) = verifier.sign_in(&verifier.key()).await;
    let token = returned_token(&verifier.browse(&return_path(&outcome), &login.cookie).await);
    for mut peer in peers("peers_read_our_return_token") {
        let expected = |secret: &str, now: i64| json!({ "key": secret_key(secret), "alg": "HS256", "typ": "JWT", "iss": "verifier.localhost", "now": now });
        let read = peer.reads(&token, &expected(&verifier.secret, NOW));
        assert_eq!((&read["sub"], &read["state"]), (&json!(SUB), &json!(STATE)), "{}", peer.name);
        assert_eq!((&read["result"], &read["amr"]), (&json!("approved"), &json!(["face", "mfa"])), "{}", peer.name);
        let other = "x".repeat(verifier.secret.len());
        assert!(is_signature(&peer.refuses(&token, &expected(&other, NOW))), "{}: another secret", peer.name);
        let late = peer.refuses(&token, &expected(&verifier.secret, NOW + 61));
        assert!(["ERR_JWT_EXPIRED", "expired_token"].contains(&late.as_str()), "{}: {late}", peer.name);
    }
}

#[tokio::test]
async fn start_tokens_of_peers_start_a_session() {
    let verifier = TestVerifier::new().await;
    for mut peer in peers("start_tokens_of_peers_start_a_session") {
        let header = json!({ "alg": "HS256", "typ": "JWT" });
        let token = peer.sign(&header, &verifier.start_claims(), &secret_key(&verifier.secret));
        for (change, twin) in twins(&token) {
            let reply = verifier.start_with(&twin).await;
            assert!(reply.status.is_client_error() && reply.page() != "landing", "{}: {change}", peer.name);
        }
        let other = peer.sign(&header, &verifier.start_claims(), &secret_key(&"x".repeat(43)));
        assert!(verifier.start_with(&other).await.status.is_client_error(), "{}: another secret", peer.name);
        let reply = verifier.start_with(&token).await;
        assert_eq!((reply.status, reply.page().as_str()), (StatusCode::OK, "landing"), "{}", peer.name);
    }
}

#[tokio::test]
async fn a_device_signing_with_a_peer_library_signs_in() {
    let verifier = TestVerifier::new().await;
    for mut peer in peers("a_device_signing_with_a_peer_library_signs_in") {
        for alg in NAMES {
            let device = Device { key: peer.generate(alg), alg };
            let login = verifier.start().await;
            let app = "countenance/1".into();
            let body = OpenSession { code: login.code.clone(), app, version: None, key_protection: None };
            let path = format!("/v1/sessions/{}/open", login.session);
            let body = serde_json::to_vec(&body).unwrap();
            let request = device.request(&mut peer, &verifier, &path, "application/json", body);
            let ticket: Ticket = verifier.send(request).await.json();

            let sample = png();
            let attestation = device.attestation(&mut peer, &verifier, &ticket, &sample);
            let (media_type, body) = form(&[("attestation", attestation.as_bytes()), ("sample", &sample)]);
            let path = format!("/v1/sessions/{}/captures", login.session);
            let request = device.request(&mut peer, &verifier, &path, &media_type, body);
            let outcome: Outcome = verifier.send(request).await.json();
            assert!(matches!(outcome, Outcome::Approved { .. }), "{} {alg}: {outcome:?}", peer.name);
        }
    }
}

#[tokio::test]
async fn altered_tokens_of_peers_are_rejected() {
    let verifier = TestVerifier::new().await;
    let ticket = verifier.open(&verifier.key(), &verifier.start().await).await;
    let sample = png();
    for mut peer in peers("altered_tokens_of_peers_are_rejected") {
        for alg in NAMES {
            let device = Device { key: peer.generate(alg), alg };
            let name = format!("{} {alg}", peer.name);
            let attestation = device.attestation(&mut peer, &verifier, &ticket, &sample);
            let expected = verify::Expected {
                nonce: &ticket.nonce,
                session_id: &ticket.session_id,
                purpose: ticket.purpose,
                now: NOW,
            };
            let read = |jws: &str| verify::verify(jws, &public_key(&device.key.public), &expected, &[&sample]);
            assert_eq!(read(&attestation).unwrap().eat_nonce, ticket.nonce, "{name}");
            for (change, twin) in twins(&attestation) {
                let Err(verify::AttestError::Jws(why)) = read(&twin) else { panic!("{name}: {change} was accepted") };
                assert!(is_rejection(&why), "{name}: {change}: {why}");
            }
            let refused = read(&renamed(&attestation));
            assert_eq!(refused, Err(verify::AttestError::Jws(JwsError::BadSignature)), "{name}");

            let request = device.request(&mut peer, &verifier, "/v1/devices", "application/json", b"{}".to_vec());
            let jws = request.headers()[REQUEST_PROOF_HEADER].to_str().unwrap();
            let url = format!("{ORIGIN}/v1/devices").parse().unwrap();
            let proven = request_proof::Request { method: "POST", url: &url, body: b"{}" };
            assert_eq!(request_proof::verify(jws, &proven, NOW).unwrap().key, public_key(&device.key.public), "{name}");
            for (change, twin) in twins(jws) {
                let Err(request_proof::RequestProofError::Jws(why)) = request_proof::verify(&twin, &proven, NOW) else {
                    panic!("{name}: {change} was accepted")
                };
                assert!(is_rejection(&why), "{name}: {change}: {why}");
            }
            let refused = request_proof::verify(&renamed(jws), &proven, NOW);
            assert_eq!(refused, Err(request_proof::RequestProofError::Jws(JwsError::BadSignature)), "{name}");
        }
    }
}

/// A device that signs with a peer library.
struct Device {
    key: PeerKey,
    alg: &'static str,
}

impl Device {
    fn request(
        &self,
        peer: &mut Peer,
        verifier: &TestVerifier,
        path: &str,
        media_type: &str,
        body: Vec<u8>,
    ) -> Request<Body> {
        let header = json!({ "alg": self.alg, "typ": REQUEST_PROOF_TYP, "jwk": self.key.public });
        let claims = json!({
            "htm": "POST", "htu": format!("{ORIGIN}{path}"), "iat": NOW, "jti": verifier.key().ueid(),
            "body_sha256": B64.encode(Sha256::digest(&body)),
        });
        Request::post(path)
            .header(REQUEST_PROOF_HEADER, peer.sign(&header, &claims, &self.key.private))
            .header(header::CONTENT_TYPE, media_type)
            .header(header::CONTENT_LENGTH, body.len())
            .body(Body::from(body))
            .unwrap()
    }

    fn attestation(&self, peer: &mut Peer, verifier: &TestVerifier, ticket: &Ticket, sample: &[u8]) -> String {
        let thumbprint = public_key(&self.key.public).thumbprint();
        let mut claims = serde_json::to_value(verifier.claims(&verifier.key(), ticket, sample)).unwrap();
        claims["ueid"] = json!(thumbprint.ueid());
        let header = json!({ "alg": self.alg, "typ": ATTESTATION_TYP, "kid": thumbprint.to_string() });
        peer.sign(&header, &claims, &self.key.private)
    }
}

/// `jws` with the other `alg` name in its header: a valid header, but not the one that was signed.
fn renamed(jws: &str) -> String {
    let (header, rest) = jws.split_once('.').unwrap();
    let mut header: Value = serde_json::from_slice(&B64.decode(header).unwrap()).unwrap();
    header["alg"] = json!(NAMES.iter().find(|name| header["alg"] != **name));
    format!("{}.{rest}", B64.encode(header.to_string()))
}

fn is_signature(code: &str) -> bool {
    ["ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "bad_signature"].contains(&code)
}

/// An unknown header member is rejected before the signature is checked, any other change by the signature.
fn is_rejection(why: &JwsError) -> bool {
    matches!(why, JwsError::BadSignature | JwsError::Header(_))
}
