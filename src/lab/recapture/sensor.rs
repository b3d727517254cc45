//! Sensor and camera processing: exposure, Bayer mosaic, noise, white balance, transfer curve, JPEG.

#![expect(clippy::indexing_slicing, reason = "coordinates are inside the mosaic by construction")]

use image::{ExtendedColorType, ImageResult, RgbImage, codecs::jpeg::JpegEncoder};

use super::{
    Options,
    parameters::Parameters,
    picture::{Light, encoded},
    pose::OVERSAMPLING,
    rng::{Purpose, normal, stream},
};

/// Metering target for the mean, relative to full scale: 18 % gray.
const METER_TARGET: f32 = 0.18;
/// Longest exposure at 30 fps, and the shortest of such sensors.
const MAX_SECS: f32 = 1.0 / 30.0;
const MIN_SECS: f32 = 1.0 / 4_000.0;
/// Mean luminance that the longest exposure renders as middle gray at base gain, cd/m², for an f/2.4 lens and
/// photosites of 2 µm. Below it the camera raises the gain, and with it the noise.
const BASE_NITS: f32 = 10.0;

/// The settled automatic exposure and white balance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Exposure {
    /// Full scale per unit of light.
    gain: f32,
    /// White balance gains of red, green and blue.
    balance: [f32; 3],
    /// Exposure time per row, seconds.
    pub(super) secs: f32,
    /// Charge at full scale, electrons: lower at higher gain.
    full_electrons: f32,
}

impl Exposure {
    /// Meters `light`, center-weighted: brightness to middle gray, color part of the way to gray.
    pub(super) fn metered(light: &Light, options: &Options, parameters: &Parameters) -> Self {
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
        let optics = &parameters.camera;
        // Illuminance E on white paper gives a luminance of E/π cd/m².
        let nits = grey * parameters.room.lux / std::f32::consts::PI;
        let wanted = (MAX_SECS * BASE_NITS / nits).clamp(MIN_SECS, MAX_SECS);
        let half_period = 0.5 / optics.mains_hz;
        // Lamps flicker at twice the mains frequency; exposures of whole half periods do not see it.
        let secs = if wanted > half_period { (wanted / half_period).floor() * half_period } else { wanted };
        let charge = (nits / BASE_NITS * secs / MAX_SECS).min(1.0);
        Self {
            gain: METER_TARGET / grey * optics.exposure_stops.exp2(),
            balance: mean.map(|mean| (grey / mean).powf(optics.balance_ratio)),
            secs,
            full_electrons: options.camera.full_electrons * charge.max(0.01),
        }
    }
}

/// The image that the sensor makes of `light`, as frame number `frame`.
pub(super) fn expose(
    light: &Light,
    exposure: Exposure,
    options: &Options,
    parameters: &Parameters,
    frame: u64,
) -> RgbImage {
    let raw = mosaic(light, exposure, options, frame);
    let full = demosaic(&raw, light.width, light.height);
    sharpen(&develop(&full, exposure), parameters.camera.sharpen_ratio)
}

/// The first `width` × `height` pixels of `light`, 0 to 1, without a camera: the sRGB curve alone.
pub(super) fn encode(light: &Light, width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let value = light.rgb[y as usize * light.width + x as usize];
        image::Rgb(value.map(|light| (encoded(light.clamp(0.0, 1.0)) * 255.0).round() as u8))
    })
}

/// JPEG-compresses `picture` with `quality`, 1 to 100.
pub(super) fn jpeg(picture: &RgbImage, quality: f32) -> ImageResult<Vec<u8>> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, quality.clamp(1.0, 100.0) as u8).encode(
        picture.as_raw(),
        picture.width(),
        picture.height(),
        ExtendedColorType::Rgb8,
    )?;
    Ok(out)
}

/// The color channel of photosite (`x`, `y`): RGGB.
fn filter(x: usize, y: usize) -> usize {
    match (x % 2, y % 2) {
        (0, 0) => 0,
        (1, 1) => 2,
        _ => 1,
    }
}

