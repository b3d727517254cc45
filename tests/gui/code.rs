//! One-time codes in the window: when they are offered, how they are entered, and every way to leave the screen.

use countenance_camera::CameraError;
use countenance_client::{dry_run, runner::RunOutcome, session::SessionError};
use countenance_core::protocol::{Fallback, Outcome, Purpose, Reason};
use countenance_gui::screen::Screen;
use eframe::egui::{
    Event, Key,
    accesskit::{Live, Role},
};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{
    driver::Window,
    test_env::{Camera, Script, Verdict},
};

/// A sign-in without a camera whose ticket offers both channels.
fn no_camera() -> Script {
    let cameras = vec![Camera::FailsToOpen(|| CameraError::Absent)];
    Script { cameras, fallback: vec![Fallback::Sms, Fallback::Voice], ..Script::default() }
}

fn wrong(attempts_left: u32) -> Verdict {
    let nonce = "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8".into();
    Verdict::Returns(Outcome::Retry { reason: Reason::WrongCode, attempts_left, nonce })
}

/// A window that has just had a text message sent.
fn sent(script: Script) -> Window {
    let mut window = Window::for_sign_in(script);
    window.press("Begin").see("No camera found").press("Use a code instead");
    window.see("A one-time code goes to the phone number of your account.").press("Send a text message");
    window.see("The code is on its way. It may take a minute.").see("5 attempts left");
    window
}

/// Pastes into the code field, which must have the focus.
fn paste(window: &mut Window, text: &str) {
    window.until("the field", |h| h.query_by_role_and_label(Role::TextInput, "Code of 6 digits").is_some());
    window.harness.step();
    assert!(field(window).is_focused(), "the field has the focus from the start");
    window.harness.event(Event::Paste(text.into()));
    window.harness.step();
}

fn field(window: &Window) -> egui_kittest::Node<'_> {
    window.harness.get_by_role_and_label(Role::TextInput, "Code of 6 digits")
}

fn typed(window: &Window) -> String {
    field(window).accesskit_node().value().unwrap_or_default()
}

#[test]
fn signs_in_by_code_without_a_camera() {
    let mut window = sent(no_camera());
    paste(&mut window, "Code: 123 456");
    assert_eq!(typed(&window), "123456", "only digits are kept");
    window.press("Check the code").see("It is you");
    assert_eq!(window.env.recorded(), ["code sent: Sms", "code tried: 123456", "browser"], "the camera stays off");
    assert_eq!(window.ended(), Some(RunOutcome::Approved(Purpose::Verify)));
}

#[test]
fn enter_submits_the_code_only_with_six_digits() {
    let mut window = sent(no_camera());
    paste(&mut window, "");
    for text in ["1", "a", "2", " ", "3", "4", "5"] {
        field(&window).type_text(text);
        window.harness.step();
    }
    assert_eq!(typed(&window), "12345");
    window.key(Key::Enter).press("Check the code");
    assert_eq!(window.env.recorded(), ["code sent: Sms"], "five digits are not submitted");
    field(&window).focus();
    window.harness.step();
    field(&window).type_text("67");
    window.harness.step();
    window.key(Key::Enter).see("It is you");
    assert_eq!(window.env.recorded(), ["code sent: Sms", "code tried: 123456", "browser"]);
}

#[test]
fn a_wrong_code_is_reported_and_can_be_retried() {
    let mut window = sent(Script { codes: vec![wrong(4), wrong(1)], ..no_camera() });
    paste(&mut window, "000000");
    window.key(Key::Enter).see("That is not the code that was sent.").see("4 attempts left");
    assert_eq!(typed(&window), "", "the wrong code is cleared");
    paste(&mut window, "111111");
    window.key(Key::Enter).see("1 attempt left");
    paste(&mut window, "123456");
    window.key(Key::Enter).see("It is you");
}

#[test]
fn too_many_wrong_codes_end_the_sign_in() {
    let continue_url = format!("{}/return/dry-run", dry_run::ORIGIN);
    let over = Verdict::Returns(Outcome::Refused { reason: Reason::TooManyAttempts, continue_url });
    let mut window = sent(Script { codes: vec![wrong(1), over], ..no_camera() });
    for code in ["000000", "111111"] {
        paste(&mut window, code);
        window.key(Key::Enter);
        window.until("an answer", |h| !matches!(h.state().state().screen, Screen::Code(code) if code.is_under_way));
    }
    window.see("Not logged in").see("Too many attempts. Wait a while, then log in again.");
    assert_eq!(window.env.recorded().last().map(String::as_str), Some("browser"));
}

