//! The session over HTTP: every call is signed, retried a few times, and its answer checked.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use serde::Serialize;
use url::Url;
use zeroize::Zeroizing;

use super::{
    SessionApi,
    clock_off::ClockOff,
    continue_url::ContinueUrl,
    error::SessionError,
    http::{Ask, HttpResponse, Timeouts, Wire},
    link::LaunchLink,
    multipart,
    origin::Origin,
    ticket,
    wait::Wait,
};
use countenance_attest::{
    DeviceKey, IssuedAt, Sealed,
    request_proof::{self, Request},
};
use countenance_core::{
    clock::{Clock, UnixSecs},
    protocol::{
        Abandon, Attend, Attended, CheckCode, ClientVersion, CodeSent, Fallback, OneTimeCode, OpenSession, Outcome,
        Pin, Problem, Reason, RegisterDevice, RegisteredDevice, SendCode, SupervisorNumber, Ticket,
        message::{self, Message, ReadError},
    },
    rng::SecureRandom,
};

/// How long posting a capture is retried at most, seconds. The verifier accepts an attestation for two minutes.
pub const ATTESTATION_SECS: i64 = 100;

/// How long sending or checking a one-time code is retried, seconds. Short, because a person waits who may have another
/// option.
const CODE_SECS: i64 = 20;

/// Retry limits of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Timeouts of one attempt.
    pub timeouts: Timeouts,
    /// Maximum number of attempts per call.
    pub tries: u32,
    /// Wait after the first failed attempt; doubles after each further one.
    pub first_wait: Duration,
    /// Maximum wait between two attempts. If the verifier asks for more, the call fails instead.
    pub longest_wait: Duration,
    /// How long a call without a ticket is retried, seconds.
    pub open_secs: i64,
}

impl RetryPolicy {
    /// For a kiosk, where the person cannot mend the network: a capture is posted again and again as long as it is valid.
    pub fn patient() -> Self {
        Self { tries: 20, ..Self::default() }
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            timeouts: Timeouts::default(),
            tries: 4,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(20),
            open_secs: 60,
        }
    }
}

/// What a session borrows from outside.
#[derive(Clone, Copy)]
pub struct SessionContext<'a> {
    /// Signs each request.
    pub key: &'a DeviceKey,
    /// Time of issue of the proofs; also used for expiry.
    pub clock: &'a dyn Clock,
    /// For unique IDs and jitter.
    pub rng: &'a dyn SecureRandom,
    /// Waits between two attempts.
    pub wait: &'a dyn Wait,
    /// Set when the person cancels: no further retry. The first attempt of a call is always made, so that abandoning a
    /// session reaches the verifier.
    pub cancelled: &'a AtomicBool,
}

/// The verification session over HTTP.
///
/// Blocking: run it on a worker thread, not in an async task.
pub struct HttpSession<'a> {
    context: SessionContext<'a>,
    app: String,
    retry: RetryPolicy,
    opened: Option<(Wire, Origin)>,
}

impl<'a> HttpSession<'a> {
    /// A session that identifies the client as `app` (name and version). Sends nothing before [`SessionApi::open`].
    pub fn new(app: impl Into<String>, context: SessionContext<'a>, retry: RetryPolicy) -> Self {
        Self { context, app: app.into(), retry, opened: None }
    }

    /// Registers this device's key with the verifier at `origin`, as of this client's version and the key's protection.
    pub fn register(&self, origin: &Origin, device: &RegisterDevice) -> Result<RegisteredDevice, SessionError> {
        let wire = Wire::to(origin, self.retry.timeouts)?;
        let until = self.open_until();
        let device = RegisterDevice {
            version: Some(this_version()),
            key_protection: Some(self.context.key.protection()),
            ..device.clone()
        };
        parse(&self.call_json(&wire, &origin.at(&["v1", "devices"]), &device, until)?)
    }

    /// Timeouts of one attempt.
    pub(super) fn timeouts(&self) -> Timeouts {
        self.retry.timeouts
    }

    /// Time after which a call without a ticket is not retried.
    pub(super) fn open_until(&self) -> UnixSecs {
        self.context.clock.now().saturating_add(self.retry.open_secs)
    }

