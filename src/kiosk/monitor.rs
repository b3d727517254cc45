//! The threads beside the main one: they look after browser, disk, camera and verifier, and feed the watchdog.
//!
//! Each only notes what it finds in the [`Troubles`](crate::trouble::Troubles); the main thread and the window read it.
//! They end with the process. If one panics, the main thread ends the kiosk, to be started again
//! ([`Leave::Broken`](crate::exit::Leave::Broken)): a condition that nobody clears any more would keep people out.

use std::{fs, io, path::PathBuf, sync::Arc, thread, time::Duration};

use countenance_client::{
    runner::CameraErrorKind,
    session::{Timeouts, reach::reach},
};
use countenance_core::protocol::OutOfOrder;
use countenance_system::whole_file::{self, Access};

use crate::{
    browser::BrowserKeeper,
    notify::Notifier,
    presence::Phase,
    probe::{self, Schedule},
    state::KioskState,
    suspend,
    trouble::Check,
};

/// How often browser and disk are looked after, and the watchdog is.
const INTERVAL: Duration = Duration::from_millis(500);
/// How often it is looked whether the camera is there.
const CAMERA_INTERVAL: Duration = Duration::from_secs(5);
/// How often the health file is written though nothing has changed.
const HEALTH_INTERVAL: Duration = Duration::from_secs(10);
/// Timeouts of a question to a verifier.
const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(4), answer: Duration::from_secs(4) };

/// What the camera can be asked while no window uses it.
pub trait CameraCheck: Send + Sync {
    /// Whether it is there. No light goes on.
    fn present(&self) -> Result<(), CameraErrorKind>;

    /// Whether it delivers a frame. Takes a second or two.
    fn streams(&self) -> Result<(), CameraErrorKind>;
}

/// Starts the threads.
pub fn begin(
    state: &Arc<KioskState>,
    camera: &Arc<dyn CameraCheck>,
    notifier: Arc<Notifier>,
    health_file: Option<PathBuf>,
) -> io::Result<()> {
    let ours = Arc::clone(state);
    let mut written = Written { file: health_file, at: None, text: String::new() };
    every(state, "monitor", INTERVAL, move || {
        ours.note_suspended(suspend::suspended_so_far());
        look_after_browser(&ours);
        ours.progress.monitor(ours.now());
        written.write(&ours, &notifier);
    })?;
    let (ours, camera) = (Arc::clone(state), Arc::clone(camera));
    every(state, "camera", CAMERA_INTERVAL, move || look_at_camera(&ours, &*camera))?;
    let ours = Arc::clone(state);
    let mut schedule = Schedule::default();
    let ask = move || loop {
        let clock = || ours.clock().now();
        let found = probe::look(&ours.config.verifiers, clock, |origin| reach(origin, TIMEOUTS));
        ours.troubles.note(Check::Verifier, found.verifier);
        ours.troubles.note(Check::Clock, found.clock);
        ours.set_ahead_secs(found.ahead_secs);
        ours.bell.wait(schedule.next(&found));
    };
    state.spawn("verifier", ask)
}

/// Feeds the watchdog, if there is one, while main thread and monitor make progress.
pub fn feed_watchdog(state: &Arc<KioskState>, notifier: &Arc<Notifier>) -> io::Result<()> {
    let Some(limit) = notifier.watchdog() else { return Ok(()) };
    let (ours, notifier) = (Arc::clone(state), Arc::clone(notifier));
    every(state, "watchdog", limit / 4, move || {
        if ours.progress.is_recent(ours.now(), limit / 2) {
            notifier.feed();
        }
    })
}

fn every(
    state: &Arc<KioskState>,
    name: &str,
    interval: Duration,
    mut work: impl FnMut() + Send + 'static,
) -> io::Result<()> {
    let work = move || loop {
        work();
        thread::sleep(interval);
    };
    state.spawn(name, work)
}

/// One look at browser and disk.
pub fn look_after_browser(state: &KioskState) {
    let now = state.now();
    let mut browser = state.browser();
    let Some(browser) = browser.as_mut() else { return };
    if let Some(failure) = browser.tick(now) {
        state.metrics.browser_failed(failure);
    }
    note_browser(state, browser);
}

/// Notes what is wrong with browser and disk.
pub(crate) fn note_browser(state: &KioskState, browser: &BrowserKeeper) {
    state.troubles.note(Check::Browser, browser.condition());
    state.troubles.note(Check::Disk, browser.is_full().then_some(OutOfOrder::DiskFull));
    state.set_free_bytes(browser.free_bytes());
}

fn look_at_camera(state: &KioskState, camera: &dyn CameraCheck) {
    state.troubles.note(Check::Camera, camera.present().err().map(camera_condition));
    // While nobody signs in nobody uses the camera, and somebody may have mended it. The screen that invites people says
    // itself what is wrong.
    let is_bad = state.troubles.all().iter().any(|(check, _)| *check == Check::Stream);
    if is_bad && matches!(state.phase(), Phase::OutOfOrder | Phase::Empty) {
        check_stream(state, camera);
    }
}

/// Takes a frame and notes whether that works. Only while no window uses the camera.
pub(crate) fn check_stream(state: &KioskState, camera: &dyn CameraCheck) {
    state.troubles.note(Check::Stream, camera.streams().err().map(camera_condition));
}

/// What a failure of the camera means for the person in front.
pub fn camera_condition(kind: CameraErrorKind) -> OutOfOrder {
    use CameraErrorKind as K;
    match kind {
        K::Absent | K::NeedsLibcamera | K::NoPortal | K::NotPinned | K::Lost => OutOfOrder::CameraGone,
        K::Busy | K::Denied | K::DeniedByDesktop | K::Asking => OutOfOrder::CameraBusy,
        K::Stalled | K::TooSlow | K::Black | K::Frozen | K::TimeBackwards => OutOfOrder::CameraFrozen,
        K::Unsupported
        | K::Monochrome
        | K::Virtual
        | K::NotKnown
        | K::Injected
        | K::NotQualified
        | K::Ended
        | K::Recording => OutOfOrder::AskStaff,
    }
}

/// The health file, and the line for the service manager.
struct Written {
    file: Option<PathBuf>,
    at: Option<Duration>,
    text: String,
}

impl Written {
    fn write(&mut self, state: &KioskState, notifier: &Notifier) {
        let (health, now) = (state.health(), state.now());
        let line = health.to_line();
        let is_old = self.at.is_none_or(|at| now.saturating_sub(at) >= HEALTH_INTERVAL);
        if line != self.text {
            notifier.status(&line);
        } else if !is_old {
            return;
        }
        (self.at, self.text) = (Some(now), line);
        let Some(file) = &self.file else { return };
        let write = || whole_file::replace(file, health.to_json().as_bytes(), Access::AsUsual);
        // In a full file system, the old file makes room for the new one. If it stayed, it would say that all is well.
        if let Err(error) = write().or_else(|_| fs::remove_file(file).and_then(|()| write())) {
            tracing::debug!(%error, "the health file was not written");
        }
    }
}
