//! Every threshold, with its unit, its default and the origin of the default.
//!
//! The verifier sends a policy with the ticket. It can only tighten the client's own thresholds, and brings the calibration
//! that they are for: see [`Policy::in_session`]. Members that a build does not know are ignored; owners' files and forms
//! are strict: see [`unknown_member`].

use std::ops::RangeInclusive;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

mod contract;
mod cues;
mod liveness;
mod matching;
mod sent;
mod strict;

pub use contract::{
    ContractFault, NET_CLASSES, NET_NAME_MAX_CHARS, NET_SCALE, NET_SCALES_MAX, NET_SIDE_PX, is_sha256_hex,
};
pub use cues::{CueName, CuesPolicy};
pub use liveness::{Channels, CuePolicy, LivenessPolicy, NetPolicy, limited};
pub use matching::MatchPolicy;
pub use sent::SentPolicy;
pub use strict::unknown_member;

/// All thresholds for one capture.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Policy {
    /// Requirements on a frame.
    pub quality: QualityPolicy,
    /// Evidence required to accept a live person.
    pub liveness: LivenessPolicy,
    /// Time limits of a capture.
    pub capture: CapturePolicy,
    /// Requirements on the camera.
    pub camera: CameraPolicy,
    /// When a face matches the account's template. Evaluated by the verifier; the client only passes it on.
    pub matching: MatchPolicy,
    /// What holds at a kiosk besides, during the visit for which the ticket was issued.
    pub kiosk: KioskPolicy,
}

/// Requirements that a frame must meet to count.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct QualityPolicy {
    /// Minimum detector score of a face, 0 to 1. Origin: 0.6 keeps every genuine face in the development recordings.
    pub face_score: f32,
    /// A second face counts as a second person from this width on, relative to the width of the first. Origin: at 0.4,
    /// someone passing 2.5 times as far away does not interrupt a sign-in.
    pub second_face_ratio: f32,
    /// Minimum face width relative to frame width. Origin: irlume uses 0.12; 0.15 suits a desk.
    pub face_ratio_min: f32,
    /// Maximum face width relative to frame width. Origin: the whole face has to be in the picture, whether that stands
    /// upright, as a kiosk's or a phone's, or lies.
    pub face_ratio_max: f32,
    /// Maximum height of the face's box, which is a little taller than the face, relative to frame height. Origin: as for its width. In a
    /// 4:3 picture such a face has 0.60 of the width; irlume uses 0.55, AWS 0.40 to 0.60.
    pub height_ratio_max: f32,
    /// Minimum face width in pixels. Origin: the liveness networks take 128-pixel input.
    pub face_width_px: f32,
    /// Minimum distance between the eyes in pixels. Origin: OFIQ recommends 70; 40 keeps a 320×240 webcam usable.
    pub interocular_px: f32,
    /// Maximum offset of the face's center from the frame's center, relative to the frame side, on each axis. Origin:
    /// irlume.
    pub off_centre_ratio: f32,
    /// Maximum yaw to either side, degrees.
    pub yaw_deg: f32,
    /// Maximum pitch up or down, degrees.
    pub pitch_deg: f32,
    /// Maximum roll to either shoulder, degrees.
    pub roll_deg: f32,
    /// Minimum luma of the brightest part of an eye, relative to the cheek below it. Origin: half the minimum over 232
    /// genuine frames of the test recordings, two people (0.79 to 1.21). Dark lenses drawn onto 46 genuine images
    /// measure 0.05 to 0.41, except one at 0.81; with a strong reflection they reach 0.78 and pass. Not tested with
    /// real dark glasses.
    pub eye_light_ratio: f32,
    /// Minimum mean luma of the face box (BT.601), 0 to 255. Off (0) by default, since it says more of skin than of light: of 14
    /// people with the darkest skin in good light, it refused six at 55, and of 30 with lighter skin none.
    pub luma_min: f32,
    /// Minimum of the luma that the brightest tenth of the face exceeds, 0 to 255: less light fails. Origin: of 376 genuine
    /// stills and frames of people with every color of skin, the darkest has 56; made darker, below 45, the networks alone
    /// refuse every second one that they accepted before.
    pub highlight_min: f32,
    /// Minimum of that relative to the standard deviation of the noise. Origin: with such noise added to the same pictures, at 10
    /// the cosine of one in twenty to itself without noise is below 0.73, at 6 below 0.61.
    pub signal_to_noise_min: f32,
    /// Maximum mean luma of the face box. Origin: irlume.
    pub luma_max: f32,
    /// Maximum difference in luma between the halves of the face, relative to their mean. Origin: of 70 genuine Replay-Attack
    /// training and development clips below 0.6, the networks alone refuse none, and 6 of 50 above. At 0.35, where it was, 8 of
    /// 14 people with the darkest skin were refused in light that suited the others.
    pub uneven_ratio: f32,
    /// Minimum variance of the Laplacian of the face at a width of 112 pixels. Origin: genuine frames measure 14 to 32
    /// with the softest webcam of the test recordings and 160 to 230 with a phone; half the minimum leaves room for
    /// softer cameras.
    pub sharpness: f32,
}

