//! What the threads of a kiosk share: configuration, browser, conditions, counts.

use std::{
    fmt, io,
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use countenance_client::{
    session::{
        browser::{Browser, BrowserError},
        continue_url::ContinueUrl,
    },
    visitor::Visitor,
};
use countenance_core::{
    clock::Clock,
    protocol::{OutOfOrder, SettingsRevision},
};

use crate::{
    browser::{BrowserKeeper, ProfileFolder},
    config::{KioskConfig, LoadedConfig},
    health::{Health, metrics::Metrics},
    notify::Progress,
    pin::{PinAnswer, PinGate},
    presence::Phase,
    suspend::{Bell, Suspensions},
    trouble::{Check, Troubles},
};

/// Name of the profile's folder, below the runtime folder, unless the configuration names another.
const PROFILE_FOLDER: &str = "countenance-kiosk";
/// A clock offset that is not known.
const UNKNOWN: i64 = i64::MIN;

/// The shared state of a kiosk.
pub struct KioskState {
    /// The configuration.
    pub config: KioskConfig,
    /// Names the configuration's files as they were read.
    pub revision: Option<SettingsRevision>,
    /// What is wrong now.
    pub troubles: Troubles,
    /// Counts.
    pub metrics: Metrics,
    /// Progress of the threads, for the watchdog.
    pub progress: Progress,
    /// Whose visit it is, once that is known.
    pub visitor: Arc<Visitor>,
    /// Rings after a suspension.
    pub(crate) bell: Bell,
    suspensions: Mutex<Suspensions>,
    was_suspended: AtomicBool,
    is_broken: AtomicBool,
    complaints: Mutex<Vec<String>>,
    pin: PinGate,
    phase: Mutex<Phase>,
    browser: Mutex<Option<BrowserKeeper>>,
    ahead_secs: AtomicI64,
    free_bytes: AtomicU64,
    clock: Box<dyn Clock + Send + Sync>,
    since_start: Box<dyn Fn() -> Duration + Send + Sync>,
}

impl fmt::Debug for KioskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KioskState").field("phase", &self.phase()).finish_non_exhaustive()
    }
}

impl KioskState {
    /// The state at the start, with the profile of a former process wiped. `roots` are the folders in memory, that of the
    /// user first; `since_start` is the time since the start of the process.
    pub fn new(
        loaded: LoadedConfig,
        roots: &[PathBuf],
        clock: Box<dyn Clock + Send + Sync>,
        since_start: Box<dyn Fn() -> Duration + Send + Sync>,
    ) -> Arc<Self> {
        let LoadedConfig { config, complaints, revision } = loaded;
        let mut complaints: Vec<_> = complaints.iter().map(ToString::to_string).collect();
        let troubles = Troubles::default();
        let path = config.profile.clone().or_else(|| roots.first().map(|root| root.join(PROFILE_FOLDER)));
        let browser = path.and_then(|path| {
            let claimed = ProfileFolder::claim(&path, roots).and_then(|profile| {
                if !profile.is_in_memory() {
                    complaints.push(format!("{} is not in memory: what is deleted may stay on disk", path.display()));
                }
                BrowserKeeper::new(config.browser.clone(), profile)
            });
            claimed.map_err(|error| complaints.push(countenance_client::headless::causes(&error))).ok()
        });
        if browser.is_none() || config.start.is_none() {
            troubles.note(Check::Setup, Some(OutOfOrder::AskStaff));
        }
        Arc::new(Self {
            pin: PinGate::new(config.operator_pin.clone()),
            config,
            revision,
            troubles,
            metrics: Metrics::default(),
            progress: Progress::default(),
            visitor: Arc::default(),
            bell: Bell::default(),
            suspensions: Mutex::default(),
            was_suspended: AtomicBool::new(false),
            is_broken: AtomicBool::new(false),
            complaints: Mutex::new(complaints),
            phase: Mutex::new(Phase::Empty),
            browser: Mutex::new(browser),
            ahead_secs: AtomicI64::new(UNKNOWN),
            free_bytes: AtomicU64::new(0),
            clock,
            since_start,
        })
    }

    /// After how long without a sign of the visitor they are asked whether they are there: as this kiosk is set up, or
    /// sooner if the visit's ticket wants that.
    pub fn idle(&self) -> Duration {
        Duration::from_secs(self.visitor.idle_secs(self.config.idle.get().into()).into())
    }

    /// Time since the start of the process.
    pub fn now(&self) -> Duration {
        (self.since_start)()
    }

    /// The window's thread made progress: to be called at least every four seconds while a window is open.
    pub fn alive(&self) {
        self.progress.main(self.now());
    }

    /// The worst condition that holds now.
    pub fn trouble(&self) -> Option<OutOfOrder> {
        self.troubles.worst()
    }

    /// Notes for how long the machine has been suspended in all. After a suspension everything of the visit is wiped, and
    /// whoever waits to ask camera or verifier asks now.
    pub fn note_suspended(&self, so_far: Duration) {
        if locked(&self.suspensions).grew(so_far) {
            tracing::info!("the machine was suspended");
            self.was_suspended.store(true, Ordering::Relaxed);
            self.bell.ring();
            self.troubles.wake();
        }
    }

