//! `/continue`: once, within an hour, in the browser that began, with its own `state`.

use countenance_standin::browser::{Browser, Form, Page};

use serde_json::json;

use super::stand::{CLAIM, SECRET, Stand, peek, refusal, sign};

/// A login that waits for the verifier's answer.
fn waiting() -> (Stand, Browser, Page) {
    let stand = Stand::with_mode("always");
    let mut browser = stand.browser();
    let start = stand.log_in(&mut browser, &[]);
    (stand, browser, start)
}

fn assert_lost(page: &Page, name: &str) {
    assert_eq!((page.status, page.url.path()), (400, "/continue"), "{name}");
    let text = "invalid_request: You may have pressed the back button, refreshed during login, opened too many login dialogs, \
                or there is some issue with cookies";
    assert!(page.html.contains(text), "{name}");
}

#[test]
fn another_state_is_refused_and_spends_nothing() {
    let (stand, mut browser, start) = waiting();
    let token = sign(&stand.approval(&start), SECRET);
    for (name, target) in [
        ("no state", "/continue".to_owned()),
        ("another state", "/continue?state=another".to_owned()),
        ("a state cut short", format!("/continue?state={}", &start.parameter("state").unwrap()[..42])),
    ] {
        let form = Form::post(format!("{}{target}", stand.tenant_origin)).fill("session_token", &token);
        assert_lost(&browser.submit(&start, &form).unwrap(), name);
    }
    assert!(stand.approve(&mut browser, &start).parameter("code").is_some());
}

#[test]
fn the_state_of_another_login_does_not_fit_the_token() {
    let (stand, mut browser, first) = waiting();
    let second = browser.open(&stand.authorize_url(&[])).unwrap();
    let callback = stand.return_result(&mut browser, &second, &stand.approval(&first));
    assert_eq!(refusal(&callback), ("access_denied".into(), "countenance_invalid_token".into()));
    let text = "countenance: The session token is invalid: State in the token does not match the /continue state.";
    assert_eq!(stand.tenant.console(), [text]);
    assert!(stand.approve(&mut browser, &first).parameter("code").is_some());
}

#[test]
fn a_second_return_is_refused_whatever_the_first_one_was() {
    let (stand, mut browser, start) = waiting();
    assert!(stand.approve(&mut browser, &start).parameter("code").is_some());
    assert_lost(&stand.approve(&mut browser, &start), "approved, then approved");

    let (stand, mut browser, start) = waiting();
    assert_eq!(refusal(&stand.refuse(&mut browser, &start, "no_match")).1, "countenance_no_match");
    assert_lost(&stand.approve(&mut browser, &start), "refused, then approved");

    let (stand, mut browser, start) = waiting();
    let mut forged = stand.approval(&start);
    forged.insert("sub".into(), "auth0|bob".into());
    assert_eq!(refusal(&stand.return_result(&mut browser, &start, &forged)).1, "countenance_invalid_token");
    assert_lost(&stand.approve(&mut browser, &start), "forged, then approved");
}

#[test]
fn another_browser_can_neither_use_nor_spend_a_login() {
    let (stand, mut browser, start) = waiting();
    assert_lost(&stand.approve(&mut stand.browser(), &start), "a browser without cookies");
    let mut mallory = stand.browser();
    stand.log_in(&mut mallory, &[]);
    assert_lost(&stand.approve(&mut mallory, &start), "a browser with a login of its own");
    assert!(stand.approve(&mut browser, &start).parameter("code").is_some());
}

#[test]
fn a_login_lasts_an_hour_from_its_beginning() {
    for (seconds, lives) in [(3599, true), (3600, false)] {
        let (stand, mut browser, start) = waiting();
        stand.clock.turn(seconds);
        let page = stand.approve(&mut browser, &start);
        assert_eq!(page.parameter("code").is_some(), lives, "{seconds}");
        if !lives {
            assert_lost(&page, "after an hour");
        }
    }
}

#[test]
fn the_form_wins_over_the_query_and_a_link_works_too() {
    let (stand, mut browser, start) = waiting();
    let state = start.parameter("state").unwrap();
    let good = sign(&stand.approval(&start), SECRET);
    let form = Form::post(format!("{}/continue?state={state}&session_token=bad", stand.tenant_origin));
    let callback = browser.submit(&start, &form.fill("session_token", &good)).unwrap();
    assert!(callback.parameter("code").is_some());

    let (stand, mut browser, start) = waiting();
    let state = start.parameter("state").unwrap();
    let good = sign(&stand.approval(&start), SECRET);
    let link = format!("{}/continue?state={state}&session_token={good}", stand.tenant_origin);
    assert!(browser.follow(&start, &link).unwrap().parameter("code").is_some());
}

#[test]
fn a_state_of_the_password_page_is_none_of_continue() {
    let stand = Stand::with_mode("always");
    let mut browser = stand.browser();
    let page = browser.open(&stand.authorize_url(&[])).unwrap();
    let form = Form::post(format!("{}/continue?state={}", stand.tenant_origin, page.parameter("state").unwrap()));
    assert_lost(&browser.submit(&page, &form).unwrap(), "no password yet");
    assert_eq!(Stand::give_password(&mut browser, &page).url.path(), "/start");
}

#[test]
fn a_second_return_takes_nothing_from_the_first() {
    let (stand, mut browser, start) = waiting();
    let callback = stand.approve(&mut browser, &start);
    assert_lost(&stand.approve(&mut browser, &start), "approved, then approved");
    assert_lost(&stand.refuse(&mut browser, &start, "no_match"), "approved, then refused");
    let (status, tokens) = stand.redeem(&callback);
    assert_eq!((status, &peek(&tokens["id_token"])[CLAIM]), (200, &json!("mfa")));
    assert_eq!(stand.redeem(&callback).0, 403, "one login, one code");
}
