//! Scores one clip: the verdict on its longest track, and the result of a simulated sign-in.

use std::{cell::RefCell, collections::HashMap, time::Duration};

use super::{
    Options,
    evidence::FrameEvidence,
    lightness,
    presentation::{Decision, Presentation, Response},
    set::Clip,
};
use countenance_camera::{CameraError, FrameSource, Losses, recording};
use countenance_client::{
    capture::{CaptureError, Captured, FaceAnalyzer, FrameOutcome, capture},
    headless::causes,
};
use countenance_core::{
    face::Face,
    frame::Frame,
    liveness::{Inconclusive, Judge, NetOdds, Verdict, track::Tracker},
    policy::{LivenessPolicy, NetPolicy, Policy, QualityPolicy},
    protocol::CameraClaim,
    quality::{self, Hint},
};
use countenance_vision::VisionError;

/// Scores `clip`; returns the evidence of each frame if [`Options::evidence`] is set. A clip that fails gives a row,
/// too.
pub(super) fn score(
    clip: &Clip,
    options: &Options,
    policy: &Policy,
    analyzer: &dyn FaceAnalyzer,
) -> (Presentation, Vec<FrameEvidence>) {
    let mut played = Played::default();
    let memory = Memory { analyzer, faces: RefCell::default(), odds: RefCell::default() };
    let ended = play(clip, options, policy, &memory, &mut played).and_then(|()| decide(clip, options, policy, &memory));
    let verdict = played.longest.filter(|_| ended.is_ok());
    let response = match (&ended, &verdict) {
        (Err(error), _) => Response::Failed(causes(error)),
        (Ok(_), Some(_)) => Response::Scored,
        (Ok(_), None) if played.faces == 0 => Response::NoFace,
        (Ok(_), None) => Response::NoGoodFrame,
    };
    let decided = ended.ok().flatten();
    let (score, nets, cues) =
        verdict.map_or_else(Default::default, |verdict| (Some(verdict.fused), verdict.nets, verdict.cues));
    let presentation = Presentation {
        clip: clip.name.clone(),
        label: clip.label.clone(),
        facts: clip.facts.clone(),
        response,
        score,
        nets,
        cues,
        losses: played.losses,
        frames: played.frames,
        faces: played.faces,
        good: played.good,
        passed: played.passed,
        lightness: played.lightness,
        decision: decided.map(|decided| decided.decision),
        decided_millis: decided.and_then(|decided| decided.millis),
    };
    (presentation, played.evidence)
}

#[derive(Default)]
struct Played {
    losses: Losses,
    frames: u32,
    faces: u32,
    good: u32,
    passed: u32,
    lightness: Option<f32>,
    /// Verdict on the track with the most good frames; the first one of equals.
    longest: Option<Verdict>,
    evidence: Vec<FrameEvidence>,
}

impl Played {
    fn keep(&mut self, verdict: Option<Verdict>) {
        let length = |verdict: &Option<Verdict>| verdict.as_ref().map_or(0, |verdict| verdict.per_frame.len());
        if length(&verdict) > length(&self.longest) {
            self.longest = verdict;
        }
    }
}

/// Judges all frames of the clip. What was lost is known also of one that fails.
fn play(
    clip: &Clip,
    options: &Options,
    policy: &Policy,
    analyzer: &dyn FaceAnalyzer,
    played: &mut Played,
) -> Result<(), CaptureError> {
    let mut source = Beginning::of(clip, options)?;
    let ended = judge_all(&mut source, clip, options, policy, analyzer, played);
    played.losses = source.losses();
    ended
}

