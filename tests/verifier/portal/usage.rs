//! The limits of an integration: shown with what they counted, and changed.

use axum::http::StatusCode;
use countenance_verifier::{Limits, Rules};

use super::{
    super::test_verifier::{TestVerifier, rules},
    operator::Operator,
};

#[tokio::test]
async fn the_portal_shows_the_limits_and_what_they_counted_and_refused() {
    let verifier =
        TestVerifier::with(Rules { limits: Limits { enrollments_per_day: 7, ..Limits::default() }, ..rules() }).await;
    let operator = Operator::new(&verifier).await;
    verifier.enroll(&verifier.key()).await;
    let page = operator.get(&operator.path("")).await.text();
    let (_, section) = page.split_once("id=\"limits-today\"").unwrap();
    assert!(section.contains("Enrollments</th><td>1</td><td>1, the integration</td><td>7</td>"), "{section}");
    assert!(section.contains("<li>enrollments: 0</li>"), "{section}");
    let mut form = operator.form(&operator.path(""), &operator.path("")).await;
    assert_eq!(form.fields["enrollments_per_day"], "7");
    for (typed, saved) in [("0", false), ("many", false), ("1000001", false), ("9", true)] {
        form.fields.insert("enrollments_per_day".into(), typed.into());
        let reply = operator.send(&form).await;
        assert_eq!(reply.status == StatusCode::SEE_OTHER, saved, "{typed}");
        assert_eq!(reply.text().contains("a limit must be 1 to 1000000"), !saved, "{typed}");
    }
    let page = operator.get(&operator.path("")).await.text();
    assert!(page.contains("<td>1, the integration</td><td>9</td>"), "{page}");
}
