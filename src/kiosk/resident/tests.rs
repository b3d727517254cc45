//! The main loop with scripted windows, a script as the browser, and a clock that moves only with its waits.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use zeroize::Zeroizing;

use super::*;
use crate::{
    config::{BadgeForm, BrowserProgram, KioskConfig, LoadedConfig},
    health::Pages,
    idle::NoInput,
    screens::{OperatorRequest, ScreenError},
    trouble::Check,
    watch::NoWatch,
};
use countenance_client::runner::{CameraErrorKind, RunOutcome};
use countenance_core::{
    clock::{Clock, UnixSecs},
    protocol::Purpose,
};

mod idle;
mod trouble;

const FAKE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/kiosk/fake-browser");
const LINK: &str = "countenance://verify?v=https://v.example&s=session&c=c0de";

/// What happens next: a window closes, or something arrives while none is open.
enum Turn {
    Shows(Opening, Result<Closed, ScreenError>),
    Call(&'static str),
    Touch,
    /// Nothing for this many seconds.
    Quiet(u64),
    Trouble(Check, Option<OutOfOrder>),
    Stop,
    /// The camera sees this.
    Sees(Observation),
    /// The machine has been suspended for this many seconds in all.
    Suspended(u64),
    /// The ticket of the sign-in wants a person to be asked after so many seconds.
    TicketWants(u32),
    /// The browser's process ends, and the monitor sees it.
    BrowserEnds,
    /// The same behind a window, which closes later.
    BrowserEndsBehind(Opening, Closed),
    /// A thread beside the main one panics.
    Panics,
    /// The window breaks because a service manager ends the compositor together with this process.
    GoesDown(Opening),
}

#[derive(Clone, Default)]
pub(crate) struct TestClock(Arc<AtomicU64>);

impl TestClock {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.0.fetch_add(time.as_millis() as u64, Ordering::Relaxed);
    }
}

struct Script {
    turns: Mutex<VecDeque<Turn>>,
    clock: TestClock,
    touched: Mutex<Option<Duration>>,
    stop: StopRequest,
    state: Arc<KioskState>,
    sight: Mutex<Option<Observation>>,
    /// Whether the camera looks.
    looks: AtomicBool,
    /// What the browser was to show, whenever no window was open.
    pages: Mutex<Vec<String>>,
    /// How many wipes people have seen to their end.
    wipes_seen: AtomicU64,
}

impl Script {
    fn new(kiosk: &Kiosk, turns: Vec<Turn>) -> Self {
        Self {
            turns: Mutex::new(turns.into()),
            clock: kiosk.clock.clone(),
            touched: Mutex::default(),
            stop: StopRequest::default(),
            state: Arc::clone(&kiosk.state),
            sight: Mutex::default(),
            looks: AtomicBool::default(),
            pages: Mutex::default(),
            wipes_seen: AtomicU64::default(),
        }
    }

    fn run(&self, camera: &Camera) -> Leave {
        Resident {
            state: Arc::clone(&self.state),
            screens: &mut Stage(self),
            input: &mut Touches(self),
            camera,
            watch: &mut Eyes(self),
            stop: &self.stop,
        }
        .run()
    }
}

struct Stage<'a>(&'a Script);

