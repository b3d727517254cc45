//! A whole visit: the main loop, a script as the browser, and a launch link that comes back through the instance's socket,
//! as the desktop's link handler brings it. Only the window is replaced: what it would show is noted.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use countenance_client::{
    instance::{self, Call, Claim, Inbox, InstanceDir},
    interrupt::StopRequest,
    runner::{CameraErrorKind, RunOutcome},
};
use countenance_core::protocol::Purpose;
use countenance_kiosk::{
    KioskState,
    config::{BrowserProgram, KioskConfig, LoadedConfig},
    exit::Leave,
    health::{HealthServer, Pages},
    idle::NoInput,
    monitor::{self, CameraCheck},
    resident::{END_LINK, Resident},
    screens::{Closed, Opening, ScreenError, Screens},
    watch::NoWatch,
};
use countenance_system::SystemClock;

const FAKE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/kiosk/fake-browser");
const PAGE: &str = "https://app.example/";
const RETURN: &str = "https://verifier.example/return/h4ndle";
const LINK: &str = "countenance://verify?v=https://verifier.example&s=s3ssion&c=c0de";

/// The links of the socket, and a person who signs in at once.
struct Desk {
    inbox: Inbox,
    dir: InstanceDir,
    state: Arc<KioskState>,
    stop: Arc<StopRequest>,
    log: PathBuf,
    shown: Vec<Opening>,
    handed_over: u32,
}

impl Desk {
    fn pages(&self) -> Vec<String> {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }

    /// What `countenance LINK` does, in a process of its own.
    fn hand_over(&mut self, link: &'static str) {
        let dir = self.dir.clone();
        let claim = move || matches!(instance::claim(&dir, Some(link)), Ok(Claim::HandedOver));
        let handler = thread::Builder::new().spawn(claim).unwrap();
        assert!(handler.join().unwrap());
        self.handed_over += 1;
    }
}

impl Screens for Desk {
    fn show(&mut self, opening: Opening) -> Result<Closed, ScreenError> {
        let is_sign_in = matches!(opening, Opening::SignIn(_));
        self.shown.push(opening);
        if !is_sign_in {
            return Ok(Closed::Wiped);
        }
        // The run opens its return page while the window is still there.
        self.state.open_page(RETURN).unwrap();
        Ok(Closed::Ended(Some(RunOutcome::Approved(Purpose::Verify))))
    }

    fn wait(&mut self, within: Duration) -> Option<Call> {
        monitor::look_after_browser(&self.state);
        let pages = self.pages();
        match (self.handed_over, &pages[..]) {
            // The page opens the link.
            (0, [_]) => self.hand_over(LINK),
            // The application's page says that the visitor is done.
            (1, [_, _]) => self.hand_over(END_LINK),
            // The start page is there for the next person.
            (2, [_, _, _]) => self.stop.ask(),
            _ => {}
        }
        self.inbox.wait(within.min(Duration::from_millis(20)))
    }
}

struct GoodCamera;

impl CameraCheck for GoodCamera {
    fn present(&self) -> Result<(), CameraErrorKind> {
        Ok(())
    }

    fn streams(&self) -> Result<(), CameraErrorKind> {
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "the browser is a real process, in real time")]
fn state(root: &Path) -> Arc<KioskState> {
    let config = KioskConfig {
        start: Some(PAGE.parse().unwrap()),
        browser: BrowserProgram {
            program: FAKE.into(),
            flags: vec![format!("--fake-log={}", root.join("log").display())],
            watched: true,
        },
        ..KioskConfig::default()
    };
    let began = Instant::now();
    let loaded = LoadedConfig { config, ..LoadedConfig::default() };
    KioskState::new(loaded, &[root.to_owned()], Box::new(SystemClock), Box::new(move || began.elapsed()))
}

#[test]
fn a_link_comes_back_through_the_socket_and_nothing_is_left_of_the_visit() {
    let root = tempfile::tempdir().unwrap();
    let state = state(root.path());
    let dir = InstanceDir::in_folder(root.path().join("run"));
    let Claim::First(inbox) = instance::claim(&dir, None).unwrap() else { panic!("another instance runs") };
    let stop = Arc::<StopRequest>::default();
    let (log, shown) = (root.path().join("log"), Vec::new());
    let mut desk = Desk { inbox, dir, state: Arc::clone(&state), stop: Arc::clone(&stop), log, shown, handed_over: 0 };
    let resident = &mut Resident {
        state: Arc::clone(&state),
        screens: &mut desk,
        input: &mut NoInput,
        camera: &GoodCamera,
        watch: &mut NoWatch,
        stop: &stop,
    };
    assert_eq!(resident.run(), Leave::Stopped);
    let [Opening::SignIn(link), Opening::Wiping(_)] = &desk.shown[..] else { panic!("{:?}", desk.shown) };
    assert_eq!(link.0.as_str(), LINK);
    assert_eq!(desk.pages(), [format!("start {PAGE}"), format!("page {RETURN}"), format!("start {PAGE}")]);
    let left: Vec<_> = fs::read_dir(root.path().join("countenance-kiosk")).unwrap().collect();
    assert_eq!(left.len(), 1, "only the mark is left");
}

#[test]
fn health_and_metrics_are_served_on_this_machine() {
    use std::io::{Read, Write};

    let root = tempfile::tempdir().unwrap();
    let state = state(root.path());
    let server = HealthServer::begin("127.0.0.1:0".parse().unwrap(), Arc::clone(&state) as Arc<dyn Pages>).unwrap();
    for (path, status, part) in [
        ("/healthz", "HTTP/1.1 200 OK", "\"state\": \"ready\""),
        ("/metrics", "HTTP/1.1 200 OK", "countenance_kiosk_wipes_total 0"),
    ] {
        let mut stream = std::net::TcpStream::connect(server.address()).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: kiosk\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with(status) && answer.contains(part), "{answer}");
    }
}
