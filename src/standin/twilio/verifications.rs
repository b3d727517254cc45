//! Verifications and Twilio's rules for them: validity of codes, limits on sending and checking, and numbers blocked by
//! Fraud Guard.

use super::error::VerifyError;
use countenance_core::clock::UnixSecs;
use countenance_core::rng::SecureRandom;

/// Validity of a code, seconds.
const VALID_SECS: i64 = 600;
/// Maximum number of times a code is sent.
const SENDS_MAX: u32 = 5;
/// Maximum number of checks per verification.
const CHECKS_MAX: u32 = 5;
/// How long Fraud Guard blocks a prefix after the last attempt, seconds.
const FRAUD_BLOCK_SECS: i64 = 12 * 3600;
/// Number of verifications and of messages that are kept.
const KEEP: usize = 1000;

/// A message as a phone would show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// E.164.
    pub to: String,
    /// `sms` or `call`.
    pub channel: String,
    /// The code.
    pub code: String,
}

/// Conversion counts, on which Fraud Guard relies: a code that is never entered looks like fraud.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Conversions {
    /// Verifications that were started.
    pub started: usize,
    /// Those that were approved, by a check or by feedback.
    pub approved: usize,
    /// Those with a custom code whose result has not been reported yet.
    pub custom_open: usize,
}

/// What a service rejects.
#[derive(Debug, Clone, Default)]
pub(super) struct Limits {
    pub(super) custom_codes: bool,
    pub(super) fraud_prefixes: Vec<String>,
    pub(super) geo_prefixes: Vec<String>,
}

/// Status of a verification. There is no status for expiry: an expired one is still `Pending`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Pending,
    Approved,
    Canceled,
    MaxAttemptsReached,
}

impl Status {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Canceled => "canceled",
            Self::MaxAttemptsReached => "max_attempts_reached",
        }
    }
}

/// One verification of one number.
#[derive(Debug, Clone)]
pub(super) struct Verification {
    pub(super) sid: String,
    pub(super) to: String,
    pub(super) channel: String,
    pub(super) status: Status,
    pub(super) sends: u32,
    code: String,
    custom: bool,
    checks: u32,
    started_at: UnixSecs,
}

/// A request to send a code.
pub(super) struct Start<'a> {
    pub(super) to: &'a str,
    pub(super) channel: &'a str,
    pub(super) custom_code: Option<&'a str>,
}

/// The state of a service.
pub(super) struct Verifications {
    limits: Limits,
    /// Blocked prefixes, with the end of the block.
    blocked: Vec<(String, UnixSecs)>,
    all: Vec<Verification>,
    messages: Vec<Message>,
    conversions: Conversions,
}

impl Verifications {
    pub(super) fn new(limits: Limits, now: UnixSecs) -> Self {
        let blocked = limits.fraud_prefixes.iter().map(|p| (p.clone(), now + FRAUD_BLOCK_SECS)).collect();
        Self { limits, blocked, all: Vec::new(), messages: Vec::new(), conversions: Conversions::default() }
    }

    pub(super) fn messages(&self) -> Vec<Message> {
        self.messages.clone()
    }

    pub(super) fn conversions(&self) -> Conversions {
        self.conversions
    }

    /// Sends a code; while it is valid, the same one again. A custom code replaces the previous one.
    pub(super) fn start(
        &mut self,
        asked: &Start<'_>,
        now: UnixSecs,
        rng: &dyn SecureRandom,
    ) -> Result<Verification, VerifyError> {
        self.admit(asked, now)?;
        let pending = self.all.iter().rposition(|v| v.to == asked.to && v.is_pending(now));
        let mut verification = match pending {
            Some(at) if self.all.get(at).is_some_and(|v| v.sends >= SENDS_MAX) => return Err(VerifyError::SendsUsedUp),
            Some(at) => self.all.remove(at),
            None => {
                self.conversions.started += 1;
                Verification::new(asked.to, now, rng)
            }
        };
        asked.channel.clone_into(&mut verification.channel);
        verification.sends += 1;
        if let Some(code) = asked.custom_code {
            code.clone_into(&mut verification.code);
            self.conversions.custom_open += usize::from(!verification.custom);
            verification.custom = true;
        }
        let Verification { to, channel, code, .. } = verification.clone();
        self.messages.push(Message { to, channel, code });
        self.all.push(verification.clone());
        forget_old(&mut self.all);
        forget_old(&mut self.messages);
        Ok(verification)
    }

    /// Checks a code; `None` if there is no such verification. A wrong code leaves the status at `Pending`.
    pub(super) fn check(
        &mut self,
        which: &str,
        code: &str,
        now: UnixSecs,
    ) -> Option<Result<Verification, VerifyError>> {
        let verification = self.find(which, now)?;
        if verification.checks >= CHECKS_MAX {
            verification.status = Status::MaxAttemptsReached;
            return Some(Err(VerifyError::ChecksUsedUp));
        }
        verification.checks += 1;
        if verification.code != code {
            return Some(Ok(verification.clone()));
        }
        verification.status = Status::Approved;
        let approved = verification.clone();
        self.end(&approved);
        Some(Ok(approved))
    }

