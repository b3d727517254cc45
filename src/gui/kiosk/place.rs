//! Where on the screen the content is: near the camera, which is above the screen, or lower for people who sit.

use eframe::egui::{Rect, Vec2, pos2};

/// Share of a tall screen, from the top or above the margin at the bottom, that the content takes.
const TALL_SHARE: f32 = 0.62;
/// Share of a wide screen.
const WIDE_SHARE: f32 = 0.82;
/// Share of a tall screen at the bottom that nobody standing looks at and nobody sitting reaches.
const UNUSED_SHARE: f32 = 0.05;
/// Share of a screen at the top that stays empty: the frames of many screens cover its edge.
const TOP_SHARE: f32 = 0.03;
/// Width of the content at 100 % and least height of it, points.
const CONTENT: Vec2 = Vec2::new(640.0, 540.0);

/// The part of `screen` for the content with text at `scale`; the lower part if `is_lower`. Large text takes more of it, up
/// to all.
pub(super) fn region(screen: Rect, scale: f32, is_lower: bool) -> Rect {
    let is_tall = screen.height() > screen.width();
    let (share, unused) = if is_tall { (TALL_SHARE, UNUSED_SHARE) } else { (WIDE_SHARE, 0.0) };
    let highest = screen.top() + screen.height() * TOP_SHARE;
    let bottom = screen.top() + screen.height() * (1.0 - unused);
    let height = (screen.height() * share).max(CONTENT.y * scale).min(bottom - highest);
    let width = (CONTENT.x * scale.max(1.0)).min(screen.width());
    let top = if is_lower { bottom - height } else { highest };
    Rect::from_min_size(pos2(screen.center().x - width / 2.0, top), Vec2::new(width, height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use eframe::egui::Pos2;

    #[test]
    fn content_is_near_the_camera_or_lower_and_never_at_the_bottom_of_a_tall_screen() {
        for (width, height) in [(1080.0, 1920.0), (1920.0, 1080.0), (768.0, 1366.0), (1280.0, 800.0)] {
            let screen = Rect::from_min_size(Pos2::ZERO, Vec2::new(width, height));
            for scale in [1.0, 2.0, 4.0] {
                let (upper, lower) = (region(screen, scale, false), region(screen, scale, true));
                assert!(screen.contains_rect(upper) && screen.contains_rect(lower));
                assert!(upper.top() >= 20.0 && upper.top() < 60.0, "clear of the frame, but near the camera");
                assert_eq!(upper.size(), lower.size());
                assert!(lower.top() >= upper.top() - 0.01, "up to rounding");
                let limit = if height > width { height * 0.95 } else { height };
                assert!(lower.bottom() <= limit + 0.01, "{width}×{height} at {scale}");
                if height > 1_900.0 && scale <= 2.0 {
                    assert!(lower.top() > 0.3 * height, "a person who sits has it in front of them");
                }
            }
        }
    }
}
