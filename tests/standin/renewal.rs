//! The relying party between sign-ins: refresh tokens and silent authentication. Neither asserts a second factor, and
//! neither revokes an earlier assertion.

use std::sync::Arc;

use countenance_standin::browser::{Browser, Form, Page};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rsa::pkcs1::EncodeRsaPrivateKey;
use serde_json::{Value, json};

use super::{
    application::{OneToken, open, serve_application, test_key},
    test_tenant::{CLAIM, NOW, TestTenant},
};

const CHECKED: &str = "Your face has been checked";

fn renew(env: &TestTenant, browser: &mut Browser) -> Page {
    let home = open(env, browser, "/");
    browser.submit(&home, &Form::post(format!("{}/renew", env.payroll_origin))).unwrap()
}

/// Signs in as Ada, with her password only.
fn sign_in(env: &TestTenant, browser: &mut Browser) -> Page {
    let password = open(env, browser, "/login");
    TestTenant::submit_password(browser, &password)
}

/// The path that a request of the salary page ends at.
fn salary(env: &TestTenant, browser: &mut Browser) -> String {
    open(env, browser, "/salary").url.path().to_owned()
}

#[test]
fn a_renewal_does_not_extend_a_second_factor() {
    let env = TestTenant::with_mode("on-demand");
    let mut browser = env.browser();
    let password = open(&env, &mut browser, "/salary");
    let start = TestTenant::submit_password(&mut browser, &password);
    assert_eq!(env.approve(&mut browser, &start).url.path(), "/salary");
    for (step_secs, leads_to) in [(300, "/salary"), (299, "/salary"), (1, "/start")] {
        env.clock.advance(step_secs);
        assert_eq!(renew(&env, &mut browser).url.path(), "/");
        assert_eq!(salary(&env, &mut browser), leads_to);
    }
}

#[test]
fn a_renewal_never_gains_a_second_factor() {
    for (name, claims) in [("as documented", false), ("with an unearned claim", true)] {
        let body = if claims { "api.idToken.setCustomClaim('https://authid.ai/claims/amr', 'mfa');" } else { "" };
        let env = TestTenant::with_source(&format!(
            "exports.onExecutePostLogin = async (event, api) => {{
               if (event.transaction.protocol === 'oauth2-refresh-token') {{ {body} }}
             }};"
        ));
        let mut browser = env.browser();
        sign_in(&env, &mut browser);
        let home = renew(&env, &mut browser);
        assert!(home.html.contains("Good day, Ada") && !home.html.contains(CHECKED), "{name}");
        assert_eq!(
            salary(&env, &mut browser),
            "/callback",
            "{name}: the step-up is requested, not given, and not repeated"
        );
    }
}

#[test]
fn a_renewal_extends_the_session() {
    let env = TestTenant::with_mode("on-demand");
    let (mut renewed, mut left) = (env.browser(), env.browser());
    for browser in [&mut renewed, &mut left] {
        sign_in(&env, browser);
    }
    env.clock.advance(35_999);
    renew(&env, &mut renewed);
    env.clock.advance(1);
    assert!(open(&env, &mut renewed, "/").html.contains("Good day, Ada"));
    assert!(open(&env, &mut left, "/").html.contains("Log in"), "the session must end after ten hours");
    assert!(renew(&env, &mut left).html.contains("nothing to renew"), "an ended session cannot be renewed");
}

#[test]
fn a_refused_renewal_keeps_the_session() {
    let env = TestTenant::with_source(
        "exports.onExecutePostLogin = async (event, api) => {
           if (event.transaction.protocol === 'oauth2-refresh-token') { api.access.deny('not today'); }
         };",
    );
    let mut browser = env.browser();
    assert!(renew(&env, &mut browser).html.contains("nothing to renew"), "there is no session yet");
    sign_in(&env, &mut browser);
    let page = renew(&env, &mut browser);
    assert_eq!(page.status, 403);
    assert!(page.html.contains("does not renew this login"));
    let home = open(&env, &mut browser, "/");
    assert!(home.html.contains("Good day, Ada") && !home.html.contains("/renew"), "the refresh token must be dropped");
}

