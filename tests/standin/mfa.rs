//! The tenant's own MFA: the step-up Action of Auth0's guide, a phone provider, and the page for entering the code.

use std::sync::Arc;

use countenance_net::{
    Net,
    testing::{Line, Outbox, scripted},
};
use countenance_standin::{
    browser::{Browser, Form, Page},
    tenant::{Action, User},
};
use serde_json::{Value, json};

use super::test_tenant::{SECRET, TestTenant, peek, refusal};

const STEP_UP: &str = include_str!("../../packaging/auth0/actions/step-up-salary.js");
/// The `acr` value of the tenant's own second factor.
const OWN_POLICY: &str = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";
/// A phone provider that posts the code to a service, and maps its errors as the customers' files do.
const PROVIDER: &str = "exports.onExecuteCustomPhoneProvider = async (event, api) => {
  const { recipient, code, delivery_method, message_type, as_text, as_voice, locale } = event.notification;
  const valid = message_type === 'otp_verify' && locale === 'en' && as_text.includes(code) && as_voice.includes([...code].join(', '));
  const bare = event.request.query === undefined && event.request.body === undefined && event.transaction === undefined;
  const body = new URLSearchParams({ recipient, code, delivery_method, valid, bare, user: event.user.user_id });
  const answer = await fetch('https://sms.example/send', { method: 'POST', body });
  if (answer.status === 429) api.notification.retry('busy');
  else if (!answer.ok) api.notification.drop('refused');
};";
const NUMBER: &str = "+4915112345678";

/// A tenant where Ada has a phone, with an Action and a provider whose service answers by `script`.
fn env(action: &str, script: impl IntoIterator<Item = Line>) -> (TestTenant, Outbox) {
    let (net, outbox) = scripted(script);
    let net: Arc<dyn Net> = net;
    let action = Action::new(action).secret("S", SECRET);
    let env = TestTenant::with_ada(
        User::new("auth0|ada", "Ada", "ada@example.com", "correct horse").with_phone(NUMBER),
        |_, _| Some(action),
        |builder| builder.net(net).phone_provider(Action::new(PROVIDER)),
    );
    (env, outbox)
}

fn step_up(script: impl IntoIterator<Item = Line>) -> (TestTenant, Outbox) {
    env(STEP_UP, script)
}

fn accepted() -> Line {
    Line::Says(200, "")
}

fn submit_code(browser: &mut Browser, page: &Page, code: &str) -> Page {
    browser.submit(page, &page.form_with("code").unwrap().fill("code", code)).unwrap()
}

fn request_code_again(browser: &mut Browser, page: &Page, how: &str) -> Page {
    let form = page.forms().into_iter().find(|form| !form.has("code")).unwrap();
    browser.submit(page, &form.fill("send", how)).unwrap()
}

