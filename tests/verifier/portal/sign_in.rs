//! Signing in and out, and requests without a session.

use axum::http::{StatusCode, header};

use super::{
    super::test_verifier::TestVerifier,
    operator::{COOKIE, Form, OPERATOR, Operator, added, location, set_cookie},
};

#[tokio::test]
async fn the_session_cookie_is_random_and_restricted() {
    let verifier = TestVerifier::new().await;
    let password = added(&verifier, OPERATOR).await;
    let mut browser = Operator::stranger(&verifier);
    let reply = browser.sign_in(OPERATOR, &password).await;
    assert_eq!((reply.status, location(&reply.headers)), (StatusCode::SEE_OTHER, "/portal/integrations"));
    let cookie = set_cookie(&reply).unwrap();
    assert!(cookie.starts_with(&format!("{COOKIE}=")) && cookie.ends_with("; Max-Age=43200"), "{cookie}");
    for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Strict"] {
        assert!(cookie.contains(attribute), "{attribute}");
    }
    assert!(cookie.split(['=', ';']).nth(1).unwrap().len() == 43, "32 bytes: {cookie}");
    let page = browser.page("/portal/integrations", "portal-integrations").await;
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    // With `no-referrer` browsers would send the portal's own forms with `Origin: null`.
    assert_eq!(page.headers[header::REFERRER_POLICY], "same-origin");
    assert!(!page.text().contains(browser.cookie.split('=').nth(1).unwrap()), "the page contains the cookie");
}

#[tokio::test]
async fn signing_in_replaces_a_planted_cookie() {
    let verifier = TestVerifier::new().await;
    let password = added(&verifier, OPERATOR).await;
    let mut victim = Operator::stranger(&verifier);
    let planted = format!("{COOKIE}={}", "A".repeat(43));
    victim.cookie = planted.clone();
    victim.sign_in(OPERATOR, &password).await;
    assert_ne!(victim.cookie, planted);
    let attacker = Operator { cookie: planted, ..Operator::stranger(&verifier) };
    assert_eq!(attacker.get("/portal/integrations").await.status, StatusCode::SEE_OTHER);
    // Signing in again ends the browser's previous session.
    let before = Operator { cookie: victim.cookie.clone(), ..Operator::stranger(&verifier) };
    verifier.advance(30);
    victim.sign_in(OPERATOR, &password).await;
    assert_ne!(victim.cookie, before.cookie);
    assert_eq!(before.get("/portal/integrations").await.status, StatusCode::SEE_OTHER);
    victim.page("/portal/integrations", "portal-integrations").await;
}

