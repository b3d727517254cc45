//! Error rates: shares with exact intervals, and what two heaps of scores say of each other.
//!
//! Scores are log likelihood ratios or similarities: the higher, the rather accepted. *Targets* are what ought to be
//! accepted (bona fide presentations, pairs of one person), *nontargets* what ought not. A score passes a threshold that it
//! reaches. Whatever is no number never passes: it counts as the least score of all.

mod beta;

use std::{f64::consts::SQRT_2, fmt};

use serde::Serialize;
use statrs::function::erf::erfc_inv;

/// A share with its exact 95 % interval after Clopper and Pearson. The interval supposes that the cases are independent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Rate {
    /// Cases of the kind that is counted.
    pub count: u32,
    /// Cases in all.
    pub of: u32,
    /// Their ratio, 0 to 1; absent of no cases, as for those below.
    pub rate: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
}

impl Rate {
    /// `count` cases of `of`.
    pub fn new(count: u32, of: u32) -> Self {
        let ends = interval(count, of);
        let rate = (of > 0).then(|| f64::from(count.min(of)) / f64::from(of));
        Self { count: count.min(of), of, rate, low: ends.map(|ends| ends.0), high: ends.map(|ends| ends.1) }
    }

    /// How many of `cases` are what `counted` says.
    pub fn among<T>(cases: impl IntoIterator<Item = T>, counted: impl Fn(T) -> bool) -> Self {
        let (mut count, mut of) = (0, 0);
        for case in cases {
            of += 1;
            count += u32::from(counted(case));
        }
        Self::new(count, of)
    }
}

impl fmt::Display for Rate {
    /// `5.0 % (6 of 120; 95 % interval 1.9 to 10.6 %)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.rate, self.low, self.high) {
            (Some(rate), Some(low), Some(high)) => write!(
                f,
                "{} % ({} of {}; 95 % interval {} to {} %)",
                percent(rate),
                self.count,
                self.of,
                percent(low),
                percent(high)
            ),
            _ => f.write_str("not measured (no cases)"),
        }
    }
}

/// A share as a number of percent: one decimal, more where one would say nothing.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        _ if percent <= 0.0 || percent >= 0.1 => format!("{percent:.1}"),
        _ if percent >= 0.01 => format!("{percent:.2}"),
        _ if percent >= 0.001 => format!("{percent:.3}"),
        _ => format!("{percent:.1e}"),
    }
}

/// Below what a value of the standard normal distribution lies with chance `p`, within ±7: the normal deviate of `p`.
pub fn quantile(p: f64) -> f64 {
    (-SQRT_2 * erfc_inv(2.0 * p)).clamp(-7.0, 7.0)
}

/// The exact 95 % interval of a share: 2.5 % lie beyond either end; at 0 and `of` the end is 0 and 1. `None` of no cases.
/// Clopper and Pearson, Biometrika 26 (1934).
pub fn interval(count: u32, of: u32) -> Option<(f64, f64)> {
    const TAIL: f64 = 0.025;
    let (k, n) = (f64::from(count.min(of)), f64::from(of));
    let low = if count == 0 { 0.0 } else { beta::quantile(TAIL, k, n - k + 1.0) };
    let high = if count >= of { 1.0 } else { beta::quantile(1.0 - TAIL, k + 1.0, n - k) };
    (of > 0).then_some((low, high))
}

/// The least rate that `of` cases without a single error can rule out with 95 % confidence: 1 − 0.05^(1/`of`), about
/// 3/`of`. `None` of no cases.
pub fn shown_below(of: u32) -> Option<f64> {
    (of > 0).then(|| -(0.05_f64.ln() / f64::from(of)).exp_m1())
}

/// What a threshold does.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OperatingPoint {
    /// Scores of this and more are accepted; infinite, `null` in JSON: nothing is.
    pub threshold: f64,
    /// Share of nontargets accepted.
    pub false_accepts: f64,
    /// Share of targets not accepted.
    pub false_rejects: f64,
}

/// Two heaps of scores in order.
#[derive(Debug, Clone)]
pub struct Scores {
    targets: Vec<f64>,
    nontargets: Vec<f64>,
}

impl Scores {
    /// Sorts both.
    pub fn new(targets: impl IntoIterator<Item = f32>, nontargets: impl IntoIterator<Item = f32>) -> Self {
        Self { targets: ordered(targets), nontargets: ordered(nontargets) }
    }

    /// The nontargets, lowest first.
    pub fn nontargets(&self) -> &[f64] {
        &self.nontargets
    }

    /// How many nontargets reach `threshold`.
    pub fn accepted_nontargets(&self, threshold: f64) -> Rate {
        reaching(&self.nontargets, threshold)
    }

    /// How many targets do not reach `threshold`.
    pub fn rejected_targets(&self, threshold: f64) -> Rate {
        let reached = reaching(&self.targets, threshold);
        Rate::new(reached.of - reached.count, reached.of)
    }

