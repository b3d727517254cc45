//! Linux: a backend for nokhwa's `Camera` over V4L2. The only file that uses the crate `v4l`.
//!
//! nokhwa's own backend builds on the same crate, but hides what a camera is judged by (the kernel's timestamps and
//! sequence numbers, the length of a frame, its color space), waits for a frame forever, so that a stalled camera can be
//! neither closed nor reopened, and rejects frame rates such as 15/2. This one says those things in the note that it
//! shares with [`OpenCamera`](super::camera::OpenCamera), and waits no longer than the note allows.
//!
//! The crate panics on driver output that it does not expect. A driver passes on what a device sends, so that is
//! untrusted input: [`guarded`] turns such a panic into an error.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    time::{Duration, Instant},
};

use nokhwa::{
    Buffer, NokhwaError,
    camera_traits::CaptureBackendTrait,
    utils::{ApiBackend, CameraFormat, CameraIndex, CameraInfo, FrameFormat, Resolution},
};
use v4l::{
    Device, Format, FourCC, Fraction,
    buffer::{self, Type},
    format::{Colorspace, Quantization},
    frameinterval::FrameIntervalEnum,
    framesize::FrameSizeEnum,
    io::{
        mmap,
        traits::{CaptureStream, Stream},
    },
    video::{Capture, capture::Parameters},
};

use super::{
    beside::{self, Beside, Failure, Granted, Metadata, Offered},
    decode::{Layout, PixelFormat},
    formats::Offer,
};
use crate::{
    CameraError,
    colour::{Colour, Matrix, Range},
};

/// Buffers exchanged between driver and reader.
const BUFFERS: u32 = 4;
/// Maximum number of entries taken from one enumeration: a driver may list entries forever.
const MAX_LISTED: usize = 256;
/// `POLLIN` of poll(2): a frame is ready, or an error is pending.
const POLLIN: i16 = 1;

/// An open video node.
pub(super) struct V4l2 {
    // Dropped in this order, because a stream must not outlive its device.
    stream: Option<mmap::Stream<'static>>,
    device: Device,
    info: CameraInfo,
    granted: Option<Granted>,
    beside: Beside,
}

impl V4l2 {
    /// Opens `/dev/videoN`. `beside` is the note that it shares with whoever drives it.
    pub(super) fn open(node: &Path, beside: Beside) -> Result<Self, CameraError> {
        let device = guarded(|| Device::with_path(node)).map_err(|error| match condition(&error) {
            CameraError::Lost => CameraError::Absent,
            other => other,
        })?;
        let node = node.to_string_lossy();
        let info = CameraInfo::new(&node, "V4L2", "", CameraIndex::String(node.to_string()));
        Ok(Self { stream: None, device, info, granted: None, beside })
    }

    fn offered(&self) -> Result<Offered, CameraError> {
        let listed = match guarded(|| self.device.enum_formats()) {
            Ok(listed) => listed,
            // A node without video capture (metadata, output) has no offers.
            Err(error) if error.raw_os_error() == Some(errno::EINVAL) => return Ok(Offered::default()),
            Err(error) => return Err(condition(&error)),
        };
        let mut found = Offered::default();
        for code in listed.into_iter().take(MAX_LISTED).map(|listed| listed.fourcc) {
            found.grey |= is_grey(code);
            let Some(format) = usable(code) else { continue };
            let sizes = guarded(|| self.device.enum_framesizes(code)).unwrap_or_default();
            for size in sizes.into_iter().take(MAX_LISTED) {
                let sizes = match size.size {
                    FrameSizeEnum::Discrete(size) => vec![(size.width, size.height)],
                    FrameSizeEnum::Stepwise(range) => [(640, 480), (1280, 720)]
                        .map(|(width, height)| {
                            (
                                stepped(width, range.min_width, range.max_width, range.step_width),
                                stepped(height, range.min_height, range.max_height, range.step_height),
                            )
                        })
                        .into(),
                };
                for (width, height) in sizes {
                    found.offers.extend(self.rates(format, code, width, height));
                }
            }
        }
        Ok(found)
    }

