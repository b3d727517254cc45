//! Where frames came from, as the attestation says it, and whether a policy admits that.

use serde::{Deserialize, Serialize};

use crate::policy::{CameraPolicy, Reaction};

/// Where the frames came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CameraClaim {
    /// Name as the system gives it; of a recording, its file name.
    pub name: String,
    /// Driver, or `recording`.
    pub driver: String,
    /// Physical bus path where known.
    pub bus_path: Option<String>,
    /// `vvvv:pppp` where known.
    pub vid_pid: Option<String>,
    /// Pixel format or codec.
    pub format: String,
    /// Whether a lens is behind it.
    pub kind: CameraKind,
    /// Whether this camera is the one the settings require.
    pub pinned: bool,
    /// Whether the owner of this installation lets cameras stand in that are none, for tests: nothing the camera shows is
    /// denied then, all of it is told.
    pub testing: bool,
    /// Whether genuine captures were measured at this site, with this camera, and lie clear of the liveness threshold.
    pub qualified: bool,
    /// What in the frames themselves speaks for injection.
    pub signs: Vec<InjectionSign>,
}

/// Whether a lens is behind a frame source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameraKind {
    /// A device on a physical bus.
    Physical,
    /// Software that plays pictures, a recording included.
    Virtual,
    /// Cannot be told.
    Unknown,
}

/// Something in the frames that a lens and a sensor do not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InjectionSign {
    /// A frame came back bit for bit, with others between.
    RepeatedFrames,
    /// Frames come more evenly than a camera's clock and bus allow.
    RegularTiming,
    /// Nothing changes from frame to frame where nothing moves.
    NoSensorNoise,
    /// The pictures are of a size or format that the device does not offer.
    FormatNotOffered,
}

/// Why a policy does not admit a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CameraRefusal {
    /// Software plays the pictures.
    #[error("the camera is a virtual one")]
    Virtual,
    /// It cannot be told whether a lens is behind it.
    #[error("it cannot be told whether the camera is a real one")]
    Unknown,
    /// The pictures are not what a lens and a sensor give.
    #[error("the pictures look injected: {0}")]
    Injected(InjectionSign),
    /// No genuine captures were measured with it at this site, or they do not lie clear of the threshold.
    #[error("the camera is not qualified at this site")]
    NotQualified,
}

impl CameraClaim {
    /// Whether `policy` admits this camera and what it has shown so far. A claim made for tests is admitted: whoever reads
    /// it decides about [`testing`](Self::testing) first.
    pub fn admitted_by(&self, policy: &CameraPolicy) -> Result<(), CameraRefusal> {
        if self.testing {
            return Ok(());
        }
        match self.kind {
            CameraKind::Virtual if policy.virtual_camera == Reaction::Deny => return Err(CameraRefusal::Virtual),
            CameraKind::Unknown if policy.unknown_camera == Reaction::Deny => return Err(CameraRefusal::Unknown),
            CameraKind::Physical | CameraKind::Virtual | CameraKind::Unknown => {}
        }
        if policy.qualified_only && !self.qualified {
            return Err(CameraRefusal::NotQualified);
        }
        match self.signs.iter().find(|sign| policy.reaction(**sign) == Reaction::Deny) {
            Some(sign) => Err(CameraRefusal::Injected(*sign)),
            None => Ok(()),
        }
    }
}

impl InjectionSign {
    /// As a policy's table and a report name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::RepeatedFrames => "repeated_frames",
            Self::RegularTiming => "regular_timing",
            Self::NoSensorNoise => "no_sensor_noise",
            Self::FormatNotOffered => "format_not_offered",
        }
    }
}

impl std::fmt::Display for InjectionSign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl CameraPolicy {
    /// What becomes of a camera that shows `sign`.
    fn reaction(&self, sign: InjectionSign) -> Reaction {
        match sign {
            InjectionSign::RepeatedFrames => self.repeated_frames,
            InjectionSign::RegularTiming => self.regular_timing,
            InjectionSign::NoSensorNoise => self.no_sensor_noise,
            InjectionSign::FormatNotOffered => self.format_not_offered,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera(kind: CameraKind, signs: &[InjectionSign]) -> CameraClaim {
        CameraClaim {
            name: "Webcam".into(),
            driver: "uvcvideo".into(),
            bus_path: None,
            vid_pid: None,
            format: "MJPG".into(),
            kind,
            pinned: false,
            testing: false,
            qualified: false,
            signs: signs.to_vec(),
        }
    }

    #[test]
    fn the_policy_decides_about_kinds_and_signs_and_testing_denies_nothing() {
        use CameraKind::{Physical, Unknown, Virtual};
        use InjectionSign::{FormatNotOffered, NoSensorNoise, RepeatedFrames};
        let policy = CameraPolicy::default();
        let strict = CameraPolicy { unknown_camera: Reaction::Deny, qualified_only: true, ..policy };
        let noise = CameraPolicy { no_sensor_noise: Reaction::Deny, ..policy };
        for (name, policy, claim, refused) in [
            ("a webcam", policy, camera(Physical, &[]), None),
            ("a virtual camera", policy, camera(Virtual, &[]), Some(CameraRefusal::Virtual)),
            ("who knows", policy, camera(Unknown, &[]), None),
            ("who knows, strictly", strict, camera(Unknown, &[]), Some(CameraRefusal::Unknown)),
            ("not qualified", strict, camera(Physical, &[]), Some(CameraRefusal::NotQualified)),
            ("qualified", strict, CameraClaim { qualified: true, ..camera(Physical, &[]) }, None),
            ("a loop", policy, camera(Physical, &[RepeatedFrames]), Some(CameraRefusal::Injected(RepeatedFrames))),
            ("a flag", policy, camera(Physical, &[NoSensorNoise]), None),
            (
                "a flag that denies",
                noise,
                camera(Physical, &[NoSensorNoise]),
                Some(CameraRefusal::Injected(NoSensorNoise)),
            ),
            (
                "a flag and worse",
                policy,
                camera(Physical, &[NoSensorNoise, FormatNotOffered]),
                Some(CameraRefusal::Injected(FormatNotOffered)),
            ),
        ] {
            assert_eq!(claim.admitted_by(&policy).err(), refused, "{name}");
            assert_eq!(CameraClaim { testing: true, ..claim }.admitted_by(&policy), Ok(()), "{name}, for tests");
        }
    }
}
