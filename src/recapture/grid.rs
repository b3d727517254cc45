//! Fine structure of a carrier as photosites see it: sub-pixels of a display, dots of a print.
//!
//! The structure is periodic, so its mean over a photosite is known in closed form: each harmonic, weakened by lens and
//! aperture ([`lens::transfer`]). Sampled at the photosites, what is left beats with their grid: that is the moiré.

use std::f32::consts::TAU;

use super::lens::{self, sinc};

/// A stripe's width by pixel pitch: three stripes and the black between them.
const STRIPE_RATIO: f32 = 0.28;
/// A stripe's height by pixel pitch.
const ROW_RATIO: f32 = 0.85;
/// Lines of dots per millimetre of a colour laser printer: 150 an inch.
const HALFTONE_PER_MM: f32 = 150.0 / 25.4;
/// Directions of the cyan, magenta and yellow dots, degrees; they absorb red, green and blue.
const SCREEN_DEG: [f32; 3] = [15.0, 75.0, 0.0];
/// A photosite's sensitive side by sampling cell: webcams that deliver small pictures skip every other photosite.
const APERTURE_RATIO: f32 = 0.5;

/// The structure as one camera at one distance sees it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Grid {
    /// Stripes of red, green and blue.
    Stripes {
        /// Pixels per millimetre.
        per_mm: f32,
        /// Strength of the first two harmonics across.
        across: [f32; 2],
        /// Strength of the first harmonic down.
        down: f32,
    },
    /// Dots of ink.
    Dots {
        /// Strength of the first harmonic at half coverage.
        strength: f32,
    },
}

impl Grid {
    /// The sub-pixels of a display with pixels of `pitch_mm`, for sampling cells of `cell_mm` on it.
    pub(super) fn stripes(pitch_mm: f32, cell_mm: f32) -> Self {
        let seen = |harmonic: f32, ratio: f32| 2.0 * sinc(harmonic * ratio) * transfer(harmonic / pitch_mm, cell_mm);
        Self::Stripes {
            per_mm: 1.0 / pitch_mm,
            across: [seen(1.0, STRIPE_RATIO), seen(2.0, STRIPE_RATIO)],
            down: seen(1.0, ROW_RATIO),
        }
    }

    /// The dots of a print, for sampling cells of `cell_mm` on it.
    pub(super) fn dots(cell_mm: f32) -> Self {
        Self::Dots { strength: transfer(HALFTONE_PER_MM, cell_mm) }
    }

    /// By how much each channel is brighter or darker than its mean at (`u`, `v`) mm, where the carrier shows `light`.
    pub(super) fn gain(&self, u: f32, v: f32, light: [f32; 3]) -> [f32; 3] {
        match *self {
            Self::Stripes { per_mm, across, down } => {
                let row = 1.0 + down * (TAU * v * per_mm).cos();
                [0.0, 1.0, 2.0].map(|stripe: f32| {
                    let phase = TAU * (u * per_mm - stripe / 3.0);
                    row * (1.0 + across[0] * phase.cos() + across[1] * (2.0 * phase).cos())
                })
            }
            Self::Dots { strength } => {
                let mut channels = SCREEN_DEG.iter().zip(light);
                [(); 3].map(|()| {
                    let Some((&degrees, light)) = channels.next() else { return 1.0 };
                    let (sin, cos) = degrees.to_radians().sin_cos();
                    let (along, down) = (u * cos + v * sin, v * cos - u * sin);
                    let dots = (TAU * along * HALFTONE_PER_MM).cos() + (TAU * down * HALFTONE_PER_MM).cos();
                    // Dots stand out most where half the paper is covered.
                    1.0 + strength * dots * 2.0 * (light * (1.0 - light)).max(0.0).sqrt()
                })
            }
        }
    }
}

fn transfer(cycles_per_mm: f32, cell_mm: f32) -> f32 {
    lens::transfer(cycles_per_mm, lens::SIGMA_PX * cell_mm, APERTURE_RATIO * cell_mm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coarse_display_beats_with_the_sensor_and_a_fine_one_does_not() {
        // Deviation of green along a row of 400 samples of 0.2 mm.
        let ripple = |pitch_mm: f32| {
            let grid = Grid::stripes(pitch_mm, 0.2);
            let row: Vec<f32> = (0..400).map(|i| grid.gain(i as f32 * 0.2, 0.0, [0.5; 3])[1]).collect();
            let mean = row.iter().sum::<f32>() / 400.0;
            (row.iter().map(|g| (g - mean).powi(2)).sum::<f32>() / 400.0).sqrt()
        };
        let (coarse, fine) = (ripple(0.35), ripple(0.06));
        assert!(coarse > 0.05, "{coarse}");
        assert!(fine < 0.001, "{fine}");
    }
}
