//! A source on its own thread: the newest frame is in a slot, from which the window and the flow read independently.
//!
//! A source that blocks forever blocks only its thread: every wait for a frame has a deadline, and nothing waits for
//! the thread.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use super::{CameraError, FrameSource, Losses, recording};
use countenance_core::{
    frame::Frame,
    protocol::{CameraClaim, CameraKind},
};

/// Opens the source for each capture. Called on the source's thread, because opening may block too.
pub type Open = Box<dyn FnMut() -> Result<Box<dyn FrameSource>, CameraError> + Send>;
/// Called on the source's thread for every new frame, and when no more will follow.
pub type Notify = Arc<dyn Fn() + Send + Sync>;
/// Whether the source is still present: distinguishes a lost source from a stalled one.
pub type Present = Box<dyn FnMut() -> bool + Send>;

/// Maximum wait for a frame before the thread checks whether it is still needed.
const POLL_INTERVAL: Duration = Duration::from_millis(200);
/// Timestamp gap inserted on a camera switch. Longer than the maximum gap within a track, so that no proof spans two
/// cameras.
const CHANGE: Duration = Duration::from_secs(1);

/// Frames from a thread: a device, or a recording played in real time.
pub struct LiveSource {
    open: Arc<Mutex<Open>>,
    present: Present,
    frames: FrameSlot,
    notify: Notify,
    timeouts: Timeouts,
    keep: usize,
    pace: Duration,
    /// Sequence number and time of this camera's first frame in the output stream, and of the last frame delivered.
    base: (u64, Duration),
    last: Option<(u64, Duration)>,
}

/// Timeouts of a source.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// To release what the previous capture used.
    pub release: Duration,
    /// To open and deliver the first frame.
    pub open: Duration,
}

/// The slot with the newest frame. Clones share it.
#[derive(Clone, Default)]
pub struct FrameSlot(Arc<Shared>);

#[derive(Default)]
struct Shared {
    slot: Mutex<Slot>,
    changed: Condvar,
}

/// Contents of the slot. A thread whose `run` differs from the slot's is no longer needed.
#[derive(Default)]
struct Slot {
    run: u64,
    /// A thread of this or an earlier run has not ended yet.
    thread: bool,
    opened: bool,
    claim: Option<CameraClaim>,
    losses: Losses,
    newest: Option<Frame>,
    /// Frames not yet read, oldest first, up to the configured number.
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
    /// A source that calls `open` at each start and stores its newest frame in `frames`.
    pub fn new(open: Open, frames: FrameSlot, notify: Notify) -> Self {
        Self {
            open: Arc::new(Mutex::new(open)),
            present: Box::new(|| true),
            frames,
            notify,
            timeouts: Timeouts::default(),
            keep: 1,
            pace: Duration::ZERO,
            base: (0, Duration::ZERO),
            last: None,
        }
    }

    /// Adds a check whether the source is still present.
    #[must_use]
    pub fn while_present(mut self, present: Present) -> Self {
        self.present = present;
        self
    }

    /// Replaces the timeouts.
    #[must_use]
    pub fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Buffers up to `frames` frames for a reader slower than the camera, such as an emulator, and drops new ones while
    /// the buffer is full. The default buffers one frame, which a new one replaces.
    #[must_use]
    pub fn keeping(mut self, frames: usize) -> Self {
        self.keep = frames.max(1);
        self
    }

    /// Takes a frame from the source only every `pace`: it is not asked for those in between. They are not decoded then, and
    /// a camera's driver drops them; a frame may be a few of these pauses old.
    #[must_use]
    pub fn paced(mut self, pace: Duration) -> Self {
        self.pace = pace;
        self
    }

    /// Waits, for at most `within`, until `holds` is true of the slot.
    fn wait(&self, within: Duration, holds: impl Fn(&Slot) -> bool) -> MutexGuard<'_, Slot> {
        let shared = &*self.frames.0;
        let waiting = |slot: &mut Slot| !holds(slot);
        let waited = shared.changed.wait_timeout_while(self.frames.lock(), within, waiting);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Opens the currently chosen camera and waits for its first frame.
    fn begin(&mut self) -> Result<(), CameraError> {
        self.end();
        // The old thread releases its camera. Opening it before that would find it busy.
        let mut slot = self.wait(self.timeouts.release, |slot| !slot.thread);
        if slot.thread {
            return Err(CameraError::Stalled);
        }
        (slot.thread, slot.again) = (true, false);
        let run = slot.run;
        drop(slot);
        let (open, frames, notify) = (Arc::clone(&self.open), self.frames.clone(), Arc::clone(&self.notify));
        let (keep, pace) = (self.keep, self.pace);
        let work = move || {
            let ended = EndGuard(frames);
            read(&open, &ended.0, run, &notify, keep, pace);
        };
        if let Err(error) = thread::Builder::new().name("camera".into()).spawn(work) {
            self.frames.lock().thread = false;
            return Err(recording::RecordingError::Io(error).into());
        }
        let mut slot = self.wait(self.timeouts.open, |slot| slot.opened || slot.failed.is_some());
        // Later errors are returned by `next_frame`.
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
        let (run, claim) = (slot.run + 1, slot.claim.take());
        *slot = Slot { run, thread: slot.thread, claim, losses: slot.losses, ..Slot::default() };
        drop(slot);
        self.frames.0.changed.notify_all();
    }

    /// Renumbers a frame in the output stream, which continues across cameras.
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

    fn losses(&self) -> Losses {
        self.frames.losses()
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
    /// The newest frame; `None` before the first one and after a capture.
    pub fn frame(&self) -> Option<Frame> {
        self.lock().newest.clone()
    }

    /// What the recording in place of a camera did not show, in this capture or the one before.
    pub fn losses(&self) -> Losses {
        self.lock().losses
    }

    /// Reports that another camera was chosen: a running capture switches to it.
    pub fn reopen(&self) {
        self.lock().again = true;
        self.0.changed.notify_all();
    }

    /// Waits for `pace`, or until this run is over; returns whether it goes on.
    fn rest(&self, run: u64, pace: Duration) -> bool {
        let waited = self.0.changed.wait_timeout_while(self.lock(), pace, |slot| slot.run == run);
        waited.unwrap_or_else(PoisonError::into_inner).0.run == run
    }

    /// A panic elsewhere leaves the slot usable.
    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.0.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reports the end of the thread, even after a panic.
struct EndGuard(FrameSlot);

impl Drop for EndGuard {
    fn drop(&mut self) {
        let mut slot = self.0.lock();
        slot.thread = false;
        drop(slot);
        self.0.0.changed.notify_all();
    }
}

/// The thread: opens the source and stores frames in the slot until this run is over or the source fails.
fn read(open: &Mutex<Open>, frames: &FrameSlot, run: u64, notify: &Notify, keep: usize, pace: Duration) {
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
        let (claim, losses) = (source.provenance(), source.losses());
        goes_on = match next {
            Ok(frame) => {
                let stored = tell(frames, run, notify, |slot| {
                    slot.losses = losses;
                    slot.put(frame, claim, keep);
                });
                stored && frames.rest(run, pace)
            }
            // Readers have their own deadline.
            Err(CameraError::Stalled) => frames.lock().run == run,
            Err(error) => {
                tell(frames, run, notify, |slot| (slot.failed, slot.losses) = (Some(error), losses));
                false
            }
        };
    }
    source.stop();
}

/// Changes the slot and wakes all waiters; returns `false` if this run is over.
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

/// The claim of a camera that was never opened.
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
