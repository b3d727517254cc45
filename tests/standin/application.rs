//! The relying party: step-up by claim, and handling of invalid responses.

use std::sync::{Arc, Mutex};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use countenance_core::testing::ManualClock;
use countenance_net::{HttpResponse, Method, Net, NetError, Request, testing::response};
use countenance_standin::{
    browser::{Browser, Page},
    relying_party::RelyingParty,
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rsa::{pkcs1::EncodeRsaPrivateKey, traits::PublicKeyParts};
use serde_json::{Value, json};
use url::Url;

use super::test_tenant::{CLAIM, NOW, TestTenant};

pub(super) fn open(env: &TestTenant, browser: &mut Browser, path: &str) -> Page {
    browser.open(&format!("{}{path}", env.payroll_origin)).unwrap()
}

#[test]
fn the_salary_page_requires_a_recent_face_check() {
    let env = TestTenant::with_mode("on-demand");
    let mut browser = env.browser();
    assert!(open(&env, &mut browser, "/").html.contains("Log in"));
    let password = open(&env, &mut browser, "/login");
    assert!(password.html.contains("to go on to Payroll"));
    let home = TestTenant::submit_password(&mut browser, &password);
    assert_eq!((home.url.host_str(), home.url.path()), (Some("payroll.localhost"), "/"));
    assert!(home.html.contains("Good day, Ada"));

    let start = open(&env, &mut browser, "/salary");
    assert_eq!(start.url.host_str(), Some("verifier.localhost"));
    let salary = env.approve(&mut browser, &start);
    assert_eq!((salary.status, salary.url.path()), (200, "/salary"));
    assert!(salary.html.contains("Salary of Ada"));

    env.clock.advance(599);
    assert_eq!(open(&env, &mut browser, "/salary").url.path(), "/salary");
    env.clock.advance(1);
    assert_eq!(open(&env, &mut browser, "/salary").url.path(), "/start", "ten minutes later");
    assert!(open(&env, &mut browser, "/").html.contains("Good day, Ada"), "the session must outlast the step-up");
}

#[test]
fn sign_ins_in_two_tabs_do_not_affect_each_other() {
    let env = TestTenant::with_mode("on-demand");
    let mut browser = env.browser();
    let (first, second) = (open(&env, &mut browser, "/login"), open(&env, &mut browser, "/salary"));
    assert!(TestTenant::submit_password(&mut browser, &first).html.contains("Good day, Ada"));
    let start = TestTenant::submit_password(&mut browser, &second);
    let salary = env.approve(&mut browser, &start);
    assert_eq!((salary.status, salary.url.path()), (200, "/salary"), "{}", salary.html);
    assert!(open(&env, &mut browser, "/").html.contains("Good day, Ada"));
}

#[test]
fn in_always_mode_the_salary_page_needs_no_step_up() {
    let env = TestTenant::with_mode("always");
    let mut browser = env.browser();
    let password = open(&env, &mut browser, "/login");
    let start = TestTenant::submit_password(&mut browser, &password);
    assert!(env.approve(&mut browser, &start).html.contains("Your face has been checked"));
    assert!(open(&env, &mut browser, "/salary").html.contains("Salary of Ada"));
}

#[test]
fn a_refusal_is_explained_with_its_error_codes() {
    let env = TestTenant::with_mode("on-demand");
    let mut browser = env.browser();
    let password = open(&env, &mut browser, "/salary");
    let start = TestTenant::submit_password(&mut browser, &password);
    let page = env.refuse(&mut browser, &start, "not_live");
    assert_eq!(page.status, 403);
    for text in ["Your salary stays closed", "The camera saw no live person.", "access_denied", "countenance_not_live"]
    {
        assert!(page.html.contains(text), "{text}");
    }
    assert!(open(&env, &mut browser, "/").html.contains("Log in"), "the refused user must not be signed in");
}

#[test]
fn a_tenant_that_ignores_the_step_up_causes_an_error_and_no_loop() {
    let env = TestTenant::new(|_, _| None, |builder| builder);
    let mut browser = env.browser();
    let password = open(&env, &mut browser, "/salary");
    let page = TestTenant::submit_password(&mut browser, &password);
    assert_eq!((page.status, page.url.path()), (403, "/callback"));
    assert!(page.html.contains("did not confirm a second factor"));
}

#[test]
fn rejects_unsolicited_callbacks() {
    let env = TestTenant::with_mode("on-demand");
    let (mut ada, mut mallory) = (env.browser(), env.browser());
    // Callbacks planted in Ada's browser must not sign her in to another account (login CSRF).
    let password = open(&env, &mut mallory, "/login");
    let form =
        password.form_with("password").unwrap().fill("email", "bob@example.com").fill("password", "battery staple");
    let origin = Url::parse(&env.payroll_origin).unwrap();
    let home = mallory.submit(&password, &form).unwrap();
    assert!(home.html.contains("Bob"));
    for (name, path) in [
        ("no state", "/callback?code=x"),
        ("unknown state", "/callback?code=x&state=y"),
        ("an error without state", "/callback?error=access_denied&error_description=%3Cb%3E"),
    ] {
        let page = ada.open(origin.join(path).unwrap().as_str()).unwrap();
        assert_eq!(page.status, 403, "{name}");
        assert!(
            page.html.contains("belongs to no login under way in this browser") && !page.html.contains("<b>"),
            "{name}"
        );
    }
}

#[test]
fn signing_out_deletes_the_session_cookie() {
    let env = TestTenant::with_mode("on-demand");
    let mut browser = env.browser();
    let password = open(&env, &mut browser, "/login");
    let home = TestTenant::submit_password(&mut browser, &password);
    let page = browser.submit(&home, &home.forms()[0]).unwrap();
    assert!(page.html.contains("Log in"));
    let url = Url::parse(&env.payroll_origin).unwrap();
    assert_eq!(browser.jar().value(&url, "payroll_session", NOW), None);
}

/// A tenant that answers every token request with one ID token.
pub(super) struct OneToken {
    /// `None`: the tenant is unreachable.
    pub(super) token: Mutex<Option<String>>,
    pub(super) keys: Value,
}

impl OneToken {
    pub(super) fn publishing(key: &rsa::RsaPrivateKey) -> Self {
        let (modulus, exponent) = (BASE64.encode(key.n().to_bytes_be()), BASE64.encode(key.e().to_bytes_be()));
        let jwk = json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "k1", "n": modulus, "e": exponent });
        Self { token: Mutex::default(), keys: json!({ "keys": [jwk] }) }
    }
}