    /// Sets the result of a pending verification, as reported by the caller.
    pub(super) fn update(&mut self, which: &str, status: Status, now: UnixSecs) -> Option<Verification> {
        let verification = self.find(which, now).filter(|v| v.status == Status::Pending)?;
        verification.status = status;
        let updated = verification.clone();
        self.end(&updated);
        Some(updated)
    }

    /// The verification with this id, or the newest one of this number; `None` once it has expired or been decided.
    pub(super) fn find(&mut self, which: &str, now: UnixSecs) -> Option<&mut Verification> {
        let there = |v: &Verification| matches!(v.status, Status::Pending | Status::MaxAttemptsReached);
        self.all
            .iter_mut()
            .rfind(|v| v.sid == which || v.to == which)
            .filter(|v| there(v) && now < v.started_at + VALID_SECS)
    }

    fn admit(&mut self, asked: &Start<'_>, now: UnixSecs) -> Result<(), VerifyError> {
        if !is_number(asked.to) {
            return Err(VerifyError::Parameter { name: "To" });
        }
        if !matches!(asked.channel, "sms" | "call") {
            return Err(VerifyError::Parameter { name: "Channel" });
        }
        match asked.custom_code {
            Some(_) if !self.limits.custom_codes => return Err(VerifyError::NoCustomCodes),
            Some(code) if !is_code(code) => return Err(VerifyError::Parameter { name: "CustomCode" }),
            _ => {}
        }
        if self.limits.geo_prefixes.iter().any(|prefix| asked.to.starts_with(prefix)) {
            return Err(VerifyError::Geo);
        }
        let mut blocked = self.blocked.iter_mut().filter(|(_, until)| now < *until);
        match blocked.find(|(prefix, _)| asked.to.starts_with(prefix.as_str())) {
            Some((prefix, until)) => {
                *until = now + FRAUD_BLOCK_SECS;
                Err(VerifyError::FraudGuard { prefix: prefix.clone() })
            }
            None => Ok(()),
        }
    }

    /// Counts the result of a verification.
    fn end(&mut self, ended: &Verification) {
        self.conversions.approved += usize::from(ended.status == Status::Approved);
        self.conversions.custom_open -= usize::from(ended.custom);
    }
}

impl Verification {
    fn new(to: &str, now: UnixSecs, rng: &dyn SecureRandom) -> Self {
        let mut bytes = [0; 16];
        rng.fill(&mut bytes);
        let sid = format!("VE{:032x}", u128::from_be_bytes(bytes));
        rng.fill(&mut bytes);
        let code = format!("{:06}", u128::from_be_bytes(bytes) % 1_000_000);
        Self {
            sid,
            to: to.to_owned(),
            channel: String::new(),
            status: Status::Pending,
            sends: 0,
            code,
            custom: false,
            checks: 0,
            started_at: now,
        }
    }

    fn is_pending(&self, now: UnixSecs) -> bool {
        self.status == Status::Pending && now < self.started_at + VALID_SECS
    }
}

