//! A fake Twilio Verify: accepts one fixed code, records requests, and fails as a test asks.

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

/// A failure to answer with instead of the regular response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TwilioFailure {
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

/// Twilio Verify as seen by its client.
#[derive(Default)]
pub(super) struct FakeTwilio {
    failures: Mutex<VecDeque<TwilioFailure>>,
    requests: Mutex<Vec<String>>,
    held: Mutex<bool>,
    released: Condvar,
    request_arrived: Notify,
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

    /// Queues a failure for the next request.
    pub(super) fn fail_next(&self, failure: TwilioFailure) {
        self.failures.lock().unwrap().push_back(failure);
    }

    /// The requests since the last call, in order.
    pub(super) fn take_requests(&self) -> Vec<String> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }

    /// Holds all responses until [`release`](Self::release).
    pub(super) fn hold(&self) {
        *self.held.lock().unwrap() = true;
    }

    pub(super) fn release(&self) {
        *self.held.lock().unwrap() = false;
        self.released.notify_all();
    }

    /// Waits for the next request.
    pub(super) async fn wait_for_request(&self) {
        self.request_arrived.notified().await;
    }
}

impl Net for FakeTwilio {
    fn send(&self, request: &Request) -> Result<HttpResponse, NetError> {
        let place = request.url.path().strip_prefix(&format!("/v2/Services/{SERVICE}/")).unwrap().to_owned();
        let fields: Vec<_> = url::form_urlencoded::parse(&request.body).into_owned().collect();
        let field = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap_or_default();
        let request = match place.as_str() {
            "Verifications" => format!("{} to {}", field("Channel"), field("To")),
            "VerificationCheck" => format!("{} of {}", field("Code"), field("VerificationSid")),
            other => panic!("{other}"),
        };
        self.requests.lock().unwrap().push(request);
        self.request_arrived.notify_one();
        let held = self.held.lock().unwrap();
        let waited = self.released.wait_timeout_while(held, Duration::from_secs(20), |held| *held).unwrap();
        assert!(!waited.1.timed_out(), "the fake Twilio was not released in time");
        let failure = self.failures.lock().unwrap().pop_front();
        let correct = field("Code") == CODE;
        let status = if correct { "approved" } else { "pending" };
        match failure {
            Some(failure) => failure.answer(),
            None if place == "Verifications" => Ok(answer(201, &json!({ "sid": VERIFICATION, "status": "pending" }))),
            None => Ok(answer(200, &json!({ "sid": VERIFICATION, "status": status, "valid": correct }))),
        }
    }
}

impl TwilioFailure {
    fn answer(self) -> Result<HttpResponse, NetError> {
        let retry_later = |a: HttpResponse| HttpResponse { retry_after_secs: Some(7), ..a };
        let error = |status, code: u32| answer(status, &json!({ "code": code, "message": "no", "status": status }));
        Ok(match self {
            Self::ChecksUsedUp => error(429, 60202),
            Self::SendsUsedUp => error(429, 60203),
            Self::Concurrent => retry_later(error(429, 60212)),
            Self::RateLimited => retry_later(error(429, 20429)),
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

/// Rules that allow one-time codes up to this channel.
pub(super) fn rules_with_code(fallback: countenance_core::protocol::Fallback) -> Rules {
    Rules { fallback: Some(fallback), ..rules() }
}
