//! Twilio Verify: sends one-time codes by text message or call, and checks them.
//!
//! Two kinds of verification, and how Fraud Guard learns from each that a person was there:
//!
//! | code made by | started by | told by |
//! |---|---|---|
//! | Twilio | [`start`](TwilioVerify::start) | [`check`](TwilioVerify::check): the check that approves is itself the feedback |
//! | the caller (`CustomCode`) | a tenant's phone provider Action | [`approve`](TwilioVerify::approve), as whoever made the code checks it too |

mod responses;
#[cfg(test)]
mod trial;

use std::sync::Arc;

use url::Url;
use zeroize::Zeroizing;

use crate::otp::phone::PhoneNumber;
use countenance_core::protocol::{Fallback, OneTimeCode};
use countenance_net::{HttpResponse, Net, NetError, Request, is_loopback};

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
    /// The service id is malformed.
    #[error("a Verify service's id is VA followed by 32 hexadecimal digits")]
    Service,
    /// The base address is neither https nor http on loopback.
    #[error("Twilio's base URL must be https, or http on loopback")]
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
    /// 60212, 20429: too much at once; to be asked again later, in 1 s to 1 h.
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

/// What is asked of Twilio: one error code can mean one thing here and another there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Start,
    Check,
    Approve,
}

impl TwilioVerify {
    /// The service `service` (`VA…`) at `base` (`https://verify.twilio.com`), with an account's or API key's id and secret.
    pub fn new(
        base: Url,
        service: &str,
        user: &str,
        secret: &str,
        net: Arc<dyn Net>,
    ) -> Result<Self, TwilioSetupError> {
        let safe = base.scheme() == "https" || (base.scheme() == "http" && is_loopback(&base));
        let bare = base.query().is_none() && base.fragment().is_none() && base.username().is_empty();
        if !safe || !bare || base.password().is_some() {
            return Err(TwilioSetupError::Base);
        }
        if !is_sid("VA", service) {
            return Err(TwilioSetupError::Service);
        }
        Ok(Self { base, service: service.into(), user: user.into(), secret: Zeroizing::new(secret.into()), net })
    }

    /// Sends a code to `to`, or the same code again while one is good. Blocking.
    pub(crate) fn start(&self, to: &PhoneNumber, channel: Fallback) -> Result<VerificationSid, TwilioError> {
        let channel = match channel {
            Fallback::Sms => "sms",
            Fallback::Voice => "call",
        };
        let answer = self.post(&["Verifications"], &[("To", to.e164()), ("Channel", channel)])?;
        responses::started(&answer)
    }

    /// Whether `code` is the one that was sent. Where it is, Twilio counts the verification as converted: no feedback
    /// is owed after this. Blocking.
    pub(crate) fn check(&self, sid: &VerificationSid, code: &OneTimeCode) -> Result<bool, TwilioError> {
        let answer = self.post(&["VerificationCheck"], &[("VerificationSid", &sid.0), ("Code", code.as_str())])?;
        responses::checked(&answer, sid)
    }

    /// Tells that the code which was sent to `to` came back right: Fraud Guard learns from it. For verifications with a
    /// `CustomCode`, whose code Twilio does not check. Blocking.
    pub(crate) fn approve(&self, to: &PhoneNumber) -> Result<(), TwilioError> {
        let answer = self.post(&["Verifications", to.e164()], &[("Status", "approved")])?;
        responses::approved(&answer)
    }

    fn post(&self, path: &[&str], form: &[(&str, &str)]) -> Result<HttpResponse, TwilioError> {
        let request = Request::form(self.url(path), form).basic_auth(&self.user, &self.secret);
        self.net.send(&request).map_err(TwilioError::Unreached)
    }

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        // An http or https URL always has segments.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["v2", "Services", &self.service]).extend(path);
        }
        url
    }
}

/// Whether `text` is `prefix` and 32 hexadecimal digits, as all of Twilio's ids are.
fn is_sid(prefix: &str, text: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use countenance_net::testing::{Line, scripted};

    const SERVICE: &str = "VA0123456789abcdef0123456789ABCDEF";

    fn made(base: &str, service: &str) -> Result<TwilioVerify, TwilioSetupError> {
        TwilioVerify::new(base.parse().unwrap(), service, "AC1", "token", scripted([Line::Says(200, "")]).0)
    }

    #[test]
    fn a_service_is_at_a_safe_address_and_has_an_id() {
        for (case, base, service, wrong) in [
            ("Twilio itself", "https://verify.twilio.com", SERVICE, None),
            ("a stand-in", "http://127.0.0.1:4710", SERVICE, None),
            ("a stand-in by name", "http://twilio.localhost:4710/", SERVICE, None),
            ("in the clear", "http://verify.twilio.com", SERVICE, Some(TwilioSetupError::Base)),
            ("another scheme", "ftp://127.0.0.1/", SERVICE, Some(TwilioSetupError::Base)),
            ("no server at all", "data:,x", SERVICE, Some(TwilioSetupError::Base)),
            ("with a password in it", "https://a:b@verify.twilio.com", SERVICE, Some(TwilioSetupError::Base)),
            ("with a query", "https://verify.twilio.com/?x", SERVICE, Some(TwilioSetupError::Base)),
            ("an account's id", "https://verify.twilio.com", "AC1", Some(TwilioSetupError::Service)),
            ("too short", "https://verify.twilio.com", &SERVICE[..33], Some(TwilioSetupError::Service)),
            (
                "a path",
                "https://verify.twilio.com",
                "VA../../0123456789abcdef0123456789",
                Some(TwilioSetupError::Service),
            ),
        ] {
            assert_eq!(made(base, service).err(), wrong, "{case}");
        }
    }

    #[test]
    fn requests_are_forms_with_basic_authentication() {
        const SID: &str = "VE00000000000000000000000000000000";
        let pending = r#"{"sid": "VE00000000000000000000000000000000", "status": "pending", "valid": false}"#;
        let (net, outbox) = scripted([Line::Says(200, pending)]);
        let base = "https://verify.example/proxy/".parse().unwrap();
        let twilio = TwilioVerify::new(base, SERVICE, "AC1", "token", net).unwrap();
        let phone: PhoneNumber = "+4915123456789".parse().unwrap();
        let code = OneTimeCode::try_from("012345".to_owned()).unwrap();
        assert_eq!(twilio.start(&phone, Fallback::Sms).unwrap().0, SID);
        twilio.start(&phone, Fallback::Voice).unwrap();
        assert!(!twilio.check(&VerificationSid(SID.into()), &code).unwrap());
        twilio.approve(&phone).unwrap_err();
        let rows = [
            ("Verifications", "To=%2B4915123456789&Channel=sms"),
            ("Verifications", "To=%2B4915123456789&Channel=call"),
            ("VerificationCheck", "VerificationSid=VE00000000000000000000000000000000&Code=012345"),
            ("Verifications/+4915123456789", "Status=approved"),
        ];
        let asked = outbox.all();
        assert_eq!(asked.len(), rows.len());
        for ((path, body), request) in rows.into_iter().zip(asked.iter()) {
            assert_eq!(request.url, format!("https://verify.example/proxy/v2/Services/{SERVICE}/{path}"));
            assert_eq!(request.body, body, "{path}");
            assert_eq!(request.header("authorization"), Some("Basic QUMxOnRva2Vu"), "{path}");
        }
    }
}
