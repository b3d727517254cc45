//! The customer's Action in a complete tenant over HTTP, in both modes: requests of an application and their outcomes.

use countenance_standin::browser::{Browser, Form, Page};

use super::test_tenant::{CLAIM, POLICY, SECRET, TestTenant, decode, peek, real_action, refusal, sign};

/// Where the tenant sends the browser, and the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// To the verifier; after its approval the ID token has the claim.
    Verifier,
    /// To the application, with a code for an ID token that has the claim, by an earlier face check.
    Remembered,
    /// To the application, with a code for an ID token without the claim.
    Plain,
    /// To the application, with this `error_description`.
    Refused(&'static str),
}

use End::{Plain, Refused, Remembered, Verifier};

const NEEDED: End = Refused("countenance_interaction_required");
const MISCONFIGURED: End = Refused("countenance_configuration_error");
const OTHERS_POLICY: &str = "urn:example:other";

/// What happens before the request of the row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing, so the password page is shown.
    Nothing,
    /// A sign-in that the verifier approved this many seconds ago.
    Verified(i64),
    /// A sign-in in the same browser with a password and no face.
    Password,
}

/// One request of an application.
struct Row {
    name: &'static str,
    before: Before,
    asks: &'static [(&'static str, &'static str)],
    /// Replaces a setting of the Action; an empty value removes it.
    setting: Option<(&'static str, &'static str)>,
    custom_domain: bool,
    always: End,
    on_demand: End,
}

const ROW: Row = Row {
    name: "",
    before: Before::Nothing,
    asks: &[],
    setting: None,
    custom_domain: false,
    always: Verifier,
    on_demand: Plain,
};

const SILENT: (&str, &str) = ("prompt", "none");
const FIVE_MINUTES: Option<(&str, &str)> = Some(("MAX_AGE", "300"));

fn rows() -> Vec<Row> {
    use Before::{Password, Verified};
    vec![
        Row { name: "plain sign-in", ..ROW },
        Row { name: "asked", asks: &[("acr_values", POLICY)], on_demand: Verifier, ..ROW },
        Row {
            name: "asked among others",
            asks: &[("acr_values", "urn:example:other https://authid.ai/policies/multi-factor")],
            on_demand: Verifier,
            ..ROW
        },
        Row { name: "asked for another policy", asks: &[("acr_values", OTHERS_POLICY)], ..ROW },
        Row { name: "second sign-in of a session", before: Verified(60), ..ROW },
        Row {
            name: "second sign-in, asked",
            before: Verified(60),
            asks: &[("acr_values", POLICY)],
            on_demand: Verifier,
            ..ROW
        },
        Row { name: "sign-in forced by `prompt=login`", before: Verified(60), asks: &[("prompt", "login")], ..ROW },
        Row {
            name: "silent, not signed in",
            asks: &[SILENT],
            always: Refused("Login required"),
            on_demand: Refused("Login required"),
            ..ROW
        },
        Row { name: "silent, no face yet", before: Password, asks: &[SILENT], always: NEEDED, ..ROW },
        Row { name: "silent, fresh", before: Verified(24 * 3600), asks: &[SILENT], always: Plain, ..ROW },
        Row { name: "silent, too old", before: Verified(24 * 3600 + 1), asks: &[SILENT], always: NEEDED, ..ROW },
        Row {
            name: "silent, fresh, asked",
            before: Verified(60),
            asks: &[SILENT, ("acr_values", POLICY)],
            always: NEEDED,
            on_demand: NEEDED,
            ..ROW
        },
        Row { name: "custom domain", custom_domain: true, ..ROW },
        Row {
            name: "custom domain, asked",
            custom_domain: true,
            asks: &[("acr_values", POLICY)],
            on_demand: Verifier,
            ..ROW
        },
        // The Action then derives it from the host name of the request.
        Row {
            name: "custom domain, return address left out",
            custom_domain: true,
            setting: Some(("CONTINUE_ORIGIN", "")),
            asks: &[("acr_values", POLICY)],
            on_demand: Verifier,
            ..ROW
        },
        Row {
            name: "no secret",
            setting: Some(("SESSION_SECRET", "")),
            always: MISCONFIGURED,
            on_demand: MISCONFIGURED,
            ..ROW
        },
        Row {
            name: "an unreplaced placeholder as secret",
            setting: Some(("SESSION_SECRET", "@@COUNTENANCE_PRODUCTION_SESSION_SECRET@@")),
            always: MISCONFIGURED,
            on_demand: MISCONFIGURED,
            ..ROW
        },
        Row {
            name: "no integration",
            setting: Some(("INTEGRATION_ID", "")),
            always: MISCONFIGURED,
            on_demand: MISCONFIGURED,
            ..ROW
        },
        Row {
            name: "verifier with a path",
            setting: Some(("VERIFIER_ORIGIN", "https://v.example/x")),
            always: MISCONFIGURED,
            on_demand: MISCONFIGURED,
            ..ROW
        },
    ]
}

