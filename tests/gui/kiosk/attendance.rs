//! Somebody of the staff confirms an enrollment.

use super::*;

/// An enrollment that a supervisor has to confirm.
fn attended() -> Script {
    Script { purpose: Purpose::Enroll, attendance: true, ..Script::default() }
}

#[test]
fn a_supervisor_confirms_and_the_person_goes_on() {
    let refused: fn() -> SessionError =
        || SessionError::AttendanceRefused { retry_after: Some(Duration::from_secs(30)) };
    let offline: fn() -> SessionError = || SessionError::Unreachable("gone".into());
    let mut kiosk = Kiosk::sign_in(Script { attends: vec![refused, offline], ..attended() });
    kiosk.see("Please call the staff").see("Number of the supervisor: 0 digits").see("nobody");
    kiosk.press("4").press("7").press("1").press("Continue").see("Number of the supervisor: 3 digits");
    kiosk.press("1").press("Continue").see("PIN of the supervisor: 0 digits").press("Erase the last digit");
    kiosk.see("Number of the supervisor: 4 digits").press("Continue");
    for _ in 0..6 {
        kiosk.press("0");
    }
    kiosk.see("PIN of the supervisor: 6 digits").press("Confirm");
    kiosk.see("That is not the PIN. Try again in 30 seconds.").press("4").see("Number of the supervisor: 0 digits");
    kiosk.wait(31.0).until("the wait is over", |kiosk| kiosk.shows_text("Number and PIN were not accepted."));
    kiosk.supervise("4711", "280471").until("offline", |kiosk| kiosk.shows_text("That cannot be checked right now."));
    kiosk.supervise("4711", "280471").see("Set up login with your face");
    let tries = ["supervisor: 4711 000000", "supervisor: 4711 280471", "supervisor: 4711 280471"];
    assert_eq!(kiosk.env.recorded(), tries, "the camera is off");
    kiosk.press("Begin").see("The next page opens now.");
    assert_eq!(kiosk.env.posted_claims()["attended_by"], "4711");
}

#[test]
fn a_supervisor_may_use_a_keyboard() {
    let mut kiosk = Kiosk::sign_in(attended());
    kiosk.see("Please call the staff").type_text("47110").see("Number of the supervisor: 5 digits").key(Key::Backspace);
    kiosk.see("Number of the supervisor: 4 digits").key(Key::Enter).see("PIN of the supervisor: 0 digits");
    kiosk.type_text("280471").see("PIN of the supervisor: 6 digits").key(Key::Enter).see("Set up login with your face");
    assert_eq!(kiosk.env.recorded(), ["supervisor: 4711 280471"]);
}

#[test]
fn there_is_time_to_fetch_a_supervisor_and_a_way_out() {
    let mut kiosk = Kiosk::sign_in(attended());
    kiosk.see("Please call the staff").wait(170.0);
    assert!(!kiosk.shows("Still there?"));
    kiosk.wait(12.0).see("Still there?").press("I’m here").see("Please call the staff");
    kiosk.press("4").press("Stop here").see("Not logged in");
    assert_eq!(kiosk.leave().recorded(), ["abandoned: cancelled", "browser"]);
}
