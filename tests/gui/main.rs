//! The real window, driven through its accessible names, as by a user with a screen reader and a keyboard.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod approval;
mod cameras;
mod code;
mod driver;
mod everywhere;
mod kiosk;
mod kiosk_everywhere;
mod test_env;

use countenance_camera::{CameraError, PortalFault};
use countenance_client::{
    dry_run,
    instance::{self, Claim, InstanceDir},
    runner::RunOutcome,
    session::SessionError,
    settings::{Key as Setting, Managed, Settings, SettingsInUse},
};
use countenance_core::protocol::{CameraRefusal, Fallback, Outcome, Purpose, Reason};
use countenance_gui::{Ask, screen::Screen};
use driver::Window;
use eframe::egui::{Event, Key, accesskit::Role};
use egui_kittest::kittest::{NodeT, Queryable};
use test_env::{Camera, Opening, Script, Verdict};

/// Makes a camera error.
type CameraFailure = fn() -> CameraError;
/// Makes a session error.
type Refusal = fn() -> SessionError;
/// Script, buttons pressed, screen reached, how it is left (name, action), resulting log of the environment.
type Leaving =
    (Script, &'static [&'static str], &'static str, (&'static str, fn(&mut Window)), &'static [&'static str]);

/// The first capture shows no face.
fn empty_at_first() -> Script {
    Script { empty_captures: 1, ..Script::default() }
}

fn no_match() -> Verdict {
    let (reason, nonce) = (Reason::NoMatch, "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8".into());
    Verdict::Returns(Outcome::Retry { reason, attempts_left: 4, nonce })
}

#[test]
fn signs_in_from_link_to_browser() {
    let mut window = Window::for_sign_in(Script::default());
    window.see("Is this your login?").see("nobody").see("dry-run asks for your face");
    assert!(window.env.recorded().is_empty(), "the camera stays off until Begin");
    window.press("Begin").see("It is you").see("Back to your browser. This window closes by itself.");
    assert_eq!(window.env.recorded(), ["light on", "light off", "posted", "browser"]);
    assert_eq!(window.ended(), Some(RunOutcome::Approved(Purpose::Verify)));
}

#[test]
fn works_by_keyboard_alone_and_a_stray_enter_gives_no_consent() {
    let mut window = Window::for_sign_in(Script::default());
    window.see("Begin").key(Key::Enter).key(Key::Space).see("Is this your login?");
    assert!(window.env.recorded().is_empty());
    for _ in 0..12 {
        window.key(Key::Tab);
        if window.harness.get_by_label("Begin").is_focused() {
            break;
        }
    }
    assert!(window.harness.get_by_label("Begin").is_focused(), "Tab reaches Begin");
    window.key(Key::Enter).see("It is you");
}

/// An enrollment attests to what its page says, in the language in which it was read.
#[test]
fn what_was_agreed_to_is_what_was_shown() {
    let german = [
        "Etwa zwei Sekunden Kamerabilder",
        "Ein Bild und ein signierter Bericht",
        "Der Dienst behält ein Gesichtsmuster",
        "Auf diesem Computer bleibt nichts zurück.",
    ];
    let english = ["About two seconds", "One picture and a signed", "The service keeps a template", "Nothing is kept"];
    for (language, begin, done, shown) in
        [("de", "Beginnen", "Ihr Gesicht ist eingerichtet", german), ("en", "Begin", "Your face is set up", english)]
    {
        let script = Script { purpose: Purpose::Enroll, ..Script::default() };
        let settings = Settings { language: Some(language.into()), ..Settings::default() };
        let mut window = Window::open(script, Some(dry_run::LINK), settings, None);
        window.see(begin);
        let page: Vec<String> = shown
            .iter()
            .map(|start| window.harness.get_by_label_contains(start).accesskit_node().value().unwrap_or_default())
            .collect();
        window.press(begin).see(done);
        let claims = window.env.posted_claims();
        assert_eq!(claims["consent"]["text"], page.join("\n"), "{language}");
        assert_eq!(claims["consent"]["language"], language);
        assert!(claims["consent"]["given_at"].is_i64());
    }
    let mut window = Window::for_sign_in(Script::default());
    window.press("Begin").see("It is you");
    assert_eq!(window.env.posted_claims()["consent"], serde_json::Value::Null, "nothing is stored of a verification");
}

