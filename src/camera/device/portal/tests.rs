//! A camera of the portal as it is driven through nokhwa, over a scripted connection to PipeWire.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use super::*;
use crate::{
    colour::Colour,
    device::{camera::OpenCamera, decode::Layout, v4l2},
};

/// A call of the connection.
#[derive(Debug, Clone, PartialEq)]
enum Call {
    Start(Offer),
    Next(Duration),
    Stop,
}

/// The connection: what it answers, in order, and what it was asked.
#[derive(Default)]
struct Script {
    offers: Vec<Offer>,
    refuses: Option<fn() -> CameraError>,
    frames: VecDeque<Result<Option<Picture>, CameraError>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Source for Script {
    fn offers(&mut self) -> Result<Offered, CameraError> {
        Ok(Offered { offers: self.offers.clone(), grey: true })
    }

    fn start(&mut self, offer: &Offer) -> Result<Granted, CameraError> {
        self.calls.lock().unwrap().push(Call::Start(*offer));
        if let Some(error) = self.refuses {
            return Err(error());
        }
        let layout = Layout { width: 2, height: 1, stride: 6, colour: Colour::default() };
        Ok(Granted { format: offer.format, layout, fps: offer.rate() })
    }

    fn next(&mut self, within: Duration) -> Result<Option<Picture>, CameraError> {
        self.calls.lock().unwrap().push(Call::Next(within));
        self.frames.pop_front().unwrap_or(Err(CameraError::Lost))
    }

    fn stop(&mut self) {
        self.calls.lock().unwrap().push(Call::Stop);
    }
}

const OFFER: Offer = Offer { format: PixelFormat::Rgb, width: 2, height: 1, fps: (30_000, 1_001) };
const WITHIN: Duration = Duration::from_millis(250);

fn opened(script: Script) -> (OpenCamera, Arc<Mutex<Vec<Call>>>) {
    let (beside, calls) = (Beside::default(), Arc::clone(&script.calls));
    let backend = Backend::new("pipewire:a", script, beside.clone());
    (OpenCamera::over("pipewire:a", Box::new(backend), Some(beside)), calls)
}

#[test]
fn what_nokhwa_cannot_carry_passes_beside_it() {
    let picture = Picture { bytes: vec![1, 2, 3, 4, 5, 6], at: None, number: Some(7), damaged: true };
    let (mut camera, calls) =
        opened(Script { offers: vec![OFFER], frames: [Ok(Some(picture)), Ok(None)].into(), ..Script::default() });
    let offered = camera.offers().unwrap();
    assert_eq!((offered.offers, offered.grey), (vec![OFFER], true));
    let granted = camera.stream(&OFFER).unwrap();
    assert_eq!((granted.format, granted.fps), (PixelFormat::Rgb, OFFER.rate()), "the exact rate");
    let raw = camera.next(WITHIN).unwrap().unwrap();
    assert_eq!(raw.bytes(), [1, 2, 3, 4, 5, 6]);
    assert_eq!(raw.metadata, Metadata { captured: None, number: Some(7), damaged: true });
    assert!(camera.next(WITHIN).unwrap().is_none(), "not yet");
    assert!(matches!(camera.next(WITHIN), Err(CameraError::Lost)));
    camera.stop();
    let calls = calls.lock().unwrap();
    assert_eq!(calls.iter().filter(|call| **call == Call::Next(WITHIN)).count(), 3, "{calls:?}");
    assert_eq!(calls.iter().filter(|call| matches!(call, Call::Start(_))).collect::<Vec<_>>(), [&Call::Start(OFFER)]);
    assert_eq!(calls.last(), Some(&Call::Stop));
}

#[test]
fn a_capture_time_counts_only_on_this_clock() {
    let now = v4l2::monotonic().unwrap();
    let at = |at| Ok(Some(Picture { bytes: vec![0; 6], at: Some(at), ..Picture::default() }));
    let times = [now, now + Duration::from_secs(60), Duration::from_millis(40)];
    let (mut camera, _) = opened(Script { offers: vec![OFFER], frames: times.map(at).into(), ..Script::default() });
    camera.stream(&OFFER).unwrap();
    let mut next = || camera.next(WITHIN).unwrap().unwrap();
    let first = next();
    assert!(first.metadata.captured.is_some() && first.at == now);
    assert_eq!(next().metadata.captured, None, "in the future");
    // Unless this computer was started just now.
    if now > 2 * MAX_AGE {
        assert_eq!(next().metadata.captured, None, "since the start of the camera's program");
    }
}

#[test]
fn a_refusal_keeps_its_cause() {
    for refuses in [(|| CameraError::Busy) as fn() -> CameraError, || CameraError::DeniedByDesktop] {
        let (mut camera, _) = opened(Script { offers: vec![OFFER], refuses: Some(refuses), ..Script::default() });
        let found = camera.stream(&OFFER).unwrap_err();
        assert_eq!(found.to_string(), refuses().to_string());
        assert!(matches!(camera.next(WITHIN), Err(CameraError::Lost)), "there is no stream");
    }
}

#[test]
fn its_kind_is_unknown_whatever_it_is_called() {
    for camera in [unnamed(), listed("35", "v4l2_input.pci-0000", "Integrated Camera".into())] {
        assert_eq!(camera.provenance.kind, CameraKind::Unknown);
        assert_eq!((&camera.provenance.bus_path, &camera.provenance.vid_pid), (&None, &None));
        assert!(is_of_portal(&camera));
    }
    assert_eq!(serial(&listed("35", "a", "A".into()).node), Some("35"));
    assert_eq!(serial("/dev/video0"), None);
    assert_eq!(serial(&unnamed().node), None);
}
