//! The desktop's camera portal: a backend for nokhwa's `Camera` over PipeWire. With the feature `pipewire`, on Linux.
//!
//! | file | contents |
//! |---|---|
//! | `access` | the portal itself: asks the desktop for access to cameras, over D-Bus |
//! | `remote`, `session` | a connection to PipeWire: the cameras, and the stream of one; the thread that serves it |
//! | `formats` | PipeWire's descriptions of formats, read and written |
//! | `picture` | an image in PipeWire's buffers, in the layout that the decoder knows |
//!
//! `packaging/dev/test-pipewire` runs it with the real portal and PipeWire, and cameras in software; it has not been run with
//! libcamera.
//!
//! A portal's camera is a node in the user's PipeWire. Any program of the user can add one that calls itself a camera, so its
//! kind is `unknown`, whatever its name. Its frames are untrusted: sizes and offsets are checked, formats are parsed outside
//! of PipeWire's callbacks, and a sign of injection counts as for any camera. Not covered: a program that shortens the memory
//! which it shares can end this one.

use std::time::{Duration, Instant};

use nokhwa::{
    Buffer, NokhwaError,
    camera_traits::CaptureBackendTrait,
    utils::{ApiBackend, CameraFormat, CameraIndex, CameraInfo, FrameFormat, Resolution},
};

use super::{
    beside::{self, Beside, Failure, Granted, Metadata, Offered},
    decode::PixelFormat,
    formats::Offer,
};
use crate::{CameraError, choice::Listed, provenance::Provenance};
use countenance_core::protocol::CameraKind;

pub(crate) mod access;
mod formats;
mod picture;
mod remote;
mod session;

pub(super) use remote::Camera;
pub(crate) use remote::Remote;

/// The portal's cameras for a list that is made repeatedly.
#[derive(Default)]
pub(crate) struct Listing {
    /// After access was granted.
    remote: Option<Remote>,
}

impl Listing {
    /// The cameras present now; before access is granted, one that stands for all.
    pub(crate) fn list(&mut self) -> Vec<Listed> {
        if let Some(cameras) = self.remote.as_ref().and_then(Remote::list) {
            return cameras;
        }
        // PipeWire may have been restarted.
        self.remote = None;
        if access::is_present().unwrap_or(false) { vec![unnamed()] } else { Vec::new() }
    }

    /// Whether access was granted, and PipeWire is still there.
    pub(crate) fn has_access(&self) -> bool {
        self.remote.as_ref().and_then(Remote::list).is_some()
    }

    /// Lists by this connection from now on.
    pub(crate) fn watch(&mut self, remote: Remote) {
        self.remote = Some(remote);
    }
}

impl std::fmt::Debug for Listing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listing").field("has_access", &self.has_access()).finish()
    }
}

/// What a listed camera of the portal is opened by: this, and the node's number.
const NODE: &str = "pipewire:";
/// The ID and the node of the portal's cameras as long as access was not granted: their names are not known.
const UNNAMED: &str = "portal";
/// How far back a capture time may be to count as one. Some programs write the time since their own start.
const MAX_AGE: Duration = Duration::from_secs(10);

/// What a connection to PipeWire does for one camera; a parameter of [`Backend`], for tests.
pub(super) trait Source: Send {
    /// The formats that the camera offers.
    fn offers(&mut self) -> Result<Offered, CameraError>;

    /// Starts streaming in the format of `offer`.
    fn start(&mut self, offer: &Offer) -> Result<Granted, CameraError>;

    /// The next frame; `None` if it does not arrive within `within`.
    fn next(&mut self, within: Duration) -> Result<Option<Picture>, CameraError>;

    /// Stops streaming.
    fn stop(&mut self);
}

/// A frame, copied from the buffers that the camera's program shares.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Picture {
    /// The image in the granted layout.
    bytes: Vec<u8>,
    /// Capture time on the monotonic clock, if the camera gives one.
    at: Option<Duration>,
    /// The camera's sequence number, if it counts.
    number: Option<u64>,
    /// The camera reports data loss.
    damaged: bool,
}

/// A camera of the portal, as nokhwa's `Camera` drives it.
pub(super) struct Backend<S> {
    source: S,
    info: CameraInfo,
    granted: Option<Granted>,
    asked: Option<Offer>,
    is_streaming: bool,
    beside: Beside,
}

impl<S: Source> Backend<S> {
    /// Over the camera that was listed as `node`. `beside` is the note that it shares with whoever drives it.
    pub(super) fn new(node: &str, source: S, beside: Beside) -> Self {
        let info = CameraInfo::new(node, "PipeWire", "", CameraIndex::String(node.into()));
        Self { source, info, granted: None, asked: None, is_streaming: false, beside }
    }

    fn fails(&self, error: CameraError) -> NokhwaError {
        tracing::debug!(error = &error as &dyn std::error::Error, "the camera portal failed");
        self.beside.fails(Failure::Camera(error))
    }
}