    /// Whether what a window is for is over: it closes, and the main thread acts.
    pub fn is_interrupted(&self) -> bool {
        self.was_suspended() || self.is_broken()
    }

    pub(crate) fn was_suspended(&self) -> bool {
        self.was_suspended.load(Ordering::Relaxed)
    }

    pub(crate) fn forget_suspension(&self) {
        self.was_suspended.store(false, Ordering::Relaxed);
    }

    /// Whether a thread beside the main one has panicked.
    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Relaxed)
    }

    /// Runs `work` on a thread of its own. If it panics, the kiosk ends, to be started again.
    pub(crate) fn spawn(self: &Arc<Self>, name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let guard = PanicGuard(Arc::clone(self));
        let run = move || {
            let _guard = guard;
            work();
        };
        thread::Builder::new().name(name.into()).spawn(run).map(drop)
    }

    /// Compares a PIN that was typed on the operator's screen.
    pub fn check_pin(&self, typed: &str) -> PinAnswer {
        self.pin.check(typed, self.now())
    }

    /// What of the configuration was left out, a sentence each: for the operator's screen.
    pub fn complaints(&self) -> Vec<String> {
        locked(&self.complaints).clone()
    }

    /// Adds something that was left out.
    pub fn complain(&self, complaint: String) {
        locked(&self.complaints).push(complaint);
    }

    /// Opens `page` in the browser that the visit began in, on top of what it shows.
    pub fn open_page(&self, page: &str) -> io::Result<()> {
        match &mut *self.browser() {
            Some(browser) => browser.open(page),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// Ends the browser and deletes all of it: before the process ends.
    pub fn shut_down(&self) {
        let now = self.now();
        if let Some(browser) = self.browser().as_mut() {
            // Reported there. The next start wipes again before anything is shown.
            browser.wipe(now).ok();
        }
    }

    /// What is going on.
    pub fn phase(&self) -> Phase {
        *locked(&self.phase)
    }

    pub(crate) fn set_phase(&self, phase: Phase) {
        *locked(&self.phase) = phase;
    }

    /// The browser; `None` if there is no profile for it.
    pub(crate) fn browser(&self) -> MutexGuard<'_, Option<BrowserKeeper>> {
        locked(&self.browser)
    }

    /// By how much the clock is ahead of the verifier's, as found last.
    pub(crate) fn set_ahead_secs(&self, ahead_secs: Option<i64>) {
        self.ahead_secs.store(ahead_secs.unwrap_or(UNKNOWN), Ordering::Relaxed);
    }

    /// By how much the clock is ahead of the verifier's, as found last.
    pub fn ahead_secs(&self) -> Option<i64> {
        Some(self.ahead_secs.load(Ordering::Relaxed)).filter(|secs| *secs != UNKNOWN)
    }

    /// Free space of the profile, as found last.
    pub(crate) fn set_free_bytes(&self, free: Option<u64>) {
        self.free_bytes.store(free.unwrap_or_default(), Ordering::Relaxed);
    }

    /// How the kiosk is. Waits for nothing, so that it can be asked while the browser is being ended.
    pub fn health(&self) -> Health {
        let (sessions, last) = self.metrics.sessions();
        let free = self.free_bytes.load(Ordering::Relaxed);
        Health {
            at: self.clock.now(),
            version: env!("CARGO_PKG_VERSION"),
            site: self.config.site.as_ref().map(ToString::to_string),
            uptime_secs: self.now().as_secs(),
            state: self.phase().into(),
            conditions: self.troubles.all().into_iter().map(Into::into).collect(),
            sessions,
            last_outcome: last.map(|(outcome, _)| outcome.name()),
            browser_failures: self.metrics.browser_failures(),
            clock_ahead_secs: self.ahead_secs(),
            profile_free_bytes: Some(free).filter(|free| *free > 0),
            pin_locked: self.pin.is_locked(self.now()),
            complaints: self.complaints(),
        }
    }

    /// This machine's time.
    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }
}

impl crate::health::Pages for KioskState {
    fn healthz(&self) -> (bool, String) {
        let health = self.health();
        (health.is_good(), health.to_json())
    }

    fn metrics(&self) -> String {
        self.metrics.to_text(&self.health())
    }
}

/// Opens the return page in the browser that the visit began in: in another one, the session would be unknown.
pub struct KioskBrowser(pub Arc<KioskState>);

impl Browser for KioskBrowser {
    fn open(&mut self, url: &ContinueUrl) -> Result<(), BrowserError> {
        self.0.open_page(url.as_str()).map_err(BrowserError::NotOpened)
    }
}

/// Notes a panic of its thread.
struct PanicGuard(Arc<KioskState>);

impl Drop for PanicGuard {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.is_broken.store(true, Ordering::Relaxed);
            self.0.troubles.wake();
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
