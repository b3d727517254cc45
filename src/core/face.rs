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

    /// Distance between the eyes, pixels.
    pub fn interocular_px(&self) -> f32 {
        self.right_eye.distance(self.left_eye)
    }
}
