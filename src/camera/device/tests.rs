//! A device over a scripted backend: the script specifies what it offers, grants and delivers.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use nokhwa::{
    Buffer, NokhwaError,
    camera_traits::CaptureBackendTrait,
    utils::{ApiBackend, CameraFormat, CameraIndex, CameraInfo, Resolution},
};

use super::*;
use crate::{colour::Colour, provenance::Provenance, turn::Turn};
use beside::{Beside, Failure, Metadata, Offered};
use countenance_core::protocol::{CameraKind, CameraRefusal};
use decode::Layout;

/// The scripted response to a request for the next frame.
#[derive(Clone)]
enum Turnout {
    /// A frame of this gray level with a little noise: level, timestamp in milliseconds, sequence number.
    Picture(u8, u64, u64),
    /// The same, with identical bytes each time.
    Same(u8, u64, u64),
    Damaged,
    Garbage,
    Silence,
    Unplugged,
}

/// A rate in whole frames per second, and the exact one.
type Asked = (u32, Option<(u32, u32)>);

/// A backend of ours, or with no note one of nokhwa's.
struct FakeBackend {
    offers: Vec<Offer>,
    refuses: Vec<(PixelFormat, fn() -> CameraError)>,
    grants: Option<(u32, u32)>,
    turnouts: VecDeque<Turnout>,
    begun: Arc<AtomicU32>,
    /// The rates that were asked for, in whole numbers and exactly.
    asked: Arc<Mutex<Vec<Asked>>>,
    /// How long frames were waited for.
    waits: Arc<Mutex<Vec<Duration>>>,
    noise: u32,
    set: CameraFormat,
    info: CameraInfo,
    beside: Option<Beside>,
}

const SIDE: u32 = 16;

fn offer(format: PixelFormat) -> Offer {
    Offer { format, width: SIDE, height: SIDE, fps: (30, 1) }
}

fn fake(turnouts: impl IntoIterator<Item = Turnout>) -> FakeBackend {
    // The frames of the warm-up do not matter.
    let warm_up = (0..u64::from(WARM_UP)).map(|n| Turnout::Picture(60, n, n));
    FakeBackend {
        offers: vec![offer(PixelFormat::Yuyv)],
        refuses: Vec::new(),
        grants: None,
        turnouts: warm_up.chain(turnouts).collect(),
        begun: Arc::default(),
        asked: Arc::default(),
        waits: Arc::default(),
        noise: 1,
        set: CameraFormat::default(),
        info: CameraInfo::new("Fake", "", "", CameraIndex::Index(0)),
        beside: Some(Beside::default()),
    }
}

impl FakeBackend {
    fn fails(&self, failure: Failure) -> NokhwaError {
        let text = || NokhwaError::ReadFrameError("0xC00D3EA2".into());
        self.beside.as_ref().map_or_else(text, |beside| beside.fails(failure))
    }
}

impl CaptureBackendTrait for FakeBackend {
    beside::derived_methods!();

    fn backend(&self) -> ApiBackend {
        ApiBackend::Auto
    }

    fn camera_info(&self) -> &CameraInfo {
        &self.info
    }

    fn compatible_camera_formats(&mut self) -> Result<Vec<CameraFormat>, NokhwaError> {
        if let Some(beside) = &self.beside {
            beside.note().offered = Offered { offers: self.offers.clone(), grey: false };
        }
        Ok(self.offers.iter().map(beside::rounded).collect())
    }

    fn camera_format(&self) -> CameraFormat {
        self.set
    }

    fn set_camera_format(&mut self, wanted: CameraFormat) -> Result<(), NokhwaError> {
        let exact = self.beside.as_ref().and_then(|beside| beside.note().fps.take());
        self.asked.lock().unwrap().push((wanted.frame_rate(), exact));
        let format = beside::usable(wanted.format()).unwrap();
        if let Some((_, error)) = self.refuses.iter().find(|(refused, _)| *refused == format) {
            return Err(self.fails(Failure::Camera(error())));
        }
        let (width, height) = self.grants.unwrap_or((wanted.width(), wanted.height()));
        self.set = CameraFormat::new(Resolution::new(width, height), wanted.format(), wanted.frame_rate());
        if let Some(beside) = &self.beside {
            let layout = Layout { width, height, stride: width as usize * 2, colour: Colour::default() };
            let fps = exact.map_or(30.0, |(frames, secs)| frames as f32 / secs as f32);
            beside.note().granted = Some(Granted { format, layout, fps });
        }
        Ok(())
    }

