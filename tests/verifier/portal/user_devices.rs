//! A user's devices in the portal: those that ask are allowed, those that are allowed are removed.

use axum::http::StatusCode;
use countenance_core::protocol::ProblemKind;

use super::{
    super::test_verifier::{SUB, TestVerifier},
    operator::{Operator, location},
};

#[tokio::test]
async fn an_operator_allows_and_removes_a_device() {
    let verifier = TestVerifier::new().await;
    let operator = Operator::new(&verifier).await;
    let first = verifier.key();
    verifier.enroll(&first).await;
    let base = operator.path("/users/devices");
    let page = format!("{base}?user=auth0%7Cada");
    let users = operator.get(&operator.path("/users")).await.text();
    assert!(users.contains(&format!("href=\"{page}\"")), "{users}");
    let shown = operator.page(&page, "portal-user-devices").await.text();
    assert!(shown.contains(&first.thumbprint().to_string()) && shown.contains("Enrollment"), "{shown}");
    assert!(!shown.contains(&format!("{base}/allow")), "nobody asks");

    let (second, login) = (verifier.key(), verifier.start().await);
    assert_eq!(verifier.try_open(&second, &login).await.problem().0, ProblemKind::DeviceNotBound);
    let before = verifier.events().await;
    let allow = operator.form(&page, &format!("{base}/allow")).await;
    assert_eq!(allow.fields["device"], second.thumbprint().to_string());
    assert_eq!(verifier.events().await, before, "looking changes nothing");
    let reply = operator.send(&allow).await;
    assert_eq!((reply.status, location(&reply.headers)), (StatusCode::SEE_OTHER, page.as_str()));
    let entry = verifier.service.audit_tail(2).await.unwrap();
    let events: Vec<_> = entry.iter().map(|entry| (entry.event.as_str(), entry.detail.as_str())).collect();
    assert_eq!(events[1], ("device_bound", "operator"), "{events:?}");
    assert_eq!(events[0].0, "operator_acted");
    assert_eq!(verifier.try_open(&second, &login).await.status, StatusCode::OK);
    assert_eq!(operator.send(&allow).await.status, StatusCode::SEE_OTHER, "allowing again changes nothing");

    let remove = operator.form(&page, &format!("{base}/remove")).await;
    let remove = remove.with("device", &second.thumbprint().to_string());
    let forged = operator.send(&remove.clone().with("form_token", "x")).await;
    assert_eq!(forged.page(), "portal-forged");
    assert_eq!(operator.send(&remove).await.status, StatusCode::SEE_OTHER);
    assert_eq!(operator.send(&remove).await.status, StatusCode::NOT_FOUND);
    assert_eq!(verifier.service.audit_tail(2).await.unwrap()[0].event, "device_unbound");
    let login = verifier.start().await;
    assert_eq!(verifier.try_open(&second, &login).await.problem().0, ProblemKind::DeviceNotBound);
    for (field, value) in [("user", "nobody"), ("device", "none")] {
        assert_eq!(operator.send(&allow.clone().with(field, value)).await.status, StatusCode::NOT_FOUND, "{field}");
    }
    assert!(verifier.service.erase_account(&verifier.integration, SUB).await.unwrap());
    assert_eq!(operator.get(&page).await.status, StatusCode::NOT_FOUND);
}
