//! A source on a thread of its own: the newest frame lies in a slot, where the window and the flow each take it at their
//! own speed.
//!
//! A source that blocks for ever blocks only its thread: whoever waits for a frame has a deadline, and nobody waits for
//! the thread.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use super::{CameraError, FrameSource, recording};
use crate::{
    frame::Frame,
    protocol::{CameraClaim, CameraKind},
};

/// Opens the source anew for each look.
pub type Open = Box<dyn FnMut() -> Result<Box<dyn FrameSource>, CameraError> + Send>;
/// Called from the source's thread whenever there is a new frame, or none will follow.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Longest wait of the thread for one frame. Longer than any deadline of those who wait for the slot.
const FRAME_WAIT: Duration = Duration::from_secs(10);

/// Frames from a thread: a device, or a recording played at its own speed.
pub struct Live {
    open: Open,
    latest: Latest,
    wake: Wake,
    taken: Option<u64>,
    provenance: CameraClaim,
}

/// The slot with the newest frame; each clone is a view of the same one.
#[derive(Clone, Default)]
pub struct Latest(Arc<Shared>);

#[derive(Default)]
struct Shared {
    slot: Mutex<Slot>,
    changed: Condvar,
}

/// What lies in the slot. A thread whose `run` is not the slot's has been let go.
#[derive(Default)]
struct Slot {
    run: u64,
    frame: Option<Frame>,
    failed: Option<CameraError>,
}

impl Live {
    /// A source that `open` opens at each start and whose newest frame lies in `latest`.
    pub fn new(open: Open, latest: Latest, wake: Wake) -> Self {
        Self { open, latest, wake, taken: None, provenance: unopened() }
    }
}

impl FrameSource for Live {
    fn start(&mut self) -> Result<(), CameraError> {
        self.stop();
        let mut source = (self.open)()?;
        source.start()?;
        self.provenance = source.provenance();
        let run = self.latest.lock().run;
        let (latest, wake) = (self.latest.clone(), Arc::clone(&self.wake));
        let read = move || read(&mut *source, &latest, run, &wake);
        match thread::Builder::new().name("camera".into()).spawn(read) {
            Ok(_) => Ok(()),
            Err(error) => Err(recording::RecordingError::Io(error).into()),
        }
    }

    fn stop(&mut self) {
        let mut slot = self.latest.lock();
        *slot = Slot { run: slot.run + 1, ..Slot::default() };
        self.taken = None;
    }

    fn next_frame(&mut self, within: Duration) -> Result<Frame, CameraError> {
        let shared = &*self.latest.0;
        let taken = self.taken;
        let is_new = |frame: &Frame| taken.is_none_or(|taken| frame.seq() > taken);
        let waiting = |slot: &mut Slot| slot.failed.is_none() && !slot.frame.as_ref().is_some_and(is_new);
        let (mut slot, _) = shared
            .changed
            .wait_timeout_while(self.latest.lock(), within, waiting)
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(frame) = slot.frame.as_ref().filter(|frame| is_new(frame)) {
            self.taken = Some(frame.seq());
            return Ok(frame.clone());
        }
        Err(slot.failed.take().unwrap_or(CameraError::Stalled))
    }

