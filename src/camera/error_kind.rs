//! The kinds of camera failure, declared once: name, what ends it, which error it is.

use countenance_core::protocol::CameraRefusal;

use super::CameraError;

/// What ends a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// It may pass while the camera is only waited for: it is plugged in, or let go by another program.
    ByItself,
    /// It may pass once a person sees to the camera or the light.
    ByHand,
    /// Not while anything waits: the answer is another camera, a setting or another recording.
    Never,
}

/// Declares the kinds: variant, name in reports and lines for scripts, the errors of this kind, what ends it.
macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $error:pat, $ends:ident;)*) => {
        countenance_core::enumeration! {
            /// What went wrong with a camera, without the details. Each has a cause and a way out of its own.
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            pub enum CameraErrorKind { $($(#[$doc])* $variant,)* }
        }

        impl CameraError {
            /// Which kind of failure this is.
            pub fn kind(&self) -> CameraErrorKind {
                match self { $($error => CameraErrorKind::$variant,)* }
            }
        }

        impl CameraErrorKind {
            /// Names the condition in reports and lines for scripts.
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
    /// The system or its owner does not permit it.
    Denied = "denied", CameraError::Denied, Never;
    /// Another program holds it.
    Busy = "busy", CameraError::Busy, ByItself;
    /// There is none.
    Absent = "absent", CameraError::Absent, ByItself;
    /// It is not the one that this installation is bound to.
    NotPinned = "pinned", CameraError::NotPinned, ByItself;
    /// It offers no usable format.
    Unsupported = "unsupported", CameraError::Unsupported, Never;
    /// It was unplugged.
    Lost = "lost", CameraError::Lost, ByItself;
    /// It is there and gives no picture.
    Stalled = "stalled", CameraError::Stalled, ByItself;
    /// It gives too few pictures a second.
    TooSlow = "too_slow", CameraError::TooSlow, ByHand;
    /// It gives a black picture.
    Black = "black", CameraError::Black, ByHand;
    /// It gives the same picture again and again.
    Frozen = "frozen", CameraError::Frozen, ByHand;
    /// Its clock runs backwards.
    TimeBackwards = "time_backwards", CameraError::TimeBackwards, ByHand;
    /// It is a virtual one, and those are not admitted.
    Virtual = "virtual", CameraError::NotAllowed(CameraRefusal::Virtual), Never;
    /// It is not admitted, because it cannot be told whether it is a real one.
    NotKnown = "unknown", CameraError::NotAllowed(CameraRefusal::Unknown), Never;
    /// Its pictures look injected.
    Injected = "injected", CameraError::NotAllowed(CameraRefusal::Injected(_)), Never;
    /// It is not qualified at this site.
    NotQualified = "not_qualified", CameraError::NotAllowed(CameraRefusal::NotQualified), Never;
    /// The recording in its place is over.
    Ended = "ended", CameraError::Ended, Never;
    /// The recording in its place cannot be read.
    Recording = "recording", CameraError::Recording(_), Never;
}

impl CameraErrorKind {
    /// Whether it may pass while nothing is done but waiting. A login waits for these alone: it must not wait for somebody
    /// to see to a camera that works badly.
    pub fn may_pass_by_itself(self) -> bool {
        self.ends() == Ends::ByItself
    }

    /// Whether it may pass at all with this camera and these settings, be it because somebody sees to the camera. A test of
    /// a camera waits for these: whoever runs it is at the camera.
    pub fn may_pass(self) -> bool {
        self.ends() != Ends::Never
    }

    /// Whether a recording failed that was played in place of a camera: no camera that is plugged in changes that.
    pub fn is_of_recording(self) -> bool {
        matches!(self, Self::Ended | Self::Recording)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_kind_has_a_name_of_its_own() {
        let names: BTreeSet<_> = CameraErrorKind::ALL.map(CameraErrorKind::name).into();
        assert_eq!(names.len(), CameraErrorKind::ALL.len());
    }

    #[test]
    fn a_login_waits_for_fewer_failures_than_a_test_of_a_camera() {
        use CameraErrorKind::{Absent, Black, Busy, Frozen, Lost, NotPinned, Stalled, TimeBackwards, TooSlow};
        let by_itself = [Busy, Absent, NotPinned, Lost, Stalled];
        let at_all = [by_itself.as_slice(), &[TooSlow, Black, Frozen, TimeBackwards]].concat();
        let those =
            |holds: fn(CameraErrorKind) -> bool| CameraErrorKind::ALL.into_iter().filter(move |kind| holds(*kind));
        assert_eq!(those(CameraErrorKind::may_pass_by_itself).collect::<Vec<_>>(), by_itself);
        assert_eq!(those(CameraErrorKind::may_pass).collect::<Vec<_>>(), at_all);
    }
}
