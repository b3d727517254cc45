//! The capture loop: frames in; a liveness proof with its samples out, or why there is none.

use std::time::Duration;

use countenance_camera::{CameraError, FrameSource};
use countenance_core::{
    face::Face,
    frame::Frame,
    liveness::{Inconclusive, Judge, LivenessProof, NetOdds, Rejected, Step, track::Tracker},
    policy::{HintPolicy, NetPolicy, Policy},
    protocol::QualityClaim,
    quality::{self, Hint, HintDebouncer, measure::Measures},
    sample_selector::{SampleSelector, Samples},
};
use countenance_vision::{Embedding, Vision, VisionError};

use crate::way_up::WayUp;

/// The networks as the capture loop uses them: [`Vision`] in the product, a timing wrapper in benchmarks, a fake in
/// tests.
pub trait FaceAnalyzer {
    /// All faces in the frame, best first.
    fn faces(&self, frame: &Frame) -> Result<Vec<Face>, VisionError>;
    /// The log odds each of `nets` gives `face`, in the order of `nets`.
    fn liveness(&self, frame: &Frame, face: &Face, nets: &[NetPolicy]) -> Result<Vec<NetOdds>, VisionError>;
    /// Whether `face` is upside down in `frame`. The default suits fakes, whose faces are upright.
    fn is_upside_down(&self, _: &Frame, _: &Face) -> Result<bool, VisionError> {
        Ok(false)
    }
    /// The embedding of `face`, to recognize it later in the same visit; `None` if this analyzer makes none. The default
    /// suits fakes, which recognize nobody.
    fn embed(&self, _: &Frame, _: &Face) -> Result<Option<Embedding>, VisionError> {
        Ok(None)
    }
    /// Fails if one of `nets` is not available. The default suits fakes, which have them all.
    fn supports(&self, _: &[NetPolicy]) -> Result<(), VisionError> {
        Ok(())
    }
}

impl FaceAnalyzer for Vision {
    fn faces(&self, frame: &Frame) -> Result<Vec<Face>, VisionError> {
        Vision::faces(self, frame)
    }

    fn liveness(&self, frame: &Frame, face: &Face, nets: &[NetPolicy]) -> Result<Vec<NetOdds>, VisionError> {
        Vision::liveness(self, frame, face, nets)
    }

    fn is_upside_down(&self, frame: &Frame, face: &Face) -> Result<bool, VisionError> {
        Vision::is_upside_down(self, frame, face)
    }

    fn embed(&self, frame: &Frame, face: &Face) -> Result<Option<Embedding>, VisionError> {
        Vision::embed(self, frame, face).map(Some)
    }

    fn supports(&self, nets: &[NetPolicy]) -> Result<(), VisionError> {
        Vision::supports(self, nets)
    }
}

/// Unfiltered result for one frame; see [`Feedback`] for the debounced form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FrameOutcome {
    /// The frame did not count; what the person can change.
    Hint(Hint),
    /// The frame counted; share of the evidence gathered so far, 0 to 1.
    Gathered(f32),
}

/// What to show a person after a frame: [`FrameOutcome`], debounced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Feedback {
    /// The hint to show, see [`HintDebouncer`]. It may outlast the problem by a few frames that count.
    pub hint: Option<Hint>,
    /// Share of the evidence gathered so far, 0 to 1. A frame that does not count leaves it unchanged; a change of face
    /// resets it.
    pub gathered_ratio: f32,
    /// Where the largest face is, if there is one.
    pub face: Option<FacePlace>,
}

/// Where a face is in its frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FacePlace {
    /// Center of its box from the left, relative to the frame's width.
    pub x_ratio: f32,
    /// Center of its box from the top, relative to the frame's height.
    pub y_ratio: f32,
    /// Width of its box, relative to the frame's width.
    pub width_ratio: f32,
}

impl FacePlace {
    /// The largest of `faces` in `frame`.
    fn largest(frame: &Frame, faces: &[Face]) -> Option<Self> {
        let (width, height) = (frame.width() as f32, frame.height() as f32);
        let rect = faces.iter().map(|face| face.rect).max_by(|a, b| a.area().total_cmp(&b.area()))?;
        let centre = rect.centre();
        Some(Self { x_ratio: centre.x / width, y_ratio: centre.y / height, width_ratio: rect.width / width })
    }
}

