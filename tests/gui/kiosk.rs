//! A kiosk's window, driven through its accessible names: from "touch to sign in" to "next, please", and every way in which
//! it ends. The operator's pages are in `operator`, what works by keyboard in `keyboard`, a person who leaves in `idle`, a
//! supervisor in `attendance`, what is out of order in `trouble`.

mod attendance;
mod idle;
mod keyboard;
mod operator;
mod trouble;

use std::{
    rc::Rc,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    time::{Duration, Instant},
};

use countenance_client::{
    dry_run,
    instance::{self, Claim, Inbox, InstanceDir},
    interrupt::StopRequest,
    qualify::Profile,
    runner::RunOutcome,
    session::SessionError,
    settings::Settings,
};
use countenance_core::protocol::{Fallback, OutOfOrder, Purpose, Reason};
use countenance_gui::{
    catalogue,
    kiosk::{
        CameraFixed, Choices, Closed, KioskApp, KioskContext, KioskLook, Opening, OperatorAsk, OperatorPin, PinAnswer,
        Speak, Waker, Wipe,
    },
    screen::Screen,
    words::Language,
};
use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, accesskit::Role};
use egui_kittest::{
    Harness, Node,
    kittest::{By, NodeT, Queryable},
};

use super::test_env::{Camera, Script, SharedTestEnv, TIMEOUT, TestEnv};

/// Seconds that pass between two frames.
const STEP_SECS: f32 = 0.25;

/// The PIN is 246813; the second wrong one locks it.
#[derive(Default)]
struct TestPin(Mutex<u32>);

impl OperatorPin for TestPin {
    fn check(&self, typed: &str) -> PinAnswer {
        if typed == "246813" {
            return PinAnswer::Right;
        }
        let mut wrong = self.0.lock().unwrap();
        *wrong += 1;
        if *wrong > 1 { PinAnswer::Locked } else { PinAnswer::Wrong { wait_secs: 4 } }
    }
}

/// What was read aloud.
#[derive(Default)]
struct TestSpeech(Mutex<Vec<String>>);

impl Speak for TestSpeech {
    fn say(&self, text: &str, language: &str) {
        self.0.lock().unwrap().push(format!("{language}: {text}"));
    }

    fn hush(&self) {
        self.0.lock().unwrap().push("hush".into());
    }
}

/// What a test sets up.
#[derive(Default)]
struct Setup {
    script: Script,
    look: Option<KioskLook>,
    inbox: Option<Inbox>,
    choices: Arc<Choices>,
    speech: Option<Arc<TestSpeech>>,
    trouble: Option<OutOfOrder>,
    /// What the files decide of the camera.
    fixed: CameraFixed,
    /// Whether nothing can be kept.
    is_read_only: bool,
}

/// A kiosk's window in a test environment.
struct Kiosk {
    env: Arc<TestEnv>,
    harness: Harness<'static, KioskApp>,
    trouble: Arc<Mutex<Option<OutOfOrder>>>,
    alive: Arc<Mutex<u32>>,
    stop: Arc<StopRequest>,
    interrupted: Arc<AtomicBool>,
    changed: Arc<Mutex<Waker>>,
    woken: Receiver<()>,
    /// What measuring the site has found, and was to be kept.
    profiles: Arc<Mutex<Vec<Profile>>>,
}