impl<S: Source> CaptureBackendTrait for Backend<S> {
    beside::derived_methods!();

    /// nokhwa has no name for it.
    fn backend(&self) -> ApiBackend {
        ApiBackend::Auto
    }

    fn camera_info(&self) -> &CameraInfo {
        &self.info
    }

    /// Rates are rounded; the exact ones are in the note.
    fn compatible_camera_formats(&mut self) -> Result<Vec<CameraFormat>, NokhwaError> {
        let offered = self.source.offers().map_err(|error| self.fails(error))?;
        let formats = offered.offers.iter().map(beside::rounded).collect();
        self.beside.note().offered = offered;
        Ok(formats)
    }

    fn camera_format(&self) -> CameraFormat {
        let none = || CameraFormat::new(Resolution::new(0, 0), FrameFormat::MJPEG, 0);
        self.granted.as_ref().map_or_else(none, Granted::rounded)
    }

    /// Notes the format, at the exact rate that the note has for it: PipeWire grants one only when a stream starts.
    fn set_camera_format(&mut self, wanted: CameraFormat) -> Result<(), NokhwaError> {
        self.stop_stream()?;
        (self.granted, self.beside.note().granted) = (None, None);
        let exact = self.beside.note().fps.take();
        let format = match wanted.format() {
            FrameFormat::RAWRGB => PixelFormat::Rgb,
            other => beside::usable(other).ok_or_else(|| self.fails(CameraError::Unsupported))?,
        };
        let rounded = Offer { format, width: wanted.width(), height: wanted.height(), fps: (wanted.frame_rate(), 1) };
        let exact = exact.map(|fps| Offer { fps, ..rounded }).filter(|exact| beside::rounded(exact) == wanted);
        self.asked = Some(exact.unwrap_or(rounded));
        Ok(())
    }

    /// Starts the stream; what was granted is in the note then.
    fn open_stream(&mut self) -> Result<(), NokhwaError> {
        let asked = self.asked.ok_or_else(|| self.fails(CameraError::Unsupported))?;
        let granted = self.source.start(&asked).map_err(|error| self.fails(error))?;
        (self.granted, self.is_streaming) = (Some(granted), true);
        self.beside.note().granted = self.granted;
        Ok(())
    }

    fn is_stream_open(&self) -> bool {
        self.is_streaming
    }

    /// Waits as long as the note says; what belongs to the frame is in the note then.
    fn frame(&mut self) -> Result<Buffer, NokhwaError> {
        let Some(Granted { format, layout, .. }) = self.granted.filter(|_| self.is_streaming) else {
            return Err(self.fails(CameraError::Lost));
        };
        let within = self.beside.note().within;
        let picture = match self.source.next(within) {
            Ok(Some(picture)) => picture,
            Ok(None) => return Err(self.beside.fails(Failure::NotYet)),
            Err(error) => return Err(self.fails(error)),
        };
        let captured = picture.at.and_then(super::v4l2::instant).filter(|at| at.elapsed() <= MAX_AGE);
        self.beside.note().metadata = Metadata { captured, number: picture.number, damaged: picture.damaged };
        let at = picture.at.or_else(super::v4l2::monotonic).unwrap_or_default();
        let size = Resolution::new(layout.width, layout.height);
        Ok(Buffer::with_timestamp(size, &picture.bytes, beside::named(format), Some(at)))
    }

    fn stop_stream(&mut self) -> Result<(), NokhwaError> {
        self.source.stop();
        self.is_streaming = false;
        Ok(())
    }
}

/// Whether a listed camera is one of the portal.
pub(crate) fn is_of_portal(camera: &Listed) -> bool {
    camera.node == UNNAMED || camera.node.starts_with(NODE)
}

/// The number of the node that a listed camera is opened by, if it is one of the portal.
pub(super) fn serial(node: &str) -> Option<&str> {
    node.strip_prefix(NODE)
}

/// What stands in the list for the portal's cameras before access is granted.
fn unnamed() -> Listed {
    Listed {
        id: UNNAMED.into(),
        name: "Camera".into(),
        node: UNNAMED.into(),
        provenance: provenance("the camera portal: not known before access is granted"),
        maybe_infrared: false,
    }
}

/// A camera of the portal, by the number of its node; its name, which stays the same; its description for display.
fn listed(serial: &str, name: &str, shown: String) -> Listed {
    Listed {
        id: format!("pipewire@{name}"),
        name: shown,
        node: format!("{NODE}{serial}"),
        provenance: provenance("a node of PipeWire: any program of this user can be behind it"),
        maybe_infrared: false,
    }
}

fn provenance(because: &'static str) -> Provenance {
    Provenance { driver: "pipewire".into(), bus_path: None, vid_pid: None, kind: CameraKind::Unknown, because }
}

/// A deadline from now.
fn deadline(within: Duration) -> Instant {
    #[expect(clippy::disallowed_methods, reason = "a camera runs in real time")]
    let now = Instant::now();
    now + within
}

#[cfg(test)]
mod tests;
