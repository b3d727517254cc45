//! A print with holes for the eyes and the mouth, worn as a mask: what is seen in the holes is the person in the
//! recording, who keeps the face behind them.

use countenance_core::{
    face::Landmarks,
    geometry::{InFrame, Point, Similarity},
};

use super::picture::Light;

/// Half-width and half-height of the hole for an eye, relative to the distance between the eyes.
const EYE: (f32, f32) = (0.25, 0.14);
/// Half-width of the hole for the mouth, relative to the mouth's width, and its half-height relative to its half-width.
const MOUTH: (f32, f32) = (0.60, 0.50);
/// Share of the room's light that reaches the skin at the edge of a hole, which the paper shades.
const SHADE: f32 = 0.55;

/// The holes, and what is behind them.
#[derive(Clone)]
pub(super) struct Cutout {
    /// The printed image.
    pub(super) print: Light,
    landmarks: Landmarks,
    holes: [Hole; 3],
    behind: Light,
    /// From the print to the person behind it.
    behind_from_print: Similarity<InFrame, InFrame>,
}

/// An ellipse.
#[derive(Debug, Clone, Copy)]
struct Hole {
    centre: Point<InFrame>,
    half: (f32, f32),
}

impl Cutout {
    /// The mask that is printed from `print` and cut at these landmarks, worn by the person on it.
    pub(super) fn new(print: Light, landmarks: Landmarks) -> Self {
        let eyes_px = landmarks.interocular_px();
        let eye = |centre| Hole { centre, half: (EYE.0 * eyes_px, EYE.1 * eyes_px) };
        let half_px = MOUTH.0 * landmarks.right_mouth.distance(landmarks.left_mouth);
        let mouth = landmarks.right_mouth.midpoint(landmarks.left_mouth);
        let holes = [
            eye(landmarks.right_eye),
            eye(landmarks.left_eye),
            Hole { centre: mouth, half: (half_px, MOUTH.1 * half_px) },
        ];
        let behind_from_print = Similarity::new(1.0, 0.0, 0.0, 0.0);
        Self { behind: print.clone(), print, landmarks, holes, behind_from_print }
    }

    /// The person behind it, now, whose face has these landmarks; the face is where it was if there are none.
    pub(super) fn show(&mut self, behind: Light, landmarks: Option<Landmarks>) {
        self.behind = behind;
        let fitted = landmarks.and_then(|now| Similarity::fit(self.landmarks.points(), now.points()));
        self.behind_from_print = fitted.unwrap_or(self.behind_from_print);
    }

    /// What is seen through a hole at (`x`, `y`) of the printed image, in light of 1; `None` on paper.
    pub(super) fn through(&self, x: f32, y: f32) -> Option<[f32; 3]> {
        let inside = |hole: &Hole| {
            let (dx, dy) = ((x - hole.centre.x) / hole.half.0.max(1.0), (y - hole.centre.y) / hole.half.1.max(1.0));
            1.0 - dx.hypot(dy)
        };
        let deepest = self.holes.iter().map(inside).fold(f32::MIN, f32::max);
        (deepest > 0.0).then(|| {
            let lit = SHADE + (1.0 - SHADE) * (3.0 * deepest).min(1.0);
            let there = self.behind_from_print.apply(Point::new(x, y));
            self.behind.sample(there.x, there.y).map(|light| light * lit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn landmarks(shift: f32) -> Landmarks {
        let at = |x: f32, y: f32| Point::new(x + shift, y);
        Landmarks {
            right_eye: at(40.0, 40.0),
            left_eye: at(80.0, 40.0),
            nose: at(60.0, 62.0),
            right_mouth: at(44.0, 84.0),
            left_mouth: at(76.0, 84.0),
        }
    }

    #[test]
    fn eyes_and_mouth_are_live_and_the_rest_is_printed() {
        let flat = |light| Light::from_fn(120, 120, |_, _| [light; 3]);
        let mut mask = Cutout::new(flat(0.5), landmarks(0.0));
        mask.show(flat(0.8), Some(landmarks(0.0)));
        for (x, y) in [(40.0, 40.0), (80.0, 40.0), (60.0, 84.0)] {
            assert!(mask.through(x, y).is_some_and(|light| (light[0] - 0.8).abs() < 1e-6), "a hole at {x}, {y}");
        }
        for (x, y) in [(60.0, 62.0), (60.0, 40.0), (40.0, 50.0), (60.0, 10.0)] {
            assert_eq!(mask.through(x, y), None, "paper at {x}, {y}");
        }
        let edge = mask.through(31.0, 40.0).unwrap();
        assert!(edge[0] < 0.7, "shaded by the paper: {edge:?}");
    }

    #[test]
    fn the_face_stays_behind_its_holes() {
        let eye = |shift: f32| {
            Light::from_fn(140, 120, move |x, y| {
                [if (x as f32 - 40.0 - shift).hypot(y as f32 - 40.0) < 4.0 { 0.0 } else { 0.6 }; 3]
            })
        };
        let mut mask = Cutout::new(eye(0.0), landmarks(0.0));
        mask.show(eye(12.0), Some(landmarks(12.0)));
        assert!(mask.through(40.5, 40.5).unwrap()[0] < 0.05);
        mask.show(eye(12.0), None);
        assert!(mask.through(40.5, 40.5).unwrap()[0] < 0.05, "where it was");
    }
}
