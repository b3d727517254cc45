//! Triangle setup and fill: which pixels a triangle covers, and their colors.

use eframe::egui::{TextureFilter, TextureOptions, epaint::Vertex};
use image::RgbaImage;

use super::{Clip, plus, texture::Texture};

/// Sub-pixel steps in a pixel.
const STEPS: i64 = 256;
/// Maximum distance of a vertex from the origin in pixels; keeps products of coordinates within 64 bits.
const MAX_DISTANCE: f32 = (1 << 20) as f32;

/// A vertex in pixel space.
#[derive(Clone, Copy)]
pub(super) struct Corner {
    /// Position from the upper left corner, 1/256 pixel.
    x: i64,
    y: i64,
    /// Interpolated values: red, green, blue and alpha from 0 to 1, then texture coordinates in texels.
    values: [f32; 6],
}

impl Corner {
    pub(super) fn new(&Vertex { pos, uv, color }: &Vertex, pixels_per_point: f32, [width, height]: [usize; 2]) -> Self {
        let steps = |points: f32| {
            ((points * pixels_per_point).clamp(-MAX_DISTANCE, MAX_DISTANCE) * STEPS as f32).round() as i64
        };
        let [r, g, b, a] = color.to_normalized_gamma_f32();
        let values = [r, g, b, a, uv.x * width as f32, uv.y * height as f32];
        Self { x: steps(pos.x), y: steps(pos.y), values }
    }
}

/// A triangle with nonzero area, vertices clockwise on screen, and the gradients of its values.
pub(super) struct Triangle {
    corners: [Corner; 3],
    /// Change of the values per pixel to the right and per pixel down.
    right: [f32; 6],
    down: [f32; 6],
}

impl Triangle {
    pub(super) fn new([a, b, c]: [Corner; 3]) -> Option<Self> {
        // Twice the signed area; egui's meshes use both windings.
        let (b, c, area) = match (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) {
            0 => return None,
            area if area < 0 => (c, b, -area),
            area => (b, c, area),
        };
        let slope = |b_part: i64, c_part: i64| {
            let share = |steps: i64| (STEPS * steps) as f32 / area as f32;
            let along_b = plus(b.values, a.values, -1.0).map(|change| change * share(b_part));
            plus(along_b, plus(c.values, a.values, -1.0), share(c_part))
        };
        let (right, down) = (slope(c.y - a.y, a.y - b.y), slope(a.x - c.x, b.x - a.x));
        Some(Self { corners: [a, b, c], right, down })
    }

    pub(super) fn fill(&self, picture: &mut RgbaImage, clip: Clip, texture: &Texture) {
        let [a, b, c] = self.corners;
        let top = (a.y.min(b.y).min(c.y) / STEPS).max(clip.top);
        let bottom = (a.y.max(b.y).max(c.y) / STEPS + 1).min(clip.bottom);
        let filter = self.filter(texture.options);
        let colour = |[r, g, b, a, u, v]: [f32; 6]| {
            let [red, green, blue, alpha] = texture.sample(u, v, filter);
            [r * red, g * green, b * blue, a * alpha]
        };
        let is_even = self.right.iter().chain(&self.down).all(|change| change.abs() < f32::EPSILON);
        let even = is_even.then(|| colour(a.values));

        let width = 4 * picture.width().max(1) as usize;
        let rows = picture.chunks_exact_mut(width).skip(top.max(0) as usize);
        for (y, row) in (top..bottom).zip(rows) {
            let (first, end) = self.span(y, clip);
            let (pixels, _) = row.as_chunks_mut::<4>();
            let Some(pixels) = pixels.get_mut(first as usize..end.max(first) as usize) else { continue };
            if let Some(colour) = even {
                for pixel in pixels {
                    blend(pixel, colour);
                }
                continue;
            }
            let start = plus(plus(a.values, self.down, centre_from(a.y, y)), self.right, centre_from(a.x, first));
            for (i, pixel) in pixels.iter_mut().enumerate() {
                blend(pixel, colour(plus(start, self.right, i as f32)));
            }
        }
    }

    /// The pixels of row `y` whose centers are in the triangle, as a half-open range. Centers on a top or left edge are
    /// inside.
    fn span(&self, y: i64, clip: Clip) -> (i64, i64) {
        let [a, b, c] = self.corners;
        let centre = STEPS * y + STEPS / 2;
        [(a, b), (b, c), (c, a)].into_iter().fold((clip.left, clip.right), |(first, end), (from, to)| {
            let (dx, dy) = (to.x - from.x, to.y - from.y);
            let inside_on_edge = dy < 0 || (dy == 0 && dx > 0);
            // The edge function at pixel 0; each pixel to the right adds −dy·STEPS. Inside is ≥ 0.
            let side = dx * (centre - from.y) - dy * (STEPS / 2 - from.x) - i64::from(!inside_on_edge);
            match dy.signum() {
                -1 => (first.max(-side.div_euclid(-dy * STEPS)), end),
                1 => (first, end.min(side.div_euclid(dy * STEPS) + 1)),
                _ if side < 0 => (first, first),
                _ => (first, end),
            }
        })
    }

    /// Chooses the minification or magnification filter by the size of texels relative to pixels.
    fn filter(&self, options: TextureOptions) -> TextureFilter {
        let ([.., right_u, right_v], [.., down_u, down_v]) = (self.right, self.down);
        let smaller = right_u.hypot(right_v).max(down_u.hypot(down_v)) > 1.0;
        if smaller { options.minification } else { options.magnification }
    }
}

/// Distance from `from` (1/256 pixel) to the center of `pixel`, in pixels.
fn centre_from(from: i64, pixel: i64) -> f32 {
    (STEPS * pixel + STEPS / 2 - from) as f32 / STEPS as f32
}

/// Blends `colour` (premultiplied, channels 0–255) over a pixel.
fn blend(pixel: &mut [u8; 4], colour: [f32; 4]) {
    let colour = colour.map(|channel| channel.clamp(0.0, 255.0));
    let [.., alpha] = colour;
    let keep = 1.0 - alpha / 255.0;
    for (below, above) in pixel.iter_mut().zip(colour) {
        // Rounding by hand: `f32::round` would be a function call per channel and pixel.
        *below = (above + f32::from(*below) * keep + 0.5) as u8;
    }
}
