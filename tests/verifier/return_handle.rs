//! `GET /return/{handle}`: works once, before it expires, and only in the browser that started.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use countenance_core::protocol::{Outcome, Reason};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;

use super::test_verifier::*;

/// The token in a return page.
pub(super) fn returned_token(reply: &Reply) -> String {
    let page = reply.text();
    page.split("name=\"session_token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// The claims of the token in a return page, verified as Auth0's `validateToken` does.
pub(super) fn returned_claims(verifier: &TestVerifier, reply: &Reply) -> Value {
    let token = returned_token(reply);
    let mut rules = Validation::new(Algorithm::HS256);
    rules.validate_exp = false;
    let token =
        jsonwebtoken::decode::<Value>(token, &DecodingKey::from_secret(verifier.secret.as_bytes()), &rules).unwrap();
    assert_eq!(token.header.typ.as_deref(), Some("JWT"));
    token.claims
}

#[tokio::test]
async fn the_result_goes_back_in_a_form_with_the_tenants_own_state() {
    let verifier = TestVerifier::new().await;
    let (login, outcome) = verifier.sign_in(&verifier.key()).await;
    let reply = verifier.browse(&return_path(&outcome), &login.cookie).await;
    assert_eq!((reply.status, reply.page().as_str()), (StatusCode::OK, "return"));
    let page = reply.text();
    assert!(page.contains(&format!("action=\"{CONTINUE}?state=hKFo%2F2St%2Ba%3Db%26c\"")), "{page}");
    assert!(page.contains("method=\"post\"") && page.contains("<button"), "must work without scripts");
    let policy = reply.headers["content-security-policy"].to_str().unwrap();
    let nonce = policy.split("script-src 'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert!(page.contains(&format!("<script nonce=\"{nonce}\">document.forms[0].submit()</script>")));
    let claims = returned_claims(&verifier, &reply);
    for (name, value) in [
        ("sub", SUB),
        ("iss", "verifier.localhost"),
        ("state", STATE),
        ("integration_id", verifier.integration.as_str()),
        ("result", "approved"),
        ("purpose", "enroll"),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    assert_eq!((claims["iat"].as_i64(), claims["exp"].as_i64()), (Some(NOW), Some(NOW + 60)));
    assert_eq!(claims["amr"], serde_json::json!(["face", "mfa"]));
    assert!(claims["jti"].as_str().unwrap().len() >= 16 && claims.get("reason").is_none());
}

#[tokio::test]
async fn a_refusal_has_a_reason_and_no_amr() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let login = verifier.start().await;
    verifier.open(&key, &login).await;
    let outcome: Outcome = verifier.abandon(&key, &login.session, Reason::NotMe).await.json();
    let reply = verifier.browse(&return_path(&outcome), &login.cookie).await;
    let claims = returned_claims(&verifier, &reply);
    assert_eq!((claims["result"].as_str(), claims["reason"].as_str()), (Some("refused"), Some("not_me")));
    assert!(claims.get("amr").is_none());
}

#[tokio::test]
async fn a_handle_works_once_and_only_in_the_browser_that_started() {
    let verifier = TestVerifier::new().await;
    let (login, outcome) = verifier.sign_in(&verifier.key()).await;
    let (other, _) = verifier.sign_in(&verifier.key()).await;
    let path = return_path(&outcome);
    let before = verifier.events().await;
    let foreign_value =
        format!("{}={}", login.cookie.split('=').next().unwrap(), other.cookie.split('=').nth(1).unwrap());
    for (case, cookie) in
        [("no cookie", ""), ("another sign-in's cookie", &other.cookie), ("another value", &foreign_value)]
    {
        let reply = verifier.browse(&path, cookie).await;
        assert_eq!((reply.status, reply.page().as_str()), (StatusCode::FORBIDDEN, "return-other-browser"), "{case}");
        assert!(!reply.text().contains("session_token"), "{case}");
    }
    let head = Request::builder().method(Method::HEAD).uri(&path).body(Body::empty()).unwrap();
    assert_eq!(verifier.send(head).await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(verifier.events().await, before, "a rejected request had an effect");
    verifier.advance(59);
    assert_eq!(verifier.browse(&path, &login.cookie).await.page(), "return");
    verifier.advance(11);
    assert_eq!(verifier.browse(&path, &login.cookie).await.page(), "return-used");
    assert_eq!(verifier.browse("/return/unknown", &login.cookie).await.page(), "return-unknown");
}

#[tokio::test]
async fn a_lost_answer_can_be_asked_for_again_for_ten_seconds() {
    let uncounted = countenance_verifier::Rules { enrolment_counts: false, ..rules() };
    for (case, rules, amr) in [("counts", rules(), 2), ("does not count", uncounted, 0)] {
        let verifier = TestVerifier::with(rules).await;
        let (login, outcome) = verifier.sign_in(&verifier.key()).await;
        let path = return_path(&outcome);
        let first = returned_token(&verifier.browse(&path, &login.cookie).await);
        let before = verifier.events().await;
        verifier.advance(10);
        let again = verifier.browse(&path, &login.cookie).await;
        assert_eq!(returned_token(&again), first, "{case}: the tenant takes this token once");
        assert_eq!(returned_claims(&verifier, &again)["amr"].as_array().unwrap().len(), amr, "{case}");
        assert_eq!(verifier.events().await, before, "{case}: nothing happens twice");
        assert_eq!(verifier.browse(&path, "").await.page(), "return-other-browser", "{case}");
        verifier.advance(1);
        assert_eq!(verifier.browse(&path, &login.cookie).await.page(), "return-used", "{case}");
    }
}

#[tokio::test]
async fn a_handle_expires_after_a_minute() {
    let verifier = TestVerifier::new().await;
    let (login, outcome) = verifier.sign_in(&verifier.key()).await;
    verifier.advance(60);
    let reply = verifier.browse(&return_path(&outcome), &login.cookie).await;
    assert_eq!((reply.status, reply.page().as_str()), (StatusCode::GONE, "return-expired"));
    assert!(!reply.text().contains("session_token"));
}