impl Kiosk {
    fn open(opening: Opening, setup: Setup) -> Self {
        let env = TestEnv::new(setup.script);
        let (wake, woken) = channel();
        let trouble = Arc::new(Mutex::new(setup.trouble));
        let (profiles, is_read_only) = (Arc::<Mutex<Vec<Profile>>>::default(), setup.is_read_only);
        let (alive, stop) = (Arc::new(Mutex::new(0)), Arc::new(StopRequest::default()));
        let interrupted = Arc::<AtomicBool>::default();
        let changed = Arc::new(Mutex::new(Box::new(|| {}) as Waker));
        let look = KioskLook { text_percent: 100, languages: vec![Language::En, Language::De], ..KioskLook::default() };
        let context = KioskContext {
            env: Arc::new(SharedTestEnv(Arc::clone(&env))),
            preview: Arc::new(catalogue::sitter),
            allowed: std::iter::once(dry_run::ORIGIN.parse().unwrap()).collect(),
            inbox: setup.inbox.map(Rc::new),
            stop: Arc::clone(&stop),
            plays_recording: false,
            // Nothing moves, so that time passes only where a test lets it pass.
            settings: {
                let env = Arc::clone(&env);
                Arc::new(move || {
                    let chosen = env.chosen.lock().unwrap().last().cloned().unwrap_or_default();
                    let Settings { camera, camera_pinned, camera_turn_deg, .. } = chosen;
                    Settings { camera, camera_pinned, camera_turn_deg, reduced_motion: true, ..Settings::default() }
                })
            },
            cameras: {
                let env = Arc::clone(&env);
                Arc::new(move || env.plugged())
            },
            choose: {
                let env = Arc::clone(&env);
                Arc::new(move |settings| {
                    env.chosen.lock().unwrap().push(settings.clone());
                    !is_read_only
                })
            },
            camera_fixed: setup.fixed,
            keep_profile: {
                let profiles = Arc::clone(&profiles);
                Arc::new(move |profile| {
                    profiles.lock().unwrap().push(profile.clone());
                    if is_read_only { Err("the disk is full".into()) } else { Ok(()) }
                })
            },
            examine: Arc::new(Vec::new),
            look: setup.look.unwrap_or(look),
            choices: setup.choices,
            alive: {
                let alive = Arc::clone(&alive);
                Arc::new(move || *alive.lock().unwrap() += 1)
            },
            trouble: {
                let trouble = Arc::clone(&trouble);
                Arc::new(move || *trouble.lock().unwrap_or_else(PoisonError::into_inner))
            },
            is_interrupted: {
                let interrupted = Arc::clone(&interrupted);
                Arc::new(move || interrupted.load(Ordering::Relaxed))
            },
            ahead_secs: Arc::new(|| Some(-3_600)),
            on_change: {
                let changed = Arc::clone(&changed);
                Arc::new(move |wake| *changed.lock().unwrap() = wake)
            },
            pin: Arc::new(TestPin::default()),
            speech: setup.speech.map(|speech| speech as Arc<dyn Speak>),
        };
        let harness = Harness::builder().with_size([1080.0, 1920.0]).with_step_dt(STEP_SECS).build_eframe(move |cc| {
            cc.egui_ctx.set_request_repaint_callback(move |request| {
                if request.delay.is_zero() {
                    wake.send(()).ok();
                }
            });
            KioskApp::new(&cc.egui_ctx, context, opening)
        });
        Self { env, harness, trouble, alive, stop, interrupted, changed, woken, profiles }
    }

    /// A sign-in that a link has begun.
    fn sign_in(script: Script) -> Self {
        Self::open(Opening::SignIn(dry_run::LINK.to_owned().into()), Setup { script, ..Setup::default() })
    }

    /// How many texts have `text` in them.
    fn times_said(&self, text: &str) -> usize {
        let labels = self.harness.query_all(By::new().role(Role::Label).label_contains(text));
        labels.count()
    }

    fn shows(&self, name: &str) -> bool {
        self.harness.query_all_by_label(name).next().is_some()
    }

    /// Waits until an element has this name. Frames are drawn only when something happens, so that no time passes for the
    /// person meanwhile.
    fn see(&mut self, name: &str) -> &mut Self {
        self.until(name, |kiosk| kiosk.shows(name))
    }

    /// Whether a text begins with this.
    fn shows_text(&self, beginning: &str) -> bool {
        self.harness.query_all_by_label_contains(beginning).next().is_some()
    }

    fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) -> &mut Self {
        let began = now();
        loop {
            self.harness.step();
            if holds(self) {
                return self;
            }
            let waited = self.woken.recv_timeout(TIMEOUT);
            let in_time = waited.is_ok() && began.elapsed() < TIMEOUT;
            assert!(in_time, "timed out waiting for {what:?}; now: {:#?}", self.harness.root());
        }
    }

    fn press(&mut self, name: &str) -> &mut Self {
        self.see(name);
        self.harness.run_steps(2);
        let can = |node: &Node<'_>| node.accesskit_node().role() == Role::Button;
        if let Some(node) = self.harness.query_all_by_label(name).find(can) {
            // Scrolls to it, as for somebody who comes by keyboard.
            node.focus();
        }
        self.harness.run_steps(2);
        if let Some(node) = self.harness.query_all_by_label(name).find(can) {
            node.click();
        }
        self.harness.run_steps(2);
        self
    }

    /// Lets this many seconds pass.
    fn wait(&mut self, secs: f32) -> &mut Self {
        self.harness.run_steps((secs / STEP_SECS).round() as usize);
        self
    }

    fn type_text(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.harness.event(Event::Text(c.into()));
        }
        self
    }

    fn key(&mut self, key: Key) -> &mut Self {
        self.harness.key_press(key);
        self.harness.step();
        self
    }

    /// Holds a finger there for some seconds.
    fn hold(&mut self, pos: Pos2, secs: f32) -> &mut Self {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        self.harness.event(Event::PointerMoved(pos));
        self.harness.event(Event::PointerButton { pos, button, pressed: true, modifiers });
        self.wait(secs);
        self.harness.event(Event::PointerButton { pos, button, pressed: false, modifiers });
        self.harness.event(Event::PointerGone);
        self.wait(STEP_SECS)
    }

    /// The operator's gesture.
    fn open_operator(&mut self) -> &mut Self {
        self.hold(Pos2::new(30.0, 30.0), 3.5).hold(Pos2::new(1050.0, 1890.0), 3.5)
    }

    fn pin(&mut self, digits: &str) -> &mut Self {
        for digit in digits.chars() {
            self.press(&digit.to_string());
        }
        self.press("Open")
    }

    /// A supervisor types number and PIN on the screen.
    fn supervise(&mut self, number: &str, pin: &str) -> &mut Self {
        for (digits, enter) in [(number, "Continue"), (pin, "Confirm")] {
            for digit in digits.chars() {
                self.press(&digit.to_string());
            }
            self.press(enter);
        }
        self
    }

    fn closed(&self) -> Option<Closed> {
        self.harness.state().closed()
    }

    /// What the window does at its end, as the toolkit would call it.
    fn leave(mut self) -> Arc<TestEnv> {
        self.harness.state_mut().end_window();
        self.env
    }
}

#[expect(clippy::disallowed_methods, reason = "a wait that is never fulfilled must fail the test")]
fn now() -> Instant {
    Instant::now()
}

#[test]
fn the_first_screen_says_when_the_camera_is_on() {
    let (off, on) = ("The camera is off until you agree.", "The camera is on while you are here.");
    for (watches, said, unsaid) in [(false, off, on), (true, on, off)] {
        let look = KioskLook { watches, ..KioskLook::default() };
        let mut kiosk = Kiosk::open(Opening::Attract, Setup { look: Some(look), ..Setup::default() });
        let has = |kiosk: &Kiosk, part| kiosk.harness.query_all_by_label_contains(part).next().is_some();
        kiosk.see("Touch to sign in");
        assert!(has(&kiosk, said) && !has(&kiosk, unsaid));
    }
}

#[test]
fn a_touch_starts() {
    let mut kiosk = Kiosk::open(Opening::Attract, Setup::default());
    kiosk.see("Sign in with your face").wait(600.0);
    assert_eq!(kiosk.closed(), None, "it waits for ever");
    assert!(*kiosk.alive.lock().unwrap() > 600, "and tells the watchdog");
    kiosk.press("Touch to sign in");
    assert_eq!(kiosk.closed(), Some(Closed::Start));
}

#[test]
fn a_sign_in_ends_with_thanks_and_a_wipe_and_closes_itself() {
    let mut kiosk = Kiosk::sign_in(Script::default());
    kiosk.see("Nothing is kept on this kiosk.");
    assert!(kiosk.env.recorded().is_empty(), "the camera stays off until Begin");
    kiosk.press("Begin").see("Thank you, nobody.").see("The next page opens now.");
    kiosk.see("Everything about you is removed from this screen when you leave.").wait(1.0);
    assert_eq!(kiosk.closed(), None);
    kiosk.wait(4.0);
    assert_eq!(kiosk.closed(), Some(Closed::Ended(Some(RunOutcome::Approved(Purpose::Verify)))));
    assert_eq!(kiosk.leave().recorded(), ["light on", "light off", "posted", "browser"]);
}

