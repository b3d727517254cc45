//! The gesture that opens the operator's screen: hold the top left corner for three seconds, then the bottom right corner
//! for three seconds. Nobody makes it by chance, and nothing else on the screen answers to it. A pure state machine with
//! time as a parameter.

use eframe::egui::{Pos2, Rect, Vec2};

/// Side of the square in each corner, points.
const SIDE: f32 = 110.0;
/// How long each corner is held, seconds.
pub(super) const HOLD_SECS: f64 = 3.0;
/// How much time there is from one corner to the other, seconds.
const PAUSE_SECS: f64 = 6.0;

/// How far the gesture has come.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) enum Corners {
    /// It has not begun.
    #[default]
    Idle,
    /// The first corner is held since then.
    First(f64),
    /// The first corner was held long enough, at that time.
    Between(f64),
    /// The second corner is held since then.
    Second(f64),
}

impl Corners {
    /// The state at `now` while the screen is touched at `touch`, or nowhere; and whether the gesture is complete.
    #[must_use]
    pub(super) fn after(self, now: f64, touch: Option<Pos2>, screen: Rect) -> (Self, bool) {
        let is_first = |at: Pos2| Rect::from_min_size(screen.min, Vec2::splat(SIDE)).contains(at);
        let is_second = |at: Pos2| Rect::from_min_max(screen.max - Vec2::splat(SIDE), screen.max).contains(at);
        let next = match (self, touch) {
            (Self::First(since), Some(at)) if is_first(at) => {
                if now - since >= HOLD_SECS {
                    Self::Between(now)
                } else {
                    self
                }
            }
            (Self::Between(_), Some(at)) if is_first(at) => Self::Between(now),
            (Self::Between(since), None) if now - since <= PAUSE_SECS => self,
            (Self::Between(since), Some(at)) if is_second(at) && now - since <= PAUSE_SECS => Self::Second(now),
            (Self::Second(since), Some(at)) if is_second(at) => {
                if now - since >= HOLD_SECS {
                    return (Self::Idle, true);
                }
                self
            }
            (_, Some(at)) if is_first(at) => Self::First(now),
            _ => Self::Idle,
        };
        (next, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Rect = Rect { min: Pos2::ZERO, max: Pos2::new(1080.0, 1920.0) };
    const FIRST: Option<Pos2> = Some(Pos2::new(20.0, 90.0));
    const SECOND: Option<Pos2> = Some(Pos2::new(1060.0, 1850.0));
    const ELSEWHERE: Option<Pos2> = Some(Pos2::new(540.0, 900.0));

    /// Whether these touches, each until the next, open the operator's screen by the end.
    fn opens(touches: &[(f64, Option<Pos2>)], end: f64) -> bool {
        let (mut corners, mut opened) = (Corners::default(), false);
        for i in 0..(end * 10.0) as u32 {
            let now = f64::from(i) / 10.0;
            let touch = touches.iter().rev().find(|(at, _)| *at <= now).and_then(|(_, touch)| *touch);
            let (next, is_complete) = corners.after(now, touch, SCREEN);
            (corners, opened) = (next, opened || is_complete);
        }
        opened
    }

    #[test]
    fn only_both_corners_in_turn_open_the_operator_screen() {
        type Row<'a> = (&'a str, &'a [(f64, Option<Pos2>)], f64, bool);
        let rows: [Row<'_>; 9] = [
            ("as meant", &[(1.0, FIRST), (4.5, None), (6.0, SECOND)], 10.0, true),
            ("without letting go", &[(1.0, FIRST), (4.5, SECOND)], 9.0, true),
            ("the first too short", &[(1.0, FIRST), (3.0, None), (4.0, SECOND)], 12.0, false),
            ("the second too short", &[(1.0, FIRST), (4.5, None), (6.0, SECOND), (8.0, None)], 12.0, false),
            ("the wrong order", &[(1.0, SECOND), (5.0, None), (6.0, FIRST)], 12.0, false),
            ("too slow", &[(1.0, FIRST), (4.5, None), (12.0, SECOND)], 20.0, false),
            ("something else in between", &[(1.0, FIRST), (4.5, ELSEWHERE), (5.0, SECOND)], 12.0, false),
            ("one corner for long", &[(1.0, FIRST)], 30.0, false),
            ("a finger elsewhere", &[(1.0, ELSEWHERE)], 30.0, false),
        ];
        for (name, touches, end, expected) in rows {
            assert_eq!(opens(touches, end), expected, "{name}");
        }
    }
}
