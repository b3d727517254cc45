//! The wire types that client and verifier share: version 1 of the verification session.
//!
//! JSON over HTTPS (loopback may be HTTP). Times are whole seconds since 1970 (UTC) unless a name ends in `_millis`.
//! Everything here is data from outside until somebody has checked it.

use serde::{Deserialize, Serialize};

use crate::{clock::UnixSecs, policy::Policy};

mod camera;
mod claims;
mod code;
mod problem;

pub use camera::{CameraClaim, CameraKind, CameraRefusal, InjectionSign};
pub use claims::{
    Claims, CueClaim, KeyProtection, LivenessClaim, LivenessDecision, ModelClaim, NetClaim, QualityClaim, SampleClaim,
    SessionClaim, SpanClaim,
};
pub use code::{CODE_DIGITS, CheckCode, CodeSent, NoCode, OneTimeCode, SendCode};
pub use problem::ProblemKind;

/// `eat_profile` of the attestation: which claims to expect and what they mean.
pub const ATTESTATION_PROFILE: &str = "tag:countenance.dev,2026:attestation:1";
/// JOSE `typ` of the attestation (RFC 9782).
pub const ATTESTATION_TYP: &str = "eat+jwt";
/// JOSE `typ` of the proof that accompanies each request.
pub const REQUEST_PROOF_TYP: &str = "countenance-proof+jwt";
/// The header that carries the proof.
pub const REQUEST_PROOF_HEADER: &str = "countenance-proof";
/// Most bytes of a launch link.
pub const LINK_MAX_BYTES: usize = 2048;
/// Most bytes of a posted sample.
pub const SAMPLE_MAX_BYTES: usize = 8 << 20;
/// Most samples of one capture: one at a verification, up to this many at an enrolment.
pub const SAMPLES_MAX: usize = 3;
/// Most bytes of each further sample of an enrolment.
pub const MORE_SAMPLE_MAX_BYTES: usize = 4 << 20;
/// Most bytes of an attestation.
pub const ATTESTATION_MAX_BYTES: usize = 64 << 10;
/// Largest side of a posted sample in pixels.
pub const SAMPLE_MAX_SIDE_PX: u32 = 2048;
/// Most bytes of any JSON answer or request.
pub const JSON_MAX_BYTES: usize = 64 << 10;

/// What a session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Keep a template of this face for the account.
    Enroll,
    /// Compare with the account's template.
    Verify,
}

/// `POST /v1/devices`: registers the key that signed the request's proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RegisterDevice {
    /// The integration that the device will serve.
    pub integration_id: String,
    /// One-time enrolment code; absent where the integration lets any device register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolment_code: Option<String>,
    /// A name that the operator will recognise, at most 64 characters.
    pub name: String,
}

/// The answer to [`RegisterDevice`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegisteredDevice {
    /// RFC 7638 thumbprint of the device key.
    pub device_id: String,
}

/// `POST /v1/sessions/{id}/open`: spends the one-time code and binds the session to the key of the proof.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OpenSession {
    /// The code of the launch link.
    pub code: String,
    /// Name and version of the client.
    pub app: String,
}

/// What the verifier gave: everything that one capture needs to know.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ticket {
    /// The session.
    pub session_id: String,
    /// 32 bytes, base64url: signed into the next attestation, good once.
    pub nonce: String,
    /// Enrol or verify.
    pub purpose: Purpose,
    /// Who asks, to be shown before the camera opens.
    pub display: Display,
    /// The verifier's thresholds; they may only tighten the client's own.
    pub policy: Policy,
    /// Other ways to pass where a face cannot.
    pub fallback: Vec<Fallback>,
    /// Captures that may still be posted.
    pub attempts_left: u32,
    /// When the session ends.
    pub expires_at: UnixSecs,
}

/// Who asks whom, since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Display {
    /// Name of the application that wants the login.
    pub application: String,
    /// Host name of the tenant; the browser goes back to it and nowhere else.
    pub tenant: String,
    /// The account, masked.
    pub account: String,
    /// When the login began.
    pub started_at: UnixSecs,
}

/// A way to pass without a face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// One-time code by text message.
    Sms,
    /// One-time code by phone call.
    Voice,
}

