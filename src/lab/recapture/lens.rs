//! The lens: Gaussian blur of the light before sampling.

#![expect(clippy::indexing_slicing, reason = "sample positions are clamped to the row or column")]

use std::f32::consts::PI;

use super::picture::Light;

/// Blurs `light` in place with a Gaussian of standard deviation `sigma_px`.
pub(super) fn blur(light: &mut Light, sigma_px: f32) {
    let reach = (3.0 * sigma_px).ceil() as usize;
    let weights: Vec<f32> = (0..=reach).map(|d| (-0.5 * (d as f32 / sigma_px).powi(2)).exp()).collect();
    let total = weights[0] + 2.0 * weights[1..].iter().sum::<f32>();
    let weights: Vec<f32> = weights.iter().map(|w| w / total).collect();
    let (width, height) = (light.width, light.height);
    let pass = |from: &Light, across: bool| {
        Light::from_fn(width, height, |x, y| {
            let mut sum = [0.0; 3];
            for (d, weight) in weights.iter().enumerate() {
                let (low, high) = if across {
                    (y * width + x.saturating_sub(d), y * width + (x + d).min(width - 1))
                } else {
                    (y.saturating_sub(d) * width + x, (y + d).min(height - 1) * width + x)
                };
                let weight = if d == 0 { weight / 2.0 } else { *weight };
                let (low, high) = (from.rgb[low], from.rgb[high]);
                sum = [0, 1, 2].map(|c| sum[c] + weight * (low[c] + high[c]));
            }
            sum
        })
    };
    let across = pass(light, true);
    *light = pass(&across, false);
}

/// Modulation transfer at `cycles_per_mm` of a Gaussian `sigma_mm` and a square aperture `aperture_mm`, 0 to 1.
pub(super) fn transfer(cycles_per_mm: f32, sigma_mm: f32, aperture_mm: f32) -> f32 {
    let lens = (-2.0 * (PI * sigma_mm * cycles_per_mm).powi(2)).exp();
    lens * sinc(aperture_mm * cycles_per_mm)
}

/// sin(πx) / πx.
pub(super) fn sinc(x: f32) -> f32 {
    if x.abs() < 1e-4 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blur_preserves_the_total_light() {
        let mut light = Light::from_fn(21, 21, |x, y| if (x, y) == (10, 10) { [1.0; 3] } else { [0.0; 3] });
        blur(&mut light, 1.0);
        let sum: f32 = light.rgb.iter().map(|v| v[0]).sum();
        assert!((sum - 1.0).abs() < 1e-4, "{sum}");
        assert!((light.rgb[10 * 21 + 10][0] - 1.0 / (2.0 * PI)).abs() < 0.01);
    }

    #[test]
    fn an_aperture_of_one_period_averages_out_the_pattern() {
        assert!(transfer(2.0, 0.0, 0.5).abs() < 1e-6);
        assert!((transfer(0.0, 0.3, 0.5) - 1.0).abs() < 1e-6);
    }
}
