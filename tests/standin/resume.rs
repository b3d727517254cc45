//! `/continue`: works once, within an hour, in the browser that started the sign-in, and with its own `state`.

use countenance_standin::browser::{Browser, Form, Page};

use serde_json::json;

use super::test_tenant::{CLAIM, SECRET, TestTenant, peek, refusal, sign};

/// A sign-in redirected to the verifier, waiting for its result.
fn start_sign_in() -> (TestTenant, Browser, Page) {
    let env = TestTenant::with_mode("always");
    let mut browser = env.browser();
    let start = env.sign_in(&mut browser, &[]);
    (env, browser, start)
}

fn assert_rejected(page: &Page, name: &str) {
    assert_eq!((page.status, page.url.path()), (400, "/continue"), "{name}");
    let text = "invalid_request: You may have pressed the back button, refreshed during login, opened too many login dialogs, \
                or there is some issue with cookies";
    assert!(page.html.contains(text), "{name}");
}

#[test]
fn rejects_another_state_without_spending_the_sign_in() {
    let (env, mut browser, start) = start_sign_in();
    let token = sign(&env.approval(&start), SECRET);
    for (name, target) in [
        ("no state", "/continue".to_owned()),
        ("another state", "/continue?state=another".to_owned()),
        ("a truncated state", format!("/continue?state={}", &start.parameter("state").unwrap()[..42])),
    ] {
        let form = Form::post(format!("{}{target}", env.tenant_origin)).fill("session_token", &token);
        assert_rejected(&browser.submit(&start, &form).unwrap(), name);
    }
    assert!(env.approve(&mut browser, &start).parameter("code").is_some());
}

#[test]
fn rejects_a_token_for_the_state_of_another_sign_in() {
    let (env, mut browser, first) = start_sign_in();
    let second = browser.open(&env.authorize_url(&[])).unwrap();
    let callback = env.return_result(&mut browser, &second, &env.approval(&first));
    assert_eq!(refusal(&callback), ("access_denied".into(), "countenance_invalid_token".into()));
    let text = "countenance: The session token is invalid: State in the token does not match the /continue state.";
    assert_eq!(env.tenant.console(), [text]);
    assert!(env.approve(&mut browser, &first).parameter("code").is_some());
}

#[test]
fn rejects_a_second_return_after_any_result() {
    let (env, mut browser, start) = start_sign_in();
    assert!(env.approve(&mut browser, &start).parameter("code").is_some());
    assert_rejected(&env.approve(&mut browser, &start), "approved, then approved");

    let (env, mut browser, start) = start_sign_in();
    assert_eq!(refusal(&env.refuse(&mut browser, &start, "no_match")).1, "countenance_no_match");
    assert_rejected(&env.approve(&mut browser, &start), "refused, then approved");

    let (env, mut browser, start) = start_sign_in();
    let mut forged = env.approval(&start);
    forged.insert("sub".into(), "auth0|bob".into());
    assert_eq!(refusal(&env.return_result(&mut browser, &start, &forged)).1, "countenance_invalid_token");
    assert_rejected(&env.approve(&mut browser, &start), "forged, then approved");
}

#[test]
fn another_browser_can_neither_use_nor_spend_a_sign_in() {
    let (env, mut browser, start) = start_sign_in();
    assert_rejected(&env.approve(&mut env.browser(), &start), "a browser without cookies");
    let mut mallory = env.browser();
    env.sign_in(&mut mallory, &[]);
    assert_rejected(&env.approve(&mut mallory, &start), "a browser with its own sign-in");
    assert!(env.approve(&mut browser, &start).parameter("code").is_some());
}

#[test]
fn a_sign_in_expires_an_hour_after_it_starts() {
    for (seconds, is_valid) in [(3599, true), (3600, false)] {
        let (env, mut browser, start) = start_sign_in();
        env.clock.advance(seconds);
        let page = env.approve(&mut browser, &start);
        assert_eq!(page.parameter("code").is_some(), is_valid, "{seconds}");
        if !is_valid {
            assert_rejected(&page, "after an hour");
        }
    }
}

#[test]
fn a_form_field_overrides_the_query_and_a_link_works_too() {
    let (env, mut browser, start) = start_sign_in();
    let state = start.parameter("state").unwrap();
    let good = sign(&env.approval(&start), SECRET);
    let form = Form::post(format!("{}/continue?state={state}&session_token=bad", env.tenant_origin));
    let callback = browser.submit(&start, &form.fill("session_token", &good)).unwrap();
    assert!(callback.parameter("code").is_some());

    let (env, mut browser, start) = start_sign_in();
    let state = start.parameter("state").unwrap();
    let good = sign(&env.approval(&start), SECRET);
    let link = format!("{}/continue?state={state}&session_token={good}", env.tenant_origin);
    assert!(browser.follow(&start, &link).unwrap().parameter("code").is_some());
}

#[test]
fn rejects_the_state_of_the_password_page() {
    let env = TestTenant::with_mode("always");
    let mut browser = env.browser();
    let page = browser.open(&env.authorize_url(&[])).unwrap();
    let form = Form::post(format!("{}/continue?state={}", env.tenant_origin, page.parameter("state").unwrap()));
    assert_rejected(&browser.submit(&page, &form).unwrap(), "no password yet");
    assert_eq!(TestTenant::submit_password(&mut browser, &page).url.path(), "/start");
}

#[test]
fn a_second_return_does_not_affect_the_first() {
    let (env, mut browser, start) = start_sign_in();
    let callback = env.approve(&mut browser, &start);
    assert_rejected(&env.approve(&mut browser, &start), "approved, then approved");
    assert_rejected(&env.refuse(&mut browser, &start, "no_match"), "approved, then refused");
    let (status, tokens) = env.redeem(&callback);
    assert_eq!((status, &peek(&tokens["id_token"])[CLAIM]), (200, &json!("mfa")));
    assert_eq!(env.redeem(&callback).0, 403, "the code must work only once");
}
