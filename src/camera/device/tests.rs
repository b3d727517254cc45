//! A device over a scripted backend: the script specifies what it offers, grants and delivers.

use std::collections::VecDeque;

use super::*;
use crate::{colour::Colour, provenance::Provenance, turn::Turn};
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

struct FakeBackend {
    offers: Vec<Offer>,
    refuses: Vec<(PixelFormat, fn() -> CameraError)>,
    grants: Option<(u32, u32)>,
    turnouts: VecDeque<Turnout>,
    begun: std::sync::Arc<std::sync::atomic::AtomicU32>,
    bytes: Vec<u8>,
    noise: u32,
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
        begun: std::sync::Arc::default(),
        bytes: Vec::new(),
        noise: 1,
    }
}

impl Backend for FakeBackend {
    fn offers(&mut self) -> Result<Vec<Offer>, CameraError> {
        Ok(self.offers.clone())
    }

    fn stream(&mut self, offer: &Offer) -> Result<Granted, CameraError> {
        if let Some((_, error)) = self.refuses.iter().find(|(format, _)| *format == offer.format) {
            return Err(error());
        }
        self.begun.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let (width, height) = self.grants.unwrap_or((offer.width, offer.height));
        let layout = Layout { width, height, stride: width as usize * 2, colour: Colour::default() };
        Ok(Granted { format: offer.format, layout, fps: 30.0 })
    }

    fn next(&mut self, _: Duration) -> Result<Option<Raw<'_>>, CameraError> {
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
                let raw = Raw { bytes: b"?", at: Duration::ZERO, captured: None, number: None, damaged: false };
                return Ok(Some(raw));
            }
            Some(Turnout::Silence) | None => return Ok(None),
            Some(Turnout::Unplugged) => return Err(CameraError::Lost),
        };
        let mut noise = self.noise;
        let mut next = || {
            noise = noise.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            (noise >> 28) as u8
        };
        let (width, height) = self.grants.unwrap_or((SIDE, SIDE));
        self.bytes = (0..width * height).flat_map(|_| [grey.saturating_add(next()), 128]).collect();
        let at = Duration::from_secs(1_000) + Duration::from_millis(millis);
        Ok(Some(Raw { bytes: &self.bytes, at, captured: None, number: Some(100 + number), damaged }))
    }

    fn stop(&mut self) {}
}

fn listed(kind: CameraKind) -> Listed {
    let provenance = Provenance {
        driver: "uvcvideo".into(),
        bus_path: Some("usb-1".into()),
        vid_pid: Some("1209:0001".into()),
        kind,
        because: "",
    };
    Listed { id: "1209:0001@usb-1".into(), name: "Fake".into(), node: "/dev/video0".into(), provenance }
}

fn device(backend: FakeBackend, usage: Usage) -> Device {
    Device::over(Box::new(backend), &listed(CameraKind::Physical), usage).unwrap()
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
    let begun = std::sync::Arc::clone(&backend.begun);
    let mut device = device(backend, Usage::default());
    device.start().unwrap();
    assert!(device.next_frame(Duration::ZERO).is_ok());
    device.restart_after = Duration::ZERO;
    for _ in 0..2 {
        assert!(matches!(device.next_frame(Duration::ZERO), Err(CameraError::Stalled)));
    }
    assert_eq!(begun.load(std::sync::atomic::Ordering::Relaxed), 2);
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
