//! Interpretation of Twilio's responses: the only place with its statuses and error codes.

use serde::{Deserialize, de::DeserializeOwned};

use super::{Call, TwilioError, VerificationSid, is_sid};
use countenance_net::{HttpResponse, NetError};

/// Wait if Twilio gives no `Retry-After`, seconds.
const WAIT_SECS: u64 = 10;
/// Maximum wait accepted from Twilio, seconds.
const WAIT_MAX_SECS: u64 = 3600;

/// The fields of a verification that are used.
#[derive(Deserialize)]
struct Verification {
    sid: String,
    status: String,
    #[serde(default)]
    valid: bool,
}

/// The field of an error that is used. `message` is not read, because it repeats phone numbers.
#[derive(Deserialize)]
struct ErrorBody {
    code: u32,
}

/// A server error at Twilio.
#[derive(Debug, thiserror::Error)]
#[error("the server answered HTTP {0}")]
struct ServerFailed(u16);

/// The verification that was started.
pub(crate) fn started(answer: &HttpResponse) -> Result<VerificationSid, TwilioError> {
    let verification: Verification = read(Call::Start, answer)?;
    if verification.status == "pending" && is_sid("VE", &verification.sid) {
        Ok(VerificationSid(verification.sid))
    } else {
        Err(not_understood(answer))
    }
}

/// Whether the code was correct.
pub(crate) fn checked(answer: &HttpResponse, asked: &VerificationSid) -> Result<bool, TwilioError> {
    let verification: Verification = read(Call::Check, answer)?;
    if verification.sid != asked.0 {
        return Err(not_understood(answer));
    }
    match (verification.status.as_str(), verification.valid) {
        ("approved", valid) => Ok(valid),
        ("pending", false) => Ok(false),
        ("max_attempts_reached", _) => Err(TwilioError::ChecksUsedUp),
        ("canceled" | "expired" | "deleted" | "failed", _) => Err(TwilioError::Gone),
        _ => Err(not_understood(answer)),
    }
}

/// Whether the feedback was accepted.
pub(crate) fn approved(answer: &HttpResponse) -> Result<(), TwilioError> {
    let verification: Verification = read(Call::Approve, answer)?;
    if verification.status == "approved" { Ok(()) } else { Err(not_understood(answer)) }
}

fn read<T: DeserializeOwned>(call: Call, answer: &HttpResponse) -> Result<T, TwilioError> {
    if !(200..300).contains(&answer.status) {
        return Err(condition(call, answer));
    }
    serde_json::from_slice(&answer.body).or(Err(not_understood(answer)))
}

fn not_understood(answer: &HttpResponse) -> TwilioError {
    TwilioError::NotUnderstood { status: answer.status, code: 0 }
}

