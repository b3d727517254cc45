//! Fine structure of an instrument as sampled by the photosites: sub-pixels of a display, dots of a print.
//!
//! The structure is periodic, so its mean over a photosite has a closed form: each harmonic, attenuated by lens and
//! aperture ([`lens::transfer`]). What remains is aliased by the photosite grid, which is the moiré.

use std::f32::consts::{SQRT_2, TAU};

use super::{
    device::{Device, Display, Layout, Surface, Texture},
    lens::{self, sinc},
    rng::value_noise,
};

/// Stripe width relative to the pixel pitch: three stripes and the black gaps.
const STRIPE_RATIO: f32 = 0.28;
/// Stripe height relative to the pixel pitch.
const ROW_RATIO: f32 = 0.85;
/// Sub-pixel width of a diamond layout relative to the spacing of its color; small for durability.
const DIAMOND_RATIO: f32 = 0.4;
/// Screen angles of cyan, magenta and yellow, degrees; these inks absorb red, green and blue.
const SCREEN_DEG: [f32; 3] = [15.0, 75.0, 0.0];
/// Sensitive side of a photosite relative to the sampling cell: webcams with small output skip every other photosite.
const APERTURE_RATIO: f32 = 0.5;
/// Contrast of unblurred scattered dots, relative to full contrast.
const SCATTER: f32 = 0.5;

/// The structure as seen by one camera at one distance.
#[derive(Debug, Clone, Copy)]
pub(super) enum Structure {
    /// Red, green and blue stripes.
    Stripes {
        /// Pixels per millimeter.
        per_mm: f32,
        /// Amplitude of the first two horizontal harmonics.
        across: [f32; 2],
        /// Amplitude of the first vertical harmonic.
        down: f32,
    },
    /// Green upright, red and blue on the diagonals.
    Diamond {
        /// Pixels per millimeter.
        per_mm: f32,
        /// Amplitude of green's first harmonic, horizontally and vertically.
        green: f32,
        /// Amplitude of the first harmonic of red and blue along both diagonals.
        other: f32,
    },
    /// Halftone dots.
    Dots {
        /// Screen ruling, lines per millimeter.
        per_mm: f32,
        /// Amplitude of the first harmonic at half coverage.
        strength: f32,
    },
    /// Scattered dots.
    Scattered {
        /// Clusters per millimeter.
        per_mm: f32,
        /// Amplitude at half coverage.
        strength: f32,
    },
    /// No structure.
    Smooth,
}

impl Structure {
    /// The structure of `device` through a lens of blur `sigma_mm`, sampled in cells of `cell_mm`, both on the
    /// instrument.
    pub(super) fn of(device: &Device, sigma_mm: f32, cell_mm: f32) -> Self {
        let transfer = |per_mm: f32| lens::transfer(per_mm, sigma_mm, APERTURE_RATIO * cell_mm);
        match &device.surface {
            Surface::Display(display) => Self::sub_pixels(display, transfer),
            Surface::Ink(ink) => match ink.texture {
                Texture::Halftone { lines_per_inch } => {
                    let per_mm = lines_per_inch / 25.4;
                    Self::Dots { per_mm, strength: transfer(per_mm) }
                }
                Texture::Scattered { grain_mm } => {
                    let per_mm = 1.0 / grain_mm;
                    // Noise with one lattice point per cell has its power around half a cycle per cell.
                    Self::Scattered { per_mm, strength: SCATTER * transfer(per_mm / 2.0) }
                }
                Texture::Continuous => Self::Smooth,
            },
            Surface::Pixels => Self::Smooth,
        }
    }

    fn sub_pixels(display: &Display, transfer: impl Fn(f32) -> f32) -> Self {
        let per_mm = 1.0 / display.pitch_mm;
        let seen = |harmonic: f32, ratio: f32| 2.0 * sinc(harmonic * ratio) * transfer(harmonic * per_mm);
        match display.layout {
            Layout::Stripes => Self::Stripes {
                per_mm,
                across: [seen(1.0, STRIPE_RATIO), seen(2.0, STRIPE_RATIO)],
                down: seen(1.0, ROW_RATIO),
            },
            Layout::Diamond => Self::Diamond {
                per_mm,
                green: seen(1.0, DIAMOND_RATIO),
                other: 2.0 * sinc(DIAMOND_RATIO) * transfer(per_mm / SQRT_2),
            },
        }
    }

