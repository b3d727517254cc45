//! Qualifies a site: decides from genuine captures whether the liveness gate may be armed with this camera.
//!
//! A threshold set elsewhere may not suit this lighting and lens. Therefore people at the site take captures as in a
//! sign-in, and [`collect`] records their scores. A [`Report`] compares the scores with the threshold; if genuine
//! scores overlap it or come too close, the gate is not armed and the report says what to change. A [`Profile`] stores
//! the result for this camera, policy and set of networks: numbers only, never an image.
//!
//! It cannot verify that all these people were genuine, nor predict who comes later. Captures from one sitting are
//! alike: use several people, in morning and evening light.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use serde::Serialize;

use crate::capture::{CaptureError, Captured, FaceAnalyzer, Feedback, FrameOutcome, capture};
use countenance_camera::FrameSource;
use countenance_core::{
    face::Face,
    frame::Frame,
    liveness::{Inconclusive, NetOdds, Verdict},
    policy::{NetPolicy, Policy},
    protocol::QualityClaim,
    quality::{Hint, measure::Measures},
};
use countenance_vision::VisionError;

mod plot;
mod profile;
mod report;
mod text;

pub use profile::{PROFILE_FILE, Profile, ProfileError, SiteCamera};
pub use report::{Remedy, Report, Spread, Why};
pub use text::words;

/// Consecutive captures without a decision after which collecting ends: presumably no person is present.
const MISSES: u32 = 3;

/// One genuine capture that ended in a decision, live or not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Genuine {
    /// Mean log odds over scales and frames, which a sign-in compares with the threshold.
    pub fused: f32,
    /// Standard deviation of the scored frames around it.
    pub frame_spread: f32,
    /// Mean luma of the face (BT.601), 0 to 255.
    pub luma: f32,
    /// Mean of face width / frame width, 0 to 1.
    pub face_ratio: f32,
    /// Mean distance between the eyes, pixels of the frame.
    pub interocular_px: f32,
    /// Frames per second; 0 if a single frame was enough.
    pub fps: f32,
    /// Number of frames rejected, by hint.
    pub hints: BTreeMap<Hint, u32>,
}

/// Captures collected from one or more sources.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Collected {
    /// The captures, in order.
    pub genuine: Vec<Genuine>,
    /// Captures that timed out without a decision.
    pub missed: u32,
    /// Frames analyzed.
    pub frames: u32,
    /// Number of these frames rejected, by hint.
    pub hints: BTreeMap<Hint, u32>,
}

/// Progress while captures are collected.
#[derive(Debug)]
pub enum Step<'a> {
    /// A frame was analyzed; feedback to show to the person.
    Looked(Feedback),
    /// A capture was completed.
    Taken(&'a Genuine),
    /// A capture ended without a decision.
    Missed,
}

