//! The second step of signing in: codes of an authenticator app.

use std::collections::BTreeSet;

use axum::http::{StatusCode, header};
use countenance_core::clock::Clock;
use countenance_verifier::{Database, Role};

use super::{
    super::test_verifier::{NOW, Reply, TestVerifier, rules},
    operator::{CODE_PATH, COOKIE, OPERATOR, Operator, PENDING_COOKIE, added, code_of, cookies, forms, location},
};

fn is_at_sign_in(reply: &Reply) -> bool {
    (reply.status, location(&reply.headers)) == (StatusCode::SEE_OTHER, "/portal/sign-in")
}

/// The events of the log, with their details, after the first `skip`.
async fn log(verifier: &TestVerifier, skip: i64) -> Vec<(String, String)> {
    let log = verifier.service.audit_tail(200).await.unwrap();
    log.into_iter().filter(|entry| entry.seq > skip).map(|entry| (entry.event, entry.detail)).collect()
}

#[tokio::test]
async fn the_first_sign_in_sets_up_an_app_and_later_ones_ask_for_its_code() {
    let verifier = TestVerifier::new().await;
    let password = added(&verifier, OPERATOR).await;
    let mut browser = Operator::stranger(&verifier);
    let before = verifier.events().await;
    let reply = browser.send_password(OPERATOR, &password).await;
    assert_eq!((reply.status, location(&reply.headers)), (StatusCode::SEE_OTHER, CODE_PATH));
    let cookie = cookies(&reply).next().unwrap();
    assert!(cookie.starts_with(&format!("{PENDING_COOKIE}=")) && cookie.ends_with("; Max-Age=600"), "{cookie}");
    for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(cookie.contains(attribute), "{attribute}");
    }
    let page = browser.page(CODE_PATH, "portal-second-factor").await;
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    browser.read_key().await;
    assert_eq!(browser.key.len(), 39, "160 bits in groups of four: {}", browser.key);
    let secret = browser.key.replace(' ', "");
    let link = format!("otpauth://totp/Countenance%20verifier.localhost:{OPERATOR}?secret={secret}");
    assert!(page.text().contains(&link) && page.text().contains("<svg class=\"qr\""), "{}", page.text());
    let shown_again = browser.get(CODE_PATH).await.text();
    assert!(shown_again.contains(&browser.key), "reloading shows another key");
    let wrong = browser.send_code("000000").await;
    assert_eq!((wrong.status, wrong.page().as_str()), (StatusCode::FORBIDDEN, "portal-second-factor"));
    assert!(wrong.text().contains("role=\"alert\"") && cookies(&wrong).next().is_none());

    let (code, pending) = (browser.code(), browser.pending.clone());
    let reply = browser.send_code(&code).await;
    assert_eq!((reply.status, location(&reply.headers)), (StatusCode::SEE_OTHER, "/portal/integrations"));
    browser.page("/portal/integrations", "portal-integrations").await;
    assert_eq!(browser.pending, format!("{PENDING_COOKIE}="), "the browser forgets the first step");
    let stolen = Operator { pending, ..Operator::stranger(&verifier) };
    assert!(is_at_sign_in(&stolen.get(CODE_PATH).await), "the first step is used up");
    let expected = [
        ("operator_password_accepted", ""),
        ("operator_sign_in_failed", "wrong_code"),
        ("second_factor_set", ""),
        ("operator_signed_in", ""),
    ]
    .map(|(event, detail)| (event.to_owned(), detail.to_owned()));
    assert_eq!(log(&verifier, before).await, expected);

    verifier.advance(30);
    let mut again = Operator { key: browser.key.clone(), ..Operator::stranger(&verifier) };
    again.send_password(OPERATOR, &password).await;
    let page = again.page(CODE_PATH, "portal-code").await.text();
    assert!(!page.contains(&browser.key) && !page.contains("otpauth") && !page.contains("<svg"), "{page}");
    let code = again.code();
    // As people copy it.
    let pending = again.pending.clone();
    let reply = again.send_code(&format!(" {} {}", &code[..3], &code[3..])).await;
    assert_eq!(location(&reply.headers), "/portal/integrations");
    again.page("/portal/integrations", "portal-integrations").await;
    let stolen = Operator { pending, ..Operator::stranger(&verifier) };
    assert!(is_at_sign_in(&stolen.get(CODE_PATH).await), "the first step is used up");
}