/// How a capture ended.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one per capture")]
pub enum Captured {
    /// Liveness was shown; the samples lie within the span of the proof.
    Shown(Samples, LivenessProof),
    /// What the camera saw was rejected as not live.
    NotLive(Rejected),
    /// The evidence does not suffice for a decision.
    CannotTell(Inconclusive),
    /// `watch` returned `false`.
    Stopped,
}

/// Why a capture failed.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// The camera or the recording failed.
    #[error("the camera gave no frame")]
    Camera(#[from] CameraError),
    /// A network failed on a frame.
    #[error("a frame could not be analyzed")]
    Vision(#[from] VisionError),
}

/// Reads frames until there is a decision, the policy's time limit passes, the source ends, or `watch` returns `false`.
///
/// Frame time is the only clock, so the same recording gives the same result, bit for bit.
pub fn capture(
    source: &mut dyn FrameSource,
    analyzer: &dyn FaceAnalyzer,
    policy: &Policy,
    watch: &mut dyn FnMut(&Frame, FrameOutcome, Feedback) -> bool,
) -> Result<Captured, CaptureError> {
    let wait = Duration::from_millis(policy.capture.frame_millis);
    let limit = Duration::from_millis(policy.capture.limit_millis);
    let (mut tracker, mut judge, mut best) =
        (Tracker::new(&policy.liveness), Judge::new(policy), SampleSelector::default());
    let mut debouncer = HintDebouncer::new(&HintPolicy::default());
    let mut way_up = WayUp::default();
    let mut begun = None;
    loop {
        let frame = match source.next_frame(wait) {
            Err(CameraError::Ended) => return Ok(Captured::CannotTell(Inconclusive::SourceEnded)),
            frame => frame?,
        };
        if frame.at().saturating_sub(*begun.get_or_insert(frame.at())) > limit {
            return Ok(Captured::CannotTell(Inconclusive::TimeOver));
        }
        let mut faces = analyzer.faces(&frame)?;
        let track = tracker.follow(&frame, &faces);
        judge.see(track);
        way_up.look(analyzer, &frame, &mut faces, track)?;
        let examined = quality::examine(&frame, &faces, &policy.quality);
        let hint = debouncer.see(frame.at(), examined.gates());
        let outcome = match (examined.good(), track) {
            (Ok(good), Some(track)) => {
                best.keep(&good, track);
                match judge.take(&good, analyzer.liveness(&frame, good.face(), &policy.liveness.nets)?) {
                    Step::More(ratio) => FrameOutcome::Gathered(ratio),
                    Step::CannotTell(verdict) => return Ok(Captured::CannotTell(Inconclusive::Undecided(verdict))),
                    Step::NotLive(rejected) => return Ok(Captured::NotLive(rejected)),
                    Step::Live(proof) => {
                        return Ok(match best.within(&proof) {
                            Some(samples) => Captured::Shown(samples, proof),
                            None => Captured::CannotTell(Inconclusive::SourceEnded),
                        });
                    }
                }
            }
            (Err(hint), _) => FrameOutcome::Hint(hint),
            (Ok(_), None) => FrameOutcome::Hint(Hint::NoFace),
        };
        let face = FacePlace::largest(&frame, &faces);
        if !watch(&frame, outcome, Feedback { hint, gathered_ratio: judge.gathered_ratio(), face }) {
            return Ok(Captured::Stopped);
        }
    }
}

/// Receives each frame of [`practise`], with the measures of the face in it if there is exactly one. `false` ends it.
pub type WatchPractice<'w> = dyn FnMut(&Frame, Option<QualityClaim>, FrameOutcome, Feedback) -> bool + 'w;

/// Gives hints and measures without judging liveness, so that a person can test the camera. Ends when `watch` returns
/// `false`.
pub fn practise(
    source: &mut dyn FrameSource,
    analyzer: &dyn FaceAnalyzer,
    policy: &Policy,
    watch: &mut WatchPractice<'_>,
) -> Result<(), CaptureError> {
    let wait = Duration::from_millis(policy.capture.frame_millis);
    let (mut tracker, mut way_up) = (Tracker::new(&policy.liveness), WayUp::default());
    let mut debouncer = HintDebouncer::new(&HintPolicy::default());
    loop {
        let frame = source.next_frame(wait)?;
        let mut faces = analyzer.faces(&frame)?;
        let track = tracker.follow(&frame, &faces);
        way_up.look(analyzer, &frame, &mut faces, track)?;
        let examined = quality::examine(&frame, &faces, &policy.quality);
        let hint = debouncer.see(frame.at(), examined.gates());
        let feedback = Feedback { hint, gathered_ratio: 0.0, face: FacePlace::largest(&frame, &faces) };
        let outcome = examined.good().map_or_else(FrameOutcome::Hint, |_| FrameOutcome::Gathered(0.0));
        let measured = match faces.as_slice() {
            [face] => Some(Measures::of(&frame, face).claim),
            _ => None,
        };
        if !watch(&frame, measured, outcome, feedback) {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeAnalyzer;
    use countenance_camera::testing::FakeSource;
    use countenance_core::testing::{face_at, plain_policy};

    /// One face with these log odds, which jumps elsewhere at frame `jumps_at`; none if `is_empty`.
    fn sees(odds: f32, jumps_at: u64, is_empty: bool) -> FakeAnalyzer {
        FakeAnalyzer::live(odds).with_faces(move |frame| {
            let x = if frame.seq() < jumps_at { 250.0 } else { 390.0 };
            if is_empty { vec![] } else { vec![face_at(x, 240.0, 150.0)] }
        })
    }

    #[test]
    fn every_capture_ends_with_a_result() {
        let ends = |frames, odds, jumps_at, is_empty| {
            let (mut source, analyzer) = (FakeSource::noise(frames), sees(odds, jumps_at, is_empty));
            let captured = capture(&mut source, &analyzer, &plain_policy(), &mut |_, _, _| true).unwrap();
            match captured {
                Captured::Shown(samples, proof) => {
                    for sample in std::iter::once(samples.best()).chain(samples.more()) {
                        assert!(proof.covers(proof.span().track, sample.good().frame().at()));
                    }
                    format!("live on track {}", proof.span().track)
                }
                Captured::NotLive(_) => "not live".into(),
                Captured::CannotTell(inconclusive) => format!("{inconclusive:?}"),
                Captured::Stopped => "stopped".into(),
            }
        };
        let rows = [
            ("live", (100, 3.0, 999, false), "live on track 1"),
            ("not live", (100, -3.0, 999, false), "not live"),
            ("too short", (15, 3.0, 999, false), "SourceEnded"),
            ("a second person steps in", (100, 3.0, 15, false), "live on track 2"),
            ("the second person comes too late", (30, 3.0, 15, false), "SourceEnded"),
            ("an empty room", (1000, 3.0, 999, true), "TimeOver"),
        ];
        for (name, (frames, odds, jumps_at, is_empty), expected) in rows {
            assert_eq!(ends(frames, odds, jumps_at, is_empty), expected, "{name}");
        }
    }

    #[test]
    fn stop_takes_effect_within_a_frame() {
        let (mut frames, analyzer) = (FakeSource::noise(100), sees(3.0, 999, false));
        let stopped = capture(&mut frames, &analyzer, &plain_policy(), &mut |frame, _, _| frame.seq() < 4).unwrap();
        assert!(matches!(stopped, Captured::Stopped));
        assert_eq!(frames.asked, 5);
    }

    /// No face until frame 10: the hint appears late and stays long enough to be read, while evidence accumulates.
    #[test]
    fn debounces_feedback_but_not_the_outcome() {
        let comes_late = FakeAnalyzer::live(3.0).with_faces(|frame| {
            if frame.seq() < 10 || frame.seq() == 15 { vec![] } else { vec![face_at(320.0, 240.0, 150.0)] }
        });
        let mut observed = Vec::new();
        let mut watch = |frame: &Frame, outcome: FrameOutcome, feedback: Feedback| {
            observed.push((outcome, feedback));
            frame.seq() < 24
        };
        capture(&mut FakeSource::noise(100), &comes_late, &plain_policy(), &mut watch).unwrap();
        for (seq, (outcome, feedback)) in observed.iter().enumerate() {
            // The hint appears after 200 ms and stays for 600 ms; a frame takes 40 ms.
            assert_eq!(feedback.hint, (5..20).contains(&seq).then_some(Hint::NoFace), "{seq}");
            assert_eq!(matches!(outcome, FrameOutcome::Hint(_)), seq < 10 || seq == 15, "{seq}");
            if let FrameOutcome::Gathered(ratio) = outcome {
                assert_eq!(ratio.to_bits(), feedback.gathered_ratio.to_bits(), "{seq}");
            }
        }
        let gathered: Vec<_> = observed.iter().map(|(_, feedback)| feedback.gathered_ratio).collect();
        assert!(gathered.is_sorted() && gathered[15] <= gathered[14] && gathered[24] > 0.5, "{gathered:?}");
    }
}
