//! Wire types shared by client and verifier: version 1 of the verification session.
//!
//! JSON over HTTPS (plain HTTP is allowed on loopback). Times are whole seconds since 1970 (UTC) unless a name ends in
//! `_millis`. Treat every value here as untrusted input until it has been checked.
//!
//! Client and verifier may have different versions: what one does not know in a message it ignores, unless the message
//! says that it must not ([`message`]).

use serde::{Deserialize, Serialize};

use crate::{clock::UnixSecs, policy::SentPolicy};

mod approval;
mod camera;
mod claims;
mod client_version;
mod code;
mod known;
pub mod message;
mod problem;

pub use approval::{
    APPROVAL_CODE_CHARS, APPROVAL_INPUT_MAX_CHARS, ApprovalCode, ApprovalOffer, ApprovalRequest, ApproveDevice,
    ApprovedDevice, LookUpApproval, NoApprovalCode,
};
pub use camera::{CameraClaim, CameraKind, CameraRefusal, InjectionSign};
pub use claims::{
    CONSENT_MAX_BYTES, Claims, ConsentClaim, CueClaim, KeyProtection, LivenessClaim, LivenessDecision, ModelClaim,
    NetClaim, QualityClaim, SampleClaim, SessionClaim, SpanClaim,
};
pub use client_version::{ClientVersion, NoVersion};
pub use code::{CODE_DIGITS, CheckCode, CodeSent, NoCode, OneTimeCode, SendCode};
pub use problem::ProblemKind;

/// `eat_profile` of the attestation: which claims to expect and what they mean.
pub const ATTESTATION_PROFILE: &str = "tag:countenance.dev,2026:attestation:1";
/// JOSE `typ` of the attestation (RFC 9782).
pub const ATTESTATION_TYP: &str = "eat+jwt";
/// JOSE `typ` of the request proof.
pub const REQUEST_PROOF_TYP: &str = "countenance-proof+jwt";
/// The header that carries the request proof.
pub const REQUEST_PROOF_HEADER: &str = "countenance-proof";
/// Maximum size of a launch link in bytes.
pub const LINK_MAX_BYTES: usize = 2048;
/// Maximum size of a posted sample in bytes.
pub const SAMPLE_MAX_BYTES: usize = 8 << 20;
/// Maximum number of samples in one capture. A verification posts one, an enrollment up to this many.
pub const SAMPLES_MAX: usize = 3;
/// Maximum size of each further sample of an enrollment in bytes.
pub const MORE_SAMPLE_MAX_BYTES: usize = 4 << 20;
/// Maximum size of an attestation in bytes.
pub const ATTESTATION_MAX_BYTES: usize = 64 << 10;
/// Largest side of a posted sample in pixels.
pub const SAMPLE_MAX_SIDE_PX: u32 = 2048;
/// Maximum size of any JSON request or response in bytes.
pub const JSON_MAX_BYTES: usize = 64 << 10;

crate::enumeration! {
    /// What a session is for.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    #[serde(rename_all = "snake_case")]
    pub enum Purpose {
        /// Store a template of this face for the account.
        Enroll = "enroll",
        /// Compare with the account's template.
        Verify = "verify",
    }
}

/// `POST /v1/devices`: registers the key that signed the request proof as a kiosk, which serves everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegisterDevice {
    /// The integration that the device will serve.
    pub integration_id: String,
    /// One-time enrollment code. Without one, the call is refused: a person's own device is registered when it opens a
    /// session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolment_code: Option<String>,
    /// A name that the operator will recognize, at most 64 characters.
    pub name: String,
    /// The client's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, pattern = "^(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})$"))]
    pub version: Option<ClientVersion>,
    /// Where the key is kept, for the rules of the integration. What a device says first is what counts, and less later on;
    /// without it, the weakest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_protection: Option<KeyProtection>,
}

/// The response to [`RegisterDevice`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegisteredDevice {
    /// RFC 7638 thumbprint of the device key.
    pub device_id: String,
}

