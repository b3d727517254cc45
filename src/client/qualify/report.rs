//! Evaluates the captures of a site: scores against the threshold, light, distance; and decides.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::{Collected, Genuine};
use countenance_core::{
    policy::{ArmingPolicy, Policy},
    protocol::CameraClaim,
    quality::Hint,
};

/// Distribution of a set of values. Quantiles are interpolated linearly.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// Minimum.
    pub min: f32,
    /// 5 % quantile.
    pub q05: f32,
    /// Median.
    pub median: f32,
    /// 95 % quantile.
    pub q95: f32,
    /// Maximum.
    pub max: f32,
    /// Mean.
    pub mean: f32,
    /// Sample standard deviation; 0 for a single value.
    pub deviation: f32,
}

/// Evaluation of a site's captures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The camera they were taken with.
    pub camera: CameraClaim,
    /// Threshold of the liveness score, log odds.
    pub threshold: f32,
    /// Digest of the policy they were taken under.
    pub policy: String,
    /// The captures, in order.
    pub captures: Vec<Genuine>,
    /// Captures without a decision.
    pub missed: u32,
    /// Frames analyzed.
    pub frames: u32,
    /// Number of these frames rejected, by hint.
    pub hints: BTreeMap<Hint, u32>,
    /// Scores, log odds. This and the following are `None` without a capture.
    pub scores: Option<Spread>,
    /// Luma of the face, 0 to 255.
    pub luma: Option<Spread>,
    /// Face width / frame width.
    pub face_ratio: Option<Spread>,
    /// Distance between the eyes, pixels of the frame.
    pub interocular_px: Option<Spread>,
    /// Frames per second.
    pub fps: Option<Spread>,
    /// Why the gate is not armed; `None` if it is.
    pub not_armed: Option<Why>,
    /// How to improve light, distance and camera; also given if armed.
    pub remedies: Vec<Remedy>,
}

/// Why the liveness gate is not armed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Why {
    /// Genuine people would be rejected.
    #[error("genuine scores overlap the threshold: {below} of {captures} are below it, the lowest at {lowest:.2}")]
    Overlap {
        /// Captures below the threshold.
        below: u32,
        /// Number of captures.
        captures: u32,
        /// The lowest score.
        lowest: f32,
    },
    /// Too few captures for a conclusion.
    #[error("too few genuine captures: {captures} of {needed}")]
    TooFew {
        /// Captures taken.
        captures: u32,
        /// Captures required.
        needed: u32,
    },
    /// All pass, but with too small a margin.
    #[error("genuine scores are too near the threshold: mean minus spread is {lower:.2}, required {needed:.2}")]
    TooNear {
        /// Mean minus the policy's number of standard deviations.
        lower: f32,
        /// Its required minimum.
        needed: f32,
    },
}

countenance_core::enumeration! {
    /// What to change at the site.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Remedy {
        /// Faces are dark.
        MoreLight,
        /// Faces are too bright.
        LessLight,
        /// One half of the face is darker.
        EvenLight,
        /// Faces are small.
        Nearer,
        /// Faces are large.
        Farther,
        /// Faces are off center, or turned away.
        AimCamera,
        /// Eyes are hidden.
        NoDarkGlasses,
        /// The image is blurred.
        CleanLens,
        /// Several people are in the image.
        OnePerson,
        /// The frame rate is low.
        FasterCamera,
        /// None of the above explains it.
        OtherCamera,
        /// More captures are needed.
        MoreCaptures,
    }
}

impl Report {
    /// Evaluates captures collected with `camera` under `policy`.
    pub fn of(collected: Collected, camera: CameraClaim, policy: &Policy, arming: &ArmingPolicy) -> Self {
        let Collected { genuine: captures, missed, frames, hints } = collected;
        let spread = |of: fn(&Genuine) -> f32| Spread::of(captures.iter().map(of).collect());
        let threshold = policy.liveness.threshold;
        // NaN does not pass: the comparison is false.
        let passes = captures.iter().filter(|capture| capture.fused >= threshold).count() as u32;
        let count = captures.len() as u32;
        let scores = spread(|capture| capture.fused);
        let mut report = Self {
            camera,
            threshold,
            policy: policy.digest(),
            missed,
            frames,
            hints,
            not_armed: why(scores.as_ref(), count, count - passes, threshold, arming),
            scores,
            luma: spread(|capture| capture.luma),
            face_ratio: spread(|capture| capture.face_ratio),
            interocular_px: spread(|capture| capture.interocular_px),
            fps: spread(|capture| capture.fps),
            captures,
            remedies: Vec::new(),
        };
        report.remedies = report.found_remedies(policy, arming);
        report
    }

    /// Whether the gate may be armed.
    pub fn armed(&self) -> bool {
        self.not_armed.is_none()
    }

    /// The decision in one sentence.
    pub fn because(&self) -> String {
        match &self.not_armed {
            Some(why) => why.to_string(),
            None => format!("all {} genuine captures are clear of the threshold", self.captures.len()),
        }
    }

