//! Every threshold: its unit, its default, where the default comes from.
//!
//! The verifier sends a policy with the ticket. It may only tighten the client's own: see [`Policy::tightened_by`].

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

mod contract;
mod liveness;
mod matching;

pub use contract::{
    ContractFault, NET_CLASSES, NET_NAME_MAX_CHARS, NET_SCALE, NET_SCALES_MAX, NET_SIDE_PX, is_sha256_hex,
};
pub use liveness::{Channels, CueName, CuePolicy, CuesPolicy, LivenessPolicy, NetPolicy};
pub use matching::MatchPolicy;

/// All thresholds of one capture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// What a frame must be like to count.
    pub quality: QualityPolicy,
    /// What shows a live person.
    pub liveness: LivenessPolicy,
    /// How long a capture may take.
    pub capture: CapturePolicy,
    /// Which cameras count.
    pub camera: CameraPolicy,
    /// When a face is the account's. The verifier judges by it; a client passes it on.
    pub matching: MatchPolicy,
}

/// What a frame must be like to count.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct QualityPolicy {
    /// Least detector score of a face, 0 to 1. Origin: 0.6 keeps every real face of the development recordings.
    pub face_score: f32,
    /// A second face this wide, by the first one's width, is a second person. Origin: someone passing 2.5 times as far
    /// away does not disturb a login.
    pub second_face_ratio: f32,
    /// Least face width by frame width. Origin: peers' 0.12 (irlume), 0.15 for a desk.
    pub face_ratio_min: f32,
    /// Most face width by frame width. Origin: peers' 0.55 (irlume) and 0.40 to 0.60 (AWS).
    pub face_ratio_max: f32,
    /// Least face width in pixels. Origin: the liveness networks see 128 pixels.
    pub face_width_px: f32,
    /// Least distance between the eyes in pixels. Origin: OFIQ's reference is 70; 40 keeps a 320×240 webcam usable.
    pub interocular_px: f32,
    /// Most distance of the face's centre from the frame's, by frame side, each axis. Origin: irlume.
    pub off_centre_ratio: f32,
    /// Most turn to either side, degrees.
    pub yaw_deg: f32,
    /// Most nod up or down, degrees.
    pub pitch_deg: f32,
    /// Most tilt to either shoulder, degrees.
    pub roll_deg: f32,
    /// Least luma of the lightest part of an eye, by the cheek below it. Origin: half of the least of 232 genuine frames of
    /// the test recordings, two people (0.79 to 1.21). Dark lenses drawn on 46 genuine pictures measure 0.05 to 0.41, but for
    /// one at 0.81; with a strong reflection up to 0.78, and pass. No real dark glasses were at hand.
    pub eye_light_ratio: f32,
    /// Least mean luma of the face box (BT.601), 0 to 255. Origin: irlume.
    pub luma_min: f32,
    /// Most mean luma of the face box. Origin: irlume.
    pub luma_max: f32,
    /// Most difference of luma between the halves of the face, by their mean.
    pub uneven_ratio: f32,
    /// Least variance of the Laplacian of the face at 112 pixels wide. Origin: genuine frames of the softest webcam among
    /// the test recordings measure 14 to 32, of a phone 160 to 230; half of the least leaves room for softer ones.
    pub sharpness: f32,
}

/// How long a capture may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CapturePolicy {
    /// Longest wait for one frame, milliseconds. Origin: a camera that stalls is to be told within two seconds.
    pub frame_millis: u64,
    /// Longest capture, milliseconds of frame time.
    pub limit_millis: u64,
}

