//! A software rasterizer for egui, without display or GPU, that reproduces egui's OpenGL painter: colors are multiplied
//! and blended as stored (sRGB, premultiplied alpha), textures are filtered as requested, and clipping is to whole
//! physical pixels.
//!
//! Triangles are filled with integer arithmetic on a grid of 1/256 pixel and the top-left rule, so triangles that share
//! an edge paint each pixel along it exactly once, on every machine alike. Not implemented: paint callbacks, mipmaps
//! (the full texture is sampled) and dithering, which changes a value by at most 1 of 255.

mod texture;
mod triangle;

use std::collections::HashMap;

use eframe::egui::{
    ClippedPrimitive, Color32, Mesh, Rect, TextureId, TexturesDelta,
    epaint::{Primitive, Vertex},
};
use image::{Rgba, RgbaImage};

use texture::Texture;
use triangle::{Corner, Triangle};

/// A painter that keeps egui's textures across frames.
#[derive(Default)]
pub struct Canvas {
    textures: HashMap<TextureId, Texture>,
    /// Removed at the next delta: the frame that frees a texture may still use it.
    freed: Vec<TextureId>,
}

impl Canvas {
    /// A painter without textures; egui's first frame uploads the font atlas.
    pub fn new() -> Self {
        Self::default()
    }

    /// Applies the texture changes of a frame. Call before painting it; the caller clears the delta afterwards.
    pub fn apply(&mut self, delta: &TexturesDelta) {
        for id in self.freed.drain(..) {
            self.textures.remove(&id);
        }
        for (id, images) in &delta.set {
            for image in images {
                match (image.pos, self.textures.get_mut(id)) {
                    (None, _) => _ = self.textures.insert(*id, Texture::new(image)),
                    (Some(corner), Some(texture)) => texture.update(corner, image),
                    (Some(_), None) => tracing::warn!(?id, "update of an unknown texture"),
                }
            }
        }
        self.freed.extend(&delta.free);
    }

    /// Paints a frame of `size_px` physical pixels over `background`. Alpha stays premultiplied, which matters only if
    /// `background` is not opaque.
    pub fn paint(
        &mut self,
        size_px: [u32; 2],
        pixels_per_point: f32,
        primitives: &[ClippedPrimitive],
        background: Color32,
    ) -> RgbaImage {
        let [width, height] = size_px;
        let mut picture = RgbaImage::from_pixel(width, height, Rgba(background.to_array()));
        for ClippedPrimitive { clip_rect, primitive } in primitives {
            let clip = Clip::new(*clip_rect, pixels_per_point, size_px);
            let Primitive::Mesh(mesh) = primitive else { continue };
            let Some(texture) = self.textures.get(&mesh.texture_id) else {
                tracing::warn!(id = ?mesh.texture_id, "unknown texture");
                continue;
            };
            for corners in triangles(mesh) {
                let corners = corners.map(|vertex| Corner::new(vertex, pixels_per_point, texture.size));
                if let Some(triangle) = Triangle::new(corners) {
                    triangle.fill(&mut picture, clip, texture);
                }
            }
        }
        picture
    }
}

fn triangles(mesh: &Mesh) -> impl Iterator<Item = [&Vertex; 3]> {
    let vertex = |index: u32| mesh.vertices.get(index as usize);
    mesh.triangles().filter_map(move |[a, b, c]| Some([vertex(a)?, vertex(b)?, vertex(c)?]))
}

/// The clip rectangle of a primitive in physical pixels; right and bottom are exclusive.
#[derive(Clone, Copy)]
struct Clip {
    left: i64,
    top: i64,
    right: i64,
    bottom: i64,
}

impl Clip {
    fn new(Rect { min, max }: Rect, pixels_per_point: f32, [width, height]: [u32; 2]) -> Self {
        let pixel =
            |points: f32, from: i64, to: u32| ((points * pixels_per_point).round() as i64).clamp(from, to.into());
        let (left, top) = (pixel(min.x, 0, width), pixel(min.y, 0, height));
        Self { left, top, right: pixel(max.x, left, width), bottom: pixel(max.y, top, height) }
    }
}

