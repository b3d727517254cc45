//! Wire types shared by client and verifier: version 1 of the verification session.
//!
//! JSON over HTTPS (plain HTTP is allowed on loopback). Times are whole seconds since 1970 (UTC) unless a name ends in
//! `_millis`. Treat every value here as untrusted input until it has been checked.
//!
//! Client and verifier may have different versions: what one does not know in a message it ignores, unless the message
//! says that it must not ([`message`]).

use serde::{Deserialize, Serialize};

use crate::clock::UnixSecs;

mod approval;
mod attendance;
mod camera;
mod claims;
mod client_version;
mod code;
mod heartbeat;
mod known;
pub mod message;
mod outcome;
mod problem;
mod session;

pub use approval::{
    APPROVAL_CODE_CHARS, APPROVAL_INPUT_MAX_CHARS, ApprovalCode, ApprovalOffer, ApprovalRequest, ApproveDevice,
    ApprovedDevice, LookUpApproval, NoApprovalCode,
};
pub use attendance::{
    Attend, Attended, NoPin, NoSupervisorNumber, PIN_DIGITS, Pin, SUPERVISOR_NUMBER_DIGITS, SupervisorNumber,
};
pub use camera::{CameraClaim, CameraKind, CameraRefusal, InjectionSign};
pub use claims::{
    CONSENT_MAX_BYTES, Claims, ConsentClaim, CueClaim, KeyProtection, LivenessClaim, LivenessDecision, ModelClaim,
    NetClaim, QualityClaim, SampleClaim, SessionClaim, SpanClaim,
};
pub use client_version::{ClientVersion, NoVersion};
pub use code::{CODE_DIGITS, CheckCode, CodeSent, NoCode, OneTimeCode, SendCode};
pub use heartbeat::{
    CameraState, CaptureOutcome, HEARTBEAT_INTERVAL_SECS, HEARTBEAT_MAX_BYTES, Heartbeat, HeartbeatAnswer, LastCapture,
    NoSettingsRevision, NoSiteLabel, OutOfOrder, SETTINGS_REVISION_MAX_BYTES, SITE_MAX_CHARS, SettingsRevision,
    SiteLabel,
};
pub use outcome::{Abandon, Outcome, Reason};
pub use problem::ProblemKind;
pub use session::{Display, Fallback, OpenSession, Purpose, Ticket};

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