    fn found_remedies(&self, policy: &Policy, arming: &ArmingPolicy) -> Vec<Remedy> {
        let (q, near) = (&policy.quality, arming.near_ratio);
        let low = |of: Option<Spread>, least: f32| of.is_some_and(|spread| spread.q05 < least * (1.0 + near));
        let high = |of: Option<Spread>, most: f32| of.is_some_and(|spread| spread.q95 > most * (1.0 - near));
        let hindered = |hints: &[Hint]| {
            let frames: u32 = hints.iter().filter_map(|hint| self.hints.get(hint)).sum();
            frames as f32 > self.frames as f32 * arming.hindered_ratio
        };
        let aim = [Hint::MoveLeft, Hint::MoveRight, Hint::MoveUp, Hint::MoveDown, Hint::LookStraight];
        let small = low(self.face_ratio, q.face_ratio_min) || low(self.interocular_px, q.interocular_px);
        let mut found: Vec<_> = [
            (Remedy::MoreLight, low(self.luma, q.luma_min) || hindered(&[Hint::TooDark])),
            (Remedy::LessLight, high(self.luma, q.luma_max) || hindered(&[Hint::TooBright])),
            (Remedy::EvenLight, hindered(&[Hint::UnevenLight])),
            (Remedy::Nearer, small || hindered(&[Hint::ComeCloser])),
            (Remedy::Farther, high(self.face_ratio, q.face_ratio_max) || hindered(&[Hint::MoveBack])),
            (Remedy::AimCamera, hindered(&aim)),
            (Remedy::NoDarkGlasses, hindered(&[Hint::EyesHidden])),
            (Remedy::CleanLens, hindered(&[Hint::HoldStill])),
            (Remedy::OnePerson, hindered(&[Hint::SeveralFaces])),
            (Remedy::FasterCamera, low(self.fps, policy.camera.fps_min)),
        ]
        .into_iter()
        .filter_map(|(remedy, holds)| holds.then_some(remedy))
        .collect();
        match self.not_armed {
            Some(Why::TooFew { .. }) => found.push(Remedy::MoreCaptures),
            Some(Why::Overlap { .. } | Why::TooNear { .. }) if found.is_empty() => found.push(Remedy::OtherCamera),
            _ => {}
        }
        found
    }
}

/// Why captures with these scores, `below` of them below `threshold`, do not arm the gate; `None` if they do.
pub(super) fn why(
    scores: Option<&Spread>,
    captures: u32,
    below: u32,
    threshold: f32,
    arming: &ArmingPolicy,
) -> Option<Why> {
    let few = Why::TooFew { captures, needed: arming.captures };
    let Some(scores) = scores else { return Some(few) };
    let (lower, needed) = (scores.mean - arming.deviations * scores.deviation, threshold + arming.margin);
    // Written so that NaN does not arm.
    match (below, captures >= arming.captures, lower >= needed) {
        (1.., ..) => Some(Why::Overlap { below, captures, lowest: scores.min }),
        (0, false, _) => Some(few),
        (0, true, false) => Some(Why::TooNear { lower, needed }),
        (0, true, true) => None,
    }
}