/// `a + b · factor`, per element.
fn plus<const N: usize>(mut a: [f32; N], b: [f32; N], factor: f32) -> [f32; N] {
    a.iter_mut().zip(b).for_each(|(a, b)| *a += b * factor);
    a
}

#[cfg(test)]
mod tests {
    use eframe::egui::{
        ColorImage, Context, FontData, FontDefinitions, FontFamily, FontId, ImageData, Pos2, RawInput, TextureOptions,
        TextureWrapMode, epaint::ImageDelta, pos2, vec2,
    };

    use super::*;

    const TEAL: Color32 = Color32::from_rgb(15, 61, 76);
    const HALF: Color32 = Color32::from_rgba_premultiplied(128, 128, 128, 128);
    const EVERYTHING: Rect = Rect::EVERYTHING;

    /// A canvas whose texture 0 is one white texel, as at the origin of egui's font atlas.
    fn canvas() -> Canvas {
        with_texture(ColorImage::filled([1, 1], Color32::WHITE), TextureOptions::LINEAR)
    }

    fn with_texture(image: ColorImage, options: TextureOptions) -> Canvas {
        let mut canvas = Canvas::new();
        canvas.apply(&delta(ImageDelta::full(image, options)));
        canvas
    }

    fn delta(image: ImageDelta) -> TexturesDelta {
        let mut delta = TexturesDelta::default();
        delta.push(TextureId::default(), image);
        delta
    }

    fn vertex((x, y): (f32, f32), color: Color32) -> Vertex {
        Vertex { pos: pos2(x, y), uv: Pos2::ZERO, color }
    }

    fn mesh(corners: &[(f32, f32)], indices: &[u32], color: Color32) -> Mesh {
        let vertices = corners.iter().map(|at| vertex(*at, color)).collect();
        Mesh { indices: indices.to_vec(), vertices, texture_id: TextureId::default() }
    }