#[tokio::test]
async fn the_first_step_alone_opens_nothing() {
    let verifier = TestVerifier::new().await;
    for is_set_up in [false, true] {
        let password = added(&verifier, OPERATOR).await;
        let mut browser = Operator::stranger(&verifier);
        if is_set_up {
            browser.sign_in(OPERATOR, &password).await;
            browser.cookie.clear();
            verifier.advance(30);
        }
        browser.send_password(OPERATOR, &password).await;
        let value = browser.pending.split('=').nth(1).unwrap().to_owned();
        let as_session = Operator { cookie: format!("{COOKIE}={value}"), ..Operator::stranger(&verifier) };
        for path in ["/portal/integrations", "/portal/audit.csv", &browser.path("/users"), "/portal/operators"] {
            for browser in [&browser, &as_session] {
                let reply = browser.get(path).await;
                assert!(is_at_sign_in(&reply) && reply.body.is_empty(), "{path}: {}", reply.text());
            }
        }
        let form = browser.form(CODE_PATH, CODE_PATH).await;
        let signing_out = super::operator::Form { action: "/portal/sign-out".into(), ..form };
        assert!(is_at_sign_in(&browser.send(&signing_out).await));
    }
}

#[tokio::test]
async fn a_code_counts_once_and_no_older_one_after_it() {
    let verifier = TestVerifier::new().await;
    let password = added(&verifier, OPERATOR).await;
    let mut browser = Operator::stranger(&verifier);
    browser.sign_in(OPERATOR, &password).await;
    let key = browser.key.clone();
    let try_code = async |ahead: i64| {
        let mut other = Operator { key: key.clone(), ..Operator::stranger(&verifier) };
        other.send_password(OPERATOR, &password).await;
        let code = code_of(&key, verifier.clock.now() + ahead);
        let reply = other.send_code(&code).await;
        let is_open = other.get("/portal/integrations").await.status == StatusCode::OK;
        assert_eq!(is_open, reply.status == StatusCode::SEE_OTHER);
        (is_open, reply.text().contains("used before"))
    };
    for (case, pass, ahead, expected) in [
        ("the code that set it up", 0, 0, (false, true)),
        ("the one before", 0, -30, (false, true)),
        ("the next one, on a fast clock", 0, 30, (true, false)),
        ("the same again", 0, 30, (false, true)),
        ("the same again, in its own time", 30, 0, (false, true)),
        ("the next one", 30, 0, (true, false)),
        ("one from a slow clock, when a later one was used", 0, -30, (false, true)),
        ("two steps late", 120, -60, (false, false)),
        ("one step late", 0, -30, (true, false)),
        ("after that, the newest", 0, 0, (true, false)),
    ] {
        verifier.advance(pass);
        assert_eq!(try_code(ahead).await, expected, "{case}");
    }
}

#[tokio::test]
async fn of_two_browsers_with_one_code_one_signs_in() {
    let verifier = TestVerifier::new().await;
    let password = added(&verifier, OPERATOR).await;
    let mut browser = Operator::stranger(&verifier);
    browser.sign_in(OPERATOR, &password).await;
    verifier.advance(30);
    let ready = async || {
        let mut browser = Operator { key: browser.key.clone(), ..Operator::stranger(&verifier) };
        browser.send_password(OPERATOR, &password).await;
        browser
    };
    let (mut one, mut two) = (ready().await, ready().await);
    let code = one.code();
    let (first, second) = tokio::join!(one.send_code(&code), two.send_code(&code));
    let statuses = BTreeSet::from([first.status.as_u16(), second.status.as_u16()]);
    assert_eq!(statuses, BTreeSet::from([303, 403]));
}

#[tokio::test]
async fn somebody_with_the_password_gets_twenty_guesses() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::File(folder.path().join("verifier.db"));
    let mut verifier = TestVerifier::at(database.clone(), rules()).await;
    let password = added(&verifier, OPERATOR).await;
    let mut operator = Operator::stranger(&verifier);
    operator.sign_in(OPERATOR, &password).await;
    let key = operator.key.clone();
    let mut thief = Operator::stranger(&verifier);
    let (mut guesses, mut waits) = (0, BTreeSet::new());
    'guessing: loop {
        // From a new first step, two at once; before what was counted in memory is forgotten.
        verifier.advance(899);
        if thief.send_password(OPERATOR, &password).await.page() == "portal-blocked" {
            break;
        }
        for wrong in ["999999", "999998"] {
            let before = verifier.events().await;
            let reply = thief.send_code(wrong).await;
            assert_eq!(reply.page(), "portal-code");
            // A code that was looked at is recorded.
            guesses += verifier.events().await - before;
            assert!(guesses <= 20, "still guessing");
            if reply.status == StatusCode::TOO_MANY_REQUESTS {
                waits.insert(reply.headers[header::RETRY_AFTER].to_str().unwrap().to_owned());
                if thief.get(CODE_PATH).await.page() == "portal-blocked" {
                    break 'guessing;
                }
                let right = thief.send_code(&code_of(&key, verifier.clock.now())).await;
                assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "looked at while it waits");
            }
        }
    }
    assert!(
        guesses == 20 && ["30", "60", "480", "900"].iter().all(|secs| waits.contains(*secs)),
        "{guesses} {waits:?}"
    );
    assert!(is_at_sign_in(&thief.get("/portal/integrations").await));
    // The password is over, for its owner too, and a restart does not change that.
    verifier.service = TestVerifier::reopen(database).await.unwrap();
    let mut owner = Operator { key, ..Operator::stranger(&verifier) };
    let reply = owner.send_password(OPERATOR, &password).await;
    assert_eq!((reply.status, reply.page().as_str()), (StatusCode::FORBIDDEN, "portal-blocked"));
    assert!(cookies(&reply).next().is_none() && reply.text().contains("add-operator"), "{}", reply.text());
    let password = added(&verifier, OPERATOR).await;
    owner.send_password(OPERATOR, &password).await;
    owner.read_key().await;
    // The clock of the one that was opened anew.
    let reply = owner.send_code(&code_of(&owner.key.clone(), NOW)).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "added again");
}