impl Net for OneToken {
    fn send(&self, request: &Request) -> Result<HttpResponse, NetError> {
        let body = match request.method {
            Method::Get => self.keys.clone(),
            Method::Post => match &*self.token.lock().unwrap() {
                Some(token) => json!({ "id_token": token, "refresh_token": "r" }),
                None => return Err(NetError::NoAnswer("not there".into())),
            },
        };
        Ok(response(200, body.to_string()))
    }
}

#[test]
fn rejects_invalid_id_tokens() {
    let env = TestTenant::new(|_, _| None, |builder| builder);
    let key = test_key();
    let tenant = Arc::new(OneToken::publishing(&key));
    let app = serve_application(&env, tenant.clone());

    let rs256 = EncodingKey::from_rsa_der(key.to_pkcs1_der().unwrap().as_bytes());
    let header = |alg: Algorithm, kid: &str| Header { kid: Some(kid.into()), ..Header::new(alg) };
    let issuer = format!("{}/", env.verifier_origin);
    let claims = |nonce: &str, change: (&str, Value)| {
        let mut claims = json!({
            "iss": issuer, "aud": "payroll", "sub": "auth0|ada", "name": "Ada", "iat": NOW, "exp": NOW + 60,
            "nonce": nonce, CLAIM: "mfa",
        });
        claims[change.0] = change.1;
        claims
    };
    let unchanged = || ("name", json!("Ada"));
    let changed = |name: &'static str, change: (&'static str, Value), holds: bool| (name, change, "", holds);
    for (name, change, how, holds) in [
        changed("valid", unchanged(), true),
        changed("audience in a list", ("aud", json!(["payroll"])), true),
        changed("several audiences without `azp`", ("aud", json!(["other", "payroll"])), false),
        changed("a second factor ten minutes old", ("iat", json!(NOW - 600)), false),
        changed("a second factor just under ten minutes old", ("iat", json!(NOW - 599)), true),
        changed("a claim that only contains the value", (CLAIM, json!("mfa-skipped")), false),
        changed("a clock a minute ahead", ("iat", json!(NOW + 60)), true),
        changed("another issuer", ("iss", json!("http://tenant.localhost/")), false),
        changed("no issuer", ("iss", Value::Null), false),
        changed("another audience", ("aud", json!("app")), false),
        changed("another authorized party", ("azp", json!("app")), false),
        changed("expired", ("exp", json!(NOW)), false),
        changed("from the future", ("iat", json!(NOW + 61)), false),
        changed("another nonce", ("nonce", json!("another")), false),
        changed("no nonce", ("nonce", Value::Null), false),
        changed("no subject", ("sub", Value::Null), false),
        ("an unpublished key", unchanged(), "kid", false),
        ("HMAC with the public key", unchanged(), "hmac", false),
        ("no signature", unchanged(), "none", false),
        ("one claim altered", unchanged(), "altered", false),
        ("no token", unchanged(), "garbage", false),
    ] {
        let mut browser = env.browser();
        // The stub answers `/authorize`; the URL has the `state` and `nonce` of the application.
        let asked = browser.open(&format!("{app}/salary")).unwrap();
        let (state, nonce) = (asked.parameter("state").unwrap(), asked.parameter("nonce").unwrap());
        let claims = claims(&nonce, change);
        let good = jsonwebtoken::encode(&header(Algorithm::RS256, "k1"), &claims, &rs256).unwrap();
        let parts: Vec<&str> = good.split('.').collect();
        let token = match how {
            "kid" => jsonwebtoken::encode(&header(Algorithm::RS256, "k2"), &claims, &rs256).unwrap(),
            "hmac" => {
                let secret = EncodingKey::from_secret(&key.n().to_bytes_be());
                jsonwebtoken::encode(&header(Algorithm::HS256, "k1"), &claims, &secret).unwrap()
            }
            "none" => format!("{}.{}.", BASE64.encode(r#"{"alg":"none","kid":"k1"}"#), parts[1]),
            "altered" => {
                let other = claims.to_string().replace("Ada", "Bob");
                format!("{}.{}.{}", parts[0], BASE64.encode(other), parts[2])
            }
            "garbage" => "token".into(),
            _ => good.clone(),
        };
        *tenant.token.lock().unwrap() = Some(token);
        let page = browser.follow(&asked, &format!("{app}/callback?code=c&state={state}")).unwrap();
        assert_eq!((page.status == 200, page.url.path() == "/salary"), (holds, holds), "{name}: {}", page.html);
        let again = browser.follow(&asked, &format!("{app}/callback?code=c&state={state}")).unwrap();
        assert_eq!(again.status, 403, "{name}: a callback must work only once");
    }
}

/// Serves another instance of the application, with `net` for the tenant.
pub(super) fn serve_application(env: &TestTenant, net: Arc<dyn Net>) -> String {
    env.serve("payroll", |origin| {
        let (origin, tenant) = (Url::parse(origin).unwrap(), Url::parse(&env.verifier_origin).unwrap());
        RelyingParty::builder(&origin, &tenant, "payroll", net).clock(Arc::new(ManualClock::at(NOW))).build().router()
    })
}

/// A fixed RSA key whose private part the test has.
pub(super) fn test_key() -> rsa::RsaPrivateKey {
    struct Seeded(u64);
    impl rsa::rand_core::RngCore for Seeded {
        fn next_u32(&mut self) -> u32 {
            self.next_u64() as u32
        }
        fn next_u64(&mut self) -> u64 {
            // splitmix64: a test key needs no secure randomness.
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        }
        fn fill_bytes(&mut self, out: &mut [u8]) {
            out.fill_with(|| self.next_u64() as u8);
        }
        fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), rsa::rand_core::Error> {
            self.fill_bytes(out);
            Ok(())
        }
    }
    impl rsa::rand_core::CryptoRng for Seeded {}
    rsa::RsaPrivateKey::new(&mut Seeded(1), 2048).unwrap()
}
