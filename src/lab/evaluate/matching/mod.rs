//! Error rates of one-to-one face comparison: the engine of `countenance-lab evaluate match`.
//!
//! ```text
//! folder of people or manifest ─► pairs ─► acquire, per sample, on all cores ─► compare ─► figures ─► text, JSON, HTML
//! ```
//!
//! A sample is an image or a recording. Of a recording, the best frame is used, as in a sign-in: of those that pass the
//! quality gates, the one with the highest [`merit`]. A sample without such a frame has no template; its pairs are not
//! compared and counted separately (failure to acquire, ISO/IEC 19795-1).

pub mod figures;
mod page;
pub mod pairs;
pub mod report;
pub mod tail;

use std::{collections::BTreeMap, num::NonZeroUsize, path::Path, time::Duration};

use serde::Serialize;

use super::{digest, losses::SetLosses, parallel};
use countenance_camera::{CameraError, FrameSource, Losses, recording};
use countenance_client::headless::causes;
use countenance_core::{
    face::Face,
    frame::Frame,
    policy::Policy,
    quality::{self, Hint},
    sample_selector::merit,
};
use countenance_vision::{Embedding, Vision};
use pairs::{Pairs, Sample};

/// How samples are read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Maximum number of frames read per sample.
    pub limit_frames: Option<u32>,
    /// Whether to use frames with a face that fail the quality gates.
    pub ungated: bool,
    /// Number of samples read in parallel.
    pub threads: NonZeroUsize,
}

/// The result for one sample.
#[derive(Debug, Clone)]
pub struct Acquired {
    /// Its template, or why it has none.
    pub template: Result<Embedding, Reason>,
    /// What was left out or changed in what was read of it.
    pub losses: Losses,
}

/// Why a sample has no template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// No frame showed a face.
    NoFace,
    /// Frames showed a face, but none passed the quality gates; the most frequent hint.
    NoGoodFrame(Hint),
    /// It could not be read.
    Failed(String),
}

/// One comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// Name of one sample.
    pub left: String,
    /// Name of the other.
    pub right: String,
    /// Whether both show the same person.
    pub same: bool,
    /// Cosine similarity, −1 to 1; `None` if one has no template.
    pub score: Option<f32>,
}

/// The results for all pairs.
#[derive(Debug, Clone, PartialEq)]
pub struct Matched {
    /// All comparisons, in the order of the pairs.
    pub comparisons: Vec<Comparison>,
    /// Number of samples.
    pub samples: u32,
    /// Number of distinct people; 0 if the set names none.
    pub people: u32,
    /// The samples without a template, by name.
    pub missing: Vec<(String, Reason)>,
    /// What the samples did not show.
    pub losses: SetLosses,
    /// SHA-256 of the set (paths and content of its files), hex.
    pub set_sha256: String,
}

/// Compares all of `pairs`. `acquire` makes the template of a sample; `progress` receives the number of samples done.
pub fn compare(
    pairs: &Pairs,
    threads: NonZeroUsize,
    acquire: &(dyn Fn(&Sample) -> Acquired + Sync),
    progress: &(dyn Fn(usize) + Sync),
) -> Matched {
    let sample = |sample: &Sample| (acquire(sample), digest::of_path(&sample.name, &sample.path));
    let (acquired, files): (Vec<_>, Vec<_>) =
        parallel::map(&pairs.samples, threads, &sample, progress).into_iter().unzip();
    let mut files: Vec<_> = files.into_iter().flatten().collect();
    files.extend(pairs.manifest().into_iter().flat_map(|(name, path)| digest::of_path(&name, path)));
    let template = |i: usize| acquired.get(i)?.template.as_ref().ok();
    let name = |i: usize| pairs.samples.get(i).map_or_else(String::new, |sample| sample.name.clone());
    let comparisons = pairs.pairs.iter().map(|pair| Comparison {
        left: name(pair.left),
        right: name(pair.right),
        same: pair.same,
        score: template(pair.left).zip(template(pair.right)).map(|(left, right)| left.cosine(right)),
    });
    let each = || pairs.samples.iter().map(|sample| &sample.name).zip(&acquired);
    let missing = each().filter_map(|(name, acquired)| Some((name.clone(), acquired.template.as_ref().err()?.clone())));
    Matched {
        comparisons: comparisons.collect(),
        samples: pairs.samples.len() as u32,
        people: pairs.people(),
        missing: missing.collect(),
        losses: SetLosses::of(each().map(|(name, acquired)| (name.as_str(), acquired.losses))),
        set_sha256: digest::of_files(files),
    }
}

/// The template of the recording, image folder or image at `path`.
pub fn acquire(path: &Path, options: &Options, policy: &Policy, vision: &Vision) -> Acquired {
    let mut source = match recording::open(path).map_err(CameraError::from) {
        Ok(source) => source,
        Err(error) => return Acquired { template: Err(failed(&error)), losses: Losses::default() },
    };
    let template = best(&mut source, options, policy, vision)
        .and_then(|(frame, face)| vision.embed(&frame, &face).map_err(|error| failed(&error)));
    Acquired { template, losses: source.losses() }
}