impl Screens for Stage<'_> {
    fn show(&mut self, opening: Opening) -> Result<Closed, ScreenError> {
        if let Opening::Wiping(progress) = opening {
            // The window is there until the thread that wipes has ended, and some seconds for people to see it. The monitor
            // goes on meanwhile.
            while progress.outcome().is_none() {
                std::thread::yield_now();
            }
            self.0.clock.pass(Duration::from_secs(3));
            monitor::look_after_browser(&self.0.state);
            assert_eq!(progress.outcome(), Some(true));
            self.0.wipes_seen.fetch_add(1, Ordering::Relaxed);
            return Ok(Closed::Wiped);
        }
        assert!(!self.0.looks.load(Ordering::Relaxed), "the window needs the camera");
        let is_failing = self.0.state.browser().as_ref().is_some_and(BrowserKeeper::is_failing);
        assert!(!is_failing || matches!(opening, Opening::OutOfOrder(_)), "a browser that failed is tried first");
        self.0.clock.pass(Duration::from_secs(1));
        match self.0.turns.lock().unwrap().pop_front() {
            Some(Turn::Shows(expected, closed)) => {
                assert_eq!(opening, expected);
                closed
            }
            Some(Turn::BrowserEndsBehind(expected, closed)) => {
                assert_eq!(opening, expected);
                self.0.state.browser().as_mut().unwrap().kill();
                monitor::look_after_browser(&self.0.state);
                // By then it might be started again.
                self.0.clock.pass(Duration::from_secs(10));
                monitor::look_after_browser(&self.0.state);
                assert_eq!(self.0.state.trouble(), None);
                Ok(closed)
            }
            Some(Turn::GoesDown(expected)) => {
                assert_eq!(opening, expected);
                self.0.stop.ask();
                Err(ScreenError("the compositor has gone".into()))
            }
            _ => panic!("nothing should have been shown: {opening:?}"),
        }
    }

    fn wait(&mut self, within: Duration) -> Option<Call> {
        self.0.clock.pass(within);
        if within.is_zero() {
            return None;
        }
        let page = self.0.state.browser().as_ref().and_then(|browser| browser.page().map(str::to_owned));
        self.0.pages.lock().unwrap().extend(page);
        let mut turns = self.0.turns.lock().unwrap();
        match turns.front_mut() {
            Some(Turn::Quiet(secs)) if *secs > 0 => {
                self.0.clock.pass(Duration::from_secs(1).saturating_sub(within));
                *secs -= 1;
                if *secs == 0 {
                    turns.pop_front();
                }
                return None;
            }
            Some(Turn::Shows(opening, _) | Turn::GoesDown(opening)) => panic!("should have been shown: {opening:?}"),
            _ => {}
        }
        match turns.pop_front() {
            Some(Turn::Call("")) => Some(Call::ToFront),
            Some(Turn::Call(link)) => Some(Call::Link(Zeroizing::new(link.to_owned()))),
            Some(Turn::Touch) => {
                *self.0.touched.lock().unwrap() = Some(self.0.clock.now());
                None
            }
            Some(Turn::Trouble(check, condition)) => {
                self.0.state.troubles.note(check, condition);
                None
            }
            Some(Turn::Sees(sight)) => {
                assert!(self.0.looks.load(Ordering::Relaxed), "nobody is there to be seen");
                *self.0.sight.lock().unwrap() = Some(sight);
                None
            }
            Some(Turn::Suspended(secs)) => {
                self.0.state.note_suspended(Duration::from_secs(secs));
                None
            }
            Some(Turn::TicketWants(secs)) => {
                self.0.state.visitor.limit_idle(secs);
                None
            }
            Some(Turn::BrowserEnds) => {
                self.0.state.browser().as_mut().unwrap().kill();
                monitor::look_after_browser(&self.0.state);
                assert_eq!(self.0.state.trouble(), Some(OutOfOrder::BrowserDown));
                None
            }
            Some(Turn::Panics) => {
                self.0.state.spawn("monitor", || panic!("a thread of the test")).unwrap();
                while !self.0.state.is_broken() {
                    std::thread::yield_now();
                }
                None
            }
            Some(Turn::Stop) => {
                self.0.stop.ask();
                None
            }
            _ => None,
        }
    }
}

struct Touches<'a>(&'a Script);

impl InputWatch for Touches<'_> {
    fn last_input(&mut self, _: Duration) -> Option<Duration> {
        *self.0.touched.lock().unwrap()
    }

    fn can_see(&self) -> bool {
        true
    }
}

struct Eyes<'a>(&'a Script);

