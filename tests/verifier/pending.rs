//! Enrollments are pending until the browser that started the sign-in returns.

use countenance_attest::DeviceKey;
use countenance_core::protocol::{Outcome, Purpose, Reason};
use countenance_verifier::{Database, Rules};
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

use super::{fake_mailer::FakeMailer, return_handle::returned_claims, test_verifier::*};

/// A sign-in whose face was accepted for an enrollment.
struct Pending {
    key: DeviceKey,
    login: Login,
    outcome: Outcome,
}

impl Pending {
    async fn new(verifier: &TestVerifier, sees: Sees) -> Self {
        verifier.sees(sees);
        let key = verifier.key();
        let login = verifier.start().await;
        let ticket = verifier.open(&key, &login).await;
        assert_eq!(ticket.purpose, Purpose::Enroll);
        let outcome = verifier.capture(&key, &ticket).await.json();
        assert!(matches!(outcome, Outcome::Approved { .. }), "{outcome:?}");
        Self { key, login, outcome }
    }

    /// The claims that the tenant receives.
    async fn returned(&self, verifier: &TestVerifier) -> Value {
        returned_claims(verifier, &verifier.browse(&return_path(&self.outcome), &self.login.cookie).await)
    }
}

/// Number of an event's rows in the audit log.
async fn count(verifier: &TestVerifier, event: &str) -> usize {
    verifier.service.audit_tail(1000).await.unwrap().iter().filter(|entry| entry.event == event).count()
}

/// Whether the account has a template: the next sign-in verifies.
async fn is_enrolled(verifier: &TestVerifier) -> bool {
    let page = verifier.start().await.page;
    assert!(page.contains("data-page=\"landing\""), "{page}");
    page.contains("compare your face")
}

#[tokio::test]
async fn an_enrollment_counts_once_its_own_browser_has_returned() {
    let verifier = TestVerifier::new().await;
    let pending = Pending::new(&verifier, Sees::Ada).await;
    assert!(!is_enrolled(&verifier).await);
    for cookie in ["", &verifier.start().await.cookie] {
        let page = verifier.browse(&return_path(&pending.outcome), cookie).await.page();
        assert_eq!(page, "return-other-browser");
    }
    assert!(!is_enrolled(&verifier).await, "another browser promotes nothing");
    let claims = pending.returned(&verifier).await;
    assert_eq!((&claims["result"], &claims["purpose"]), (&json!("approved"), &json!("enroll")));
    assert!(is_enrolled(&verifier).await);
    let ticket = verifier.try_open(&pending.key, &verifier.start().await).await.json();
    assert!(matches!(verifier.capture(&pending.key, &ticket).await.json(), Outcome::Approved { .. }));
}

#[tokio::test]
async fn a_pending_enrollment_is_dropped_with_its_sign_in() {
    for case in ["abandoned", "integration off", "self-enrollment off", "device disabled", "expired"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("verifier.db");
        let verifier = TestVerifier::at(Database::File(path.clone()), rules()).await;
        let mut beside = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
        let mut rows = async || {
            let select = "SELECT count(*) FROM pending_enrollments";
            sqlx::query_scalar::<_, i64>(select).fetch_one(&mut beside).await.unwrap()
        };
        let pending = Pending::new(&verifier, Sees::Ada).await;
        assert_eq!(rows().await, 1, "{case}");
        let change = |rules: Rules| verifier.service.change_rules(&verifier.integration, rules);
        let reason = match case {
            "abandoned" => {
                let reply = verifier.abandon(&pending.key, &pending.login.session, Reason::NotMe).await;
                assert!(matches!(reply.json(), Outcome::Refused { reason: Reason::NotMe, .. }));
                let page = verifier.browse(&return_path(&pending.outcome), &pending.login.cookie).await.page();
                assert_eq!(page, "return-unknown");
                None
            }
            "integration off" => {
                change(Rules { enabled: false, ..rules() }).await.unwrap();
                Some("disabled")
            }
            "self-enrollment off" => {
                change(Rules { allow_self_enrolment: false, ..rules() }).await.unwrap();
                Some("not_enrolled")
            }
            "device disabled" => {
                assert!(verifier.service.disable_device(&pending.key.thumbprint().to_string()).await.unwrap());
                Some("untrusted")
            }
            _ => {
                verifier.advance(61);
                let page = verifier.browse(&return_path(&pending.outcome), &pending.login.cookie).await.page();
                assert_eq!(page, "return-expired");
                verifier.service.sweep().await.unwrap();
                None
            }
        };
        if let Some(reason) = reason {
            let claims = pending.returned(&verifier).await;
            assert_eq!((&claims["result"], &claims["reason"]), (&json!("refused"), &json!(reason)), "{case}");
            assert!(claims.get("amr").is_none(), "{case}");
        }
        assert_eq!(rows().await, 0, "{case}");
        change(rules()).await.unwrap();
        assert!(!is_enrolled(&verifier).await, "{case}");
        assert_eq!((count(&verifier, "enrolled").await, count(&verifier, "device_bound").await), (0, 0), "{case}");
    }
}

