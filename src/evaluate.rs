//! Scores labelled recordings: one JSON line a clip.
//!
//! A clip is a recording or a folder of numbered pictures. Below the root, the folder that a clip stands in is its class
//! (`bona_fide`, `attack_<species>`); clips in the root have none. Each clip is played whole: `score` is the mean log odds
//! over the frames that passed the gates, `score_ungated` over all frames with a face, `decision` what a login would
//! have led to. The same folder gives the same lines in the same order, whatever the number of threads.

pub mod presentation;
pub mod threshold;

use std::{
    path::{Path, PathBuf},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde::Serialize;

use crate::{
    camera::{
        CameraError, FrameSource,
        recording::{self, RecordingError},
    },
    capture::{CaptureError, Captured, Sight, capture},
    liveness::NetOdds,
    policy::Policy,
    quality,
    vision::{Vision, VisionError},
};

/// One clip's scores.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClipScore {
    /// Path below the root.
    pub clip: String,
    /// Name of the folder it stands in, if any.
    pub class: Option<String>,
    /// Frames read.
    pub frames: u32,
    /// Frames with a face.
    pub faces: u32,
    /// Frames that passed the quality gates.
    pub good: u32,
    /// Mean log odds over scales and good frames; absent without any.
    pub score: Option<f32>,
    /// Mean log odds over scales and frames with a face; absent without any.
    pub score_ungated: Option<f32>,
    /// Mean log odds over frames with a face, a value per crop scale.
    pub scales: Option<[f32; 3]>,
    /// What a login would have led to: `live`, `not_live` or `cannot_tell`.
    pub decision: &'static str,
    /// Frame time to that decision, milliseconds; absent where there was none.
    pub decided_millis: Option<u64>,
    /// Why the clip could not be read to its end; its figures then cover what could be read.
    pub error: Option<String>,
}

/// Why a folder could not be evaluated at all.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// The folder cannot be listed.
    #[error("{path} cannot be listed")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// There is no clip in it.
    #[error("{path} holds no recording and no folder of pictures")]
    Empty {
        /// The folder.
        path: PathBuf,
    },
    /// The networks failed.
    #[error("a frame could not be judged")]
    Vision(#[from] VisionError),
}

/// Finds the clips below `root`: recordings, and folders that hold pictures. Sorted by path.
pub fn clips(root: &Path) -> Result<Vec<PathBuf>, EvaluateError> {
    let mut found = Vec::new();
    collect(root, 0, &mut found)?;
    found.sort();
    if found.is_empty() { Err(EvaluateError::Empty { path: root.into() }) } else { Ok(found) }
}

/// Scores every clip on all cores. `progress` is called after each with the number done.
pub fn evaluate(
    root: &Path,
    clips: &[PathBuf],
    fps: f64,
    policy: &Policy,
    vision: &Vision,
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Vec<ClipScore>, EvaluateError> {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let scores = Mutex::new(vec![None; clips.len()]);
    let work = || -> Result<(), EvaluateError> {
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(clip) = clips.get(i) else { return Ok(()) };
            let score = score(root, clip, fps, policy, vision)?;
            let mut scores = scores.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if let Some(slot) = scores.get_mut(i) {
                *slot = Some(score);
            }
            drop(scores);
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(clips.len());
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })?;
    Ok(scores.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).into_iter().flatten().collect())
}

fn score(root: &Path, clip: &Path, fps: f64, policy: &Policy, vision: &Vision) -> Result<ClipScore, EvaluateError> {
    let below = clip.strip_prefix(root).unwrap_or(clip);
    let class = below.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let mut line = ClipScore {
        clip: below.to_string_lossy().into_owned(),
        class,
        frames: 0,
        faces: 0,
        good: 0,
        score: None,
        score_ungated: None,
        scales: None,
        decision: "cannot_tell",
        decided_millis: None,
        error: None,
    };
    if let Err(error) = decide(clip, fps, policy, vision, &mut line)? {
        line.error = Some(crate::headless::causes(&error));
    } else if let Err(error) = play(clip, fps, policy, vision, &mut line)? {
        line.error = Some(crate::headless::causes(&error));
    }
    Ok(line)
}