    fn provenance(&self) -> CameraClaim {
        self.provenance.clone()
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Latest {
    /// The newest frame; none before the first one and after the end of a look.
    pub fn frame(&self) -> Option<Frame> {
        self.lock().frame.clone()
    }

    /// A slot whose holder panicked is still a slot.
    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.0.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread: frames into the slot until this run is over or the source fails.
fn read(source: &mut dyn FrameSource, latest: &Latest, run: u64, wake: &Wake) {
    loop {
        let next = source.next_frame(FRAME_WAIT);
        let mut slot = latest.lock();
        if slot.run != run {
            break;
        }
        let goes_on = next.is_ok();
        match next {
            Ok(frame) => slot.frame = Some(frame),
            Err(error) => slot.failed = Some(error),
        }
        drop(slot);
        latest.0.changed.notify_all();
        wake();
        if !goes_on {
            break;
        }
    }
    source.stop();
}

/// A recording in place of a camera: its own speed, and from the start again when it ends, as a camera never ends.
pub struct Playback {
    recording: Box<dyn FrameSource>,
    again: Open,
    began: Instant,
    /// Added to the recording's own times and numbers: what was played before.
    played: Duration,
    seq: u64,
    last_at: Duration,
    pace: Duration,
}

impl Playback {
    /// Plays what `open` opens, from now on.
    pub fn new(mut open: Open) -> Result<Self, CameraError> {
        let recording = open()?;
        let usual = Duration::from_millis(40);
        Ok(Self {
            recording,
            again: open,
            began: now(),
            played: Duration::ZERO,
            seq: 0,
            last_at: Duration::ZERO,
            pace: usual,
        })
    }
}

impl FrameSource for Playback {
    fn next_frame(&mut self, within: Duration) -> Result<Frame, CameraError> {
        let frame = match self.recording.next_frame(within) {
            Err(CameraError::Ended) if self.seq > 0 => {
                self.recording = (self.again)()?;
                self.played = self.last_at + self.pace;
                self.recording.next_frame(within)?
            }
            frame => frame?,
        };
        let at = self.played + frame.at();
        if self.seq > 0 {
            self.pace = at.saturating_sub(self.last_at);
        }
        (self.last_at, self.seq) = (at, self.seq + 1);
        thread::sleep(at.saturating_sub(self.began.elapsed()));
        Ok(frame.placed(self.seq - 1, at))
    }

    fn provenance(&self) -> CameraClaim {
        self.recording.provenance()
    }
}

#[expect(clippy::disallowed_methods, reason = "a camera keeps real time, and so does what stands in for one")]
fn now() -> Instant {
    Instant::now()
}

/// What is said of a camera that was never opened.
fn unopened() -> CameraClaim {
    CameraClaim {
        name: String::new(),
        driver: String::new(),
        bus_path: None,
        vid_pid: None,
        format: String::new(),
        kind: CameraKind::Unknown,
        pinned: false,
        testing: false,
        qualified: false,
        signs: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::tests::noise_frame;

    /// Gives so many frames at once, then fails so, or blocks until the test is over.
    struct Plays(u64, Option<CameraError>, std::sync::mpsc::Receiver<()>);

    impl FrameSource for Plays {
        fn next_frame(&mut self, _: Duration) -> Result<Frame, CameraError> {
            if self.0 == 0 {
                let error = self.1.take().unwrap_or_else(|| {
                    // Ends when the test does.
                    self.2.recv().ok();
                    CameraError::Lost
                });
                return Err(error);
            }
            self.0 -= 1;
            Ok(noise_frame(10 - self.0, 120, 60))
        }

        fn provenance(&self) -> CameraClaim {
            unopened()
        }
    }

    fn live(frames: u64, error: Option<CameraError>) -> (Live, std::sync::mpsc::Sender<()>) {
        let (hold, held) = std::sync::mpsc::channel();
        let mut plays = Some(Plays(frames, error, held));
        let open: Open =
            Box::new(move || plays.take().map(|p| Box::new(p) as Box<dyn FrameSource>).ok_or(CameraError::Absent));
        (Live::new(open, Latest::default(), Arc::new(|| {})), hold)
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn frames_come_in_order_and_then_the_failure() {
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

    #[test]
    fn a_source_that_blocks_is_stalled_within_the_deadline_and_let_go() {
        let (mut live, _hold) = live(1, None);
        let latest = live.latest.clone();
        live.start().unwrap();
        assert!(live.next_frame(LONG).is_ok());
        assert!(matches!(live.next_frame(Duration::from_millis(5)), Err(CameraError::Stalled)));
        assert!(latest.frame().is_some());
        live.stop();
        assert!(latest.frame().is_none(), "the picture goes with the look");
        assert!(matches!(live.start(), Err(CameraError::Absent)));
    }
}
