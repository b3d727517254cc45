//! Secrets: shown once, rotated with an overlap, and never shown or logged again.

use axum::http::StatusCode;
use countenance_verifier::Database;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;

use super::{
    super::test_verifier::{ORIGIN, TestVerifier, return_path, rules},
    operator::{Operator, element},
};

#[tokio::test]
async fn the_secret_of_a_new_integration_is_shown_once_and_works() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("verifier.db");
    let mut verifier = TestVerifier::at(Database::File(path.clone()), rules()).await;
    let (id, secret) = {
        let operator = Operator::new(&verifier).await;
        let form = operator
            .form("/portal/integrations/new", "/portal/integrations/new")
            .await
            .with("name", "Second")
            .with("tenant_host", super::super::test_verifier::TENANT)
            .with("enrolment_flow", "inline");
        let made = operator.send(&form).await;
        assert_eq!((made.status, made.page().as_str()), (StatusCode::OK, "portal-secret"), "{}", made.text());
        assert_eq!(made.headers["cache-control"], "no-store");
        let page = made.text();
        let (id, secret) = (element(&page, "integration-id"), element(&page, "session-secret"));
        assert_eq!((id.len(), secret.len()), (22, 43));
        assert_eq!(element(&page, "verifier-origin"), ORIGIN);
        assert_eq!(element(&page, "mode"), "always");
        for key in ["SESSION_SECRET", "INTEGRATION_ID", "VERIFIER_ORIGIN", "MODE"] {
            assert!(page.contains(&format!("<code>{key}</code>")), "{key}");
        }
        // Reloading the response page submits the form again.
        for _ in 0..2 {
            let again = operator.send(&form).await;
            assert_eq!((again.status, again.page().as_str()), (StatusCode::CONFLICT, "portal-sent-before"));
            assert!(!again.text().contains(&secret));
        }
        let list = operator.page("/portal/integrations", "portal-integrations").await.text();
        assert_eq!(list.matches(">Second</a>").count(), 1, "{list}");
        let without = operator.send(&form.clone().without("once")).await;
        assert_eq!(without.status, StatusCode::BAD_REQUEST);
        for path in [
            "/portal/integrations".to_owned(),
            format!("/portal/integrations/{id}"),
            format!("/portal/integrations/{id}/check"),
            "/portal/audit".into(),
            "/portal/audit.csv".into(),
        ] {
            let reply = operator.get(&path).await;
            assert_eq!(reply.status, StatusCode::OK, "{path}");
            assert!(!reply.text().contains(&secret), "{path}");
        }
        (id, secret)
    };
    for suffix in ["", "-wal"] {
        let bytes = std::fs::read(path.with_extension(format!("db{suffix}"))).unwrap_or_default();
        assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "the secret is stored in the clear");
    }
    verifier.integration = id;
    verifier.secret = secret;
    let (login, outcome) = verifier.sign_in(&verifier.key()).await;
    assert_eq!(verifier.browse(&return_path(&outcome), &login.cookie).await.page(), "return");
}

#[tokio::test]
async fn a_rotated_secret_overlaps_as_chosen() {
    for (overlap, secs) in [("0", 0), ("3600", 3600), ("86400", 86_400), ("604800", 604_800)] {
        let mut verifier = TestVerifier::new().await;
        let old = verifier.secret.clone();
        let new = {
            let operator = Operator::new(&verifier).await;
            let form = operator.form(&operator.path(""), &operator.path("/rotate")).await.with("overlap", overlap);
            let reply = operator.send(&form).await;
            assert_eq!((reply.status, reply.page().as_str()), (StatusCode::OK, "portal-secret"), "{}", reply.text());
            let new = element(&reply.text(), "session-secret");
            assert_eq!(element(&reply.text(), "integration-id"), verifier.integration);
            let again = operator.send(&form).await;
            assert_eq!((again.status, again.page().as_str()), (StatusCode::CONFLICT, "portal-sent-before"));
            assert!(!again.text().contains(&new));
            let page = operator.get(&operator.path("")).await.text();
            assert_eq!(page.contains("former secret is still read until"), secs > 0, "{overlap}");
            assert!(!page.contains(&new) && !page.contains(&old));
            new
        };
        assert_ne!(new, old);
        // A sign-in started with the old secret returns a token signed with it.
        if secs > 0 {
            assert!(returns_signed_with(&verifier, &old).await, "{overlap}");
            verifier.advance(secs - 1);
            assert!(returns_signed_with(&verifier, &old).await, "{overlap}: in the last second");
            verifier.advance(1);
        }
        assert_eq!(
            verifier.start_with(&verifier.token(&verifier.start_claims())).await.page(),
            "token-signature",
            "{overlap}"
        );
        verifier.secret = new.clone();
        assert!(returns_signed_with(&verifier, &new).await, "{overlap}");
    }
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let form = operator.form(&operator.path(""), &operator.path("/rotate")).await;
    for overlap in ["", "-1", "1", "99999999999"] {
        let reply = operator.send(&form.clone().with("overlap", overlap)).await;
        assert_eq!(reply.status, StatusCode::BAD_REQUEST, "{overlap}");
    }
    assert_eq!(verifier.start_with(&verifier.token(&verifier.start_claims())).await.page(), "landing");
}

