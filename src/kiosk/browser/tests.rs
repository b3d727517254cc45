//! The browser's life, with a script in its place and the time as a parameter.

use std::{fs, path::Path};

use super::*;
use countenance_core::rng::random_text;
use countenance_system::SystemRandom;

const FAKE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/kiosk/fake-browser");
const PAGE: &str = "https://start.example/";

struct Stage {
    root: tempfile::TempDir,
    keeper: BrowserKeeper,
}

const fn s(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

impl Stage {
    fn new(mode: &str) -> Self {
        // Its name is on command lines, by which processes are found: no other test has the same.
        let root = tempfile::Builder::new().prefix(&random_text::<6>(&SystemRandom)).tempdir().unwrap();
        let log = root.path().join("log");
        let browser = BrowserProgram {
            program: FAKE.into(),
            flags: vec![format!("--fake={mode}"), format!("--fake-log={}", log.display())],
            watched: true,
        };
        let profile = ProfileFolder::claim(&root.path().join("profile"), &[root.path().to_owned()]).unwrap();
        Self { keeper: BrowserKeeper::new(browser, profile).unwrap(), root }
    }

    fn log(&self) -> Vec<String> {
        let log = fs::read_to_string(self.root.path().join("log")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }

    /// Looks after the browser, at the same time again and again, until `holds`.
    fn until(&mut self, now: Duration, what: &str, holds: impl Fn(&Self, Option<Failure>) -> bool) {
        for _ in 0..1000 {
            let failure = self.keeper.tick(now);
            if holds(self, failure) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("not within ten seconds: {what}; {:?}", self.log());
    }

    fn answered(&self) -> bool {
        self.keeper.running.as_ref().is_some_and(|running| running.answered)
    }

    fn visits(&self) -> usize {
        fs::read_dir(self.keeper.profile.path()).unwrap().count() - 1
    }

    /// Processes whose command line names the folder of this test.
    fn processes(&self) -> usize {
        let name = self.root.path().to_str().unwrap();
        let lines = fs::read_dir("/proc").unwrap().filter_map(|e| fs::read(e.ok()?.path().join("cmdline")).ok());
        lines.filter(|line| String::from_utf8_lossy(line).contains(&format!("{name}/profile/"))).count()
    }
}

#[test]
fn a_visit_starts_fresh_takes_pages_and_leaves_nothing() {
    let mut stage = Stage::new("answer");
    for visit in 0..2 {
        let now = s(100 * visit);
        stage.keeper.prepare(PAGE, now);
        stage.until(now, "it answers", |stage, _| stage.answered());
        assert_eq!((stage.keeper.condition(), stage.visits()), (None, 1));
        stage.keeper.prepare("https://again.example/", now);
        stage.keeper.open("https://verifier.example/return/h").unwrap();
        stage.until(now, "the page is handed over", |stage, _| stage.log().len() == 2 * (visit as usize + 1));
        assert!(stage.processes() >= 2);
        stage.keeper.wipe(now).unwrap();
        assert_eq!((stage.visits(), stage.processes(), stage.keeper.is_running()), (0, 0, false));
        assert!(stage.keeper.open(PAGE).is_err(), "there is no browser to open it in");
    }
    let expected = ["start https://start.example/", "page https://verifier.example/return/h"].repeat(2);
    assert_eq!(stage.log(), expected, "no start was without a reason");
}

#[test]
fn a_crash_is_seen_at_once_and_restarts_are_rarer_and_rarer() {
    let mut stage = Stage::new("crash");
    stage.keeper.prepare(PAGE, s(0));
    let mut now = s(0);
    for (failures, backoff) in [1, 2, 4, 8, 16, 30, 30].into_iter().enumerate() {
        stage.until(now, "it has crashed", |_, failure| failure == Some(Failure::Crashed));
        assert_eq!((stage.keeper.condition(), stage.visits()), (Some(OutOfOrder::BrowserDown), 0));
        let starts = failures + 1;
        assert_eq!(stage.log().len(), starts);
        // Not by itself, and not before the time.
        stage.keeper.tick(now + s(backoff));
        stage.keeper.prepare(PAGE, (now + s(backoff)).saturating_sub(Duration::from_millis(1)));
        assert!(!stage.keeper.is_running());
        now += s(backoff);
        assert!(!stage.keeper.is_running() && stage.keeper.condition().is_none(), "it can be tried");
        stage.keeper.prepare(PAGE, now);
        assert!(stage.keeper.is_running());
    }
}

#[test]
fn a_page_that_crashes_ends_the_visit_though_the_browser_goes_on() {
    let mut stage = Stage::new("page-crash");
    stage.keeper.prepare(PAGE, s(0));
    stage.until(s(0), "the browser reports it", |_, failure| failure == Some(Failure::Crashed));
    assert_eq!((stage.keeper.condition(), stage.visits(), stage.processes()), (Some(OutOfOrder::BrowserDown), 0, 0));
    stage.keeper.prepare(PAGE, s(1));
    assert!(stage.keeper.is_running());
}

#[test]
fn a_browser_that_hangs_is_found_out_and_ended() {
    for (mode, limit) in [("silent", s(30)), ("hang", s(15))] {
        let mut stage = Stage::new(mode);
        stage.keeper.prepare(PAGE, s(0));
        stage.until(s(0), "it has started", |stage, _| stage.log().len() == 1);
        let mut asked = s(0);
        if mode == "hang" {
            stage.until(s(0), "it answers once", |stage, _| stage.answered());
            asked = s(2);
            assert_eq!(stage.keeper.tick(asked), None, "asked again");
        }
        assert_eq!(stage.keeper.tick((asked + limit).saturating_sub(Duration::from_millis(1))), None);
        assert_eq!(stage.keeper.tick(asked + limit), Some(Failure::Hung));
        assert_eq!(
            (stage.keeper.condition(), stage.visits(), stage.processes()),
            (Some(OutOfOrder::BrowserDown), 0, 0)
        );
    }
}

#[test]
fn a_stopped_browser_hangs_too_and_the_next_one_clears_the_condition() {
    let mut stage = Stage::new("answer");
    stage.keeper.prepare(PAGE, s(0));
    stage.until(s(0), "it answers", |stage, _| stage.answered());
    let group = rustix::process::Pid::from_raw(stage.keeper.running.as_ref().unwrap().group).unwrap();
    rustix::process::kill_process_group(group, rustix::process::Signal::STOP).unwrap();
    // An answer may still be on its way; the next question gets none.
    stage.keeper.tick(s(2));
    stage.keeper.tick(s(4));
    assert_eq!(stage.keeper.tick(s(19)), Some(Failure::Hung));
    stage.keeper.prepare(PAGE, s(20));
    assert_eq!(stage.keeper.condition(), Some(OutOfOrder::BrowserDown), "until it answers");
    stage.until(s(20), "it answers", |stage, _| stage.answered());
    assert_eq!(stage.keeper.condition(), None);
    // A minute later, a failure counts as the first again.
    stage.keeper.tick(s(80));
    assert_eq!(stage.keeper.failures, 0);
}

#[test]
fn nothing_starts_in_a_profile_that_is_not_wiped() {
    let mut stage = Stage::new("answer");
    stage.keeper.prepare(PAGE, s(0));
    stage.until(s(0), "it answers", |stage, _| stage.answered());
    // Somebody replaces the folder.
    let (profile, aside) = (stage.keeper.profile.path().to_owned(), stage.root.path().join("aside"));
    fs::rename(&profile, &aside).unwrap();
    std::os::unix::fs::symlink(&aside, &profile).unwrap();
    assert!(stage.keeper.wipe(s(10)).is_err());
    assert_eq!((stage.keeper.condition(), stage.processes()), (Some(OutOfOrder::AskStaff), 0));
    stage.keeper.prepare(PAGE, s(11));
    stage.keeper.prepare(PAGE, s(16));
    assert!(!stage.keeper.is_running());
    assert!(cookies(&aside), "what a link leads to is not deleted");
    // Mended: wiped by itself, and it starts.
    fs::remove_file(&profile).unwrap();
    fs::rename(&aside, &profile).unwrap();
    stage.keeper.tick(s(30));
    assert_eq!((stage.keeper.condition(), cookies(&profile)), (None, false));
    stage.keeper.prepare(PAGE, s(30));
    assert!(stage.keeper.is_running());
}

/// Whether a visit's cookies are below `folder`.
fn cookies(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| entry.unwrap().path().join("Cookies").exists())
}
