//! The dashboard: valid input takes effect, invalid input is reported, and secrets are never shown again.

use countenance_net::{
    Net,
    testing::{Line, scripted},
};
use countenance_standin::{
    browser::{Browser, Form, Page},
    tenant::{Library, LibraryError},
};

use super::test_tenant::{ACTION, POLICY, SECRET, TestTenant};

const PHONE: &str = include_str!("../../packaging/auth0/actions/phone-provider-twilio-verify.js");

fn library() -> Library {
    Library::default().file("verified-post-login.js", ACTION).file("phone-provider-twilio-verify.js", PHONE)
}

fn env() -> TestTenant {
    TestTenant::new(|_, _| None, |builder| builder.dashboard(library()))
}

fn open(env: &TestTenant, browser: &mut Browser) -> Page {
    browser.open(&format!("{}/manage", env.tenant_origin)).unwrap()
}

/// The deployment form, filled in with valid settings.
fn filled(env: &TestTenant, page: &Page) -> Form {
    let form = page.form_with("SESSION_SECRET").unwrap();
    form.fill("file", "verified-post-login.js")
        .fill("SESSION_SECRET", SECRET)
        .fill("INTEGRATION_ID", "integration-1")
        .fill("VERIFIER_ORIGIN", &env.verifier_origin)
        .fill("MODE", "always")
        .fill("CONTINUE_ORIGIN", &env.tenant_origin)
}

#[test]
fn an_action_deployed_in_the_dashboard_runs() {
    let env = env();
    let mut browser = env.browser();
    let page = open(&env, &mut browser);
    assert!(page.html.contains("data-page=\"manage\"") && page.html.contains("None is deployed."));
    let page = browser.submit(&page, &filled(&env, &page)).unwrap();
    assert_eq!((page.status, page.url.path()), (200, "/manage"));
    let length = format!("SESSION_SECRET: set, {} characters", SECRET.len());
    for words in ["is deployed", &length, "Deployed: verified-post-login.js"] {
        assert!(page.html.contains(words), "{words}");
    }
    assert!(!page.html.contains(SECRET), "the secret is shown again");

    let start = env.sign_in(&mut browser, &[]);
    assert_eq!(start.url.path(), "/start");
    assert!(env.approve(&mut browser, &start).parameter("code").is_some());
    let start = browser.open(&env.authorize_url(&[])).unwrap();
    env.refuse(&mut browser, &start, "no_match");
    let page = open(&env, &mut browser);
    let (refused, logged_in) = (page.html.find("countenance_no_match").unwrap(), page.html.find("Logged in").unwrap());
    assert!(refused < logged_in, "the newest entry must come first");
    for secret in ["session_token", "eyJ", &start.parameter("state").unwrap()] {
        assert!(!page.html.contains(secret), "{secret}");
    }
}

#[test]
fn an_empty_secret_field_keeps_the_secret() {
    let env = env();
    let mut browser = env.browser();
    let page = open(&env, &mut browser);
    let page = browser.submit(&page, &filled(&env, &page)).unwrap();
    let again = filled(&env, &page).fill("SESSION_SECRET", "").fill("MODE", "on-demand");
    assert!(browser.submit(&page, &again).unwrap().html.contains("is deployed"));
    assert!(env.sign_in(&mut browser, &[]).parameter("code").is_some(), "no face is required in on-demand mode");
    let start = browser.open(&env.authorize_url(&[("acr_values", POLICY)])).unwrap();
    assert!(env.approve(&mut browser, &start).parameter("code").is_some(), "the secret must be kept");
}

#[test]
fn max_age_can_be_set_and_removed() {
    let env = env();
    let mut browser = env.browser();
    let page = open(&env, &mut browser);
    let page = browser.submit(&page, &filled(&env, &page).fill("MAX_AGE", "300")).unwrap();
    assert_eq!(
        page.form_with("MAX_AGE").unwrap().value("MAX_AGE"),
        Some("300"),
        "MAX_AGE is no secret and is shown again"
    );
    let start = env.sign_in(&mut browser, &[]);
    env.approve(&mut browser, &start);
    assert!(
        browser.open(&env.authorize_url(&[])).unwrap().parameter("code").is_some(),
        "the face check must be reused"
    );
    let without = filled(&env, &page).fill("MAX_AGE", "");
    assert!(browser.submit(&page, &without).unwrap().html.contains("is deployed"));
    assert_eq!(browser.open(&env.authorize_url(&[])).unwrap().url.path(), "/start");
}