#[tokio::test]
async fn wrong_passwords_are_asked_to_wait_and_unknown_names_behave_the_same() {
    let verifier = TestVerifier::new().await;
    let password = added(&verifier, OPERATOR).await;
    let mut responses = Vec::new();
    for name in [OPERATOR, "nobody"] {
        let mut browser = Operator::stranger(&verifier);
        let mut replies = Vec::new();
        for _ in 0..4 {
            replies.push(browser.sign_in(name, "wrong").await);
        }
        assert!(replies.iter().all(|r| r.status == StatusCode::FORBIDDEN && r.text().contains("role=\"alert\"")));
        replies.push(browser.sign_in(name, "wrong").await);
        verifier.advance(28);
        replies.push(browser.sign_in(name, "wrong").await);
        for (reply, secs) in replies[4..].iter().zip(["30", "2"]) {
            assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS, "{name}");
            assert_eq!(reply.headers[header::RETRY_AFTER], secs, "{name}");
            assert!(reply.text().contains(&format!("Wait {secs} seconds")), "{}", reply.text());
        }
        verifier.advance(2);
        replies.push(browser.sign_in(name, "wrong").await);
        assert_eq!(replies[6].headers[header::RETRY_AFTER], "60", "{name}");
        assert!(replies.iter().all(|r| set_cookie(r).is_none()), "{name}");
        let text = |r: &super::super::test_verifier::Reply| {
            let nonce = r.text().split("nonce=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
            (r.status, r.text().replace(&nonce, "").replace(name, "NAME"))
        };
        responses.push(replies.iter().map(text).collect::<Vec<_>>());
    }
    assert_eq!(responses[0], responses[1], "the responses reveal whether the name exists");
    // The right password does not wait, or strangers could keep an operator out.
    let mut browser = Operator::stranger(&verifier);
    assert_eq!(browser.sign_in(OPERATOR, &password).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_ends_by_timeout_sign_out_password_reset_and_removal() {
    let verifier = TestVerifier::new().await;
    for how in ["idle", "twelve hours", "signed out", "new password", "removed"] {
        let browser = Operator::new(&verifier).await;
        browser.page("/portal/integrations", "portal-integrations").await;
        match how {
            "idle" => verifier.advance(30 * 60),
            "twelve hours" => {
                for _ in 0..25 {
                    verifier.advance(29 * 60);
                    if browser.get("/portal/integrations").await.status != StatusCode::OK {
                        break;
                    }
                }
            }
            "signed out" => {
                let form = browser.form("/portal/integrations", "/portal/sign-out").await;
                let reply = browser.send(&form).await;
                assert_eq!(location(&reply.headers), "/portal/sign-in");
                assert!(set_cookie(&reply).unwrap().contains("Max-Age=0"));
            }
            "new password" => drop(added(&verifier, OPERATOR).await),
            _ => assert!(verifier.service.remove_operator(OPERATOR).await.unwrap()),
        }
        let reply = browser.get("/portal/integrations").await;
        assert_eq!((reply.status, location(&reply.headers)), (StatusCode::SEE_OTHER, "/portal/sign-in"), "{how}");
    }
    let browser = Operator::new(&verifier).await;
    verifier.advance(30 * 60 - 1);
    browser.page("/portal/integrations", "portal-integrations").await;
}

#[tokio::test]
async fn operator_names_are_one_line_and_a_new_password_replaces_the_old() {
    let verifier = TestVerifier::new().await;
    for bad in ["", "  ", "a\nb", &"x".repeat(65), " ada"] {
        assert!(verifier.service.add_operator(bad, None).await.is_err(), "{bad:?}");
    }
    let (first, _) = verifier.service.add_operator("ada", None).await.unwrap();
    let (second, _) = verifier.service.add_operator("ada", None).await.unwrap();
    assert_eq!(first.reveal().len(), 20, "120 bits");
    assert_ne!(first.reveal(), second.reveal());
    assert!(!format!("{first:?}").contains(first.reveal()));
    let mut browser = Operator::stranger(&verifier);
    assert_eq!(browser.sign_in("ada", first.reveal()).await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.sign_in("ada", second.reveal()).await.status, StatusCode::SEE_OTHER);
    assert!(!verifier.service.remove_operator("bob").await.unwrap());
}

#[tokio::test]
async fn without_a_session_every_page_redirects_to_sign_in() {
    let verifier = TestVerifier::new().await;
    let browser = Operator::stranger(&verifier);
    let mut foreign = Operator::stranger(&verifier);
    foreign.cookie = format!("{COOKIE}=made-up");
    for path in [
        "/portal/integrations",
        "/portal/integrations/new",
        &browser.path(""),
        &browser.path("/check"),
        &browser.path("/users"),
        &browser.path("/users/erase?user=auth0%7Cada"),
        &browser.path("/users/phone?user=auth0%7Cada"),
        &browser.path("/users/match?user=auth0%7Cada"),
        &browser.path("/devices"),
        "/portal/integrations/nothing",
        "/portal/sessions",
        "/portal/sessions.csv",
        "/portal/audit",
        "/portal/audit.csv",
    ] {
        for browser in [&browser, &foreign] {
            let reply = browser.get(path).await;
            assert_eq!((reply.status, location(&reply.headers)), (StatusCode::SEE_OTHER, "/portal/sign-in"), "{path}");
            assert!(reply.body.is_empty(), "{path}: {}", reply.text());
        }
    }
    assert_eq!(location(&browser.get("/portal").await.headers), "/portal/integrations");
    browser.page("/portal/sign-in", "portal-sign-in").await;
}

#[tokio::test]
async fn rejects_a_sign_in_form_from_another_site() {
    let verifier = TestVerifier::new().await;
    let password = added(&verifier, OPERATOR).await;
    let browser = Operator::stranger(&verifier);
    let fields = [("name", OPERATOR), ("password", password.as_str())].map(|(n, v)| (n.to_owned(), v.to_owned()));
    let form = Form { action: "/portal/sign-in".into(), fields: fields.into() };
    for headers in super::forms::FOREIGN {
        let reply = browser.send_with(&form, headers).await;
        assert_eq!((reply.status, reply.page().as_str()), (StatusCode::FORBIDDEN, "portal-forged"), "{headers:?}");
        assert!(set_cookie(&reply).is_none());
    }
    assert_eq!(browser.send_with(&form, &[]).await.status, StatusCode::SEE_OTHER, "older browsers send neither header");
}
