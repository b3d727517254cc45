//! How a session goes on or ends.

use serde::{Deserialize, Serialize};

use super::known;

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