    fn rates(&self, format: PixelFormat, code: FourCC, width: u32, height: u32) -> Vec<Offer> {
        let offer =
            |interval: Fraction| Offer { format, width, height, fps: (interval.denominator, interval.numerator) };
        let intervals = guarded(|| self.device.enum_frameintervals(code, width, height)).unwrap_or_default();
        let offers: Vec<Offer> = intervals
            .into_iter()
            .take(MAX_LISTED)
            .flat_map(|listed| match listed.interval {
                FrameIntervalEnum::Discrete(interval) => vec![offer(interval)],
                // A range of intervals: 30 frames per second if within it, else the fastest.
                FrameIntervalEnum::Stepwise(range) => {
                    let thirty = offer(Fraction::new(1, 30));
                    let (fastest, slowest) = (offer(range.min), offer(range.max));
                    let within = slowest.rate() <= 30.0 && 30.0 <= fastest.rate();
                    vec![if within { thirty } else { fastest }]
                }
            })
            .collect();
        // A driver that lists no rate has a fixed one, which it reports when streaming.
        if offers.is_empty() { vec![offer(Fraction::new(1, 30))] } else { offers }
    }

    /// Sets the format; returns what the driver grants.
    fn negotiate(&self, wanted: &Offer) -> io::Result<(Format, Fraction)> {
        let format = Format::new(wanted.width, wanted.height, FourCC::new(&wanted.format.fourcc()));
        let set = self.device.set_format(&format)?;
        let interval = Fraction::new(wanted.fps.1, wanted.fps.0);
        // A driver with a fixed rate may reject another one, but still delivers frames.
        let interval = match self.device.set_params(&Parameters::new(interval)) {
            Ok(set) if set.interval.numerator > 0 => set.interval,
            Ok(_) | Err(_) => interval,
        };
        Ok((set, interval))
    }

    fn fails(&self, error: &io::Error) -> NokhwaError {
        self.beside.fails(Failure::Camera(condition(error)))
    }

    fn stop(&mut self) {
        let stream = self.stream.take();
        // The stream is over regardless of errors.
        guarded(|| {
            drop(stream);
            Ok(())
        })
        .ok();
    }
}

impl CaptureBackendTrait for V4l2 {
    beside::derived_methods!();

    fn backend(&self) -> ApiBackend {
        ApiBackend::Video4Linux
    }

    fn camera_info(&self) -> &CameraInfo {
        &self.info
    }

    /// Rates are rounded; the exact ones are in the note.
    fn compatible_camera_formats(&mut self) -> Result<Vec<CameraFormat>, NokhwaError> {
        let offered = self.offered().map_err(|error| self.beside.fails(Failure::Camera(error)))?;
        let formats = offered.offers.iter().map(beside::rounded).collect();
        self.beside.note().offered = offered;
        Ok(formats)
    }

    fn camera_format(&self) -> CameraFormat {
        let none = || CameraFormat::new(Resolution::new(0, 0), FrameFormat::MJPEG, 0);
        self.granted.as_ref().map_or_else(none, Granted::rounded)
    }