    /// POSTs `body` as JSON. Returns the body of the answer.
    pub(super) fn call_json(
        &self,
        wire: &Wire,
        url: &Url,
        body: &impl Serialize,
        until: UnixSecs,
    ) -> Result<Zeroizing<Vec<u8>>, SessionError> {
        // Large enough for all our bodies: growing would leave copies in memory, and some bodies contain codes.
        let mut bytes = Zeroizing::new(Vec::with_capacity(512));
        serde_json::to_writer(&mut *bytes, body).map_err(|e| SessionError::Request(e.into()))?;
        self.call(wire, url, "application/json", &bytes, until)
    }

    /// POSTs `body` until there is a final answer, `until` is near, the attempts are used up, or the person cancels.
    fn call(
        &self,
        wire: &Wire,
        url: &Url,
        media_type: &str,
        body: &[u8],
        until: UnixSecs,
    ) -> Result<Zeroizing<Vec<u8>>, SessionError> {
        let mut tried = 0;
        loop {
            tried += 1;
            let error = match self.attempt(wire, url, media_type, body) {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if !error.is_passing() || tried >= self.retry.tries {
                return Err(error);
            }
            let Some(pause) = self.pause(tried, error.retry_after()) else { return Err(error) };
            if self.context.clock.now().saturating_add(pause.as_secs() as i64) >= until {
                return Err(error);
            }
            self.context.wait.wait(pause, self.context.cancelled);
            if self.context.cancelled.load(Ordering::Relaxed) {
                return Err(SessionError::Cancelled);
            }
        }
    }

    /// One attempt, with a proof of its own: the verifier accepts no proof twice.
    fn attempt(
        &self,
        wire: &Wire,
        url: &Url,
        media_type: &str,
        body: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SessionError> {
        let SessionContext { key, clock, rng, .. } = self.context;
        let request = Request { method: "POST", url, body };
        let proof =
            request_proof::make(&request, key, IssuedAt::new(clock, rng)).map_err(SessionError::RequestProof)?;
        let answer = wire.post(&Ask { url, media_type, proof: &proof, body })?;
        let off = ClockOff::of(clock.now(), answer.date.as_deref());
        success(answer).map_err(|error| match (error, off) {
            // By far the most frequent reason, and only the verifier's clock tells it from the others.
            (SessionError::ProofRejected, Some(off)) => SessionError::ClockOff(off),
            (error, _) => error,
        })
    }

    /// How long to wait after `tried` attempts: what the verifier asked for, or exponential backoff, both with jitter
    /// so that many clients do not return at once. `None` if the verifier asked for more than the maximum.
    fn pause(&self, tried: u32, asked: Option<Duration>) -> Option<Duration> {
        let doubled = self.retry.first_wait.saturating_mul(2_u32.saturating_pow(tried.saturating_sub(1)));
        let step = doubled.min(self.retry.longest_wait);
        let mut byte = [0];
        self.context.rng.fill(&mut byte);
        let part = step.mul_f32(f32::from(byte[0]) / 510.0);
        match asked {
            Some(asked) if asked > self.retry.longest_wait => None,
            Some(asked) => Some(asked + part),
            None => Some(step / 2 + part),
        }
    }

    /// Time after which sending or checking a code, or a supervisor's PIN, is not retried.
    fn code_until(&self, ticket: &Ticket) -> UnixSecs {
        ticket.expires_at.min(self.context.clock.now().saturating_add(CODE_SECS))
    }

    fn opened(&self) -> Result<&(Wire, Origin), SessionError> {
        self.opened.as_ref().ok_or(SessionError::NotOpen)
    }
}

impl SessionApi for HttpSession<'_> {
    /// Safe to repeat after a lost answer: the verifier accepts the same code from the same key again.
    fn open(&mut self, link: &LaunchLink) -> Result<Ticket, SessionError> {
        let origin = link.verifier();
        let wire = Wire::to(origin, self.retry.timeouts)?;
        let until = self.open_until();
        let body = OpenSession {
            code: link.code().into(),
            app: self.app.clone(),
            version: Some(this_version()),
            key_protection: Some(self.context.key.protection()),
        };
        let url = origin.at(&["v1", "sessions", link.session_id(), "open"]);
        let body = self.call_json(&wire, &url, &body, until)?;
        // Before the ticket is read: a session whose ticket this client cannot use must be ended.
        self.opened = Some((wire, origin.clone()));
        let ticket = ticket::read(&body)?;
        ticket::check(&ticket, link, self.context.clock.now())?;
        Ok(ticket)
    }

    fn attend(&mut self, ticket: &Ticket, number: &SupervisorNumber, pin: &Pin) -> Result<Attended, SessionError> {
        let (wire, origin) = self.opened()?;
        let url = origin.at(&["v1", "sessions", &ticket.session_id, "attendance"]);
        let body = Attend { number: number.clone(), pin: pin.clone() };
        match self.call_json(wire, &url, &body, self.code_until(ticket)) {
            // A verifier that demands a supervisor, but does not know this call.
            Err(SessionError::Rejected { status: 404 }) => Err(SessionError::NotSupported),
            answer => parse(&answer?),
        }
    }

    fn post(&mut self, ticket: &Ticket, sealed: &Sealed) -> Result<Outcome, SessionError> {
        let (wire, origin) = self.opened()?;
        let form = multipart::capture(sealed.jws(), sealed.samples());
        let url = origin.at(&["v1", "sessions", &ticket.session_id, "captures"]);
        let until = ticket.expires_at.min(self.context.clock.now().saturating_add(ATTESTATION_SECS));
        outcome(&self.call(wire, &url, &form.media_type, &form.body, until)?)
    }

    fn send_code(&mut self, ticket: &Ticket, channel: Fallback) -> Result<CodeSent, SessionError> {
        let (wire, origin) = self.opened()?;
        let url = origin.at(&["v1", "sessions", &ticket.session_id, "otp"]);
        parse(&self.call_json(wire, &url, &SendCode { channel }, self.code_until(ticket))?)
    }

    fn check_code(&mut self, ticket: &Ticket, code: &OneTimeCode) -> Result<Outcome, SessionError> {
        let (wire, origin) = self.opened()?;
        let url = origin.at(&["v1", "sessions", &ticket.session_id, "otp", "check"]);
        outcome(&self.call_json(wire, &url, &CheckCode { code: code.clone() }, self.code_until(ticket))?)
    }

    fn abandon(&mut self, ticket: &Ticket, reason: Reason) -> Result<Outcome, SessionError> {
        let (wire, origin) = self.opened()?;
        let url = origin.at(&["v1", "sessions", &ticket.session_id, "abandon"]);
        outcome(&self.call_json(wire, &url, &Abandon { reason }, ticket.expires_at)?)
    }

    fn continue_url(&self, text: &str) -> Result<ContinueUrl, SessionError> {
        let (_, origin) = self.opened()?;
        Ok(ContinueUrl::parse(text, origin)?)
    }
}

/// The version of this client.
pub(super) fn this_version() -> ClientVersion {
    // Cargo gives numbers.
    let part = |text: &str| text.parse().unwrap_or_default();
    ClientVersion::new(
        part(env!("CARGO_PKG_VERSION_MAJOR")),
        part(env!("CARGO_PKG_VERSION_MINOR")),
        part(env!("CARGO_PKG_VERSION_PATCH")),
    )
}

/// The body of a success; maps anything else to a [`SessionError`].
pub(super) fn success(answer: HttpResponse) -> Result<Zeroizing<Vec<u8>>, SessionError> {
    let HttpResponse { status, media_type, retry_after, body, .. } = answer;
    if matches!(status, 200 | 201) {
        return if media_type == "application/json" { Ok(body) } else { Err(SessionError::NotJson { status }) };
    }
    let problem = match media_type.as_str() {
        "application/problem+json" => parse::<Problem>(&body).map(Some),
        _ => Ok(None),
    };
    let problem = match problem {
        Err(error @ SessionError::NeedsUpdate { .. }) => return Err(error),
        problem => problem.ok().flatten(),
    };
    Err(SessionError::of(problem, status, retry_after))
}

pub(super) fn parse<M: Message>(body: &[u8]) -> Result<M, SessionError> {
    message::read(body).map_err(|error| match error {
        ReadError::Json(error) => SessionError::Garbled(error.into()),
        ReadError::Unmet { unmet, .. } => SessionError::NeedsUpdate { unmet, ticket: None },
    })
}

/// Parses an outcome, whose nonce, if any, must be well-formed.
fn outcome(body: &[u8]) -> Result<Outcome, SessionError> {
    let outcome = parse(body)?;
    if let Outcome::Retry { nonce, .. } = &outcome {
        ticket::nonce(nonce)?;
    }
    Ok(outcome)
}
