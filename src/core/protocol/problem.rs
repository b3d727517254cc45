//! Kinds of problem documents (RFC 9457) that the verifier returns, by their names on the wire.

use super::PROBLEM_PREFIX;

/// Declares the kinds: variant, name on the wire, HTTP status.
macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $status:literal;)*) => {
        /// What went wrong, by a stable name. It is the only part of a problem document that the client acts on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemKind { $($(#[$doc])* $variant,)* }

        impl ProblemKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The last part of the problem type URI.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The HTTP status of a response with this kind.
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }
        }
    };
}
kinds! {
    /// The body is not the expected JSON or multipart form.
    BadRequest = "bad-request", 400;
    /// The request proof is invalid, or was used before.
    ProofRejected = "proof-rejected", 401;
    /// The verifier is reached under an address that is not its own. Older clients treat it as any other 401.
    OtherOrigin = "other-origin", 401;
    /// The attestation is invalid.
    AttestationRejected = "attestation-rejected", 422;
    /// The session belongs to another device.
    BoundToOtherDevice = "bound-to-other-device", 403;
    /// The device was disabled.
    DeviceDisabled = "device-disabled", 403;
    /// The device was retired: it is disabled for good. Heartbeats only; other calls say `device-disabled`.
    DeviceRetired = "device-retired", 403;
    /// The device is not registered, but registration is required.
    DeviceUnknown = "device-unknown", 403;
    /// The device is not approved for this account; the same link works once it is.
    DeviceNotBound = "device-not-bound", 403;
    /// The approval code is unknown, expired or used, or this device may not approve what it is for.
    ApprovalRefused = "approval-refused", 403;
    /// The client's version is not accepted at this integration; the same link works with a later one.
    ClientTooOld = "client-too-old", 403;
    /// The device's key is not protected as the integration requires.
    KeyProtectionTooWeak = "key-protection-too-weak", 403;
    /// The enrollment code is missing, wrong or already used.
    EnrolmentRefused = "enrolment-refused", 403;
    /// A supervisor must confirm this enrollment before a capture is accepted, and the attestation must name them.
    AttendanceRequired = "attendance-required", 403;
    /// The supervisor's number or PIN is wrong, or they may not attend this enrollment; a `Retry-After` header says how
    /// long no PIN of theirs is compared.
    AttendanceRefused = "attendance-refused", 403;
    /// This session does not allow one-time codes, or none can be sent to this phone.
    CodeRefused = "code-refused", 403;
    /// The session does not exist, or the code is not the session's.
    SessionUnknown = "session-unknown", 404;
    /// Another device has already redeemed the code.
    CodeSpent = "code-spent", 409;
    /// The session has already been decided.
    SessionOver = "session-over", 409;
    /// The session has expired.
    Expired = "expired", 410;
    /// A part of the body is larger than allowed.
    TooLarge = "too-large", 413;
    /// The message lists a member in `crit` that the verifier does not know.
    NotSupported = "not-supported", 422;
    /// Too many requests; the `Retry-After` header says how long to wait.
    TooManyRequests = "too-many-requests", 429;
    /// An internal error of the verifier.
    Internal = "internal", 500;
    /// The verifier is temporarily unavailable.
    Unavailable = "unavailable", 503;
}

impl ProblemKind {
    /// The `type` of the problem document.
    pub fn uri(self) -> String {
        format!("{PROBLEM_PREFIX}{}", self.name())
    }

    /// The kind that `uri` names; `None` if it is not one of ours.
    pub fn from_uri(uri: &str) -> Option<Self> {
        let name = uri.strip_prefix(PROBLEM_PREFIX)?;
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problem_uris_are_unique() {
        for &kind in ProblemKind::ALL {
            assert_eq!(ProblemKind::from_uri(&kind.uri()), Some(kind));
        }
        assert_eq!(ProblemKind::from_uri("expired"), None);
        assert_eq!(ProblemKind::from_uri("about:blank"), None);
    }
}