#[test]
fn every_request_ends_as_listed_in_both_modes() {
    for row in rows() {
        for (mode, expected) in [("always", &row.always), ("on-demand", &row.on_demand)] {
            assert_eq!(&end(&row, mode), expected, "{mode}: {}", row.name);
        }
    }
}

/// With MAX_AGE set to 300 seconds: a face check of this browser session is reused for that time.
fn rows_with_max_age() -> Vec<Row> {
    use Before::{Password, Verified};
    let row = Row { setting: FIVE_MINUTES, ..ROW };
    let asks = &[("acr_values", POLICY)];
    vec![
        Row { name: "first sign-in, asked", asks, on_demand: Verifier, ..row },
        Row { name: "no face yet, asked", before: Password, asks, on_demand: Verifier, ..row },
        Row { name: "second sign-in", before: Verified(300), always: Remembered, ..row },
        Row {
            name: "second sign-in, asked",
            before: Verified(300),
            asks,
            always: Remembered,
            on_demand: Remembered,
            ..row
        },
        Row { name: "after MAX_AGE", before: Verified(301), asks, on_demand: Verifier, ..row },
        Row {
            name: "sign-in forced by `prompt=login`, asked",
            before: Verified(5),
            asks: &[("prompt", "login"), ("acr_values", POLICY)],
            on_demand: Verifier,
            ..row
        },
        Row { name: "silent", before: Verified(300), asks: &[SILENT], always: Plain, ..row },
        Row { name: "silent, after MAX_AGE", before: Verified(301), asks: &[SILENT], always: NEEDED, ..row },
        Row {
            name: "silent, asked",
            before: Verified(5),
            asks: &[SILENT, ("acr_values", POLICY)],
            always: NEEDED,
            on_demand: NEEDED,
            ..row
        },
        Row {
            name: "an invalid MAX_AGE",
            setting: Some(("MAX_AGE", "an hour")),
            always: MISCONFIGURED,
            on_demand: MISCONFIGURED,
            ..row
        },
    ]
}

#[test]
fn a_face_check_is_reused_within_max_age() {
    for row in rows_with_max_age() {
        for (mode, expected) in [("always", &row.always), ("on-demand", &row.on_demand)] {
            assert_eq!(&end(&row, mode), expected, "{mode}: {}", row.name);
        }
    }
}

#[test]
fn reusing_a_face_check_does_not_extend_it() {
    let env = TestTenant::with_mode("always");
    env.tenant.deploy(real_action("always", &env.tenant_origin, &env.verifier_origin).secret("MAX_AGE", "300"));
    let (mut browser, mut another) = (env.browser(), env.browser());
    let start = env.sign_in(&mut browser, &[]);
    env.approve(&mut browser, &start);
    for (step_secs, is_reused) in [(150, true), (150, true), (1, false)] {
        env.clock.advance(step_secs);
        let page = browser.open(&env.authorize_url(&[])).unwrap();
        assert_eq!(page.parameter("code").is_some(), is_reused, "{step_secs}");
        assert_eq!(page.url.path() == "/start", !is_reused, "{step_secs}");
        assert_eq!(env.sign_in(&mut another, &[("prompt", "login")]).url.path(), "/start", "another browser");
    }
}

fn end(row: &Row, mode: &str) -> End {
    let env = env(row, mode);
    let mut browser = env.browser();
    prepare(&env, &mut browser, row, mode);
    let mut page = browser.open(&address(&env, row, row.asks)).unwrap();
    let again = row.before == Before::Nothing || row.asks.contains(&("prompt", "login"));
    let shown = page.url.path() == "/u/login";
    assert_eq!(shown, again && !row.asks.contains(&SILENT), "{mode}: {}: the password page", row.name);
    if shown {
        page = TestTenant::submit_password(&mut browser, &page);
    }
    let verified = page.url.path() == "/start";
    if verified {
        page = approve(&env, &mut browser, &page, row);
    }
    if page.parameter("code").is_none() {
        let (_, reason) = refusal(&page);
        let known = ["countenance_interaction_required", "countenance_configuration_error", "Login required"];
        return Refused(known.into_iter().find(|known| *known == reason).unwrap_or("something else"));
    }
    let (status, tokens) = env.redeem(&page);
    assert_eq!(status, 200, "{}", row.name);
    let claims = peek(&tokens["id_token"]);
    assert_eq!(page.parameter("state").as_deref(), Some("the app's state"), "{}", row.name);
    assert_eq!(claims["nonce"], "the app's nonce", "{}", row.name);
    assert!(claims.get("amr").is_none() && claims.get("acr").is_none(), "{}: Auth0 sets neither", row.name);
    let claim = claims.get(CLAIM).cloned();
    let remembers = row.setting == FIVE_MINUTES && !row.asks.contains(&SILENT);
    let granted = verified || remembers && claim.is_some();
    assert_eq!(claim, granted.then(|| "mfa".into()), "{mode}: {}: the claim requires a face check", row.name);

    // The refresh token must work after every outcome, and never yields the claim.
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let (status, fresh) =
        env.token(&[("grant_type", "refresh_token"), ("client_id", "app"), ("refresh_token", refresh)]);
    assert_eq!((status, peek(&fresh["id_token"]).get(CLAIM)), (200, None), "{mode}: {}: refresh", row.name);
    match (verified, granted) {
        (true, _) => Verifier,
        (false, true) => Remembered,
        (false, false) => Plain,
    }
}

