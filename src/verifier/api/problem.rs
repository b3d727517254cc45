//! Every refusal of the `/v1` calls, by name, as an RFC 9457 problem document.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{judge::sample_analysis::AnalysisError, otp::CodeRefusal, otp::twilio::TwilioError, store::StoreError};
use countenance_attest::{request_proof::RequestProofError, verify::AttestError};
use countenance_core::protocol::{Problem, ProblemKind};

/// How long Twilio keeps a verification whose sendings or checks are used up, seconds.
const VERIFICATION_SECS: u64 = 600;

/// Why a call was not served. Nothing has changed but what a variant says.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("The request has more bytes than this call takes.")]
    BodyTooLarge,
    #[error("The request is not what this call takes.")]
    Malformed,
    #[error("The request carries no proof of its sender's key.")]
    ProofMissing,
    #[error("The proof does not prove this request.")]
    RequestProof(#[from] RequestProofError),
    #[error("The proof was used before.")]
    ProofReplayed,
    #[error("There is no such integration.")]
    IntegrationUnknown,
    #[error("This integration registers devices by enrolment code only.")]
    RegistrationClosed,
    #[error("The enrolment code is unknown, past its time, or used.")]
    EnrolmentCode,
    #[error("This device is not registered.")]
    DeviceUnknown,
    #[error("This device is switched off.")]
    DeviceDisabled,
    #[error("There is no such session.")]
    SessionUnknown,
    #[error("The session's time is over.")]
    SessionExpired,
    #[error("The session is over.")]
    SessionOver,
    #[error("The session has not been opened.")]
    SessionNotOpen,
    #[error("The code is not the session's.")]
    WrongCode,
    #[error("The code was spent by another device.")]
    CodeSpent,
    #[error("The session belongs to another device.")]
    OtherDevice,
    /// Counted in the session.
    #[error("The attestation does not hold.")]
    Attestation(#[from] AttestError),
    /// Counted in the session.
    #[error("The attestation was judged before.")]
    AttestationReplayed,
    /// Counted in the session.
    #[error("The sample has more pixels than allowed, or not those that were signed for.")]
    SampleSize,
    /// Counted in the session.
    #[error("The sample cannot be read.")]
    SampleUnreadable,
    /// Counted in the session.
    #[error("The attestation names a network that this verifier does not allow.")]
    ModelNotAllowed,
    /// Counted in the session.
    #[error("The attestation was made under another policy.")]
    OtherPolicy,
    #[error("A session is not given up for this reason.")]
    ReasonNotAllowed,
    #[error("This login cannot be passed by a code.")]
    CodeNotOffered,
    #[error("No code was sent in this session.")]
    CodeNotSent,
    #[error("The code could not be sent or checked; no try was spent.")]
    Twilio(#[source] TwilioError),
    #[error("The authorization is not the token of this integration's log stream.")]
    LogToken,
    #[error("There is nothing here.")]
    NotFound,
    #[error("This address takes other methods.")]
    MethodNotAllowed,
    #[error("The verifier is busy; try again shortly.")]
    Busy,
    #[error("The request took too long.")]
    Slow,
    #[error("The verifier failed; nothing was decided.")]
    Store(#[from] StoreError),
    #[error("The verifier could not judge the sample; nothing was decided.")]
    Examination(#[from] AnalysisError),
}

impl Refusal {
    /// The kind that the client acts on; `None` for what is not part of the protocol.
    pub(crate) fn kind(&self) -> Option<ProblemKind> {
        Some(match self {
            Self::Malformed | Self::ReasonNotAllowed | Self::SessionNotOpen | Self::CodeNotSent => {
                ProblemKind::BadRequest
            }
            Self::CodeNotOffered => ProblemKind::CodeRefused,
            Self::Twilio(error) => kind_at_twilio(error),
            Self::ProofMissing | Self::RequestProof(_) | Self::ProofReplayed => ProblemKind::ProofRejected,
            Self::IntegrationUnknown | Self::RegistrationClosed | Self::EnrolmentCode => ProblemKind::EnrolmentRefused,
            Self::DeviceUnknown => ProblemKind::DeviceUnknown,
            Self::DeviceDisabled => ProblemKind::DeviceDisabled,
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
            | Self::OtherPolicy => ProblemKind::AttestationRejected,
            Self::Busy | Self::Slow => ProblemKind::Unavailable,
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

    /// Whether the session counts it: the sender is the session's own device, and what it sent does not hold.
    pub(crate) fn counted(&self) -> bool {
        matches!(
            self,
            Self::Attestation(_)
                | Self::AttestationReplayed
                | Self::SampleSize
                | Self::SampleUnreadable
                | Self::ModelNotAllowed
                | Self::OtherPolicy
        )
    }

    /// When to come back, where that helps.
    fn retry_after_secs(&self) -> Option<u64> {
        match self {
            Self::Busy | Self::Slow => Some(2),
            Self::Twilio(TwilioError::TooFast { retry_after_secs }) => Some((*retry_after_secs).max(1)),
            Self::Twilio(TwilioError::SendsUsedUp | TwilioError::ChecksUsedUp) => Some(VERIFICATION_SECS),
            Self::Twilio(error) if kind_at_twilio(error) == ProblemKind::Unavailable => Some(5),
            _ => None,
        }
    }

    /// The document: the kind for the client, the sentence for whoever reads a log.
    pub(crate) fn problem(&self) -> Problem {
        let detail = match self {
            Self::RequestProof(e) => Some(e.to_string()),
            Self::Attestation(e) => Some(e.to_string()),
            _ => None,
        };
        Problem {
            // RFC 9457: a problem without a type of its own is `about:blank`.
            kind: self.kind().map_or_else(|| "about:blank".to_owned(), ProblemKind::uri),
            title: self.to_string(),
            status: self.status().as_u16(),
            detail,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        // The one place that logs it: with its causes, which hold no request data.
        if matches!(self, Self::Store(_) | Self::Examination(_) | Self::Twilio(_)) {
            tracing::error!(error = &self as &dyn std::error::Error, "call failed");
        } else {
            tracing::info!(why = %self, "call refused");
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
            CodeRefusal::Twilio(error) => Self::Twilio(error),
            CodeRefusal::Store(error) => Self::Store(error),
        }
    }
}

/// What a client can do about Twilio's refusal. The set-up at Twilio is the operator's, and in the log; the client does not
/// learn more than that something broke.
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