#[test]
fn a_link_that_is_not_allowed_says_so_and_ends() {
    let link = "countenance://verify?v=https://evil.example&s=a&c=b".to_owned();
    let mut kiosk = Kiosk::open(Opening::SignIn(link.into()), Setup::default());
    kiosk.see("This sign-in cannot start").press("Continue");
    assert_eq!(kiosk.closed(), Some(Closed::Ended(None)));
}

#[test]
fn a_link_from_the_browser_is_taken_only_while_nobody_signs_in() {
    let folder = tempfile::tempdir().unwrap();
    let dir = InstanceDir::in_folder(folder.path().join("run"));
    let Claim::First(inbox) = instance::claim(&dir, None).unwrap() else { panic!("another instance is running") };
    let again = || matches!(instance::claim(&dir, Some(dry_run::LINK)).unwrap(), Claim::HandedOver);
    let mut kiosk = Kiosk::open(Opening::Attract, Setup { inbox: Some(inbox), ..Setup::default() });
    kiosk.see("Touch to sign in");
    assert!(again());
    kiosk.see("Is this your login?");
    assert!(again());
    kiosk.see("A login is already under way. Finish or cancel it first.");
    kiosk.press("Begin").see("The next page opens now.");
    assert_eq!(kiosk.env.recorded().iter().filter(|line| *line == "posted").count(), 1);
}

/// A kiosk opens a window for each person: whatever keeps one alive keeps its fonts and textures, hundreds of times.
#[test]
fn nothing_of_a_window_is_alive_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let dir = InstanceDir::in_folder(folder.path().join("run"));
    let sign_in = || Opening::SignIn(dry_run::LINK.to_owned().into());
    for turn in 0..50 {
        let Claim::First(inbox) = instance::claim(&dir, None).unwrap() else { panic!("another instance is running") };
        let opening = match turn % 5 {
            0 => Opening::Attract,
            1 | 2 => sign_in(),
            3 => Opening::StillThere,
            _ => Opening::Operator,
        };
        let script = Script { cameras: vec![Camera::Waits], ..Script::default() };
        let mut kiosk = Kiosk::open(opening, Setup { script, inbox: Some(inbox), ..Setup::default() });
        kiosk.wait(1.0);
        match turn % 5 {
            // In the middle of a capture.
            2 => drop(kiosk.press("Begin").see("Hold still")),
            4 => drop(kiosk.pin("246813")),
            _ => {}
        }
        kiosk.env.go_on();
        let Kiosk { mut harness, woken, stop, changed, .. } = kiosk;
        harness.state_mut().end_window();
        drop(harness);
        let mut news = woken.recv_timeout(TIMEOUT);
        while news.is_ok() {
            news = woken.recv_timeout(TIMEOUT);
        }
        assert_eq!(news, Err(RecvTimeoutError::Disconnected), "window {turn} is still known to somebody");
        drop((stop, changed));
    }
}

#[test]
fn an_interruption_ends_whatever_is_shown() {
    let out = || Setup { trouble: Some(OutOfOrder::Offline), ..Setup::default() };
    for (opening, setup) in [
        (Opening::Attract, Setup::default()),
        (Opening::SignIn(dry_run::LINK.to_owned().into()), Setup::default()),
        (Opening::StillThere, Setup::default()),
        (Opening::OutOfOrder(OutOfOrder::Offline), out()),
        (Opening::Operator, Setup::default()),
    ] {
        let mut kiosk = Kiosk::open(opening, setup);
        kiosk.wait(2.0);
        assert_eq!(kiosk.closed(), None);
        kiosk.interrupted.store(true, Ordering::Relaxed);
        kiosk.wait(1.0);
        assert_eq!(kiosk.closed(), Some(Closed::Idle));
        kiosk.leave();
    }
}