    /// Each threshold that tells scores apart, in rising order: from all accepted to nothing accepted. Points in the
    /// midst of a horizontal or vertical run are left out, for they draw the same steps. Empty if either heap is.
    pub fn trade_off(&self) -> Vec<OperatingPoint> {
        if self.targets.is_empty() || self.nontargets.is_empty() {
            return Vec::new();
        }
        let mut corners: Vec<OperatingPoint> = Vec::new();
        for point in self.points() {
            if let [.., before, last] = corners.as_slice() {
                let level = |a: fn(&OperatingPoint) -> f64| [a(before), a(last), a(&point)];
                let same = |[a, b, c]: [f64; 3]| a.to_bits() == b.to_bits() && b.to_bits() == c.to_bits();
                if same(level(|p| p.false_accepts)) || same(level(|p| p.false_rejects)) {
                    corners.pop();
                }
            }
            corners.push(point);
        }
        corners
    }

    /// Where false accepts are as frequent as false rejects. Between the two neighbouring thresholds where the difference
    /// of both rates changes its sign, both rates and the threshold are interpolated linearly; where the rates are equal over a
    /// gap between scores, the threshold is its middle, and the nearer finite one where one side has none. `None` if either
    /// heap is empty.
    pub fn equal_error(&self) -> Option<OperatingPoint> {
        if self.targets.is_empty() || self.nontargets.is_empty() {
            return None;
        }
        // All points, not the corners: along a run the threshold would be interpolated over too wide a gap.
        let points: Vec<_> = self.points().collect();
        let after = points.iter().position(|p| p.false_accepts <= p.false_rejects)?;
        let b = *points.get(after)?;
        let Some(a) = after.checked_sub(1).and_then(|before| points.get(before)) else { return Some(b) };
        let (gap_a, gap_b) = (a.false_accepts - a.false_rejects, b.false_rejects - b.false_accepts);
        // Where they are equal outright, any threshold between the two scores does: the middle has most room on either side.
        let part = if gap_b > 0.0 { gap_a / (gap_a + gap_b) } else { 1.0 };
        let middle = if gap_b > 0.0 { part } else { 0.5 };
        let between = |a: f64, b: f64, part: f64| a + (b - a) * part;
        let rate = between(a.false_accepts, b.false_accepts, part);
        let threshold = match (a.threshold.is_finite(), b.threshold.is_finite()) {
            (true, true) => between(a.threshold, b.threshold, middle),
            (false, true) => b.threshold,
            _ => a.threshold,
        };
        Some(OperatingPoint { threshold, false_accepts: rate, false_rejects: rate })
    }

    /// Chance that a target scores higher than a nontarget, ties counted half: the area under the ROC curve. `None` if
    /// either heap is empty.
    pub fn area_under_curve(&self) -> Option<f64> {
        if self.targets.is_empty() || self.nontargets.is_empty() {
            return None;
        }
        let wins = |score: &f64| {
            let below = self.nontargets.partition_point(|other| other < score);
            let level = self.nontargets.partition_point(|other| other <= score) - below;
            below as f64 + level as f64 / 2.0
        };
        let pairs = self.targets.len() as f64 * self.nontargets.len() as f64;
        Some(self.targets.iter().map(wins).sum::<f64>() / pairs)
    }

    /// The lowest threshold at which no more than `share` of the nontargets are accepted: the next number above the first
    /// score that must stay outside. `None` without nontargets, or where nothing finite keeps them out.
    pub fn threshold_for(&self, share: f64) -> Option<f64> {
        let n = self.nontargets.len();
        // Rounding must not cost the case at the limit: 0.1 of 10 is one.
        let allowed = ((share * n as f64 * (1.0 + 1e-12)).floor().max(0.0) as usize).min(n);
        match n.checked_sub(allowed + 1).and_then(|outside| self.nontargets.get(outside)) {
            // Scores and thresholds are f32: the next f64 would be rounded back to the score itself.
            Some(outside) => Some(f64::from((*outside as f32).next_up())).filter(|threshold| threshold.is_finite()),
            None => self.nontargets.first().copied(),
        }
    }

    fn points(&self) -> impl Iterator<Item = OperatingPoint> {
        let mut thresholds: Vec<f64> = self.targets.iter().chain(&self.nontargets).copied().collect();
        thresholds.sort_by(f64::total_cmp);
        thresholds.dedup();
        thresholds.push(f64::INFINITY);
        let share = |part: usize, of: usize| part as f64 / of as f64;
        thresholds.into_iter().map(move |threshold| {
            let below = |scores: &[f64]| scores.partition_point(|score| *score < threshold);
            let (targets, nontargets) = (self.targets.len(), self.nontargets.len());
            OperatingPoint {
                threshold,
                false_accepts: share(nontargets - below(&self.nontargets), nontargets),
                false_rejects: share(below(&self.targets), targets),
            }
        })
    }
}

fn ordered(scores: impl IntoIterator<Item = f32>) -> Vec<f64> {
    let number = |score: f32| if score.is_nan() { f64::NEG_INFINITY } else { f64::from(score) };
    let mut scores: Vec<f64> = scores.into_iter().map(number).collect();
    scores.sort_by(f64::total_cmp);
    scores
}

fn reaching(scores: &[f64], threshold: f64) -> Rate {
    // A threshold that is no number is reached by nothing.
    let below = if threshold.is_nan() { scores.len() } else { scores.partition_point(|score| *score < threshold) };
    Rate::new((scores.len() - below) as u32, scores.len() as u32)
}

#[cfg(test)]
mod tests;