/// One noisy value per photosite, 0 to 1.
fn mosaic(light: &Light, exposure: Exposure, options: &Options, frame: u64) -> Vec<f32> {
    let mut rng = stream(options.seed, Purpose::Sensor, frame);
    let (full, read) = (exposure.full_electrons, options.camera.read_electrons);
    let site = |(i, value): (usize, &[f32; 3])| {
        let electrons = value[filter(i % light.width, i / light.width)] * exposure.gain * full;
        let deviation = (electrons.max(0.0) + read * read).sqrt();
        ((electrons + deviation * normal(&mut rng)) / full).clamp(0.0, 1.0)
    };
    light.rgb.iter().enumerate().map(site).collect()
}

/// Bilinear demosaicing: fills the two missing channels of each photosite from its neighbors.
fn demosaic(raw: &[f32], width: usize, height: usize) -> Light {
    Light::from_fn(width, height, |x, y| {
        let (mut sum, mut count) = ([0.0_f32; 3], [0.0_f32; 3]);
        for ny in y.saturating_sub(1)..(y + 2).min(height) {
            for nx in x.saturating_sub(1)..(x + 2).min(width) {
                let channel = filter(nx, ny);
                // Diagonal neighbors have half the weight of direct ones, as in bilinear interpolation.
                let weight = if nx != x && ny != y { 0.5 } else { 1.0 };
                sum[channel] += weight * raw[ny * width + nx];
                count[channel] += weight;
            }
        }
        let own = filter(x, y);
        [0, 1, 2].map(|c| if c == own { raw[y * width + x] } else { sum[c] / count[c].max(0.5) })
    })
}

/// Bins photosites to output pixels, balances white, and applies the sRGB curve.
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

/// Unsharp masking against the mean of 3×3 pixels.
fn sharpen(picture: &RgbImage, ratio: f32) -> RgbImage {
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
        image::Rgb([0, 1, 2].map(|c| (own[c] + ratio * (own[c] - sum[c] / count)).round().clamp(0.0, 255.0) as u8))
    })
}

#[cfg(test)]
mod tests {
    use super::{
        super::axes::{Lighting, Species, Support},
        *,
    };

    fn options(light: Lighting) -> (Options, Parameters) {
        let options = Options { light, ..Options::new(Species::Print, Support::Fixed, 1) };
        let mut parameters = Parameters::draw(&options);
        parameters.camera.exposure_stops = 0.0;
        (options, parameters)
    }

    #[test]
    fn metering_exposes_every_gray_to_middle_gray() {
        let (options, parameters) = options(Lighting::Even);
        for level in [0.1, 0.5, 3.0] {
            let light = Light::from_fn(40, 40, |_, _| [level; 3]);
            let exposure = Exposure::metered(&light, &options, &parameters);
            let picture = expose(&light, exposure, &options, &parameters, 0);
            let mean = picture.as_raw().iter().map(|&v| f32::from(v)).sum::<f32>() / picture.as_raw().len() as f32;
            assert!((mean - 255.0 * encoded(METER_TARGET)).abs() < 2.0, "{level}: {mean}");
        }
    }

    #[test]
    fn less_light_gives_longer_exposure_and_more_noise() {
        let light = Light::from_fn(40, 40, |_, _| [0.3; 3]);
        let seen = |lux| {
            let (options, mut parameters) = options(Lighting::Even);
            parameters.room.lux = lux;
            let exposure = Exposure::metered(&light, &options, &parameters);
            let raw = mosaic(&light, exposure, &options, 0);
            let mean = raw.iter().sum::<f32>() / raw.len() as f32;
            let variance = raw.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / raw.len() as f32;
            (exposure.secs, variance.sqrt() / mean)
        };
        let (bright, office, dark) = (seen(2_000.0), seen(400.0), seen(10.0));
        assert!(bright.0 < office.0 && office.0 <= dark.0, "{bright:?} {office:?} {dark:?}");
        assert!((bright.1 - 0.038).abs() < 0.01, "720 electrons: {bright:?}");
        assert!(dark.1 > 2.0 * bright.1, "{bright:?} {dark:?}");
    }

    #[test]
    fn demosaicing_preserves_a_uniform_color() {
        let light = Light::from_fn(16, 16, |_, _| [0.4, 0.2, 0.1]);
        let raw: Vec<f32> = light.rgb.iter().enumerate().map(|(i, v)| v[filter(i % 16, i / 16)]).collect();
        for value in demosaic(&raw, 16, 16).rgb {
            assert!((0..3).all(|c| (value[c] - light.rgb[0][c]).abs() < 1e-5), "{value:?}");
        }
    }
}