/// Time limits of a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct CapturePolicy {
    /// Longest wait for one frame, milliseconds. Origin: a stalled camera must be reported within two seconds.
    pub frame_millis: u64,
    /// Maximum length of a capture, milliseconds of frame time.
    pub limit_millis: u64,
}

/// Requirements on the camera and on its images.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct CameraPolicy {
    /// Software that produces frames. Origin: the usual injection instrument.
    pub virtual_camera: Reaction,
    /// A device that cannot be identified as physical or virtual. Origin: many drivers and systems report too little,
    /// so it is flagged rather than denied.
    pub unknown_camera: Reaction,
    /// Frames repeated bit for bit. Origin: sensor noise never repeats; a loop does.
    pub repeated_frames: Reaction,
    /// Frames that arrive too evenly. Flagged only: not measured on enough real cameras.
    pub regular_timing: Reaction,
    /// Parts of the image that do not change at all from frame to frame. Flagged only: strong compression hides noise
    /// too.
    pub no_sensor_noise: Reaction,
    /// Frames of a size or format that the device does not offer. Origin: real drivers never deliver those.
    pub format_not_offered: Reaction,
    /// Whether the camera must have been qualified at its site.
    pub qualified_only: bool,
    /// Minimum frames per second, averaged over [`slow_millis`](Self::slow_millis). Origin: at a lower rate, 12 frames
    /// take longer than a person holds still.
    pub fps_min: f32,
    /// Window over which the frame rate is measured, milliseconds.
    pub slow_millis: u64,
    /// An image is black if 99 % of its pixels are darker than this luma (BT.601, 0 to 255). Origin: a covered lens
    /// still shows sensor noise; our choice, not measured on covered cameras.
    pub black_luma: u8,
    /// How long the image may stay black, or frozen, before it is reported, milliseconds.
    pub dead_millis: u64,
}

/// What an unattended kiosk owes the person who walks away from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct KioskPolicy {
    /// Longest time without a sign of a person after which the kiosk asks whether somebody is there, seconds. A kiosk asks
    /// earlier if it is set up so, and never before the least of [`KIOSK_IDLE_SECS`]. Origin: the longest that a kiosk can be set
    /// up to, so that it alone decides.
    pub idle_secs: u32,
}

/// After how many seconds without a sign of a person a kiosk may ask whether somebody is there. Origin: our choice; people
/// read the page in front of them.
pub const KIOSK_IDLE_SECS: RangeInclusive<u16> = 10..=600;

/// How the policy reacts to something suspicious. `Deny` is stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// Report it in the attestation.
    Flag,
    /// Do not accept the capture.
    Deny,
}

/// How the faults of successive frames become one readable hint. It only affects what is displayed: it is never sent
/// and is not part of the policy digest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HintPolicy {
    /// How long a fault must persist before it is shown, milliseconds. Origin: our choice; a blink lasts 100 to 400 ms,
    /// one missed detection 33 to 67 ms, and a hint that disappears before it can be read is noise.
    pub appear_millis: u64,
    /// Minimum time that a hint stays on display, milliseconds. Origin: our choice; about the time it takes to read two
    /// to six words.
    pub stay_millis: u64,
    /// By how much of its threshold a gate must be passed before its hint is removed. Origin: between successive frames
    /// of the test recordings, measures of size, position, light and detection change by at most 5.5 % of their
    /// threshold, those of pose by 2 to 21 % (95 % of the frames).
    pub clear_margin_ratio: f32,
}

