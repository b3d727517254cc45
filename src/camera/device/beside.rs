//! What a camera's backend says beside nokhwa's interface.
//!
//! nokhwa 0.10 has rates in whole numbers, no deadline, errors as text, and a frame is bytes with at most one timestamp.
//! A camera is judged by more than that. A backend of our own and [`OpenCamera`](super::camera::OpenCamera), which drives
//! it through nokhwa, share a note with the rest. nokhwa's own backends have none.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use nokhwa::{
    NokhwaError,
    utils::{CameraFormat, FrameFormat, Resolution},
};

use super::{
    decode::{Layout, PixelFormat},
    formats::Offer,
};
use crate::CameraError;

/// The note of one camera. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Beside(Arc<Mutex<Note>>);

/// Contents of the note.
#[derive(Default)]
pub(super) struct Note {
    /// To the backend: the exact rate of the format that is set next, frames per second as a fraction.
    pub(super) fps: Option<(u32, u32)>,
    /// To the backend: how long it may wait for the next frame.
    pub(super) within: Duration,
    /// The formats listed last, with their exact rates.
    pub(super) offered: Offered,
    /// What the driver granted when a format was set last.
    pub(super) granted: Option<Granted>,
    /// What belongs to the frame delivered last.
    pub(super) metadata: Metadata,
    /// Why the last call failed.
    failure: Option<Failure>,
}

/// The formats that a camera offers.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Offered {
    /// Those that can be decoded; empty if none can.
    pub(super) offers: Vec<Offer>,
    /// Whether it also offers grayscale, as an infrared sensor does.
    pub(super) grey: bool,
}

/// What the driver granted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Granted {
    /// Pixel format.
    pub(super) format: PixelFormat,
    /// Size, row stride and color encoding.
    pub(super) layout: Layout,
    /// Frames per second, as reported by the driver.
    pub(super) fps: f32,
}

/// What belongs to a frame and does not fit into nokhwa's buffer.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Metadata {
    /// Capture time on this process's clock, if the driver uses the same one.
    pub(super) captured: Option<Instant>,
    /// The driver's sequence number, if it has one. Frames it dropped leave gaps.
    pub(super) number: Option<u64>,
    /// The driver reports data loss.
    pub(super) damaged: bool,
}

/// Why a call failed.
pub(super) enum Failure {
    /// There is no frame yet; a later call may get one.
    NotYet,
    /// The camera failed.
    Camera(CameraError),
}

impl Beside {
    /// The note. A panic elsewhere leaves it usable.
    pub(super) fn note(&self) -> MutexGuard<'_, Note> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes why a call fails; returns the error for nokhwa, which passes it on.
    pub(super) fn fails(&self, failure: Failure) -> NokhwaError {
        let text = match &failure {
            Failure::NotYet => "no frame in time".to_owned(),
            Failure::Camera(error) => error.to_string(),
        };
        self.note().failure = Some(failure);
        NokhwaError::GeneralError(text)
    }

    /// Why the last call failed, once.
    pub(super) fn failure(&self) -> Option<Failure> {
        self.note().failure.take()
    }
}

impl Granted {
    /// As nokhwa has it, with a whole number of frames per second.
    pub(super) fn rounded(&self) -> CameraFormat {
        let size = Resolution::new(self.layout.width, self.layout.height);
        CameraFormat::new(size, named(self.format), self.fps.round() as u32)
    }
}

/// An offer as nokhwa has it, with a whole number of frames per second.
pub(super) fn rounded(offer: &Offer) -> CameraFormat {
    CameraFormat::new(Resolution::new(offer.width, offer.height), named(offer.format), offer.rate().round() as u32)
}

/// nokhwa's name of a format.
pub(super) fn named(format: PixelFormat) -> FrameFormat {
    match format {
        PixelFormat::Mjpeg => FrameFormat::MJPEG,
        PixelFormat::Yuyv => FrameFormat::YUYV,
        PixelFormat::Nv12 => FrameFormat::NV12,
        PixelFormat::Rgb => FrameFormat::RAWRGB,
    }
}

