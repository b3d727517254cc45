//! Endpoints that applications call: authorization codes, refresh tokens, `/userinfo`, keys and discovery.

use countenance_net::{Net, Request};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode_header, jwk::JwkSet};
use serde_json::{Value, json};
use url::Url;

use super::test_tenant::{CLAIM, CODE_VERIFIER, NOW, POLICY, TestTenant, peek};

#[test]
fn a_code_works_once_and_only_for_its_client() {
    let env = TestTenant::with_mode("on-demand");
    let mut browser = env.browser();
    env.sign_in(&mut browser, &[]);
    let callback = env.app_callback();
    let good = [
        ("grant_type", "authorization_code"),
        ("client_id", "app"),
        ("redirect_uri", callback.as_str()),
        ("code_verifier", CODE_VERIFIER),
    ];
    let other_verifier = CODE_VERIFIER.replace('0', "1");
    for (name, change, wait_secs, status) in [
        ("good", ("", ""), 59, 200),
        ("late", ("", ""), 60, 403),
        ("another client", ("client_id", "payroll"), 0, 403),
        ("another callback", ("redirect_uri", "http://payroll.localhost/"), 0, 403),
        ("another verifier", ("code_verifier", other_verifier.as_str()), 0, 403),
        ("no verifier", ("code_verifier", ""), 0, 403),
        ("another grant", ("grant_type", "password"), 0, 400),
    ] {
        let page = browser.open(&env.authorize_url(&[])).unwrap();
        let code = page.parameter("code").unwrap();
        env.clock.advance(wait_secs);
        let mut fields: Vec<_> = good.iter().map(|field| if field.0 == change.0 { change } else { *field }).collect();
        fields.push(("code", &code));
        assert_eq!(env.token(&fields).0, status, "{name}");
        if status != 400 {
            let (status, answer) = env.redeem(&page);
            assert_eq!((status, &answer["error"]), (403, &json!("invalid_grant")), "{name}: spent");
        }
    }
}

#[test]
fn a_refresh_keeps_the_subject_and_drops_the_claim() {
    for mode in ["always", "on-demand"] {
        let env = TestTenant::with_mode(mode);
        let mut browser = env.browser();
        let start = env.sign_in(&mut browser, &[("acr_values", POLICY)]);
        let (_, tokens) = env.redeem(&env.approve(&mut browser, &start));
        assert_eq!(peek(&tokens["id_token"])[CLAIM], "mfa", "{mode}");

        env.clock.advance(48 * 3600);
        let refresh = |token: &Value, client: &str| {
            let token = token.as_str().unwrap();
            env.token(&[("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", token)])
        };
        let (status, fresh) = refresh(&tokens["refresh_token"], "app");
        let id_token = peek(&fresh["id_token"]);
        assert_eq!((status, &id_token["sub"]), (200, &json!("auth0|ada")), "{mode}");
        assert!(id_token.get(CLAIM).is_none() && id_token.get("nonce").is_none(), "{mode}");
        assert_eq!(refresh(&tokens["refresh_token"], "app").0, 403, "{mode}: a refresh token must work only once");
        assert_eq!(refresh(&fresh["refresh_token"], "payroll").0, 403, "{mode}: another client");
    }
}

#[test]
fn a_redirect_or_denial_during_a_refresh_is_an_error() {
    for (body, error) in [
        ("api.redirect.sendUserTo('https://verifier.example.com/');", "interaction_required"),
        ("api.access.deny('not today');", "access_denied"),
        ("throw new Error('not today');", "access_denied"),
    ] {
        let env = TestTenant::with_source(&format!(
            "exports.onExecutePostLogin = async (event, api) => {{
               if (event.transaction.protocol === 'oauth2-refresh-token') {{ {body} }}
             }};"
        ));
        let (_, tokens) = env.redeem(&env.sign_in(&mut env.browser(), &[]));
        let token = tokens["refresh_token"].as_str().unwrap();
        let (status, answer) =
            env.token(&[("grant_type", "refresh_token"), ("client_id", "app"), ("refresh_token", token)]);
        assert_eq!((status, answer["error"].as_str()), (403, Some(error)), "{body}");
    }
}

#[test]
fn tokens_verify_with_the_published_keys() {
    let env = TestTenant::with_mode("always");
    let mut browser = env.browser();
    let start = env.sign_in(&mut browser, &[("audience", "https://api.example.com")]);
    let (_, tokens) = env.redeem(&env.approve(&mut browser, &start));
    let fetch = |url: &str| -> Value {
        serde_json::from_slice(&env.net.send(&Request::get(Url::parse(url).unwrap())).unwrap().body).unwrap()
    };
    let discovery = fetch(&format!("{}/.well-known/openid-configuration", env.tenant_origin));
    assert_eq!(discovery["issuer"], format!("{}/", env.tenant_origin));
    let keys: JwkSet = serde_json::from_value(fetch(discovery["jwks_uri"].as_str().unwrap())).unwrap();
    for (name, audience) in [("id_token", "app"), ("access_token", "https://api.example.com")] {
        let token = tokens[name].as_str().unwrap();
        let kid = decode_header(token).unwrap().kid.unwrap();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.validate_exp = false;
        validation.set_issuer(&[discovery["issuer"].as_str().unwrap()]);
        validation.set_audience(&[audience]);
        let key = DecodingKey::from_jwk(keys.find(&kid).unwrap()).unwrap();
        let claims = jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap().claims;
        assert_eq!((&claims[CLAIM], &claims["iat"]), (&json!("mfa"), &json!(NOW)), "{name}");
    }
}

#[test]
fn userinfo_requires_a_valid_access_token() {
    let env = TestTenant::with_mode("on-demand");
    let (_, tokens) = env.redeem(&env.sign_in(&mut env.browser(), &[]));
    let userinfo = |token: &str| -> (u16, Value) {
        let url = format!("http://{}/userinfo", Url::parse(&env.tenant_origin).unwrap().authority());
        let answer = bearer_get(&url.replace("tenant.localhost", "127.0.0.1"), token);
        (answer.0, serde_json::from_str(&answer.1).unwrap())
    };
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    let ada = json!({ "sub": "auth0|ada", "name": "Ada", "email": "ada@example.com", "email_verified": true });
    assert_eq!(userinfo(&token), (200, ada));
    assert_eq!(userinfo("guessed").0, 401);
    env.clock.advance(24 * 3600);
    assert_eq!(userinfo(&token).0, 401);
}

/// A raw GET request with a bearer token: status and body.
fn bearer_get(url: &str, token: &str) -> (u16, String) {
    use std::io::{Read, Write};
    let url = Url::parse(url).unwrap();
    let address = (url.host_str().unwrap(), url.port().unwrap());
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    // A tenant serves only its own host name, so `Host` has the name and not the address.
    let (path, host) = (url.path(), format!("tenant.localhost:{}", address.1));
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}