/// A tenant with the settings of the row.
fn env(row: &Row, mode: &str) -> TestTenant {
    let env = TestTenant::with_mode(mode);
    let tenant = if row.custom_domain { env.login_origin() } else { env.tenant_origin.clone() };
    let mut action = real_action(mode, &tenant, &env.verifier_origin);
    match row.setting {
        Some((name, "")) => drop(action.secrets.remove(name)),
        Some((name, value)) => action = action.secret(name, value),
        None => {}
    }
    env.tenant.deploy(action);
    env
}

fn prepare(env: &TestTenant, browser: &mut Browser, row: &Row, mode: &str) {
    match row.before {
        Before::Nothing => {}
        Before::Password => {
            let page = browser.open(&address(env, row, &[])).unwrap();
            TestTenant::submit_password(browser, &page);
        }
        Before::Verified(seconds) => {
            let page = browser.open(&address(env, row, &[("acr_values", POLICY)])).unwrap();
            let start = TestTenant::submit_password(browser, &page);
            assert!(approve(env, browser, &start, row).parameter("code").is_some(), "{mode}: {}", row.name);
            env.clock.advance(seconds);
        }
    }
}

fn address(env: &TestTenant, row: &Row, asks: &[(&str, &str)]) -> String {
    let address = env.authorize_url(asks);
    if row.custom_domain { address.replace(&env.tenant_origin, &env.login_origin()) } else { address }
}

/// Approves, after checking `continue_uri`, and returns to the tenant.
fn approve(env: &TestTenant, browser: &mut Browser, start: &Page, row: &Row) -> Page {
    let asked = decode(&start.parameter("session_token").unwrap(), SECRET);
    let origin = if row.custom_domain { env.login_origin() } else { env.tenant_origin.clone() };
    let back = format!("{origin}/continue");
    // The Action derives an `https` origin with the default port. This test tenant has neither, so only the claim is
    // compared.
    let is_derived = row.setting.is_some_and(|(name, _)| name == "CONTINUE_ORIGIN");
    let expected = if is_derived { "https://login.localhost/continue" } else { &back };
    assert_eq!(asked["continue_uri"], expected, "{}", row.name);
    assert_eq!(asked["iss"], "tenant.localhost", "{}: the tenant's own name", row.name);
    let state = start.parameter("state").unwrap();
    let form = Form::post(format!("{back}?state={state}"));
    browser.submit(start, &form.fill("session_token", &sign(&env.approval(start), SECRET))).unwrap()
}

#[test]
fn a_custom_domain_has_its_own_cookies_and_host_name() {
    let env = TestTenant::with_source(
        "exports.onExecutePostLogin = async (event) => { console.log(event.request.hostname, event.tenant.id); };",
    );
    let mut browser = env.browser();
    env.sign_in(&mut browser, &[]);
    let there = env.authorize_url(&[]).replace(&env.tenant_origin, &env.login_origin());
    let page = browser.open(&there).unwrap();
    assert_eq!(
        (page.url.host_str(), page.url.path()),
        (Some("login.localhost"), "/u/login"),
        "the session must not extend to the custom domain"
    );
    let (_, tokens) = env.redeem(&TestTenant::submit_password(&mut browser, &page));
    assert_eq!(
        peek(&tokens["id_token"])["iss"],
        format!("{}/", env.tenant_origin),
        "the issuer must be the canonical domain"
    );
    assert_eq!(env.tenant.console(), ["tenant.localhost tenant.localhost", "login.localhost tenant.localhost"]);
}

#[test]
fn rejects_requests_for_other_host_names() {
    let env = TestTenant::with_mode("on-demand");
    let port = env.tenant_origin.rsplit(':').next().unwrap().to_owned();
    for (name, host, status) in [
        ("its own", format!("tenant.localhost:{port}"), "200"),
        ("its own, in capitals", format!("TENANT.localhost:{port}"), "200"),
        ("its custom domain", format!("login.localhost:{port}"), "200"),
        ("another", format!("evil.localhost:{port}"), "421"),
        ("an IP address", format!("127.0.0.1:{port}"), "421"),
        ("another port", "tenant.localhost:1".to_owned(), "421"),
        ("no host", String::new(), "421"),
    ] {
        assert_eq!(status_of(&port, &host), status, "{name}");
    }
}

/// The status of a bare `GET /.well-known/jwks.json` with this `Host`.
fn status_of(port: &str, host: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port.parse::<u16>().unwrap())).unwrap();
    write!(stream, "GET /.well-known/jwks.json HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text.split(' ').nth(1).unwrap().to_owned()
}