/// Whether `text` is a valid code: 4 to 10 digits.
pub(super) fn is_code(text: &str) -> bool {
    (4..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// E.164.
fn is_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

fn forget_old<T>(list: &mut Vec<T>) {
    list.drain(..list.len().saturating_sub(KEEP));
}

#[cfg(test)]
mod tests {
    use super::*;
    use countenance_system::SystemRandom;

    const TO: &str = "+4915123456789";
    const NOW: UnixSecs = 1_800_000_000;

    fn service(limits: Limits) -> Verifications {
        Verifications::new(limits, NOW)
    }

    fn start(
        all: &mut Verifications,
        to: &str,
        custom_code: Option<&str>,
        now: UnixSecs,
    ) -> Result<Verification, VerifyError> {
        all.start(&Start { to, channel: "sms", custom_code }, now, &SystemRandom)
    }

    #[test]
    fn resends_the_same_code_while_it_is_valid_up_to_five_times() {
        let mut all = service(Limits::default());
        let first = start(&mut all, TO, None, NOW).unwrap();
        for nth in 2..=5 {
            let again = start(&mut all, TO, None, NOW + 599).unwrap();
            assert_eq!((&again.sid, again.sends), (&first.sid, nth));
        }
        assert_eq!(start(&mut all, TO, None, NOW + 599).unwrap_err(), VerifyError::SendsUsedUp);
        let codes: Vec<_> = all.messages().into_iter().map(|m| m.code).collect();
        assert_eq!(codes, vec![first.code; 5]);
        let later = start(&mut all, TO, None, NOW + 600).unwrap();
        assert_ne!(later.sid, first.sid, "the first one has expired");
        start(&mut all, "+4915199999999", None, NOW).expect("each number is counted separately");
    }

    #[test]
    fn a_code_is_valid_once_for_ten_minutes_and_five_checks() {
        let mut all = service(Limits::default());
        let sent = start(&mut all, TO, None, NOW).unwrap();
        for _ in 0..5 {
            assert_eq!(all.check(TO, "x", NOW).unwrap().unwrap().status, Status::Pending);
        }
        assert_eq!(all.find(TO, NOW).unwrap().status, Status::Pending);
        assert_eq!(all.check(&sent.sid, &sent.code, NOW).unwrap().unwrap_err(), VerifyError::ChecksUsedUp);
        assert_eq!(all.find(TO, NOW).unwrap().status, Status::MaxAttemptsReached);
        assert!(all.update(TO, Status::Approved, NOW).is_none(), "no longer pending");

        let sent = start(&mut all, TO, None, NOW).unwrap();
        assert!(all.check(TO, &sent.code, NOW + 600).is_none(), "expired");
        assert_eq!(all.check(TO, &sent.code, NOW + 599).unwrap().unwrap().status, Status::Approved);
        assert!(all.check(TO, &sent.code, NOW + 599).is_none(), "used");
        assert_eq!(all.conversions(), Conversions { started: 2, approved: 1, custom_open: 0 });
    }

    #[test]
    fn counts_feedback_once_and_only_while_pending() {
        let mut all = service(Limits { custom_codes: true, ..Limits::default() });
        start(&mut all, TO, Some("1234"), NOW).unwrap();
        start(&mut all, TO, Some("98765432"), NOW).unwrap();
        let open = Conversions { started: 1, approved: 0, custom_open: 1 };
        assert_eq!(all.conversions(), open);
        assert!(all.update("+15550100", Status::Approved, NOW).is_none(), "another number");
        assert!(all.update(TO, Status::Approved, NOW + 600).is_none(), "expired");
        assert_eq!(all.conversions(), open);
        all.update(TO, Status::Approved, NOW).unwrap();
        assert!(all.update(TO, Status::Approved, NOW).is_none(), "already reported");
        assert_eq!(all.conversions(), Conversions { started: 1, approved: 1, custom_open: 0 });

        let canceled = start(&mut all, TO, Some("123456"), NOW).unwrap();
        all.update(&canceled.sid, Status::Canceled, NOW).unwrap();
        assert!(all.check(TO, "123456", NOW).is_none(), "canceled");
        assert_eq!(all.conversions(), Conversions { started: 2, approved: 1, custom_open: 0 });
    }

    #[test]
    fn rejected_requests_send_nothing() {
        let limits =
            Limits { custom_codes: true, fraud_prefixes: vec!["+49155".into()], geo_prefixes: vec!["+850".into()] };
        let mut all = service(limits);
        let mut plain = service(Limits::default());
        let fraud = VerifyError::FraudGuard { prefix: "+49155".into() };
        for (case, to, custom, expected) in [
            ("no plus", "4915123456789", None, VerifyError::Parameter { name: "To" }),
            ("masked", "+49*******89", None, VerifyError::Parameter { name: "To" }),
            ("three digits", TO, Some("123"), VerifyError::Parameter { name: "CustomCode" }),
            ("eleven digits", TO, Some("12345678901"), VerifyError::Parameter { name: "CustomCode" }),
            ("letters", TO, Some("abcdef"), VerifyError::Parameter { name: "CustomCode" }),
            ("fraud", "+4915512345678", None, fraud.clone()),
            ("geo", "+850123456789", None, VerifyError::Geo),
        ] {
            assert_eq!(start(&mut all, to, custom, NOW).unwrap_err(), expected, "{case}");
        }
        assert_eq!(start(&mut plain, TO, Some("1234"), NOW).unwrap_err(), VerifyError::NoCustomCodes);
        let by_mail = Start { to: TO, channel: "email", custom_code: None };
        let refused = all.start(&by_mail, NOW, &SystemRandom).unwrap_err();
        assert_eq!(refused, VerifyError::Parameter { name: "Channel" });
        assert!(all.messages().is_empty() && plain.messages().is_empty());
        assert_eq!(all.conversions(), Conversions::default());
    }

    #[test]
    fn fraud_guard_blocks_until_twelve_hours_after_the_last_attempt() {
        const HOUR: i64 = 3600;
        let mut all = service(Limits { fraud_prefixes: vec!["+49155".into()], ..Limits::default() });
        for (hour, blocked) in [(11, true), (22, true), (34, false), (35, false)] {
            assert_eq!(start(&mut all, "+4915512345678", None, NOW + hour * HOUR).is_err(), blocked, "hour {hour}");
        }
    }
}
