//! Extrapolates a threshold for a false match rate that is too low for the available sets to demonstrate, from the tail
//! of the impostor scores.
//!
//! **Model.** Above a high score *u*, the excess of impostor scores is modeled as exponential: peaks over threshold,
//! with the generalized Pareto distribution of shape 0 (Pickands, Annals of Statistics 3, 1975). *u* is the 95 %
//! quantile, the scale is the mean excess. Cosines of strangers are bounded and close to normal, with a tail that falls
//! faster than an exponential one, so the threshold is too high rather than too low, provided that strangers outside
//! the set are similar to those in it.
//!
//! **This is an extrapolation.** Beyond the highest impostor score there are no observations. People missing from the
//! set, such as twins, close relatives, or other groups by age, sex or origin, are missing from its tail, too.

use serde::Serialize;

use super::super::rates::quantile;

/// Share of the impostor scores in the tail.
const TAIL_RATIO: f64 = 0.05;
/// Minimum number of scores in the tail. Our choice: it determines the scale to within about 40 %.
const MIN_SCORES: usize = 30;

/// An extrapolated threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Extrapolated {
    /// The target false match rate.
    pub fmr: f64,
    /// The threshold for that rate.
    pub threshold: f64,
    /// The threshold with the scale at the upper end of its 95 % interval.
    pub threshold_high: f64,
    /// The threshold by a normal distribution with the impostors' mean and deviation, to show the influence of the
    /// model.
    pub threshold_normal: f64,
    /// Start of the tail.
    pub tail_from: f64,
    /// Number of impostor pairs in the tail.
    pub tail_pairs: u32,
    /// Scale of the tail: mean excess over its start.
    pub tail_scale: f64,
}

/// The threshold at which a share `fmr` of impostor pairs would match, from their scores in ascending order. `None` if
/// the tail has fewer than 30 pairs (about 600 in total), or if `fmr` is not in the tail.
pub fn extrapolate(impostors: &[f64], fmr: f64) -> Option<Extrapolated> {
    let n = impostors.len() as f64;
    let from = *impostors.get(((1.0 - TAIL_RATIO) * n).ceil() as usize)?;
    let tail = impostors.get(impostors.partition_point(|score| *score <= from)..)?;
    let within = tail.len() as f64 / n;
    if tail.len() < MIN_SCORES || !(fmr > 0.0 && fmr < within) {
        return None;
    }
    let scale = tail.iter().map(|score| score - from).sum::<f64>() / tail.len() as f64;
    // The logarithm of the mean of m exponential values has a standard deviation of about 1/√m.
    let scale_high = scale * (quantile(0.975) / (tail.len() as f64).sqrt()).exp();
    let reach = (within / fmr).ln();
    let mean = impostors.iter().sum::<f64>() / n;
    let deviation = (impostors.iter().map(|score| (score - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    let found = Extrapolated {
        fmr,
        threshold: from + scale * reach,
        threshold_high: from + scale_high * reach,
        threshold_normal: mean + deviation * quantile(1.0 - fmr),
        tail_from: from,
        tail_pairs: tail.len() as u32,
        tail_scale: scale,
    };
    // Infinite and identical scores have no tail.
    (found.threshold.is_finite() && found.threshold_normal.is_finite() && scale > 0.0).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `count` scores spaced evenly by the quantiles of a distribution.
    fn scores(count: u32, quantile: impl Fn(f64) -> f64) -> Vec<f64> {
        (0..count).map(|i| quantile((f64::from(i) + 0.5) / f64::from(count))).collect()
    }

    #[test]
    fn fits_exponential_tails_and_is_conservative_for_normal_ones() {
        let exponential = scores(20_000, |p| -0.1 * (1.0 - p).ln());
        let found = extrapolate(&exponential, 1e-4).unwrap();
        assert!((found.threshold - -0.1 * 1e-4_f64.ln()).abs() < 0.01, "{found:?}");
        assert!(found.threshold_high > found.threshold, "{found:?}");
        for count in [1_000, 5_000, 20_000] {
            let normal = scores(count, |p| 0.05 + 0.1 * quantile(p));
            let found = extrapolate(&normal, 1e-4).unwrap();
            let truth = 0.05 + 0.1 * quantile(1.0 - 1e-4);
            assert!(found.threshold > truth && found.threshold < truth + 0.12, "{count}: {found:?}");
            assert!((found.threshold_normal - truth).abs() < 0.002, "{count}: {found:?}");
        }
    }

    #[test]
    fn returns_nothing_without_a_usable_tail() {
        let normal = |count| scores(count, |p| 0.1 * quantile(p));
        for (name, scores, fmr, some) in [
            ("none", vec![], 1e-4, false),
            ("too few", normal(500), 1e-4, false),
            ("enough", normal(700), 1e-4, true),
            ("not in the tail", normal(700), 0.2, false),
            ("no rate", normal(700), 0.0, false),
            ("identical", vec![0.2; 1_000], 1e-4, false),
            ("infinite scores", [vec![f64::NEG_INFINITY; 10], normal(700)].concat(), 1e-4, false),
        ] {
            assert_eq!(extrapolate(&scores, fmr).is_some(), some, "{name}");
        }
    }
}
