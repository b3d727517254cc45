//! A threshold for a false match rate that no set at hand can show: read off the tail of the impostors' scores.
//!
//! **Model.** Above a high score *u* the excess of impostor scores is taken for exponential: peaks over threshold, the
//! generalised Pareto tail with shape 0 (Pickands, Annals of Statistics 3, 1975). *u* is the 95 % quantile, the scale the
//! mean excess. Cosines of strangers are bounded and near normal, whose tails fall faster than an exponential one: the
//! threshold errs on the high side, if at all, as long as strangers beyond the set are like those in it.
//!
//! **It is an extrapolation.** Nothing observed stands behind it beyond the highest impostor score. Twins, parents and
//! children, one age, sex or origin only: whoever the set lacks is not in its tail.

use serde::Serialize;

use super::super::rates::quantile;

/// The share of impostor scores whose excess is fitted.
const TAIL_RATIO: f64 = 0.05;
/// Fewest of them. Our choice: the scale is then known to within some 40 %.
const MIN_SCORES: usize = 30;

/// A threshold for a rate, by the tail.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Extrapolated {
    /// The false match rate that is wanted.
    pub fmr: f64,
    /// The threshold for it.
    pub threshold: f64,
    /// The same with the scale at the upper end of its 95 % interval.
    pub threshold_high: f64,
    /// What a normal distribution with the impostors' mean and deviation would say: how much the model matters.
    pub threshold_normal: f64,
    /// Where the tail begins.
    pub tail_from: f64,
    /// Impostor pairs in the tail.
    pub tail_pairs: u32,
    /// Mean excess over its beginning.
    pub tail_scale: f64,
}

/// The threshold at which `fmr` of impostor pairs would match, from their scores in rising order. `None` where the tail
/// holds fewer than 30 pairs, which takes some 600 in all, or where `fmr` does not lie in the tail.
pub fn extrapolate(impostors: &[f64], fmr: f64) -> Option<Extrapolated> {
    let n = impostors.len() as f64;
    let from = *impostors.get(((1.0 - TAIL_RATIO) * n).ceil() as usize)?;
    let tail = impostors.get(impostors.partition_point(|score| *score <= from)..)?;
    let within = tail.len() as f64 / n;
    if tail.len() < MIN_SCORES || !(fmr > 0.0 && fmr < within) {
        return None;
    }
    let scale = tail.iter().map(|score| score - from).sum::<f64>() / tail.len() as f64;
    // Of a mean of m exponential values the logarithm deviates by about 1/√m.
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
    // Scores that are no numbers or all alike have no tail.
    (found.threshold.is_finite() && found.threshold_normal.is_finite() && scale > 0.0).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `count` scores that lie as evenly as the distribution whose quantiles these are.
    fn scores(count: u32, quantile: impl Fn(f64) -> f64) -> Vec<f64> {
        (0..count).map(|i| quantile((f64::from(i) + 0.5) / f64::from(count))).collect()
    }

    #[test]
    fn an_exponential_tail_is_met_and_a_normal_one_is_left_on_the_safe_side() {
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
    fn too_little_gives_nothing() {
        let normal = |count| scores(count, |p| 0.1 * quantile(p));
        for (name, scores, fmr, some) in [
            ("none", vec![], 1e-4, false),
            ("too few", normal(500), 1e-4, false),
            ("enough", normal(700), 1e-4, true),
            ("not in the tail", normal(700), 0.2, false),
            ("no rate", normal(700), 0.0, false),
            ("all alike", vec![0.2; 1_000], 1e-4, false),
            ("no numbers", [vec![f64::NEG_INFINITY; 10], normal(700)].concat(), 1e-4, false),
        ] {
            assert_eq!(extrapolate(&scores, fmr).is_some(), some, "{name}");
        }
    }
}