#[test]
fn each_camera_failure_has_its_own_page_and_can_be_retried() {
    let rows: [(CameraFailure, &str); 18] = [
        (|| CameraError::Denied, "The camera is not allowed"),
        (|| CameraError::Busy, "The camera is in use"),
        (|| CameraError::Absent, "No camera found"),
        (|| CameraError::NeedsLibcamera("Intel IPU6"), "The built-in camera cannot be used yet"),
        (|| CameraError::DeniedByDesktop, "The camera is not allowed"),
        (|| CameraError::Asking, "Your desktop is asking about the camera"),
        (|| CameraError::NoPortal(PortalFault::NoPipeWire), "The camera cannot be reached"),
        (|| CameraError::Unsupported, "This camera cannot be used"),
        (|| CameraError::Lost, "The camera was unplugged"),
        (|| CameraError::Stalled, "The camera does not answer"),
        (|| CameraError::NotPinned, "The right camera is missing"),
        (|| CameraError::TooSlow, "The camera is too slow"),
        (|| CameraError::Black, "The picture is black"),
        (|| CameraError::Frozen, "The picture stands still"),
        (|| CameraError::Monochrome, "The picture has no color"),
        (|| CameraError::TimeBackwards, "The camera’s clock is wrong"),
        (|| CameraError::NotAllowed(CameraRefusal::Virtual), "This camera is not accepted"),
        (|| recording_error().into(), "The recording cannot be played"),
    ];
    for (error, title) in rows {
        for fails in [Camera::FailsToOpen(error), Camera::FailsLater(error)] {
            let cameras = vec![fails, Camera::Streams];
            let mut window = Window::for_sign_in(Script { cameras, ..Script::default() });
            window.press("Begin").see(title).press("Try again").see("It is you");
        }
        let mut window = Window::for_sign_in(Script { cameras: vec![Camera::FailsToOpen(error)], ..Script::default() });
        window.press("Begin").see(title).press("Stop here").see("Not logged in");
        let is_refused = title == "This camera is not accepted";
        let reason = if is_refused { "abandoned: camera_not_allowed" } else { "abandoned: no_camera" };
        assert_eq!(window.env.recorded(), [reason, "browser"], "{title}");
    }
}

fn recording_error() -> countenance_camera::RecordingError {
    countenance_camera::RecordingError::Unknown(countenance_camera::recording::Found::Empty)
}

#[test]
fn a_capture_without_a_face_gives_advice_and_a_retry() {
    let mut window = Window::for_sign_in(empty_at_first());
    window.press("Begin").see("That was not clear enough");
    window.see("Sit an arm’s length away, face in the middle.").press("Try again").see("It is you");
    let mut window = Window::for_sign_in(empty_at_first());
    window.press("Begin").see("That was not clear enough").press("Stop here").see("Not logged in");
    assert_eq!(window.ended(), Some(RunOutcome::Refused(Reason::CannotTell)));
}

/// Log odds between live and not live for the maximum duration: neither accepted nor rejected, but advice and a retry.
#[test]
fn an_inconclusive_liveness_decision_gives_advice_and_a_retry() {
    let doubt = || Script { odds: vec![0.6, 3.0], fallback: vec![Fallback::Sms], ..Script::default() };
    let mut window = Window::for_sign_in(doubt());
    window.press("Begin").see("That was not clear enough").see("Move your head a little, and blink.");
    assert_eq!(window.env.recorded(), ["light on", "light off"], "nothing is posted");
    window.press("Try again").see("It is you");
    let mut window = Window::for_sign_in(doubt());
    window.press("Begin").see("That was not clear enough").press("Use a code instead").see("Send a text message");
    let mut window = Window::for_sign_in(doubt());
    window.press("Begin").see("That was not clear enough").press("Stop here").see("Not logged in");
    assert_eq!(window.ended(), Some(RunOutcome::Refused(Reason::CannotTell)));
}