fn wrong_code(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[test]
fn a_step_up_asks_for_a_code_and_sets_amr_and_acr() {
    let (env, outbox) = step_up([accepted()]);
    let mut browser = env.browser();
    let (_, plain) = env.redeem(&env.sign_in(&mut browser, &[]));
    let claims = peek(&plain["id_token"]);
    assert!(claims.get("amr").is_none() && claims.get("acr").is_none(), "no second factor was requested");
    assert!(outbox.all().is_empty());

    let page = browser.open(&env.authorize_url(&[("acr_values", OWN_POLICY)])).unwrap();
    assert_eq!((page.status, page.url.path()), (200, "/u/mfa"));
    assert!(page.html.contains("data-page=\"mfa\"") && page.html.contains("••• 78"), "the masked recipient");
    assert!(!page.html.contains("12345678"), "the number must be masked");
    let sent = outbox.next();
    let code = sent.field("code").unwrap();
    assert!(code.len() == 6 && code.bytes().all(|c| c.is_ascii_digit()), "{code}");
    assert!(!page.html.contains(&code), "the page must not contain the code");
    for (name, value) in
        [("recipient", NUMBER), ("delivery_method", "text"), ("valid", "true"), ("bare", "true"), ("user", "auth0|ada")]
    {
        assert_eq!(sent.field(name).as_deref(), Some(value), "{name}");
    }

    let callback = submit_code(&mut browser, &page, &format!(" {} {}", &code[..3], &code[3..]));
    let (_, tokens) = env.redeem(&callback);
    let claims = peek(&tokens["id_token"]);
    assert_eq!((&claims["amr"], &claims["acr"]), (&json!(["mfa"]), &json!(OWN_POLICY)));

    let (_, fresh) = env.token(&[
        ("grant_type", "refresh_token"),
        ("client_id", "app"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ]);
    let claims = peek(&fresh["id_token"]);
    assert!(claims.get("amr").is_none() && claims.get("acr").is_none(), "absent after a refresh");
    let (_, silent) = env.redeem(&browser.open(&env.authorize_url(&[("prompt", "none")])).unwrap());
    let claims = peek(&silent["id_token"]);
    assert!(claims.get("amr").is_none() && claims.get("acr").is_none(), "absent from silent authentication");
    let asked = env.authorize_url(&[("prompt", "none"), ("acr_values", OWN_POLICY)]);
    let page = browser.open(&asked).unwrap();
    assert_eq!(refusal(&page), ("access_denied".into(), "step_up_interaction_required".into()));
}

#[test]
fn five_wrong_codes_end_the_sign_in() {
    let (env, outbox) = step_up([accepted()]);
    let mut browser = env.browser();
    let page = env.sign_in(&mut browser, &[("acr_values", OWN_POLICY)]);
    let code = outbox.next().field("code").unwrap();
    for typed in ["", "  "] {
        assert!(
            submit_code(&mut browser, &page, typed).html.contains("Type the six digits"),
            "an empty code must not count"
        );
    }
    for _ in 0..4 {
        let again = submit_code(&mut browser, &page, &wrong_code(&code));
        assert_eq!((again.status, again.url.path()), (400, "/u/mfa"));
        assert!(again.html.contains("role=\"alert\"") && again.html.contains("not the code we sent"));
    }
    let ended = submit_code(&mut browser, &page, &wrong_code(&code));
    assert_eq!(refusal(&ended), ("access_denied".into(), "Too many wrong codes".into()));
    assert_eq!(submit_code(&mut browser, &page, &code).status, 400, "the sign-in must be over");
}

#[test]
fn a_code_works_for_one_sign_in_and_browser_for_five_minutes() {
    let (env, outbox) = step_up([accepted()]);
    let (mut ada, mut mallory) = (env.browser(), env.browser());
    let page = env.sign_in(&mut ada, &[("acr_values", OWN_POLICY)]);
    let code = outbox.next().field("code").unwrap();
    assert_eq!(submit_code(&mut mallory, &page, &code).status, 400, "another browser");
    assert_eq!(mallory.open(page.url.as_str()).unwrap().status, 400, "another browser");
    env.clock.advance(300);
    assert!(submit_code(&mut ada, &page, &code).html.contains("too old"));

    let page = request_code_again(&mut ada, &page, "voice");
    assert!(page.html.contains("We are calling"));
    let called = outbox.next();
    assert_eq!(called.field("delivery_method").as_deref(), Some("voice"));
    env.clock.advance(299);
    // Visiting the password page in between does not end the challenge.
    assert_eq!(ada.open(&format!("{}/u/login?state=x", env.tenant_origin)).unwrap().status, 400);
    let page = ada.open(page.url.as_str()).unwrap();
    let callback = submit_code(&mut ada, &page, &called.field("code").unwrap());
    assert!(callback.parameter("code").is_some());
    assert_eq!(ada.open(page.url.as_str()).unwrap().status, 400, "the page must be gone after the end");
}

#[test]
fn a_new_code_replaces_the_old_one_up_to_ten_an_hour() {
    let (env, outbox) = step_up([accepted()]);
    let mut browser = env.browser();
    let mut page = env.sign_in(&mut browser, &[("acr_values", OWN_POLICY)]);
    let first = outbox.next().field("code").unwrap();
    for _ in 0..9 {
        page = request_code_again(&mut browser, &page, "text");
        assert_eq!(page.status, 200);
    }
    let last = outbox.all().pop().unwrap().field("code").unwrap();
    page = request_code_again(&mut browser, &page, "text");
    assert!(page.html.contains("Too many codes were sent"), "the limit is ten an hour");
    assert!(outbox.all().is_empty());
    if first != last {
        assert_eq!(submit_code(&mut browser, &page, &first).status, 400, "the first code must be replaced");
    }
    assert!(submit_code(&mut browser, &page, &last).parameter("code").is_some(), "the newest code must be valid");
}

#[test]
fn provider_failures_are_shown_and_can_be_retried() {
    for (name, line) in [("busy", Line::Later(429, 1)), ("refused", Line::Says(400, "")), ("down", Line::Silence)] {
        let (env, outbox) = step_up([line, accepted()]);
        let mut browser = env.browser();
        let page = env.sign_in(&mut browser, &[("acr_values", OWN_POLICY)]);
        assert!(page.html.contains("could not be sent") && page.html.contains("role=\"alert\""), "{name}");
        outbox.next();
        let page = request_code_again(&mut browser, &page, "text");
        assert!(page.html.contains("We sent a code"), "{name}");
        let code = outbox.next().field("code").unwrap();
        assert!(submit_code(&mut browser, &page, &code).parameter("code").is_some(), "{name}");
    }
}

#[test]
fn the_challenge_follows_the_redirect_and_is_recorded_in_the_session() {
    let source = |verifier: &str| {
        format!(
            "exports.onExecutePostLogin = async (event, api) => {{
               const known = event.authentication.methods.find((method) => method.name === 'mfa');
               console.log(JSON.stringify(known ?? null));
               if (known) return;
               api.multifactor.enable('any', {{ allowRememberBrowser: false }});
               api.idToken.setCustomClaim('https://app.example/legs', 'first');
               api.redirect.sendUserTo('{verifier}/start');
             }};
             exports.onContinuePostLogin = async (event, api) =>
               api.idToken.setCustomClaim('https://app.example/legs', 'both');"
        )
    };
    let (net, outbox) = scripted([accepted()]);
    let net: Arc<dyn Net> = net;
    let ada = User::new("auth0|ada", "Ada", "ada@example.com", "correct horse").with_phone(NUMBER);
    let env = TestTenant::with_ada(
        ada,
        |_, verifier| Some(Action::new(source(verifier))),
        |builder| builder.net(net).phone_provider(Action::new(PROVIDER)),
    );
    let mut browser = env.browser();
    let start = env.sign_in(&mut browser, &[]);
    assert_eq!(start.url.path(), "/start");
    assert!(outbox.all().is_empty(), "a code was sent before the browser returned");
    let state = start.parameter("state").unwrap();
    let page = browser.submit(&start, &Form::post(format!("{}/continue?state={state}", env.tenant_origin))).unwrap();
    assert_eq!(page.url.path(), "/u/mfa");
    let (_, tokens) = env.redeem(&submit_code(&mut browser, &page, &outbox.next().field("code").unwrap()));
    let claims = peek(&tokens["id_token"]);
    assert_eq!((&claims["amr"], &claims["https://app.example/legs"]), (&json!(["mfa"]), &json!("both")));

    env.clock.advance(60);
    assert!(browser.open(&env.authorize_url(&[])).unwrap().parameter("code").is_some());
    let record = json!({ "name": "mfa", "type": "phone", "timestamp": "2027-01-15T08:00:00.000Z" });
    assert_eq!(env.tenant.console()[0], "null");
    assert_eq!(serde_json::from_str::<Value>(&env.tenant.console()[1]).unwrap(), record);
}

