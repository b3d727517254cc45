//! Quality gates that a frame must pass to count.
//!
//! Each gate is one line in [`gate`], in order of priority; the first one that fails gives the frame its hint.
//! [`measure`] takes the measures, and [`hint_debouncer`] turns the hints of successive frames into one that can be
//! read.

use crate::{face::Face, frame::Frame, policy::QualityPolicy, protocol::QualityClaim};

mod eyes;
pub mod gate;
pub mod hint_debouncer;
mod luma;
pub mod measure;
mod noise;

pub use gate::{Bound, Gate, GateStatus};
pub use hint_debouncer::HintDebouncer;

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

    /// The one face in it that counts.
    pub fn face(&self) -> &Face {
        &self.face
    }

    /// The measures of the face.
    pub fn measures(&self) -> QualityClaim {
        self.measures.claim
    }
}

crate::enumeration! {
    /// What the person can do about a failed gate, worst fault first. Left and right are the person's own.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Hint {
        /// No face was found.
        NoFace,
        /// More than one face is close to the camera.
        SeveralFaces,
        /// The camera's picture is upside down.
        UpsideDown,
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
        /// The head is turned, raised or lowered.
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
}

/// The result of all gates on one frame. Only [`examine`] makes one.
#[derive(Debug)]
pub struct Examined {
    gates: Vec<Gate>,
    good: Result<GoodFrame, Hint>,
}

impl Examined {
    /// Every gate that could be judged, in order of priority: the input of [`HintDebouncer`].
    pub fn gates(&self) -> &[Gate] {
        &self.gates
    }

    /// The good frame, or what the person can do about the worst fault.
    pub fn good(self) -> Result<GoodFrame, Hint> {
        self.good
    }
}

/// Applies every gate to one frame and the faces in it. Measures once.
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

/// The worst fault of a face in an image that was cropped around it. Only the gates that still apply to such an image
/// are used: eye distance, pose, eyes, lighting and sharpness. Face size and position depend on the crop.
///
/// `slack_ratio` loosens each threshold by that share: detecting the face again in another crop gives slightly
/// different measures.
pub fn fault_of_cut(measures: &Measures, policy: &QualityPolicy, slack_ratio: f32) -> Option<Hint> {
    gate::of_cut(measures, policy).into_iter().find(|gate| !gate.holds_within(slack_ratio)).map(|gate| gate.hint())
}

/// Judges one frame and the faces in it: a good frame, or what the person can do about it.
pub fn judge(frame: &Frame, faces: &[Face], policy: &QualityPolicy) -> Result<GoodFrame, Hint> {
    examine(frame, faces, policy).good()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{face_at, noise_frame};

    #[test]
    fn accepts_a_single_centered_face() {
        let frame = noise_frame(0, 120, 60);
        assert!(judge(&frame, &[face_at(320.0, 240.0, 200.0)], &QualityPolicy::default()).is_ok());
    }

    #[test]
    fn gates_and_hints_are_in_the_same_order() {
        let frame = noise_frame(0, 120, 60);
        let examined = examine(&frame, &[face_at(320.0, 240.0, 200.0)], &QualityPolicy::default());
        let mut hints: Vec<_> = examined.gates().iter().map(Gate::hint).collect();
        assert!(hints.is_sorted(), "{hints:?}");
        hints.dedup();
        assert_eq!(hints, Hint::ALL);
    }

    /// Whether the camera lies or stands, the whole face has to be in the picture, and may fill it.
    #[test]
    fn the_whole_face_is_in_the_picture() {
        let rows = [
            ("lying, near", (640, 480), 380.0, None),
            ("lying, too near", (640, 480), 392.0, Some(Hint::MoveBack)),
            ("standing, near", (480, 640), 420.0, None),
            ("standing, too near", (480, 640), 440.0, Some(Hint::MoveBack)),
            ("wide, near", (1280, 480), 380.0, None),
            ("wide, too near", (1280, 480), 392.0, Some(Hint::MoveBack)),
        ];
        for (name, (width, height), face, expected) in rows {
            let texture = noise_frame(0, 120, 60);
            let row = |y: u32| texture.rgb().chunks_exact(640 * 3).nth(y as usize % 480).unwrap();
            let rgb = (0..height).flat_map(|y| row(y).iter().cycle().take(width as usize * 3).copied()).collect();
            let frame = Frame::new(width, height, rgb, 0, std::time::Duration::ZERO).unwrap();
            let face = face_at(width as f32 / 2.0, height as f32 / 2.0, face);
            assert_eq!(judge(&frame, &[face], &QualityPolicy::default()).err(), expected, "{name}");
        }
    }

    #[test]
    fn without_exactly_one_face_no_other_gate_is_judged() {
        let frame = noise_frame(0, 20, 0);
        let (face, other) = (face_at(320.0, 240.0, 200.0), face_at(520.0, 240.0, 180.0));
        let rows = [(vec![], 1, Hint::NoFace), (vec![face, other], 2, Hint::SeveralFaces)];
        for (faces, gates, hint) in rows {
            let examined = examine(&frame, &faces, &QualityPolicy::default());
            assert_eq!((examined.gates().len(), examined.good().err()), (gates, Some(hint)));
        }
    }
}
