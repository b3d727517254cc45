//! The error responses of Twilio Verify: `{code, message, more_info, status}`.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum VerifyError {
    #[error("Authenticate")]
    Credentials,
    #[error("The requested resource {path} was not found")]
    NotFound { path: String },
    #[error("Too many requests")]
    TooMany { retry_after_secs: u32 },
    #[error("Invalid parameter: {name}")]
    Parameter { name: &'static str },
    #[error("Max check attempts reached")]
    ChecksUsedUp,
    #[error("Max send attempts reached")]
    SendsUsedUp,
    #[error("This service does not allow custom codes")]
    NoCustomCodes,
    #[error("Too many concurrent requests for this phone number")]
    Concurrent,
    #[error("The destination phone number is blocked by Fraud Guard: prefix {prefix}")]
    FraudGuard { prefix: String },
    #[error("Sending to this region is not permitted")]
    Geo,
    /// Injected by [`FailMode::Down`](super::FailMode::Down): not a response of Twilio's API.
    #[error("down")]
    Down,
    /// Injected by [`FailMode::Nonsense`](super::FailMode::Nonsense): a response that cannot be parsed.
    #[error("certainly")]
    Nonsense,
}

impl VerifyError {
    /// Twilio's error code, 0 if there is none, and the HTTP status.
    fn numbers(&self) -> (u32, StatusCode) {
        match self {
            Self::Credentials => (20003, StatusCode::UNAUTHORIZED),
            Self::NotFound { .. } => (20404, StatusCode::NOT_FOUND),
            Self::TooMany { .. } => (20429, StatusCode::TOO_MANY_REQUESTS),
            Self::Parameter { .. } => (60200, StatusCode::BAD_REQUEST),
            Self::ChecksUsedUp => (60202, StatusCode::TOO_MANY_REQUESTS),
            Self::SendsUsedUp => (60203, StatusCode::TOO_MANY_REQUESTS),
            Self::NoCustomCodes => (60204, StatusCode::FORBIDDEN),
            Self::Concurrent => (60212, StatusCode::TOO_MANY_REQUESTS),
            Self::FraudGuard { .. } => (60410, StatusCode::FORBIDDEN),
            Self::Geo => (60605, StatusCode::FORBIDDEN),
            Self::Down => (0, StatusCode::SERVICE_UNAVAILABLE),
            Self::Nonsense => (0, StatusCode::OK),
        }
    }
}

impl IntoResponse for VerifyError {
    fn into_response(self) -> Response {
        let (code, status) = self.numbers();
        if code == 0 {
            return (status, self.to_string()).into_response();
        }
        let body = json!({
            "code": code,
            "message": self.to_string(),
            "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
            "status": status.as_u16(),
        });
        let mut response = (status, Json(body)).into_response();
        if let Self::TooMany { retry_after_secs } = self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after_secs));
        }
        response
    }
}
