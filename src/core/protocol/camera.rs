//! Where frames came from, as reported in the attestation, and whether a policy allows it.

use serde::{Deserialize, Serialize};

use crate::policy::{CameraPolicy, Reaction};

/// Where the frames came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraClaim {
    /// Name reported by the system; for a recording, its file name.
    pub name: String,
    /// Driver, or `recording`.
    pub driver: String,
    /// Physical bus path, if known.
    pub bus_path: Option<String>,
    /// USB vendor and product id as `vvvv:pppp`, if known.
    pub vid_pid: Option<String>,
    /// Pixel format or codec.
    pub format: String,
    /// Whether the frames come from physical hardware.
    pub kind: CameraKind,
    /// Whether this camera is the one the settings require.
    pub pinned: bool,
    /// Test mode: virtual sources are allowed. Nothing about the camera is denied, everything is reported.
    pub testing: bool,
    /// Whether genuine captures were measured at this site with this camera and clear the liveness threshold by a
    /// margin.
    pub qualified: bool,
    /// Signs of injection found in the frames themselves.
    #[serde(deserialize_with = "super::known::signs")]
    pub signs: Vec<InjectionSign>,
}

/// Whether a frame source is physical hardware.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameraKind {
    /// A device on a physical bus.
    Physical,
    /// Software that produces frames, including recordings.
    Virtual,
    /// Unknown.
    Unknown,
}

crate::enumeration! {
    /// A property of the frames that a lens and a sensor do not produce.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    pub enum InjectionSign {
        /// A frame was repeated bit for bit, with other frames in between.
        RepeatedFrames = "repeated_frames",
        /// Frames arrive more evenly than a camera's clock and bus allow.
        RegularTiming = "regular_timing",
        /// Parts of the image without motion do not change at all from frame to frame.
        NoSensorNoise = "no_sensor_noise",
        /// The frames have a size or format that the device does not offer.
        FormatNotOffered = "format_not_offered",
    }
}

/// Why a policy does not allow a camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CameraRefusal {
    /// The frames come from software.
    #[error("the camera is virtual")]
    Virtual,
    /// It is unknown whether the camera is physical.
    #[error("the camera could not be identified as a physical device")]
    Unknown,
    /// The frames are not what a lens and a sensor produce.
    #[error("the frames appear to be injected: {0}")]
    Injected(InjectionSign),
    /// No genuine captures were measured with it at this site, or they are too close to the threshold.
    #[error("the camera is not qualified at this site")]
    NotQualified,
}

impl CameraClaim {
    /// Whether `policy` allows this camera and the signs it has shown so far. A claim made in test mode is allowed: the
    /// caller must check [`testing`](Self::testing) first.
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

impl std::fmt::Display for InjectionSign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl CameraPolicy {
    /// How this policy reacts to a camera that shows `sign`.
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
        CameraClaim { kind, signs: signs.to_vec(), ..CameraClaim::test() }
    }

    #[test]
    fn applies_the_policy_and_denies_nothing_in_test_mode() {
        use CameraKind::{Physical, Unknown, Virtual};
        use InjectionSign::{FormatNotOffered, NoSensorNoise, RepeatedFrames};
        let policy = CameraPolicy::default();
        let strict = CameraPolicy { unknown_camera: Reaction::Deny, qualified_only: true, ..policy };
        let noise = CameraPolicy { no_sensor_noise: Reaction::Deny, ..policy };
        for (name, policy, claim, refused) in [
            ("a webcam", policy, camera(Physical, &[]), None),
            ("a virtual camera", policy, camera(Virtual, &[]), Some(CameraRefusal::Virtual)),
            ("unknown", policy, camera(Unknown, &[]), None),
            ("unknown, strict policy", strict, camera(Unknown, &[]), Some(CameraRefusal::Unknown)),
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