#[test]
fn a_rejected_user_sees_their_image_and_can_retry() {
    let mut window = Window::for_sign_in(Script { verdicts: vec![no_match()], ..Script::default() });
    window.press("Begin").see("That did not work").see("Your face was not recognised for this account.");
    window.see("4 attempts left");
    for name in ["Your picture", "How it should look"] {
        assert!(window.harness.query_all_by_label(name).count() > 0, "{name}");
    }
    window.press("Try again").see("It is you");
    assert_eq!(window.env.recorded().iter().filter(|line| *line == "posted").count(), 2);
}

#[test]
fn a_capture_that_is_not_live_is_rejected_and_not_posted() {
    let mut window = Window::for_sign_in(Script { odds: vec![-3.0, 3.0], ..Script::default() });
    window.press("Begin").see("Show your own face, live, straight into the camera.").see("5 attempts left");
    assert!(
        !window.env.recorded().contains(&"posted".to_owned()),
        "a capture that is not live never leaves the computer"
    );
    window.press("Try again").see("It is you");
}

#[test]
fn posting_resumes_after_being_offline() {
    let mut window = Window::for_sign_in(Script { verdicts: vec![Verdict::Offline], ..Script::default() });
    window.press("Begin").see("No connection. Trying again.").see("100 seconds left");
    window.env.go_on();
    window.see("It is you");
}

#[test]
fn every_screen_can_be_left_and_the_verifier_is_notified() {
    let login = Script::default;
    let escape: fn(&mut Window) = |w| _ = w.key(Key::Escape);
    let rows: [Leaving; 10] = [
        (Script { opening: Opening::Hangs, ..login() }, &[], "One moment", ("Cancel", |w| _ = w.press("Cancel")), &[]),
        (login(), &[], "Is this your login?", ("Not me", |w| _ = w.press("Not me")), &["abandoned: not_me", "browser"]),
        (login(), &[], "Is this your login?", ("Escape", escape), &["abandoned: cancelled", "browser"]),
        (
            Script { cameras: vec![Camera::Waits], ..login() },
            &["Begin"],
            "Hold still",
            ("Cancel", |w| {
                w.press("Cancel");
                w.env.go_on();
            }),
            &["light on", "light off", "abandoned: cancelled", "browser"],
        ),
        (
            Script { cameras: vec![Camera::Waits], ..login() },
            &["Begin"],
            "Hold still",
            ("Escape", |w| {
                w.key(Key::Escape);
                w.env.go_on();
            }),
            &["light on", "light off", "abandoned: cancelled", "browser"],
        ),
        (
            Script { cameras: vec![Camera::FailsToOpen(|| CameraError::Busy)], ..login() },
            &["Begin"],
            "The camera is in use",
            ("Escape", escape),
            &["abandoned: no_camera", "browser"],
        ),
        (
            empty_at_first(),
            &["Begin"],
            "That was not clear enough",
            ("Escape", escape),
            &["light on", "light off", "abandoned: cannot_tell", "browser"],
        ),
        (
            Script { odds: vec![-3.0], ..login() },
            &["Begin"],
            "That did not work",
            ("Stop here", |w| _ = w.press("Stop here")),
            &["light on", "light off", "abandoned: not_live", "browser"],
        ),
        (
            Script { verdicts: vec![no_match()], ..login() },
            &["Begin"],
            "That did not work",
            ("Escape", escape),
            &["light on", "light off", "posted", "abandoned: no_match", "browser"],
        ),
        (
            Script { verdicts: vec![Verdict::Offline], ..login() },
            &["Begin"],
            "No connection. Trying again.",
            ("Cancel", |w| _ = w.press("Cancel")),
            &["light on", "light off", "posted", "abandoned: cancelled", "browser"],
        ),
    ];
    for (script, presses, screen, (name, leave), expected) in rows {
        let mut window = Window::for_sign_in(script);
        for press in presses {
            window.press(press);
        }
        window.see(screen);
        leave(&mut window);
        window.until("an end", |h| {
            matches!(h.state().state().screen, Screen::Refused(_) | Screen::Failed(_) | Screen::Ready)
        });
        assert_eq!(window.env.recorded(), expected, "{screen}, left by {name}");
    }
}