/// Which cameras count, and what pictures a camera must give.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CameraPolicy {
    /// Software that plays pictures. Origin: the usual instrument of injection.
    pub virtual_camera: Reaction,
    /// A device of which it cannot be told. Origin: drivers and systems that say too little are many; told, not denied.
    pub unknown_camera: Reaction,
    /// Frames that come back bit for bit. Origin: a sensor's noise never repeats; a loop does.
    pub repeated_frames: Reaction,
    /// Frames that come too evenly. Told only: not measured on enough real cameras.
    pub regular_timing: Reaction,
    /// Nothing changes from frame to frame. Told only: strong compression hides noise too.
    pub no_sensor_noise: Reaction,
    /// Pictures of a size or format that the device does not offer. Origin: a driver does not do that.
    pub format_not_offered: Reaction,
    /// Whether only a camera counts that was qualified at its site.
    pub qualified_only: bool,
    /// Fewest frames a second, over [`slow_millis`](Self::slow_millis). Origin: at fewer, 12 frames take longer than a
    /// person holds still.
    pub fps_min: f32,
    /// Over how long the frame rate is measured, milliseconds.
    pub slow_millis: u64,
    /// A picture is black when 99 % of its pixels have less luma than this (BT.601, 0 to 255). Origin: a covered lens gives
    /// its sensor's noise; our choice, not measured on covered cameras.
    pub black_luma: u8,
    /// How long a picture may stay black, or the very same, before it is told, milliseconds.
    pub dead_millis: u64,
}

/// What becomes of something doubtful. Deny is the stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// The attestation tells it.
    Flag,
    /// Nothing is accepted.
    Deny,
}

/// How the faults of frame after frame become one hint that a person can read. Display only: it decides nothing, never
/// travels and stands in no digest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HintPolicy {
    /// How long a fault must hold to be shown, milliseconds. Origin: our choice; a blink lasts 100 to 400, one dropped
    /// detection 33 to 67, and what is gone before it can be read is noise.
    pub appear_millis: u64,
    /// How long a shown hint stays at least, milliseconds. Origin: our choice; reading two to six words takes about that
    /// long.
    pub stay_millis: u64,
    /// By how much of its threshold the gate of a shown hint must be passed before the hint goes. Origin: from one frame
    /// to the next of the test recordings, measures of size, place, light and detection move by at most 5.5 % of their
    /// threshold, those of pose by 2 to 21 % (95 % of the frames).
    pub clear_margin_ratio: f32,
}

/// What genuine captures at a site must be like for the liveness gate to be armed there. It is the program's own: never
/// travels and stands in no digest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ArmingPolicy {
    /// Fewest captures. Origin: of 20 that all pass, no more than 14 % of all genuine ones would be refused (95 %
    /// confidence).
    pub captures: u32,
    /// How many standard deviations below their mean must still pass. Origin: our choice. Of 20 captures the 5 % quantile
    /// is one or two captures, and those must pass anyway; mean and spread use all of them. Two deviations cover 97.7 % of
    /// a normal spread.
    pub deviations: f32,
    /// By how much that must lie above the threshold, log likelihood ratio. Origin: from one half of a clip to the other
    /// the networks' part moves by 0.39 (standard deviation, 60 genuine Replay-Attack development clips, halves of 10
    /// frames); one such step must not matter. Over looks of 1.6 s at those clips the rule arms the evenly lit site (30
    /// clips, none below 1.0) and not the badly lit one (30 clips, one below the threshold).
    pub margin: f32,
    /// A measure is near its limit within this share of it. Origin: our choice; what moves by more from day to day is no
    /// longer the same site.
    pub near_ratio: f32,
    /// A hint that stood in the way of this share of the frames is told. Origin: our choice.
    pub hindered_ratio: f32,
}

impl Default for ArmingPolicy {
    fn default() -> Self {
        Self { captures: 20, deviations: 2.0, margin: 0.5, near_ratio: 0.2, hindered_ratio: 0.1 }
    }
}

impl Default for QualityPolicy {
    fn default() -> Self {
        Self {
            face_score: 0.6,
            second_face_ratio: 0.4,
            face_ratio_min: 0.15,
            face_ratio_max: 0.60,
            face_width_px: 80.0,
            interocular_px: 40.0,
            off_centre_ratio: 0.18,
            yaw_deg: 20.0,
            pitch_deg: 20.0,
            roll_deg: 15.0,
            eye_light_ratio: 0.40,
            luma_min: 55.0,
            luma_max: 235.0,
            uneven_ratio: 0.35,
            sharpness: 7.0,
        }
    }
}

impl Default for CapturePolicy {
    fn default() -> Self {
        Self { frame_millis: 1_300, limit_millis: 20_000 }
    }
}