/// Maps an error response to its condition: by Twilio's code first, because one HTTP status covers many conditions.
///
/// Documented for Verify v2: 60200, 60202, 60203, 60212, 20404, 20429, 60410, 60413, 60605, and 20003 with HTTP 401.
/// The others are general Twilio codes that Verify's own documentation does not confirm.
fn condition(call: Call, answer: &HttpResponse) -> TwilioError {
    let status = answer.status;
    let code = serde_json::from_slice(&answer.body).map_or(0, |error: ErrorBody| error.code);
    match (code, status, call) {
        // Invalid parameter: the number, except in a check, which has only the code as user input.
        (60200, _, Call::Start | Call::Approve)
        // General codes: not a phone number, not a mobile, unsubscribed, a text message to a landline.
        | (21211 | 21614 | 21610 | 60205, _, _) => TwilioError::Number { code },
        (60202, _, _) => TwilioError::ChecksUsedUp,
        (60203, _, _) => TwilioError::SendsUsedUp,
        (20404, _, Call::Check | Call::Approve) => TwilioError::Gone,
        // General code: 21408, the account may not send to this region.
        (60410 | 60413 | 60605 | 21408, _, _) => TwilioError::Blocked { code },
        // General codes except the first: account not active, trial account, feature not in this service, channel
        // disabled.
        (20003 | 20005 | 21608 | 60204 | 60223, _, _) | (_, 401, _) | (20404, _, Call::Start) => TwilioError::Misconfigured { status, code },
        (60212 | 20429, _, _) | (_, 429, _) => {
            let asked = answer.retry_after_secs.unwrap_or(WAIT_SECS);
            TwilioError::TooFast { retry_after_secs: asked.clamp(1, WAIT_MAX_SECS) }
        }
        (_, 500.., _) => TwilioError::Unreached(NetError::NoAnswer(Box::new(ServerFailed(status)))),
        _ => TwilioError::NotUnderstood { status, code },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SID: &str = "VE0123456789abcdef0123456789abcdef";

    fn answer(status: u16, retry_after_secs: Option<u64>, body: &str) -> HttpResponse {
        HttpResponse { status, retry_after_secs, body: body.into() }
    }

    /// The error by variant, and by the source's message if Twilio was not reached.
    fn name(error: &TwilioError) -> String {
        match error {
            TwilioError::Unreached(source) => format!("Unreached({source})"),
            error => format!("{error:?}"),
        }
    }

    #[test]
    fn every_error_has_its_condition() {
        use Call::{Approve, Check, Start};
        let rows = [
            // Documented for Verify v2.
            ("invalid number", Start, 400, 60200, "Number { code: 60200 }"),
            ("invalid number in feedback", Approve, 400, 60200, "Number { code: 60200 }"),
            ("invalid code", Check, 400, 60200, "NotUnderstood { status: 400, code: 60200 }"),
            ("five checks used", Check, 429, 60202, "ChecksUsedUp"),
            ("five sends used", Start, 429, 60203, "SendsUsedUp"),
            ("concurrent", Start, 429, 60212, "TooFast { retry_after_secs: 10 }"),
            ("gone at a check", Check, 404, 20404, "Gone"),
            ("gone at feedback", Approve, 404, 20404, "Gone"),
            ("no such service", Start, 404, 20404, "Misconfigured { status: 404, code: 20404 }"),
            ("rate limit", Start, 429, 20429, "TooFast { retry_after_secs: 10 }"),
            ("Fraud Guard", Start, 403, 60410, "Blocked { code: 60410 }"),
            ("Device Intelligence", Start, 403, 60413, "Blocked { code: 60413 }"),
            ("geo-permission", Start, 403, 60605, "Blocked { code: 60605 }"),
            ("credentials", Check, 401, 20003, "Misconfigured { status: 401, code: 20003 }"),
            // General codes.
            ("text message to a landline", Start, 403, 60205, "Number { code: 60205 }"),
            ("no phone number", Start, 400, 21211, "Number { code: 21211 }"),
            ("no mobile", Start, 400, 21614, "Number { code: 21614 }"),
            ("unsubscribed", Start, 400, 21610, "Number { code: 21610 }"),
            ("region", Start, 400, 21408, "Blocked { code: 21408 }"),
            ("feature", Start, 403, 60204, "Misconfigured { status: 403, code: 60204 }"),
            ("channel disabled", Start, 403, 60223, "Misconfigured { status: 403, code: 60223 }"),
            ("trial account", Start, 403, 21608, "Misconfigured { status: 403, code: 21608 }"),
            ("account suspended", Start, 403, 20005, "Misconfigured { status: 403, code: 20005 }"),
            // By HTTP status alone.
            ("401 without more", Start, 401, 0, "Misconfigured { status: 401, code: 0 }"),
            ("429 without more", Check, 429, 0, "TooFast { retry_after_secs: 10 }"),
            ("500", Check, 500, 20500, "Unreached(the server gave no answer)"),
            ("503", Start, 503, 0, "Unreached(the server gave no answer)"),
            ("an unknown code", Start, 400, 69999, "NotUnderstood { status: 400, code: 69999 }"),
            ("403 without more", Start, 403, 0, "NotUnderstood { status: 403, code: 0 }"),
            ("a redirect", Check, 302, 0, "NotUnderstood { status: 302, code: 0 }"),
        ];
        for (case, call, status, code, expected) in rows {
            let body =
                format!(r#"{{"code": {code}, "message": "+4915123456789", "more_info": "", "status": {status}}}"#);
            let body = if code == 0 { "<html>".to_owned() } else { body };
            assert_eq!(name(&condition(call, &answer(status, None, &body))), expected, "{case}");
        }
    }

    #[test]
    fn clamps_the_wait() {
        for (header, expected) in [(None, 10), (Some(0), 1), (Some(7), 7), (Some(u64::MAX), 3600)] {
            let error = condition(Call::Start, &answer(429, header, "{}"));
            assert!(
                matches!(error, TwilioError::TooFast { retry_after_secs } if retry_after_secs == expected),
                "{header:?}"
            );
        }
    }

    #[test]
    fn only_approved_and_valid_passes_a_check() {
        let nonsense = "NotUnderstood { status: 200, code: 0 }";
        for (status, valid, expected) in [
            ("approved", "true", Ok(true)),
            ("approved", "false", Ok(false)),
            ("pending", "false", Ok(false)),
            ("pending", "true", Err(nonsense)),
            ("canceled", "true", Err("Gone")),
            ("expired", "true", Err("Gone")),
            ("deleted", "true", Err("Gone")),
            ("failed", "true", Err("Gone")),
            ("max_attempts_reached", "true", Err("ChecksUsedUp")),
            ("Approved", "true", Err(nonsense)),
            ("approved", r#""true""#, Err(nonsense)),
        ] {
            let body = format!(r#"{{"sid": "{SID}", "status": "{status}", "valid": {valid}}}"#);
            let found = checked(&answer(200, None, &body), &VerificationSid(SID.into()));
            assert_eq!(found.map_err(|e| name(&e)), expected.map_err(str::to_owned), "{status} {valid}");
        }
        let without_valid = format!(r#"{{"sid": "{SID}", "status": "approved"}}"#);
        assert!(
            !checked(&answer(200, None, &without_valid), &VerificationSid(SID.into())).unwrap(),
            "`valid` is missing"
        );
        let other = format!(r#"{{"sid": "{SID}", "status": "approved", "valid": true}}"#);
        let asked = VerificationSid("VE00000000000000000000000000000000".into());
        checked(&answer(200, None, &other), &asked).expect_err("another verification was approved");
    }

    #[test]
    fn rejects_malformed_responses() {
        let good = format!(r#"{{"sid": "{SID}", "status": "pending", "valid": false}}"#);
        assert_eq!(started(&answer(201, None, &good)).unwrap().0, SID);
        approved(&answer(200, None, &good)).expect_err("still pending");
        let done = good.replace("pending", "approved");
        approved(&answer(200, None, &done)).unwrap();
        for (case, body) in [
            ("empty", String::new()),
            ("a page", "<!doctype html>".into()),
            ("another shape", "[1]".into()),
            ("no sid", r#"{"status": "pending"}"#.into()),
            ("an account's sid", good.replace("VE", "AC")),
            ("a short sid", good.replace("VE01", "VE")),
            ("a path for a sid", good.replace("VE0123456789", "VE../../0123")),
            ("not pending", done),
        ] {
            let found = started(&answer(201, None, &body)).map_err(|e| name(&e));
            assert_eq!(found, Err("NotUnderstood { status: 201, code: 0 }".into()), "{case}");
        }
    }
}
