//! The link by email: sent but not displayed, valid only in the browser that started, and mail server failures.

use std::{
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use axum::http::{StatusCode, header};
use countenance_core::protocol::Purpose;
use countenance_verifier::{Database, MailError, Mailer, Rules, Transport};
use serde_json::{Value, json};

use super::{
    landing::{session_of, told_by},
    test_verifier::*,
};

/// A mail server that keeps what it is given, or fails as it is told.
#[derive(Default)]
struct Letterbox {
    letters: Mutex<Vec<[String; 3]>>,
    fails: Mutex<Option<fn() -> MailError>>,
}

impl Mailer for Letterbox {
    fn send(&self, to: &str, subject: &str, text: &str) -> Result<(), MailError> {
        if let Some(error) = *self.fails.lock().unwrap() {
            return Err(error());
        }
        self.letters.lock().unwrap().push([to, subject, text].map(str::to_owned));
        Ok(())
    }
}

impl Letterbox {
    async fn verifier(email_rules: Rules) -> (TestVerifier, Arc<Self>) {
        let letterbox = Arc::new(Self::default());
        (TestVerifier::made(Database::Memory, email_rules, None, Some(letterbox.clone())).await, letterbox)
    }

    /// What came since this was last called.
    fn letters(&self) -> Vec<[String; 3]> {
        std::mem::take(&mut self.letters.lock().unwrap())
    }
}

fn by_mail() -> Rules {
    Rules { enrolment_flow: Transport::Email, ..rules() }
}

/// The path of the link in a letter.
fn link_in(letter: &str) -> String {
    let line = letter.lines().find(|line| line.starts_with(ORIGIN)).unwrap();
    line.strip_prefix(ORIGIN).unwrap().to_owned()
}

#[tokio::test]
async fn the_link_is_mailed_and_opens_the_client_in_the_browser_that_began() {
    let (verifier, letterbox) = Letterbox::verifier(by_mail()).await;
    let mut login = verifier.start().await;
    assert!(login.page.contains("data-page=\"mailed\"") && login.page.contains("a•••@example.org"), "{}", login.page);
    assert!(!login.page.contains("countenance://") && !login.page.contains("ada@example.org"));
    let letters = letterbox.letters();
    let [to, subject, text] = &letters[0];
    assert_eq!(
        (letters.len(), to.as_str(), subject.as_str()),
        (1, "ada@example.org", "Your link to sign in to Salary <page>")
    );
    for part in ["signing in to Salary <page> as a•••@example.org", "good for 10 minutes", "verifier.localhost, which"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let path = link_in(text);
    assert!(!login.page.contains(&path), "the page gives the mail's link away");
    for (case, cookie, status, page) in [
        ("nobody", String::new(), StatusCode::FORBIDDEN, "mail-other-browser"),
        ("another login's", verifier.start().await.cookie, StatusCode::FORBIDDEN, "mail-other-browser"),
        ("the browser that began", login.cookie.clone(), StatusCode::OK, "landing"),
        ("once more", login.cookie.clone(), StatusCode::OK, "landing"),
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
    // A face that is enrolled comes by the other flow, which shows the link.
    verifier.capture(&key, &verifier.open(&key, &login).await).await;
    letterbox.letters();
    assert!(verifier.start().await.page.contains("data-page=\"landing\"") && letterbox.letters().is_empty());
}

#[tokio::test]
async fn the_same_link_is_sent_again_three_times_and_looking_sends_nothing() {
    let (verifier, letterbox) = Letterbox::verifier(by_mail()).await;
    let token = verifier.token(&verifier.start_claims());
    let reply = verifier.start_with(&token).await;
    let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let page = format!("/sessions/{}", session_of(&cookie));
    let first = link_in(&letterbox.letters()[0][2]);
    for path in [&page, &start_path(&token)] {
        assert_eq!(verifier.browse(path, &cookie).await.page(), "mailed", "{path}");
    }
    let restored = verifier.browse(&format!("{page}/mail"), &cookie).await;
    assert_eq!(restored.headers[header::LOCATION].to_str().unwrap(), page);
    assert!(letterbox.letters().is_empty(), "looking sends nothing");
    for _ in 0..3 {
        assert_eq!(verifier.submit(&format!("{page}/mail"), &cookie, "").await.page(), "mailed");
        assert_eq!(link_in(&letterbox.letters()[0][2]), first);
    }
    let reply = verifier.submit(&format!("{page}/mail"), &cookie, "").await;
    assert_eq!((reply.status, reply.page().as_str()), (StatusCode::TOO_MANY_REQUESTS, "mail-too-often"));
    assert!(letterbox.letters().is_empty());
    assert!(!verifier.browse(&page, &cookie).await.text().contains("/mail\""), "no button is left");
}

#[tokio::test]
async fn a_link_that_cannot_be_mailed_is_named_and_lets_go_back() {
    let refused: fn() -> MailError = || MailError::Refused("550".into());
    let unreached: fn() -> MailError = || MailError::Unreached("down".into());
    let none: fn() -> MailError = || MailError::Address;
    for (case, email, mailer, fails, page) in [
        ("no address", Value::Null, true, None, "mail-no-address"),
        ("no address at all", json!("ada"), true, None, "mail-no-address"),
        ("one that the mailer does not take", json!("a da@x"), true, Some(none), "mail-no-address"),
        ("a line break in it", json!("ada@x.org\r\nBcc: eve@x.org"), true, None, "mail-no-address"),
        ("too long", json!(format!("{}@x.org", "a".repeat(300))), true, None, "mail-no-address"),
        ("no mailer", json!("ada@example.org"), false, None, "mail-not-set-up"),
        ("refused", json!("ada@example.org"), true, Some(refused), "mail-refused"),
        ("down", json!("ada@example.org"), true, Some(unreached), "mail-down"),
    ] {
        let letterbox = Arc::new(Letterbox::default());
        *letterbox.fails.lock().unwrap() = fails;
        let given: Option<Arc<dyn Mailer>> = if mailer { Some(letterbox.clone()) } else { None };
        let verifier = TestVerifier::made(Database::Memory, by_mail(), None, given).await;
        let mut claims = verifier.start_claims();
        claims["email"] = email;
        let reply = verifier.start_with(&verifier.token(&claims)).await;
        assert_eq!(reply.page(), page, "{case}: {}", reply.text());
        assert!(!reply.text().contains("countenance://"), "{case}");
        assert!(letterbox.letters().is_empty(), "{case}");
        let cookie = reply.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let session = session_of(&cookie);
        let retried = verifier.submit(&format!("/sessions/{session}/mail"), &cookie, "").await;
        assert_eq!(retried.page(), page, "{case}");
        *letterbox.fails.lock().unwrap() = None;
        if matches!(page, "mail-refused" | "mail-down") {
            assert!(reply.text().contains("Try again"), "{case}");
            assert_eq!(
                verifier.submit(&format!("/sessions/{session}/mail"), &cookie, "").await.page(),
                "mailed",
                "{case}"
            );
        }
        let left = verifier.submit(&format!("/sessions/{session}/leave"), &cookie, "").await;
        assert_eq!(told_by(&verifier, &left, &cookie).await["reason"], "cancelled", "{case}");
    }
}

/// A mail server that answers when it is told.
struct Slow {
    asked: tokio::sync::Notify,
    go_on: Mutex<mpsc::Receiver<()>>,
}

impl Mailer for Slow {
    fn send(&self, _to: &str, _subject: &str, _text: &str) -> Result<(), MailError> {
        self.asked.notify_one();
        self.go_on.lock().unwrap().recv_timeout(Duration::from_secs(20)).map_err(|e| MailError::Unreached(e.into()))
    }
}

#[tokio::test]
async fn other_logins_go_on_while_a_mail_server_thinks() {
    let (go_on, told) = mpsc::channel();
    let slow = Arc::new(Slow { asked: tokio::sync::Notify::new(), go_on: Mutex::new(told) });
    let verifier = TestVerifier::made(Database::Memory, by_mail(), None, Some(slow.clone())).await;
    let meanwhile = async {
        slow.asked.notified().await;
        let events = tokio::time::timeout(Duration::from_secs(10), verifier.events()).await;
        go_on.send(()).unwrap();
        events.expect("the store was held while the mail server was waited for")
    };
    let (login, events) = tokio::join!(verifier.start(), meanwhile);
    assert!(login.page.contains("data-page=\"mailed\"") && events > 0);
}

#[tokio::test]
async fn neither_the_address_nor_the_link_lies_on_disk() {
    let folder = tempfile::tempdir().unwrap();
    let letterbox = Arc::new(Letterbox::default());
    let database = Database::File(folder.path().join("verifier.db"));
    let verifier = TestVerifier::made(database, by_mail(), None, Some(letterbox.clone())).await;
    let login = verifier.start().await;
    let token = link_in(&letterbox.letters()[0][2]).rsplit('/').next().unwrap().to_owned();
    let bytes: Vec<u8> =
        std::fs::read_dir(folder.path()).unwrap().flat_map(|e| std::fs::read(e.unwrap().path()).unwrap()).collect();
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    assert!(holds(session_of(&login.cookie).as_bytes()), "the search finds what is there");
    assert!(!holds(b"ada@example.org") && !holds(token.as_bytes()));
}