impl Default for CameraPolicy {
    fn default() -> Self {
        Self {
            virtual_camera: Reaction::Deny,
            unknown_camera: Reaction::Flag,
            repeated_frames: Reaction::Deny,
            regular_timing: Reaction::Flag,
            no_sensor_noise: Reaction::Flag,
            format_not_offered: Reaction::Deny,
            qualified_only: false,
            fps_min: 10.0,
            slow_millis: 2_000,
            black_luma: 20,
            dead_millis: 1_500,
        }
    }
}

impl Default for HintPolicy {
    fn default() -> Self {
        Self { appear_millis: 200, stay_millis: 600, clear_margin_ratio: 0.10 }
    }
}

impl Policy {
    /// This policy with each threshold replaced by `other`'s where that one is stricter.
    #[must_use]
    pub fn tightened_by(&self, other: &Self) -> Self {
        let (q, p) = (&self.quality, &other.quality);
        let (c, d) = (&self.capture, &other.capture);
        let (a, b) = (&self.camera, &other.camera);
        Self {
            quality: QualityPolicy {
                face_score: q.face_score.max(p.face_score),
                second_face_ratio: q.second_face_ratio.min(p.second_face_ratio),
                face_ratio_min: q.face_ratio_min.max(p.face_ratio_min),
                face_ratio_max: q.face_ratio_max.min(p.face_ratio_max),
                face_width_px: q.face_width_px.max(p.face_width_px),
                interocular_px: q.interocular_px.max(p.interocular_px),
                off_centre_ratio: q.off_centre_ratio.min(p.off_centre_ratio),
                yaw_deg: q.yaw_deg.min(p.yaw_deg),
                pitch_deg: q.pitch_deg.min(p.pitch_deg),
                roll_deg: q.roll_deg.min(p.roll_deg),
                eye_light_ratio: q.eye_light_ratio.max(p.eye_light_ratio),
                luma_min: q.luma_min.max(p.luma_min),
                luma_max: q.luma_max.min(p.luma_max),
                uneven_ratio: q.uneven_ratio.min(p.uneven_ratio),
                sharpness: q.sharpness.max(p.sharpness),
            },
            liveness: self.liveness.tightened_by(&other.liveness),
            capture: CapturePolicy {
                frame_millis: c.frame_millis.min(d.frame_millis),
                limit_millis: c.limit_millis.min(d.limit_millis),
            },
            camera: CameraPolicy {
                virtual_camera: a.virtual_camera.max(b.virtual_camera),
                unknown_camera: a.unknown_camera.max(b.unknown_camera),
                repeated_frames: a.repeated_frames.max(b.repeated_frames),
                regular_timing: a.regular_timing.max(b.regular_timing),
                no_sensor_noise: a.no_sensor_noise.max(b.no_sensor_noise),
                format_not_offered: a.format_not_offered.max(b.format_not_offered),
                qualified_only: a.qualified_only || b.qualified_only,
                fps_min: a.fps_min.max(b.fps_min),
                slow_millis: a.slow_millis.min(b.slow_millis),
                black_luma: a.black_luma.max(b.black_luma),
                dead_millis: a.dead_millis.min(b.dead_millis),
            },
            matching: self.matching.tightened_by(&other.matching),
        }
    }

    /// SHA-256 of the policy's JSON, base64url: what the attestation names.
    pub fn digest(&self) -> String {
        // A struct of numbers always serialises.
        let json = serde_json::to_vec(self).unwrap_or_default();
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(json))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_looser_policy_changes_nothing_and_a_stricter_one_all_it_names() {
        let own = Policy::default();
        let mut loose = own.clone();
        loose.liveness.threshold = -5.0;
        loose.quality.yaw_deg = 90.0;
        assert_eq!(own.tightened_by(&loose), own);
        let mut strict = own.clone();
        strict.liveness.frames = 20;
        strict.quality.luma_max = 200.0;
        assert_eq!(own.tightened_by(&strict), strict);
    }

    #[test]
    fn the_digest_follows_every_number_through_json() {
        let policy = Policy::default();
        let copy: Policy = serde_json::from_str(&serde_json::to_string(&policy).unwrap()).unwrap();
        assert_eq!(copy.digest(), policy.digest());
        let mut other = policy.clone();
        other.capture.limit_millis += 1;
        assert_ne!(other.digest(), policy.digest());
    }
}
