//! Opening a session: what the client sends, and the ticket that it gets.

use serde::{Deserialize, Serialize};

use super::{ClientVersion, KeyProtection, known};
use crate::{clock::UnixSecs, policy::SentPolicy};

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
    /// Whether a supervisor must attend before the first capture: `POST /v1/sessions/{id}/attendance`. Always in `crit`, so
    /// that a client which cannot ask for one says so before its camera opens.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub attendance: bool,
    /// Members that the client must know, or refuse the ticket: see [`message`](super::message).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub crit: Vec<String>,
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
