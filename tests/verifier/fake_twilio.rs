//! A fake Twilio Verify: one fixed code, and any response a test sets.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

use countenance_net::{HttpResponse, Net, NetError, Request, testing::response};
use countenance_verifier::{Database, Rules, TwilioVerify};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::test_verifier::{TestVerifier, rules};

pub(super) const CODE: &str = "270118";
pub(super) const WRONG: &str = "000000";
pub(super) const PHONE: &str = "+15550100";
pub(super) const VERIFICATION: &str = "VE0123456789abcdef0123456789abcdef";
const SERVICE: &str = "VA0123456789abcdef0123456789abcdef";

/// What Twilio says in place of what it would.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    ChecksUsedUp,
    SendsUsedUp,
    Concurrent,
    RateLimited,
    Gone,
    BadNumber,
    Blocked,
    WrongCredentials,
    Broken,
    Nonsense,
    HangsUp,
    TimesOut,
}

/// Twilio, as far as it can be heard.
#[derive(Default)]
pub(super) struct FakeTwilio {
    says: Mutex<VecDeque<Says>>,
    asked: Mutex<Vec<String>>,
    held: Mutex<bool>,
    released: Condvar,
    rings: Notify,
}

impl FakeTwilio {
    /// A verifier with a fake Twilio.
    pub(super) async fn verifier(rules: Rules) -> (TestVerifier, Arc<Self>) {
        Self::verifier_at(Database::Memory, rules).await
    }

    pub(super) async fn verifier_at(database: Database, rules: Rules) -> (TestVerifier, Arc<Self>) {
        let twilio = Arc::new(Self::default());
        let base = "https://verify.example".parse().unwrap();
        let codes = TwilioVerify::new(base, SERVICE, "AC1", "s3cret", twilio.clone()).unwrap();
        (TestVerifier::with_codes(database, rules, codes).await, twilio)
    }

    /// Says this to the next question.
    pub(super) fn says(&self, what: Says) {
        self.says.lock().unwrap().push_back(what);
    }

    /// What it was asked, in order, since this was last called.
    pub(super) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// Answers nothing until [`release`](Self::release).
    pub(super) fn hold(&self) {
        *self.held.lock().unwrap() = true;
    }

    pub(super) fn release(&self) {
        *self.held.lock().unwrap() = false;
        self.released.notify_all();
    }

    /// Waits until somebody asks.
    pub(super) async fn rung(&self) {
        self.rings.notified().await;
    }
}

impl Net for FakeTwilio {
    fn send(&self, request: &Request) -> Result<HttpResponse, NetError> {
        let place = request.url.path().strip_prefix(&format!("/v2/Services/{SERVICE}/")).unwrap().to_owned();
        let fields: Vec<_> = url::form_urlencoded::parse(&request.body).into_owned().collect();
        let field = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap_or_default();
        let asked = match place.as_str() {
            "Verifications" => format!("{} to {}", field("Channel"), field("To")),
            "VerificationCheck" => format!("{} of {}", field("Code"), field("VerificationSid")),
            other => panic!("{other}"),
        };
        self.asked.lock().unwrap().push(asked);
        self.rings.notify_one();
        let held = self.held.lock().unwrap();
        let waited = self.released.wait_timeout_while(held, Duration::from_secs(20), |held| *held).unwrap();
        assert!(!waited.1.timed_out(), "nobody released the fake Twilio");
        let says = self.says.lock().unwrap().pop_front();
        let right = field("Code") == CODE;
        let status = if right { "approved" } else { "pending" };
        match says {
            Some(says) => says.answer(),
            None if place == "Verifications" => Ok(answer(201, &json!({ "sid": VERIFICATION, "status": "pending" }))),
            None => Ok(answer(200, &json!({ "sid": VERIFICATION, "status": status, "valid": right }))),
        }
    }
}

impl Says {
    fn answer(self) -> Result<HttpResponse, NetError> {
        let later = |a: HttpResponse| HttpResponse { retry_after_secs: Some(7), ..a };
        let error = |status, code: u32| answer(status, &json!({ "code": code, "message": "no", "status": status }));
        Ok(match self {
            Self::ChecksUsedUp => error(429, 60202),
            Self::SendsUsedUp => error(429, 60203),
            Self::Concurrent => later(error(429, 60212)),
            Self::RateLimited => later(error(429, 20429)),
            Self::Gone => error(404, 20404),
            Self::BadNumber => error(400, 60200),
            Self::Blocked => error(403, 60410),
            Self::WrongCredentials => error(401, 20003),
            Self::Broken => response(500, "<html>"),
            Self::Nonsense => response(201, "[]"),
            Self::HangsUp => return Err(NetError::NoAnswer("hung up".into())),
            Self::TimesOut => return Err(NetError::TimedOut("20 s".into())),
        })
    }
}

fn answer(status: u16, body: &Value) -> HttpResponse {
    response(status, body.to_string())
}

/// Rules that allow a code by this way.
pub(super) fn by(fallback: countenance_core::protocol::Fallback) -> Rules {
    Rules { fallback: Some(fallback), ..rules() }
}