fn judge_all(
    source: &mut Beginning,
    clip: &Clip,
    options: &Options,
    policy: &Policy,
    analyzer: &dyn FaceAnalyzer,
    played: &mut Played,
) -> Result<(), CaptureError> {
    let timed = source.spacing.is_some();
    let gates = if options.gated { policy.quality } else { open(&policy.quality) };
    // With unknown spacing no gap ends a track, nor do images with a known but wide spacing.
    let gap_millis =
        source.spacing.map_or(u64::MAX, |spacing| policy.liveness.gap_millis.max(2 * spacing.as_millis() as u64));
    let mut tracker = Tracker::new(&LivenessPolicy { gap_millis, ..policy.liveness.clone() });
    let mut judge = if timed { Judge::new(policy) } else { Judge::untimed(policy) };
    let mut on = None;
    loop {
        let frame = match source.next_frame(Duration::from_millis(policy.capture.frame_millis)) {
            Err(CameraError::Ended) => break,
            frame => frame?,
        };
        played.frames += 1;
        let faces = analyzer.faces(&frame)?;
        let track = tracker.follow(&frame, &faces);
        if track.is_some() && track != on {
            played.keep(judge.verdict());
            on = track;
        }
        judge.see(track);
        let judged = quality::judge(&frame, &faces, &gates);
        played.faces += u32::from(!matches!(judged, Err(Hint::NoFace)));
        let passes =
            if options.gated { judged.is_ok() } else { quality::judge(&frame, &faces, &policy.quality).is_ok() };
        played.passed += u32::from(passes);
        let mut odds = Vec::new();
        if let Ok(good) = &judged {
            played.good += 1;
            played.lightness = played.lightness.or_else(|| lightness::of_cheeks(&frame, good.face()));
            odds = analyzer.liveness(&frame, good.face(), &policy.liveness.nets)?;
            judge.take(good, odds.clone());
        }
        if options.evidence {
            let at = timed.then(|| frame.at());
            played.evidence.push(FrameEvidence::of(&clip.name, frame.seq(), at, track, &judged, odds, &judge));
        }
    }
    played.keep(judge.verdict());
    Ok(())
}

/// The result of a simulated sign-in.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Decided {
    decision: Decision,
    /// Time from the first good frame of the deciding track; `None` if time or frames ran out.
    millis: Option<u64>,
}

/// Simulates a sign-in; `None` if the frame spacing is unknown or too wide.
fn decide(
    clip: &Clip,
    options: &Options,
    policy: &Policy,
    analyzer: &dyn FaceAnalyzer,
) -> Result<Option<Decided>, CaptureError> {
    let mut source = Beginning::of(clip, options)?;
    // A sign-in would not tolerate such gaps.
    let gap = Duration::from_millis(policy.liveness.gap_millis);
    if source.spacing.is_none_or(|spacing| spacing > gap) {
        return Ok(None);
    }
    let mut gathered = Vec::new();
    let captured = capture(&mut source, analyzer, policy, &mut |frame, outcome, _| {
        if matches!(outcome, FrameOutcome::Gathered(_)) {
            gathered.push(frame.at());
        }
        true
    })?;
    // The observer is not called for the deciding frame; the track's earlier good frames are the last ones observed.
    let since_first = |verdict: &Verdict| {
        let before = verdict.per_frame.len().saturating_sub(1);
        let first = gathered.iter().rev().take(before).next_back().copied().unwrap_or(source.last_at);
        Some(source.last_at.saturating_sub(first).as_millis() as u64)
    };
    let (decision, millis) = match &captured {
        Captured::Shown(_, proof) => (Decision::Live, since_first(proof.verdict())),
        Captured::NotLive(refusal) => (Decision::NotLive, since_first(&refusal.verdict)),
        Captured::CannotTell(Inconclusive::Undecided(verdict)) => (Decision::CannotTell, since_first(verdict)),
        Captured::CannotTell(Inconclusive::TimeOver | Inconclusive::SourceEnded) | Captured::Stopped => {
            (Decision::CannotTell, None)
        }
    };
    Ok(Some(Decided { decision, millis }))
}

