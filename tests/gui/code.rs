//! One-time codes in the window: when they are offered, how they are typed, and every way to leave the screen.

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

/// A login on a machine without a camera, whose ticket offers both ways.
fn no_camera() -> Script {
    let cameras = vec![Camera::FailsToOpen(|| CameraError::Absent)];
    Script { cameras, fallback: vec![Fallback::Sms, Fallback::Voice], ..Script::default() }
}

fn wrong(attempts_left: u32) -> Verdict {
    let nonce = "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8".into();
    Verdict::Says(Outcome::Retry { reason: Reason::WrongCode, attempts_left, nonce })
}

/// A window in which a text message has just been sent.
fn sent(script: Script) -> Window {
    let mut window = Window::on_login(script);
    window.press("Begin").see("No camera found").press("Use a code instead");
    window.see("A one-time code goes to the phone number of your account.").press("Send a text message");
    window.see("The code is on its way. It may take a minute.").see("5 attempts left");
    window
}

/// Pastes into the field, which has the keyboard.
fn paste(window: &mut Window, text: &str) {
    window.until("the field", |h| h.query_by_role_and_label(Role::TextInput, "Code of 6 digits").is_some());
    window.harness.step();
    assert!(field(window).is_focused(), "the field has the keyboard from the start");
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
fn a_login_by_code_where_there_is_no_camera() {
    let mut window = sent(no_camera());
    paste(&mut window, "Code: 123 456");
    assert_eq!(typed(&window), "123456", "only the digits");
    window.press("Check the code").see("It is you");
    assert_eq!(window.env.told(), ["code sent: Sms", "code tried: 123456", "browser"], "the camera stays off");
    assert_eq!(window.ended(), Some(RunOutcome::Approved(Purpose::Verify)));
}

#[test]
fn digits_are_typed_and_enter_sends_them_once_they_are_six() {
    let mut window = sent(no_camera());
    paste(&mut window, "");
    for text in ["1", "a", "2", " ", "3", "4", "5"] {
        field(&window).type_text(text);
        window.harness.step();
    }
    assert_eq!(typed(&window), "12345");
    window.key(Key::Enter).press("Check the code");
    assert_eq!(window.env.told(), ["code sent: Sms"], "five digits are no code");
    field(&window).focus();
    window.harness.step();
    field(&window).type_text("67");
    window.harness.step();
    window.key(Key::Enter).see("It is you");
    assert_eq!(window.env.told(), ["code sent: Sms", "code tried: 123456", "browser"]);
}

#[test]
fn a_wrong_code_is_said_and_another_may_be_tried() {
    let mut window = sent(Script { codes: vec![wrong(4), wrong(1)], ..no_camera() });
    paste(&mut window, "000000");
    window.key(Key::Enter).see("That is not the code that was sent.").see("4 attempts left");
    assert_eq!(typed(&window), "", "the wrong code is gone");
    paste(&mut window, "111111");
    window.key(Key::Enter).see("1 attempt left");
    paste(&mut window, "123456");
    window.key(Key::Enter).see("It is you");
}

#[test]
fn too_many_wrong_codes_end_the_login() {
    let continue_url = format!("{}/return/dry-run", dry_run::ORIGIN);
    let over = Verdict::Says(Outcome::Refused { reason: Reason::TooManyAttempts, continue_url });
    let mut window = sent(Script { codes: vec![wrong(1), over], ..no_camera() });
    for code in ["000000", "111111"] {
        paste(&mut window, code);
        window.key(Key::Enter);
        window.until("an answer", |h| !matches!(h.state().state().screen, Screen::Code(code) if code.is_under_way));
    }
    window.see("Not logged in").see("Too many attempts. Wait a while, then log in again.");
    assert_eq!(window.env.told().last().map(String::as_str), Some("browser"));
}

/// Whether a screen reader says this at once.
fn is_called_out(window: &Window, words: &str) -> bool {
    let urgent = |node: &egui_kittest::Node<'_>| node.accesskit_node().live() == Live::Assertive;
    window.harness.query_all_by_label_contains(words).any(|node| urgent(&node))
}

const NOT_SENT: &str = "The code could not be sent. Try again in a moment, or choose another way.";
const NOT_CHECKED: &str = "The code could not be checked. Try again in a moment, or choose another way.";

fn down() -> SessionError {
    SessionError::Unavailable { retry_after: None }
}

#[test]
fn a_code_that_is_not_sent_is_said_and_there_is_another_way() {
    let refused = "No code can be sent to your phone this way. Choose another way.";
    let sends: Vec<Option<fn() -> _>> = vec![Some(|| SessionError::CodeRefused), Some(down)];
    let mut window = Window::on_login(Script { sends, ..no_camera() });
    window.press("Begin").press("Use a code instead").press("Send a text message").see(refused);
    assert!(is_called_out(&window, refused));
    window.see("Use the camera instead").see("Stop here").press("Call me").see(NOT_SENT);
    assert!(is_called_out(&window, NOT_SENT));
    window.press("Call me").see("The code is on its way. It may take a minute.");
    paste(&mut window, "123456");
    window.key(Key::Enter).see("It is you");
}

#[test]
fn the_code_that_came_is_still_good_where_another_is_not_sent() {
    let mut window = sent(Script { sends: vec![None, Some(down)], ..no_camera() });
    window.harness.run_steps(120);
    window.press("Send again").see(NOT_SENT).see("5 attempts left");
    assert!(is_called_out(&window, NOT_SENT));
    paste(&mut window, "123456");
    window.press("Check the code").see("It is you");
}

#[test]
fn a_code_that_is_not_checked_stays_in_its_field_until_it_is() {
    let codes = vec![Verdict::Fails(down), wrong(4), Verdict::Fails(|| SessionError::CodeRefused)];
    let cameras = vec![Camera::FailsToOpen(|| CameraError::Absent), Camera::Films];
    let mut window = sent(Script { cameras, codes, ..no_camera() });
    paste(&mut window, "000000");
    window.key(Key::Enter).see(NOT_CHECKED).see("5 attempts left");
    assert!(is_called_out(&window, NOT_CHECKED));
    assert_eq!(typed(&window), "000000");
    window.press("Check the code").see("That is not the code that was sent.").see("4 attempts left");
    assert_eq!(typed(&window), "");
    paste(&mut window, "123456");
    window.key(Key::Enter).see("Codes are no longer accepted for this login. Choose another way.");
    window.press("Use the camera instead").see("It is you");
}

#[test]
fn another_code_can_be_had_after_half_a_minute_by_the_same_way_or_the_other() {
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
    assert_eq!(window.env.told(), ["code sent: Sms", "code sent: Sms", "code sent: Voice"]);
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
        ("That was not clear enough", &|| Script { empty_looks: 1, ..Script::default() }),
        ("That did not work", &|| Script { verdicts: vec![Verdict::Says(not_matched.clone())], ..Script::default() }),
    ];
    for (title, script) in rows {
        let mut offers = Window::on_login(Script { fallback: vec![Fallback::Voice], ..script() });
        offers.press("Begin").see(title).press("Use a code instead").see("Call me");
        assert!(offers.harness.query_by_label("Send a text message").is_none(), "{title}: only what the ticket offers");
        let mut silent = Window::on_login(Script { fallback: Vec::new(), ..script() });
        silent.press("Begin").see(title).see("Try again");
        assert!(silent.harness.query_by_label("Use a code instead").is_none(), "{title}: nothing is offered");
    }
}

