//! The user's mirrored camera image, with an oval guide and a progress ring. Painted from the newest frame at the
//! window's rate, independent of the networks.

use std::f32::consts::{PI, TAU};

use eframe::egui::{
    self, Color32, ColorImage, Context, Mesh, Painter, Pos2, Rect, Shape, Stroke, TextureHandle, TextureOptions, pos2,
    vec2,
};

use super::{
    marks::{ellipse, polyline},
    theme::{PREVIEW_RADIUS, RING, Theme, mix},
};
use countenance_core::frame::Frame;

/// Width-to-height ratio of the visible part of a frame.
const ASPECT: f32 = 0.86;
/// Width of the oval relative to the preview; a face that fills it is well placed.
const OVAL_WIDTH: f32 = 0.62;
/// Height of the oval relative to its width, as for a head.
const OVAL_ASPECT: f32 = 1.34;
/// Vertices of the veil's inner and outer edge.
const VEIL_STEPS: usize = 480;

/// A frame uploaded as a texture.
#[derive(Default)]
pub(super) struct Preview {
    texture: Option<TextureHandle>,
    shown: Option<(u64, u32, u32)>,
}

impl Preview {
    /// Uploads `frame`; `None` releases the last one.
    pub(super) fn take(&mut self, ctx: &Context, frame: Option<&Frame>) {
        let Some(frame) = frame else {
            *self = Self::default();
            return;
        };
        let stamp = (frame.seq(), frame.width(), frame.height());
        if self.shown == Some(stamp) {
            return;
        }
        let image = ColorImage::from_rgb([frame.width() as usize, frame.height() as usize], frame.rgb());
        match &mut self.texture {
            Some(texture) => texture.set(image, TextureOptions::LINEAR),
            None => self.texture = Some(ctx.load_texture("preview", image, TextureOptions::LINEAR)),
        }
        self.shown = Some(stamp);
    }

    /// Sequence number of the frame shown.
    pub(super) fn seq(&self) -> Option<u64> {
        self.shown.map(|(seq, _, _)| seq)
    }

    /// Whether there is no image.
    pub(super) fn is_empty(&self) -> bool {
        self.texture.is_none()
    }

    /// Paints the center of the image into `rect`, mirrored.
    pub(super) fn paint(&self, painter: &Painter, rect: Rect, radius: f32) {
        let Some((texture, (_, width, height))) = self.texture.as_ref().zip(self.shown) else { return };
        let uv = mirrored_middle(width as f32 / height as f32, rect.aspect_ratio());
        let shape = egui::epaint::RectShape::filled(rect, radius, Color32::WHITE).with_texture(texture.id(), uv);
        painter.add(shape);
    }
}

/// The largest preview that fits: as wide as possible, at most `height` high.
pub(super) fn place(available: Rect, height: f32) -> Rect {
    let width = available.width().min(height * ASPECT);
    Rect::from_min_size(pos2(available.center().x - width / 2.0, available.top()), vec2(width, width / ASPECT))
}

/// The oval within a preview.
pub(super) fn oval(rect: Rect) -> Rect {
    let width = rect.width() * OVAL_WIDTH;
    Rect::from_center_size(rect.center(), vec2(width, width * OVAL_ASPECT))
}

/// Dims the area outside the oval and draws the ring, filled to `progress` (0 to 1).
pub(super) fn guide(painter: &Painter, rect: Rect, progress: f32, theme: &Theme) {
    let t = theme.tokens;
    let oval = oval(rect);
    painter.add(veil(rect, oval, t.background.gamma_multiply(0.72)));
    let track = oval.expand(RING * 1.1);
    polyline(painter, &ellipse(track, 0.0, TAU, 120), Stroke::new(RING, mix(t.line, t.background, 0.55)));
    if progress > 0.004 {
        let colour = if progress >= 1.0 { t.good } else { t.accent };
        let to = -PI / 2.0 + TAU * progress.min(1.0);
        polyline(painter, &ellipse(track, -PI / 2.0, to, 120), Stroke::new(RING, colour));
    }
}

/// Texture coordinates of the visible part, mirrored horizontally.
fn mirrored_middle(frame_aspect: f32, shown_aspect: f32) -> Rect {
    let (width, height) = if frame_aspect > shown_aspect {
        (shown_aspect / frame_aspect, 1.0)
    } else {
        (1.0, frame_aspect / shown_aspect)
    };
    let (left, top) = ((1.0 - width) / 2.0, (1.0 - height) / 2.0);
    Rect { min: pos2(1.0 - left, top), max: pos2(left, 1.0 - top) }
}

/// Fills the rounded rectangle except for the oval.
fn veil(rect: Rect, oval: Rect, colour: Color32) -> Shape {
    let mut mesh = Mesh::default();
    for inner in ellipse(oval, 0.0, TAU, VEIL_STEPS) {
        mesh.colored_vertex(inner, colour);
        mesh.colored_vertex(edge(rect, oval.center(), inner), colour);
    }
    for i in 0..VEIL_STEPS as u32 {
        let at = i * 2;
        mesh.add_triangle(at, at + 1, at + 2);
        mesh.add_triangle(at + 1, at + 3, at + 2);
    }
    Shape::mesh(mesh)
}

/// Where the ray from `centre` through `point` leaves the rounded rectangle.
fn edge(rect: Rect, centre: Pos2, point: Pos2) -> Pos2 {
    let (mut inside, mut outside) = (0.0, 8.0);
    let direction = point - centre;
    for _ in 0..24 {
        let middle = f32::midpoint(inside, outside);
        if is_within(rect, centre + direction * middle) { inside = middle } else { outside = middle }
    }
    centre + direction * inside
}

fn is_within(rect: Rect, point: Pos2) -> bool {
    let from_centre = (point - rect.center()).abs();
    let corner = from_centre - (rect.size() / 2.0 - vec2(PREVIEW_RADIUS, PREVIEW_RADIUS));
    if corner.x > 0.0 && corner.y > 0.0 {
        corner.length() <= PREVIEW_RADIUS
    } else {
        corner.x <= PREVIEW_RADIUS && corner.y <= PREVIEW_RADIUS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_center_mirrored() {
        let uv = mirrored_middle(4.0 / 3.0, 2.0 / 3.0);
        assert!((uv.min.x - 0.75).abs() < 1e-6 && (uv.max.x - 0.25).abs() < 1e-6);
        assert!((uv.min.y - 0.0).abs() < 1e-6 && (uv.max.y - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_oval_is_inside_the_preview_and_the_veil_ends_at_its_edge() {
        let rect = Rect::from_min_size(pos2(10.0, 20.0), vec2(344.0, 400.0));
        assert!(rect.contains_rect(oval(rect).expand(RING)));
        let corner = edge(rect, rect.center(), rect.max);
        assert!(
            is_within(rect, corner) && corner.distance(rect.max) < PREVIEW_RADIUS && corner.distance(rect.max) > 5.0
        );
        let side = edge(rect, rect.center(), pos2(rect.right() - 50.0, rect.center().y));
        assert!((side.x - rect.right()).abs() < 0.01);
    }
}