/// Gates that pass every frame whose face is certain enough.
fn open(policy: &QualityPolicy) -> QualityPolicy {
    QualityPolicy {
        face_score: policy.face_score,
        second_face_ratio: f32::MAX,
        face_ratio_min: 0.0,
        face_ratio_max: f32::MAX,
        face_width_px: 0.0,
        interocular_px: 0.0,
        off_centre_ratio: f32::MAX,
        yaw_deg: f32::MAX,
        pitch_deg: f32::MAX,
        roll_deg: f32::MAX,
        eye_light_ratio: f32::MIN,
        luma_min: f32::MIN,
        highlight_min: f32::MIN,
        signal_to_noise_min: f32::MIN,
        height_ratio_max: f32::MAX,
        luma_max: f32::MAX,
        uneven_ratio: f32::MAX,
        sharpness: f32::MIN,
    }
}

/// The first frames of a clip, with the timestamp of the last frame read.
struct Beginning {
    source: recording::Recording,
    left: u32,
    /// Spacing of images in a folder; zero for a recording, `None` if unknown.
    spacing: Option<Duration>,
    last_at: Duration,
}

impl Beginning {
    fn of(clip: &Clip, options: &Options) -> Result<Self, CaptureError> {
        let fps = clip.fps.or(options.fps);
        let known = recording::Options::default();
        let how = recording::Options { folder_fps: fps.unwrap_or(known.folder_fps) };
        let source = recording::open_with(&clip.path, &how).map_err(CameraError::from)?;
        let left = clip.frames.unwrap_or(u32::MAX).min(options.limit_frames.unwrap_or(u32::MAX));
        // A recording has timestamps and a single image needs none; the spacing of images in a folder must be
        // specified.
        let spacing = match (clip.path.is_dir(), source.frames_hint()) {
            (true, _) => fps.map(|fps| Duration::from_secs_f64(1.0 / fps)),
            (false, Some(1)) => None,
            (false, _) => Some(Duration::ZERO),
        };
        Ok(Self { source, left, spacing, last_at: Duration::ZERO })
    }
}

impl FrameSource for Beginning {
    fn next_frame(&mut self, within: Duration) -> Result<Frame, CameraError> {
        self.left = self.left.checked_sub(1).ok_or(CameraError::Ended)?;
        let frame = self.source.next_frame(within)?;
        self.last_at = frame.at();
        Ok(frame)
    }

    fn provenance(&self) -> CameraClaim {
        self.source.provenance()
    }

    fn losses(&self) -> Losses {
        self.source.losses()
    }
}

/// Caches the analysis of frames: the sign-in is simulated on the same frames as the score.
struct Memory<'s> {
    analyzer: &'s dyn FaceAnalyzer,
    /// Keyed by frame number.
    faces: RefCell<HashMap<u64, Vec<Face>>>,
    odds: RefCell<HashMap<u64, (Face, Vec<NetOdds>)>>,
}

impl FaceAnalyzer for Memory<'_> {
    fn faces(&self, frame: &Frame) -> Result<Vec<Face>, VisionError> {
        if let Some(faces) = self.faces.borrow().get(&frame.seq()) {
            return Ok(faces.clone());
        }
        let faces = self.analyzer.faces(frame)?;
        self.faces.borrow_mut().insert(frame.seq(), faces.clone());
        Ok(faces)
    }

    fn is_upside_down(&self, frame: &Frame, face: &Face) -> Result<bool, VisionError> {
        self.analyzer.is_upside_down(frame, face)
    }

    fn liveness(&self, frame: &Frame, face: &Face, nets: &[NetPolicy]) -> Result<Vec<NetOdds>, VisionError> {
        if let Some((_, odds)) = self.odds.borrow().get(&frame.seq()).filter(|(seen, _)| seen == face) {
            return Ok(odds.clone());
        }
        let odds = self.analyzer.liveness(frame, face, nets)?;
        self.odds.borrow_mut().insert(frame.seq(), (*face, odds.clone()));
        Ok(odds)
    }
}