/// How a capture, a code, or giving up, ended at the verifier.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The face, or the code in its place, was accepted. The browser goes to `continue_url`.
    Approved {
        /// One-time page of the verifier that returns the browser to the tenant.
        continue_url: String,
    },
    /// Not accepted; another capture may be posted with the fresh nonce, or another code tried.
    Retry {
        /// Why.
        reason: Reason,
        /// Captures that may still be posted, or codes tried: whichever was answered.
        attempts_left: u32,
        /// Replaces the ticket's nonce.
        nonce: String,
    },
    /// Not accepted, and over. The browser takes the refusal to the tenant.
    Refused {
        /// Why.
        reason: Reason,
        /// One-time page of the verifier that returns the browser to the tenant.
        continue_url: String,
    },
    /// The session's time is over.
    Expired,
}

/// Why a capture was not accepted, or why there is none. The words for people are the client's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The face is not the account's.
    NoMatch,
    /// No live person was shown.
    NotLive,
    /// The evidence does not suffice either way.
    CannotTell,
    /// The picture is not good enough to compare.
    PoorQuality,
    /// The camera is virtual, or not the one required.
    CameraNotAllowed,
    /// The attestation does not hold.
    Untrusted,
    /// The person cancelled.
    Cancelled,
    /// The person said that this login is not theirs.
    NotMe,
    /// No camera could be used.
    NoCamera,
    /// The person did not finish in time.
    TimedOut,
    /// Too many attempts in this session or for this account.
    TooManyAttempts,
    /// The account has no template and may not enrol itself.
    NotEnrolled,
    /// The one-time code is not the one that was sent. Only in a retry: too many end as [`Self::TooManyAttempts`].
    WrongCode,
    /// The integration was switched off at the verifier.
    Disabled,
}

impl Reason {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoMatch => "no_match",
            Self::NotLive => "not_live",
            Self::CannotTell => "cannot_tell",
            Self::PoorQuality => "poor_quality",
            Self::CameraNotAllowed => "camera_not_allowed",
            Self::Untrusted => "untrusted",
            Self::Cancelled => "cancelled",
            Self::NotMe => "not_me",
            Self::NoCamera => "no_camera",
            Self::TimedOut => "timed_out",
            Self::TooManyAttempts => "too_many_attempts",
            Self::NotEnrolled => "not_enrolled",
            Self::WrongCode => "wrong_code",
            Self::Disabled => "disabled",
        }
    }
}

/// `POST /v1/sessions/{id}/abandon`: the capture ends without a face.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Abandon {
    /// Why: one of `not_live`, `cannot_tell`, `cancelled`, `not_me`, `no_camera`, `timed_out`, `no_match`.
    pub reason: Reason,
}

/// An RFC 9457 problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Stable URI of the kind of problem: [`ProblemKind::uri`].
    #[serde(rename = "type")]
    pub kind: String,
    /// One sentence.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What exactly, where it helps and gives nothing away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What each problem type begins with.
pub const PROBLEM_PREFIX: &str = "tag:countenance.dev,2026:problem:";

/// The claims of a proof: this request, by this key, now (the shape of DPoP, RFC 9449, plus a body digest).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestProofClaims {
    /// HTTP method, upper case.
    pub htm: String,
    /// The URL without query and fragment.
    pub htu: String,
    /// When it was made.
    pub iat: UnixSecs,
    /// Unique, good once.
    pub jti: String,
    /// SHA-256 of the request body, base64url.
    pub body_sha256: String,
}

/// Prints everything but the code.
impl std::fmt::Debug for OpenSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenSession").field("app", &self.app).finish_non_exhaustive()
    }
}

/// Prints everything but the nonce.
impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ticket")
            .field("session_id", &self.session_id)
            .field("purpose", &self.purpose)
            .field("attempts_left", &self.attempts_left)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Prints neither nonce nor URL.
impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Approved { .. } => f.write_str("Approved"),
            Self::Retry { reason, attempts_left, .. } => write!(f, "Retry({}, {attempts_left} left)", reason.name()),
            Self::Refused { reason, .. } => write!(f, "Refused({})", reason.name()),
            Self::Expired => f.write_str("Expired"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_called_on_the_wire_what_name_says() {
        for reason in [
            Reason::NoMatch,
            Reason::CameraNotAllowed,
            Reason::TooManyAttempts,
            Reason::NotMe,
            Reason::WrongCode,
            Reason::Disabled,
        ] {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
        }
    }

    #[test]
    fn debug_gives_no_secret_away() {
        let retry = Outcome::Retry { reason: Reason::NoMatch, attempts_left: 3, nonce: "n0nce".into() };
        let open = OpenSession { code: "c0de".into(), app: "countenance".into() };
        let shown = format!("{retry:?} {open:?}");
        assert!(!shown.contains("n0nce") && !shown.contains("c0de"), "{shown}");
    }
}
