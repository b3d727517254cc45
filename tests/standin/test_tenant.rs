//! A tenant and an application on loopback, with a manual clock. Also acts as the verifier.

use std::sync::{Arc, OnceLock};

use axum::{Router, response::Html};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use countenance_core::{
    clock::{Clock, UnixSecs},
    testing::ManualClock,
};
use countenance_net::{HttpNet, Net, Request};
use countenance_standin::{
    browser::{Browser, Form, Page},
    loopback::Loopback,
    relying_party::RelyingParty,
    tenant::{Action, Client, SigningKey, Tenant, TenantBuilder, User},
};
use countenance_system::SystemRandom;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use url::Url;

/// The Action that customers deploy.
pub(super) const ACTION: &str = include_str!("../../packaging/auth0/actions/verified-post-login.js");
pub(super) const SECRET: &str = "a session secret that only tenant and verifier know";
pub(super) const POLICY: &str = "https://authid.ai/policies/multi-factor";
pub(super) const CLAIM: &str = "https://authid.ai/claims/amr";
pub(super) const NOW: UnixSecs = 1_800_000_000;
pub(super) const CODE_VERIFIER: &str = "0123456789abcdefghijklmnopqrstuvwxyz-._~ABC";

/// The running servers; dropping this stops them.
pub(super) struct TestTenant {
    pub(super) tenant: Tenant,
    pub(super) clock: Arc<ManualClock>,
    pub(super) tenant_origin: String,
    pub(super) verifier_origin: String,
    pub(super) payroll_origin: String,
    pub(super) net: HttpNet,
    loopback: Loopback,
}

impl TestTenant {
    /// A tenant with the real Action in this mode.
    pub(super) fn with_mode(mode: &str) -> Self {
        Self::new(|tenant, verifier| Some(real_action(mode, tenant, verifier)), |builder| builder)
    }

    /// A tenant with an Action of this source.
    pub(super) fn with_source(source: &str) -> Self {
        Self::new(|_, _| Some(Action::new(source).secret("S", SECRET)), |builder| builder)
    }

    /// A tenant with the result of `action`, which gets the origins of tenant and verifier.
    pub(super) fn new(
        action: impl FnOnce(&str, &str) -> Option<Action>,
        more: impl FnOnce(TenantBuilder) -> TenantBuilder,
    ) -> Self {
        Self::with_ada(User::new("auth0|ada", "Ada", "ada@example.com", "correct horse"), action, more)
    }

    /// As [`new`](Self::new), with another user record for Ada.
    pub(super) fn with_ada(
        ada: User,
        action: impl FnOnce(&str, &str) -> Option<Action>,
        more: impl FnOnce(TenantBuilder) -> TenantBuilder,
    ) -> Self {
        let loopback = Loopback::new(1).unwrap();
        let bind = |name| loopback.bind(name).unwrap();
        let ((at_tenant, tenant_origin), (at_payroll, payroll_origin)) = (bind("tenant"), bind("payroll"));
        let (at_verifier, verifier_origin) = bind("verifier");
        let (clock, net) = (Arc::new(ManualClock::at(NOW)), HttpNet::loopback().unwrap());

        let payroll = RelyingParty::builder(
            &Url::parse(&payroll_origin).unwrap(),
            &Url::parse(&tenant_origin).unwrap(),
            "payroll",
            Arc::new(net.clone()),
        );
        let payroll = payroll.clock(clock.clone()).build();
        let app_callback = format!("{}/callback", verifier_origin.replace("verifier", "app"));
        let mut builder = Tenant::builder(Url::parse(&tenant_origin).unwrap())
            .user(ada)
            .user(User::new("auth0|bob", "Bob", "bob@example.com", "battery staple"))
            .client(Client {
                client_id: "payroll".into(),
                name: "Payroll".into(),
                redirect_uris: vec![payroll.redirect_uri()],
            })
            .client(Client { client_id: "app".into(), name: "App".into(), redirect_uris: vec![app_callback] })
            .api("https://api.example.com")
            .custom_domain(Url::parse(&tenant_origin.replace("//tenant.", "//login.")).unwrap())
            .signing_key(signing_key())
            .clock(clock.clone());
        if let Some(action) = action(&tenant_origin, &verifier_origin) {
            builder = builder.action(action);
        }
        let tenant = more(builder).build().unwrap();

        loopback.serve(at_tenant, tenant.router());
        loopback.serve(at_payroll, payroll.router());
        // Placeholder for the verifier's landing page and the application's callback: tests only read the URL.
        let blank = Router::new().fallback(async || Html("<!doctype html><title>Elsewhere</title>"));
        loopback.serve(at_verifier, blank);
        Self { tenant, clock, tenant_origin, verifier_origin, payroll_origin, net, loopback }
    }

    /// Serves another router as `name`.localhost, and returns its origin.
    pub(super) fn serve(&self, name: &str, router: impl FnOnce(&str) -> Router) -> String {
        let (listener, origin) = self.loopback.bind(name).unwrap();
        self.loopback.serve(listener, router(&origin));
        origin
    }

    pub(super) fn browser(&self) -> Browser {
        Browser::new(self.clock.clone()).unwrap()
    }