#[tokio::test]
async fn waits_begin_with_the_fifth_wrong_code_and_end_with_a_right_one() {
    let verifier = TestVerifier::new().await;
    let password = added(&verifier, OPERATOR).await;
    let mut browser = Operator::stranger(&verifier);
    browser.sign_in(OPERATOR, &password).await;
    verifier.advance(30);
    browser.send_password(OPERATOR, &password).await;
    for _ in 0..4 {
        assert_eq!(browser.send_code("000000").await.status, StatusCode::FORBIDDEN);
    }
    let fifth = browser.send_code("000000").await;
    assert_eq!((fifth.status, fifth.page().as_str()), (StatusCode::TOO_MANY_REQUESTS, "portal-code"));
    assert!(fifth.text().contains("Wait 30 seconds"), "{}", fifth.text());
    verifier.advance(29);
    let code = browser.code();
    assert_eq!(browser.send_code(&code).await.headers[header::RETRY_AFTER], "1");
    verifier.advance(1);
    let code = browser.code();
    assert_eq!(browser.send_code(&code).await.status, StatusCode::SEE_OTHER);
    verifier.advance(30);
    browser.send_password(OPERATOR, &password).await;
    assert_eq!(browser.send_code("000000").await.status, StatusCode::FORBIDDEN, "counted anew");
}