#[tokio::test]
async fn of_two_pending_enrollments_the_first_to_return_is_the_accounts() {
    for concurrent in [false, true] {
        let verifier = TestVerifier::new().await;
        let (ada, bob) = (Pending::new(&verifier, Sees::Ada).await, Pending::new(&verifier, Sees::Bob).await);
        let (one, two) = if concurrent {
            tokio::join!(ada.returned(&verifier), bob.returned(&verifier))
        } else {
            (ada.returned(&verifier).await, bob.returned(&verifier).await)
        };
        let ada_won = one["result"] == "approved";
        let (lost, won) = if ada_won { (&two, &one) } else { (&one, &two) };
        assert!(ada_won || concurrent);
        assert_eq!((&won["result"], &won["amr"]), (&json!("approved"), &json!(["face", "mfa"])));
        assert_eq!((&lost["result"], &lost["reason"]), (&json!("refused"), &json!("already_enrolled")));
        assert!(lost.get("amr").is_none());
        assert_eq!((count(&verifier, "enrolled").await, count(&verifier, "device_bound").await), (1, 1));
        let (owner, other) = if ada_won { (Sees::Ada, Sees::Bob) } else { (Sees::Bob, Sees::Ada) };
        let key = if ada_won { &ada.key } else { &bob.key };
        verifier.sees(other);
        let ticket = verifier.try_open(key, &verifier.start().await).await.json();
        let outcome: Outcome = verifier.capture(key, &ticket).await.json();
        assert!(matches!(outcome, Outcome::Retry { reason: Reason::NoMatch, .. }), "the template was replaced");
        verifier.sees(owner);
        let ticket = verifier.try_open(key, &verifier.start().await).await.json();
        assert!(matches!(verifier.capture(key, &ticket).await.json(), Outcome::Approved { .. }));
    }
}

#[tokio::test]
async fn the_owner_is_told_of_an_enrollment_but_not_of_one_that_was_dropped() {
    let (verifier, outbox) = FakeMailer::verifier(rules()).await;
    let dropped = Pending::new(&verifier, Sees::Ada).await;
    verifier.abandon(&dropped.key, &dropped.login.session, Reason::NotMe).await;
    let pending = Pending::new(&verifier, Sees::Ada).await;
    assert!(outbox.take_messages().is_empty());
    pending.returned(&verifier).await;
    let [to, subject, text] = outbox.next("Face sign-in is set up").await;
    assert_eq!((to.as_str(), subject.as_str()), ("ada@example.org", "Face sign-in is set up for Salary <page>"));
    assert!(text.contains("as a•••@example.org") && text.contains("change your password"), "{text}");
    assert!(!text.contains(ORIGIN), "a notice has no link: {text}");
}

#[tokio::test]
async fn an_enrollment_counts_as_a_factor_if_the_integration_says_so() {
    for (enrolment_counts, amr, words) in
        [(true, json!(["face", "mfa"]), "Your login goes on."), (false, json!([]), "Sign in again to use it.")]
    {
        let verifier = TestVerifier::with(Rules { enrolment_counts, ..rules() }).await;
        let pending = Pending::new(&verifier, Sees::Ada).await;
        let page = verifier.browse(&return_path(&pending.outcome), &pending.login.cookie).await;
        assert!(page.text().contains(words), "{}", page.text());
        let claims = returned_claims(&verifier, &page);
        assert_eq!((&claims["result"], &claims["purpose"]), (&json!("approved"), &json!("enroll")));
        assert_eq!(claims["amr"], amr);
        let login = verifier.start().await;
        let ticket = verifier.try_open(&pending.key, &login).await.json();
        let outcome: Outcome = verifier.capture(&pending.key, &ticket).await.json();
        let claims = returned_claims(&verifier, &verifier.browse(&return_path(&outcome), &login.cookie).await);
        assert_eq!((&claims["purpose"], &claims["amr"]), (&json!("verify"), &json!(["face", "mfa"])));
    }
}