#[test]
fn a_link_that_fails_says_what_to_do() {
    let broken_off = "The login broke off";
    let rows: [(Refusal, &str, &str); 6] = [
        (
            || SessionError::Expired,
            broken_off,
            "This link is used up or too old. Begin the login again in your browser.",
        ),
        (
            || SessionError::CodeSpent,
            broken_off,
            "This link is used up or too old. Begin the login again in your browser.",
        ),
        (
            || SessionError::Unavailable { retry_after: None },
            broken_off,
            "The verification service cannot be reached. Check the network, then open the link again from your browser.",
        ),
        (
            || SessionError::DeviceDisabled,
            broken_off,
            "This installation has a fault. Tell whoever looks after this computer, with what Diagnostics shows.",
        ),
        (
            || SessionError::ClientTooOld,
            "Update Countenance",
            "This version of Countenance is too old for this sign-in. Update it, or ask your IT team. Then start the \
             sign-in again in your browser.",
        ),
        (
            || SessionError::DeviceNotBound { approval: None },
            "This computer is not approved yet",
            "Your account isn't set up on this computer yet. If you got an email about it, allow the computer there. \
             Otherwise, ask your administrator. Then open the link again from your browser.",
        ),
    ];
    for (error, title, sentence) in rows {
        let mut window = Window::for_sign_in(Script { opening: Opening::Fails(error), ..Script::default() });
        window.see(title).see(sentence);
        assert!(matches!(window.ended(), Some(RunOutcome::Failed(_))));
    }
    let remedy = |link: &str| {
        let mut window = Window::open(Script::default(), Some(link), english(), None);
        window.see("This link cannot be opened");
        assert!(window.env.recorded().is_empty() && window.ended().is_none());
        window
    };
    remedy("countenance://verify?v=https://evil.example&s=a&c=b").see(
        "It names a verification service that this computer does not trust. Ask whoever looks after this computer.",
    );
    remedy("countenance://steal?x=1").see("It is not a login link of Countenance. Copy it again from the login page.");
}

fn english() -> Settings {
    Settings { language: Some("en".into()), ..Settings::default() }
}

#[test]
fn a_pasted_link_is_followed() {
    let mut window = Window::open(Script::default(), None, english(), None);
    window.see("Ready when you are");
    window.harness.get_by_role_and_label(Role::TextInput, "Link from the login page").focus();
    window.harness.step();
    window.harness.event(Event::Paste(dry_run::LINK.into()));
    window.harness.step();
    window.press("Open link").see("Is this your login?");
}

#[test]
fn a_second_launch_hands_its_link_to_the_window_that_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let dir = InstanceDir::in_folder(folder.path().join("run"));
    let Claim::First(inbox) = instance::claim(&dir, None).unwrap() else { panic!("another instance is running") };
    let mut window = Window::open(Script::default(), None, english(), Some(inbox));
    window.see("Ready when you are");
    let again = || matches!(instance::claim(&dir, Some(dry_run::LINK)).unwrap(), Claim::HandedOver);
    assert!(again());
    window.see("Is this your login?");
    assert!(again());
    window.see("A login is already under way. Finish or cancel it first.");
    window.press("Begin").see("It is you");
    assert_eq!(
        window.env.recorded().iter().filter(|line| *line == "posted").count(),
        1,
        "the sign-in in progress continues"
    );
}

