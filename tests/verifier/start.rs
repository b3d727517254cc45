//! `GET /start`: requests that start a session, and requests that must not.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as B64};
use countenance_core::protocol::{LINK_MAX_BYTES, Purpose, Reason};
use countenance_verifier::Rules;
use serde_json::{Value, json};

use super::test_verifier::*;

#[tokio::test]
async fn the_landing_page_names_the_application_and_waits_for_a_click() {
    let verifier = TestVerifier::new().await;
    let reply = verifier.start_with(&verifier.token(&verifier.start_claims())).await;
    assert_eq!((reply.status, reply.page().as_str()), (StatusCode::OK, "landing"));
    let page = reply.text();
    for shown in ["Salary &lt;page&gt;", TENANT, "a•••@example.org", "https://download.example/", "Open Countenance"]
    {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    assert!(!page.contains("<script") && !page.contains("http-equiv"), "the page continues without a click: {page}");
    let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-"), "{cookie}");
    for attribute in ["Path=/", "Max-Age=660", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(cookie.split("; ").any(|a| a == attribute), "{attribute}: {cookie}");
    }
    for (name, value) in [
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(reply.headers[name], value);
    }
    assert!(reply.headers["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'none'"));
}

/// Whose clock is put back, too: clients compare theirs with this one.
#[tokio::test]
async fn the_date_of_an_answer_is_the_time_of_the_verifier() {
    let verifier = TestVerifier::new().await;
    for (ahead, expected) in [
        (0, "Fri, 15 Jan 2027 08:00:00 GMT"),
        (61, "Fri, 15 Jan 2027 08:01:01 GMT"),
        (-3_600, "Fri, 15 Jan 2027 07:01:01 GMT"),
    ] {
        verifier.advance(ahead);
        let reply = verifier.browse("/healthz", "").await;
        assert_eq!(reply.headers[header::DATE], expected);
    }
}

#[tokio::test]
async fn the_link_has_the_form_that_clients_parse() {
    let verifier = TestVerifier::new().await;
    let login = verifier.start().await;
    let link = format!("countenance://verify?v={ORIGIN}&s={}&c={}", login.session, login.code);
    assert!(login.page.contains(&link.replace('&', "&amp;")));
    assert!(link.len() <= LINK_MAX_BYTES && link.bytes().all(|byte| byte.is_ascii_graphic()), "{link}");
    for part in [&login.session, &login.code] {
        let base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        assert!((1..=64).contains(&part.len()) && part.bytes().all(base64url), "{part}");
    }
}

#[tokio::test]
async fn an_invalid_token_starts_no_session() {
    let verifier = TestVerifier::new().await;
    let before = verifier.events().await;
    let now = NOW;
    let with = |claim: &str, value: Value| {
        let mut claims = verifier.start_claims();
        claims[claim] = value;
        verifier.token(&claims)
    };
    let good = verifier.token(&verifier.start_claims());
    let (_, payload_and_signature) = good.split_once('.').unwrap();
    let (payload, signature) = payload_and_signature.split_once('.').unwrap();
    let algorithm = |alg: &str, signature: &str| {
        format!("{}.{payload}.{signature}", B64.encode(format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#)))
    };
    let mut flipped = signature.to_owned();
    flipped.replace_range(..1, if signature.starts_with('A') { "B" } else { "A" });
    let mut foreign_secret = verifier.start_claims();
    foreign_secret["integration_id"] = json!(verifier.integration);
    for (case, token, page) in [
        ("expired", with("exp", json!(now)), "token-expired"),
        ("from the future", with("iat", json!(now + 120)), "token-not-now"),
        ("valid for a day", with("exp", json!(now + 86_400)), "token-not-now"),
        ("signed with another secret", other_secret(&verifier, &foreign_secret), "token-signature"),
        ("an altered signature", algorithm("HS256", &flipped), "token-signature"),
        ("alg none", algorithm("none", ""), "token-malformed"),
        ("alg RS256", algorithm("RS256", signature), "token-signature"),
        ("another tenant", with("iss", json!("evil.localhost")), "token-other-tenant"),
        ("issuer as URL", with("iss", json!("https://tenant.localhost/")), "token-other-tenant"),
        ("unknown integration", with("integration_id", json!("nobody")), "integration-unknown"),
        ("foreign continue", with("continue_uri", json!("https://evil.example/continue")), "token-foreign-continue"),
        ("other path", with("continue_uri", json!("http://tenant.localhost/login")), "token-foreign-continue"),
        ("script", with("continue_uri", json!("javascript:alert(1)")), "token-foreign-continue"),
        ("no subject", with("sub", Value::Null), "token-malformed"),
        ("not a token", "neither-signed-nor-sealed".into(), "token-malformed"),
        ("too long", format!("{good}{}", "x".repeat(9000)), "start-incomplete"),
    ] {
        let reply = verifier.start_with(&token).await;
        assert_eq!(reply.page(), page, "{case}");
        assert!(reply.status.is_client_error(), "{case}: {}", reply.status);
        assert!(!reply.headers.contains_key(header::SET_COOKIE), "{case}");
        assert!(!reply.text().contains(&token), "{case}");
    }
    assert_eq!(verifier.browse("/start", "").await.page(), "start-incomplete");
    assert_eq!(verifier.events().await, before, "a session was started");
}

fn other_secret(verifier: &TestVerifier, claims: &Value) -> String {
    let key = jsonwebtoken::EncodingKey::from_secret(format!("{}x", verifier.secret).as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), claims, &key).unwrap()
}

#[tokio::test]
async fn a_token_works_once() {
    let verifier = TestVerifier::new().await;
    let token = verifier.token(&verifier.start_claims());
    assert_eq!(verifier.start_with(&token).await.page(), "landing");
    let before = verifier.events().await;
    assert_eq!(verifier.start_with(&token).await.page(), "token-used");
    assert_eq!(verifier.events().await, before);
}

#[tokio::test]
async fn head_and_prefetch_requests_do_not_spend_a_token() {
    let verifier = TestVerifier::new().await;
    let path = start_path(&verifier.token(&verifier.start_claims()));
    let head = Request::builder().method(Method::HEAD).uri(&path).body(Body::empty()).unwrap();
    assert_eq!(verifier.send(head).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let prefetch = Request::get(&path).header("sec-purpose", "prefetch;prerender").body(Body::empty()).unwrap();
    assert_eq!(verifier.send(prefetch).await.page(), "prefetch");
    assert_eq!(verifier.browse(&path, "").await.page(), "landing");
}

#[tokio::test]
async fn the_first_sign_in_enrolls_and_later_ones_verify() {
    let verifier = TestVerifier::new().await;
    let key = verifier.key();
    let login = verifier.start().await;
    assert_eq!(verifier.open(&key, &login).await.purpose, Purpose::Enroll);
    verifier.enroll(&key).await;
    let login = verifier.start().await;
    assert_eq!(verifier.open(&key, &login).await.purpose, Purpose::Verify);
}

#[tokio::test]
async fn without_self_enrollment_an_unknown_account_is_refused() {
    let verifier = TestVerifier::with(Rules { allow_self_enrolment: false, ..rules() }).await;
    let login = verifier.start().await;
    assert!(login.page.contains("data-page=\"not-enrolled\"") && !login.page.contains("countenance://"));
    let path = login.page.split("href=\"/return/").nth(1).unwrap().split('"').next().unwrap();
    verifier.advance(300);
    let reply = verifier.browse(&format!("/return/{path}"), &login.cookie).await;
    assert_eq!(reply.page(), "return");
    let claims = super::return_handle::returned_claims(&verifier, &reply);
    assert_eq!(
        (claims["result"].as_str(), claims["reason"].as_str()),
        (Some("refused"), Some(Reason::NotEnrolled.name()))
    );
}

#[tokio::test]
async fn rejects_tokens_that_mix_two_integrations() {
    let verifier = TestVerifier::new().await;
    let theirs = Rules { tenant_host: "other.localhost".into(), custom_domains: Vec::new(), ..rules() };
    let (other, secret) = verifier.service.add_integration(theirs).await.unwrap();
    let claims = |changes: &[(&str, Value)]| {
        let mut claims = verifier.start_claims();
        for (claim, value) in changes {
            claims[*claim] = value.clone();
        }
        claims
    };
    let (at_other, from_other) = (("integration_id", json!(other)), ("iss", json!("other.localhost")));
    let (ours, theirs) = (verifier.secret.as_str(), secret.reveal());
    let before = verifier.events().await;
    for (case, claims, secret, page) in [
        ("their secret", claims(&[]), theirs, "token-signature"),
        ("their tenant", claims(std::slice::from_ref(&from_other)), ours, "token-other-tenant"),
        ("their integration, our secret", claims(std::slice::from_ref(&at_other)), ours, "token-signature"),
        ("their integration, our tenant", claims(std::slice::from_ref(&at_other)), theirs, "token-other-tenant"),
        ("theirs, but returning to us", claims(&[at_other, from_other]), theirs, "token-foreign-continue"),
    ] {
        let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
        let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap();
        let reply = verifier.start_with(&token).await;
        assert_eq!(reply.page(), page, "{case}");
        assert!(!reply.headers.contains_key(header::SET_COOKIE), "{case}");
    }
    assert_eq!(verifier.events().await, before, "a session was started");
}

#[tokio::test]
async fn a_used_token_stays_used_under_another_state_and_after_it_expires() {
    let verifier = TestVerifier::new().await;
    let token = verifier.token(&verifier.start_claims());
    assert_eq!(verifier.start_with(&token).await.page(), "landing");
    let before = verifier.events().await;
    for (case, secs, page) in
        [("immediately", 0, "token-used"), ("in its last second", 899, "token-used"), ("late", 2, "token-expired")]
    {
        verifier.advance(secs);
        let reply = verifier.browse(&format!("/start?session_token={token}&state=another"), "").await;
        assert_eq!(reply.page(), page, "{case}");
        assert!(!reply.headers.contains_key(header::SET_COOKIE), "{case}");
    }
    assert_eq!(verifier.events().await, before);
    // A new session deletes expired rows; the old token must not become usable again.
    verifier.start().await;
    assert_eq!(verifier.start_with(&token).await.page(), "token-expired");
}