fn failed(error: &dyn std::error::Error) -> Reason {
    Reason::Failed(causes(error))
}

/// The best frame and its face.
fn best(
    source: &mut dyn FrameSource,
    options: &Options,
    policy: &Policy,
    vision: &Vision,
) -> Result<(Frame, Face), Reason> {
    let (mut best, mut hints, mut left) =
        (None::<(f32, Frame, Face)>, BTreeMap::<Hint, u32>::new(), options.limit_frames);
    while left != Some(0) {
        let frame = match source.next_frame(Duration::from_millis(policy.capture.frame_millis)) {
            Err(CameraError::Ended) => break,
            Err(error) => return Err(failed(&error)),
            Ok(frame) => frame,
        };
        left = left.map(|left| left - 1);
        let faces = vision.faces(&frame).map_err(|error| failed(&error))?;
        let candidate = match quality::judge(&frame, &faces, &policy.quality) {
            Ok(good) => Some((merit(&good.measures()), *good.face())),
            Err(hint) => {
                *hints.entry(hint).or_default() += 1;
                let sure = faces.into_iter().filter(|face| face.score >= policy.quality.face_score);
                let largest = sure.max_by(|a, b| a.rect.area().total_cmp(&b.rect.area()));
                // Rank below every frame that passes the gates.
                largest.filter(|_| options.ungated).map(|face| (face.landmarks.interocular_px() - 1e6, face))
            }
        };
        if let Some((merit, face)) = candidate.filter(|(merit, _)| best.as_ref().is_none_or(|(most, ..)| merit > most))
        {
            best = Some((merit, frame, face));
        }
    }
    let hint = hints.into_iter().filter(|(hint, _)| *hint != Hint::NoFace).max_by_key(|(_, frames)| *frames);
    match (best, hint) {
        (Some((_, frame, face)), _) => Ok((frame, face)),
        (None, Some((hint, _))) => Err(Reason::NoGoodFrame(hint)),
        (None, None) => Err(Reason::NoFace),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{super::inventory::tests::image, *};

    /// A template at an angle in a plane: the cosine of two is that of the angle between them.
    fn towards(degrees: f32) -> Acquired {
        let mut values = [0.0_f32; Embedding::LEN];
        (values[0], values[1]) = (degrees.to_radians().cos(), degrees.to_radians().sin());
        let template = Embedding::from_bytes(values.map(f32::to_le_bytes).as_flattened()).unwrap();
        Acquired { template: Ok(template), losses: Losses::default() }
    }

    #[test]
    fn compares_pairs_in_order_with_any_number_of_threads() {
        let root = tempfile::tempdir().unwrap();
        for (name, shade) in [("ann/1.png", 1), ("ann/2.png", 2), ("bob/1.png", 3), ("bob/broken.png", 4)] {
            image(&root.path().join(name), shade);
        }
        let pairs = Pairs::open(root.path()).unwrap();
        let acquire = |sample: &Sample| match sample.name.as_str() {
            "ann/1.png" => towards(0.0),
            "ann/2.png" => towards(60.0),
            "bob/1.png" => towards(90.0),
            _ => Acquired { template: Err(Reason::NoFace), losses: Losses { damaged: 2, ..Losses::default() } },
        };
        let run = |threads| compare(&pairs, NonZeroUsize::new(threads).unwrap(), &acquire, &|_| ());
        let matched = run(1);
        assert_eq!(matched, run(3));
        let compared: Vec<_> = matched
            .comparisons
            .iter()
            .map(|c| (c.left.as_str(), c.right.as_str(), c.same, c.score.map(|score| (score * 100.0).round() as i32)))
            .collect();
        let expected = [
            ("ann/1.png", "ann/2.png", true, Some(50)),
            ("ann/1.png", "bob/1.png", false, Some(0)),
            ("ann/1.png", "bob/broken.png", false, None),
            ("ann/2.png", "bob/1.png", false, Some(87)),
            ("ann/2.png", "bob/broken.png", false, None),
            ("bob/1.png", "bob/broken.png", true, None),
        ];
        assert_eq!(compared, expected);
        assert_eq!((matched.samples, matched.people), (4, 2));
        assert_eq!(matched.missing, [("bob/broken.png".to_owned(), Reason::NoFace)]);
        let lossy: Vec<_> = matched.losses.clips.iter().map(|clip| clip.clip.as_str()).collect();
        assert_eq!((matched.losses.damaged, lossy), (2, vec!["bob/broken.png"]), "also of a sample without a template");
        image(&root.path().join("ann/1.png"), 5);
        assert_ne!(run(1).set_sha256, matched.set_sha256);
    }
}
