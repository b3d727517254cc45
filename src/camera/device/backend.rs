//! The interface that each system's camera API implements for a [`Device`](super::Device).

use std::time::{Duration, Instant};

use super::{
    decode::{Layout, PixelFormat},
    formats::Offer,
};
use crate::CameraError;

/// An open camera.
pub(super) trait Backend: Send {
    /// The formats that the camera offers; empty if none is usable.
    fn offers(&mut self) -> Result<Vec<Offer>, CameraError>;

    /// Starts streaming in the format of `offer`, or in whatever the driver grants instead.
    fn stream(&mut self, offer: &Offer) -> Result<Granted, CameraError>;

    /// The next frame; `None` if it does not arrive within `within`. An API without a timeout may take longer.
    fn next(&mut self, within: Duration) -> Result<Option<Raw<'_>>, CameraError>;

    /// Stops streaming. [`stream`](Self::stream) may follow.
    fn stop(&mut self);
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

/// A frame as delivered by the driver.
pub(super) struct Raw<'a> {
    /// The encoded data; a JPEG may be followed by anything.
    pub(super) bytes: &'a [u8],
    /// Capture time on the driver's clock, which has an arbitrary zero.
    pub(super) at: Duration,
    /// Capture time on this process's clock, if the driver uses the same one.
    pub(super) captured: Option<Instant>,
    /// The driver's sequence number, if it has one. Frames it dropped leave gaps.
    pub(super) number: Option<u64>,
    /// The driver reports data loss.
    pub(super) damaged: bool,
}