#[test]
fn a_badge_is_read_but_nothing_else() {
    let look = KioskLook { badge_digits: Some((4, 8)), ..KioskLook::default() };
    let attract = || Kiosk::open(Opening::Attract, Setup { look: Some(look.clone()), ..Setup::default() });
    let badge = |text: &str| {
        let mut kiosk = attract();
        kiosk.see("Or hold your badge to the reader.").type_text(text).key(Key::Enter);
        assert!(kiosk.harness.query_all_by_label_contains(text).next().is_none(), "it is not shown");
        kiosk.closed()
    };
    assert_eq!(badge("1234567"), Some(Closed::Badge("1234567".to_owned().into())));
    for text in ["123", "123456789", "12a4", ";1234", "١٢٣٤"] {
        assert_eq!(badge(text), None, "{text}");
    }
    let mut kiosk = attract();
    kiosk.see("Touch to sign in").key(Key::Tab);
    assert!(kiosk.harness.query_all_by_role(Role::Button).any(|node| node.is_focused()));
    kiosk.type_text("12345").key(Key::Enter);
    assert_eq!(kiosk.closed(), Some(Closed::Badge("12345".to_owned().into())), "the button is not pressed");
    let printed = format!("{:?}", kiosk.closed());
    assert!(!printed.contains("12345"), "{printed}");
    let mut kiosk = Kiosk::open(Opening::Attract, Setup::default());
    kiosk.see("Touch to sign in").type_text("12345").key(Key::Enter);
    assert_eq!(kiosk.closed(), None, "no reader, no badge");
    let mut kiosk = Kiosk::sign_in(Script::default());
    kiosk.see("Begin").type_text("12345").key(Key::Enter);
    assert_eq!(kiosk.closed(), None, "only the first screen takes badges");
}

#[test]
fn choices_last_until_the_next_person() {
    let choices = Arc::new(Choices::default());
    let setup = || Setup { choices: Arc::clone(&choices), ..Setup::default() };
    let mut kiosk = Kiosk::open(Opening::Attract, setup());
    kiosk.press("Language: English").press("Deutsch").see("Zum Anmelden berühren");
    kiosk.press("Textgröße: 100 %").press("Tiefer").see("Höher").press("Zum Anmelden berühren");
    assert_eq!((kiosk.closed(), choices.language()), (Some(Closed::Start), Some(Language::De)));
    let mut kiosk = Kiosk::open(Opening::SignIn(dry_run::LINK.to_owned().into()), setup());
    kiosk.see("Textgröße: 150 %").see("Höher").press("Beginnen").see("Danke, nobody.");
    let mut kiosk = Kiosk::open(Opening::Attract, setup());
    kiosk.see("Touch to sign in").see("Text size: 100 %").see("Lower");
    assert_eq!(choices.language(), None);
    kiosk.press("Language: English").press("Deutsch").see("Zum Anmelden berühren").wait(61.0).see("Touch to sign in");
}

#[test]
fn a_code_is_typed_on_the_screen() {
    let cameras = vec![Camera::FailsToOpen(|| countenance_camera::CameraError::Absent)];
    let mut kiosk = Kiosk::sign_in(Script { cameras, fallback: vec![Fallback::Sms], ..Script::default() });
    kiosk.press("Begin").see("The camera of this kiosk is not working.").press("Use a code instead");
    kiosk.press("Send a text message").see("0 of 6 digits");
    for digit in ["1", "2", "3", "9"] {
        kiosk.press(digit);
    }
    kiosk.see("4 of 6 digits").press("Erase the last digit").see("3 of 6 digits").press("Check the code");
    assert_eq!(kiosk.env.recorded(), ["code sent: Sms"], "three digits are not submitted");
    kiosk.type_text("456").see("6 of 6 digits").press("7").see("6 of 6 digits").press("Check the code");
    kiosk.see("The next page opens now.");
    assert_eq!(kiosk.env.recorded(), ["code sent: Sms", "code tried: 123456", "browser"]);
}

#[test]
fn a_refusal_goes_away_by_itself() {
    let mut kiosk = Kiosk::sign_in(Script::default());
    kiosk.press("Not me").see("Not logged in").wait(5.0);
    assert_eq!(kiosk.closed(), None, "there is time to read it");
    kiosk.wait(8.0);
    assert_eq!(kiosk.closed(), Some(Closed::Ended(Some(RunOutcome::Refused(Reason::NotMe)))));
    let mut kiosk = Kiosk::sign_in(Script::default());
    kiosk.press("Not me").see("Not logged in").press("Continue");
    assert_eq!(kiosk.closed(), Some(Closed::Ended(Some(RunOutcome::Refused(Reason::NotMe)))));
}