#[test]
fn challenge_calls_behave_as_documented() {
    let of = |body: &str| format!("exports.onExecutePostLogin = async (event, api) => {{ {body} }};");
    let not_enrolled = "None of the factors asked for is enrolled";
    for (name, body, end) in [
        ("phone among others", "api.authentication.challengeWithAny([{ type: 'otp' }, { type: 'phone' }])", Ok("text")),
        (
            "phone as second choice, by voice",
            "api.authentication.challengeWith({ type: 'otp' }, { additionalFactors: [{ type: 'phone', options: { preferredMethod: 'voice' } }] })",
            Ok("voice"),
        ),
        ("no enrolled factor", "api.authentication.challengeWith({ type: 'webauthn-roaming' })", Err(not_enrolled)),
        ("disabled again", "api.multifactor.enable('any'); api.multifactor.enable('none')", Ok("")),
        ("enrollWith is ignored", "api.authentication.enrollWith({ type: 'otp' })", Ok("")),
        ("denied as well", "api.multifactor.enable('any'); api.access.deny('no')", Err("no")),
    ] {
        let (env, outbox) = env(&of(body), [accepted()]);
        let page = env.sign_in(&mut env.browser(), &[]);
        match end {
            Err(reason) => assert_eq!(refusal(&page), ("access_denied".into(), reason.into()), "{name}"),
            Ok("") => assert!(page.parameter("code").is_some(), "{name}"),
            Ok(how) => {
                assert_eq!(page.url.path(), "/u/mfa", "{name}");
                assert_eq!(outbox.next().field("delivery_method").as_deref(), Some(how), "{name}");
            }
        }
    }
}

