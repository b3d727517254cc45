//! Allowing another device in the window, and the code that a device shows which is not allowed.

use countenance_client::{runner::RunOutcome, session::SessionError, settings::Settings};
use countenance_core::protocol::ApprovalOffer;
use countenance_gui::screen::{Approval, Screen};
use eframe::egui::{Event, Key, accesskit::Role};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{
    driver::Window,
    test_env::{Lookup, OTHER_DEVICE, Opening, Script},
};

const LABEL: &str = "Code, as in ABCD-EFGH";

/// A window without a sign-in, at the field for the code.
fn opened(script: Script) -> Window {
    let settings = Settings { language: Some("en".into()), ..Settings::default() };
    let mut window = Window::open(script, None, settings, None);
    window.see("Ready when you are").press("Allow another device");
    window.see("Never enter a code that somebody sent you or read to you.");
    window.harness.step();
    assert!(field(&window).is_focused(), "the field has the focus from the start");
    window
}

fn field(window: &Window) -> egui_kittest::Node<'_> {
    window.harness.get_by_role_and_label(Role::TextInput, LABEL)
}

/// Pastes into the field and goes on by the keyboard.
fn enter(window: &mut Window, code: &str) {
    field(window).focus();
    window.harness.step();
    window.harness.event(Event::Paste(code.into()));
    window.harness.step();
    window.key(Key::Enter);
}

#[test]
fn a_device_is_allowed_once_it_has_been_shown() {
    let mut window = opened(Script::default());
    enter(&mut window, " abcd efgh");
    window.see("Allow this device?").see("a•••@example.com").see("Payroll").see(OTHER_DEVICE).see("1 minute ago");
    assert_eq!(window.env.recorded(), ["looked up: ABCD-EFGH"], "nothing is allowed yet");
    window.key(Key::Enter).key(Key::Space);
    assert!(window.shows("Allow this device?"), "no stray key allows it");
    window.press("Allow this device").see("The device is allowed");
    window.see("Go back to it and open the link again from its browser.");
    assert_eq!(window.env.recorded(), ["looked up: ABCD-EFGH", &format!("allowed: ABCD-EFGH {OTHER_DEVICE}")]);
    window.press("Back").see("Ready when you are").press("Allow another device");
    window.see("Never enter a code that somebody sent you or read to you.");
    assert_eq!(field(&window).accesskit_node().value().unwrap_or_default(), "", "the code is not kept");
    assert_eq!(window.ended(), None, "no sign-in has ended");
}

#[test]
fn a_device_that_is_not_wanted_stays_out() {
    type Leave = fn(&mut Window);
    let leave: [(&str, Leave); 2] = [
        ("the button", |window| {
            window.press("Do not allow");
        }),
        ("Escape", |window| {
            window.key(Key::Escape);
        }),
    ];
    for (case, leave) in leave {
        let mut window = opened(Script::default());
        enter(&mut window, "ABCD-EFGH");
        window.see("Allow this device?");
        leave(&mut window);
        window.see("Ready when you are");
        assert_eq!(window.env.recorded(), ["looked up: ABCD-EFGH"], "{case}");
    }
}

#[test]
fn each_failure_is_explained_and_the_code_can_be_corrected() {
    type Failure = fn() -> SessionError;
    let rows: [(Failure, &str); 7] = [
        (|| SessionError::ApprovalRefused, "This code cannot be used here."),
        (|| SessionError::TooManyRequests { retry_after: None }, "Too many codes were tried."),
        (|| SessionError::TimedOut("slow".into()), "The verification service cannot be reached."),
        (|| SessionError::ClientTooOld, "Update Countenance"),
        (|| SessionError::NotSupported, "This installation has a fault."),
        (|| SessionError::DeviceDisabled, "This installation has a fault."),
        (|| SessionError::KeyProtectionTooWeak, "This installation has a fault."),
    ];
    for (error, sentence) in rows {
        let mut window = opened(Script { lookups: vec![Lookup::Fails(error)], ..Script::default() });
        enter(&mut window, "ABCD-EFGJ");
        window.until(sentence, |harness| harness.query_all_by_label_contains(sentence).next().is_some());
        assert_eq!(field(&window).accesskit_node().value().unwrap_or_default(), "ABCD-EFGJ", "{sentence}");
        window.press("Continue").see("Allow this device?");
    }
    let mut window = opened(Script::default());
    enter(&mut window, "ABCD-EFG");
    window.see("A code has eight letters and digits, as in ABCD-EFGH.");
    assert!(window.env.recorded().is_empty(), "nothing is sent");
    window.key(Key::Escape).see("Ready when you are");
}

#[test]
fn an_approval_that_fails_is_explained() {
    let error: fn() -> SessionError = || SessionError::ApprovalRefused;
    let mut window = opened(Script { approvals: vec![error], ..Script::default() });
    enter(&mut window, "ABCD-EFGH");
    window.press("Allow this device");
    window
        .until("why", |harness| harness.query_all_by_label_contains("This code cannot be used here.").next().is_some());
    assert_eq!(field(&window).accesskit_node().value().unwrap_or_default(), "ABCD-EFGH", "it need not be typed again");
}

#[test]
fn a_verifier_that_does_not_answer_can_be_left() {
    let mut window = opened(Script { lookups: vec![Lookup::Hangs], ..Script::default() });
    enter(&mut window, "ABCD-EFGH");
    window.see("No connection. Trying again.");
    let is_waiting = matches!(window.harness.state().state().screen, Screen::Approval(Approval::UnderWay { .. }));
    assert!(is_waiting);
    window.press("Cancel").see("Ready when you are");
    assert_eq!(window.env.recorded(), ["looked up: ABCD-EFGH"]);
}

fn offered() -> SessionError {
    let offer = ApprovalOffer { code: "ABCD-EFGH".parse().unwrap(), expires_in: 541 };
    SessionError::DeviceNotBound { approval: Some(offer) }
}

/// An older verifier offers no code; then the window says what it said before.
#[test]
fn a_device_that_is_not_allowed_shows_its_code() {
    let before = "Your account isn't set up on this computer yet. If you got an email about it, allow the computer there. \
                  Otherwise, ask your administrator. Then open the link again from your browser.";
    let mut window = Window::for_sign_in(Script { opening: Opening::Fails(offered), ..Script::default() });
    window.see("This computer is not approved yet").see(before).see("ABCD-EFGH");
    window.see("Or run there: countenance device approve ABCD-EFGH").see("The code is valid for 10 minutes.");
    assert!(matches!(window.ended(), Some(RunOutcome::Failed(_))));

    let none: fn() -> SessionError = || SessionError::DeviceNotBound { approval: None };
    let mut window = Window::for_sign_in(Script { opening: Opening::Fails(none), ..Script::default() });
    window.see("This computer is not approved yet").see(before);
    assert!(window.harness.query_all_by_label_contains("Or use a computer").next().is_none());
}
