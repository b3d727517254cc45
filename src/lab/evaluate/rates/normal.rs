//! The standard normal distribution: for axes on which it is a straight line, and for tails.

/// Chance of a value up to `x`. Marsaglia's series (Journal of Statistical Software 11, 2004): 1e-15 within ±7, beyond
/// which the answer is 0 or 1.
pub fn probability(x: f64) -> f64 {
    if x.is_nan() || x.abs() > 7.0 {
        return if x.is_nan() { f64::NAN } else { f64::from(u8::from(x > 0.0)) };
    }
    let (mut sum, mut term, mut odd) = (x, x, 3.0);
    while term.abs() > sum.abs() * f64::EPSILON {
        term *= x * x / odd;
        sum += term;
        odd += 2.0;
    }
    0.5 + sum * (-x * x / 2.0).exp() / std::f64::consts::TAU.sqrt()
}

/// Below what a value lies with chance `p`, within ±7: the normal deviate of `p`.
pub fn quantile(p: f64) -> f64 {
    super::beta::root(p, -7.0, 7.0, probability)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_table() {
        for (p, x) in [
            (0.5, 0.0),
            (0.841_344_746, 1.0),
            (0.975, 1.959_963_985),
            (0.995, 2.575_829_304),
            (0.9999, 3.719_016_485),
            (0.001, -3.090_232_306),
        ] {
            assert!((probability(x) - p).abs() < 1e-9, "{x}: {}", probability(x));
            assert!((quantile(p) - x).abs() < 1e-7, "{p}: {}", quantile(p));
        }
    }

    #[test]
    fn the_ends_are_finite() {
        assert!((quantile(0.0) + 7.0).abs() < 1e-9 && (quantile(1.0) - 7.0).abs() < 1e-9);
        assert!(probability(f64::NAN).is_nan());
        assert_eq!([probability(-9.0).to_bits(), probability(9.0).to_bits()], [0.0_f64.to_bits(), 1.0_f64.to_bits()]);
    }
}
