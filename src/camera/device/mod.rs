//! Cameras of this machine as a frame source.
//!
//! | file | what it is |
//! |---|---|
//! | `list` | which cameras there are |
//! | `backend` | what a system's interface must do; `v4l2` on Linux, `mac_and_windows` there |
//! | `formats` | what to ask of a camera, in which order |
//! | `decode` | from the device's bytes to a picture |
//!
//! A [`Device`] gives frames one after another on the thread that asks; [`Live`](super::Live) gives it a thread of its own.

use std::time::{Duration, Instant};

use super::{
    CameraError, FrameSource,
    choice::Listed,
    injection::{Arrived, InjectionDetector},
    stream_health::StreamHealth,
    turn::Orientation,
};
use countenance_core::{
    frame::Frame,
    policy::CameraPolicy,
    protocol::{CameraClaim, InjectionSign},
};

mod backend;
pub mod decode;
mod formats;
mod list;
#[cfg(any(test, target_os = "macos", target_os = "windows"))]
mod mac_and_windows;
#[cfg(target_os = "linux")]
mod v4l2;

use backend::{Backend, Granted, Raw};
use decode::Decoder;
pub use decode::PixelFormat;
use formats::Offer;
pub use list::Lister;

/// Pictures dropped after the start: many cameras begin with one that is half empty, or green.
const WARM_UP: u32 = 3;
/// Longest wait for those.
const WARM_UP_WAIT: Duration = Duration::from_secs(4);
/// After so long without a picture the stream is ended and begun anew, once: some cameras need no more than that.
const RESTART_AFTER: Duration = Duration::from_millis(700);
/// Most pictures in a row that cannot be decoded before the format counts as unusable.
const UNDECODABLE: u32 = 30;

/// How a camera is to be used.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// The only pixel format to take; any if `None`.
    pub format: Option<PixelFormat>,
    /// How it is mounted.
    pub orientation: Orientation,
    /// What its pictures must be like.
    pub policy: CameraPolicy,
    /// Whether this camera is the one that the settings require.
    pub pinned: bool,
    /// Whether a virtual one may stand in, for tests.
    pub testing: bool,
    /// Whether it was qualified at this site.
    pub qualified: bool,
}

/// One camera, open.
pub struct Device {
    backend: Box<dyn Backend>,
    offers: Vec<Offer>,
    usage: Usage,
    claim: CameraClaim,
    decoder: Decoder,
    restart_after: Duration,
    stream: Option<Streaming>,
}

impl Usage {
    /// What an attestation says of `camera` before it has given a picture.
    pub(super) fn claim(&self, camera: &Listed) -> CameraClaim {
        let known = &camera.provenance;
        CameraClaim {
            name: camera.name.clone(),
            driver: known.driver.clone(),
            bus_path: known.bus_path.clone(),
            vid_pid: known.vid_pid.clone(),
            format: String::new(),
            kind: known.kind,
            pinned: self.pinned,
            testing: self.testing,
            qualified: self.qualified,
            signs: Vec::new(),
        }
    }
}

/// What is known of a stream.
struct Streaming {
    asked: Offer,
    granted: Granted,
    health: StreamHealth,
    injection: InjectionDetector,
    first: Option<First>,
    given: u64,
    last_arrival: Instant,
    restarted: bool,
    undecodable: u32,
}

/// The zero of the frames' times and numbers.
#[derive(Clone, Copy)]
struct First {
    at: Duration,
    number: Option<u64>,
}

impl Device {
    /// Opens `camera`. Its light stays off until [`start`](FrameSource::start).
    pub fn open(camera: &Listed, usage: Usage) -> Result<Self, CameraError> {
        Self::over(open_backend(camera)?, camera, usage)
    }

    fn over(mut backend: Box<dyn Backend>, camera: &Listed, usage: Usage) -> Result<Self, CameraError> {
        let offers = backend.offers()?;
        let claim = usage.claim(camera);
        Ok(Self {
            backend,
            offers,
            usage,
            claim,
            decoder: Decoder::default(),
            restart_after: RESTART_AFTER,
            stream: None,
        })
    }

