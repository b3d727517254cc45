//! A texture as uploaded by egui, and its sampling.

use eframe::egui::{Color32, ImageData, TextureFilter, TextureOptions, TextureWrapMode, epaint::ImageDelta};

use super::plus;

/// A texture.
pub(super) struct Texture {
    /// Width and height in texels.
    pub(super) size: [usize; 2],
    /// Rows from top to bottom, premultiplied alpha.
    texels: Vec<Color32>,
    pub(super) options: TextureOptions,
}

impl Texture {
    pub(super) fn new(ImageDelta { image: ImageData::Color(image), options, .. }: &ImageDelta) -> Self {
        Self { size: image.size, texels: image.pixels.clone(), options: *options }
    }

    /// Overwrites the region whose upper left corner is `[x, y]`.
    pub(super) fn update(&mut self, [x, y]: [usize; 2], delta: &ImageDelta) {
        let ImageData::Color(part) = &delta.image;
        self.options = delta.options;
        let rows = self.texels.chunks_exact_mut(self.size[0].max(1)).skip(y);
        for (row, new) in rows.zip(part.pixels.chunks_exact(part.size[0].max(1))) {
            for (texel, new) in row.iter_mut().skip(x).zip(new) {
                *texel = *new;
            }
        }
    }

    /// The color at a point in texel coordinates, channels 0–255.
    pub(super) fn sample(&self, u: f32, v: f32, filter: TextureFilter) -> [f32; 4] {
        if filter == TextureFilter::Nearest {
            return self.texel(u.floor() as i64, v.floor() as i64);
        }
        let (left, top) = ((u - 0.5).floor(), (v - 0.5).floor());
        let (right_part, lower_part) = (u - 0.5 - left, v - 0.5 - top);
        let (x, y) = (left as i64, top as i64);
        [
            (x, y, (1.0 - right_part) * (1.0 - lower_part)),
            (x + 1, y, right_part * (1.0 - lower_part)),
            (x, y + 1, (1.0 - right_part) * lower_part),
            (x + 1, y + 1, right_part * lower_part),
        ]
        .into_iter()
        .fold([0.0; 4], |sum, (x, y, weight)| if weight > 0.0 { plus(sum, self.texel(x, y), weight) } else { sum })
    }

    fn texel(&self, x: i64, y: i64) -> [f32; 4] {
        let [width, height] = self.size;
        let (x, y) = (self.wrap(x, width), self.wrap(y, height));
        self.texels.get(y * width + x).copied().unwrap_or_default().to_array().map(f32::from)
    }

    /// Maps texel index `at` to a side of `length` texels.
    fn wrap(&self, at: i64, length: usize) -> usize {
        let length = (length as i64).max(1);
        let inside = match self.options.wrap_mode {
            TextureWrapMode::ClampToEdge => at.clamp(0, length - 1),
            TextureWrapMode::Repeat => at.rem_euclid(length),
            TextureWrapMode::MirroredRepeat => {
                let twice = at.rem_euclid(2 * length);
                twice.min(2 * length - 1 - twice)
            }
        };
        inside as usize
    }
}
