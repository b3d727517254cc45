//! The metrics of one-to-one comparisons, in the terms of ISO/IEC 19795-1.
//!
//! FMR is the share of impostor pairs that match, FNMR the share of genuine pairs that do not match, both over the
//! pairs that were compared, i.e. whose samples both have a template. Samples without one are counted by the
//! failure-to-acquire rate, and their pairs as not compared.
//!
//! The intervals assume independent pairs. If every sample is compared with every other, they are not: a sample is part
//! of many pairs, and two people who look alike do so in each of them. The intervals are then too narrow, and the
//! number of people is more meaningful than the number of pairs.

use serde::Serialize;

use super::{
    Comparison, Matched, Reason,
    tail::{Extrapolated, extrapolate},
};
use crate::evaluate::{
    rates::{OperatingPoint, Rate, Scores, shown_below},
    threshold::Threshold,
};

/// Target false match rate of a sign-in, which few sets are large enough to demonstrate.
pub const AIM: f64 = 1e-4;

/// All metrics of one set of pairs at one threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MatchFigures {
    /// The threshold: pairs with at least this cosine match.
    pub threshold: Threshold,
    /// Number of samples.
    pub samples: u32,
    /// Number of distinct people; 0 if the set names none.
    pub people: u32,
    /// Samples without a template.
    pub failure_to_acquire: Rate,
    /// Of these, without a face.
    pub no_face: u32,
    /// Of these, without a frame that passed the gates.
    pub no_good_frame: u32,
    /// Of these, unreadable.
    pub failed: u32,
    /// Number of pairs that could not be compared.
    pub not_compared: u32,
    /// Impostor pairs that match.
    pub fmr: Rate,
    /// Genuine pairs that do not match.
    pub fnmr: Rate,
    /// Equal error rate, at a threshold chosen on the same set.
    pub eer: Option<f64>,
    /// The threshold of [`eer`](Self::eer).
    pub eer_threshold: Option<f64>,
    /// Area under the ROC curve: probability that a genuine pair scores higher than an impostor pair, ties counted
    /// half.
    pub auc: Option<f64>,
    /// FNMR at limits for FMR, with thresholds chosen on the same set.
    pub at_fmr: Vec<AtFmr>,
    /// The lowest FMR that this number of impostor pairs could demonstrate with 95 % confidence, if none matched.
    pub fmr_shown_below: Option<f64>,
    /// A threshold for [`AIM`], extrapolated from the tail of the impostor scores. `None` if the set is too small.
    pub extrapolated: Option<AtTail>,
    /// Trade-off of both error rates.
    pub trade_off: Vec<OperatingPoint>,
}

/// FNMR at a limit for FMR.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AtFmr {
    /// The limit: the maximum FMR.
    pub fmr_max: f64,
    /// The lowest threshold within the limit.
    pub threshold: f64,
    /// FMR at that threshold.
    pub fmr: Rate,
    /// FNMR at that threshold.
    pub fnmr: Rate,
    /// Whether the set demonstrates the limit: the upper end of the interval of FMR does not exceed it.
    pub shown: bool,
}

/// FNMR at the extrapolated threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AtTail {
    /// The threshold and its derivation.
    #[serde(flatten)]
    pub tail: Extrapolated,
    /// Observed FNMR at that threshold.
    pub fnmr: Rate,
}

