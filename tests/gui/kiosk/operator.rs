//! The operator's pages: how they are reached and left, the choice of camera, measuring the site.

use super::*;
use countenance_client::qualify::PROFILE_FILE;

/// A window with the operator's screen open.
fn operator(setup: Setup) -> Kiosk {
    let mut kiosk = Kiosk::open(Opening::Operator, setup);
    kiosk.env.plug(&["Desk", "Lid"]);
    kiosk.pin("246813").see("Back to the kiosk").see("Desk");
    kiosk
}

fn chosen(kiosk: &Kiosk) -> (Option<String>, bool, u16) {
    let chosen = kiosk.env.chosen.lock().unwrap().last().cloned().unwrap();
    (chosen.camera, chosen.camera_pinned, chosen.camera_turn_deg)
}

#[test]
fn the_operator_comes_in_by_gesture_and_pin() {
    let mut kiosk = Kiosk::open(Opening::Attract, Setup::default());
    kiosk.env.plug(&["Desk", "Lid"]);
    kiosk.see("Touch to sign in").open_operator().see("Enter the PIN.").pin("111111");
    kiosk.see("That is not the PIN. Try again in 4 seconds.").press("2").see("0 digits").wait(5.0);
    kiosk.see("That is not the PIN.").pin("246813").see("Back to the kiosk").see("Desk").press("Lid");
    kiosk.until("the camera", |kiosk| {
        kiosk.env.chosen.lock().unwrap().last().is_some_and(|chosen| chosen.camera.as_deref() == Some("Lid"))
    });
    kiosk.until("a measure", |kiosk| kiosk.harness.query_all_by_label_contains("Distance: about").next().is_some());
    kiosk.press("Restart the computer");
    assert_eq!(kiosk.closed(), Some(Closed::Operator(OperatorAsk::Reboot)));
    let env = kiosk.leave();
    assert!(!env.recorded().contains(&"posted".to_owned()), "nothing of it is sent");
}

#[test]
fn the_operator_s_pages_close_themselves() {
    let mut kiosk = Kiosk::open(Opening::Attract, Setup::default());
    kiosk.see("Touch to sign in").open_operator().see("Enter the PIN.").wait(61.0).see("Touch to sign in");
    kiosk.open_operator().pin("246813").see("Back to the kiosk").wait(61.0).see("Touch to sign in");
    kiosk.open_operator().see("0 digits").press("Back").see("Touch to sign in");
    let mut kiosk = Kiosk::open(Opening::Operator, Setup::default());
    kiosk.pin("246813").press("Back to the kiosk");
    assert_eq!(kiosk.closed(), Some(Closed::Idle));
}

#[test]
fn a_locked_pin_says_so() {
    let mut kiosk = Kiosk::open(Opening::Operator, Setup::default());
    kiosk
        .pin("111111")
        .wait(5.0)
        .pin("111112")
        .see("The PIN is locked after too many attempts. Your IT team can unlock it.");
    assert!(!kiosk.shows("Open"), "there is nothing to type on");
}

#[test]
fn out_of_order_too_lets_the_operator_in() {
    let gone = OutOfOrder::CameraGone;
    let mut kiosk = Kiosk::open(Opening::OutOfOrder(gone), Setup { trouble: Some(gone), ..Setup::default() });
    kiosk.see("No camera found").open_operator().pin("246813").press("End the program");
    assert_eq!(kiosk.closed(), Some(Closed::Operator(OperatorAsk::Quit)));
}

#[test]
fn no_gesture_reaches_the_operator_during_a_sign_in() {
    let mut kiosk = Kiosk::sign_in(Script::default());
    kiosk.see("Begin").open_operator().see("Begin");
    assert!(!kiosk.shows("Enter the PIN."));
}

