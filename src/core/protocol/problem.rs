//! The kinds of problem documents (RFC 9457) that the verifier answers with, by their names on the wire.

use super::PROBLEM_PREFIX;

/// Declares the kinds: variant, name on the wire, HTTP status.
macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $status:literal;)*) => {
        /// What went wrong, by a stable name. The client acts on this and on nothing else in a problem document.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemKind { $($(#[$doc])* $variant,)* }

        impl ProblemKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The last part of the URI.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The HTTP status that goes with it.
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }
        }
    };
}
kinds! {
    /// The body is not the JSON or multipart form expected.
    BadRequest = "bad-request", 400;
    /// The request's proof does not hold, or was seen before.
    ProofRejected = "proof-rejected", 401;
    /// The attestation does not hold.
    AttestationRejected = "attestation-rejected", 422;
    /// The session belongs to another device.
    BoundToOtherDevice = "bound-to-other-device", 403;
    /// The device was disabled.
    DeviceDisabled = "device-disabled", 403;
    /// The device is not registered, and must be.
    DeviceUnknown = "device-unknown", 403;
    /// The enrolment code is wrong or used up.
    EnrolmentRefused = "enrolment-refused", 403;
    /// The session cannot be passed by a one-time code, or none can be sent to this phone.
    CodeRefused = "code-refused", 403;
    /// There is no such session, or the code is not its code.
    SessionUnknown = "session-unknown", 404;
    /// The code was spent by another device.
    CodeSpent = "code-spent", 409;
    /// The session is over: it was decided already.
    SessionOver = "session-over", 409;
    /// The session's time is over.
    Expired = "expired", 410;
    /// A part has more bytes than allowed.
    TooLarge = "too-large", 413;
    /// Too many requests; the answer's `Retry-After` says when to come back.
    TooManyRequests = "too-many-requests", 429;
    /// Something broke at the verifier.
    Internal = "internal", 500;
    /// The verifier cannot serve now.
    Unavailable = "unavailable", 503;
}

impl ProblemKind {
    /// The `type` of the problem document.
    pub fn uri(self) -> String {
        format!("{PROBLEM_PREFIX}{}", self.name())
    }

    /// The kind that `uri` names, if it is one of ours.
    pub fn from_uri(uri: &str) -> Option<Self> {
        let name = uri.strip_prefix(PROBLEM_PREFIX)?;
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_found_by_its_own_uri_and_by_no_other() {
        for &kind in ProblemKind::ALL {
            assert_eq!(ProblemKind::from_uri(&kind.uri()), Some(kind));
        }
        assert_eq!(ProblemKind::from_uri("expired"), None);
        assert_eq!(ProblemKind::from_uri("about:blank"), None);
    }
}
