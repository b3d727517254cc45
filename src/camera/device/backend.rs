//! What a system's camera programming interface must do for a [`Device`](super::Device).

use std::time::{Duration, Instant};

use super::{
    decode::{Layout, PixelFormat},
    formats::Offer,
};
use crate::CameraError;

/// One camera, opened.
pub(super) trait Backend: Send {
    /// What the camera offers; empty if nothing of it can be used.
    fn offers(&mut self) -> Result<Vec<Offer>, CameraError>;

    /// Begins to stream in the format of `offer`, or in what the driver makes of it.
    fn stream(&mut self, offer: &Offer) -> Result<Granted, CameraError>;

    /// The next picture; `None` if none came in time. An interface that cannot give up waiting may take longer.
    fn next(&mut self, within: Duration) -> Result<Option<Raw<'_>>, CameraError>;

    /// Ends the stream. [`stream`](Self::stream) may follow.
    fn stop(&mut self);
}

/// What the driver grants.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Granted {
    /// How the pixels come.
    pub(super) format: PixelFormat,
    /// Their size, rows and colours.
    pub(super) layout: Layout,
    /// Pictures a second, as the driver says.
    pub(super) fps: f32,
}

/// One picture as the driver gives it.
pub(super) struct Raw<'a> {
    /// Its bytes; behind a JPEG anything may follow.
    pub(super) bytes: &'a [u8],
    /// When it was captured, by the driver's clock, whose zero is anywhere.
    pub(super) at: Duration,
    /// The same by this process's clock, where the two are one.
    pub(super) captured: Option<Instant>,
    /// Its number in the stream where the driver counts: what it dropped leaves a gap.
    pub(super) number: Option<u64>,
    /// The driver says that part of it was lost.
    pub(super) damaged: bool,
}
