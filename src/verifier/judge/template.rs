//! An account's template: computed from the samples of an enrollment, updated by strong verifications. Pure.
//!
//! **Weights.** The template is a weighted mean of the samples' embeddings. A sample's weight is sharpness × frontality
//! × size, each 0 to 1: sharpness is linear up to the value above which the embedding no longer improves, frontality is
//! the squared cosine of the largest head angle (the visible share of the face area, in both directions), size is
//! linear up to the distance between the eyes that OFIQ recommends. Among good samples the weights make no measurable
//! difference; if one of three is blurred, the template stays closer to the person. The figures are in
//! `models/REPORT.md`.
//!
//! **Updates.** A verification well above the thresholds moves the template a little towards the person's current
//! appearance. The template always stays close to the enrolled one, so it cannot be led away step by step.

use crate::judge::sample_analysis::FaceAnalysis;
use countenance_core::{
    clock::UnixSecs,
    policy::MatchPolicy,
    protocol::{QualityClaim, Reason},
};
use countenance_vision::{Embedding, FaceViews, VisionError};

/// Variance of the Laplacian above which more sharpness adds no weight. Origin: the median over bona fide frames of the
/// Replay-Attack development clips is 58, over the sharpest test recording 204.
const SHARP: f32 = 100.0;
/// Minimum sharpness factor: a sample that passed the quality gates always has some weight.
const SHARP_RATIO_MIN: f32 = 0.05;
/// Distance between the eyes above which a larger face adds no weight, pixels. Origin: OFIQ's reference.
const INTEROCULAR_PX: f32 = 70.0;
const HOUR_SECS: i64 = 3600;
/// Cosine similarity from which two embeddings are of one picture, encoded anew. Origin: of 2,520 pairs of frames of one
/// person 0.8 s or more apart in a clip the nearest has 0.9949, of 2,940 pairs from two clips in the same light 0.9910
/// (120 genuine Replay-Attack clips); before averaged landmarks, of 22,800 and 24,000 pairs, 0.9953 and 0.9911.
/// `models/REPORT.md` says which changes of a picture go undetected.
pub(crate) const COPY_COSINE: f32 = 0.9965;

/// The template of an enrolled account.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    /// The template as enrolled; updates must stay close to it.
    pub(crate) enrolled: Embedding,
    /// The template that faces are compared with.
    pub(crate) current: Embedding,
    /// The embeddings of the samples of the enrollment, as they were seen; none for one by an earlier version.
    pub(crate) samples: Vec<Embedding>,
    /// Time of the enrollment or the last update.
    pub(crate) changed_at: UnixSecs,
}

/// Computes the template of an enrollment: the weighted mean over the primary sample and the additional ones, all of
/// which must show the same person as the primary one.
pub(crate) fn enrol(
    primary: &FaceAnalysis,
    further: &[FaceAnalysis],
    policy: &MatchPolicy,
) -> Result<Embedding, EnrolError> {
    // Written so that NaN fails.
    let same = |analysis: &FaceAnalysis| analysis.embedding.cosine(&primary.embedding) >= policy.enrol_cosine_min;
    if !further.iter().all(same) {
        return Err(EnrolError::Rejected(Reason::NoMatch));
    }
    let analyses = std::iter::once(primary).chain(further);
    Ok(Embedding::mean(analyses.map(|analysis| (&analysis.embedding, weight(&analysis.measures.claim))))?)
}

/// Why there is no template.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EnrolError {
    /// The samples were rejected.
    #[error("the samples were rejected")]
    Rejected(Reason),
    /// The embeddings have no mean.
    #[error("the samples' embeddings have no mean")]
    Vision(#[from] VisionError),
}

/// The weight of a sample, above 0 and at most 1.
fn weight(m: &QualityClaim) -> f32 {
    let turned_deg = m.yaw_deg.abs().max(m.pitch_deg.abs()).max(m.roll_deg.abs()).min(80.0);
    let sharp = (m.sharpness / SHARP).clamp(SHARP_RATIO_MIN, 1.0);
    let near = (m.interocular_px / INTEROCULAR_PX).clamp(0.1, 1.0);
    sharp * turned_deg.to_radians().cos().powi(2) * near
}