/// `POST /v1/sessions/{id}/open`: redeems the one-time code and binds the session to the key of the request proof.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenSession {
    /// The code of the launch link.
    pub code: String,
    /// Name and version of the client, for people to read.
    pub app: String,
    /// The client's version, for the rules of the integration. A minimum admits no client without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, pattern = "^(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})$"))]
    pub version: Option<ClientVersion>,
    /// Where the key is kept, for the rules of the integration. What a device says first is what counts, and less later on;
    /// without it, the weakest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_protection: Option<KeyProtection>,
}

/// The verifier's response to [`OpenSession`]: everything the client needs for one capture.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ticket {
    /// The session.
    pub session_id: String,
    /// 32 bytes, base64url. Signed into the next attestation; valid once.
    pub nonce: String,
    /// Enroll or verify.
    pub purpose: Purpose,
    /// Who asks for the sign-in, shown before the camera opens.
    pub display: Display,
    /// The verifier's thresholds. They can only tighten the client's own. The attestation has the digest of this text.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::policy::Policy))]
    pub policy: SentPolicy,
    /// Alternatives to showing a face. Those that the client does not know are not offered.
    #[serde(deserialize_with = "known::fallbacks")]
    pub fallback: Vec<Fallback>,
    /// Captures that may still be posted.
    pub attempts_left: u32,
    /// When the session ends.
    pub expires_at: UnixSecs,
}

/// Which application asks for which account's face, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Display {
    /// Name of the application that the user is signing in to.
    pub application: String,
    /// Host name of the tenant; the browser returns to this host only.
    pub tenant: String,
    /// The account, masked.
    pub account: String,
    /// When the sign-in started.
    pub started_at: UnixSecs,
}

crate::enumeration! {
    /// An alternative to showing a face.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    #[serde(rename_all = "snake_case")]
    pub enum Fallback {
        /// One-time code by text message.
        Sms = "sms",
        /// One-time code by phone call.
        Voice = "voice",
    }
}

/// The verifier's decision on a capture, a one-time code or an abandoned session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The face, or the code in its place, was accepted. The browser continues at `continue_url`.
    Approved {
        /// One-time page of the verifier that returns the browser to the tenant.
        continue_url: String,
    },
    /// Not accepted. Another capture may be posted with the new nonce, or another code entered.
    Retry {
        /// Why. One that the client does not know is read as `untrusted`, here and below.
        #[serde(deserialize_with = "known::reason")]
        reason: Reason,
        /// Remaining captures or code attempts, depending on which was posted.
        attempts_left: u32,
        /// Replaces the ticket's nonce.
        nonce: String,
    },
    /// Not accepted, and final. The browser reports the refusal to the tenant.
    Refused {
        /// Why.
        #[serde(deserialize_with = "known::reason")]
        reason: Reason,
        /// One-time page of the verifier that returns the browser to the tenant.
        continue_url: String,
    },
    /// The session has expired.
    Expired,
}

crate::enumeration! {
    /// Why a capture was not accepted, or why there is none. The client provides the localized text.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
    #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
    #[serde(rename_all = "snake_case")]
    pub enum Reason {
        /// The face does not match the account's template.
        NoMatch = "no_match",
        /// Not recognized as a live person.
        NotLive = "not_live",
        /// The evidence is inconclusive.
        CannotTell = "cannot_tell",
        /// The image is not good enough to compare.
        PoorQuality = "poor_quality",
        /// The camera is virtual, or not the required one.
        CameraNotAllowed = "camera_not_allowed",
        /// The attestation is invalid, or its device is no longer approved.
        Untrusted = "untrusted",
        /// The user canceled.
        Cancelled = "cancelled",
        /// The person reported that they did not start this sign-in.
        NotMe = "not_me",
        /// No camera could be used.
        NoCamera = "no_camera",
        /// The person did not finish in time.
        TimedOut = "timed_out",
        /// Too many attempts in this session or for this account.
        TooManyAttempts = "too_many_attempts",
        /// The account has no template and may not enroll itself.
        NotEnrolled = "not_enrolled",
        /// Another sign-in enrolled the account before this one returned.
        AlreadyEnrolled = "already_enrolled",
        /// The one-time code is wrong. Used in a retry only: too many wrong codes end as [`Self::TooManyAttempts`].
        WrongCode = "wrong_code",
        /// The integration is disabled at the verifier.
        Disabled = "disabled",
        /// The client cannot do what the verifier requires: it is too old, or lacks a network that the policy names.
        CannotEnforce = "cannot_enforce",
    }
}