/// Whether a screen reader announces this at once (assertive live region).
fn is_announced(window: &Window, words: &str) -> bool {
    let urgent = |node: &egui_kittest::Node<'_>| node.accesskit_node().live() == Live::Assertive;
    window.harness.query_all_by_label_contains(words).any(|node| urgent(&node))
}

const NOT_SENT: &str = "The code could not be sent. Try again in a moment, or choose another way.";
const NOT_CHECKED: &str = "The code could not be checked. Try again in a moment, or choose another way.";

fn down() -> SessionError {
    SessionError::Unavailable { retry_after: None }
}

#[test]
fn a_failure_to_send_is_announced_and_other_choices_remain() {
    let refused = "No code can be sent to your phone this way. Choose another way.";
    let sends: Vec<Option<fn() -> _>> = vec![Some(|| SessionError::CodeRefused), Some(down)];
    let mut window = Window::for_sign_in(Script { sends, ..no_camera() });
    window.press("Begin").press("Use a code instead").press("Send a text message").see(refused);
    assert!(is_announced(&window, refused));
    window.see("Use the camera instead").see("Stop here").press("Call me").see(NOT_SENT);
    assert!(is_announced(&window, NOT_SENT));
    window.press("Call me").see("The code is on its way. It may take a minute.");
    paste(&mut window, "123456");
    window.key(Key::Enter).see("It is you");
}

#[test]
fn a_failed_resend_leaves_the_first_code_valid() {
    let mut window = sent(Script { sends: vec![None, Some(down)], ..no_camera() });
    window.harness.run_steps(120);
    window.press("Send again").see(NOT_SENT).see("5 attempts left");
    assert!(is_announced(&window, NOT_SENT));
    paste(&mut window, "123456");
    window.press("Check the code").see("It is you");
}

#[test]
fn an_unchecked_code_stays_in_the_field() {
    let codes = vec![Verdict::Fails(down), wrong(4), Verdict::Fails(|| SessionError::CodeRefused)];
    let cameras = vec![Camera::FailsToOpen(|| CameraError::Absent), Camera::Streams];
    let mut window = sent(Script { cameras, codes, ..no_camera() });
    paste(&mut window, "000000");
    window.key(Key::Enter).see(NOT_CHECKED).see("5 attempts left");
    assert!(is_announced(&window, NOT_CHECKED));
    assert_eq!(typed(&window), "000000");
    window.press("Check the code").see("That is not the code that was sent.").see("4 attempts left");
    assert_eq!(typed(&window), "");
    paste(&mut window, "123456");
    window.key(Key::Enter).see("Codes are no longer accepted for this login. Choose another way.");
    window.press("Use the camera instead").see("It is you");
}

#[test]
fn a_code_can_be_resent_by_either_channel_after_thirty_seconds() {
    let mut window = sent(no_camera());
    let can_again = |w: &Window| w.harness.query_by_role_and_label(Role::Button, "Send again").is_some();
    assert!(!can_again(&window));
    window.see("Send again in 30 seconds");
    // A step is a quarter of a second.
    window.harness.run_steps(60);
    assert!(!can_again(&window) && window.harness.query_by_role_and_label(Role::Button, "Call me").is_none());
    window.harness.run_steps(60);
    assert!(can_again(&window));
    window.press("Send again").see("Send again in 30 seconds");
    window.harness.run_steps(120);
    window.press("Call me").see("Send again in 30 seconds");
    window.harness.run_steps(120);
    window.see("Send a text message");
    assert_eq!(window.env.recorded(), ["code sent: Sms", "code sent: Sms", "code sent: Voice"]);
}

#[test]
fn each_failed_attempt_offers_a_code_if_the_ticket_does() {
    let not_matched = Outcome::Retry {
        reason: Reason::NoMatch,
        attempts_left: 4,
        nonce: "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8".into(),
    };
    let rows: [(&str, &dyn Fn() -> Script); 3] = [
        ("No camera found", &no_camera),
        ("That was not clear enough", &|| Script { empty_captures: 1, ..Script::default() }),
        ("That did not work", &|| Script {
            verdicts: vec![Verdict::Returns(not_matched.clone())],
            ..Script::default()
        }),
    ];
    for (title, script) in rows {
        let mut with_codes = Window::for_sign_in(Script { fallback: vec![Fallback::Voice], ..script() });
        with_codes.press("Begin").see(title).press("Use a code instead").see("Call me");
        assert!(
            with_codes.harness.query_by_label("Send a text message").is_none(),
            "{title}: only channels of the ticket"
        );
        let mut without_codes = Window::for_sign_in(Script { fallback: Vec::new(), ..script() });
        without_codes.press("Begin").see(title).see("Try again");
        assert!(without_codes.harness.query_by_label("Use a code instead").is_none(), "{title}: nothing is offered");
    }
}