/// Takes captures until there are `captures` of them, the source ends, no person seems to be present, or `tell` returns
/// `false`. Each capture is the one of a sign-in; its score does not matter here.
pub fn collect(
    source: &mut dyn FrameSource,
    analyzer: &dyn FaceAnalyzer,
    policy: &Policy,
    captures: usize,
    tell: &mut dyn FnMut(&Step<'_>) -> bool,
) -> Result<Collected, CaptureError> {
    source.start()?;
    let collected = collect_captures(source, analyzer, policy, captures, tell);
    source.stop();
    collected
}

fn collect_captures(
    source: &mut dyn FrameSource,
    analyzer: &dyn FaceAnalyzer,
    policy: &Policy,
    captures: usize,
    tell: &mut dyn FnMut(&Step<'_>) -> bool,
) -> Result<Collected, CaptureError> {
    let mut collected = Collected::default();
    let mut misses = 0;
    while collected.genuine.len() < captures && misses < MISSES {
        let seen = Seen { analyzer, frames: RefCell::default(), scored: RefCell::default() };
        let mut hints = BTreeMap::new();
        let captured = capture(source, &seen, policy, &mut |_, outcome, feedback| {
            if let FrameOutcome::Hint(hint) = outcome {
                *hints.entry(hint).or_insert(0) += 1;
            }
            tell(&Step::Looked(feedback))
        })?;
        collected.frames += seen.frames.borrow().len() as u32;
        for (hint, frames) in &hints {
            *collected.hints.entry(*hint).or_insert(0) += frames;
        }
        let verdict = match &captured {
            Captured::Shown(_, proof) => Some(proof.verdict()),
            Captured::NotLive(refusal) => Some(&refusal.verdict),
            Captured::CannotTell(Inconclusive::Undecided(verdict)) => Some(verdict),
            Captured::CannotTell(Inconclusive::TimeOver) => None,
            Captured::CannotTell(Inconclusive::SourceEnded) | Captured::Stopped => break,
        };
        let goes_on = if let Some(verdict) = verdict {
            let genuine = seen.genuine(verdict, hints);
            let goes_on = tell(&Step::Taken(&genuine));
            collected.genuine.push(genuine);
            misses = 0;
            goes_on
        } else {
            (misses, collected.missed) = (misses + 1, collected.missed + 1);
            tell(&Step::Missed)
        };
        if !goes_on {
            break;
        }
    }
    Ok(collected)
}

impl Collected {
    /// Adds the captures of another source.
    pub fn add(&mut self, other: Self) {
        self.genuine.extend(other.genuine);
        self.missed += other.missed;
        self.frames += other.frames;
        for (hint, frames) in other.hints {
            *self.hints.entry(hint).or_insert(0) += frames;
        }
    }
}

/// Wraps the networks and records what they were asked during one capture.
struct Seen<'s> {
    analyzer: &'s dyn FaceAnalyzer,
    /// Time of each frame.
    frames: RefCell<Vec<Duration>>,
    /// Quality measures of each frame that counted, including those of a lost track.
    scored: RefCell<Vec<QualityClaim>>,
}

impl FaceAnalyzer for Seen<'_> {
    fn faces(&self, frame: &Frame) -> Result<Vec<Face>, VisionError> {
        self.frames.borrow_mut().push(frame.at());
        self.analyzer.faces(frame)
    }

    fn is_upside_down(&self, frame: &Frame, face: &Face) -> Result<bool, VisionError> {
        self.analyzer.is_upside_down(frame, face)
    }

    fn liveness(&self, frame: &Frame, face: &Face, nets: &[NetPolicy]) -> Result<Vec<NetOdds>, VisionError> {
        self.scored.borrow_mut().push(Measures::of(frame, face).claim);
        self.analyzer.liveness(frame, face, nets)
    }
}

