//! Twilio Verify: sends one-time codes by text message or call, and checks them.

use std::sync::Arc;

use url::Url;
use zeroize::Zeroizing;

use super::phone::PhoneNumber;
use crate::{
    net::{Net, NetError, Request},
    protocol::{Fallback, OneTimeCode},
};

/// A Verify service at Twilio, and the way there.
#[derive(Clone)]
pub struct TwilioVerify {
    base: Url,
    service: String,
    user: String,
    secret: Zeroizing<String>,
    net: Arc<dyn Net>,
}

/// Why a service cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TwilioSetupError {
    /// The service's id is not one.
    #[error("a Verify service's id is VA and 32 hexadecimal digits")]
    Service,
    /// The base address is neither https nor http on loopback.
    #[error("Twilio's address is https, or http on loopback")]
    Base,
}

/// The id of a verification: `VE` and 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VerificationSid(pub(crate) String);

/// Why Twilio did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TwilioError {
    /// 60200 and its kin: Twilio cannot send to this number this way.
    #[error("Twilio does not take the number (code {code})")]
    Number { code: u32 },
    /// 60202: five checks were used.
    #[error("too many codes were tried")]
    ChecksUsedUp,
    /// 60203: five sendings were used.
    #[error("too many codes were sent")]
    SendsUsedUp,
    /// 60212, 20429: too much at once; to be asked again later.
    #[error("Twilio asks to wait")]
    TooFast { retry_after_secs: u64 },
    /// 20404 at a check: expired, approved or used up.
    #[error("the verification is gone")]
    Gone,
    /// 60410, 60413, 60605 …: Twilio takes the number or the country for fraud.
    #[error("Twilio blocks the number (code {code})")]
    Blocked { code: u32 },
    /// 20003, 20404 at a start …: the service's id or the credentials are wrong.
    #[error("Twilio does not know the service or the credentials (HTTP {status}, code {code})")]
    Misconfigured { status: u16, code: u32 },
    /// Down, slow, or broken over there.
    #[error("Twilio cannot be reached")]
    Unreached(#[source] NetError),
    /// Answered with an error that is not documented, or with nonsense.
    #[error("Twilio's answer is not understood (HTTP {status}, code {code})")]
    NotUnderstood { status: u16, code: u32 },
}

const NOT_UNDERSTOOD: TwilioError = TwilioError::NotUnderstood { status: 200, code: 0 };

impl TwilioVerify {
    /// The service `service` (`VA…`) at `base` (`https://verify.twilio.com`), with an account's or API key's id and secret.
    pub fn new(
        base: Url,
        service: &str,
        user: &str,
        secret: &str,
        net: Arc<dyn Net>,
    ) -> Result<Self, TwilioSetupError> {
        Ok(Self { base, service: service.into(), user: user.into(), secret: Zeroizing::new(secret.into()), net })
    }

    /// Sends a code to `to`, or the same code again while one is good. Blocking.
    pub(crate) fn start(&self, to: &PhoneNumber, channel: Fallback) -> Result<VerificationSid, TwilioError> {
        let way = if channel == Fallback::Sms { "sms" } else { "call" };
        let answer = self.post("Verifications", &[("To", to.e164()), ("Channel", way)], true)?;
        answer.get("sid").and_then(|sid| sid.as_str()).map(|sid| VerificationSid(sid.to_owned())).ok_or(NOT_UNDERSTOOD)
    }

    /// Whether `code` is the one that was sent. Blocking.
    pub(crate) fn check(&self, sid: &VerificationSid, code: &OneTimeCode) -> Result<bool, TwilioError> {
        let form = [("VerificationSid", sid.0.as_str()), ("Code", code.as_str())];
        match self.post("VerificationCheck", &form, false)?.get("status").and_then(|status| status.as_str()) {
            Some(status) => Ok(status == "approved"),
            None => Err(NOT_UNDERSTOOD),
        }
    }

    /// Tells that the code which was sent to `to` came back right: Fraud Guard learns from it. Blocking.
    pub(crate) fn approve(&self, to: &PhoneNumber) -> Result<(), TwilioError> {
        self.post(&format!("Verifications/{}", to.e164()), &[("Status", "approved")], false).map(drop)
    }

    fn post(&self, path: &str, form: &[(&str, &str)], starts: bool) -> Result<serde_json::Value, TwilioError> {
        let url = self.base.join(&format!("/v2/Services/{}/{path}", self.service)).or(Err(NOT_UNDERSTOOD))?;
        let request = Request::form(url, form).basic_auth(&self.user, &self.secret);
        let answer = self.net.send(&request).map_err(TwilioError::Unreached)?;
        let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let (status, code) = (
            answer.status,
            body.get("code").and_then(serde_json::Value::as_u64).and_then(|c| c.try_into().ok()).unwrap_or(0),
        );
        Err(match (status, code) {
            (200 | 201, _) => return Ok(body),
            (_, 60200) if starts => TwilioError::Number { code },
            (_, 60202) => TwilioError::ChecksUsedUp,
            (_, 60203) => TwilioError::SendsUsedUp,
            (429, _) => TwilioError::TooFast { retry_after_secs: answer.retry_after_secs.unwrap_or(30) },
            (404, 20404) if !starts => TwilioError::Gone,
            (401 | 404, _) => TwilioError::Misconfigured { status, code },
            (_, 60410 | 60413 | 60605) => TwilioError::Blocked { code },
            _ => TwilioError::NotUnderstood { status, code },
        })
    }
}