#[test]
fn only_a_code_is_offered_when_no_face_attempts_are_left() {
    for (reason, why) in
        [(Reason::NoMatch, "Your face was not recognised"), (Reason::TooManyAttempts, "Too many attempts")]
    {
        let nonce = "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8".into();
        let used_up = Verdict::Returns(Outcome::Retry { reason, attempts_left: 0, nonce });
        let fallback = vec![Fallback::Sms];
        let mut window = Window::for_sign_in(Script { verdicts: vec![used_up], fallback, ..Script::default() });
        window.press("Begin").see("That did not work");
        assert!(window.harness.query_all_by_label_contains(why).next().is_some(), "{why}");
        assert!(window.harness.query_by_label("Try again").is_none(), "{why}: no further face attempt");
        window.press("Use a code instead").see("Send a text message");
    }
}

/// Opens a window on a screen.
type OpensScreen<'a> = &'a dyn Fn() -> Window;
/// Leaves the screen.
type LeavesScreen = fn(&mut Window);

#[test]
fn every_code_screen_can_be_left() {
    let abandoned = "abandoned: cancelled";
    let choosing = || {
        let mut window = Window::for_sign_in(no_camera());
        window.press("Begin").press("Use a code instead").see("Call me");
        window
    };
    let offline = || {
        let mut window = sent(Script { codes: vec![Verdict::Offline], ..no_camera() });
        paste(&mut window, "123456");
        window.key(Key::Enter).see("No connection. Trying again.");
        window
    };
    let (stop, escape): (LeavesScreen, LeavesScreen) = (|w| _ = w.press("Stop here"), |w| _ = w.key(Key::Escape));
    let not_sent = || {
        let mut window = Window::for_sign_in(Script { sends: vec![Some(down)], ..no_camera() });
        window.press("Begin").press("Use a code instead").press("Call me").see(NOT_SENT);
        window
    };
    let not_checked = || {
        let mut window = sent(Script { codes: vec![Verdict::Fails(down)], ..no_camera() });
        paste(&mut window, "123456");
        window.key(Key::Enter).see(NOT_CHECKED);
        window
    };
    let (one_sent, one_tried) = ("code sent: Sms", "code tried: 123456");
    let rows: [(&str, OpensScreen<'_>, LeavesScreen, &[&str]); 8] = [
        ("not sent, stop", &not_sent, stop, &["code sent: Voice", abandoned, "browser"]),
        ("not checked, Escape", &not_checked, escape, &[one_sent, one_tried, abandoned, "browser"]),
        ("choosing, stop", &choosing, stop, &[abandoned, "browser"]),
        ("choosing, Escape", &choosing, escape, &[abandoned, "browser"]),
        ("typing, stop", &|| sent(no_camera()), stop, &[one_sent, abandoned, "browser"]),
        ("typing, Escape", &|| sent(no_camera()), escape, &[one_sent, abandoned, "browser"]),
        ("offline, cancel", &offline, |w| _ = w.press("Cancel"), &[one_sent, one_tried, abandoned, "browser"]),
        ("offline, Escape", &offline, escape, &[one_sent, one_tried, abandoned, "browser"]),
    ];
    for (name, begin, leave, expected) in rows {
        let mut window = begin();
        leave(&mut window);
        window.see("Not logged in");
        assert_eq!(window.env.recorded(), expected, "{name}");
        assert_eq!(window.ended(), Some(RunOutcome::Refused(Reason::Cancelled)), "{name}");
    }
}

#[test]
fn the_code_screen_leads_back_to_the_camera() {
    let cameras = vec![Camera::FailsToOpen(|| CameraError::Busy), Camera::Streams];
    let mut window = Window::for_sign_in(Script { cameras, ..no_camera() });
    window.press("Begin").see("The camera is in use").press("Use a code instead").press("Use the camera instead");
    window.see("It is you");
    assert_eq!(window.env.recorded(), ["light on", "light off", "posted", "browser"]);
}

#[test]
fn checking_a_code_resumes_after_being_offline() {
    let mut window = sent(Script { codes: vec![Verdict::Offline], ..no_camera() });
    paste(&mut window, "123456");
    window.key(Key::Enter).see("No connection. Trying again.");
    window.env.go_on();
    window.see("It is you");
}
