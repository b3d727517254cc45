//! A source on a thread of its own: the newest frame lies in a slot, where the window and the flow each take it at their
//! own speed.
//!
//! A source that blocks for ever blocks only its thread: whoever waits for a frame has a deadline, and nobody waits for
//! the thread.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use super::{CameraError, FrameSource, recording};
use countenance_core::{
    frame::Frame,
    protocol::{CameraClaim, CameraKind},
};

/// Opens the source anew for each look. Called on the source's own thread, for opening may block too.
pub type Open = Box<dyn FnMut() -> Result<Box<dyn FrameSource>, CameraError> + Send>;
/// Called from the source's thread whenever there is a new frame, or none will follow.
pub type Notify = Arc<dyn Fn() + Send + Sync>;
/// Whether the source is still there at all: tells one that was lost from one that stalled.
pub type Present = Box<dyn FnMut() -> bool + Send>;

/// Longest wait of the thread for one frame before it looks whether it is still wanted.
const POLL_INTERVAL: Duration = Duration::from_millis(200);
/// What the frames of another camera lie behind those of the one before, in time. Longer than a track may pause, so that no
/// proof spans two cameras.
const CHANGE: Duration = Duration::from_secs(1);

/// Frames from a thread: a device, or a recording played at its own speed.
pub struct LiveSource {
    open: Arc<Mutex<Open>>,
    present: Present,
    frames: FrameSlot,
    notify: Notify,
    timeouts: Timeouts,
    keep: usize,
    /// Number and time of this camera's first frame in the stream that is given, and of the last frame given.
    base: (u64, Duration),
    last: Option<(u64, Duration)>,
}

/// How long a source may take.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// To let go of what the look before used.
    pub release: Duration,
    /// To open and give its first frame.
    pub open: Duration,
}

/// The slot with the newest frame; each clone is a view of the same one.
#[derive(Clone, Default)]
pub struct FrameSlot(Arc<Shared>);

#[derive(Default)]
struct Shared {
    slot: Mutex<Slot>,
    changed: Condvar,
}

/// What lies in the slot. A thread whose `run` is not the slot's has been let go.
#[derive(Default)]
struct Slot {
    run: u64,
    /// A thread of this or an earlier run has not ended yet.
    thread: bool,
    opened: bool,
    claim: Option<CameraClaim>,
    newest: Option<Frame>,
    /// Frames that nobody has taken yet, oldest first; as many as are kept.
    waiting: VecDeque<Frame>,
    failed: Option<CameraError>,
    /// Another camera was chosen.
    again: bool,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { release: Duration::from_secs(2), open: Duration::from_secs(6) }
    }
}

impl LiveSource {
    /// A source that `open` opens at each start and whose newest frame lies in `latest`.
    pub fn new(open: Open, frames: FrameSlot, notify: Notify) -> Self {
        Self {
            open: Arc::new(Mutex::new(open)),
            present: Box::new(|| true),
            frames,
            notify,
            timeouts: Timeouts::default(),
            keep: 1,
            base: (0, Duration::ZERO),
            last: None,
        }
    }

    /// The same, where `present` can say whether the source is still there.
    #[must_use]
    pub fn while_present(mut self, present: Present) -> Self {
        self.present = present;
        self
    }

    /// The same with other timeouts.
    #[must_use]
    pub fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// The same, where up to `frames` frames wait for a reader that is slower than the camera, and those that find no place
    /// are dropped: for machines such as an emulator. Usually one waits, and makes place for the next.
    #[must_use]
    pub fn keeping(mut self, frames: usize) -> Self {
        self.keep = frames.max(1);
        self
    }

    /// Waits, at most so long, until the slot is as `holds` wants it.
    fn wait(&self, within: Duration, holds: impl Fn(&Slot) -> bool) -> MutexGuard<'_, Slot> {
        let shared = &*self.frames.0;
        let waiting = |slot: &mut Slot| !holds(slot);
        let waited = shared.changed.wait_timeout_while(self.frames.lock(), within, waiting);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Opens the camera that is chosen now and waits for its first frame.
    fn begin(&mut self) -> Result<(), CameraError> {
        self.end();
        // A camera is let go by its thread. Whoever opens it before that finds it busy.
        let mut slot = self.wait(self.timeouts.release, |slot| !slot.thread);
        if slot.thread {
            return Err(CameraError::Stalled);
        }
        (slot.thread, slot.again) = (true, false);
        let run = slot.run;
        drop(slot);
        let (open, frames, notify) = (Arc::clone(&self.open), self.frames.clone(), Arc::clone(&self.notify));
        let keep = self.keep;
        let work = move || {
            let ended = EndGuard(frames);
            read(&open, &ended.0, run, &notify, keep);
        };
        if let Err(error) = thread::Builder::new().name("camera".into()).spawn(work) {
            self.frames.lock().thread = false;
            return Err(recording::RecordingError::Io(error).into());
        }
        let mut slot = self.wait(self.timeouts.open, |slot| slot.opened || slot.failed.is_some());
        // What fails later is for whoever asks for a frame.
        if slot.opened {
            return Ok(());
        }
        let failed = slot.failed.take();
        drop(slot);
        self.end();
        Err(failed.unwrap_or(CameraError::Stalled))
    }

