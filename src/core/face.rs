//! One detected face: bounding box, five landmarks, detector score.

use crate::geometry::{InFrame, Point, Rect};

/// One detection in frame space.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Face {
    /// Bounding box.
    pub rect: Rect<InFrame>,
    /// The five landmarks.
    pub landmarks: Landmarks,
    /// Detector confidence, 0 to 1.
    pub score: f32,
    /// Whether it is upside down, where that was looked at; landmarks and score do not tell.
    pub upside_down: bool,
}

/// The detector's five landmarks. Right and left are the person's own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Landmarks {
    /// Center of the right eye.
    pub right_eye: Point<InFrame>,
    /// Center of the left eye.
    pub left_eye: Point<InFrame>,
    /// Tip of the nose.
    pub nose: Point<InFrame>,
    /// Right corner of the mouth.
    pub right_mouth: Point<InFrame>,
    /// Left corner of the mouth.
    pub left_mouth: Point<InFrame>,
}

impl Landmarks {
    /// Right eye, left eye, nose, right and left corner of the mouth.
    pub fn points(&self) -> [Point<InFrame>; 5] {
        [self.right_eye, self.left_eye, self.nose, self.right_mouth, self.left_mouth]
    }

    /// The same points in the mirror image of a frame `width` pixels wide: there, the right eye is a left one.
    #[must_use]
    pub fn mirrored(self, width: u32) -> Self {
        // Whole numbers are pixel centers.
        let mirrored = |point: Point<InFrame>| Point::new(width as f32 - 1.0 - point.x, point.y);
        Self {
            right_eye: mirrored(self.left_eye),
            left_eye: mirrored(self.right_eye),
            nose: mirrored(self.nose),
            right_mouth: mirrored(self.left_mouth),
            left_mouth: mirrored(self.right_mouth),
        }
    }

    /// Each point halfway to that of `other`.
    #[must_use]
    pub fn halfway_to(self, other: Self) -> Self {
        let halfway = |a: Point<InFrame>, b: Point<InFrame>| Point::new(a.x.midpoint(b.x), a.y.midpoint(b.y));
        Self {
            right_eye: halfway(self.right_eye, other.right_eye),
            left_eye: halfway(self.left_eye, other.left_eye),
            nose: halfway(self.nose, other.nose),
            right_mouth: halfway(self.right_mouth, other.right_mouth),
            left_mouth: halfway(self.left_mouth, other.left_mouth),
        }
    }

    /// Distance between the eyes, pixels.
    pub fn interocular_px(&self) -> f32 {
        self.right_eye.distance(self.left_eye)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirrored_face_has_right_and_left_exchanged() {
        let at = |x: f32, y: f32| Point::new(x, y);
        let face = Landmarks {
            right_eye: at(2.0, 1.0),
            left_eye: at(6.0, 1.0),
            nose: at(4.0, 2.0),
            right_mouth: at(3.0, 4.0),
            left_mouth: at(5.0, 4.0),
        };
        let mirrored = face.mirrored(10);
        assert_eq!(mirrored.points(), [at(3.0, 1.0), at(7.0, 1.0), at(5.0, 2.0), at(4.0, 4.0), at(6.0, 4.0)]);
        assert_eq!(mirrored.mirrored(10), face);
        assert_eq!(face.halfway_to(mirrored).points()[..2], [at(2.5, 1.0), at(6.5, 1.0)]);
    }
}