    /// Begins to stream in the best format that the camera grants.
    fn begin(&mut self) -> Result<(), CameraError> {
        let mut refused = CameraError::Unsupported;
        for asked in formats::plan(&self.offers, self.usage.format) {
            match self.backend.stream(&asked) {
                Ok(granted) => {
                    self.claim.format = Offer { fps: per_second(granted.fps), ..asked.with(&granted) }.to_string();
                    self.stream = Some(Streaming::new(asked, granted, &self.usage.policy));
                    return Ok(());
                }
                // Another format will not help.
                Err(error @ (CameraError::Denied | CameraError::Busy | CameraError::Lost)) => return Err(error),
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    /// The next picture that can be used, or none before `deadline`.
    fn picture(&mut self, deadline: Instant) -> Result<Option<Frame>, CameraError> {
        let Some(stream) = &mut self.stream else { return Err(CameraError::Lost) };
        loop {
            let now = now();
            if !stream.restarted && now.duration_since(stream.last_arrival) > self.restart_after {
                stream.restarted = true;
                self.backend.stream(&stream.asked)?;
            }
            let left = deadline.saturating_duration_since(now);
            let Some(raw) = self.backend.next(left.min(self.restart_after))? else {
                if left.is_zero() {
                    return Ok(None);
                }
                continue;
            };
            stream.arrived(self::now());
            if raw.damaged {
                continue;
            }
            let Granted { format, layout, .. } = stream.granted;
            match self.decoder.decode(format, &layout, raw.bytes) {
                Ok(rgb) => {
                    stream.undecodable = 0;
                    return stream.frame(&raw, rgb, self.usage.orientation).map(Some);
                }
                // Part of a picture that was lost on the bus, or the last one of a camera that is pulled out.
                Err(error) => {
                    tracing::debug!(error = &error as &dyn std::error::Error, "a picture cannot be decoded");
                    stream.undecodable += 1;
                    if stream.undecodable >= UNDECODABLE {
                        return Err(CameraError::Unsupported);
                    }
                }
            }
        }
    }
}

impl FrameSource for Device {
    fn start(&mut self) -> Result<(), CameraError> {
        self.begin()?;
        let deadline = now() + WARM_UP_WAIT;
        for _ in 0..WARM_UP {
            if self.picture(deadline)?.is_none() {
                self.stop();
                return Err(CameraError::Stalled);
            }
        }
        // What was dropped is not judged.
        if let Some(stream) = &mut self.stream {
            *stream = Streaming::new(stream.asked, stream.granted, &self.usage.policy);
        }
        Ok(())
    }

    fn stop(&mut self) {
        self.backend.stop();
        self.stream = None;
    }

    fn next_frame(&mut self, within: Duration) -> Result<Frame, CameraError> {
        let frame = self.picture(now() + within)?.ok_or(CameraError::Stalled)?;
        if let Some(stream) = &mut self.stream {
            self.claim.signs = stream.injection.seen();
            stream.health.see(&frame)?;
        }
        Ok(frame)
    }

    fn provenance(&self) -> CameraClaim {
        self.claim.clone()
    }
}

impl Streaming {
    fn new(asked: Offer, granted: Granted, policy: &CameraPolicy) -> Self {
        let mut injection = InjectionDetector::default();
        // A driver grants what the device offers. What stands between the two and knows no better does not.
        if asked.with(&granted) != asked {
            injection.note(InjectionSign::FormatNotOffered);
        }
        let health = StreamHealth::new(policy);
        Self {
            asked,
            granted,
            health,
            injection,
            first: None,
            given: 0,
            last_arrival: now(),
            restarted: false,
            undecodable: 0,
        }
    }

    fn arrived(&mut self, now: Instant) {
        (self.last_arrival, self.restarted) = (now, false);
    }

    /// The decoded picture in its place in the stream, upright.
    fn frame(&mut self, raw: &Raw<'_>, rgb: Vec<u8>, orientation: Orientation) -> Result<Frame, CameraError> {
        let first = *self.first.get_or_insert(First { at: raw.at, number: raw.number });
        let at = raw.at.saturating_sub(first.at);
        let counted = raw.number.zip(first.number).and_then(|(number, first)| number.checked_sub(first));
        let seq = counted.unwrap_or(self.given).max(self.given);
        self.given = seq + 1;
        let (width, height) = (self.granted.layout.width, self.granted.layout.height);
        self.injection.see(&Arrived { bytes: self.granted.format.picture(raw.bytes), at, rgb: &rgb, width });
        let (width, height, rgb) = orientation.upright(width, height, rgb);
        // The decoder gives whole pictures; their size is the driver's to say, and may be anything.
        let frame = Frame::new(width, height, rgb, seq, at).or(Err(CameraError::Unsupported))?;
        Ok(match raw.captured {
            Some(captured) => frame.captured(captured),
            None => frame,
        })
    }
}

impl Offer {
    /// This offer with what was granted in place of what was asked; the speed is the driver's own affair.
    fn with(&self, granted: &Granted) -> Self {
        Self { format: granted.format, width: granted.layout.width, height: granted.layout.height, ..*self }
    }
}

/// A rate as a fraction with three decimals.
fn per_second(fps: f32) -> (u32, u32) {
    ((fps * 1_000.0).round() as u32, 1_000)
}

#[cfg(target_os = "linux")]
fn open_backend(camera: &Listed) -> Result<Box<dyn Backend>, CameraError> {
    Ok(Box::new(v4l2::V4l2::open(std::path::Path::new(&camera.node))?))
}

#[cfg(any(target_os = "macos", target_os = "windows"))]
fn open_backend(camera: &Listed) -> Result<Box<dyn Backend>, CameraError> {
    Ok(Box::new(mac_and_windows::Nokhwa::open(&camera.node)?))
}

#[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
fn open_backend(_: &Listed) -> Result<Box<dyn Backend>, CameraError> {
    Err(CameraError::Unsupported)
}

#[expect(clippy::disallowed_methods, reason = "a camera keeps real time")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests;
