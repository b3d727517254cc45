//! The versions of clients and the protection of their keys in the portal.

use axum::http::StatusCode;
use countenance_core::protocol::{KeyProtection, Outcome, ProblemKind, Reason, Ticket};
use countenance_verifier::Rules;
use serde_json::json;

use super::{
    super::{
        client_versions::{open_as, versions},
        key_protection,
        test_verifier::{TestVerifier, rules},
    },
    operator::Operator,
};

#[tokio::test]
async fn the_portal_shows_the_version_last_seen_and_which_are_too_old() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let devices = operator.path("/devices");
    let key = verifier.key();
    let code = verifier.service.device_code(&verifier.integration, 3600).await.unwrap();
    let body =
        json!({ "integration_id": verifier.integration, "enrolment_code": code, "name": "Desk", "version": "0.1.0" });
    let reply = verifier.call_json(&key, "/v1/devices", &body).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    let page = operator.page(&devices, "portal-devices").await.text();
    assert!(page.contains("0.1.0, ") && !page.contains("Too old"), "{page}");

    // As opened with, also if refused.
    verifier.service.change_rules(&verifier.integration, versions(Some("0.3.0"), &[])).await.unwrap();
    let page = operator.page(&devices, "portal-devices").await.text();
    assert!(page.contains("0.1.0, ") && page.contains("Too old: refused"), "{page}");
    let login = verifier.start().await;
    assert_eq!(open_as(&verifier, &key, &login, &json!("0.2.5")).await.problem().0, ProblemKind::ClientTooOld);
    let page = operator.page(&devices, "portal-devices").await.text();
    assert!(page.contains("0.2.5, ") && !page.contains("0.1.0, ") && page.contains("Too old: refused"), "{page}");
    open_as(&verifier, &key, &login, &json!("0.3.0")).await.json::<Ticket>();
    let page = operator.page(&devices, "portal-devices").await.text();
    assert!(page.contains("0.3.0, ") && !page.contains("Too old"), "{page}");

    // A client that could not do what the ticket required, until there is another version.
    let outcome: Outcome = verifier.abandon(&key, &login.session, Reason::CannotEnforce).await.json();
    assert!(matches!(outcome, Outcome::Refused { reason: Reason::CannotEnforce, .. }));
    let sessions = operator.get("/portal/sessions").await.text();
    assert!(sessions.contains("cannot_enforce"), "{sessions}");
    for (version, is_too_old) in [("0.3.0", true), ("0.3.1", false)] {
        open_as(&verifier, &key, &verifier.start().await, &json!(version)).await.json::<Ticket>();
        let page = operator.page(&devices, "portal-devices").await.text();
        assert_eq!(page.contains("Too old: cannot do what a policy requires"), is_too_old, "{version}: {page}");
    }
}

#[tokio::test]
async fn the_portal_shows_where_each_key_is_and_which_are_refused() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let devices = operator.path("/devices");
    let key = verifier.key();
    for (says, shown) in [("tpm", "Key in a security chip"), ("file", "Key in a file")] {
        key_protection::open_as(&verifier, &key, &verifier.start().await, &json!(says)).await.json::<Ticket>();
        let page = operator.page(&devices, "portal-devices").await.text();
        assert!(page.contains(shown) && !page.contains("Not protected enough"), "{says}: {page}");
    }
    let rules = Rules { key_protection_min: KeyProtection::OsKeystore, ..rules() };
    verifier.service.change_rules(&verifier.integration, rules).await.unwrap();
    let page = operator.page(&devices, "portal-devices").await.text();
    assert!(page.contains("Not protected enough: refused"), "{page}");
}
