//! Every refusal of a `/v1` call, by name, as an RFC 9457 problem document.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    judge::remeasure::Mismeasured, judge::sample_analysis::AnalysisError, limits::Exceeded, ops::request_log,
    otp::CodeRefusal, otp::twilio::TwilioError, store::StoreError,
};
use countenance_attest::{request_proof::RequestProofError, verify::AttestError};
use countenance_core::{
    liveness::Discrepancy,
    protocol::{ApprovalOffer, ClientVersion, KeyProtection, Problem, ProblemKind, message::Unmet},
};

/// How long Twilio keeps a verification after its sends or checks are used up, seconds.
const VERIFICATION_SECS: u64 = 600;

/// Why a call was not served. Nothing has changed except what a variant documents.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("The request body is too large.")]
    BodyTooLarge,
    #[error("Malformed request.")]
    Malformed,
    /// The message names something in `crit` that this verifier does not know.
    #[error("The message requires more than this verifier knows.")]
    Unmet(#[source] Unmet),
    #[error("The request has no proof of the device key.")]
    ProofMissing,
    #[error("The request proof does not match this request.")]
    RequestProof(#[from] RequestProofError),
    #[error("The request proof was already used.")]
    ProofReplayed,
    #[error("No such integration.")]
    IntegrationUnknown,
    #[error("A device is registered here with an enrollment code only.")]
    CodeRequired,
    #[error("The enrollment code is unknown, expired or already used.")]
    EnrolmentCode,
    /// The session stays as it is.
    #[error("A face is enrolled at a kiosk here, where a supervisor confirms it.")]
    EnrollmentAttended,
    /// The session stays as it is.
    #[error("A supervisor must confirm this enrollment, and the attestation must name them.")]
    AttendanceRequired,
    /// The same for every reason, so that a stranger learns nothing about supervisors.
    #[error("The supervisor's number or PIN is wrong, or they may not attend here.")]
    AttendanceRefused {
        /// How long no PIN of theirs is compared, if that is known.
        retry_after_secs: Option<u64>,
    },
    #[error("This session takes no supervisor.")]
    NothingToAttend,
    #[error("This device is not registered.")]
    DeviceUnknown,
    #[error("This device is disabled.")]
    DeviceDisabled,
    #[error("This device was retired.")]
    DeviceRetired,
    #[error("This device is not registered as a kiosk.")]
    NotAKiosk,
    /// Its request to be bound is recorded.
    #[error("This device is not approved for this account.")]
    DeviceNotBound {
        /// How a device that is bound can allow it; `None` if its request was not recorded.
        approval: Option<ApprovalOffer>,
    },
    /// The same for every reason, so that a stranger learns nothing about the code.
    #[error("The approval code is unknown, expired or used, or this device may not use it.")]
    ApprovalRefused,
    /// The session stays as it is.
    #[error("This version of the client is not accepted here.")]
    ClientTooOld {
        /// What the device has said last.
        version: Option<ClientVersion>,
        /// The integration's minimum.
        min: Option<ClientVersion>,
    },
    /// The session stays as it is.
    #[error("The device's key is not protected as this integration requires.")]
    KeyProtectionTooWeak {
        /// What the device has registered.
        registered: KeyProtection,
        /// The integration's minimum.
        min: KeyProtection,
    },
    #[error("No such session.")]
    SessionUnknown,
    #[error("The session has expired.")]
    SessionExpired,
    #[error("The session is already complete.")]
    SessionOver,
    #[error("The session has not been opened.")]
    SessionNotOpen,
    #[error("The code does not match the session.")]
    WrongCode,
    #[error("The code was already used by another device.")]
    CodeSpent,
    #[error("The session is bound to another device.")]
    OtherDevice,
    /// Counted by the session.
    #[error("The attestation is invalid.")]
    Attestation(#[from] AttestError),
    /// Counted by the session.
    #[error("The attestation was already used.")]
    AttestationReplayed,
    /// Counted by the session.
    #[error("The sample exceeds the size limit or is not of the attested size.")]
    SampleSize,
    /// Counted by the session.
    #[error("The sample cannot be decoded.")]
    SampleUnreadable,
    /// Counted by the session.
    #[error("The attestation names a network that this verifier does not allow.")]
    ModelNotAllowed,
    /// Counted by the session.
    #[error("The attestation was made under another policy.")]
    OtherPolicy,
    /// Counted by the session.
    #[error("The attestation names another version of the client than its device did.")]
    OtherVersion,
    /// Counted by the session.
    #[error("The attestation names another protection of the key than its device registered.")]
    OtherKeyProtection,
    /// Counted by the session.
    #[error("The attestation names another supervisor than the session.")]
    OtherSupervisor,
    /// Counted by the session.
    #[error("The sample was already used for this account.")]
    SampleUsed,
    /// Counted by the session.
    #[error("The attestation's numbers do not follow from one another.")]
    Discrepancy(#[from] Discrepancy),
    /// Counted by the session.
    #[error("The attestation's measures are not those of the sample.")]
    Mismeasured(#[from] Mismeasured),
    #[error("A client may not end a session for this reason.")]
    ReasonNotAllowed,
    #[error("One-time codes are not available for this sign-in.")]
    CodeNotOffered,
    #[error("No code was sent in this session.")]
    CodeNotSent,
    #[error("The code could not be sent or checked; no attempt was used.")]
    Twilio(#[source] TwilioError),
    #[error("The authorization does not match this integration's log stream token.")]
    LogToken,
    #[error("Not found.")]
    NotFound,
    #[error("Method not allowed.")]
    MethodNotAllowed,
    #[error(transparent)]
    Limited(#[from] Exceeded),
    #[error("The verifier is busy; try again shortly.")]
    Busy,
    #[error("The request took too long.")]
    Slow,
    #[error("Internal error; nothing was decided.")]
    Store(#[from] StoreError),
    #[error("The sample could not be analyzed; nothing was decided.")]
    Examination(#[from] AnalysisError),
}

impl Refusal {
    /// The kind that the client acts on; `None` for responses outside the protocol.
    pub(crate) fn kind(&self) -> Option<ProblemKind> {
        Some(match self {
            Self::Malformed
            | Self::ReasonNotAllowed
            | Self::SessionNotOpen
            | Self::CodeNotSent
            | Self::NothingToAttend => ProblemKind::BadRequest,
            Self::Unmet(_)
            | Self::Attestation(AttestError::Unmet(_))
            | Self::RequestProof(RequestProofError::Unmet(_)) => ProblemKind::NotSupported,
            Self::CodeNotOffered => ProblemKind::CodeRefused,
            Self::Twilio(error) => kind_at_twilio(error),
            Self::RequestProof(RequestProofError::OtherOrigin { .. }) => ProblemKind::OtherOrigin,
            Self::ProofMissing | Self::RequestProof(_) | Self::ProofReplayed => ProblemKind::ProofRejected,
            Self::IntegrationUnknown | Self::CodeRequired | Self::EnrolmentCode | Self::EnrollmentAttended => {
                ProblemKind::EnrolmentRefused
            }
            Self::AttendanceRequired => ProblemKind::AttendanceRequired,
            Self::AttendanceRefused { .. } => ProblemKind::AttendanceRefused,
            Self::DeviceUnknown | Self::NotAKiosk => ProblemKind::DeviceUnknown,
            Self::DeviceDisabled => ProblemKind::DeviceDisabled,
            Self::DeviceRetired => ProblemKind::DeviceRetired,
            Self::DeviceNotBound { .. } => ProblemKind::DeviceNotBound,
            Self::ApprovalRefused => ProblemKind::ApprovalRefused,
            Self::ClientTooOld { .. } => ProblemKind::ClientTooOld,
            Self::KeyProtectionTooWeak { .. } => ProblemKind::KeyProtectionTooWeak,
            Self::SessionUnknown | Self::WrongCode => ProblemKind::SessionUnknown,
            Self::SessionExpired => ProblemKind::Expired,
            Self::SessionOver => ProblemKind::SessionOver,
            Self::CodeSpent => ProblemKind::CodeSpent,
            Self::OtherDevice => ProblemKind::BoundToOtherDevice,
            Self::BodyTooLarge | Self::SampleSize | Self::Attestation(AttestError::SampleTooLarge { .. }) => {
                ProblemKind::TooLarge
            }
            Self::Attestation(_)
            | Self::AttestationReplayed
            | Self::SampleUnreadable
            | Self::ModelNotAllowed
            | Self::OtherPolicy
            | Self::OtherVersion
            | Self::OtherKeyProtection
            | Self::OtherSupervisor
            | Self::SampleUsed
            | Self::Discrepancy(_)
            | Self::Mismeasured(_) => ProblemKind::AttestationRejected,
            Self::Limited(_) => ProblemKind::TooManyRequests,
            Self::Busy | Self::Slow => ProblemKind::Unavailable,
            Self::Store(error) if error.is_transient() => ProblemKind::Unavailable,
            Self::Store(_) | Self::Examination(_) => ProblemKind::Internal,
            Self::LogToken | Self::NotFound | Self::MethodNotAllowed => return None,
        })
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        match (self, self.kind()) {
            (_, Some(kind)) => StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            (Self::LogToken, None) => StatusCode::UNAUTHORIZED,
            (Self::MethodNotAllowed, None) => StatusCode::METHOD_NOT_ALLOWED,
            (_, None) => StatusCode::NOT_FOUND,
        }
    }

    /// Whether the session counts it: its own device sent an invalid post.
    pub(crate) fn counted(&self) -> bool {
        matches!(
            self,
            Self::Attestation(_)
                | Self::AttestationReplayed
                | Self::SampleSize
                | Self::SampleUnreadable
                | Self::ModelNotAllowed
                | Self::OtherPolicy
                | Self::OtherVersion
                | Self::OtherKeyProtection
                | Self::OtherSupervisor
                | Self::SampleUsed
                | Self::Discrepancy(_)
                | Self::Mismeasured(_)
        )
    }

    /// Value of `Retry-After`, if retrying helps, seconds.
    fn retry_after_secs(&self) -> Option<u64> {
        match self {
            Self::Limited(exceeded) => Some(exceeded.retry_after_secs.max(1)),
            Self::AttendanceRefused { retry_after_secs } => *retry_after_secs,
            Self::Busy | Self::Slow => Some(2),
            Self::Store(error) if error.is_transient() => Some(1),
            Self::Twilio(TwilioError::TooFast { retry_after_secs }) => Some((*retry_after_secs).max(1)),
            Self::Twilio(TwilioError::SendsUsedUp | TwilioError::ChecksUsedUp) => Some(VERIFICATION_SECS),
            Self::Twilio(error) if kind_at_twilio(error) == ProblemKind::Unavailable => Some(5),
            _ => None,
        }
    }

    /// The problem document: the kind is for the client, the title for people who read logs.
    pub(crate) fn problem(&self) -> Problem {
        let detail = match self {
            Self::RequestProof(e) => Some(e.to_string()),
            Self::Attestation(e) => Some(e.to_string()),
            Self::Discrepancy(e) => Some(e.to_string()),
            Self::Mismeasured(e) => Some(e.to_string()),
            Self::Unmet(unmet) => Some(unmet.to_string()),
            Self::ClientTooOld { version, min } => Some(version_words(*version, *min)),
            Self::KeyProtectionTooWeak { registered, min } => {
                Some(format!("the key is kept as {}; at least {} is needed", registered.name(), min.name()))
            }
            _ => None,
        };
        let approval = match self {
            Self::DeviceNotBound { approval } => approval.clone(),
            _ => None,
        };
        Problem {
            // RFC 9457, 4.2.1: a problem without a specific type is `about:blank`.
            kind: self.kind().map_or_else(|| "about:blank".to_owned(), ProblemKind::uri),
            title: self.to_string(),
            status: self.status().as_u16(),
            detail,
            approval,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        // Logged only here, with its causes, which contain no request data.
        match &self {
            // A device's sample may be the cause, so it is no error.
            Self::Examination(_) => tracing::warn!(error = &self as &dyn std::error::Error, "call failed"),
            Self::Store(_) | Self::Twilio(_) if self.status().is_server_error() => {
                request_log::failed(self.status(), &self, "call failed");
            }
            _ => tracing::info!(why = %self, "call refused"),
        }
        let body = serde_json::to_vec(&self.problem()).unwrap_or_default();
        let mut response = (self.status(), Body::from(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(secs) = self.retry_after_secs() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        response
    }
}

impl From<CodeRefusal> for Refusal {
    fn from(refusal: CodeRefusal) -> Self {
        match refusal {
            CodeRefusal::NotOffered => Self::CodeNotOffered,
            CodeRefusal::NotSent => Self::CodeNotSent,
            CodeRefusal::Over => Self::SessionOver,
            CodeRefusal::Expired => Self::SessionExpired,
            CodeRefusal::Limited(exceeded) => Self::Limited(exceeded),
            CodeRefusal::Twilio(error) => Self::Twilio(error),
            CodeRefusal::Store(error) => Self::Store(error),
        }
    }
}

/// What a person who updates the client has to know.
fn version_words(version: Option<ClientVersion>, min: Option<ClientVersion>) -> String {
    let version =
        version.map_or_else(|| "a client of unknown version".to_owned(), |version| format!("version {version}"));
    match min {
        Some(min) => format!("{version} is not accepted; at least {min} is needed"),
        None => format!("{version} is not accepted"),
    }
}

/// The problem kind for a Twilio error. A misconfigured Twilio account concerns only the operator, who finds it in the
/// log; the client only learns of an internal error.
fn kind_at_twilio(error: &TwilioError) -> ProblemKind {
    match error {
        TwilioError::Number { .. } | TwilioError::Blocked { .. } => ProblemKind::CodeRefused,
        TwilioError::ChecksUsedUp | TwilioError::SendsUsedUp | TwilioError::TooFast { .. } => {
            ProblemKind::TooManyRequests
        }
        TwilioError::Unreached(_) | TwilioError::Gone | TwilioError::NotUnderstood { status: 500.., .. } => {
            ProblemKind::Unavailable
        }
        TwilioError::Misconfigured { .. } | TwilioError::NotUnderstood { .. } => ProblemKind::Internal,
    }
}