/// Whether a complete sign-in, started with `verifier.secret`, returns a token signed with `secret`.
async fn returns_signed_with(verifier: &TestVerifier, secret: &str) -> bool {
    let (login, outcome) = verifier.sign_in(&verifier.key()).await;
    let page = verifier.browse(&return_path(&outcome), &login.cookie).await.text();
    let token = page.split("name=\"session_token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let mut rules = Validation::new(Algorithm::HS256);
    rules.validate_exp = false;
    rules.required_spec_claims.clear();
    jsonwebtoken::decode::<Value>(token, &DecodingKey::from_secret(secret.as_bytes()), &rules).is_ok()
}

#[tokio::test]
async fn a_log_stream_token_is_shown_once_and_replaces_the_previous_one() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let form = operator.form(&operator.path(""), &operator.path("/log-token")).await;
        let reply = operator.send(&form).await;
        assert_eq!((reply.status, reply.page().as_str()), (StatusCode::OK, "portal-log-token"), "{}", reply.text());
        assert_eq!(element(&reply.text(), "log-address"), format!("{ORIGIN}/v1/logs/{}", verifier.integration));
        tokens.push(element(&reply.text(), "log-token"));
        assert_eq!(operator.send(&form).await.page(), "portal-sent-before");
        assert!(!operator.get(&operator.path("")).await.text().contains(&tokens[tokens.len() - 1]));
    }
    for (token, status) in tokens.iter().zip([StatusCode::UNAUTHORIZED, StatusCode::NO_CONTENT]) {
        let request = axum::http::Request::post(format!("/v1/logs/{}", verifier.integration))
            .header("authorization", token)
            .header("content-type", "application/json")
            .body(axum::body::Body::from(r#"{"log_id": "1", "data": {"type": "s"}}"#))
            .unwrap();
        assert_eq!(verifier.send(request).await.status, status);
    }
    let check = operator.page(&operator.path("/check"), "portal-check").await.text();
    assert!(check.contains("It last delivered <time"), "{check}");
}

#[tokio::test]
async fn a_device_code_is_shown_once_and_registers_one_device() {
    use countenance_core::protocol::RegisterDevice;
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let form = operator.form(&operator.path("/devices"), &operator.path("/devices/code")).await;
    assert_eq!(operator.send(&form.clone().with("life", "5")).await.status, StatusCode::BAD_REQUEST);
    let reply = operator.send(&form).await;
    assert_eq!(reply.page(), "portal-device-code");
    assert!(reply.text().contains("15 minutes") && reply.text().contains("2027-01-15T08:15:00Z"), "{}", reply.text());
    let code = element(&reply.text(), "device-code");
    let again = operator.send(&form).await;
    assert_eq!(again.page(), "portal-sent-before");
    let register = |name: &str| RegisterDevice {
        integration_id: verifier.integration.clone(),
        enrolment_code: Some(code.clone()),
        name: name.into(),
        version: None,
        key_protection: None,
    };
    let (first, second) = (verifier.key(), verifier.key());
    assert_eq!(verifier.call_json(&first, "/v1/devices", &register("Front <b>desk</b>")).await.status, StatusCode::OK);
    assert_ne!(verifier.call_json(&second, "/v1/devices", &register("Other")).await.status, StatusCode::OK);
    let page = operator.page(&operator.path("/devices"), "portal-devices").await.text();
    assert!(page.contains("Front &lt;b&gt;desk&lt;/b&gt;") && !page.contains("<b>desk") && !page.contains(&code));
    let disable = operator.form(&operator.path("/devices"), &operator.path("/devices/disable")).await;
    let unknown = operator.send(&disable.clone().with("device", "nobody")).await;
    assert_eq!((unknown.status, unknown.page().as_str()), (StatusCode::NOT_FOUND, "portal-not-found"));
    operator.send(&disable).await;
    let page = operator.page(&operator.path("/devices"), "portal-devices").await.text();
    assert!(page.contains(">Off<") && !page.contains("Switch off"), "{page}");
    let login = verifier.start().await;
    assert_eq!(verifier.try_open(&first, &login).await.status, StatusCode::FORBIDDEN);
}
