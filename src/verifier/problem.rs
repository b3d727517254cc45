//! Every refusal of the `/v1` calls, by name, as an RFC 9457 problem document.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::store::StoreError;
use crate::{
    attest::{proof::ProofError, verify::AttestError},
    protocol::{PROBLEM_PREFIX, Problem},
};

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
    Proof(#[from] ProofError),
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
    #[error("The shot has more pixels than allowed, or not those that were signed for.")]
    ShotSize,
    /// Counted in the session.
    #[error("The shot cannot be read.")]
    ShotUnreadable,
    /// Counted in the session.
    #[error("The attestation names a network that this verifier does not allow.")]
    ModelNotAllowed,
    /// Counted in the session.
    #[error("The attestation was made under another policy.")]
    OtherPolicy,
    /// A call that cannot give a reason this session takes.
    #[error("A session is not given up for this reason.")]
    ReasonNotAllowed,
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
    /// A network failed on this shot, or its thread did.
    #[error("The verifier could not judge the shot; nothing was decided.")]
    Examination,
}

impl Refusal {
    /// The last part of the problem's type.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::BodyTooLarge => "body-too-large",
            Self::Malformed => "malformed",
            Self::ProofMissing => "proof-missing",
            Self::Proof(_) => "proof-invalid",
            Self::ProofReplayed => "proof-replayed",
            Self::IntegrationUnknown => "integration-unknown",
            Self::RegistrationClosed => "registration-closed",
            Self::EnrolmentCode => "enrolment-code",
            Self::DeviceUnknown => "device-unknown",
            Self::DeviceDisabled => "device-disabled",
            Self::SessionUnknown => "session-unknown",
            Self::SessionExpired => "session-expired",
            Self::SessionOver => "session-over",
            Self::SessionNotOpen => "session-not-open",
            Self::WrongCode => "wrong-code",
            Self::CodeSpent => "code-spent",
            Self::OtherDevice => "other-device",
            Self::Attestation(e) => attestation_name(e),
            Self::AttestationReplayed => "attestation-replayed",
            Self::ShotSize => "shot-size",
            Self::ShotUnreadable => "shot-unreadable",
            Self::ModelNotAllowed => "model-not-allowed",
            Self::OtherPolicy => "other-policy",
            Self::ReasonNotAllowed => "reason-not-allowed",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Busy => "busy",
            Self::Slow => "slow",
            Self::Store(_) => "store",
            Self::Examination => "examination",
        }
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::BodyTooLarge | Self::ShotSize | Self::Attestation(AttestError::ShotTooLarge { .. }) => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::Malformed | Self::ReasonNotAllowed => StatusCode::BAD_REQUEST,
            Self::ProofMissing | Self::Proof(_) | Self::ProofReplayed => StatusCode::UNAUTHORIZED,
            Self::RegistrationClosed
            | Self::EnrolmentCode
            | Self::DeviceUnknown
            | Self::DeviceDisabled
            | Self::WrongCode
            | Self::OtherDevice => StatusCode::FORBIDDEN,
            Self::IntegrationUnknown | Self::SessionUnknown | Self::NotFound => StatusCode::NOT_FOUND,
            Self::SessionExpired => StatusCode::GONE,
            Self::SessionOver | Self::SessionNotOpen | Self::CodeSpent | Self::AttestationReplayed => {
                StatusCode::CONFLICT
            }
            Self::Attestation(_) | Self::ShotUnreadable | Self::ModelNotAllowed | Self::OtherPolicy => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::Store(_) | Self::Examination => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Whether the session counts it: the sender is the session's own device, and what it sent does not hold.
    pub(crate) fn counted(&self) -> bool {
        matches!(
            self,
            Self::Attestation(_)
                | Self::AttestationReplayed
                | Self::ShotSize
                | Self::ShotUnreadable
                | Self::ModelNotAllowed
                | Self::OtherPolicy
        )
    }

    /// The document.
    pub(crate) fn problem(&self) -> Problem {
        let detail = match self {
            Self::Proof(e) => Some(e.to_string()),
            Self::Attestation(e) => Some(e.to_string()),
            _ => None,
        };
        Problem {
            kind: format!("{PROBLEM_PREFIX}{}", self.name()),
            title: self.to_string(),
            status: self.status().as_u16(),
            detail,
        }
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        if self.status().is_server_error() {
            // The one place that logs it: with its causes, which hold no request data.
            tracing::error!(problem = self.name(), error = &self as &dyn std::error::Error, "call failed");
        } else {
            tracing::info!(problem = self.name(), "call refused");
        }
        let body = serde_json::to_vec(&self.problem()).unwrap_or_default();
        let mut response = (self.status(), Body::from(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if matches!(self, Self::Busy) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

/// An attestation refused for what it is bound to is named for that; one that is unsound in itself has one name.
fn attestation_name(error: &AttestError) -> &'static str {
    match error {
        AttestError::OtherNonce => "other-nonce",
        AttestError::NotNow { .. } => "attestation-not-now",
        AttestError::OtherSession => "other-session",
        AttestError::OtherPurpose => "other-purpose",
        AttestError::OtherShot => "other-shot",
        AttestError::OtherKey | AttestError::OtherDevice => "other-key",
        AttestError::OtherProfile => "other-profile",
        AttestError::ShotTooLarge { .. } => "shot-too-large",
        AttestError::Inconsistent(_) => "attestation-inconsistent",
        _ => "attestation-invalid",
    }
}