#[test]
fn where_no_face_is_taken_any_more_only_the_code_is_left() {
    for (reason, why) in
        [(Reason::NoMatch, "Your face was not recognised"), (Reason::TooManyAttempts, "Too many attempts")]
    {
        let nonce = "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8".into();
        let used_up = Verdict::Says(Outcome::Retry { reason, attempts_left: 0, nonce });
        let fallback = vec![Fallback::Sms];
        let mut window = Window::on_login(Script { verdicts: vec![used_up], fallback, ..Script::default() });
        window.press("Begin").see("That did not work");
        assert!(window.harness.query_all_by_label_contains(why).next().is_some(), "{why}");
        assert!(window.harness.query_by_label("Try again").is_none(), "{why}: another face would be in vain");
        window.press("Use a code instead").see("Send a text message");
    }
}

/// How a window came to a screen.
type Begins<'a> = &'a dyn Fn() -> Window;
/// A way to leave it.
type Leaves = fn(&mut Window);

#[test]
fn the_way_by_code_can_be_left_everywhere() {
    let abandoned = "abandoned: cancelled";
    let choosing = || {
        let mut window = Window::on_login(no_camera());
        window.press("Begin").press("Use a code instead").see("Call me");
        window
    };
    let offline = || {
        let mut window = sent(Script { codes: vec![Verdict::Offline], ..no_camera() });
        paste(&mut window, "123456");
        window.key(Key::Enter).see("No connection. Trying again.");
        window
    };
    let (stop, escape): (Leaves, Leaves) = (|w| _ = w.press("Stop here"), |w| _ = w.key(Key::Escape));
    let not_sent = || {
        let mut window = Window::on_login(Script { sends: vec![Some(down)], ..no_camera() });
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
    let rows: [(&str, Begins<'_>, Leaves, &[&str]); 8] = [
        ("not sent, stop", &not_sent, stop, &["code sent: Voice", abandoned, "browser"]),
        ("not checked, Escape", &not_checked, escape, &[one_sent, one_tried, abandoned, "browser"]),
        ("choosing, stop", &choosing, stop, &[abandoned, "browser"]),
        ("choosing, Escape", &choosing, escape, &[abandoned, "browser"]),
        ("typing, stop", &|| sent(no_camera()), stop, &[one_sent, abandoned, "browser"]),
        ("typing, Escape", &|| sent(no_camera()), escape, &[one_sent, abandoned, "browser"]),
        ("offline, cancel", &offline, |w| _ = w.press("Cancel"), &[one_sent, one_tried, abandoned, "browser"]),
        ("offline, Escape", &offline, escape, &[one_sent, one_tried, abandoned, "browser"]),
    ];
    for (name, begin, leave, told) in rows {
        let mut window = begin();
        leave(&mut window);
        window.see("Not logged in");
        assert_eq!(window.env.told(), told, "{name}");
        assert_eq!(window.ended(), Some(RunOutcome::Refused(Reason::Cancelled)), "{name}");
    }
}

#[test]
fn who_would_rather_show_their_face_may() {
    let cameras = vec![Camera::FailsToOpen(|| CameraError::Busy), Camera::Films];
    let mut window = Window::on_login(Script { cameras, ..no_camera() });
    window.press("Begin").see("The camera is in use").press("Use a code instead").press("Use the camera instead");
    window.see("It is you");
    assert_eq!(window.env.told(), ["light on", "light off", "posted", "browser"]);
}

#[test]
fn offline_while_a_code_is_checked_is_said_and_passes() {
    let mut window = sent(Script { codes: vec![Verdict::Offline], ..no_camera() });
    paste(&mut window, "123456");
    window.key(Key::Enter).see("No connection. Trying again.");
    window.env.go_on();
    window.see("It is you");
}
