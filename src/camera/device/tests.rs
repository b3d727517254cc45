//! A device over a camera that is played: what it offers, grants and gives is written down.

use std::collections::VecDeque;

use super::*;
use crate::{colour::Colour, provenance::Provenance, turn::Turn};
use countenance_core::protocol::{CameraKind, CameraRefusal};
use decode::Layout;

/// What a played camera does when it is asked for the next picture.
#[derive(Clone)]
enum Turnout {
    /// A picture of this grey with a little noise, at this time, with this number.
    Picture(u8, u64, u64),
    /// The same bytes as the first picture of this grey.
    Same(u8, u64, u64),
    Damaged,
    Garbage,
    Silence,
    Unplugged,
}

struct Played {
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

fn played(turnouts: impl IntoIterator<Item = Turnout>) -> Played {
    // The pictures of the warm-up are of no concern.
    let warm_up = (0..u64::from(WARM_UP)).map(|n| Turnout::Picture(60, n, n));
    Played {
        offers: vec![offer(PixelFormat::Yuyv)],
        refuses: Vec::new(),
        grants: None,
        turnouts: warm_up.chain(turnouts).collect(),
        begun: std::sync::Arc::default(),
        bytes: Vec::new(),
        noise: 1,
    }
}

impl Backend for Played {
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
    Listed { id: "1209:0001@usb-1".into(), name: "Played".into(), node: "/dev/video0".into(), provenance }
}

fn device(played: Played, usage: Usage) -> Device {
    Device::over(Box::new(played), &listed(CameraKind::Physical), usage).unwrap()
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
fn frames_have_the_drivers_times_and_a_gap_where_it_dropped_some() {
    use Turnout::{Damaged, Garbage, Picture, Unplugged};
    let turnouts = [Picture(90, 100, 3), Damaged, Picture(90, 133, 4), Garbage, Picture(90, 300, 9), Unplugged];
    let mut device = device(played(turnouts), Usage::default());
    device.start().unwrap();
    let (seen, error) = frames(&mut device);
    assert_eq!(seen, [(0, 0), (1, 33), (6, 200)]);
    assert!(matches!(error, CameraError::Lost));
    assert_eq!(device.provenance().format, "YUYV 16x16 @ 30");
}

#[test]
fn a_refused_format_gives_way_to_the_next_but_a_refused_camera_does_not() {
    let with = |error: fn() -> CameraError| {
        let mut played = played([]);
        played.offers = vec![offer(PixelFormat::Mjpeg), offer(PixelFormat::Yuyv)];
        played.refuses = vec![(PixelFormat::Mjpeg, error)];
        device(played, Usage::default())
    };
    let mut next_best = with(|| CameraError::Unsupported);
    next_best.start().unwrap();
    assert_eq!(next_best.provenance().format, "YUYV 16x16 @ 30");
    assert!(matches!(with(|| CameraError::Busy).start(), Err(CameraError::Busy)));
    let only = Usage { format: Some(PixelFormat::Nv12), ..Usage::default() };
    assert!(matches!(device(played([]), only).start(), Err(CameraError::Unsupported)));
}

#[test]
fn a_silent_stream_is_begun_anew_once_and_then_stalled() {
    let played = played([Turnout::Picture(90, 100, 3), Turnout::Silence, Turnout::Silence, Turnout::Silence]);
    let begun = std::sync::Arc::clone(&played.begun);
    let mut device = device(played, Usage::default());
    device.start().unwrap();
    assert!(device.next_frame(Duration::ZERO).is_ok());
    device.restart_after = Duration::ZERO;
    for _ in 0..2 {
        assert!(matches!(device.next_frame(Duration::ZERO), Err(CameraError::Stalled)));
    }
    assert_eq!(begun.load(std::sync::atomic::Ordering::Relaxed), 2);
}

#[test]
fn a_camera_whose_pictures_are_none_is_unusable() {
    let garbage = std::iter::repeat_n(Turnout::Garbage, UNDECODABLE as usize);
    let mut device = device(played(garbage), Usage::default());
    device.start().unwrap();
    assert!(matches!(device.next_frame(Duration::ZERO), Err(CameraError::Unsupported)));
}

#[test]
fn a_camera_mounted_sideways_gives_upright_pictures() {
    let mut played = played([Turnout::Picture(90, 100, 3)]);
    played.grants = Some((SIDE, SIDE / 2));
    let usage = Usage { orientation: Orientation { turn: Turn::Quarter, mirrored: false }, ..Usage::default() };
    let mut device = device(played, usage);
    device.start().unwrap();
    let frame = device.next_frame(Duration::ZERO).unwrap();
    assert_eq!((frame.width(), frame.height()), (SIDE / 2, SIDE));
}

#[test]
fn what_the_pictures_show_of_injection_stands_in_the_claim_and_the_policy_refuses_it() {
    let looped = (0..64).map(|n| Turnout::Same(60 + (n % 8) as u8 * 10, 100 + n * 33 + n % 3, 3 + n));
    let mut device = device(played(looped), Usage::default());
    device.start().unwrap();
    frames(&mut device);
    let claim = device.provenance();
    assert_eq!(claim.signs, [InjectionSign::RepeatedFrames]);
    let refused = CameraRefusal::Injected(InjectionSign::RepeatedFrames);
    assert_eq!(claim.admitted_by(&CameraPolicy::default()), Err(refused));
}

#[test]
fn a_size_that_the_device_does_not_offer_is_a_sign() {
    let mut played = played([Turnout::Picture(90, 100, 3)]);
    played.grants = Some((SIDE * 2, SIDE));
    let mut device = device(played, Usage::default());
    device.start().unwrap();
    device.next_frame(Duration::ZERO).unwrap();
    assert_eq!(device.provenance().signs, [InjectionSign::FormatNotOffered]);
}

#[test]
fn a_black_picture_is_told() {
    let black = (0..90).map(|n| Turnout::Picture(0, 100 + n * 33, 3 + n));
    let mut device = device(played(black), Usage::default());
    device.start().unwrap();
    assert!(matches!(frames(&mut device).1, CameraError::Black));
}