impl Template {
    /// Whether the picture is a copy of a sample of the enrollment, or the mirror image of one: nearer to it than two
    /// captures ever are.
    pub(crate) fn has_copy(&self, seen: &FaceViews) -> bool {
        let copied = |sample: &Embedding| [&seen.as_seen, &seen.mirrored].map(|view| view.cosine(sample));
        self.samples.iter().flat_map(copied).any(|cosine| cosine >= COPY_COSINE)
    }

    /// The template moved towards `seen`, which matched at `now` with a liveness score `liveness_margin` above the
    /// threshold. `None` if the face is not close enough, the liveness margin too small, the last change too recent, or
    /// the new template too far from the enrolled one.
    pub(crate) fn updated(
        &self,
        seen: &Embedding,
        liveness_margin: f32,
        policy: &MatchPolicy,
        now: UnixSecs,
    ) -> Option<Embedding> {
        let sure = seen.cosine(&self.current) >= policy.update_cosine_min && liveness_margin >= policy.update_margin;
        let rested = now >= self.changed_at.saturating_add(i64::from(policy.update_hours) * HOUR_SECS);
        let share = policy.update_ratio.clamp(0.0, 1.0);
        if !sure || !rested || share <= 0.0 {
            return None;
        }
        let moved = Embedding::mean([(&self.current, 1.0 - share), (seen, share)]).ok()?;
        (moved.cosine(&self.enrolled) >= policy.drift_cosine_min).then_some(moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::tests::analysis_of;
    use countenance_core::quality::measure::Measures;

    const DAY: i64 = 24 * HOUR_SECS;

    /// An embedding with this cosine to Ada's.
    fn at_cosine(cosine: f32) -> Embedding {
        let mut values = [0.0; Embedding::LEN];
        values[..2].copy_from_slice(&[cosine, (1.0 - cosine * cosine).sqrt()]);
        Embedding::from_bytes(values.map(f32::to_le_bytes).as_flattened()).unwrap()
    }

    fn views(as_seen: f32, mirrored: f32) -> FaceViews {
        FaceViews { as_seen: at_cosine(as_seen), mirrored: at_cosine(mirrored) }
    }

    fn analysis(cosine: f32, sharpness: f32) -> FaceAnalysis {
        let analysis = analysis_of(80.0, 3.0, at_cosine(cosine));
        let claim = QualityClaim { sharpness, ..analysis.measures.claim };
        FaceAnalysis { measures: Measures { claim, ..analysis.measures }, ..analysis }
    }

    #[test]
    fn enrollment_requires_one_person_and_favors_sharp_samples() {
        let policy = MatchPolicy::default();
        let ada = analysis(1.0, 100.0);
        for (case, further, accepted) in [
            ("one sample", vec![], true),
            ("three alike", vec![analysis(0.95, 100.0), analysis(0.9, 100.0)], true),
            ("just similar enough", vec![analysis(0.71, 100.0)], true),
            ("just too different", vec![analysis(0.69, 100.0)], false),
            ("another person last", vec![analysis(0.9, 100.0), analysis(0.2, 100.0)], false),
        ] {
            let found = enrol(&ada, &further, &policy);
            assert_eq!(found.is_ok(), accepted, "{case}");
            if !accepted {
                assert!(matches!(found, Err(EnrolError::Rejected(Reason::NoMatch))), "{case}");
            }
        }
        let cosine = |sharpness| {
            let template = enrol(&ada, &[analysis(0.8, sharpness)], &policy).unwrap();
            template.cosine(&ada.embedding)
        };
        assert!(cosine(10.0) > cosine(50.0) && cosine(50.0) > cosine(100.0));
        assert!((cosine(100.0) - cosine(900.0)).abs() < 1e-6, "no more weight above the limit");
    }

    #[test]
    fn a_copy_is_nearer_to_a_sample_than_two_captures_are() {
        let samples = vec![at_cosine(1.0), at_cosine(0.9)];
        let template = Template { enrolled: at_cosine(0.97), current: at_cosine(0.97), samples, changed_at: 0 };
        for (case, cosine, is_copy) in [
            ("the first sample", 1.0, true),
            ("the second", 0.9, true),
            ("nearly the first", 0.997, true),
            ("the nearest two captures that were measured", 0.9953, false),
            ("the template itself, which is no sample", 0.97, false),
        ] {
            for views in [views(cosine, 0.5), views(0.5, cosine)] {
                assert_eq!(template.has_copy(&views), is_copy, "{case}, as it is or mirrored");
            }
        }
        let earlier = Template { samples: Vec::new(), ..template };
        assert!(!earlier.has_copy(&views(1.0, 1.0)), "of an earlier version");
    }

    #[test]
    fn weights_are_above_zero_and_at_most_one() {
        let best = analysis(1.0, 1e9).measures.claim;
        for (case, claim, expected) in [
            ("the best", best, 1.0),
            ("blurred", QualityClaim { sharpness: 0.0, ..best }, 0.05),
            ("half as sharp", QualityClaim { sharpness: 50.0, ..best }, 0.5),
            ("turned", QualityClaim { yaw_deg: -60.0, ..best }, 0.25),
            ("small", QualityClaim { interocular_px: 35.0, ..best }, 0.5),
        ] {
            assert!((weight(&claim) - expected).abs() < 1e-4, "{case}: {}", weight(&claim));
        }
        assert!(weight(&QualityClaim { yaw_deg: 170.0, interocular_px: -5.0, ..best }) > 0.0);
    }

    #[test]
    fn only_strong_and_infrequent_matches_update_a_template() {
        let policy = MatchPolicy::default();
        let template =
            Template { enrolled: at_cosine(1.0), current: at_cosine(1.0), samples: Vec::new(), changed_at: 1_000 };
        for (case, cosine, margin, now, moves) in [
            ("strong", 0.75, 3.0, 1_000 + DAY, true),
            ("a match, not a strong one", 0.69, 3.0, 1_000 + DAY, false),
            ("liveness just above the margin", 0.75, 2.31, 1_000 + DAY, true),
            ("liveness below the margin", 0.75, 2.2, 1_000 + DAY, false),
            ("NaN margin", 0.75, f32::NAN, 1_000 + DAY, false),
            ("the same day", 0.75, 3.0, 999 + DAY, false),
            ("a clock set back", 0.75, 3.0, -5, false),
        ] {
            let found = template.updated(&at_cosine(cosine), margin, &policy, now);
            assert_eq!(found.is_some(), moves, "{case}");
            if let Some(moved) = found {
                assert!(moved.cosine(&at_cosine(cosine)) > cosine && moved.cosine(&template.enrolled) > 0.99, "{case}");
            }
        }
        let frozen = MatchPolicy { update_ratio: 0.0, ..policy };
        assert!(template.updated(&at_cosine(0.9), 3.0, &frozen, 1_000 + DAY).is_none(), "updates are disabled");
    }

    /// Faces that are always as far from the current template as an update allows: even years of them cannot move it
    /// past the drift limit.
    #[test]
    fn repeated_updates_stay_within_the_drift_limit() {
        let policy = MatchPolicy::default();
        let mut template =
            Template { enrolled: at_cosine(1.0), current: at_cosine(1.0), samples: Vec::new(), changed_at: 0 };
        let away = policy.update_cosine_min.acos() - 1e-3;
        let mut updates = 0;
        for day in 1..3_000 {
            let angle = template.current.cosine(&template.enrolled).min(1.0).acos() + away;
            let mut values = [0.0; Embedding::LEN];
            values[..2].copy_from_slice(&[angle.cos(), angle.sin()]);
            let seen = Embedding::from_bytes(values.map(f32::to_le_bytes).as_flattened()).unwrap();
            if let Some(moved) = template.updated(&seen, 9.0, &policy, day * DAY) {
                (template.current, template.changed_at, updates) = (moved, day * DAY, updates + 1);
            }
        }
        let cosine = template.current.cosine(&template.enrolled);
        assert!(updates > 3 && cosine >= policy.drift_cosine_min, "{updates} updates, {cosine}");
    }
}