    /// Sets the format, at the exact rate that the note has for it. The driver may grant another, which is then in the note.
    fn set_camera_format(&mut self, wanted: CameraFormat) -> Result<(), NokhwaError> {
        self.stop_stream()?;
        (self.granted, self.beside.note().granted) = (None, None);
        let exact = self.beside.note().fps.take();
        let set = beside::usable(wanted.format()).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput)).and_then(
            |format| {
                let (width, height) = (wanted.width(), wanted.height());
                let rounded = Offer { format, width, height, fps: (wanted.frame_rate(), 1) };
                let exact = exact.map(|fps| Offer { fps, ..rounded }).filter(|exact| beside::rounded(exact) == wanted);
                guarded(|| self.negotiate(&exact.unwrap_or(rounded)))
            },
        );
        let (set, interval) = set.map_err(|error| self.fails(&error))?;
        let Some(format) = usable(set.fourcc) else {
            return Err(self.beside.fails(Failure::Camera(CameraError::Unsupported)));
        };
        let layout = Layout { width: set.width, height: set.height, stride: set.stride as usize, colour: colour(&set) };
        let fps = interval.denominator as f32 / interval.numerator.max(1) as f32;
        self.granted = Some(Granted { format, layout, fps });
        self.beside.note().granted = self.granted;
        Ok(())
    }

    fn open_stream(&mut self) -> Result<(), NokhwaError> {
        let begun = guarded(|| {
            let mut stream = mmap::Stream::with_buffers(&self.device, Type::VideoCapture, BUFFERS)?;
            // `next` queues the buffer of the last frame, initially buffer 0, and dequeues the next frame. All other
            // buffers are queued here, so that it is called only when a frame is ready.
            let mut index = 1;
            while index < BUFFERS as usize && stream.queue(index).is_ok() {
                index += 1;
            }
            stream.start()?;
            Ok(stream)
        });
        self.stream = Some(begun.map_err(|error| self.fails(&error))?);
        Ok(())
    }

    fn is_stream_open(&self) -> bool {
        self.stream.is_some()
    }

    /// Waits as long as the note says; what belongs to the frame is in the note then.
    fn frame(&mut self) -> Result<Buffer, NokhwaError> {
        let lost = || self.beside.fails(Failure::Camera(CameraError::Lost));
        let Granted { format, layout, .. } = self.granted.ok_or_else(lost)?;
        let stream = self.stream.as_mut().ok_or_else(lost)?;
        let millis = i32::try_from(self.beside.note().within.as_millis()).unwrap_or(i32::MAX);
        let failed = |error: io::Error| self.beside.fails(Failure::Camera(condition(&error)));
        if guarded(|| stream.handle().poll(POLLIN, millis)).map_err(failed)? == 0 {
            return Err(self.beside.fails(Failure::NotYet));
        }
        let (bytes, meta) = guarded(|| CaptureStream::next(stream)).map_err(failed)?;
        let used = if meta.bytesused == 0 { bytes.len() } else { meta.bytesused as usize };
        let at = Duration::from_secs(meta.timestamp.sec.try_into().unwrap_or(0))
            + Duration::from_micros(meta.timestamp.usec.try_into().unwrap_or(0));
        let monotonic = (meta.flags & buffer::Flags::TIMESTAMP_MASK) == buffer::Flags::TIMESTAMP_MONOTONIC;
        self.beside.note().metadata = Metadata {
            captured: if monotonic { instant(at) } else { None },
            number: Some(u64::from(meta.sequence)),
            damaged: meta.flags.contains(buffer::Flags::ERROR),
        };
        let size = Resolution::new(layout.width, layout.height);
        let bytes = bytes.get(..used).unwrap_or(bytes);
        Ok(Buffer::with_timestamp(size, bytes, beside::named(format), Some(at)))
    }

    fn stop_stream(&mut self) -> Result<(), NokhwaError> {
        self.stop();
        Ok(())
    }
}

impl Drop for V4l2 {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Runs `work`; turns a panic into an error.
fn guarded<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(io::ErrorKind::InvalidData.into()))
}

/// Maps an error of the driver.
fn condition(error: &io::Error) -> CameraError {
    tracing::debug!(error = error as &dyn std::error::Error, "the camera driver returned an error");
    match error.raw_os_error() {
        Some(errno::EPERM | errno::EACCES) => CameraError::Denied,
        Some(errno::EBUSY) => CameraError::Busy,
        Some(errno::ENOENT | errno::ENXIO | errno::ENODEV | errno::ESHUTDOWN) => CameraError::Lost,
        Some(errno::EIO | errno::EPIPE | errno::EPROTO | errno::ETIMEDOUT) => CameraError::Stalled,
        // EINVAL, ENOTTY, what the crate cannot parse, and everything unexpected.
        _ => CameraError::Unsupported,
    }
}

/// Error numbers of V4L2 drivers (Linux, errno.h).
mod errno {
    pub(super) const EPERM: i32 = 1;
    pub(super) const ENOENT: i32 = 2;
    pub(super) const EIO: i32 = 5;
    pub(super) const ENXIO: i32 = 6;
    pub(super) const EACCES: i32 = 13;
    pub(super) const EBUSY: i32 = 16;
    pub(super) const ENODEV: i32 = 19;
    pub(super) const EINVAL: i32 = 22;
    pub(super) const EPIPE: i32 = 32;
    pub(super) const EPROTO: i32 = 71;
    pub(super) const ESHUTDOWN: i32 = 108;
    pub(super) const ETIMEDOUT: i32 = 110;
}

/// Whether a format is grayscale of any depth, as infrared sensors give it: one sample a pixel, or two sensors' samples
/// interleaved.
fn is_grey(code: FourCC) -> bool {
    const GREY: [&[u8; 4]; 12] =
        [b"GREY", b"Y04 ", b"Y06 ", b"Y10 ", b"Y12 ", b"Y14 ", b"Y16 ", b"Y16\xa0", b"Y10P", b"Y12P", b"Y8I ", b"Y12I"];
    GREY.contains(&&code.repr)
}