    /// Gain of each channel relative to its mean at (`u`, `v`) mm, where the instrument displays `light`.
    pub(super) fn gain(&self, u: f32, v: f32, light: [f32; 3]) -> [f32; 3] {
        match *self {
            Self::Stripes { per_mm, across, down } => {
                let row = 1.0 + down * (TAU * v * per_mm).cos();
                [0.0, 1.0, 2.0].map(|stripe: f32| {
                    let phase = TAU * (u * per_mm - stripe / 3.0);
                    row * (1.0 + across[0] * phase.cos() + across[1] * (2.0 * phase).cos())
                })
            }
            Self::Diamond { per_mm, green, other } => {
                let wave = |cycles: f32| (TAU * cycles).cos();
                let (across, down) = (u * per_mm, v * per_mm);
                let upright = (1.0 + green * wave(across)) * (1.0 + green * wave(down));
                let (falling, rising) = (f32::midpoint(across, down), f32::midpoint(across, -down));
                let slanted = |shift| (1.0 + other * wave(falling + shift)) * (1.0 + other * wave(rising + shift));
                [slanted(0.25), upright, slanted(0.75)]
            }
            Self::Dots { per_mm, strength } => {
                let mut channels = SCREEN_DEG.iter().zip(light);
                [(); 3].map(|()| {
                    let Some((&degrees, light)) = channels.next() else { return 1.0 };
                    let (sin, cos) = degrees.to_radians().sin_cos();
                    let (along, down) = (u * cos + v * sin, v * cos - u * sin);
                    let dots = (TAU * along * per_mm).cos() + (TAU * down * per_mm).cos();
                    1.0 + strength * dots * coverage(light)
                })
            }
            Self::Scattered { per_mm, strength } => {
                let mut layer = 0;
                light.map(|light| {
                    layer += 1;
                    1.0 + strength * value_noise(layer, u * per_mm, v * per_mm) * coverage(light)
                })
            }
            Self::Smooth => [1.0; 3],
        }
    }
}

/// Visibility of dots: highest at half coverage.
fn coverage(light: f32) -> f32 {
    2.0 * (light * (1.0 - light)).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Amplitude at `per_cell` cycles per sample along a row of green gains, relative to full modulation.
    fn power(structure: Structure, cell_mm: f32, along_deg: f32, per_cell: f32) -> f32 {
        let (sin, cos) = along_deg.to_radians().sin_cos();
        let n = 800;
        let (mut re, mut im) = (0.0, 0.0);
        for i in 0..n {
            let at = i as f32 * cell_mm;
            let gain = structure.gain(at * cos, at * sin, [0.5; 3])[1] - 1.0;
            let (s, c) = (TAU * per_cell * i as f32).sin_cos();
            (re, im) = (re + gain * c, im + gain * s);
        }
        2.0 * f32::hypot(re, im) / n as f32
    }

    /// The alias of `per_mm` cycles sampled every `cell_mm`, in cycles per sample.
    fn folded(per_mm: f32, cell_mm: f32) -> f32 {
        let cycles = per_mm * cell_mm;
        (cycles - cycles.round()).abs()
    }

    #[test]
    fn displays_alias_at_the_frequency_of_their_pitch() {
        for (name, cell_mm) in [("tablet-lcd-132", 0.165), ("monitor-lcd-92", 0.21), ("phone-lcd-326", 0.07)] {
            let device = Device::named(name).unwrap();
            let Surface::Display(display) = &device.surface else { panic!("{name}") };
            let structure = Structure::of(device, 0.3 * cell_mm, cell_mm);
            let beat = folded(1.0 / display.pitch_mm, cell_mm);
            let (there, beside) =
                (power(structure, cell_mm, 0.0, beat), power(structure, cell_mm, 0.0, beat * 0.6 + 0.03));
            assert!(there > 0.1 && there > 8.0 * beside, "{name}: {there} at {beat}, {beside} beside it");
        }
    }

    #[test]
    fn fine_or_blurred_displays_show_no_pixels() {
        for (name, sigma, cell_mm) in [("phone-oled-460", 0.6, 0.3), ("tablet-lcd-132", 3.0, 0.165)] {
            let device = Device::named(name).unwrap();
            let structure = Structure::of(device, sigma * cell_mm, cell_mm);
            let highest = (1..50).map(|i| power(structure, cell_mm, 0.0, i as f32 / 100.0)).fold(0.0, f32::max);
            assert!(highest < 0.01, "{name}: {highest}");
        }
    }

    #[test]
    fn halftones_repeat_with_their_ruling_along_the_screen_angle() {
        for (name, lines) in [("laser-85", 85.0), ("laser-150", 150.0)] {
            let device = Device::named(name).unwrap();
            let cell_mm = 0.03;
            let structure = Structure::of(device, 0.0, cell_mm);
            let period = lines / 25.4 * cell_mm;
            let (there, beside) =
                (power(structure, cell_mm, 75.0, period), power(structure, cell_mm, 75.0, period * 1.3));
            assert!(there > 0.3 && there > 8.0 * beside, "{name}: {there}, {beside}");
        }
    }

    #[test]
    fn scattered_dots_and_dye_have_no_period() {
        let cell_mm = 0.03;
        for name in ["inkjet-photo", "dye-15x10"] {
            let structure = Structure::of(Device::named(name).unwrap(), 0.0, cell_mm);
            let highest = (1..100).map(|i| power(structure, cell_mm, 75.0, i as f32 / 200.0)).fold(0.0, f32::max);
            assert!(highest < 0.15, "{name}: {highest}");
        }
    }
}