impl PersonWatch for Eyes<'_> {
    fn look(&mut self, looks: bool) {
        self.0.looks.store(looks, Ordering::Relaxed);
    }

    fn seen(&mut self) -> Option<Observation> {
        self.0.sight.lock().unwrap().take()
    }
}

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> UnixSecs {
        1_800_000_000
    }
}

struct Camera(Result<(), CameraErrorKind>);

impl CameraCheck for Camera {
    fn present(&self) -> Result<(), CameraErrorKind> {
        self.0
    }

    fn streams(&self) -> Result<(), CameraErrorKind> {
        self.0
    }
}

pub(crate) struct Kiosk {
    root: tempfile::TempDir,
    pub(crate) state: Arc<KioskState>,
    pub(crate) clock: TestClock,
}

pub(crate) fn kiosk(change: impl FnOnce(&mut KioskConfig)) -> Kiosk {
    let root = tempfile::tempdir().unwrap();
    let log = format!("--fake-log={}", root.path().join("log").display());
    let mut config = KioskConfig {
        start: Some("https://app.example/?login_hint={badge}".parse().unwrap()),
        badge: BadgeForm::new(4, 8),
        browser: BrowserProgram { program: FAKE.into(), flags: vec![log], watched: true },
        site: Some("Gate 3".parse().unwrap()),
        ..KioskConfig::default()
    };
    change(&mut config);
    let (loaded, clock) = (LoadedConfig { config, ..LoadedConfig::default() }, TestClock::default());
    let roots: [PathBuf; 1] = [root.path().to_owned()];
    let time = clock.clone();
    Kiosk { state: KioskState::new(loaded, &roots, Box::new(FixedClock), Box::new(move || time.now())), root, clock }
}

impl Kiosk {
    /// Plays `turns`, and returns how it ended and the pages that the browser was to show.
    fn play(&self, turns: Vec<Turn>) -> (Leave, Vec<String>) {
        let (leave, pages, _) = self.play_and_count(turns);
        (leave, pages)
    }

    /// As [`play`](Self::play), with the number of wipes that people saw.
    fn play_and_count(&self, turns: Vec<Turn>) -> (Leave, Vec<String>, u64) {
        let script = Script::new(self, turns);
        let leave = script.run(&Camera(Ok(())));
        assert!(script.turns.lock().unwrap().is_empty(), "all was played");
        let profile = self.root.path().join("countenance-kiosk");
        assert_eq!(fs::read_dir(profile).unwrap().count(), 1, "only the mark is left");
        let mut pages = script.pages.into_inner().unwrap();
        pages.dedup();
        (leave, pages, script.wipes_seen.into_inner())
    }
}

fn sign_in(outcome: Closed) -> Turn {
    Turn::Shows(Opening::SignIn(Link(Zeroizing::new(LINK.to_owned()))), Ok(outcome))
}

fn approved() -> Closed {
    Closed::Ended(Some(RunOutcome::Approved(Purpose::Verify)))
}

#[test]
fn a_day_at_the_start_page() {
    let kiosk = kiosk(|_| {});
    let (leave, pages, wipes_seen) = kiosk.play_and_count(vec![
        Turn::Quiet(100),
        Turn::Touch,
        Turn::Quiet(5),
        Turn::Call(""),
        Turn::Call(LINK),
        sign_in(approved()),
        Turn::Quiet(30),
        Turn::Shows(Opening::StillThere, Ok(Closed::Start)),
        Turn::Quiet(30),
        Turn::Shows(Opening::StillThere, Ok(Closed::Idle)),
        Turn::Quiet(100),
        // The next person goes away during the sign-in, and one after that is sent away by the application.
        Turn::Call(LINK),
        sign_in(Closed::Idle),
        Turn::Quiet(100),
        Turn::Call(LINK),
        sign_in(Closed::Ended(None)),
        Turn::Call(END_LINK),
        Turn::Quiet(100),
        Turn::Stop,
    ]);
    assert_eq!((leave, pages), (Leave::Stopped, vec!["https://app.example/".to_owned()]));
    assert_eq!(wipes_seen, 3, "the end of each visit is seen");
    let metrics = kiosk.state.metrics();
    for line in [
        "countenance_kiosk_sessions_total{outcome=\"approved\"} 1",
        "countenance_kiosk_sessions_total{outcome=\"left\"} 1",
        "countenance_kiosk_sessions_total{outcome=\"not_begun\"} 1",
        "countenance_kiosk_wipes_total 3",
        "countenance_kiosk_trouble{check=\"camera\"} 0",
        "# EOF",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line}:\n{metrics}");
    }
    let (good, health) = kiosk.state.healthz();
    assert!(
        good && health.contains("\"sessions\": 3") && health.contains("\"last_outcome\": \"not_begun\""),
        "{health}"
    );
    for text in [metrics, health] {
        assert!(!text.contains("c0de") && !text.contains("session="), "{text}");
    }
}

