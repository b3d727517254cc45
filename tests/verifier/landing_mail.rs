//! The link by email: sent but not shown, valid only in the browser that started, and mail server failures.

use std::{
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use axum::http::{StatusCode, header};
use countenance_core::protocol::Purpose;
use countenance_verifier::{Database, EnrolmentFlow, MailError, Mailer, Rules};
use serde_json::{Value, json};

use super::{
    fake_mailer::{FakeMailer, link_in},
    landing::{follow_return, session_of},
    test_verifier::*,
};

fn email_flow_rules() -> Rules {
    Rules { enrolment_flow: EnrolmentFlow::Email, ..rules() }
}

#[tokio::test]
async fn the_mailed_link_opens_the_client_only_in_the_browser_that_started() {
    let (verifier, outbox) = FakeMailer::verifier(email_flow_rules()).await;
    let mut login = verifier.start().await;
    assert!(login.page.contains("data-page=\"mailed\"") && login.page.contains("a•••@example.org"), "{}", login.page);
    assert!(!login.page.contains("countenance://") && !login.page.contains("ada@example.org"));
    let messages = outbox.take_messages();
    let [to, subject, text] = &messages[0];
    assert_eq!(
        (messages.len(), to.as_str(), subject.as_str()),
        (1, "ada@example.org", "Your link to sign in to Salary <page>")
    );
    for part in ["signing in to Salary <page> as a•••@example.org", "good for 10 minutes", "verifier.localhost, which"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let path = link_in(text);
    assert!(!login.page.contains(&path), "the page contains the mailed link");
    for (case, cookie, status, page) in [
        ("no cookie", String::new(), StatusCode::FORBIDDEN, "mail-other-browser"),
        ("another sign-in's cookie", verifier.start().await.cookie, StatusCode::FORBIDDEN, "mail-other-browser"),
        ("the browser that started", login.cookie.clone(), StatusCode::OK, "landing"),
        ("again", login.cookie.clone(), StatusCode::OK, "landing"),
    ] {
        let reply = verifier.browse(&path, &cookie).await;
        assert_eq!((reply.status, reply.page().as_str()), (status, page), "{case}");
        assert_eq!(reply.text().contains("countenance://"), page == "landing", "{case}");
        login.page = reply.text();
    }
    for wrong in [format!("{path}x"), format!("/sessions/nobody/mail/{}", path.rsplit('/').next().unwrap())] {
        let reply = verifier.browse(&wrong, &login.cookie).await;
        assert_eq!((reply.status, reply.page().as_str()), (StatusCode::GONE, "mail-unknown"));
    }
    login.session = session_of(&login.cookie);
    login.code = login.page.split("&amp;c=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let key = verifier.key();
    assert_eq!(verifier.open(&key, &login).await.purpose, Purpose::Enroll);
    // An enrolled account uses the verification flow, which shows the link.
    let ticket = verifier.open(&key, &login).await;
    verifier.go_back(&login, &verifier.capture(&key, &ticket).await.json()).await;
    outbox.take_messages();
    assert!(verifier.start().await.page.contains("data-page=\"landing\""));
    let links = outbox.take_messages().into_iter().filter(|[_, subject, _]| subject.starts_with("Your link"));
    assert_eq!(links.count(), 0, "an enrolled account is mailed no link");
}

#[tokio::test]
async fn the_link_can_be_resent_three_times_and_viewing_pages_sends_nothing() {
    let (verifier, outbox) = FakeMailer::verifier(email_flow_rules()).await;
    let token = verifier.token(&verifier.start_claims());
    let reply = verifier.start_with(&token).await;
    let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let page = format!("/sessions/{}", session_of(&cookie));
    let first = link_in(&outbox.take_messages()[0][2]);
    for path in [&page, &start_path(&token)] {
        assert_eq!(verifier.browse(path, &cookie).await.page(), "mailed", "{path}");
    }
    let restored = verifier.browse(&format!("{page}/mail"), &cookie).await;
    assert_eq!(restored.headers[header::LOCATION].to_str().unwrap(), page);
    assert!(outbox.take_messages().is_empty(), "viewing pages sends nothing");
    for _ in 0..3 {
        assert_eq!(verifier.submit(&format!("{page}/mail"), &cookie, "").await.page(), "mailed");
        assert_eq!(link_in(&outbox.take_messages()[0][2]), first);
    }
    let reply = verifier.submit(&format!("{page}/mail"), &cookie, "").await;
    assert_eq!((reply.status, reply.page().as_str()), (StatusCode::TOO_MANY_REQUESTS, "mail-too-often"));
    assert!(outbox.take_messages().is_empty());
    assert!(!verifier.browse(&page, &cookie).await.text().contains("/mail\""), "the page still has a resend button");
}

#[tokio::test]
async fn mail_failures_are_shown_and_let_the_user_leave() {
    let refused: fn() -> MailError = || MailError::Refused { status: 550 };
    let unreachable: fn() -> MailError = || MailError::Unreached("down".into());
    let rejected: fn() -> MailError = || MailError::Address;
    for (case, email, has_mailer, failure, page) in [
        ("no address", Value::Null, true, None, "mail-no-address"),
        ("not an address", json!("ada"), true, None, "mail-no-address"),
        ("an address that the mailer rejects", json!("a da@x"), true, Some(rejected), "mail-no-address"),
        ("an address with a line break", json!("ada@x.org\r\nBcc: eve@x.org"), true, None, "mail-no-address"),
        ("an address that is too long", json!(format!("{}@x.org", "a".repeat(300))), true, None, "mail-no-address"),
        ("no mailer", json!("ada@example.org"), false, None, "mail-not-set-up"),
        ("refused", json!("ada@example.org"), true, Some(refused), "mail-refused"),
        ("down", json!("ada@example.org"), true, Some(unreachable), "mail-down"),
    ] {
        let outbox = Arc::new(FakeMailer::default());
        *outbox.failure.lock().unwrap() = failure;
        let mailer: Option<Arc<dyn Mailer>> = if has_mailer { Some(outbox.clone()) } else { None };
        let verifier = TestVerifier::build(Database::Memory, email_flow_rules(), None, mailer).await;
        let mut claims = verifier.start_claims();
        claims["email"] = email;
        let reply = verifier.start_with(&verifier.token(&claims)).await;
        assert_eq!(reply.page(), page, "{case}: {}", reply.text());
        assert!(!reply.text().contains("countenance://"), "{case}");
        assert!(outbox.take_messages().is_empty(), "{case}");
        let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let session = session_of(&cookie);
        let retried = verifier.submit(&format!("/sessions/{session}/mail"), &cookie, "").await;
        assert_eq!(retried.page(), page, "{case}");
        *outbox.failure.lock().unwrap() = None;
        if matches!(page, "mail-refused" | "mail-down") {
            assert!(reply.text().contains("Try again"), "{case}");
            assert_eq!(
                verifier.submit(&format!("/sessions/{session}/mail"), &cookie, "").await.page(),
                "mailed",
                "{case}"
            );
        }
        let left = verifier.submit(&format!("/sessions/{session}/leave"), &cookie, "").await;
        assert_eq!(follow_return(&verifier, &left, &cookie).await["reason"], "cancelled", "{case}");
    }
}

/// A mailer that returns only when the test proceeds.
struct SlowMailer {
    requested: tokio::sync::Notify,
    proceed: Mutex<mpsc::Receiver<()>>,
}

impl Mailer for SlowMailer {
    fn send(&self, _to: &str, _subject: &str, _text: &str) -> Result<(), MailError> {
        self.requested.notify_one();
        self.proceed.lock().unwrap().recv_timeout(Duration::from_secs(20)).map_err(|e| MailError::Unreached(e.into()))
    }
}

#[tokio::test]
async fn a_slow_mail_server_does_not_block_other_sign_ins() {
    let (proceed, proceeded) = mpsc::channel();
    let slow = Arc::new(SlowMailer { requested: tokio::sync::Notify::new(), proceed: Mutex::new(proceeded) });
    let verifier = TestVerifier::build(Database::Memory, email_flow_rules(), None, Some(slow.clone())).await;
    let meanwhile = async {
        slow.requested.notified().await;
        let events = tokio::time::timeout(Duration::from_secs(10), verifier.events()).await;
        proceed.send(()).unwrap();
        events.expect("the database was locked while waiting for the mail server")
    };
    let (login, events) = tokio::join!(verifier.start(), meanwhile);
    assert!(login.page.contains("data-page=\"mailed\"") && events > 0);
}

#[tokio::test]
async fn neither_the_address_nor_the_link_is_stored_in_the_clear() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Arc::new(FakeMailer::default());
    let database = Database::File(folder.path().join("verifier.db"));
    let verifier = TestVerifier::build(database, email_flow_rules(), None, Some(outbox.clone())).await;
    let login = verifier.start().await;
    let token = link_in(&outbox.take_messages()[0][2]).rsplit('/').next().unwrap().to_owned();
    let bytes: Vec<u8> =
        std::fs::read_dir(folder.path()).unwrap().flat_map(|e| std::fs::read(e.unwrap().path()).unwrap()).collect();
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    assert!(holds(session_of(&login.cookie).as_bytes()), "the search must find stored text");
    assert!(!holds(b"ada@example.org") && !holds(token.as_bytes()));
}