/// Outer error: the networks failed, stop. Inner error: this clip cannot be read.
type Played = Result<Result<(), CameraError>, VisionError>;

/// What a login would lead to.
fn decide(clip: &Path, fps: f64, policy: &Policy, vision: &Vision, line: &mut ClipScore) -> Played {
    let mut source = match open(clip, fps) {
        Ok(source) => source,
        Err(error) => return Ok(Err(error.into())),
    };
    let mut at = Duration::ZERO;
    let captured = capture(&mut source, vision, policy, &mut |frame, _, _| {
        at = frame.at();
        true
    });
    line.decision = match captured {
        Ok(Captured::Shown(_, proof)) => {
            line.decided_millis = Some(proof.span().last_millis);
            "live"
        }
        Ok(Captured::NotLive(_)) => {
            line.decided_millis = Some(at.as_millis() as u64);
            "not_live"
        }
        Ok(Captured::CannotTell(_) | Captured::Stopped) => "cannot_tell",
        Err(CaptureError::Camera(error)) => return Ok(Err(error)),
        Err(CaptureError::Vision(error)) => return Err(error),
    };
    Ok(Ok(()))
}

/// Scores every frame to the end.
fn play(clip: &Path, fps: f64, policy: &Policy, vision: &Vision, line: &mut ClipScore) -> Played {
    let mut source = match open(clip, fps) {
        Ok(source) => source,
        Err(error) => return Ok(Err(error.into())),
    };
    let (mut sums, mut good_sum) = ([0.0_f32; 3], 0.0_f32);
    let ended = loop {
        let frame = match source.next_frame(Duration::from_millis(policy.capture.frame_millis)) {
            Err(CameraError::Ended) => break Ok(()),
            Err(error) => break Err(error),
            Ok(frame) => frame,
        };
        line.frames += 1;
        let faces = Sight::faces(vision, &frame)?;
        let Some(face) = faces.iter().max_by(|a, b| a.rect.area().total_cmp(&b.rect.area())) else { continue };
        let Some(NetOdds(odds)) = Sight::liveness(vision, &frame, face, &policy.liveness.nets)?.into_iter().next()
        else {
            continue;
        };
        line.faces += 1;
        sums.iter_mut().zip(&odds).for_each(|(sum, odds)| *sum += odds);
        if quality::judge(&frame, &faces, &policy.quality).is_ok() {
            line.good += 1;
            good_sum += odds.iter().sum::<f32>() / odds.len() as f32;
        }
    };
    if line.faces > 0 {
        let means = sums.map(|sum| sum / line.faces as f32);
        line.scales = Some(means);
        line.score_ungated = Some(means.iter().sum::<f32>() / means.len() as f32);
    }
    line.score = (line.good > 0).then(|| good_sum / line.good as f32);
    Ok(ended)
}

fn open(clip: &Path, fps: f64) -> Result<recording::Recording, RecordingError> {
    recording::open_with(clip, &recording::Options { folder_fps: fps })
}

/// Folders deeper than this hold no clips of ours.
const DEPTH: u32 = 4;

fn collect(folder: &Path, depth: u32, found: &mut Vec<PathBuf>) -> Result<(), EvaluateError> {
    let failed = |source| EvaluateError::Folder { path: folder.into(), source };
    let mut pictures = false;
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        match extension.as_str() {
            _ if path.is_dir() => folders.push(path),
            "jpg" | "jpeg" | "png" => pictures = true,
            "mp4" | "m4v" | "mov" | "avi" | "y4m" | "gif" | "webp" | "apng" => found.push(path),
            _ => {}
        }
    }
    if pictures {
        found.push(folder.into());
    }
    if depth < DEPTH { folders.iter().try_for_each(|f| collect(f, depth + 1, found)) } else { Ok(()) }
}