#[test]
fn the_camera_is_chosen_pinned_and_turned() {
    let mut kiosk = operator(Setup::default());
    kiosk.press("90°");
    assert_eq!(chosen(&kiosk), (None, false, 90));
    kiosk.press("Lid").press("Accept only this camera");
    assert_eq!(chosen(&kiosk), (Some("Lid".into()), true, 90));
    kiosk.press("Desk");
    assert_eq!(chosen(&kiosk), (Some("Desk".into()), true, 90), "another one is the only one then");
    kiosk.press("Accept only this camera").press("270°");
    assert_eq!(chosen(&kiosk), (Some("Desk".into()), false, 270));
    assert!(!kiosk.shows("The settings could not be saved."));
    let mut kiosk = operator(Setup { is_read_only: true, ..Setup::default() });
    kiosk.press("180°").see("The settings could not be saved.");
}

#[test]
fn what_the_files_decide_is_shown_and_not_changed() {
    let fixed = CameraFixed { camera: true, turn: true };
    let mut kiosk = operator(Setup { fixed, ..Setup::default() });
    let before = kiosk.env.chosen.lock().unwrap().len();
    kiosk.see("This kiosk’s configuration file decides this.").press("Lid").press("90°");
    kiosk.press("Accept only this camera");
    assert_eq!(kiosk.env.chosen.lock().unwrap().len(), before);
}

#[test]
fn another_camera_is_tried_where_one_has_failed() {
    let cameras = vec![Camera::FailsToOpen(|| countenance_camera::CameraError::Busy), Camera::Streams];
    let mut kiosk = operator(Setup { script: Script { cameras, ..Script::default() }, ..Setup::default() });
    kiosk.see("The camera is in use").press("Lid");
    kiosk.until("a measure", |kiosk| kiosk.harness.query_all_by_label_contains("Distance: about").next().is_some());
}

/// Twenty captures, as the policy has it, and what becomes of them.
#[test]
fn the_site_is_measured_and_what_is_found_is_kept() {
    let script = Script { cameras: vec![Camera::Streams, Camera::Waits], ..Script::default() };
    let mut kiosk = operator(Setup { script, ..Setup::default() });
    kiosk.press("Measure this site").see("Captures: 0 of 20").wait(70.0);
    assert!(kiosk.shows("Captures: 0 of 20"), "people need time to come");
    kiosk.env.go_on();
    kiosk.see("This site is fit").see("Captures: 20 of 20").see("Saved for this camera: numbers only, no picture.");
    let profiles = kiosk.profiles.lock().unwrap().clone();
    assert!(profiles.len() == 1 && profiles[0].armed && profiles[0].captures == 20, "{profiles:?}");
    let home = tempfile::tempdir().unwrap();
    profiles[0].save(&home.path().join(PROFILE_FILE)).unwrap();
    assert_eq!(Profile::load(&home.path().join(PROFILE_FILE)).unwrap().as_ref(), Some(&profiles[0]));
    kiosk.press("Operator").see("Back to the kiosk");
    assert!(!kiosk.env.recorded().contains(&"posted".to_owned()), "nothing of it is sent");
}

#[test]
fn a_result_that_cannot_be_kept_is_shown_all_the_same() {
    let mut kiosk = operator(Setup { is_read_only: true, ..Setup::default() });
    kiosk.press("Measure this site").see("This site is fit");
    kiosk.see("The result could not be saved.").see("the disk is full");
}

#[test]
fn measuring_can_be_stopped_and_then_keeps_nothing() {
    let script = Script { cameras: vec![Camera::Streams, Camera::Waits, Camera::Streams], ..Script::default() };
    let mut kiosk = operator(Setup { script, ..Setup::default() });
    kiosk.press("Measure this site").see("Captures: 0 of 20").press("Stop measuring").see("Back to the kiosk");
    kiosk.until("a measure", |kiosk| kiosk.harness.query_all_by_label_contains("Distance: about").next().is_some());
    kiosk.env.go_on();
    assert!(kiosk.profiles.lock().unwrap().is_empty());
}