#[test]
fn a_signal_closes_it() {
    let mut kiosk = Kiosk::sign_in(Script::default());
    kiosk.see("Begin");
    kiosk.stop.ask();
    kiosk.wait(0.25);
    assert_eq!(kiosk.closed(), Some(Closed::Stopped));
    assert_eq!(kiosk.leave().recorded(), ["abandoned: cancelled", "browser"]);
}

#[test]
fn texts_are_read_aloud_where_that_is_wanted() {
    let speech = Arc::new(TestSpeech::default());
    let setup = Setup { speech: Some(Arc::clone(&speech)), ..Setup::default() };
    let mut kiosk = Kiosk::open(Opening::SignIn(dry_run::LINK.to_owned().into()), setup);
    kiosk.see("Begin").wait(1.0);
    assert!(speech.0.lock().unwrap().is_empty(), "not before somebody wants it");
    kiosk.press("Read aloud");
    let said = speech.0.lock().unwrap().clone();
    assert_eq!(said, ["en: Is this your login? dry-run asks for your face"], "once");
    kiosk.press("Begin").see("The next page opens now.").wait(0.5);
    let last = speech.0.lock().unwrap().last().cloned().unwrap();
    assert!(last.starts_with("en: It is you Thank you, nobody. The next page opens now."), "{last}");
}

#[test]
fn nobody_waits_for_a_person_who_has_walked_away() {
    let cameras = vec![Camera::Waits];
    let mut kiosk = Kiosk::sign_in(Script { cameras, ..Script::default() });
    kiosk.press("Begin").until("the camera", |kiosk| {
        matches!(&kiosk.harness.state().state().screen, Screen::Capture(capture) if capture.at_millis.is_some())
    });
    kiosk.wait(42.0);
    assert_eq!(kiosk.closed(), Some(Closed::Idle), "a picture that does not move on is no sign of a person");
    kiosk.env.go_on();
    let env = kiosk.leave();
    assert_eq!(env.recorded(), ["light on", "light off", "abandoned: cancelled", "browser"]);
}

#[test]
fn what_is_said_to_be_deleted_is_deleted() {
    let wipe = Arc::new(Mutex::new(Wipe::Running));
    let watch = |wipe: &Arc<Mutex<Wipe>>| {
        let wipe = Arc::clone(wipe);
        Opening::Wiping(Arc::new(move || *wipe.lock().unwrap()))
    };
    let choices = Arc::new(Choices::default());
    let setup = || Setup { choices: Arc::clone(&choices), ..Setup::default() };
    Kiosk::open(Opening::Attract, setup()).press("Language: English").press("Deutsch").see("Zum Anmelden berühren");
    let mut kiosk = Kiosk::open(watch(&wipe), setup());
    kiosk.see("Alles von diesem Besuch wird gelöscht.").wait(30.0);
    assert!(!kiosk.shows("Alles von diesem Besuch wurde gelöscht.") && kiosk.closed().is_none());
    *wipe.lock().unwrap() = Wipe::Done;
    kiosk
        .wait(0.25)
        .see("Abgemeldet")
        .see("Alles von diesem Besuch wurde gelöscht.")
        .see("Der Nächste, bitte.")
        .wait(2.0);
    assert_eq!((kiosk.closed(), choices.language()), (None, Some(Language::De)));
    kiosk.wait(1.25);
    assert_eq!((kiosk.closed(), choices.language()), (Some(Closed::Wiped), None), "the next one chooses anew");
    let mut kiosk = Kiosk::open(watch(&wipe), setup());
    kiosk.press("Continue");
    assert_eq!(kiosk.closed(), Some(Closed::Wiped), "nobody need wait");
    *wipe.lock().unwrap() = Wipe::Failed;
    let mut kiosk = Kiosk::open(watch(&wipe), setup());
    kiosk.wait(0.25);
    assert!(!kiosk.shows("Everything from this visit was deleted.") && kiosk.closed() == Some(Closed::Wiped));
}
