//! The gates that a frame must pass before it may count.
//!
//! Each is one line in [`gate`]: they stand in the order of priority, and the first that fails is the frame's hint. The
//! measures they judge by are in [`measure`]; [`steady`] makes of the hints of frame after frame one that can be read.

use crate::{face::Face, frame::Frame, policy::QualityPolicy, protocol::QualityClaim};

mod eyes;
pub mod gate;
mod luma;
pub mod measure;
pub mod steady;

pub use gate::{Bound, Gate, Standing};
pub use steady::Steady;

use measure::Measures;

/// A frame with one face that passed every gate. Only [`judge`] makes one.
#[derive(Debug, Clone)]
pub struct GoodFrame {
    frame: Frame,
    face: Face,
    measures: Measures,
}

impl GoodFrame {
    /// The frame.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// The only face in it that counts.
    pub fn face(&self) -> &Face {
        &self.face
    }

    /// What was measured.
    pub fn measures(&self) -> QualityClaim {
        self.measures.claim
    }
}

/// What the person can do about a gate that fails, the worst fault first. Left and right are the person's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// No face is to be seen.
    NoFace,
    /// More than one face is near.
    SeveralFaces,
    /// The face is too small.
    ComeCloser,
    /// The face is too large.
    MoveBack,
    /// The face is too far to the person's right.
    MoveLeft,
    /// The face is too far to the person's left.
    MoveRight,
    /// The face is too low.
    MoveUp,
    /// The face is too high.
    MoveDown,
    /// The head is turned or nods.
    LookStraight,
    /// The head is tilted.
    HoldHeadUpright,
    /// Dark glasses hide the eyes.
    EyesHidden,
    /// The face is too dark.
    TooDark,
    /// The face is too bright.
    TooBright,
    /// One half of the face is much darker than the other.
    UnevenLight,
    /// The face is blurred.
    HoldStill,
}

impl Hint {
    /// Every hint, the worst fault first.
    pub const ALL: [Self; 15] = [
        Self::NoFace,
        Self::SeveralFaces,
        Self::ComeCloser,
        Self::MoveBack,
        Self::MoveLeft,
        Self::MoveRight,
        Self::MoveUp,
        Self::MoveDown,
        Self::LookStraight,
        Self::HoldHeadUpright,
        Self::EyesHidden,
        Self::TooDark,
        Self::TooBright,
        Self::UnevenLight,
        Self::HoldStill,
    ];
}

/// One frame held against every gate. Only [`examine`] makes one.
#[derive(Debug)]
pub struct Examined {
    gates: Vec<Gate>,
    good: Result<GoodFrame, Hint>,
}

impl Examined {
    /// Every gate that could be judged, in the order of priority: what [`Steady`](steady::Steady) takes.
    pub fn gates(&self) -> &[Gate] {
        &self.gates
    }

    /// Good, or what the person can do about the worst fault.
    pub fn good(self) -> Result<GoodFrame, Hint> {
        self.good
    }
}

/// Holds one frame and the faces in it against every gate, measuring once.
pub fn examine(frame: &Frame, faces: &[Face], policy: &QualityPolicy) -> Examined {
    let sure = faces.iter().filter(|f| f.score >= policy.face_score);
    let face = sure.max_by(|a, b| a.rect.area().total_cmp(&b.rect.area()));
    let mut gates = gate::of_presence(faces, face, policy);
    let fault = |gates: &[Gate]| gates.iter().find(|gate| !gate.holds()).map(Gate::hint);
    let good = match (fault(&gates), face) {
        (Some(hint), _) => Err(hint),
        (None, None) => Err(Hint::NoFace),
        (None, Some(face)) => {
            let measures = Measures::of(frame, face);
            gates.extend(gate::of_face(&measures, policy));
            fault(&gates).map_or_else(|| Ok(GoodFrame { frame: frame.clone(), face: *face, measures }), Err)
        }
    };
    Examined { gates, good }
}

/// Judges one frame and the faces in it: good, or what the person can do about it.
pub fn judge(frame: &Frame, faces: &[Face], policy: &QualityPolicy) -> Result<GoodFrame, Hint> {
    examine(frame, faces, policy).good()
}

