//! The figures of one-to-one comparisons, in the terms of ISO/IEC 19795-1.
//!
//! FMR is the share of impostor pairs that match, FNMR of genuine pairs that do not, each of the pairs that were compared:
//! both samples have a template. Samples that have none are the failure-to-acquire rate's, and their pairs are counted as
//! not compared.
//!
//! The intervals take pairs for independent. Where every sample meets every other they are not: a sample stands in many
//! pairs, and one person who resembles another does so each time. The intervals are then too narrow, and the number of people
//! says more than the number of pairs.

use serde::Serialize;

use super::{
    Comparison, Matched, Reason,
    tail::{Extrapolated, extrapolate},
};
use crate::evaluate::{
    rates::{OperatingPoint, Rate, Scores, shown_below},
    threshold::Threshold,
};

/// The false match rate that a login is to have, and which few sets can show.
pub const AIM: f64 = 1e-4;

/// All figures of one set of pairs at one threshold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MatchFigures {
    /// The cosine that a pair had to reach.
    pub threshold: Threshold,
    /// Samples.
    pub samples: u32,
    /// Different people, where the set names them; 0: it names none.
    pub people: u32,
    /// Samples without a template.
    pub failure_to_acquire: Rate,
    /// Of these, without a face.
    pub no_face: u32,
    /// Of these, without a frame that passed the gates.
    pub no_good_frame: u32,
    /// Of these, not to be read.
    pub failed: u32,
    /// Pairs that could not be compared.
    pub not_compared: u32,
    /// Impostor pairs that match.
    pub fmr: Rate,
    /// Genuine pairs that do not.
    pub fnmr: Rate,
    /// Where both are equal, at a threshold picked on this very set.
    pub eer: Option<f64>,
    /// That threshold.
    pub eer_threshold: Option<f64>,
    /// Chance that a genuine pair is more alike than an impostor pair, ties half.
    pub auc: Option<f64>,
    /// What it costs to keep the FMR to a limit, picked on this very set.
    pub at_fmr: Vec<AtFmr>,
    /// A lower FMR than this could not be shown by as many impostor pairs with 95 % confidence, even if none of them matched.
    pub fmr_shown_below: Option<f64>,
    /// A threshold for [`AIM`] by the tail of the impostors' scores: an extrapolation. Absent where the set is too small.
    pub extrapolated: Option<AtTail>,
    /// How both error rates trade against each other.
    pub trade_off: Vec<OperatingPoint>,
}

/// What it costs to keep the FMR to a limit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AtFmr {
    /// No more impostor pairs match, as a share.
    pub fmr_max: f64,
    /// The lowest threshold that does it.
    pub threshold: f64,
    /// FMR there.
    pub fmr: Rate,
    /// FNMR there.
    pub fnmr: Rate,
    /// Whether the set shows it: the upper end of the interval is no higher than the limit.
    pub shown: bool,
}

/// What the extrapolated threshold costs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AtTail {
    /// The threshold and how it was found.
    #[serde(flatten)]
    pub tail: Extrapolated,
    /// FNMR there, observed.
    pub fnmr: Rate,
}

impl MatchFigures {
    /// The figures of `matched` at `threshold`, with the thresholds for each rate of `limits`.
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
            missing: vec![("a".into(), Reason::NoFace), ("b".into(), Reason::Failed("broken".into()))],
            set_sha256: "0".repeat(64),
        }
    }

    #[test]
    fn rates_are_of_the_pairs_that_were_compared() {
        // −9 stands for a pair without a score.
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
    fn a_limit_is_shown_only_by_enough_pairs() {
        for (impostors, shown) in [(2_000, false), (4_000, true)] {
            let scores: Vec<f32> = (0..impostors).map(|i: i32| i as f32 / 10_000.0).collect();
            let figures = MatchFigures::of(&matched(&[0.9], &scores), &at(0.4), &[1e-3]);
            let at = figures.at_fmr[0];
            assert_eq!(at.fmr.count, impostors as u32 / 1_000, "{at:?}");
            assert!(!at.shown, "what was picked at the limit has its interval around it");
            // None of them matches at all.
            let none = MatchFigures::of(&matched(&[0.9], &scores), &at_value(), &[]);
            assert_eq!(none.fmr.high.unwrap() <= 1e-3, shown, "{:?}", none.fmr);
            assert!(none.extrapolated.is_some());
        }
    }

    fn at_value() -> Threshold {
        at(0.8)
    }

    #[test]
    fn nothing_to_compare_gives_no_figure() {
        let figures = MatchFigures::of(&matched(&[], &[0.1]), &at(0.4), &[1e-3]);
        assert_eq!((figures.eer, figures.auc, figures.fnmr.rate), (None, None, None));
        let json = serde_json::to_value(MatchFigures::of(&matched(&[0.9], &[0.1]), &at(0.4), &[1e-3])).unwrap();
        for pointer in ["/fmr/rate", "/fnmr/high", "/eer", "/auc", "/at_fmr/0/threshold", "/threshold/value"] {
            assert!(json.pointer(pointer).is_some_and(serde_json::Value::is_number), "{pointer}");
        }
    }
}