/// Maps the supported formats; others (grayscale and depth of infrared sensors, H.264) are skipped.
fn usable(code: FourCC) -> Option<PixelFormat> {
    match &code.repr {
        b"MJPG" | b"JPEG" => Some(PixelFormat::Mjpeg),
        b"YUYV" => Some(PixelFormat::Yuyv),
        b"NV12" => Some(PixelFormat::Nv12),
        _ => None,
    }
}

/// The value of a stepped range that is nearest to `wanted`.
fn stepped(wanted: u32, least: u32, most: u32, step: u32) -> u32 {
    let inside = wanted.clamp(least, most.max(least));
    inside - (inside - least) % step.max(1)
}

/// The color encoding reported by the driver. The default is BT.601 in limited range, the convention for webcams' YUV.
fn colour(set: &Format) -> Colour {
    let matrix = match set.colorspace {
        Colorspace::Rec709 => Matrix::Bt709,
        Colorspace::Rec2020 => Matrix::Bt2020,
        _ => Matrix::Bt601,
    };
    let range = match (set.quantization, set.colorspace) {
        (Quantization::FullRange, _) | (Quantization::Default, Colorspace::JPEG) => Range::Full,
        _ => Range::Limited,
    };
    Colour { matrix, range }
}

/// Converts a time on the kernel's monotonic clock to this process's clock, which on Linux is the same.
pub(super) fn instant(at: Duration) -> Option<Instant> {
    #[expect(clippy::disallowed_methods, reason = "a camera runs in real time")]
    Instant::now().checked_sub(monotonic()?.checked_sub(at)?)
}

/// The kernel's monotonic clock.
pub(super) fn monotonic() -> Option<Duration> {
    let clock = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    Some(Duration::new(clock.tv_sec.try_into().ok()?, clock.tv_nsec.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_driver_errors() {
        for (number, expected) in [
            (errno::EACCES, CameraError::Denied),
            (errno::EPERM, CameraError::Denied),
            (errno::EBUSY, CameraError::Busy),
            (errno::ENODEV, CameraError::Lost),
            (errno::ESHUTDOWN, CameraError::Lost),
            (errno::EPROTO, CameraError::Stalled),
            (errno::EINVAL, CameraError::Unsupported),
            (-1, CameraError::Unsupported),
        ] {
            let found = condition(&io::Error::from_raw_os_error(number));
            assert_eq!(std::mem::discriminant(&found), std::mem::discriminant(&expected), "{number}");
        }
    }

    #[test]
    fn a_panic_in_the_crate_becomes_an_error() {
        let error = guarded::<()>(|| panic!("Invalid colorspace")).unwrap_err();
        assert!(matches!(condition(&error), CameraError::Unsupported));
    }

    #[test]
    fn a_missing_node_is_absent_and_a_file_is_not_a_camera() {
        let open = |node| V4l2::open(Path::new(node), Beside::default());
        assert!(matches!(open("/dev/no-video"), Err(CameraError::Absent)));
        let null = open("/dev/null").unwrap();
        assert!(!null.offered().is_ok_and(|offered| !offered.offers.is_empty()));
    }

    #[test]
    fn picks_the_nearest_size_in_a_range() {
        assert_eq!(stepped(640, 32, 4096, 2), 640);
        assert_eq!(stepped(640, 33, 4096, 4), 637);
        assert_eq!(stepped(640, 800, 1600, 8), 800);
        assert_eq!(stepped(640, 16, 320, 0), 320);
    }

    #[test]
    fn maps_the_color_space_of_the_driver() {
        let set =
            |colorspace, quantization| Format { colorspace, quantization, ..Format::new(2, 2, FourCC::new(b"YUYV")) };
        let bt601 = Colour { matrix: Matrix::Bt601, range: Range::Limited };
        for (name, format, expected) in [
            ("nothing said", set(Colorspace::Default, Quantization::Default), bt601),
            ("sRGB, as webcams say", set(Colorspace::SRGB, Quantization::Default), bt601),
            ("full", set(Colorspace::SRGB, Quantization::FullRange), Colour { range: Range::Full, ..bt601 }),
            ("JPEG", set(Colorspace::JPEG, Quantization::Default), Colour { range: Range::Full, ..bt601 }),
            ("HD", set(Colorspace::Rec709, Quantization::Default), Colour { matrix: Matrix::Bt709, ..bt601 }),
        ] {
            assert_eq!(colour(&format), expected, "{name}");
        }
    }
}