#[tokio::test]
async fn strangers_cannot_make_an_operator_wait() {
    let verifier = TestVerifier::new().await;
    let password = added(&verifier, "ada").await;
    let mut ada = Operator::stranger(&verifier);
    ada.sign_in("ada", &password).await;
    verifier.advance(30);
    let before = verifier.events().await;
    let mut stranger = Operator::stranger(&verifier);
    for n in 0..1_000 {
        assert_ne!(stranger.send_password("ada", &format!("guess {n}")).await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(verifier.events().await, before + 60, "recorded within bounds");
    // Codes without the first step count for nobody.
    let form = {
        let mut other = Operator::stranger(&verifier);
        let password = added(&verifier, "mallory").await;
        other.send_password("mallory", &password).await;
        other.form(CODE_PATH, CODE_PATH).await.with("code", "000000").with("name", "ada")
    };
    for pending in ["", &format!("{PENDING_COOKIE}=made-up")] {
        stranger.pending = pending.to_owned();
        for _ in 0..50 {
            assert!(is_at_sign_in(&stranger.send(&form).await));
        }
    }
    // At once, from the same address, with a browser that has never been here.
    let mut ada = Operator { key: ada.key.clone(), ..Operator::stranger(&verifier) };
    let reply = ada.sign_in("ada", &password).await;
    assert_eq!((reply.status, location(&reply.headers)), (StatusCode::SEE_OTHER, "/portal/integrations"));
}

#[tokio::test]
async fn the_first_step_ends_after_ten_minutes_and_with_the_operator() {
    let verifier = TestVerifier::new().await;
    for how in ["late", "new password", "removed", "signed in elsewhere"] {
        let password = added(&verifier, OPERATOR).await;
        let mut browser = Operator::stranger(&verifier);
        browser.send_password(OPERATOR, &password).await;
        browser.read_key().await;
        let form = browser.form(CODE_PATH, CODE_PATH).await;
        match how {
            "late" => verifier.advance(600),
            "new password" => drop(added(&verifier, OPERATOR).await),
            "removed" => assert!(verifier.service.remove_operator(OPERATOR).await.unwrap()),
            // Set up there with another key: the one offered here is void.
            _ => drop(Operator::stranger(&verifier).sign_in(OPERATOR, &password).await),
        }
        assert!(is_at_sign_in(&browser.get(CODE_PATH).await), "{how}");
        let reply = browser.send(&form.with("code", &browser.code())).await;
        assert!(is_at_sign_in(&reply) && cookies(&reply).next().is_none(), "{how}");
    }
    let password = added(&verifier, OPERATOR).await;
    let mut browser = Operator::stranger(&verifier);
    browser.send_password(OPERATOR, &password).await;
    verifier.advance(599);
    browser.read_key().await;
    let code = browser.code();
    assert_eq!(browser.send_code(&code).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn codes_of_other_sites_and_steps_are_rejected_and_not_counted() {
    let verifier = TestVerifier::new().await;
    let password = added(&verifier, OPERATOR).await;
    let mut browser = Operator::stranger(&verifier);
    browser.send_password(OPERATOR, &password).await;
    browser.read_key().await;
    let mut other = Operator::stranger(&verifier);
    other.send_password(OPERATOR, &password).await;
    let theirs = other.form(CODE_PATH, CODE_PATH).await.fields["form_token"].clone();
    let form = browser.form(CODE_PATH, CODE_PATH).await.with("code", &browser.code());
    let before = verifier.events().await;
    for _ in 0..5 {
        for (case, form) in [
            ("no token", form.clone().without("form_token")),
            ("another step's token", form.clone().with("form_token", &theirs)),
            ("the cookie as token", form.clone().with("form_token", browser.pending.split('=').nth(1).unwrap())),
        ] {
            let reply = browser.send(&form).await;
            assert_eq!((reply.status, reply.page().as_str()), (StatusCode::FORBIDDEN, "portal-forged"), "{case}");
        }
        for headers in super::forms::FOREIGN {
            let reply = browser.send_with(&form, headers).await;
            assert_eq!(reply.page(), "portal-forged", "{headers:?}");
        }
    }
    assert_eq!(verifier.events().await, before);
    let reply = browser.send(&form).await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "nothing was counted");
}

#[tokio::test]
async fn an_operator_who_is_added_again_sets_up_a_new_app() {
    let verifier = TestVerifier::new().await;
    let password = added(&verifier, OPERATOR).await;
    let mut browser = Operator::stranger(&verifier);
    browser.sign_in(OPERATOR, &password).await;
    let lost = browser.key.clone();
    let operators = browser.page("/portal/operators", "portal-operators").await.text();
    assert!(operators.contains("data-head=\"Second factor\">Set up<"), "{operators}");
    let (password, _) = verifier.service.add_operator(OPERATOR, Some(Role::Auditor)).await.unwrap();
    let mut again = Operator::stranger(&verifier);
    again.send_password(OPERATOR, password.reveal()).await;
    again.read_key().await;
    assert!(!again.key.is_empty() && again.key != lost);
    let reply = again.send_code(&code_of(&lost, verifier.clock.now())).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    let code = again.code();
    assert_eq!(again.send_code(&code).await.status, StatusCode::SEE_OTHER);
    // Wrong codes while setting up are no guesses: whoever sends them was shown the key.
    let password = added(&verifier, OPERATOR).await;
    for _ in 0..25 {
        again.send_password(OPERATOR, &password).await;
        assert_eq!(forms(&again.get(CODE_PATH).await.text()).len(), 1);
        again.send_code("000000").await;
        verifier.advance(900);
    }
    again.send_password(OPERATOR, &password).await;
    again.read_key().await;
    let code = again.code();
    assert_eq!(again.send_code(&code).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn secrets_are_sealed_in_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("verifier.db");
    let verifier = TestVerifier::at(Database::File(path.clone()), rules()).await;
    let (set_up, waiting) = (added(&verifier, "ada").await, added(&verifier, "bob").await);
    let mut ada = Operator::stranger(&verifier);
    ada.sign_in("ada", &set_up).await;
    let mut bob = Operator::stranger(&verifier);
    bob.send_password("bob", &waiting).await;
    bob.read_key().await;
    for key in [&ada.key, &bob.key] {
        let text = key.replace(' ', "");
        let bytes = totp_rs::Secret::try_from_base32(&text).unwrap();
        for suffix in ["", "-wal"] {
            let file = std::fs::read(path.with_extension(format!("db{suffix}"))).unwrap_or_default();
            for needle in [text.as_bytes(), bytes.as_ref()] {
                assert!(!file.windows(needle.len()).any(|w| w == needle), "a secret is stored in the clear");
            }
        }
    }
}
