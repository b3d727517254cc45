//! The sensor and the camera's processing: exposure, Bayer mosaic, noise, white balance, curve, JPEG.

#![expect(clippy::indexing_slicing, reason = "coordinates stay inside the mosaic by construction")]

use image::{ExtendedColorType, ImageResult, RgbImage, codecs::jpeg::JpegEncoder};

use super::{
    chance::{Purpose, normal, stream},
    picture::{Light, encoded},
    pose::OVERSAMPLING,
};

/// Mean light that the meter aims at, by full scale: 18 % grey.
const METER_TARGET: f32 = 0.18;
/// Charge of a full photosite, electrons: a small webcam sensor at some gain.
const FULL_ELECTRONS: f32 = 4_000.0;
/// Noise of reading a photosite, electrons.
const READ_ELECTRONS: f32 = 6.0;
/// Share of the way to a grey mean that automatic white balance goes.
const BALANCE_RATIO: f32 = 0.5;
/// How much of the difference from its neighbours' mean a pixel gains: the processors of webcams sharpen what their lenses
/// blur.
const SHARPEN_RATIO: f32 = 0.7;
/// JPEG quality of the camera's stream.
const JPEG_QUALITY: u8 = 88;

/// What the camera's automatics settled on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exposure {
    /// Full scale per unit of light.
    gain: f32,
    /// Gains of red, green and blue.
    balance: [f32; 3],
}

impl Exposure {
    /// Meters `light`, the middle weighing most: brightness to grey, colour half the way to grey.
    pub(super) fn metered(light: &Light) -> Self {
        let (mut sum, mut whole) = ([0.0_f64; 3], 0.0_f64);
        for (i, value) in light.rgb.iter().enumerate() {
            let (x, y) =
                ((i % light.width) as f64 / light.width as f64, (i / light.width) as f64 / light.height as f64);
            let weight = (-8.0 * ((x - 0.5).powi(2) + (y - 0.5).powi(2))).exp();
            sum = [0, 1, 2].map(|c| sum[c] + weight * f64::from(value[c]));
            whole += weight;
        }
        let mean = sum.map(|sum| ((sum / whole) as f32).max(1e-4));
        let grey = mean.iter().sum::<f32>() / 3.0;
        Self { gain: METER_TARGET / grey, balance: mean.map(|mean| (grey / mean).powf(BALANCE_RATIO)) }
    }
}

/// The picture that the sensor makes of `light`, as frame number `frame`.
pub(super) fn expose(light: &Light, exposure: Exposure, seed: u64, frame: u64) -> RgbImage {
    let raw = mosaic(light, exposure, seed, frame);
    let full = demosaic(&raw, light.width, light.height);
    sharpen(&develop(&full, exposure))
}

/// `picture` as the camera compresses it.
pub(super) fn jpeg(picture: &RgbImage) -> ImageResult<Vec<u8>> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY).encode(
        picture.as_raw(),
        picture.width(),
        picture.height(),
        ExtendedColorType::Rgb8,
    )?;
    Ok(out)
}

/// The channel behind the filter of photosite (`x`, `y`): R G over G B.
fn filter(x: usize, y: usize) -> usize {
    match (x % 2, y % 2) {
        (0, 0) => 0,
        (1, 1) => 2,
        _ => 1,
    }
}

/// One noisy number a photosite, 0 to 1.
fn mosaic(light: &Light, exposure: Exposure, seed: u64, frame: u64) -> Vec<f32> {
    let mut chance = stream(seed, Purpose::Sensor, frame);
    let site = |(i, value): (usize, &[f32; 3])| {
        let electrons = value[filter(i % light.width, i / light.width)] * exposure.gain * FULL_ELECTRONS;
        let deviation = (electrons.max(0.0) + READ_ELECTRONS * READ_ELECTRONS).sqrt();
        ((electrons + deviation * normal(&mut chance)) / FULL_ELECTRONS).clamp(0.0, 1.0)
    };
    light.rgb.iter().enumerate().map(site).collect()
}

/// Fills in the two channels that each photosite lacks with the mean of its neighbours that have them.
fn demosaic(raw: &[f32], width: usize, height: usize) -> Light {
    Light::from_fn(width, height, |x, y| {
        let (mut sum, mut count) = ([0.0_f32; 3], [0.0_f32; 3]);
        for ny in y.saturating_sub(1)..(y + 2).min(height) {
            for nx in x.saturating_sub(1)..(x + 2).min(width) {
                let channel = filter(nx, ny);
                // Neighbours at the corner count half as much as those at the side, as in bilinear filling.
                let weight = if nx != x && ny != y { 0.5 } else { 1.0 };
                sum[channel] += weight * raw[ny * width + nx];
                count[channel] += weight;
            }
        }
        let own = filter(x, y);
        [0, 1, 2].map(|c| if c == own { raw[y * width + x] } else { sum[c] / count[c].max(0.5) })
    })
}

/// Bins photosites to output pixels, balances white, and applies the curve of sRGB.
fn develop(full: &Light, exposure: Exposure) -> RgbImage {
    let bin = OVERSAMPLING as usize;
    let (width, height) = (full.width / bin, full.height / bin);
    RgbImage::from_fn(width as u32, height as u32, |x, y| {
        let mut sum = [0.0; 3];
        for dy in 0..bin {
            for dx in 0..bin {
                let value = full.rgb[(y as usize * bin + dy) * full.width + x as usize * bin + dx];
                sum = [0, 1, 2].map(|c| sum[c] + value[c]);
            }
        }
        let share = (bin * bin) as f32;
        image::Rgb([0, 1, 2].map(|c| {
            let light = (sum[c] / share * exposure.balance[c]).clamp(0.0, 1.0);
            (encoded(light) * 255.0).round() as u8
        }))
    })
}

/// Unsharp masking with the mean of three by three pixels.
fn sharpen(picture: &RgbImage) -> RgbImage {
    let (width, height) = picture.dimensions();
    RgbImage::from_fn(width, height, |x, y| {
        let (mut sum, mut count) = ([0.0_f32; 3], 0.0_f32);
        for ny in y.saturating_sub(1)..(y + 2).min(height) {
            for nx in x.saturating_sub(1)..(x + 2).min(width) {
                sum = [0, 1, 2].map(|c| sum[c] + f32::from(picture[(nx, ny)][c]));
                count += 1.0;
            }
        }
        let own = picture[(x, y)].0.map(f32::from);
        image::Rgb(
            [0, 1, 2].map(|c| (own[c] + SHARPEN_RATIO * (own[c] - sum[c] / count)).round().clamp(0.0, 255.0) as u8),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_meter_makes_any_grey_the_same_grey() {
        for level in [0.01, 0.2, 3.0] {
            let light = Light::from_fn(40, 40, |_, _| [level; 3]);
            let picture = expose(&light, Exposure::metered(&light), 1, 0);
            let mean = picture.as_raw().iter().map(|&v| f32::from(v)).sum::<f32>() / picture.as_raw().len() as f32;
            assert!((mean - 255.0 * encoded(METER_TARGET)).abs() < 2.0, "{level}: {mean}");
        }
    }

    #[test]
    fn a_flat_colour_survives_the_mosaic() {
        let light = Light::from_fn(16, 16, |_, _| [0.4, 0.2, 0.1]);
        let raw: Vec<f32> = light.rgb.iter().enumerate().map(|(i, v)| v[filter(i % 16, i / 16)]).collect();
        for value in demosaic(&raw, 16, 16).rgb {
            assert!((0..3).all(|c| (value[c] - light.rgb[0][c]).abs() < 1e-5), "{value:?}");
        }
    }
}