#[test]
fn the_camera_can_be_tested_without_a_sign_in() {
    let cameras = vec![Camera::Waits];
    let mut window = Window::open(Script { cameras, ..Script::default() }, None, english(), None);
    window.press("Try the camera").see("Camera test").see("You are well placed").press("Back");
    window.env.go_on();
    window.see("Ready when you are");
    assert!(!window.env.recorded().contains(&"posted".to_owned()));
}

#[test]
fn settings_apply_at_once_and_are_saved() {
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open(Script::default(), None, english(), None);
    window.harness.state_mut().keep_settings_at(folder.path().join("settings.toml"));
    window.press("Settings").see("Settings").press("Language").press("Deutsch").see("Einstellungen");
    window.press("Darstellung").press("Dunkel").press("Textgröße").press("150 %");
    let kept = Settings::load(&folder.path().join("settings.toml")).unwrap().settings;
    assert_eq!((kept.language.as_deref(), kept.text_percent), (Some("de"), 150));
    assert_eq!(kept.theme, countenance_client::settings::Theme::Dark);
    window.key(Key::Escape).see("Kamera ausprobieren");
}

/// A managed setting shows its value, says who decides it where Tab stops, and stays whatever is pressed or asked for; the
/// user's file gets the rest only.
#[test]
fn what_is_managed_is_shown_and_cannot_be_changed() {
    use countenance_client::settings::Theme;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    let values = Settings { theme: Theme::Dark, camera: Some("Desk".into()), ..Settings::default() };
    let managed = Managed::deciding("/etc/countenance/settings.toml", [Setting::Theme, Setting::Camera], values);
    let mut window = Window::open(Script::default(), None, SettingsInUse::new(english(), managed), None);
    window.env.plug(&["Lid", "Desk"]);
    window.harness.state_mut().keep_settings_at(path.clone());
    window.press("Settings").cameras(2);
    for (name, value) in [("Appearance", "Dark"), ("Camera", "Desk")] {
        let told = format!("{name}: Managed by your organization.");
        window.see(&told);
        let control = window.harness.get_by_role_and_label(Role::ComboBox, name);
        assert!(control.accesskit_node().is_disabled(), "{name}");
        assert_eq!(control.accesskit_node().value().as_deref(), Some(value));
        control.click();
        window.harness.run_steps(2);
        let reaches = (0..20).any(|_| {
            window.key(Key::Tab);
            window.harness.get_by_label(&told).is_focused()
        });
        assert!(reaches, "Tab reaches what is said about {name}");
    }
    assert!(!window.shows("Light") && !window.shows("Lid"), "no list has opened");
    window.press("Text size").press("150 %");
    let ctx = window.harness.ctx.clone();
    let wanted = Settings { theme: Theme::Light, camera: Some("Lid".into()), text_percent: 175, ..english() };
    window.harness.state_mut().carry_out(&ctx, Ask::Change(Box::new(wanted)));
    window.harness.state_mut().carry_out(&ctx, Ask::UseCamera("Lid".into()));
    let in_use = &window.harness.state().state().settings;
    assert_eq!((in_use.theme, in_use.camera.as_deref(), in_use.text_percent), (Theme::Dark, Some("Desk"), 175));
    assert!(window.env.chosen.lock().unwrap().iter().all(|chosen| chosen.camera.as_deref() == Some("Desk")));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "language = \"en\"\ntext_percent = 175\n");
}

#[test]
fn closing_the_window_during_a_sign_in_notifies_the_verifier() {
    let mut window = Window::for_sign_in(Script::default());
    window.see("Begin");
    window.harness.state_mut().close();
    assert_eq!(window.env.recorded(), ["abandoned: cancelled", "browser"]);
    assert_eq!(window.ended(), Some(RunOutcome::Refused(Reason::Cancelled)));

    // The same if something had failed before: nobody gave up because of that.
    let cameras = vec![Camera::FailsToOpen(|| CameraError::Lost)];
    let mut window = Window::for_sign_in(Script { cameras, ..Script::default() });
    window.press("Begin").see("The camera was unplugged");
    window.harness.state_mut().close();
    assert_eq!(window.env.recorded(), ["abandoned: cancelled", "browser"]);
}