#[test]
fn invalid_input_is_reported_and_deploys_nothing() {
    let env = env();
    let mut browser = env.browser();
    let page = open(&env, &mut browser);
    let long = "x".repeat(4097);
    for (name, field, value, words) in [
        ("no secret", "SESSION_SECRET", "", "SESSION_SECRET is empty"),
        ("a blank secret", "SESSION_SECRET", "  ", "SESSION_SECRET is empty"),
        ("no integration", "INTEGRATION_ID", "", "INTEGRATION_ID is empty"),
        ("no verifier", "VERIFIER_ORIGIN", "", "VERIFIER_ORIGIN is empty"),
        ("no mode", "MODE", "", "MODE is empty"),
        ("too long", "SESSION_SECRET", long.as_str(), "more than 4096 characters"),
        ("a file outside the library", "file", "../../etc/passwd", "Choose one of the files"),
        ("a file for another trigger", "file", "phone-provider-twilio-verify.js", "Choose one of the files"),
    ] {
        let answer = browser.submit(&page, &filled(&env, &page).fill(field, value)).unwrap();
        assert_eq!(answer.status, 400, "{name}");
        assert!(answer.html.contains(words) && answer.html.contains("role=\"alert\""), "{name}");
        assert!(answer.html.contains("None is deployed."), "{name}");
    }
    let markup = filled(&env, &page).fill("INTEGRATION_ID", "\"><script>alert(1)</script>");
    assert!(!browser.submit(&page, &markup).unwrap().html.contains("<script"), "stored markup must be escaped");
}

#[test]
fn rejects_forms_of_other_sites() {
    let env = env();
    let mut browser = env.browser();
    let page = open(&env, &mut browser);
    let elsewhere = browser.open(&env.verifier_origin).unwrap();
    let form = filled(&env, &page);
    let target = format!("{}/manage/post-login", env.tenant_origin);
    let foreign = ["file", "SESSION_SECRET", "INTEGRATION_ID", "VERIFIER_ORIGIN", "MODE", "CONTINUE_ORIGIN", "MAX_AGE"]
        .into_iter()
        .fold(Form::post(target), |foreign, name| foreign.fill(name, form.value(name).unwrap()));
    assert_eq!(browser.submit(&elsewhere, &foreign).unwrap().status, 403);
    assert!(open(&env, &mut browser).html.contains("None is deployed."));
    // The tenant's custom domain is another origin.
    let other = browser.open(&format!("{}/manage", env.login_origin())).unwrap();
    assert_eq!(browser.submit(&other, &foreign).unwrap().status, 403);
    assert_eq!(browser.submit(&page, &foreign).unwrap().status, 200, "the same form, from our own page");
}

#[test]
fn phone_provider_and_log_stream_can_be_configured() {
    let (net, outbox) = scripted([Line::Says(200, "")]);
    let net: std::sync::Arc<dyn Net> = net;
    let env = TestTenant::new(|_, _| None, |builder| builder.net(net).dashboard(library()));
    let mut browser = env.browser();
    let page = open(&env, &mut browser);
    let form = page.forms()[1].clone().fill("file", "phone-provider-twilio-verify.js");
    for (secrets, words) in [
        ("TWILIO_SECRET", "Line 1 of the secrets is not NAME=value."),
        ("A=1\n\nTWILIO_SECRET=", "TWILIO_SECRET is empty"),
    ] {
        let answer = browser.submit(&page, &form.clone().fill("secrets", secrets)).unwrap();
        assert!(answer.status == 400 && answer.html.contains(words), "{words}");
    }
    let answer =
        browser.submit(&page, &form.fill("secrets", "TWILIO_SECRET = hush=hush\r\nTWILIO_SERVICE=VA1\r\n")).unwrap();
    assert!(answer.html.contains("TWILIO_SECRET: set, 9 characters") && !answer.html.contains("hush"));

    let form = page.form_with("authorization").unwrap().fill("authorization", "the token");
    for (url, words) in [("ftp://logs.example/", "begins with https"), ("http://logs.example/", "begins with https")] {
        let answer = browser.submit(&page, &form.clone().fill("url", url)).unwrap();
        assert!(answer.status == 400 && answer.html.contains(words), "{url}");
    }
    let answer = browser.submit(&page, &form.fill("url", "https://logs.example/v1/logs/1")).unwrap();
    assert!(answer.html.contains("Set: https://logs.example.") && !answer.html.contains("the token"));
    env.sign_in(&mut browser, &[]);
    let sent = outbox.next();
    assert_eq!(
        (sent.url.as_str(), sent.header("authorization")),
        ("https://logs.example/v1/logs/1", Some("the token"))
    );
    let item: serde_json::Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!((&item["data"]["type"], &item["data"]["user_name"]), (&"s".into(), &"ada@example.com".into()));
}

#[test]
fn the_dashboard_is_disabled_by_default() {
    let env = TestTenant::with_mode("always");
    assert_eq!(open(&env, &mut env.browser()).status, 404);
}

#[test]
fn reads_a_folder_of_actions_or_reports_why_not() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Library::read(folder.path()), Err(LibraryError::Empty)));
    assert!(matches!(Library::read(&folder.path().join("none")), Err(LibraryError::Unreadable(_))));
    let ours = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/auth0/actions");
    assert!(Library::read(&ours).is_ok());
}
