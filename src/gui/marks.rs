//! Vector icons, which scale to any size and take any color.

use std::f32::consts::{PI, TAU};

use eframe::egui::{Color32, Painter, Pos2, Rect, Sense, Shape, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

use super::theme::{Theme, mix};

/// The icons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// Success.
    Check,
    /// Failure.
    Cross,
    /// Needs attention.
    Warning,
    /// Inconclusive.
    Question,
    /// Camera fault.
    Camera,
    /// In progress.
    Busy,
}

/// Draws an icon in a disc, horizontally centered.
pub(super) fn show(ui: &mut Ui, theme: &Theme, mark: Mark) {
    let size = 76.0 * theme.scale.min(1.4);
    let (rect, _) = ui.allocate_exact_size(Vec2::new(ui.available_width(), size), Sense::hover());
    let t = theme.tokens;
    let colour = match mark {
        Mark::Check => t.good,
        Mark::Cross => t.danger,
        Mark::Warning | Mark::Camera => t.warn,
        Mark::Question | Mark::Busy => t.accent,
    };
    let (centre, r) = (rect.center(), size / 2.0);
    let painter = ui.painter();
    painter.circle(centre, r - 1.0, mix(colour, t.background, 0.12), Stroke::new(1.5, mix(colour, t.background, 0.5)));
    let line = Stroke::new(size / 18.0, colour);
    let at = |x: f32, y: f32| centre + vec2(x, y) * r;
    match mark {
        Mark::Check => polyline(painter, &[at(-0.36, 0.02), at(-0.1, 0.28), at(0.38, -0.26)], line),
        Mark::Cross => {
            polyline(painter, &[at(-0.28, -0.28), at(0.28, 0.28)], line);
            polyline(painter, &[at(0.28, -0.28), at(-0.28, 0.28)], line);
        }
        Mark::Warning => {
            polyline(painter, &[at(0.0, -0.42), at(0.0, 0.12)], line);
            painter.circle_filled(at(0.0, 0.38), line.width * 0.8, colour);
        }
        Mark::Question => {
            let mut points: Vec<Pos2> = arc(at(0.0, -0.18), 0.26 * r, -PI, PI / 2.0, 24);
            points.push(at(0.0, 0.2));
            polyline(painter, &points, line);
            painter.circle_filled(at(0.0, 0.42), line.width * 0.8, colour);
        }
        Mark::Camera => {
            let body = Rect::from_center_size(at(0.0, 0.06), vec2(0.96, 0.66) * r);
            painter.rect_stroke(body, r * 0.12, line, StrokeKind::Middle);
            painter.circle_stroke(body.center(), 0.2 * r, line);
            polyline(painter, &[at(-0.2, -0.28), at(-0.12, -0.42), at(0.12, -0.42), at(0.2, -0.28)], line);
            polyline(painter, &[at(-0.56, 0.54), at(0.56, -0.5)], Stroke::new(line.width * 1.2, colour));
        }
        Mark::Busy => {
            // Static with reduced motion: three quarters of a ring.
            let turn = if theme.reduced_motion {
                0.0
            } else {
                ui.ctx().request_repaint();
                ui.input(|i| i.time).rem_euclid(1.2) as f32 / 1.2 * TAU
            };
            polyline(painter, &arc(centre, 0.46 * r, turn, turn + 1.5 * PI, 48), line);
        }
    }
}

/// The brand icon: a face guide whose ring is about to close, and two eyes.
pub(super) fn brand(painter: &Painter, rect: Rect, theme: &Theme) {
    let unit = rect.width() / 512.0;
    let line = Stroke::new(46.0 * unit * 1.15, theme.tokens.accent);
    let oval = Rect::from_center_size(rect.center(), vec2(288.0, 352.0) * unit);
    let (from, to) = (-14.0_f32.to_radians(), 294.0_f32.to_radians());
    polyline(painter, &ellipse(oval, from, to, 64), line);
    for x in [-48.0, 48.0] {
        let top = rect.center() + vec2(x, -36.0) * unit;
        polyline(painter, &[top, top + vec2(0.0, 34.0 * unit)], Stroke::new(40.0 * unit * 1.15, theme.tokens.accent));
    }
}

/// An example of good framing: a head in the oval, shoulders below.
pub(super) fn ideal(painter: &Painter, rect: Rect, theme: &Theme) {
    let t = theme.tokens;
    let skin = mix(t.accent, t.background, 0.35);
    let at = |x: f32, y: f32| rect.center() + vec2(x * rect.width(), y * rect.height());
    let oval = Rect::from_center_size(at(0.0, -0.04), vec2(rect.width() * 0.52, rect.height() * 0.62));
    let shoulders = ellipse(Rect::from_center_size(at(0.0, 0.62), rect.size() * vec2(1.0, 0.62)), 0.0, TAU, 64);
    let clipped = painter.with_clip_rect(rect.shrink(2.0));
    clipped.add(Shape::convex_polygon(shoulders, mix(t.accent, t.background, 0.22), Stroke::NONE));
    let face = ellipse(oval.shrink(rect.width() * 0.05), 0.0, TAU, 64);
    clipped.add(Shape::convex_polygon(face, skin, Stroke::NONE));
    for x in [-0.09, 0.09] {
        clipped.circle_filled(at(x, -0.08), rect.width() * 0.022, t.text);
    }
    let mouth = arc(at(0.0, 0.02), rect.width() * 0.1, 0.25 * PI, 0.75 * PI, 16);
    polyline(&clipped, &mouth, Stroke::new(rect.width() * 0.018, t.text));
    polyline(&clipped, &ellipse(oval, 0.0, TAU, 96), Stroke::new(2.0, t.accent));
}

/// Points of an elliptic arc between two angles in radians; 0 is right, angles grow clockwise.
pub(super) fn ellipse(rect: Rect, from: f32, to: f32, steps: usize) -> Vec<Pos2> {
    let (centre, radii) = (rect.center(), rect.size() / 2.0);
    (0..=steps)
        .map(|i| from + (to - from) * i as f32 / steps as f32)
        .map(|angle| pos2(centre.x + radii.x * angle.cos(), centre.y + radii.y * angle.sin()))
        .collect()
}

fn arc(centre: Pos2, radius: f32, from: f32, to: f32, steps: usize) -> Vec<Pos2> {
    ellipse(Rect::from_center_size(centre, Vec2::splat(radius * 2.0)), from, to, steps)
}

/// A line with round caps.
pub(super) fn polyline(painter: &Painter, points: &[Pos2], stroke: Stroke) {
    if stroke.color == Color32::TRANSPARENT {
        return;
    }
    for end in [points.first(), points.last()].into_iter().flatten() {
        painter.circle_filled(*end, stroke.width / 2.0, stroke.color);
    }
    painter.add(Shape::line(points.to_vec(), stroke));
}