    fn quad(rect: Rect, color: Color32) -> Mesh {
        let mut mesh = Mesh::default();
        mesh.add_rect_with_uv(rect, Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0)), color);
        mesh
    }

    fn paint(canvas: &mut Canvas, size: [u32; 2], clip_rect: Rect, mesh: Mesh) -> RgbaImage {
        let primitives = [ClippedPrimitive { clip_rect, primitive: Primitive::Mesh(mesh) }];
        canvas.paint(size, 1.0, &primitives, Color32::BLACK)
    }

    fn red(picture: &RgbaImage) -> Vec<u8> {
        picture.pixels().map(|Rgba([red, ..])| *red).collect()
    }

    /// Bounding box of the non-black pixels: left, top, right, bottom; the last two exclusive.
    fn ink(picture: &RgbaImage) -> [u32; 4] {
        let lit = picture.enumerate_pixels().filter(|(.., Rgba([r, g, b, _]))| r | g | b > 0);
        lit.fold([u32::MAX, u32::MAX, 0, 0], |[l, t, r, b], (x, y, _)| [l.min(x), t.min(y), r.max(x + 1), b.max(y + 1)])
    }

    #[test]
    fn a_quad_covers_pixels_by_their_centers() {
        let rows = [
            ("whole pixels", [2.0, 1.0, 5.0, 3.0], [2, 1, 5, 3]),
            ("centres just inside", [1.49, 0.49, 5.51, 3.51], [1, 0, 6, 4]),
            ("centres just outside", [1.51, 0.51, 5.49, 3.49], [2, 1, 5, 3]),
            ("centres on the edges: left and top count, right and bottom do not", [1.5, 0.5, 5.5, 3.5], [1, 0, 5, 3]),
            ("beyond the image", [-9e9, -1.0, 9e9, 2.0], [0, 0, 8, 2]),
        ];
        for (name, [left, top, right, bottom], want) in rows {
            let rect = Rect::from_min_max(pos2(left, top), pos2(right, bottom));
            let picture = paint(&mut canvas(), [8, 6], EVERYTHING, quad(rect, TEAL));
            assert_eq!(ink(&picture), want, "{name}");
            let inked = picture.pixels().filter(|pixel| **pixel == Rgba(TEAL.to_array())).count();
            assert_eq!(inked as u32, (want[2] - want[0]) * (want[3] - want[1]), "{name}");
        }
    }

    #[test]
    fn shared_edges_are_painted_exactly_once() {
        type Row<'a> = (&'a str, &'a [(f32, f32)], &'a [u32]);
        let corners = [(0.0, 0.0), (16.0, 0.0), (16.0, 16.0), (0.0, 16.0)];
        let star = [(0.0, 0.0), (16.0, 0.0), (16.0, 16.0), (0.0, 16.0), (5.5, 9.5)];
        let rows: [Row<'_>; 5] = [
            ("diagonal through centres", &corners, &[0, 1, 2, 0, 2, 3]),
            ("the other diagonal", &corners, &[0, 1, 3, 1, 2, 3]),
            ("one of them wound the other way", &corners, &[0, 2, 1, 0, 2, 3]),
            ("a fan about a centre", &star, &[0, 1, 4, 1, 2, 4, 2, 3, 4, 3, 0, 4]),
            ("with a triangle of no area", &corners, &[0, 1, 2, 0, 2, 3, 0, 0, 1]),
        ];
        for (name, corners, indices) in rows {
            let picture = paint(&mut canvas(), [16, 16], EVERYTHING, mesh(corners, indices, HALF));
            assert!(red(&picture).iter().all(|level| *level == 128), "{name}: {:?}", red(&picture));
        }
    }

    #[test]
    fn rounds_clip_rectangles_to_physical_pixels() {
        let whole = quad(Rect::from_min_size(Pos2::ZERO, vec2(50.0, 50.0)), TEAL);
        let clip_rect = Rect::from_min_max(pos2(1.2, 2.3), pos2(3.8, 4.6));
        let primitives = [ClippedPrimitive { clip_rect, primitive: Primitive::Mesh(whole) }];
        let picture = canvas().paint([12, 12], 2.0, &primitives, Color32::BLACK);
        assert_eq!(ink(&picture), [2, 5, 8, 9]);
        let nothing = paint(&mut canvas(), [12, 12], Rect::NOTHING, quad(EVERYTHING, TEAL));
        assert!(red(&nothing).iter().all(|level| *level == 0));
    }

    #[test]
    fn interpolates_and_blends_colors() {
        let mut ramp = quad(Rect::from_min_size(Pos2::ZERO, vec2(4.0, 1.0)), Color32::BLACK);
        for vertex in &mut ramp.vertices {
            vertex.color = if vertex.pos.x > 0.0 { Color32::WHITE } else { Color32::BLACK };
        }
        assert_eq!(red(&paint(&mut canvas(), [4, 1], EVERYTHING, ramp)), [32, 96, 159, 223]);

        let over = quad(Rect::from_min_size(Pos2::ZERO, vec2(1.0, 1.0)), HALF);
        let primitives = [ClippedPrimitive { clip_rect: EVERYTHING, primitive: Primitive::Mesh(over) }];
        let on = |background| canvas().paint([1, 1], 1.0, &primitives, background).into_raw();
        assert_eq!(on(Color32::from_rgb(200, 0, 0)), [228, 128, 128, 255]);
        assert_eq!(on(Color32::TRANSPARENT), [128; 4], "alpha is kept, premultiplied");
    }

    #[test]
    fn filters_and_wraps_textures_as_requested() {
        let two = ColorImage::new([2, 1], vec![Color32::BLACK, Color32::WHITE]);
        let (linear, nearest) = (TextureOptions::LINEAR, TextureOptions::NEAREST);
        let repeat = TextureOptions { wrap_mode: TextureWrapMode::Repeat, ..nearest };
        let mirror = TextureOptions { wrap_mode: TextureWrapMode::MirroredRepeat, ..nearest };
        let rows = [
            ("linear", linear, 1.0, [0, 0, 32, 96, 159, 223, 255, 255]),
            ("nearest", nearest, 1.0, [0, 0, 0, 0, 255, 255, 255, 255]),
            ("clamped", nearest, 2.0, [0, 0, 255, 255, 255, 255, 255, 255]),
            ("repeated", repeat, 2.0, [0, 0, 255, 255, 0, 0, 255, 255]),
            ("mirrored", mirror, 2.0, [0, 0, 255, 255, 255, 255, 0, 0]),
        ];
        for (name, options, times, want) in rows {
            let mut mesh = quad(Rect::from_min_size(Pos2::ZERO, vec2(8.0, 1.0)), Color32::WHITE);
            mesh.vertices.iter_mut().for_each(|vertex| vertex.uv.x *= times);
            let picture = paint(&mut with_texture(two.clone(), options), [8, 1], EVERYTHING, mesh);
            assert_eq!(red(&picture), want, "{name}");
        }
    }

    #[test]
    fn updates_textures_partially_and_frees_them_after_the_frame() {
        let whole = ColorImage::filled([4, 2], Color32::WHITE);
        let mut canvas = with_texture(whole, TextureOptions::NEAREST);
        let part = ImageData::from(ColorImage::filled([2, 1], Color32::from_gray(9)));
        let mut change = delta(ImageDelta::partial([1, 1], part, TextureOptions::NEAREST));
        change.free(TextureId::default());
        canvas.apply(&change);
        let all = || quad(Rect::from_min_size(Pos2::ZERO, vec2(4.0, 2.0)), Color32::WHITE);
        let painted = paint(&mut canvas, [4, 2], EVERYTHING, all());
        assert_eq!(red(&painted), [255, 255, 255, 255, 255, 9, 9, 255]);
        canvas.apply(&TexturesDelta::default());
        let gone = paint(&mut canvas, [4, 2], EVERYTHING, all());
        assert_eq!(red(&gone), [0; 8]);
        change.clear();
    }

    #[test]
    fn paints_text_where_it_was_laid_out() {
        let letters = FontData::from_static(include_bytes!("../../assets/fonts/Inter-Regular.ttf"));
        let mut fonts = FontDefinitions::default();
        fonts.font_data.insert("letters".into(), letters.into());
        for family in [FontFamily::Proportional, FontFamily::Monospace] {
            fonts.families.insert(family, vec!["letters".into()]);
        }
        for pixels_per_point in [1.0, 2.0] {
            let context = Context::default();
            context.set_fonts(fonts.clone());
            context.set_pixels_per_point(pixels_per_point);
            let (mut canvas, mut picture, mut place) = (Canvas::new(), RgbaImage::default(), Rect::NOTHING);
            for _ in 0..2 {
                let mut output = context.run_ui(RawInput::default(), |ui| {
                    let font = FontId::proportional(24.0);
                    let galley = ui.painter().layout_no_wrap("Begin".to_owned(), font, Color32::WHITE);
                    place = galley.rect.translate(vec2(20.0, 10.0));
                    ui.painter().galley(place.min, galley, Color32::WHITE);
                });
                canvas.apply(&output.textures_delta);
                output.textures_delta.clear();
                let primitives = context.tessellate(output.shapes, output.pixels_per_point);
                picture = canvas.paint([300, 100], output.pixels_per_point, &primitives, Color32::BLACK);
            }
            let [left, top, right, bottom] = ink(&picture).map(|pixels| pixels as f32 / pixels_per_point);
            assert!(place.contains(pos2(left, top)) && place.contains(pos2(right, bottom)), "{:?}", ink(&picture));
            assert!(left - place.left() < 4.0 && place.right() - right < 4.0, "ink {left}–{right} in {place:?}");
            assert!(bottom - top > 0.5 * 24.0, "ink {top}–{bottom} in {place:?}");
            let bright = red(&picture).into_iter().filter(|level| *level > 200).count();
            assert!(bright > 100, "{bright} bright pixels");
        }
    }
}
