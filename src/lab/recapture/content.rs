//! What an instrument displays at one time: a still, the recording, an animated still, or a print with holes.

use countenance_core::{face::Landmarks, frame::Frame};
use countenance_vision::Vision;

use super::{
    Options, RecaptureError, animation::Animation, axes, cutout::Cutout, parameters::Parameters, picture::Light,
};

/// The displayed image, and what it comes from.
pub(super) enum Content {
    /// One image.
    Still(Light),
    /// The newest frame of the recording.
    Video(Light),
    /// A still that is animated, and its newest image.
    Animation(Box<Animation>, Light),
    /// A print with holes, and what finds the face behind it.
    Cutout(Box<Cutout>, Box<Vision>),
}

impl Content {
    /// The content of an attack with `options` whose recording begins with `first`.
    pub(super) fn new(options: &Options, parameters: &Parameters, first: &Frame) -> Result<Self, RecaptureError> {
        let still = Light::of(first);
        Ok(match options.species.content() {
            axes::Content::Still => Self::Still(still),
            axes::Content::Video => Self::Video(still),
            axes::Content::Animation => {
                let landmarks = face(&Vision::load()?, first)?.ok_or(RecaptureError::NoFace)?;
                let animation = Animation::new(options.seed, parameters.movement, still, &landmarks);
                Self::Animation(Box::new(animation), Light::of(first))
            }
            axes::Content::Cutout => {
                let vision = Vision::load()?;
                let landmarks = face(&vision, first)?.ok_or(RecaptureError::NoFace)?;
                Self::Cutout(Box::new(Cutout::new(still, landmarks)), Box::new(vision))
            }
        })
    }

    /// What is displayed while the recording is at `frame`.
    pub(super) fn show(&mut self, frame: &Frame) -> Result<(), RecaptureError> {
        match self {
            Self::Still(_) => {}
            Self::Video(shown) => *shown = Light::of(frame),
            Self::Animation(animation, shown) => *shown = animation.frame(frame.at()),
            Self::Cutout(cutout, vision) => cutout.show(Light::of(frame), face(vision, frame)?),
        }
        Ok(())
    }

    /// The displayed image.
    pub(super) fn image(&self) -> &Light {
        match self {
            Self::Still(shown) | Self::Video(shown) | Self::Animation(_, shown) => shown,
            Self::Cutout(cutout, _) => &cutout.print,
        }
    }

    /// What is seen through a hole at (`x`, `y`) of the image, in light of 1; `None` where there is none.
    pub(super) fn through(&self, x: f32, y: f32) -> Option<[f32; 3]> {
        match self {
            Self::Cutout(cutout, _) => cutout.through(x, y),
            Self::Still(_) | Self::Video(_) | Self::Animation(..) => None,
        }
    }
}

/// The landmarks of the face found with the highest score.
fn face(vision: &Vision, frame: &Frame) -> Result<Option<Landmarks>, RecaptureError> {
    Ok(vision.faces(frame)?.first().map(|face| face.landmarks))
}
