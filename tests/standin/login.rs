//! `/authorize` and the password page with the real Action. Requests and outcomes of complete sign-ins are tested in
//! `table`.

use countenance_standin::browser::Form;
use url::Url;

use super::test_tenant::{TestTenant, refusal};

#[test]
fn a_refusal_reaches_the_application_with_its_code_and_grants_nothing() {
    let env = TestTenant::with_mode("always");
    let mut browser = env.browser();
    for reason in ["no_match", "not_live", "cancelled"] {
        let start = browser.open(&env.authorize_url(&[])).unwrap();
        let start =
            if start.url.path() == "/u/login" { TestTenant::submit_password(&mut browser, &start) } else { start };
        let callback = env.refuse(&mut browser, &start, reason);
        assert_eq!(refusal(&callback), ("access_denied".into(), format!("countenance_{reason}")));
        assert_eq!(callback.parameter("code"), None, "{reason}");
    }
    // The password session lasts, but grants nothing without a face.
    let silent = browser.open(&env.authorize_url(&[("prompt", "none")])).unwrap();
    assert_eq!(refusal(&silent), ("access_denied".into(), "countenance_interaction_required".into()));
}

#[test]
fn a_redirect_during_silent_authentication_is_an_error() {
    let env = TestTenant::with_source(
        "exports.onExecutePostLogin = async (event, api) => {
           if (event.transaction.prompt.includes('none')) api.redirect.sendUserTo('https://verifier.example.com/');
         };",
    );
    let mut browser = env.browser();
    env.sign_in(&mut browser, &[]);
    let page = browser.open(&env.authorize_url(&[("prompt", "none")])).unwrap();
    assert_eq!(refusal(&page).0, "interaction_required");
}

#[test]
fn rejects_invalid_authorization_requests() {
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
        ("silent and interactive", ("prompt", "none login"), Some("invalid_request")),
        ("unknown API", ("audience", "https://other.example.com"), Some("access_denied")),
    ] {
        let page = env.browser().open(&env.authorize_url(&[change])).unwrap();
        match error {
            // An unregistered redirect URI gets an error page, not a redirect.
            None => assert_eq!((page.status, page.url.path()), (400, "/authorize"), "{name}"),
            Some(error) => assert_eq!(refusal(&page).0, error, "{name}"),
        }
    }
    let twice = format!("{}&state=other", env.authorize_url(&[]));
    assert_eq!(env.browser().open(&twice).unwrap().status, 400, "a parameter twice");
}

#[test]
fn the_password_page_is_bound_to_one_sign_in_and_browser() {
    let env = TestTenant::with_mode("on-demand");
    let (mut ada, mut mallory) = (env.browser(), env.browser());
    let page = ada.open(&env.authorize_url(&[])).unwrap();
    let form = page.form_with("password").unwrap();
    let filled = form.clone().fill("email", "ADA@example.com").fill("password", "correct horse");

    // Ada's form, posted in Mallory's browser, lacks the cookie of the sign-in.
    assert_eq!(mallory.submit(&page, &filled).unwrap().status, 400);
    assert_eq!(mallory.open(page.url.as_str()).unwrap().status, 400);

    for (name, email, password) in [
        ("wrong", "ada@example.com", "wrong"),
        ("another user's", "ada@example.com", "battery staple"),
        ("empty", "", ""),
    ] {
        let page = ada.submit(&page, &form.clone().fill("email", email).fill("password", password)).unwrap();
        assert_eq!(page.status, 400, "{name}");
        assert!(page.html.contains("Wrong email or password."), "{name}");
        let again = page.form_with("password").unwrap();
        assert_eq!((again.value("email"), again.value("password")), (Some(email), Some("")), "{name}");
    }
    assert!(ada.submit(&page, &filled).unwrap().parameter("code").is_some());
    assert_eq!(ada.submit(&page, &filled).unwrap().status, 400, "the form must work only once");
}

#[test]
fn ten_wrong_passwords_end_the_sign_in() {
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
fn cookies_are_http_only_and_sent_on_the_return_from_the_verifier() {
    let env = TestTenant::with_mode("always");
    let mut browser = env.browser();
    let start = env.sign_in(&mut browser, &[]);
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
fn the_password_page_escapes_the_login_hint() {
    let env = TestTenant::with_mode("on-demand");
    let hint = "\"><script>alert(1)</script>";
    let page = env.browser().open(&env.authorize_url(&[("login_hint", hint)])).unwrap();
    assert!(!page.html.contains("<script"));
    assert_eq!(page.form_with("email").unwrap().value("email"), Some(hint));
}

#[test]
fn the_oldest_of_too_many_sign_ins_is_dropped() {
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
