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
use countenance_client::runner::FacePlace;
use countenance_core::{frame::Frame, policy::Policy};

/// Width-to-height ratio of the visible part of a frame.
const ASPECT: f32 = 0.86;
/// Width of the oval relative to the preview; a face that fills it is well placed.
const OVAL_WIDTH: f32 = 0.62;
/// Height of the oval relative to its width, as for a head.
const OVAL_ASPECT: f32 = 1.34;
/// Vertices of the veil's inner and outer edge.
const VEIL_STEPS: usize = 480;

/// Share of the preview's width that a far face takes once the preview has zoomed in.
const FACE_SHARE: f32 = 0.45;
/// Largest zoom. A face that needs more is too far away, and must look so.
const ZOOM_MAX: f32 = 3.0;
/// Share of the way to where the preview should look that it goes with each frame: there within a second, without haste.
const ZOOM_STEP: f32 = 0.12;

/// A frame uploaded as a texture.
#[derive(Default)]
pub(super) struct Preview {
    texture: Option<TextureHandle>,
    shown: Option<(u64, u32, u32)>,
    look: Look,
}

/// The part of the frame that the preview shows.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Look {
    /// Center, relative to the frame's sides.
    centre: [f32; 2],
    /// How much larger than the whole, at least 1.
    zoom: f32,
}

impl Default for Look {
    fn default() -> Self {
        Self { centre: [0.5; 2], zoom: 1.0 }
    }
}

impl Look {
    /// Where to look for `face`, whose allowed distance from the frame's center is `off_centre_ratio`; `visible` is the
    /// share of the frame's width that is shown without zoom.
    ///
    /// What is not allowed must be visible: a face beyond that distance is not in the middle, one that is too far away is
    /// small.
    fn at(face: FacePlace, visible: f32, off_centre_ratio: f32) -> Self {
        let zoom = (FACE_SHARE * visible / face.width_ratio.max(0.001)).clamp(1.0, ZOOM_MAX);
        let near = |at: f32| at.clamp(0.5 - off_centre_ratio, 0.5 + off_centre_ratio);
        // Without zoom the middle of the frame is shown, as in a window.
        let follows = ((zoom - 1.0) * 2.0).min(1.0);
        let centre = [face.x_ratio, face.y_ratio].map(|at| 0.5 + (near(at) - 0.5) * follows);
        Self { centre, zoom }
    }

    fn toward(self, other: Self) -> Self {
        let go = |from: f32, to: f32| from + (to - from) * ZOOM_STEP;
        let [x, y] = self.centre;
        Self { centre: [go(x, other.centre[0]), go(y, other.centre[1])], zoom: go(self.zoom, other.zoom) }
    }
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

    /// As [`take`](Self::take), and zooms in on `face` if it is far away, as at a kiosk.
    pub(super) fn follow(&mut self, ctx: &Context, frame: Option<&Frame>, face: Option<FacePlace>) {
        let before = self.seq();
        self.take(ctx, frame);
        let Some((_, width, height)) = self.shown.filter(|(seq, ..)| before != Some(*seq)) else { return };
        let visible = (ASPECT * height as f32 / width as f32).min(1.0);
        let allowed = Policy::for_kiosk().quality.off_centre_ratio;
        let wanted = face.map_or_else(Look::default, |face| Look::at(face, visible, allowed));
        // It begins where the person is.
        self.look = if before.is_none() { wanted } else { self.look.toward(wanted) };
    }

    /// Size of the frame shown, pixels.
    pub(super) fn size(&self) -> Option<[u32; 2]> {
        self.shown.map(|(_, width, height)| [width, height])
    }

    /// Sequence number of the frame shown.
    pub(super) fn seq(&self) -> Option<u64> {
        self.shown.map(|(seq, _, _)| seq)
    }

    /// Whether there is no image.
    pub(super) fn is_empty(&self) -> bool {
        self.texture.is_none()
    }

    /// Paints the image into `rect`, mirrored: its center, or where [`follow`](Self::follow) looks.
    pub(super) fn paint(&self, painter: &Painter, rect: Rect, radius: f32) {
        let Some((texture, (_, width, height))) = self.texture.as_ref().zip(self.shown) else { return };
        let uv = mirrored_part(width as f32 / height as f32, rect.aspect_ratio(), self.look);
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
fn mirrored_part(frame_aspect: f32, shown_aspect: f32, look: Look) -> Rect {
    let (width, height) = if frame_aspect > shown_aspect {
        (shown_aspect / frame_aspect, 1.0)
    } else {
        (1.0, frame_aspect / shown_aspect)
    };
    let (width, height) = (width / look.zoom, height / look.zoom);
    let [x, y] = look.centre;
    let left = (x - width / 2.0).clamp(0.0, 1.0 - width);
    let top = (y - height / 2.0).clamp(0.0, 1.0 - height);
    Rect { min: pos2(left + width, top), max: pos2(left, top + height) }
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
        let uv = mirrored_part(4.0 / 3.0, 2.0 / 3.0, Look::default());
        assert!((uv.min.x - 0.75).abs() < 1e-6 && (uv.max.x - 0.25).abs() < 1e-6);
        assert!((uv.min.y - 0.0).abs() < 1e-6 && (uv.max.y - 1.0).abs() < 1e-6);
    }

    #[test]
    fn zooms_in_on_a_far_face_and_shows_what_is_not_allowed() {
        let face = |x_ratio: f32, width_ratio: f32| FacePlace { x_ratio, y_ratio: 0.5, width_ratio };
        let (aspect, shown, allowed) = (16.0 / 9.0, ASPECT, 0.3);
        let visible = shown / aspect;
        // Place and width of the face in the preview, relative to its width.
        let seen = |face: FacePlace| {
            let look = Look::at(face, visible, allowed);
            let uv = mirrored_part(aspect, shown, look);
            let width = uv.min.x - uv.max.x;
            ((face.x_ratio - uv.max.x) / width, face.width_ratio / width, look.zoom)
        };
        let (at, width, zoom) = seen(face(0.5, 0.10));
        assert!((at - 0.5).abs() < 0.01 && (width - FACE_SHARE).abs() < 0.01 && zoom > 2.0, "{at} {width} {zoom}");
        let (at, width, _) = seen(face(0.75, 0.12));
        assert!((at - 0.5).abs() < 0.05 && (width - FACE_SHARE).abs() < 0.01, "followed: {at} {width}");
        assert!(seen(face(0.88, 0.12)).0 > 0.7, "too far to the side, and seen to be");
        assert!(seen(face(0.5, 0.04)).1 < 0.3, "too far away, and seen to be");
        let (_, width, zoom) = seen(face(0.5, 0.30));
        assert!((zoom - 1.0).abs() < 1e-6 && width > 0.6, "near enough: the whole, as in a window");
    }

    #[test]
    fn never_shows_what_is_outside_the_frame() {
        for (aspect, x_ratio, width_ratio) in [(16.0 / 9.0, 0.0, 0.1), (4.0 / 3.0, 1.0, 0.02), (9.0 / 16.0, 0.9, 0.2)] {
            let visible = (ASPECT / aspect).min(1.0);
            let look = Look::at(FacePlace { x_ratio, y_ratio: 1.0, width_ratio }, visible, 0.5);
            let uv = mirrored_part(aspect, ASPECT, look);
            assert!(uv.max.x >= 0.0 && uv.min.x <= 1.0 && uv.min.y >= 0.0 && uv.max.y <= 1.0001, "{uv:?}");
        }
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