#[test]
fn refresh_and_silent_authentication_cannot_be_challenged() {
    let source = "exports.onExecutePostLogin = async (event, api) => {
        if (event.transaction.protocol === 'oauth2-refresh-token' || event.transaction.prompt.includes('none'))
          api.multifactor.enable('any');
      };";
    let (env, _outbox) = env(source, [accepted()]);
    let mut browser = env.browser();
    let (_, tokens) = env.redeem(&env.sign_in(&mut browser, &[]));
    let token = tokens["refresh_token"].as_str().unwrap();
    let (status, answer) =
        env.token(&[("grant_type", "refresh_token"), ("client_id", "app"), ("refresh_token", token)]);
    assert_eq!((status, &answer["error"]), (403, &json!("mfa_required")));
    let page = browser.open(&env.authorize_url(&[("prompt", "none")])).unwrap();
    assert_eq!(refusal(&page).0, "interaction_required");
}

#[test]
fn a_challenge_without_a_phone_or_a_provider_fails() {
    let ask = "exports.onExecutePostLogin = async (event, api) => api.multifactor.enable('any');";
    let env = TestTenant::with_source(ask);
    let page = env.sign_in(&mut env.browser(), &[]);
    assert_eq!(refusal(&page).1, "A second factor is needed and no phone is enrolled");

    let ada = User::new("auth0|ada", "Ada", "ada@example.com", "correct horse").with_phone(NUMBER);
    let env = TestTenant::with_ada(ada, |_, _| Some(Action::new(ask)), |builder| builder);
    let page = env.sign_in(&mut env.browser(), &[]);
    assert!(page.html.contains("could not be sent"));
    let mut browser = env.browser();
    let page = env.sign_in(&mut browser, &[]);
    assert_eq!(submit_code(&mut browser, &page, "000000").status, 400, "no code was sent, so none is accepted");
}

#[test]
fn the_log_stream_reports_mfa_events_and_retries_failures() {
    let (net, outbox) = scripted([accepted(), Line::Says(500, ""), Line::Silence, accepted()]);
    let net: Arc<dyn Net> = net;
    let logs = "https://logs.example/v1/logs/1";
    let ada = User::new("auth0|ada", "Ada", "ada@example.com", "correct horse").with_phone(NUMBER);
    let silent_provider = "exports.onExecuteCustomPhoneProvider = async () => {};";
    let env = TestTenant::with_ada(
        ada,
        |_, _| Some(Action::new(STEP_UP)),
        |builder| {
            let url = url::Url::parse(logs).unwrap();
            builder.net(net).phone_provider(Action::new(silent_provider)).log_stream(url, "the token, verbatim")
        },
    );
    let mut browser = env.browser();
    let page = env.sign_in(&mut browser, &[("acr_values", OWN_POLICY)]);
    let wrong = submit_code(&mut browser, &page, "1");
    assert_eq!(wrong.status, 400);
    // Three events in five posts: one event needs three tries. Their order is not guaranteed.
    let posts: Vec<_> = (0..5).map(|_| outbox.next()).collect();
    let mut kinds = std::collections::BTreeMap::<String, Value>::new();
    for post in &posts {
        assert_eq!(post.url, logs);
        assert_eq!(post.header("authorization"), Some("the token, verbatim"));
        assert!(post.body.ends_with('\n') && post.body.trim_end().lines().count() == 1, "one line of JSON");
        let item: Value = serde_json::from_str(&post.body).unwrap();
        assert_eq!(item["log_id"], item["data"]["log_id"]);
        assert!(item["log_id"].as_str().unwrap().starts_with("90020270115080000"));
        assert_eq!(item["data"]["details"]["authenticator"]["phone_number"], NUMBER);
        assert_eq!(item["data"]["user_id"], "auth0|ada");
        kinds.insert(item["data"]["type"].as_str().unwrap().to_owned(), item["log_id"].clone());
    }
    assert_eq!(kinds.keys().collect::<Vec<_>>(), ["gd_auth_failed", "gd_send_sms", "gd_start_auth"]);
    assert_eq!(kinds.values().collect::<std::collections::HashSet<_>>().len(), 3, "log IDs must be unique");
}
