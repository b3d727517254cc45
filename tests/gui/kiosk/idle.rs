//! Whether the person is still there: asked, answered, not answered, somebody else.

use super::*;

#[test]
fn a_ticket_may_want_the_question_sooner() {
    let mut kiosk = Kiosk::sign_in(Script { idle_secs: Some(12), ..Script::default() });
    kiosk.see("Is this your login?").wait(10.0);
    assert!(!kiosk.shows("Still there?"));
    kiosk.wait(3.0).see("Still there?");
    let mut kiosk = Kiosk::sign_in(Script { idle_secs: Some(300), ..Script::default() });
    kiosk.see("Is this your login?").wait(31.0).see("Still there?");
}

#[test]
fn asks_whether_the_person_is_still_there_and_then_ends_for_them() {
    let mut kiosk = Kiosk::sign_in(Script::default());
    kiosk.see("Is this your login?").wait(28.0);
    assert!(!kiosk.shows("Still there?"));
    kiosk.wait(3.0).see("Still there?").press("I’m here").see("Is this your login?").wait(28.0);
    assert!(!kiosk.shows("Still there?"), "the touch counts");
    kiosk.wait(13.0);
    assert_eq!(kiosk.closed(), Some(Closed::Idle));
    assert_eq!(kiosk.leave().recorded(), ["abandoned: cancelled", "browser"]);
}

/// What is behind the question must not be touched through it.
#[test]
fn a_touch_that_answers_touches_nothing_else() {
    let mut kiosk = Kiosk::sign_in(Script::default());
    kiosk.see("Begin").wait(1.0);
    let begin = kiosk.harness.get_by_role_and_label(Role::Button, "Begin").rect().center();
    kiosk.wait(31.0).see("Still there?").hold(begin, 1.0).see("Is this your login?").wait(1.0);
    assert!(kiosk.env.recorded().is_empty() && !kiosk.shows("Still there?"));
}

#[test]
fn a_person_who_wants_to_leave_need_not_wait() {
    let mut kiosk = Kiosk::sign_in(Script::default());
    kiosk.see("Is this your login?").wait(31.0).press("End now");
    assert_eq!(kiosk.closed(), Some(Closed::Idle));
}

#[test]
fn idle_seconds_are_a_parameter() {
    let look = KioskLook { idle_secs: 60, ..KioskLook::default() };
    let setup = Setup { look: Some(look), ..Setup::default() };
    let mut kiosk = Kiosk::open(Opening::SignIn(dry_run::LINK.to_owned().into()), setup);
    kiosk.see("Begin").wait(58.0);
    assert!(!kiosk.shows("Still there?"));
    kiosk.wait(3.0).see("Still there?");
}

#[test]
fn somebody_else_in_front_of_the_camera_ends_the_sign_in_at_once() {
    let mut kiosk = Kiosk::sign_in(Script { replaced_at_frame: Some(10), ..Script::default() });
    kiosk.press("Begin").until("the end", |kiosk| kiosk.closed().is_some());
    assert_eq!(kiosk.closed(), Some(Closed::Idle));
    assert_eq!(kiosk.leave().recorded(), ["light on", "light off", "abandoned: cancelled", "browser"]);
}