/// The format that nokhwa calls so, if it can be decoded. What its own backends call RGB has its rows or channels in another
/// order on some systems, and is not asked for.
pub(super) fn usable(format: FrameFormat) -> Option<PixelFormat> {
    match format {
        FrameFormat::MJPEG => Some(PixelFormat::Mjpeg),
        FrameFormat::YUYV => Some(PixelFormat::Yuyv),
        FrameFormat::NV12 => Some(PixelFormat::Nv12),
        FrameFormat::GRAY | FrameFormat::RAWRGB | FrameFormat::RAWBGR => None,
    }
}

/// The methods of nokhwa's backend trait that follow from others, and those for controls, which our backends do not
/// have. Goes into an implementation that has `backend`, `camera_format`, `set_camera_format`,
/// `compatible_camera_formats` and `frame`.
macro_rules! derived_methods {
    () => {
        fn refresh_camera_format(&mut self) -> Result<(), nokhwa::NokhwaError> {
            Ok(())
        }

        fn compatible_list_by_resolution(
            &mut self,
            format: nokhwa::utils::FrameFormat,
        ) -> Result<std::collections::HashMap<nokhwa::utils::Resolution, Vec<u32>>, nokhwa::NokhwaError> {
            let mut rates = std::collections::HashMap::<_, Vec<u32>>::new();
            for listed in self.compatible_camera_formats()?.into_iter().filter(|listed| listed.format() == format) {
                rates.entry(listed.resolution()).or_default().push(listed.frame_rate());
            }
            Ok(rates)
        }

        fn compatible_fourcc(&mut self) -> Result<Vec<nokhwa::utils::FrameFormat>, nokhwa::NokhwaError> {
            let mut formats: Vec<_> =
                self.compatible_camera_formats()?.iter().map(nokhwa::utils::CameraFormat::format).collect();
            formats.sort();
            formats.dedup();
            Ok(formats)
        }

        fn resolution(&self) -> nokhwa::utils::Resolution {
            self.camera_format().resolution()
        }

        fn set_resolution(&mut self, size: nokhwa::utils::Resolution) -> Result<(), nokhwa::NokhwaError> {
            let mut format = self.camera_format();
            format.set_resolution(size);
            self.set_camera_format(format)
        }

        fn frame_rate(&self) -> u32 {
            self.camera_format().frame_rate()
        }

        fn set_frame_rate(&mut self, fps: u32) -> Result<(), nokhwa::NokhwaError> {
            let mut format = self.camera_format();
            format.set_frame_rate(fps);
            self.set_camera_format(format)
        }

        fn frame_format(&self) -> nokhwa::utils::FrameFormat {
            self.camera_format().format()
        }

        fn set_frame_format(&mut self, fourcc: nokhwa::utils::FrameFormat) -> Result<(), nokhwa::NokhwaError> {
            let mut format = self.camera_format();
            format.set_format(fourcc);
            self.set_camera_format(format)
        }

        fn frame_raw(&mut self) -> Result<std::borrow::Cow<'_, [u8]>, nokhwa::NokhwaError> {
            Ok(self.frame()?.buffer().to_vec().into())
        }

        fn camera_control(
            &self,
            _: nokhwa::utils::KnownCameraControl,
        ) -> Result<nokhwa::utils::CameraControl, nokhwa::NokhwaError> {
            Err(nokhwa::NokhwaError::UnsupportedOperationError(self.backend()))
        }

        fn camera_controls(&self) -> Result<Vec<nokhwa::utils::CameraControl>, nokhwa::NokhwaError> {
            Ok(Vec::new())
        }

        fn set_camera_control(
            &mut self,
            _: nokhwa::utils::KnownCameraControl,
            _: nokhwa::utils::ControlValueSetter,
        ) -> Result<(), nokhwa::NokhwaError> {
            Err(nokhwa::NokhwaError::UnsupportedOperationError(self.backend()))
        }
    };
}
pub(super) use derived_methods;
