//! Fake sources that fail, block, end or change.

use super::*;
use crate::testing::FakeSource;

/// Yields this many frames at once, then fails with `error`, or blocks until the test ends.
fn plays(mut frames: u64, mut error: Option<CameraError>, held: std::sync::mpsc::Receiver<()>) -> FakeSource {
    let next = move || {
        if frames == 0 {
            return Err(error.take().unwrap_or_else(|| {
                // Returns when the test ends.
                held.recv().ok();
                CameraError::Lost
            }));
        }
        frames -= 1;
        Ok(frame(10 - frames))
    };
    FakeSource::new(next).claiming(unopened())
}

/// A small frame, at 30 per second.
fn frame(seq: u64) -> Frame {
    Frame::new(2, 2, vec![seq as u8; 12], seq, Duration::from_millis(seq * 33)).unwrap()
}

fn live(frames: u64, error: Option<CameraError>) -> (LiveSource, std::sync::mpsc::Sender<()>) {
    let (hold, held) = std::sync::mpsc::channel();
    let mut plays = Some(plays(frames, error, held));
    let open: Open =
        Box::new(move || plays.take().map(|p| Box::new(p) as Box<dyn FrameSource>).ok_or(CameraError::Absent));
    let timeouts = Timeouts { release: Duration::from_millis(5), open: LONG };
    (LiveSource::new(open, FrameSlot::default(), Arc::new(|| {})).with_timeouts(timeouts), hold)
}

const LONG: Duration = Duration::from_secs(20);

#[test]
fn yields_frames_in_order_then_the_error() {
    let (mut live, _hold) = live(3, Some(CameraError::Lost));
    live.start().unwrap();
    let mut last = None;
    let error = loop {
        match live.next_frame(LONG) {
            Ok(frame) => assert!(last.replace(frame.seq()).is_none_or(|last| last < frame.seq())),
            Err(error) => break error,
        }
    };
    assert!(matches!(error, CameraError::Lost));
    assert_eq!(last, Some(10), "the newest frame is never skipped");
}

/// A pause of an hour ends with the capture, or this test would not.
#[test]
fn a_paced_source_is_asked_again_only_after_the_pause() {
    let (live, _hold) = live(3, Some(CameraError::Lost));
    let mut live = live.paced(Duration::from_hours(1));
    live.start().unwrap();
    assert_eq!(live.next_frame(LONG).unwrap().seq(), 8);
    assert!(matches!(live.next_frame(Duration::from_millis(5)), Err(CameraError::Stalled)));
    live.stop();
    drop(live.wait(LONG, |slot| !slot.thread));
    assert!(!live.frames.lock().thread, "the thread has ended");
}

#[test]
fn a_blocked_source_stalls_within_the_deadline_and_is_abandoned() {
    let (mut live, _hold) = live(1, None);
    let frames = live.frames.clone();
    live.start().unwrap();
    assert!(live.next_frame(LONG).is_ok());
    assert!(matches!(live.next_frame(Duration::from_millis(5)), Err(CameraError::Stalled)));
    assert!(frames.frame().is_some());
    live.stop();
    assert!(frames.frame().is_none(), "stopping clears the frame");
    assert!(matches!(live.start(), Err(CameraError::Stalled)), "the thread still holds it");
}

#[test]
fn reports_open_errors_and_reopens_an_ended_source() {
    let (mut live, _hold) = live(1, Some(CameraError::Lost));
    live.start().unwrap();
    assert!(live.next_frame(LONG).is_ok());
    assert!(matches!(live.next_frame(LONG), Err(CameraError::Lost)));
    live.timeouts.release = LONG;
    assert!(matches!(live.start(), Err(CameraError::Absent)));
}

#[test]
fn a_silent_source_that_is_gone_is_lost() {
    let (live, _hold) = live(0, None);
    let mut live = live.while_present(Box::new(|| false));
    live.start().unwrap();
    assert!(matches!(live.next_frame(Duration::from_millis(5)), Err(CameraError::Lost)));
}

#[test]
fn a_slow_reader_gets_the_kept_frames_in_order() {
    let (live, _hold) = live(5, Some(CameraError::Lost));
    let mut live = live.keeping(3);
    live.start().unwrap();
    drop(live.wait(LONG, |slot| slot.failed.is_some()));
    assert_eq!(live.frames.frame().unwrap().seq(), 10);
    let seqs: Vec<u64> = std::iter::from_fn(|| live.next_frame(LONG).ok()).map(|frame| frame.seq()).collect();
    assert_eq!(seqs, [6, 7, 8]);
}

#[test]
fn a_camera_switch_inserts_a_timestamp_gap() {
    let open: Open = Box::new(|| {
        let (_, held) = std::sync::mpsc::channel();
        Ok(Box::new(plays(2, Some(CameraError::Stalled), held)))
    });
    let mut live = LiveSource::new(open, FrameSlot::default(), Arc::new(|| {}));
    live.start().unwrap();
    let before = live.next_frame(LONG).unwrap();
    live.frames.reopen();
    let after = live.next_frame(LONG).unwrap();
    assert!(after.seq() > before.seq());
    let gap = after.at().saturating_sub(before.at()).as_millis() as u64;
    assert!(gap > countenance_core::policy::LivenessPolicy::default().gap_millis, "{gap} ms");
}

#[test]
fn what_a_recording_did_not_show_is_known_during_and_after_the_capture() {
    struct Lossy(FakeSource);
    impl FrameSource for Lossy {
        fn next_frame(&mut self, within: Duration) -> Result<Frame, CameraError> {
            self.0.next_frame(within)
        }

        fn provenance(&self) -> CameraClaim {
            self.0.provenance()
        }

        fn losses(&self) -> Losses {
            Losses { lost: 7, ..Losses::default() }
        }
    }
    let (_hold, held) = std::sync::mpsc::channel();
    let mut lossy = Some(Lossy(plays(2, None, held)));
    let open: Open =
        Box::new(move || lossy.take().map(|p| Box::new(p) as Box<dyn FrameSource>).ok_or(CameraError::Absent));
    let mut live = LiveSource::new(open, FrameSlot::default(), Arc::new(|| {}));
    let frames = live.frames.clone();
    live.start().unwrap();
    live.next_frame(LONG).unwrap();
    assert_eq!((live.losses().lost, frames.losses().lost), (7, 7));
    live.stop();
    assert_eq!(frames.losses().lost, 7);
}