    fn open_stream(&mut self) -> Result<(), NokhwaError> {
        self.begun.fetch_add(1, Relaxed);
        Ok(())
    }

    fn is_stream_open(&self) -> bool {
        self.begun.load(Relaxed) > 0
    }

    fn frame(&mut self) -> Result<Buffer, NokhwaError> {
        if let Some(beside) = &self.beside {
            self.waits.lock().unwrap().push(beside.note().within);
        }
        let (grey, millis, number, damaged) = match self.turnouts.pop_front() {
            Some(Turnout::Picture(grey, millis, number)) => {
                self.noise = self.noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (grey, millis, number, false)
            }
            Some(Turnout::Same(grey, millis, number)) => {
                self.noise = u32::from(grey);
                (grey, millis, number, false)
            }
            Some(Turnout::Damaged) => (0, 0, 0, true),
            Some(Turnout::Garbage) => {
                if let Some(beside) = &self.beside {
                    beside.note().metadata = Metadata::default();
                }
                return Ok(Buffer::with_timestamp(
                    self.set.resolution(),
                    b"?",
                    self.set.format(),
                    Some(Duration::ZERO),
                ));
            }
            Some(Turnout::Silence) | None => return Err(self.fails(Failure::NotYet)),
            Some(Turnout::Unplugged) => return Err(self.fails(Failure::Camera(CameraError::Lost))),
        };
        let mut noise = self.noise;
        let mut next = || {
            noise = noise.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            (noise >> 28) as u8
        };
        let size = self.set.resolution();
        let pixel = |_| [grey.saturating_add(next()), 120 + next()];
        let bytes: Vec<u8> = (0..size.width() * size.height()).flat_map(pixel).collect();
        if let Some(beside) = &self.beside {
            beside.note().metadata = Metadata { captured: None, number: Some(100 + number), damaged };
        }
        let at = Duration::from_secs(1_000) + Duration::from_millis(millis);
        Ok(Buffer::with_timestamp(size, &bytes, self.set.format(), Some(at)))
    }

    fn stop_stream(&mut self) -> Result<(), NokhwaError> {
        Ok(())
    }
}

fn listed(kind: CameraKind) -> Listed {
    let provenance = Provenance {
        driver: "uvcvideo".into(),
        bus_path: Some("usb-1".into()),
        vid_pid: Some("1209:0001".into()),
        kind,
        because: "",
    };
    Listed {
        id: "1209:0001@usb-1".into(),
        name: "Fake".into(),
        node: "/dev/video0".into(),
        provenance,
        maybe_infrared: false,
    }
}

fn device(backend: FakeBackend, usage: Usage) -> Device {
    let beside = backend.beside.clone();
    let camera = OpenCamera::over("fake", Box::new(backend), beside);
    Device::over(camera, &listed(CameraKind::Physical), usage).unwrap()
}

fn frames(device: &mut Device) -> (Vec<(u64, u64)>, CameraError) {
    let mut seen = Vec::new();
    loop {
        match device.next_frame(Duration::ZERO) {
            Ok(frame) => seen.push((frame.seq(), frame.at().as_millis() as u64)),
            Err(error) => return (seen, error),
        }
    }
}

#[test]
fn frames_have_the_drivers_timestamps_and_sequence_gaps() {
    use Turnout::{Damaged, Garbage, Picture, Unplugged};
    let turnouts = [Picture(90, 100, 3), Damaged, Picture(90, 133, 4), Garbage, Picture(90, 300, 9), Unplugged];
    let mut device = device(fake(turnouts), Usage::default());
    device.start().unwrap();
    let (seen, error) = frames(&mut device);
    assert_eq!(seen, [(0, 0), (1, 33), (6, 200)]);
    assert!(matches!(error, CameraError::Lost));
    assert_eq!(device.provenance().format, "YUYV 16x16 @ 30");
}

/// nokhwa's interface has whole numbers only, and no deadline.
#[test]
fn a_backend_of_ours_gets_the_exact_rate_and_the_deadline() {
    let mut backend = fake([Turnout::Picture(90, 100, 3)]);
    backend.offers = vec![Offer { fps: (15, 2), ..offer(PixelFormat::Yuyv) }];
    let (asked, waits) = (Arc::clone(&backend.asked), Arc::clone(&backend.waits));
    let mut device = device(backend, Usage::default());
    device.start().unwrap();
    assert_eq!(*asked.lock().unwrap(), [(8, Some((15, 2)))]);
    assert_eq!(device.provenance().format, "YUYV 16x16 @ 7.5");
    waits.lock().unwrap().clear();
    device.next_frame(Duration::from_millis(1)).unwrap();
    assert!(matches!(waits.lock().unwrap()[..], [within] if within <= Duration::from_millis(1)));
}