/// Requirements on genuine captures at a site before the liveness gate is armed there. Built into the program: it is
/// never sent and is not part of the policy digest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ArmingPolicy {
    /// Minimum number of captures. Origin: if all 20 pass, at most 14 % of genuine captures would be rejected (95 %
    /// confidence).
    pub captures: u32,
    /// How many standard deviations below their mean must still pass. Origin: our choice. With 20 captures the 5 %
    /// quantile is one or two captures, and those must pass anyway; mean and standard deviation use all of them. Two
    /// standard deviations cover 97.7 % of a normal distribution.
    pub deviations: f32,
    /// By how much that value must exceed the threshold, log likelihood ratio. Origin: between the two halves of a clip
    /// the networks' LLR changes by 0.39 (standard deviation, 60 genuine Replay-Attack development clips, halves of 10
    /// frames); one such step must not matter. Over captures of 1.6 s from those clips the rule arms the evenly lit
    /// site (30 clips, none below 1.0) and not the badly lit one (30 clips, one below the threshold).
    pub margin: f32,
    /// A measure within this share of its limit is reported as near it. Origin: our choice; a larger change from day to
    /// day means that it is no longer the same site.
    pub near_ratio: f32,
    /// A hint that was active in at least this share of the frames is reported. Origin: our choice.
    pub hindered_ratio: f32,
}

/// Minimum face width relative to frame width at a kiosk. Origin: a face is about 15 cm wide, so at 1.2 m and a usual angle
/// of view of 70° it takes 0.09 of the width; 0.10 is 1.07 m.
const KIOSK_FACE_RATIO_MIN: f32 = 0.10;
/// Maximum offset of the face's center from the frame's center at a kiosk. Origin: eyes of people who stand and who sit are
/// about 45 cm apart in height; at 80 cm and a usual angle of view that is half the height of a 16:9 image.
const KIOSK_OFF_CENTRE_RATIO: f32 = 0.30;

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
            face_ratio_max: 0.90,
            height_ratio_max: 1.05,
            face_width_px: 80.0,
            interocular_px: 40.0,
            off_centre_ratio: 0.18,
            yaw_deg: 20.0,
            pitch_deg: 20.0,
            roll_deg: 15.0,
            eye_light_ratio: 0.40,
            luma_min: 0.0,
            highlight_min: 45.0,
            signal_to_noise_min: 10.0,
            luma_max: 235.0,
            uneven_ratio: 0.60,
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

impl Default for KioskPolicy {
    fn default() -> Self {
        Self { idle_secs: u32::from(*KIOSK_IDLE_SECS.end()) }
    }
}

impl Default for HintPolicy {
    fn default() -> Self {
        Self { appear_millis: 200, stay_millis: 600, clear_margin_ratio: 0.10 }
    }
}

impl Policy {
    /// The thresholds of a kiosk, where people stand or sit at up to 1.1 m: a face may be smaller in the frame, but not in
    /// pixels, and farther from its center.
    /// Takes effect only where the ticket's policy allows it too, since a ticket can only tighten.
    pub fn for_kiosk() -> Self {
        let quality = QualityPolicy {
            face_ratio_min: KIOSK_FACE_RATIO_MIN,
            off_centre_ratio: KIOSK_OFF_CENTRE_RATIO,
            ..QualityPolicy::default()
        };
        Self { quality, ..Self::default() }
    }

