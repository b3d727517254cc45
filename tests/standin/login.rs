//! `/authorize` and the password page with the real Action. Requests and outcomes of whole logins are tested in
//! `table`.

use countenance_standin::browser::Form;
use url::Url;

use super::test_tenant::{TestTenant, refusal};

#[test]
fn a_refusal_reaches_the_application_by_name_and_opens_nothing() {
    let env = TestTenant::with_mode("always");
    let mut browser = env.browser();
    for reason in ["no_match", "not_live", "cancelled"] {
        let start = browser.open(&env.authorize_url(&[])).unwrap();
        let start =
            if start.url.path() == "/u/login" { TestTenant::give_password(&mut browser, &start) } else { start };
        let callback = env.refuse(&mut browser, &start, reason);
        assert_eq!(refusal(&callback), ("access_denied".into(), format!("countenance_{reason}")));
        assert_eq!(callback.parameter("code"), None, "{reason}");
    }
    // The password session lives, and still opens nothing.
    let silent = browser.open(&env.authorize_url(&[("prompt", "none")])).unwrap();
    assert_eq!(refusal(&silent), ("access_denied".into(), "countenance_interaction_required".into()));
}

#[test]
fn a_redirect_in_a_silent_login_is_an_error() {
    let env = TestTenant::with_source(
        "exports.onExecutePostLogin = async (event, api) => {
           if (event.transaction.prompt.includes('none')) api.redirect.sendUserTo('https://verifier.example.com/');
         };",
    );
    let mut browser = env.browser();
    env.log_in(&mut browser, &[]);
    let page = browser.open(&env.authorize_url(&[("prompt", "none")])).unwrap();
    assert_eq!(refusal(&page).0, "interaction_required");
}

#[test]
fn what_an_application_asks_wrongly_is_refused() {
    let env = TestTenant::with_mode("on-demand");
    let foreign = format!("{}/evil", env.verifier_origin);
    for (name, change, error) in [
        ("no client", ("client_id", ""), None),
        ("unknown client", ("client_id", "nobody"), None),
        ("no callback", ("redirect_uri", ""), None),
        ("foreign callback", ("redirect_uri", foreign.as_str()), None),
        ("implicit flow", ("response_type", "token"), Some("unsupported_response_type")),
        ("no response type", ("response_type", ""), Some("unsupported_response_type")),
        ("fragment", ("response_mode", "fragment"), Some("invalid_request")),
        ("no challenge", ("code_challenge", ""), Some("invalid_request")),
        ("short challenge", ("code_challenge", "abc"), Some("invalid_request")),
        ("plain challenge", ("code_challenge_method", "plain"), Some("invalid_request")),
        ("silent and not", ("prompt", "none login"), Some("invalid_request")),
        ("unknown API", ("audience", "https://other.example.com"), Some("access_denied")),
    ] {
        let page = env.browser().open(&env.authorize_url(&[change])).unwrap();
        match error {
            // Nothing is sent to an address that nobody registered.
            None => assert_eq!((page.status, page.url.path()), (400, "/authorize"), "{name}"),
            Some(error) => assert_eq!(refusal(&page).0, error, "{name}"),
        }
    }
    let twice = format!("{}&state=other", env.authorize_url(&[]));
    assert_eq!(env.browser().open(&twice).unwrap().status, 400, "a parameter twice");
}

#[test]
fn the_password_page_belongs_to_one_login_in_one_browser() {
    let env = TestTenant::with_mode("on-demand");
    let (mut ada, mut mallory) = (env.browser(), env.browser());
    let page = ada.open(&env.authorize_url(&[])).unwrap();
    let form = page.form_with("password").unwrap();
    let filled = form.clone().fill("email", "ADA@example.com").fill("password", "correct horse");

    // Mallory's form, posted in Mallory's browser, in Ada's name: no cookie, no login.
    assert_eq!(mallory.submit(&page, &filled).unwrap().status, 400);
    assert_eq!(mallory.open(page.url.as_str()).unwrap().status, 400);

    for (name, email, password) in
        [("wrong", "ada@example.com", "wrong"), ("another's", "ada@example.com", "battery staple"), ("none", "", "")]
    {
        let page = ada.submit(&page, &form.clone().fill("email", email).fill("password", password)).unwrap();
        assert_eq!(page.status, 400, "{name}");
        assert!(page.html.contains("Wrong email or password."), "{name}");
        let again = page.form_with("password").unwrap();
        assert_eq!((again.value("email"), again.value("password")), (Some(email), Some("")), "{name}");
    }
    assert!(ada.submit(&page, &filled).unwrap().parameter("code").is_some());
    assert_eq!(ada.submit(&page, &filled).unwrap().status, 400, "the form is good once");
}

#[test]
fn ten_wrong_passwords_end_the_login() {
    let env = TestTenant::with_mode("on-demand");
    let mut browser = env.browser();
    let page = browser.open(&env.authorize_url(&[])).unwrap();
    let form = page.form_with("password").unwrap().fill("email", "ada@example.com").fill("password", "wrong");
    for _ in 0..9 {
        assert_eq!(browser.submit(&page, &form).unwrap().url.path(), "/u/login");
    }
    assert_eq!(refusal(&browser.submit(&page, &form).unwrap()).0, "access_denied");
    assert_eq!(browser.submit(&page, &form).unwrap().status, 400);
}

#[test]
fn cookies_are_out_of_reach_of_scripts_and_made_for_the_way_back() {
    let env = TestTenant::with_mode("always");
    let mut browser = env.browser();
    let start = env.log_in(&mut browser, &[]);
    env.approve(&mut browser, &start);
    let tenant = Url::parse(&env.tenant_origin).unwrap();
    let now = super::test_tenant::NOW;
    assert!(browser.jar().refusals().is_empty(), "{:?}", browser.jar().refusals());
    assert!(browser.jar().script_visible(&tenant, now).is_empty());
    for name in ["tenant_browser", "tenant_session"] {
        assert!(browser.jar().value(&tenant, name, now).is_some_and(|value| value.len() == 43), "{name}");
    }
}

#[test]
fn the_password_page_shows_foreign_text_as_text() {
    let env = TestTenant::with_mode("on-demand");
    let hint = "\"><script>alert(1)</script>";
    let page = env.browser().open(&env.authorize_url(&[("login_hint", hint)])).unwrap();
    assert!(!page.html.contains("<script"));
    assert_eq!(page.form_with("email").unwrap().value("email"), Some(hint));
}

#[test]
fn the_oldest_of_too_many_logins_is_lost() {
    let env = TestTenant::with_mode("on-demand");
    let mut browser = env.browser();
    let mut pages = Vec::new();
    for _ in 0..11 {
        pages.push(browser.open(&env.authorize_url(&[])).unwrap());
        env.clock.advance(1);
    }
    let filled = |page: usize| -> Form {
        let form = pages[page].form_with("password").unwrap();
        form.fill("email", "ada@example.com").fill("password", "correct horse")
    };
    assert_eq!(browser.submit(&pages[0], &filled(0)).unwrap().status, 400);
    assert!(browser.submit(&pages[1], &filled(1)).unwrap().parameter("code").is_some());
}