/// As on macOS and Windows.
#[test]
fn a_backend_without_a_note_delivers_frames_and_errors() {
    let turnouts = [Turnout::Picture(90, 100, 3), Turnout::Picture(90, 133, 5), Turnout::Unplugged];
    let mut device = device(FakeBackend { beside: None, ..fake(turnouts) }, Usage::default());
    device.start().unwrap();
    assert_eq!(device.provenance().format, "YUYV 16x16 @ 30");
    let (seen, error) = frames(&mut device);
    assert_eq!(seen, [(0, 0), (1, 33)], "frames are counted");
    assert!(matches!(error, CameraError::Lost), "by its text");
}

#[test]
fn tries_the_next_format_unless_the_camera_is_denied() {
    let with = |error: fn() -> CameraError| {
        let mut backend = fake([]);
        backend.offers = vec![offer(PixelFormat::Mjpeg), offer(PixelFormat::Yuyv)];
        backend.refuses = vec![(PixelFormat::Mjpeg, error)];
        device(backend, Usage::default())
    };
    let mut next_best = with(|| CameraError::Unsupported);
    next_best.start().unwrap();
    assert_eq!(next_best.provenance().format, "YUYV 16x16 @ 30");
    assert!(matches!(with(|| CameraError::Busy).start(), Err(CameraError::Busy)));
    let only = Usage { format: Some(PixelFormat::Nv12), ..Usage::default() };
    assert!(matches!(device(fake([]), only).start(), Err(CameraError::Unsupported)));
}

#[test]
fn restarts_a_silent_stream_once_before_it_stalls() {
    let backend = fake([Turnout::Picture(90, 100, 3), Turnout::Silence, Turnout::Silence, Turnout::Silence]);
    let begun = Arc::clone(&backend.begun);
    let mut device = device(backend, Usage::default());
    device.start().unwrap();
    assert!(device.next_frame(Duration::ZERO).is_ok());
    device.restart_after = Duration::ZERO;
    for _ in 0..2 {
        assert!(matches!(device.next_frame(Duration::ZERO), Err(CameraError::Stalled)));
    }
    assert_eq!(begun.load(Relaxed), 2);
}

#[test]
fn a_camera_with_undecodable_frames_is_unsupported() {
    let garbage = std::iter::repeat_n(Turnout::Garbage, UNDECODABLE as usize);
    let mut device = device(fake(garbage), Usage::default());
    device.start().unwrap();
    assert!(matches!(device.next_frame(Duration::ZERO), Err(CameraError::Unsupported)));
}

#[test]
fn rotates_the_frames_of_a_turned_camera() {
    let mut backend = fake([Turnout::Picture(90, 100, 3)]);
    backend.grants = Some((SIDE, SIDE / 2));
    let usage = Usage { orientation: Orientation { turn: Turn::Quarter, mirrored: false }, ..Usage::default() };
    let mut device = device(backend, usage);
    device.start().unwrap();
    let frame = device.next_frame(Duration::ZERO).unwrap();
    assert_eq!((frame.width(), frame.height()), (SIDE / 2, SIDE));
}

#[test]
fn injection_signs_are_claimed_and_rejected_by_the_policy() {
    let looped = (0..64).map(|n| Turnout::Same(60 + (n % 8) as u8 * 10, 100 + n * 33 + n % 3, 3 + n));
    let mut device = device(fake(looped), Usage::default());
    device.start().unwrap();
    frames(&mut device);
    let claim = device.provenance();
    assert_eq!(claim.signs, [InjectionSign::RepeatedFrames]);
    let refused = CameraRefusal::Injected(InjectionSign::RepeatedFrames);
    assert_eq!(claim.admitted_by(&CameraPolicy::default()), Err(refused));
}

#[test]
fn an_unoffered_size_is_an_injection_sign() {
    let mut backend = fake([Turnout::Picture(90, 100, 3)]);
    backend.grants = Some((SIDE * 2, SIDE));
    let mut device = device(backend, Usage::default());
    device.start().unwrap();
    device.next_frame(Duration::ZERO).unwrap();
    assert_eq!(device.provenance().signs, [InjectionSign::FormatNotOffered]);
}

#[test]
fn reports_a_black_image() {
    let black = (0..90).map(|n| Turnout::Picture(0, 100 + n * 33, 3 + n));
    let mut device = device(fake(black), Usage::default());
    device.start().unwrap();
    assert!(matches!(frames(&mut device).1, CameraError::Black));
}