impl MatchFigures {
    /// The metrics of `matched` at `threshold`, with a threshold for each FMR in `limits`.
    pub fn of(matched: &Matched, threshold: &Threshold, limits: &[f64]) -> Self {
        let scores = |same: bool| matched.comparisons.iter().filter(move |c| c.same == same).filter_map(|c| c.score);
        let all = Scores::new(scores(true), scores(false));
        let value = f64::from(threshold.value);
        let why = |reason: fn(&Reason) -> bool| matched.missing.iter().filter(|(_, r)| reason(r)).count() as u32;
        let at_limit = |limit: &f64| {
            let threshold = all.threshold_for(*limit)?;
            let (fmr, fnmr) = (all.accepted_nontargets(threshold), all.rejected_targets(threshold));
            let shown = fmr.high.is_some_and(|high| high <= *limit);
            Some(AtFmr { fmr_max: *limit, threshold, fmr, fnmr, shown })
        };
        let (equal, fmr) = (all.equal_error(), all.accepted_nontargets(value));
        let tail = extrapolate(all.nontargets(), AIM);
        Self {
            threshold: threshold.clone(),
            samples: matched.samples,
            people: matched.people,
            failure_to_acquire: Rate::new(matched.missing.len() as u32, matched.samples),
            no_face: why(|reason| *reason == Reason::NoFace),
            no_good_frame: why(|reason| matches!(reason, Reason::NoGoodFrame(_))),
            failed: why(|reason| matches!(reason, Reason::Failed(_))),
            not_compared: matched.comparisons.iter().filter(|c: &&Comparison| c.score.is_none()).count() as u32,
            fnmr: all.rejected_targets(value),
            eer: equal.map(|point| point.false_accepts),
            eer_threshold: equal.map(|point| point.threshold),
            auc: all.area_under_curve(),
            at_fmr: limits.iter().filter_map(at_limit).collect(),
            fmr_shown_below: shown_below(fmr.of),
            extrapolated: tail.map(|tail| AtTail { tail, fnmr: all.rejected_targets(tail.threshold) }),
            trade_off: all.trade_off(),
            fmr,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::evaluate::figures::tests::at;

    pub(crate) fn matched(genuine: &[f32], impostor: &[f32]) -> Matched {
        let comparison = |same, score: &f32| Comparison {
            left: "left".into(),
            right: "right".into(),
            same,
            score: Some(*score).filter(|score| *score > -2.0),
        };
        let comparisons =
            genuine.iter().map(|s| comparison(true, s)).chain(impostor.iter().map(|s| comparison(false, s)));
        Matched {
            comparisons: comparisons.collect(),
            samples: 10,
            people: 4,
            losses: crate::evaluate::losses::tests::losses_of_a_test(),
            missing: vec![("a".into(), Reason::NoFace), ("b".into(), Reason::Failed("broken".into()))],
            set_sha256: "0".repeat(64),
        }
    }

    #[test]
    fn rates_are_shares_of_compared_pairs() {
        // −9: a pair without a score.
        let figures =
            MatchFigures::of(&matched(&[0.9, 0.5, 0.2, -9.0], &[0.1, 0.3, 0.45, -0.1]), &at(0.4), &[0.25, 1e-3]);
        assert_eq!((figures.fmr, figures.fnmr), (Rate::new(1, 4), Rate::new(1, 3)));
        assert_eq!((figures.not_compared, figures.failure_to_acquire), (1, Rate::new(2, 10)));
        assert_eq!((figures.no_face, figures.no_good_frame, figures.failed), (1, 0, 1));
        let [quarter, thousandth] = figures.at_fmr.as_slice() else { panic!("{:?}", figures.at_fmr) };
        assert!(quarter.fmr.count == 1 && quarter.threshold > 0.3 && quarter.fnmr == Rate::new(1, 3), "{quarter:?}");
        assert!(
            thousandth.fmr.count == 0 && thousandth.threshold > f64::from(0.45_f32) && !thousandth.shown,
            "{thousandth:?}"
        );
        assert!((figures.fmr_shown_below.unwrap() - 0.527_129).abs() < 1e-6);
        assert_eq!(figures.extrapolated, None);
    }

    #[test]
    fn a_limit_is_demonstrated_only_by_enough_pairs() {
        for (impostors, shown) in [(2_000, false), (4_000, true)] {
            let scores: Vec<f32> = (0..impostors).map(|i: i32| i as f32 / 10_000.0).collect();
            let figures = MatchFigures::of(&matched(&[0.9], &scores), &at(0.4), &[1e-3]);
            let at = figures.at_fmr[0];
            assert_eq!(at.fmr.count, impostors as u32 / 1_000, "{at:?}");
            assert!(!at.shown, "the interval at the chosen threshold includes the limit");
            // A threshold at which none matches.
            let none = MatchFigures::of(&matched(&[0.9], &scores), &at_value(), &[]);
            assert_eq!(none.fmr.high.unwrap() <= 1e-3, shown, "{:?}", none.fmr);
            assert!(none.extrapolated.is_some());
        }
    }

    fn at_value() -> Threshold {
        at(0.8)
    }

    #[test]
    fn sets_without_both_kinds_of_pairs_have_no_combined_metrics() {
        let figures = MatchFigures::of(&matched(&[], &[0.1]), &at(0.4), &[1e-3]);
        assert_eq!((figures.eer, figures.auc, figures.fnmr.rate), (None, None, None));
        let json = serde_json::to_value(MatchFigures::of(&matched(&[0.9], &[0.1]), &at(0.4), &[1e-3])).unwrap();
        for pointer in ["/fmr/rate", "/fnmr/high", "/eer", "/auc", "/at_fmr/0/threshold", "/threshold/value"] {
            assert!(json.pointer(pointer).is_some_and(serde_json::Value::is_number), "{pointer}");
        }
    }
}
