//! Images in linear light.

#![expect(clippy::indexing_slicing, reason = "coordinates are clamped to the image before use")]

use countenance_core::frame::Frame;

/// Linear RGB, rows from top to bottom.
#[derive(Clone)]
pub(super) struct Light {
    /// Width in samples.
    pub(super) width: usize,
    /// Height in samples.
    pub(super) height: usize,
    /// width × height samples.
    pub(super) rgb: Vec<[f32; 3]>,
}

impl Light {
    /// An image whose sample (x, y) is `at(x, y)`.
    pub(super) fn from_fn(width: usize, height: usize, mut at: impl FnMut(usize, usize) -> [f32; 3]) -> Self {
        let rgb = (0..width * height).map(|i| at(i % width, i / width)).collect();
        Self { width, height, rgb }
    }

    /// Decodes the sRGB values of `frame` to linear light, 0 to 1.
    pub(super) fn of(frame: &Frame) -> Self {
        let curve: Vec<f32> = (0..=255_u8).map(|v| linear(f32::from(v) / 255.0)).collect();
        let rgb =
            frame.rgb().chunks_exact(3).map(|p| [curve[p[0] as usize], curve[p[1] as usize], curve[p[2] as usize]]);
        Self { width: frame.width() as usize, height: frame.height() as usize, rgb: rgb.collect() }
    }

    /// Bilinear interpolation at (`x`, `y`), in samples from the top left corner.
    pub(super) fn sample(&self, x: f32, y: f32) -> [f32; 3] {
        let (x, y) = ((x - 0.5).clamp(0.0, (self.width - 1) as f32), (y - 0.5).clamp(0.0, (self.height - 1) as f32));
        let (left, top) = (x as usize, y as usize);
        let (right, bottom) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        let (tx, ty) = (x - left as f32, y - top as f32);
        let at = |x: usize, y: usize| self.rgb[y * self.width + x];
        let mix = |a: [f32; 3], b: [f32; 3], t: f32| [0, 1, 2].map(|c| a[c] + (b[c] - a[c]) * t);
        mix(mix(at(left, top), at(right, top), tx), mix(at(left, bottom), at(right, bottom), tx), ty)
    }

    /// Mean of each channel.
    pub(super) fn mean(&self) -> [f32; 3] {
        let sum = self.rgb.iter().fold([0.0_f64; 3], |sum, v| [0, 1, 2].map(|c| sum[c] + f64::from(v[c])));
        sum.map(|sum| (sum / self.rgb.len().max(1) as f64) as f32)
    }
}

/// sRGB value to linear light, both 0 to 1.
pub(super) fn linear(value: f32) -> f32 {
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// Linear light to sRGB value, both 0 to 1.
pub(super) fn encoded(light: f32) -> f32 {
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}
