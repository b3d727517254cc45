//! This machine's cameras as frame sources.
//!
//! | file | contents |
//! |---|---|
//! | `list` | lists the cameras |
//! | `camera` | the way to a camera on every system, through nokhwa |
//! | `v4l2` | Linux's backend for nokhwa, ours |
//! | `portal` | Linux's camera portal, a backend of ours too, with the feature `pipewire` |
//! | `beside` | what such a backend says beside nokhwa's interface |
//! | `formats` | which formats to request, in which order |
//! | `decode` | decodes the device's bytes |
//!
//! A [`Device`] delivers frames on the thread that reads; [`LiveSource`](super::LiveSource) gives it a thread of its
//! own.

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

#[cfg_attr(
    not(any(test, target_os = "linux")),
    allow(dead_code, unused_imports, unused_macros, reason = "only Linux has a backend of ours")
)]
mod beside;
mod camera;
pub mod decode;
mod formats;
mod list;
#[cfg(all(target_os = "linux", feature = "pipewire"))]
pub(crate) mod portal;
#[cfg(target_os = "linux")]
mod v4l2;

use beside::Granted;
use camera::{OpenCamera, Raw};
use decode::Decoder;
pub use decode::PixelFormat;
pub use formats::ImageSize;
use formats::Offer;
pub use list::Lister;

/// Frames dropped after the start: many cameras begin with a half-empty or green one.
const WARM_UP: u32 = 3;
/// Maximum wait for those frames.
const WARM_UP_WAIT: Duration = Duration::from_secs(4);
/// Time without a frame after which the stream is restarted, once; some cameras recover that way.
const RESTART_AFTER: Duration = Duration::from_millis(700);
/// Maximum number of consecutive undecodable frames before the format counts as unusable.
const UNDECODABLE: u32 = 30;

/// How to use a camera.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// The only pixel format to accept; any if `None`.
    pub format: Option<PixelFormat>,
    /// How large its images should be.
    pub size: ImageSize,
    /// How to correct its orientation.
    pub orientation: Orientation,
    /// Required stream quality.
    pub policy: CameraPolicy,
    /// Whether the settings require this camera.
    pub pinned: bool,
    /// Whether a virtual camera is accepted, for tests.
    pub testing: bool,
    /// Whether it was qualified at this site.
    pub qualified: bool,
}

/// An open camera.
pub struct Device {
    camera: OpenCamera,
    offers: Vec<Offer>,
    usage: Usage,
    claim: CameraClaim,
    decoder: Decoder,
    restart_after: Duration,
    stream: Option<Streaming>,
}

impl Usage {
    /// What an attestation states about `camera` before its first frame.
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

/// State of a stream.
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

/// Zero of the frames' times and sequence numbers.
#[derive(Clone, Copy)]
struct First {
    at: Duration,
    number: Option<u64>,
}

impl Device {
    /// Opens `camera`. Its light stays off until [`start`](FrameSource::start).
    pub fn open(camera: &Listed, usage: Usage) -> Result<Self, CameraError> {
        Self::over(OpenCamera::open(&camera.node)?, camera, usage)
    }

    fn over(mut camera: OpenCamera, listed: &Listed, usage: Usage) -> Result<Self, CameraError> {
        let offers = camera.offers()?.offers;
        let claim = usage.claim(listed);
        Ok(Self {
            camera,
            offers,
            usage,
            claim,
            decoder: Decoder::default(),
            restart_after: RESTART_AFTER,
            stream: None,
        })
    }

    /// Starts streaming in the best format that the camera grants.
    fn begin(&mut self) -> Result<(), CameraError> {
        let mut refused = CameraError::Unsupported;
        for asked in formats::plan(&self.offers, self.usage.format, self.usage.size) {
            match self.camera.stream(&asked) {
                Ok(granted) => {
                    self.claim.format = Offer { fps: per_second(granted.fps), ..asked.with(&granted) }.to_string();
                    self.stream = Some(Streaming::new(asked, granted, &self.usage.policy));
                    return Ok(());
                }
                // Another format would not help.
                Err(
                    error
                    @ (CameraError::Denied | CameraError::DeniedByDesktop | CameraError::Busy | CameraError::Lost),
                ) => return Err(error),
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    /// The next usable frame, or `None` if there is none before `deadline`.
    fn picture(&mut self, deadline: Instant) -> Result<Option<Frame>, CameraError> {
        let Some(stream) = &mut self.stream else { return Err(CameraError::Lost) };
        loop {
            let now = now();
            if !stream.restarted && now.duration_since(stream.last_arrival) > self.restart_after {
                stream.restarted = true;
                self.camera.stream(&stream.asked)?;
            }
            let left = deadline.saturating_duration_since(now);
            let Some(raw) = self.camera.next(left.min(self.restart_after))? else {
                if left.is_zero() {
                    return Ok(None);
                }
                continue;
            };
            stream.arrived(self::now());
            if raw.metadata.damaged {
                continue;
            }
            let Granted { format, layout, .. } = stream.granted;
            match self.decoder.decode(format, &layout, raw.bytes()) {
                Ok(rgb) => {
                    stream.undecodable = 0;
                    return stream.frame(&raw, rgb, self.usage.orientation).map(Some);
                }
                // Data was lost on the bus, or the camera was just disconnected.
                Err(error) => {
                    tracing::debug!(error = &error as &dyn std::error::Error, "could not decode a frame");
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
        // Dropped frames do not count toward stream health.
        if let Some(stream) = &mut self.stream {
            *stream = Streaming::new(stream.asked, stream.granted, &self.usage.policy);
        }
        Ok(())
    }

    fn stop(&mut self) {
        self.camera.stop();
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
        // Real drivers grant only offered formats; a shim that ignores the list gives itself away.
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

    /// The decoded frame with its place in the stream and in upright orientation.
    fn frame(&mut self, raw: &Raw, rgb: Vec<u8>, orientation: Orientation) -> Result<Frame, CameraError> {
        let number = raw.metadata.number;
        let first = *self.first.get_or_insert(First { at: raw.at, number });
        let at = raw.at.saturating_sub(first.at);
        let counted = number.zip(first.number).and_then(|(number, first)| number.checked_sub(first));
        let seq = counted.unwrap_or(self.given).max(self.given);
        self.given = seq + 1;
        let (width, height) = (self.granted.layout.width, self.granted.layout.height);
        self.injection.see(&Arrived { bytes: self.granted.format.picture(raw.bytes()), at, rgb: &rgb, width });
        let (width, height, rgb) = orientation.upright(width, height, rgb);
        // The decoder returns complete images, but their size comes from the driver and may be invalid.
        let frame = Frame::new(width, height, rgb, seq, at).or(Err(CameraError::Unsupported))?;
        Ok(match raw.metadata.captured {
            Some(captured) => frame.captured(captured),
            None => frame,
        })
    }
}

impl Offer {
    /// This offer with the granted values; the frame rate is not compared.
    fn with(&self, granted: &Granted) -> Self {
        Self { format: granted.format, width: granted.layout.width, height: granted.layout.height, ..*self }
    }
}

/// A rate as a fraction with three decimals.
fn per_second(fps: f32) -> (u32, u32) {
    ((fps * 1_000.0).round() as u32, 1_000)
}

#[expect(clippy::disallowed_methods, reason = "a camera runs in real time")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests;
