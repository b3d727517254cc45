//! A user's devices in the portal: those that ask are allowed, those that are allowed are removed.

use axum::http::StatusCode;
use countenance_core::protocol::{Problem, ProblemKind};
use serde_json::json;

use super::{
    super::{
        fake_mailer::{FakeMailer, link_in},
        test_verifier::{Login, SUB, TestVerifier, rules},
    },
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

#[tokio::test]
async fn an_operator_refuses_a_device_that_waits() {
    let (verifier, outbox) = FakeMailer::verifier(rules()).await;
    let operator = Operator::new(&verifier).await;
    let (own, stranger) = (verifier.key(), verifier.key());
    verifier.enroll(&own).await;
    outbox.next("Face sign-in is set up").await;
    let login = verifier.start().await;
    let asks = async |login: &Login| {
        let reply = verifier.try_open(&stranger, login).await;
        assert_eq!(reply.problem().0, ProblemKind::DeviceNotBound);
        serde_json::from_slice::<Problem>(&reply.body).unwrap().approval
    };
    let code = asks(&login).await.unwrap().code;
    let [_, _, letter] = outbox.next("Allow a device").await;
    let (base, device) = (operator.path("/users/devices"), stranger.thumbprint().to_string());
    let page = format!("{base}?user=auth0%7Cada");
    let refuse = operator.form(&page, &format!("{base}/refuse")).await;
    assert_eq!(refuse.fields["device"], device);
    assert_eq!(operator.send(&refuse.clone().with("form_token", "x")).await.page(), "portal-forged");
    let reply = operator.send(&refuse).await;
    assert_eq!((reply.status, location(&reply.headers)), (StatusCode::SEE_OTHER, page.as_str()));
    let entry = verifier.service.audit_tail(1).await.unwrap().remove(0);
    assert_eq!((&*entry.event, &*entry.subject, &*entry.detail), ("binding_refused", &*device, "operator"));
    assert!(!entry.account.is_empty());
    assert!(!operator.get(&page).await.text().contains(&device), "it waits no more");
    assert_eq!(operator.send(&refuse).await.status, StatusCode::NOT_FOUND, "once");
    for (field, value) in [("user", "nobody"), ("device", "none")] {
        assert_eq!(operator.send(&refuse.clone().with(field, value)).await.status, StatusCode::NOT_FOUND, "{field}");
    }

    // Neither the code nor the mailed link works, and it cannot ask again in this sign-in.
    let lookup = verifier.call_json(&own, "/v1/bindings/lookup", &json!({ "code": code.as_str() })).await;
    assert_eq!(lookup.problem().0, ProblemKind::ApprovalRefused);
    let asked = verifier.browse(&link_in(&letter), &login.cookie).await;
    assert_ne!(asked.status, StatusCode::OK, "{}", asked.text());
    let before = verifier.events().await;
    assert_eq!(asks(&login).await, None);
    assert_eq!(verifier.events().await, before);
    let lookup = verifier.call_json(&own, "/v1/bindings/lookup", &json!({ "code": code.as_str() })).await;
    assert_eq!(lookup.problem().0, ProblemKind::ApprovalRefused, "nor after asking");
    assert_eq!(outbox.take_messages().len(), 0);

    // In another sign-in it may, as often as a device that nobody has answered.
    for n in 0..4 {
        assert!(asks(&verifier.start().await).await.is_some(), "{n}");
    }
    assert_eq!(asks(&verifier.start().await).await, None, "the refused one counts among five");
    assert!(verifier.bind(&stranger, SUB).await.unwrap(), "the operator may change their mind");
    assert_eq!(verifier.try_open(&stranger, &login).await.status, StatusCode::OK);
}