    /// URL of `/authorize` for the test application; `more` adds or replaces parameters, an empty value removes one.
    pub(super) fn authorize_url(&self, more: &[(&str, &str)]) -> String {
        let challenge = BASE64.encode(Sha256::digest(CODE_VERIFIER));
        let callback = self.app_callback();
        let mut parameters = vec![
            ("client_id", "app"),
            ("redirect_uri", &callback),
            ("response_type", "code"),
            ("scope", "openid profile email offline_access"),
            ("state", "the app's state"),
            ("nonce", "the app's nonce"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        parameters.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
        parameters.extend(more.iter().filter(|(_, value)| !value.is_empty()));
        Url::parse_with_params(&format!("{}/authorize", self.tenant_origin), parameters).unwrap().into()
    }

    /// The tenant's custom domain.
    pub(super) fn login_origin(&self) -> String {
        self.tenant_origin.replace("//tenant.", "//login.")
    }

    pub(super) fn app_callback(&self) -> String {
        format!("{}/callback", self.verifier_origin.replace("verifier", "app"))
    }

    /// Submits Ada's credentials on the password page.
    pub(super) fn submit_password(browser: &mut Browser, page: &Page) -> Page {
        let form = page.form_with("password").unwrap();
        browser.submit(page, &form.fill("email", "ada@example.com").fill("password", "correct horse")).unwrap()
    }

    /// Opens `/authorize` and submits Ada's password; returns the page the browser ends at.
    pub(super) fn sign_in(&self, browser: &mut Browser, more: &[(&str, &str)]) -> Page {
        let page = browser.open(&self.authorize_url(more)).unwrap();
        Self::submit_password(browser, &page)
    }

    /// Claims of the return token with which the verifier approves the sign-in of this landing page.
    pub(super) fn approval(&self, start: &Page) -> Map<String, Value> {
        let asked = decode(&start.parameter("session_token").unwrap(), SECRET);
        let answer = json!({
            "sub": asked["sub"], "iss": self.verifier_origin, "iat": self.clock.now(), "exp": self.clock.now() + 60,
            "state": start.parameter("state"), "jti": "once", "integration_id": asked["integration_id"],
            "result": "approved", "purpose": "verify", "amr": ["face", "mfa"],
        });
        answer.as_object().unwrap().clone()
    }

    /// Signs `answer` and posts it to `/continue` from the verifier's page.
    pub(super) fn return_result(&self, browser: &mut Browser, start: &Page, answer: &Map<String, Value>) -> Page {
        let state = start.parameter("state").unwrap();
        let form = Form::post(format!("{}/continue?state={state}", self.tenant_origin));
        browser.submit(start, &form.fill("session_token", &sign(answer, SECRET))).unwrap()
    }

    /// Returns an approval.
    pub(super) fn approve(&self, browser: &mut Browser, start: &Page) -> Page {
        self.return_result(browser, start, &self.approval(start))
    }

    /// Returns a refusal with this reason.
    pub(super) fn refuse(&self, browser: &mut Browser, start: &Page, reason: &str) -> Page {
        let mut answer = self.approval(start);
        answer.insert("result".into(), json!("refused"));
        answer.insert("reason".into(), json!(reason));
        self.return_result(browser, start, &answer)
    }

    /// Redeems the code of a callback page; returns status and body of `/oauth/token`.
    pub(super) fn redeem(&self, callback: &Page) -> (u16, Value) {
        let code = callback.parameter("code").unwrap_or_else(|| panic!("no code: {:?}", callback.parameter("error")));
        self.token(&[
            ("grant_type", "authorization_code"),
            ("client_id", "app"),
            ("redirect_uri", &self.app_callback()),
            ("code", &code),
            ("code_verifier", CODE_VERIFIER),
        ])
    }

    pub(super) fn token(&self, fields: &[(&str, &str)]) -> (u16, Value) {
        let url = Url::parse(&format!("{}/oauth/token", self.tenant_origin)).unwrap();
        let answer = self.net.send(&Request::form(url, fields)).unwrap();
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }
}

/// The customer's Action with valid settings.
pub(super) fn real_action(mode: &str, tenant: &str, verifier: &str) -> Action {
    Action::new(ACTION)
        .secret("SESSION_SECRET", SECRET)
        .secret("INTEGRATION_ID", "integration-1")
        .secret("VERIFIER_ORIGIN", verifier)
        .secret("CONTINUE_ORIGIN", tenant)
        .secret("MODE", mode)
}

/// One key for all tests, as generating one is slow.
pub(super) fn signing_key() -> SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate(&SystemRandom).unwrap()).clone()
}

/// An HS256 JWT.
pub(super) fn sign(claims: &Map<String, Value>, secret: &str) -> String {
    sign_as(&Header::new(Algorithm::HS256), claims, secret)
}

pub(super) fn sign_as(header: &Header, claims: &Map<String, Value>, secret: &str) -> String {
    jsonwebtoken::encode(header, claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
}

/// The claims of an HS256 JWT.
pub(super) fn decode(token: &str, secret: &str) -> Value {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    validation.required_spec_claims.clear();
    jsonwebtoken::decode(token, &DecodingKey::from_secret(secret.as_bytes()), &validation).unwrap().claims
}

/// The claims of a token, without verification.
pub(super) fn peek(token: &Value) -> Value {
    jsonwebtoken::dangerous::insecure_decode_claims(token.as_str().unwrap()).unwrap()
}

/// `error` and `error_description` of a callback.
pub(super) fn refusal(page: &Page) -> (String, String) {
    (page.parameter("error").unwrap_or_default(), page.parameter("error_description").unwrap_or_default())
}