#[test]
fn a_renewed_token_must_have_the_same_subject_and_auth_time() {
    let env = TestTenant::new(|_, _| None, |builder| builder);
    let key = test_key();
    let tenant = Arc::new(OneToken::publishing(&key));
    let app = serve_application(&env, tenant.clone());
    let rs256 = EncodingKey::from_rsa_der(key.to_pkcs1_der().unwrap().as_bytes());
    let header = Header { kid: Some("k1".into()), ..Header::new(Algorithm::RS256) };
    let give = |change: (&str, Value)| {
        let mut claims = json!({
            "iss": format!("{}/", env.verifier_origin), "aud": "payroll", "sub": "auth0|ada", "name": "Ada",
            "iat": NOW, "exp": NOW + 60, "auth_time": NOW - 5, CLAIM: "mfa",
        });
        claims[change.0] = change.1;
        *tenant.token.lock().unwrap() = Some(jsonwebtoken::encode(&header, &claims, &rs256).unwrap());
    };
    let go = |browser: &mut Browser, path: &str| {
        let asked = browser.open(&format!("{app}{path}")).unwrap();
        let (state, nonce) = (asked.parameter("state").unwrap(), asked.parameter("nonce").unwrap());
        (asked, state, nonce)
    };
    for (name, change, status) in [
        ("the same", ("name", json!("Ada")), 200),
        ("a new name", ("name", json!("Ada L.")), 200),
        ("another person", ("sub", json!("auth0|bob")), 403),
        ("another authentication", ("auth_time", json!(NOW)), 403),
        ("past its end", ("exp", json!(NOW)), 502),
        ("for another application", ("aud", json!("app")), 502),
    ] {
        let mut browser = env.browser();
        let (asked, state, nonce) = go(&mut browser, "/login");
        give(("nonce", json!(nonce)));
        let home = browser.follow(&asked, &format!("{app}/callback?code=c&state={state}")).unwrap();
        assert!(home.html.contains(CHECKED), "{name}");

        let form = Form::post(format!("{app}/renew"));
        *tenant.token.lock().unwrap() = None;
        let page = browser.submit(&home, &form).unwrap();
        assert_eq!(page.status, 502, "{name}: the tenant is unreachable");
        give(change);
        let page = browser.submit(&home, &form).unwrap();
        assert_eq!(page.status, status, "{name}: {}", page.html);
        let home = browser.open(&format!("{app}/")).unwrap();
        assert!(home.html.contains("Good day, Ada") && home.html.contains(CHECKED), "{name}: still Ada, still checked");
    }

    // A silent check that finds another user signs that user in, without the previous user's second factor.
    let mut browser = env.browser();
    for (sub, checked) in [("auth0|ada", true), ("auth0|ada", true), ("auth0|bob", false), ("auth0|ada", false)] {
        let is_first = !browser.open(&format!("{app}/")).unwrap().html.contains("Good day");
        let (asked, state, nonce) = go(&mut browser, if is_first { "/login" } else { "/silent" });
        give(("nonce", json!(nonce)));
        let claims = json!({
            "iss": format!("{}/", env.verifier_origin), "aud": "payroll", "sub": sub, "iat": NOW, "exp": NOW + 60,
            "nonce": nonce, CLAIM: "mfa",
        });
        *tenant.token.lock().unwrap() = Some(jsonwebtoken::encode(&header, &claims, &rs256).unwrap());
        let home = browser.follow(&asked, &format!("{app}/callback?code=c&state={state}")).unwrap();
        assert_eq!((home.html.contains(sub), home.html.contains(CHECKED)), (true, checked), "{sub}");
    }
}

#[test]
fn a_silent_check_reports_what_the_tenant_requires() {
    let needs_face = "This login needs a look into the camera.";
    for (name, mode, password, face, status, text) in [
        ("not signed in", "always", false, false, 403, "Please log in."),
        ("password alone, a face needed", "always", true, false, 403, needs_face),
        ("face checked", "always", true, true, 200, CHECKED),
        ("password alone, no face needed", "on-demand", true, false, 200, "Good day, Ada"),
    ] {
        let env = TestTenant::with_mode(mode);
        let mut browser = env.browser();
        if password {
            let page = sign_in(&env, &mut browser);
            if face {
                env.approve(&mut browser, &page);
            }
        }
        let page = open(&env, &mut browser, "/silent");
        assert_eq!(page.status, status, "{name}: {}", page.html);
        assert!(page.html.contains(text), "{name}: {}", page.html);
        assert_eq!(page.html.contains("role=\"alert\""), status == 403, "{name}");
    }
}

#[test]
fn a_silent_check_does_not_extend_a_second_factor() {
    let env = TestTenant::with_mode("always");
    let mut browser = env.browser();
    let start = sign_in(&env, &mut browser);
    env.approve(&mut browser, &start);
    env.clock.advance(599);
    assert!(open(&env, &mut browser, "/silent").html.contains(CHECKED));
    env.clock.advance(1);
    assert!(!open(&env, &mut browser, "/silent").html.contains(CHECKED));
    assert_eq!(salary(&env, &mut browser), "/start");
}