impl Reason {
    /// Whether a client may end a session for this reason. The others are the verifier's to give.
    pub fn may_be_given_by_client(self) -> bool {
        match self {
            Self::NotLive
            | Self::CannotTell
            | Self::Cancelled
            | Self::NotMe
            | Self::NoCamera
            | Self::CameraNotAllowed
            | Self::TimedOut
            | Self::NoMatch
            | Self::CannotEnforce => true,
            Self::PoorQuality
            | Self::Untrusted
            | Self::TooManyAttempts
            | Self::NotEnrolled
            | Self::AlreadyEnrolled
            | Self::WrongCode
            | Self::Disabled => false,
        }
    }
}

/// `POST /v1/sessions/{id}/abandon`: ends the session without an accepted face.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Abandon {
    /// Why: one that [a client may give](Reason::may_be_given_by_client): `not_live`, `cannot_tell`, `cancelled`, `not_me`,
    /// `no_camera`, `camera_not_allowed`, `timed_out`, `no_match`, `cannot_enforce`. One that the verifier does not know
    /// is read as `cancelled`, so that the session ends.
    #[serde(deserialize_with = "known::end")]
    pub reason: Reason,
}

/// An RFC 9457 problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// URI that identifies the kind of problem: [`ProblemKind::uri`].
    #[serde(rename = "type")]
    pub kind: String,
    /// One sentence.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Details, where they help and disclose nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// With `device-not-bound`: how a device that is bound can allow this one. One that the client does not understand is
    /// left out.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "known::approval")]
    pub approval: Option<ApprovalOffer>,
}

/// Prefix of every problem type URI.
pub const PROBLEM_PREFIX: &str = "tag:countenance.dev,2026:problem:";

/// The claims of a request proof: binds this request to this key and time (modeled on DPoP, RFC 9449, plus a body
/// digest).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestProofClaims {
    /// HTTP method, upper case.
    pub htm: String,
    /// The URL without query and fragment.
    pub htu: String,
    /// When the proof was made.
    pub iat: UnixSecs,
    /// Unique id; valid once.
    pub jti: String,
    /// SHA-256 of the request body, base64url.
    pub body_sha256: String,
}

/// Omits the code.
impl std::fmt::Debug for OpenSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenSession").field("app", &self.app).field("version", &self.version).finish_non_exhaustive()
    }
}

/// Omits the nonce.
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

/// Omits nonce and URL.
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
    fn variants_have_their_names_on_the_wire() {
        for reason in Reason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
        }
        for fallback in Fallback::ALL {
            assert_eq!(serde_json::to_value(fallback).unwrap(), fallback.name());
        }
        for purpose in Purpose::ALL {
            assert_eq!(serde_json::to_value(purpose).unwrap(), purpose.name());
        }
        for sign in InjectionSign::ALL {
            assert_eq!(serde_json::to_value(sign).unwrap(), sign.name());
        }
        for protection in KeyProtection::ALL {
            assert_eq!(serde_json::to_value(protection).unwrap(), protection.name());
        }
    }

    #[test]
    fn debug_output_contains_no_secrets() {
        let retry = Outcome::Retry { reason: Reason::NoMatch, attempts_left: 3, nonce: "n0nce".into() };
        let open = OpenSession { code: "c0de".into(), app: "countenance".into(), version: None, key_protection: None };
        let shown = format!("{retry:?} {open:?}");
        assert!(!shown.contains("n0nce") && !shown.contains("c0de"), "{shown}");
    }
}
