//! Why no attack recording was made.

use std::{io, path::PathBuf};

use countenance_camera::CameraError;
use countenance_core::frame::FrameShapeError;
use countenance_vision::VisionError;

use super::axes::{Crop, Instrument, Support};

/// Why no attack recording was made.
#[derive(Debug, thiserror::Error)]
pub enum RecaptureError {
    /// The input failed.
    #[error("cannot read the input recording")]
    Input(#[from] CameraError),
    /// The device does not match the species' instrument.
    #[error("{device} is not a device of kind {instrument:?}")]
    Device {
        /// Name of the device.
        device: &'static str,
        /// Kind of object the species needs.
        instrument: Instrument,
    },
    /// Nothing of this species is held like this.
    #[error("{species} cannot have the support {}", support.name())]
    Support {
        /// Name of the species.
        species: &'static str,
        /// What was to hold it.
        support: Support,
    },
    /// The species is defined by another crop.
    #[error("{species} cannot have the crop {}", crop.name())]
    Crop {
        /// Name of the species.
        species: &'static str,
        /// How much of it was to be in view.
        crop: Crop,
    },
    /// The input has no frames, or all of them were skipped.
    #[error("the input recording has no frames left")]
    Empty,
    /// The species is made around a face, and the first frame has none.
    #[error("there is no face in the first frame used")]
    NoFace,
    /// The face detector failed.
    #[error("cannot look for the face")]
    Vision(#[from] VisionError),
    /// A frame is smaller than 2×2 pixels.
    #[error(transparent)]
    Shape(#[from] FrameShapeError),
    /// The output path ends neither in `.avi` nor in `.y4m`.
    #[error("{} ends neither in .avi nor in .y4m", .0.display())]
    Extension(PathBuf),
    /// The output cannot be written.
    #[error("cannot write the attack recording")]
    Output(#[from] io::Error),
    /// A frame cannot be compressed.
    #[error("cannot compress a frame")]
    Jpeg(#[from] image::ImageError),
    /// The output exceeds the AVI size limit.
    #[error("the attack recording exceeds the AVI size limit")]
    TooLong,
}
