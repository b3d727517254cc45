//! The kinds of camera failure, declared once: name, error, and what resolves it.

use countenance_core::protocol::CameraRefusal;

use super::CameraError;

/// What resolves a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Waiting: the camera may be connected, or released by another program.
    ByItself,
    /// A person, who adjusts the camera or the light.
    ByHand,
    /// Only another camera, other settings or another recording.
    Never,
}

/// Declares the kinds: variant, name in reports and script output, error pattern, and what resolves it.
macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $error:pat, $ends:ident;)*) => {
        countenance_core::enumeration! {
            /// The kind of a camera failure, without details. Each has its own cause and remedy.
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            pub enum CameraErrorKind { $($(#[$doc])* $variant,)* }
        }

        impl CameraError {
            /// The kind of this failure.
            pub fn kind(&self) -> CameraErrorKind {
                match self { $($error => CameraErrorKind::$variant,)* }
            }
        }

        impl CameraErrorKind {
            /// Its name in reports and script output.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            fn ends(self) -> Ends {
                match self { $(Self::$variant => Ends::$ends,)* }
            }
        }
    };
}
kinds! {
    /// Access is denied by the system or its administrator.
    Denied = "denied", CameraError::Denied, Never;
    /// In use by another program.
    Busy = "busy", CameraError::Busy, ByItself;
    /// No camera was found.
    Absent = "absent", CameraError::Absent, ByItself;
    /// No camera was found but one that works only through libcamera.
    NeedsLibcamera = "needs_libcamera", CameraError::NeedsLibcamera(_), ByItself;
    /// Denied by the desktop, whose camera portal was asked.
    DeniedByDesktop = "denied_by_desktop", CameraError::DeniedByDesktop, Never;
    /// The desktop asks the person.
    Asking = "asking", CameraError::Asking, ByItself;
    /// The desktop's camera portal gives none.
    NoPortal = "no_portal", CameraError::NoPortal(_), ByItself;
    /// The camera that this installation requires is not connected.
    NotPinned = "pinned", CameraError::NotPinned, ByItself;
    /// No usable format.
    Unsupported = "unsupported", CameraError::Unsupported, Never;
    /// Disconnected during use.
    Lost = "lost", CameraError::Lost, ByItself;
    /// Connected, but delivers no frames.
    Stalled = "stalled", CameraError::Stalled, ByItself;
    /// The frame rate is too low.
    TooSlow = "too_slow", CameraError::TooSlow, ByHand;
    /// The image is black.
    Black = "black", CameraError::Black, ByHand;
    /// The image does not change.
    Frozen = "frozen", CameraError::Frozen, ByHand;
    /// The image has no color.
    Monochrome = "monochrome", CameraError::Monochrome, ByHand;
    /// Timestamps are out of order.
    TimeBackwards = "time_backwards", CameraError::TimeBackwards, ByHand;
    /// A virtual camera, which is not admitted.
    Virtual = "virtual", CameraError::NotAllowed(CameraRefusal::Virtual), Never;
    /// Not admitted, because it is unknown whether it is a physical camera.
    NotKnown = "unknown", CameraError::NotAllowed(CameraRefusal::Unknown), Never;
    /// Its frames show signs of injection.
    Injected = "injected", CameraError::NotAllowed(CameraRefusal::Injected(_)), Never;
    /// Not qualified at this site.
    NotQualified = "not_qualified", CameraError::NotAllowed(CameraRefusal::NotQualified), Never;
    /// The recording used as the camera has ended.
    Ended = "ended", CameraError::Ended, Never;
    /// The recording used as the camera cannot be read.
    Recording = "recording", CameraError::Recording(_), Never;
}

impl CameraErrorKind {
    /// Whether waiting alone may resolve it. A sign-in waits only for these, not for a person who fixes a camera that
    /// works badly.
    pub fn may_pass_by_itself(self) -> bool {
        self.ends() == Ends::ByItself
    }

    /// Whether it may be resolved with the same camera and settings, if necessary by a person. A camera test waits for
    /// these, since the person who runs it is at the camera.
    pub fn may_pass(self) -> bool {
        self.ends() != Ends::Never
    }

    /// Whether a recording used as the camera failed, which connecting a camera does not resolve.
    pub fn is_of_recording(self) -> bool {
        matches!(self, Self::Ended | Self::Recording)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique() {
        let names: BTreeSet<_> = CameraErrorKind::ALL.map(CameraErrorKind::name).into();
        assert_eq!(names.len(), CameraErrorKind::ALL.len());
    }

    #[test]
    fn a_sign_in_waits_for_fewer_failures_than_a_camera_test() {
        use CameraErrorKind as K;
        let by_itself =
            [K::Busy, K::Absent, K::NeedsLibcamera, K::Asking, K::NoPortal, K::NotPinned, K::Lost, K::Stalled];
        let by_hand = [K::TooSlow, K::Black, K::Frozen, K::Monochrome, K::TimeBackwards];
        let at_all = [by_itself.as_slice(), &by_hand].concat();
        let those =
            |holds: fn(CameraErrorKind) -> bool| CameraErrorKind::ALL.into_iter().filter(move |kind| holds(*kind));
        assert_eq!(those(CameraErrorKind::may_pass_by_itself).collect::<Vec<_>>(), by_itself);
        assert_eq!(those(CameraErrorKind::may_pass).collect::<Vec<_>>(), at_all);
    }
}