impl Seen<'_> {
    fn genuine(&self, verdict: &Verdict, hints: BTreeMap<Hint, u32>) -> Genuine {
        let (frames, scored) = (self.frames.borrow(), self.scored.borrow());
        // The frames of the verdict are the last ones that counted.
        let judged = scored.get(scored.len().saturating_sub(verdict.per_frame.len())..).unwrap_or_default();
        let mean = |of: fn(&QualityClaim) -> f32| judged.iter().map(of).sum::<f32>() / judged.len().max(1) as f32;
        let frames_mean = verdict.per_frame.iter().sum::<f32>() / verdict.per_frame.len().max(1) as f32;
        let squares = verdict.per_frame.iter().map(|score| (score - frames_mean).powi(2)).sum::<f32>();
        let lasted = match (frames.first(), frames.last()) {
            (Some(first), Some(last)) => last.saturating_sub(*first).as_secs_f32(),
            _ => 0.0,
        };
        Genuine {
            fused: verdict.fused,
            frame_spread: (squares / verdict.per_frame.len().max(1) as f32).sqrt(),
            luma: mean(|m| m.luma),
            face_ratio: mean(|m| m.face_ratio),
            interocular_px: mean(|m| m.interocular_px),
            fps: if lasted > 0.0 { frames.len().saturating_sub(1) as f32 / lasted } else { 0.0 },
            hints,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::testing::FakeAnalyzer;
    use countenance_camera::testing::FakeSource;
    use countenance_core::testing::{face_at, plain_policy};

    /// Decides once, after 0.8 s, at a threshold of 1.2, by the log odds alone.
    pub(crate) fn policy() -> Policy {
        let mut policy = plain_policy();
        let l = &mut policy.liveness;
        (l.threshold, l.refuse_below, l.sure_margin) = (1.2, 1.2, 0.0);
        policy
    }

    /// One face from frame `comes` on, with these log odds in turn, for 21 frames each.
    fn sees(comes: u64, odds: Vec<f32>) -> FakeAnalyzer {
        let analyzer = FakeAnalyzer::live(0.0).with_log_odds(move |frame| {
            let index = (frame.seq() - comes) as usize / 21;
            odds[index % odds.len()]
        });
        analyzer.with_faces(move |frame| if frame.seq() < comes { vec![] } else { vec![face_at(320.0, 240.0, 200.0)] })
    }

    fn collected(frames: u64, captures: usize, analyzer: &FakeAnalyzer, go_on: u32) -> (Collected, Vec<&'static str>) {
        // A capture without a face ends soon, since frames take 40 ms of frame time each.
        let mut policy = policy();
        policy.capture.limit_millis = 1_400;
        let mut source = FakeSource::noise(frames);
        let mut steps = Vec::new();
        let collected = collect(&mut source, analyzer, &policy, captures, &mut |step| {
            match step {
                Step::Looked(_) => return steps.len() < go_on as usize,
                Step::Taken(_) => steps.push("taken"),
                Step::Missed => steps.push("missed"),
            }
            true
        });
        assert_eq!((source.started, source.stopped), (1, 1), "the camera stays on from the first capture to the last");
        (collected.unwrap(), steps)
    }

    #[test]
    fn collects_captures_whether_they_pass_or_not() {
        let analyzer = sees(0, vec![3.0, -2.0, 1.3]);
        for (name, frames, captures, go_on, expected) in [
            ("enough", 1000, 4, 99, vec![3.0, -2.0, 1.3, 3.0]),
            ("the recording ends during the third", 60, 4, 99, vec![3.0, -2.0]),
            ("stopped during the second", 1000, 4, 1, vec![3.0]),
            ("none requested", 1000, 0, 99, vec![]),
        ] {
            let (collected, _) = collected(frames, captures, &analyzer, go_on);
            let scores: Vec<_> = collected.genuine.iter().map(|genuine| genuine.fused).collect();
            assert_eq!(scores.len(), expected.len(), "{name}");
            assert!(scores.iter().zip(&expected).all(|(is, should)| (is - should).abs() < 1e-4), "{name}: {scores:?}");
        }
    }

    #[test]
    fn measures_the_judged_frames() {
        let (collected, _) = collected(100, 1, &sees(10, vec![3.0]), 99);
        let genuine = &collected.genuine[0];
        assert!((genuine.luma - 120.0).abs() < 2.0 && genuine.frame_spread < 1e-4, "{genuine:?}");
        assert!((genuine.face_ratio - 200.0 / 640.0).abs() < 1e-4, "{genuine:?}");
        assert!((genuine.interocular_px - 92.0).abs() < 1e-2 && (genuine.fps - 25.0).abs() < 1e-2, "{genuine:?}");
        assert_eq!(genuine.hints, BTreeMap::from([(Hint::NoFace, 10)]));
        assert_eq!((collected.frames, collected.missed), (31, 0));
    }

    #[test]
    fn stops_if_no_one_is_present() {
        let (collected, steps) = collected(9999, 20, &sees(9999, vec![3.0]), 99);
        assert_eq!((steps, collected.missed), (vec!["missed"; 3], 3));
        assert!(collected.genuine.is_empty() && collected.hints[&Hint::NoFace] == 108);
    }
}