#[test]
fn where_input_cannot_be_seen_everything_is_wiped_again_and_again() {
    let kiosk = kiosk(|_| {});
    let turns = vec![
        Turn::Quiet(31),
        Turn::Shows(Opening::StillThere, Ok(Closed::Start)),
        Turn::Quiet(30),
        Turn::Shows(Opening::StillThere, Ok(Closed::Idle)),
        Turn::Quiet(31),
        Turn::Shows(Opening::StillThere, Ok(Closed::Stopped)),
    ];
    let script = Script::new(&kiosk, turns);
    let leave = Resident {
        state: Arc::clone(&kiosk.state),
        screens: &mut Stage(&script),
        input: &mut NoInput,
        camera: &Camera(Ok(())),
        watch: &mut NoWatch,
        stop: &script.stop,
    }
    .run();
    assert_eq!((leave, script.turns.lock().unwrap().len()), (Leave::Stopped, 0));
}

#[test]
fn the_camera_looks_during_a_visit_and_notices_who_is_there() {
    let kiosk = kiosk(|_| {});
    let (leave, _) = kiosk.play(vec![
        Turn::Touch,
        Turn::Quiet(20),
        Turn::Sees(Observation::Somebody),
        Turn::Quiet(25),
        Turn::Sees(Observation::Nobody),
        Turn::Quiet(5),
        Turn::Shows(Opening::StillThere, Ok(Closed::Start)),
        Turn::Quiet(1),
        Turn::Call(LINK),
        sign_in(approved()),
        Turn::Sees(Observation::SomebodyElse),
        Turn::Quiet(100),
        Turn::Stop,
    ]);
    assert_eq!(leave, Leave::Stopped);
    assert!(kiosk.state.metrics().contains("countenance_kiosk_wipes_total 1"));
}

#[test]
fn a_thread_that_panics_ends_the_process() {
    let kiosk = kiosk(|_| {});
    assert_eq!(kiosk.play(vec![Turn::Quiet(3), Turn::Panics]).0, Leave::Broken);
}

#[test]
fn badges_start_the_browser_at_their_page() {
    let kiosk = kiosk(|config| config.attract = true);
    let badge = |typed: &str| Turn::Shows(Opening::Attract, Ok(Closed::Badge(Zeroizing::new(typed.to_owned()))));
    let (leave, pages) = kiosk.play(vec![
        badge("12"),
        badge("12a4"),
        badge("0042"),
        Turn::Quiet(30),
        Turn::Shows(Opening::StillThere, Ok(Closed::Idle)),
        Turn::Shows(Opening::Attract, Ok(Closed::Start)),
        Turn::Quiet(3),
        Turn::Call(END_LINK),
        Turn::Shows(Opening::Attract, Ok(Closed::Operator(OperatorRequest::Restart))),
    ]);
    assert_eq!(leave, Leave::Restart);
    assert_eq!(pages, ["https://app.example/?login_hint=0042", "https://app.example/"]);
    assert!(!kiosk.state.health().to_json().contains("0042"));
}
