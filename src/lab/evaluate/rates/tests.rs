//! Compares the statistics with published values.

use super::*;

fn near(found: f64, expected: f64, within: f64) -> bool {
    (found - expected).abs() <= within
}

#[test]
fn quantiles_match_the_normal_table() {
    for (p, x) in [
        (0.5, 0.0),
        (0.841_344_746, 1.0),
        (0.975, 1.959_963_985),
        (0.995, 2.575_829_304),
        (0.9999, 3.719_016_485),
        (0.001, -3.090_232_306),
        // The ends are finite.
        (0.0, -7.0),
        (1.0, 7.0),
    ] {
        assert!(near(quantile(p), x, 1e-7), "{p}: {}", quantile(p));
    }
}

#[test]
fn intervals_match_published_tables() {
    // Newcombe, Statistics in Medicine 17 (1998), table I, method 5; and the closed forms at either end.
    for (count, of, low, high) in [
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0, 0.1684),
        (1, 29, 0.0009, 0.1776),
        (0, 10, 0.0, 0.3085),
        (5, 10, 0.1871, 0.8129),
        (10, 10, 0.6915, 1.0),
        (0, 1, 0.0, 0.975),
        (0, 1_000_000, 0.0, 3.6889e-6),
    ] {
        let (found_low, found_high) = interval(count, of).unwrap();
        assert!(near(found_low, low, 6e-5) && near(found_high, high, 6e-5), "{count}/{of}: {found_low} {found_high}");
        assert!(count > 0 || found_low.to_bits() == 0.0_f64.to_bits(), "{count}/{of}: the end is exact");
        assert!(count < of || found_high.to_bits() == 1.0_f64.to_bits(), "{count}/{of}: the end is exact");
    }
    assert_eq!(interval(0, 0), None);
}

#[test]
fn no_error_in_n_cases_rules_out_a_rate_of_three_over_n() {
    for (of, expected) in [(1, 0.95), (30, 0.0950), (565, 0.005_288), (30_000, 9.985_3e-5)] {
        assert!(near(shown_below(of).unwrap(), expected, expected * 5e-4), "{of}");
    }
    assert_eq!(shown_below(0), None);
}

#[test]
fn formats_rates_and_percentages() {
    assert_eq!(Rate::new(6, 120).to_string(), "5.0 % (6 of 120; 95 % interval 1.9 to 10.6 %)");
    assert_eq!(Rate::new(0, 0).to_string(), "not measured (no cases)");
    assert_eq!(Rate::among([1, 2, 3], |n| n > 1), Rate::new(2, 3));
    assert_eq!(
        [0.0, 0.5, 0.001, 0.000_5, 0.000_05, 0.000_001].map(percent),
        ["0.0", "50.0", "0.1", "0.05", "0.005", "1.0e-4"].map(String::from)
    );
}

#[test]
fn area_under_curve_counts_ties_half() {
    // The last row: ratings of 58 normal and 51 abnormal images, Hanley and McNeil, Radiology 143 (1982): 0.893.
    let ratings = |counts: [usize; 5]| -> Vec<f32> {
        (1..=5_u8).zip(counts).flat_map(|(rating, n)| vec![f32::from(rating); n]).collect()
    };
    for (name, targets, nontargets, expected) in [
        ("apart", vec![2.0, 3.0], vec![0.0, 1.0], 1.0),
        ("upside down", vec![0.0], vec![1.0, 2.0], 0.0),
        ("all alike", vec![1.0; 3], vec![1.0; 5], 0.5),
        ("one of four pairs wrong", vec![0.35, 0.8], vec![0.1, 0.4], 0.75),
        ("NaN is the lowest", vec![f32::NAN, 1.0], vec![0.0], 0.5),
        ("published", ratings([3, 2, 2, 11, 33]), ratings([33, 6, 6, 11, 2]), 0.893_17),
    ] {
        let found = Scores::new(targets, nontargets).area_under_curve().unwrap();
        assert!(near(found, expected, 1e-5), "{name}: {found}");
    }
    assert_eq!(Scores::new([1.0], []).area_under_curve(), None);
    assert_eq!(Scores::new([], [1.0]).area_under_curve(), None);
}

#[test]
fn finds_the_equal_error_rate() {
    for (name, targets, nontargets, rate, threshold) in [
        ("apart", vec![2.0, 3.0], vec![0.0, 1.0], 0.0, 1.5),
        ("one of four on either side", vec![0.0, 4.0, 5.0, 6.0], vec![-2.0, -1.0, 0.5, 3.0], 0.25, 1.75),
        ("all alike", vec![1.0; 4], vec![1.0; 4], 0.5, 1.0),
        ("upside down", vec![0.0, 1.0], vec![2.0, 3.0], 1.0, 1.5),
        // From (1/3, 0) straight to (1/3, 1/2): crosses at 1/3, two thirds of the way from 1 to 3.
        ("unequal numbers", vec![1.0, 5.0], vec![-1.0, 0.0, 3.0], 1.0 / 3.0, 7.0 / 3.0),
    ] {
        let found = Scores::new(targets, nontargets).equal_error().unwrap();
        assert!(near(found.false_accepts, rate, 1e-12), "{name}: {found:?}");
        assert!(near(found.threshold, threshold, 1e-6), "{name}: {found:?}");
    }
    assert_eq!(Scores::new([], [1.0]).equal_error(), None);
}

#[test]
fn trade_off_lists_the_corners_from_all_to_none_accepted() {
    let points = Scores::new([2.0, 3.0, 4.0, 5.0], [-1.0, 0.0, 1.0, 2.5]).trade_off();
    let rates: Vec<_> = points.iter().map(|p| (p.false_accepts, p.false_rejects)).collect();
    assert_eq!(rates, [(1.0, 0.0), (0.25, 0.0), (0.25, 0.25), (0.0, 0.25), (0.0, 1.0)]);
    assert!(points.is_sorted_by(|a, b| a.threshold < b.threshold), "{points:?}");
    assert!(Scores::new([], [1.0]).trade_off().is_empty());
}

#[test]
fn threshold_for_keeps_within_the_share() {
    let scores = Scores::new([5.0], (0..10_u8).map(f32::from));
    for (share, accepted) in [(0.0, 0), (0.05, 0), (0.1, 1), (0.25, 2), (0.3, 3), (1.0, 10)] {
        let threshold = scores.threshold_for(share).unwrap();
        assert_eq!(scores.accepted_nontargets(threshold).count, accepted, "{share}: {threshold}");
    }
    let level = Scores::new([], [1.0, 2.0, 2.0, 2.0]);
    assert_eq!(level.accepted_nontargets(level.threshold_for(0.5).unwrap()).count, 0, "three have the same score");
    assert_eq!(Scores::new([1.0], []).threshold_for(0.1), None);
    assert_eq!(Scores::new([], [f32::INFINITY]).threshold_for(0.0), None);
}

#[test]
fn scores_pass_equal_thresholds_and_nan_never_passes() {
    let scores = Scores::new([1.0, f32::NAN, 2.0], [1.0, f32::NAN, 0.0]);
    assert_eq!((scores.rejected_targets(1.0).count, scores.accepted_nontargets(1.0).count), (1, 1));
    assert_eq!((scores.rejected_targets(f64::NAN).count, scores.accepted_nontargets(f64::NAN).count), (3, 0));
}