    fn end(&mut self) {
        let mut slot = self.frames.lock();
        *slot = Slot { run: slot.run + 1, thread: slot.thread, claim: slot.claim.take(), ..Slot::default() };
        drop(slot);
        self.frames.0.changed.notify_all();
    }

    /// The frame at its place in the stream that is given, which goes on from camera to camera.
    fn place(&mut self, frame: Frame) -> Frame {
        let (seq, at) = (self.base.0 + frame.seq(), self.base.1 + frame.at());
        self.last = Some((seq, at));
        frame.placed(seq, at)
    }
}

impl FrameSource for LiveSource {
    fn start(&mut self) -> Result<(), CameraError> {
        (self.base, self.last) = ((0, Duration::ZERO), None);
        self.begin()
    }

    fn stop(&mut self) {
        self.end();
    }

    fn next_frame(&mut self, within: Duration) -> Result<Frame, CameraError> {
        let ready = |slot: &Slot| slot.again || slot.failed.is_some() || !slot.waiting.is_empty();
        let mut slot = self.wait(within, ready);
        if slot.again {
            drop(slot);
            self.base = self.last.map_or((0, Duration::ZERO), |(seq, at)| (seq + 1, at + CHANGE));
            self.begin()?;
            return self.next_frame(within);
        }
        if let Some(frame) = slot.waiting.pop_front() {
            drop(slot);
            return Ok(self.place(frame));
        }
        let failed = slot.failed.take();
        drop(slot);
        Err(failed.unwrap_or_else(|| if (self.present)() { CameraError::Stalled } else { CameraError::Lost }))
    }

    fn provenance(&self) -> CameraClaim {
        self.frames.lock().claim.clone().unwrap_or_else(unopened)
    }
}

impl Drop for LiveSource {
    fn drop(&mut self) {
        self.end();
    }
}

impl Slot {
    fn put(&mut self, frame: Frame, claim: CameraClaim, keep: usize) {
        (self.newest, self.claim) = (Some(frame.clone()), Some(claim));
        if keep == 1 {
            self.waiting.clear();
        }
        if self.waiting.len() < keep {
            self.waiting.push_back(frame);
        }
    }
}

impl FrameSlot {
    /// The newest frame; none before the first one and after the end of a look.
    pub fn frame(&self) -> Option<Frame> {
        self.lock().newest.clone()
    }

    /// Another camera was chosen: a look under way goes on with that one.
    pub fn reopen(&self) {
        self.lock().again = true;
        self.0.changed.notify_all();
    }

    /// A slot whose holder panicked is still a slot.
    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.0.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says that the thread has ended, however that came.
struct EndGuard(FrameSlot);

impl Drop for EndGuard {
    fn drop(&mut self) {
        let mut slot = self.0.lock();
        slot.thread = false;
        drop(slot);
        self.0.0.changed.notify_all();
    }
}

/// The thread: opens the source, then frames into the slot until this run is over or the source fails.
fn read(open: &Mutex<Open>, frames: &FrameSlot, run: u64, notify: &Notify, keep: usize) {
    let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
    let opened = open().and_then(|mut source| source.start().map(|()| source));
    drop(open);
    let mut source = match opened {
        Ok(source) => source,
        Err(error) => {
            tell(frames, run, notify, |slot| slot.failed = Some(error));
            return;
        }
    };
    let claim = source.provenance();
    let mut goes_on = tell(frames, run, notify, |slot| (slot.opened, slot.claim) = (true, Some(claim)));
    while goes_on {
        let next = source.next_frame(POLL_INTERVAL);
        let claim = source.provenance();
        goes_on = match next {
            Ok(frame) => tell(frames, run, notify, |slot| slot.put(frame, claim, keep)),
            // Whoever waits for a frame has a deadline of their own.
            Err(CameraError::Stalled) => frames.lock().run == run,
            Err(error) => {
                tell(frames, run, notify, |slot| slot.failed = Some(error));
                false
            }
        };
    }
    source.stop();
}

/// Changes the slot and wakes whoever waits; `false` if this run is over.
fn tell(frames: &FrameSlot, run: u64, notify: &Notify, change: impl FnOnce(&mut Slot)) -> bool {
    let mut slot = frames.lock();
    if slot.run != run {
        return false;
    }
    change(&mut slot);
    drop(slot);
    frames.0.changed.notify_all();
    notify();
    true
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
mod tests;