#[cfg(test)]
pub(crate) mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        face::Landmarks,
        geometry::{Point, Rect},
    };

    /// A frontal face of this width round (`x`, `y`).
    pub(crate) fn face_at(x: f32, y: f32, width: f32) -> Face {
        let at = |dx: f32, dy: f32| Point::new(x + dx * width, y + dy * width);
        Face {
            rect: Rect::new(x - width / 2.0, y - width * 0.65, width, width * 1.3),
            landmarks: Landmarks {
                right_eye: at(-0.23, -0.15),
                left_eye: at(0.23, -0.15),
                nose: at(0.0, 0.11),
                right_mouth: at(-0.19, 0.35),
                left_mouth: at(0.19, 0.35),
            },
            score: 0.9,
        }
    }

    /// A 640×480 frame of noise about this brightness: sharp, evenly lit.
    pub(crate) fn noise_frame(seq: u64, luma: u8, swing: u8) -> Frame {
        let mut state = 0x2545_f491_u32.wrapping_add(seq as u32);
        let rgb = (0..640 * 480).flat_map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            [luma.saturating_sub(swing / 2).saturating_add((state % (u32::from(swing) + 1)) as u8); 3]
        });
        Frame::new(640, 480, rgb.collect(), seq, Duration::from_millis(seq * 40)).unwrap()
    }

    #[test]
    fn a_face_alone_in_the_middle_is_good() {
        let frame = noise_frame(0, 120, 60);
        assert!(judge(&frame, &[face_at(320.0, 240.0, 200.0)], &QualityPolicy::default()).is_ok());
    }

    #[test]
    fn the_first_fault_is_the_hint() {
        let policy = QualityPolicy::default();
        let good = face_at(320.0, 240.0, 200.0);
        let turned = |degrees: f32| {
            let mut face = good;
            face.landmarks.nose.x += degrees.to_radians().tan() * measure::NOSE_DEPTH_RATIO * 92.0;
            face
        };
        let tilted = {
            let mut face = good;
            (face.landmarks.left_eye.y, face.landmarks.right_eye.y) = (235.0, 190.0);
            face
        };
        let nodding = {
            let mut face = good;
            face.landmarks.nose.y += 45.0;
            face
        };
        let unsure = Face { score: 0.3, ..good };
        let small_second = face_at(100.0, 100.0, 40.0);
        let rows = [
            ("no face", 120, 60, vec![], Some(Hint::NoFace)),
            ("an unsure face", 120, 60, vec![unsure], Some(Hint::NoFace)),
            ("two faces", 120, 60, vec![good, face_at(520.0, 240.0, 180.0)], Some(Hint::SeveralFaces)),
            ("someone far behind", 120, 60, vec![good, small_second], None),
            ("far", 120, 60, vec![face_at(320.0, 240.0, 90.0)], Some(Hint::ComeCloser)),
            ("just near enough", 120, 60, vec![face_at(320.0, 240.0, 97.0)], None),
            ("near", 120, 60, vec![face_at(320.0, 240.0, 390.0)], Some(Hint::MoveBack)),
            ("left in the frame", 120, 60, vec![face_at(200.0, 240.0, 200.0)], Some(Hint::MoveLeft)),
            ("right in the frame", 120, 60, vec![face_at(440.0, 240.0, 200.0)], Some(Hint::MoveRight)),
            ("low", 120, 60, vec![face_at(320.0, 330.0, 200.0)], Some(Hint::MoveUp)),
            ("high", 120, 60, vec![face_at(320.0, 150.0, 200.0)], Some(Hint::MoveDown)),
            ("turned", 120, 60, vec![turned(22.0)], Some(Hint::LookStraight)),
            ("turned a little", 120, 60, vec![turned(18.0)], None),
            ("nodding", 120, 60, vec![nodding], Some(Hint::LookStraight)),
            ("tilted", 120, 60, vec![tilted], Some(Hint::HoldHeadUpright)),
            ("dark", 40, 30, vec![good], Some(Hint::TooDark)),
            ("bright", 245, 8, vec![good], Some(Hint::TooBright)),
            ("flat, as if blurred", 120, 2, vec![good], Some(Hint::HoldStill)),
        ];
        for (name, luma, swing, faces, expected) in rows {
            let found = judge(&noise_frame(1, luma, swing), &faces, &policy).err();
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn light_from_one_side_is_uneven() {
        let frame = noise_frame(0, 140, 60);
        let mut rgb = frame.rgb().to_vec();
        for (i, pixel) in rgb.chunks_exact_mut(3).enumerate() {
            if i % 640 < 320 {
                for v in pixel {
                    *v /= 3;
                }
            }
        }
        let frame = Frame::new(640, 480, rgb, 0, Duration::ZERO).unwrap();
        let found = judge(&frame, &[face_at(320.0, 240.0, 200.0)], &QualityPolicy::default()).err();
        assert_eq!(found, Some(Hint::UnevenLight));
    }

    #[test]
    fn a_growing_face_is_told_to_come_closer_then_nothing_then_to_move_back() {
        let policy = QualityPolicy::default();
        let frame = noise_frame(0, 120, 60);
        let told: Vec<_> =
            (5..95).map(|p| judge(&frame, &[face_at(320.0, 240.0, 6.4 * p as f32)], &policy).err()).collect();
        let mut turns = told.clone();
        turns.dedup();
        assert_eq!(turns, [Some(Hint::ComeCloser), None, Some(Hint::MoveBack)]);
    }

    #[test]
    fn dark_and_bright_each_speak_in_their_own_band() {
        let policy = QualityPolicy::default();
        let face = [face_at(320.0, 240.0, 200.0)];
        let told: Vec<_> = (0..=255u8)
            .map(|luma| Frame::new(640, 480, vec![luma; 640 * 480 * 3], 0, Duration::ZERO).unwrap())
            .map(|frame| judge(&frame, &face, &policy).err().filter(|h| *h != Hint::HoldStill))
            .collect();
        let mut turns = told.clone();
        turns.dedup();
        assert_eq!(turns, [Some(Hint::TooDark), None, Some(Hint::TooBright)]);
        assert_eq!(told.iter().filter(|h| **h == Some(Hint::TooDark)).count(), 55);
        assert_eq!(told.iter().filter(|h| **h == Some(Hint::TooBright)).count(), 20);
    }
}
