//! Error rates: shares with exact intervals, and metrics of two distributions of scores.
//!
//! Scores are log likelihood ratios or similarities: higher scores are accepted. *Targets* should be accepted (bona
//! fide presentations, genuine pairs), *nontargets* should not. A score passes a threshold if it is greater or equal.
//! NaN never passes: it counts as negative infinity.

mod beta;

use std::{f64::consts::SQRT_2, fmt};

use serde::Serialize;
use statrs::function::erf::erfc_inv;

/// A share with its exact (Clopper–Pearson) 95 % interval, which assumes independent cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Rate {
    /// Number of cases counted.
    pub count: u32,
    /// Total number of cases.
    pub of: u32,
    /// Their ratio, 0 to 1; `None` if there are no cases, like the interval.
    pub rate: Option<f64>,
    /// Lower end of the interval.
    pub low: Option<f64>,
    /// Upper end of the interval.
    pub high: Option<f64>,
}

impl Rate {
    /// The rate of `count` in `of` cases.
    pub fn new(count: u32, of: u32) -> Self {
        let ends = interval(count, of);
        let rate = (of > 0).then(|| f64::from(count.min(of)) / f64::from(of));
        Self { count: count.min(of), of, rate, low: ends.map(|ends| ends.0), high: ends.map(|ends| ends.1) }
    }

    /// The share of `cases` for which `counted` is true.
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

/// A share in percent, with one decimal, or more for small values.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        _ if percent <= 0.0 || percent >= 0.1 => format!("{percent:.1}"),
        _ if percent >= 0.01 => format!("{percent:.2}"),
        _ if percent >= 0.001 => format!("{percent:.3}"),
        _ => format!("{percent:.1e}"),
    }
}

/// The quantile of the standard normal distribution for `p`, clamped to ±7.
pub fn quantile(p: f64) -> f64 {
    (-SQRT_2 * erfc_inv(2.0 * p)).clamp(-7.0, 7.0)
}

/// The exact 95 % interval of a share, with 2.5 % on either side; 0 errors give a lower end of exactly 0, `of` an upper
/// end of exactly 1. `None` if there are no cases. Clopper and Pearson, Biometrika 26 (1934).
pub fn interval(count: u32, of: u32) -> Option<(f64, f64)> {
    const TAIL: f64 = 0.025;
    let (k, n) = (f64::from(count.min(of)), f64::from(of));
    let low = if count == 0 { 0.0 } else { beta::quantile(TAIL, k, n - k + 1.0) };
    let high = if count >= of { 1.0 } else { beta::quantile(1.0 - TAIL, k + 1.0, n - k) };
    (of > 0).then_some((low, high))
}

/// The lowest rate that `of` cases without an error rule out with 95 % confidence: 1 − 0.05^(1/`of`), about 3/`of`.
/// `None` if there are no cases.
pub fn shown_below(of: u32) -> Option<f64> {
    (of > 0).then(|| -(0.05_f64.ln() / f64::from(of)).exp_m1())
}

/// The error rates at one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OperatingPoint {
    /// Scores of at least this value are accepted; infinite (`null` in JSON) if none is.
    pub threshold: f64,
    /// Share of nontargets accepted.
    pub false_accepts: f64,
    /// Share of targets not accepted.
    pub false_rejects: f64,
}

/// The scores of targets and nontargets, sorted.
#[derive(Debug, Clone)]
pub struct Scores {
    targets: Vec<f64>,
    nontargets: Vec<f64>,
}

impl Scores {
    /// Sorts the scores.
    pub fn new(targets: impl IntoIterator<Item = f32>, nontargets: impl IntoIterator<Item = f32>) -> Self {
        Self { targets: ordered(targets), nontargets: ordered(nontargets) }
    }

    /// The scores of nontargets, lowest first.
    pub fn nontargets(&self) -> &[f64] {
        &self.nontargets
    }

    /// The share of nontargets at or above `threshold`.
    pub fn accepted_nontargets(&self, threshold: f64) -> Rate {
        reaching(&self.nontargets, threshold)
    }

    /// The share of targets below `threshold`.
    pub fn rejected_targets(&self, threshold: f64) -> Rate {
        let reached = reaching(&self.targets, threshold);
        Rate::new(reached.of - reached.count, reached.of)
    }

    /// All operating points in ascending order of their thresholds, from all accepted to none accepted, without points
    /// inside a horizontal or vertical run, which do not change the curve. Empty if there are no targets or no
    /// nontargets.
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

    /// The point where both error rates are equal. Rates and threshold are interpolated linearly between the two
    /// adjacent thresholds where the difference of the rates changes sign. If the rates are equal over a gap between
    /// scores, the threshold is its middle, or its finite end if the other is infinite. `None` if there are no targets
    /// or no nontargets.
    pub fn equal_error(&self) -> Option<OperatingPoint> {
        if self.targets.is_empty() || self.nontargets.is_empty() {
            return None;
        }
        // All points, not only corners: along a run, the threshold would be interpolated over too wide a gap.
        let points: Vec<_> = self.points().collect();
        let after = points.iter().position(|p| p.false_accepts <= p.false_rejects)?;
        let b = *points.get(after)?;
        let Some(a) = after.checked_sub(1).and_then(|before| points.get(before)) else { return Some(b) };
        let (gap_a, gap_b) = (a.false_accepts - a.false_rejects, b.false_rejects - b.false_accepts);
        // If the rates are equal, any threshold between the two scores is valid; the middle has the largest margin.
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

    /// The area under the ROC curve: the probability that a target scores higher than a nontarget, ties counted half.
    /// `None` if there are no targets or no nontargets.
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

    /// The lowest threshold at which at most `share` of the nontargets are accepted: the next number above the highest
    /// score that must be rejected. `None` without nontargets, or if no finite threshold rejects them.
    pub fn threshold_for(&self, share: f64) -> Option<f64> {
        let n = self.nontargets.len();
        // Rounding must not exclude the case at the limit: 0.1 of 10 is one.
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
    // No score reaches a threshold of NaN.
    let below = if threshold.is_nan() { scores.len() } else { scores.partition_point(|score| *score < threshold) };
    Rate::new((scores.len() - below) as u32, scores.len() as u32)
}

#[cfg(test)]
mod tests;