    /// This policy, with each threshold replaced by `other`'s where that one is stricter.
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
                height_ratio_max: q.height_ratio_max.min(p.height_ratio_max),
                face_width_px: q.face_width_px.max(p.face_width_px),
                interocular_px: q.interocular_px.max(p.interocular_px),
                off_centre_ratio: q.off_centre_ratio.min(p.off_centre_ratio),
                yaw_deg: q.yaw_deg.min(p.yaw_deg),
                pitch_deg: q.pitch_deg.min(p.pitch_deg),
                roll_deg: q.roll_deg.min(p.roll_deg),
                eye_light_ratio: q.eye_light_ratio.max(p.eye_light_ratio),
                luma_min: q.luma_min.max(p.luma_min),
                highlight_min: q.highlight_min.max(p.highlight_min),
                signal_to_noise_min: q.signal_to_noise_min.max(p.signal_to_noise_min),
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
            kiosk: KioskPolicy { idle_secs: self.kiosk.idle_secs.min(other.kiosk.idle_secs) },
        }
    }

    /// This client's policy in a session whose ticket brought `sent`: of each threshold the stricter one, but the networks,
    /// cues and calibration of the ticket. A threshold means something only with the calibration that it was set for, and
    /// the verifier recomputes the decision with the one that it sent.
    #[must_use]
    pub fn in_session(&self, sent: &Self) -> Self {
        let tightened = self.tightened_by(sent);
        let LivenessPolicy { nets, support_max, cues, .. } = sent.liveness.clone();
        Self { liveness: LivenessPolicy { nets, support_max, cues, ..tightened.liveness }, ..tightened }
    }

    /// SHA-256 of the policy's JSON as this build writes it, base64url. Two builds may differ: for what an attestation
    /// reports, see [`SentPolicy::digest`].
    pub fn digest(&self) -> String {
        // A struct of numbers always serializes.
        let json = serde_json::to_vec(self).unwrap_or_default();
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(json))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_stricter_values_take_effect() {
        let own = Policy::default();
        let mut loose = own.clone();
        loose.liveness.threshold = -5.0;
        loose.quality.yaw_deg = 90.0;
        assert_eq!(own.tightened_by(&loose), own);
        let mut strict = own.clone();
        strict.liveness.frames = 20;
        strict.quality.luma_max = 200.0;
        strict.kiosk.idle_secs = 20;
        assert_eq!(own.tightened_by(&strict), strict);
    }

    #[test]
    fn a_session_has_the_ticket_s_calibration_and_the_stricter_thresholds() {
        let (mut own, mut sent) = (Policy::default(), Policy::default());
        (own.liveness.threshold, sent.liveness.threshold, sent.liveness.frames) = (0.5, -9.0, 20);
        (own.liveness.nets[0].offset, sent.liveness.nets[0].offset) = (3.0, -1.0);
        own.liveness.cues.bezel.pivot = 7.0;
        sent.liveness.cues.rigidity.enabled = false;
        let both = own.in_session(&sent).liveness;
        assert_eq!((both.threshold, both.frames), (0.5, 20));
        assert_eq!((both.nets, both.cues), (sent.liveness.nets, sent.liveness.cues));
    }

    /// The client alone weakens nothing: a verifier that says nothing about kiosks keeps its minimum.
    #[test]
    fn a_kiosk_s_distance_holds_only_where_the_ticket_allows_it() {
        let (kiosk, mut sent) = (Policy::for_kiosk(), Policy::default());
        assert_eq!(kiosk.in_session(&sent).quality, Policy::default().quality);
        (sent.quality.face_ratio_min, sent.quality.off_centre_ratio) = (0.10, 0.30);
        let both = kiosk.in_session(&sent).quality;
        assert_eq!((both.face_ratio_min, both.off_centre_ratio), (0.10, 0.30));
        assert_eq!(both.face_width_px.to_bits(), QualityPolicy::default().face_width_px.to_bits());
        assert_eq!(Policy::default().in_session(&sent).quality, Policy::default().quality, "a desk keeps its own");
    }

    #[test]
    fn the_digest_depends_on_every_value() {
        let policy = Policy::default();
        let copy: Policy = serde_json::from_str(&serde_json::to_string(&policy).unwrap()).unwrap();
        assert_eq!(copy.digest(), policy.digest());
        let mut other = policy.clone();
        other.capture.limit_millis += 1;
        assert_ne!(other.digest(), policy.digest());
    }
}