impl Spread {
    /// Distribution of `values`; `None` if empty.
    pub fn of(mut values: Vec<f32>) -> Option<Self> {
        values.sort_by(f32::total_cmp);
        let (min, max) = (*values.first()?, *values.last()?);
        let n = values.len() as f32;
        let mean = values.iter().sum::<f32>() / n;
        let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f32>();
        let quantile = |share: f32| {
            let at = share * (n - 1.0);
            let near = values.get(at as usize).copied().unwrap_or(max);
            let far = values.get(at as usize + 1).copied().unwrap_or(max);
            near + (far - near) * at.fract()
        };
        let (q05, median, q95) = (quantile(0.05), quantile(0.5), quantile(0.95));
        Some(Self { min, q05, median, q95, max, mean, deviation: (squares / (n - 1.0).max(1.0)).sqrt() })
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MoreLight => "More light on the face: a lamp in front of the person, no lamp or window behind them.",
            Self::LessLight => "Less light on the face: dim the lamp, or turn away from the window.",
            Self::EvenLight => "Light from the front: one half of the face is much darker than the other.",
            Self::Nearer => "Nearer: move the seat or the camera closer.",
            Self::Farther => "Farther away: the face fills too much of the image.",
            Self::AimCamera => "Aim the camera: at eye level, straight ahead, with the face centered.",
            Self::NoDarkGlasses => "No dark glasses, and no reflections on glasses.",
            Self::CleanLens => {
                "Clean the lens and hold still: the image is blurred. If it stays blurred, use another camera."
            }
            Self::OnePerson => "One person at a time: turn the camera so that no one passes behind.",
            Self::FasterCamera => "Low frame rate: add light, use a separate port, or use another camera.",
            Self::OtherCamera => "Light and distance are fine: try another camera, or different light.",
            Self::MoreCaptures => "More captures: several people, in morning and evening light.",
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{super::tests::policy, *};

    /// A capture with this score, in good light and at a good distance.
    pub(crate) fn genuine(fused: f32) -> Genuine {
        let (luma, face_ratio, interocular_px) = (120.0, 0.3, 80.0);
        Genuine { fused, frame_spread: 0.2, luma, face_ratio, interocular_px, fps: 30.0, hints: BTreeMap::new() }
    }

    /// The report for captures with these scores.
    pub(crate) fn report(scores: &[f32]) -> Report {
        report_of(scores.iter().map(|score| genuine(*score)).collect(), &[])
    }

    fn report_of(genuine: Vec<Genuine>, hints: &[(Hint, u32)]) -> Report {
        let collected = Collected { genuine, missed: 0, frames: 100, hints: hints.iter().copied().collect() };
        Report::of(collected, CameraClaim::test(), &policy(), &ArmingPolicy::default())
    }

    /// `count` scores, evenly from `low` to `high`.
    fn evenly(count: u8, low: f32, high: f32) -> Vec<f32> {
        (0..count).map(|i| low + (high - low) * f32::from(i) / f32::from(count - 1)).collect()
    }

    #[test]
    fn arms_only_with_enough_captures_clear_of_the_threshold() {
        let with_one = |score| [evenly(29, 4.0, 6.0), vec![score]].concat();
        for (name, scores, expected) in [
            ("separated", evenly(20, 3.0, 6.0), "armed"),
            ("one too few", evenly(19, 3.0, 6.0), "too few"),
            ("none", vec![], "too few"),
            ("overlapping", evenly(20, 0.0, 6.0), "overlap"),
            ("one of thirty just below", with_one(1.19), "overlap"),
            ("one of thirty just above, the others far", with_one(1.2), "armed"),
            ("few and overlapping", vec![0.3, 5.0], "overlap"),
            ("all pass, barely", evenly(20, 1.3, 2.0), "too near"),
            ("all alike, short of the margin", vec![1.69; 20], "too near"),
            ("all alike, at the margin", vec![1.71; 20], "armed"),
            ("not a number", [vec![5.0; 20], vec![f32::NAN]].concat(), "overlap"),
        ] {
            let report = report(&scores);
            let found = match report.not_armed {
                None => "armed",
                Some(Why::Overlap { .. }) => "overlap",
                Some(Why::TooFew { .. }) => "too few",
                Some(Why::TooNear { .. }) => "too near",
            };
            assert_eq!(found, expected, "{name}: {}", report.because());
            assert_eq!(report.armed(), expected == "armed", "{name}");
            assert!(report.armed() || !report.remedies.is_empty(), "{name}: no remedy");
        }
    }

    #[test]
    fn suggests_a_remedy_for_each_problem() {
        type Change = fn(&mut Genuine);
        type Row = (&'static str, Change, &'static [(Hint, u32)], &'static [Remedy]);
        let rows: [Row; 9] = [
            ("good", |_| (), &[], &[]),
            ("dark", |_| (), &[(Hint::TooDark, 400)], &[Remedy::MoreLight]),
            ("bright", |g| g.luma = 200.0, &[], &[Remedy::LessLight]),
            ("far", |g| g.face_ratio = 0.16, &[], &[Remedy::Nearer]),
            ("far, few pixels", |g| g.interocular_px = 44.0, &[], &[Remedy::Nearer]),
            ("near", |g| g.face_ratio = 0.88, &[], &[Remedy::Farther]),
            ("slow", |g| g.fps = 11.0, &[], &[Remedy::FasterCamera]),
            ("now and then too dark", |_| (), &[(Hint::TooDark, 10)], &[]),
            ("aside, this way and that", |_| (), &[(Hint::MoveLeft, 6), (Hint::MoveUp, 6)], &[Remedy::AimCamera]),
        ];
        for (name, change, hints, expected) in rows {
            let mut captures = vec![genuine(5.0); 20];
            captures.iter_mut().for_each(change);
            assert_eq!(report_of(captures, hints).remedies, expected, "{name}");
        }
        assert_eq!(report(&[0.5; 20]).remedies, [Remedy::OtherCamera]);
    }

    #[test]
    fn computes_the_spread_of_values() {
        let spread = Spread::of(vec![5.0, 1.0, 3.0, 2.0, 4.0]).unwrap();
        assert_eq!((spread.min, spread.median, spread.max, spread.mean), (1.0, 3.0, 5.0, 3.0));
        assert!((spread.q05 - 1.2).abs() < 1e-6 && (spread.q95 - 4.8).abs() < 1e-6, "{spread:?}");
        assert!((spread.deviation - 2.5_f32.sqrt()).abs() < 1e-6, "{spread:?}");
        assert_eq!(Spread::of(vec![2.0]).unwrap().deviation.to_bits(), 0.0_f32.to_bits());
        assert_eq!(Spread::of(vec![]), None);
    }
}
