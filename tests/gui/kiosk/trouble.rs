//! Out of order: said, and over by itself.

use super::*;

#[test]
fn out_of_order_is_said_and_recovers_by_itself() {
    let rows = [
        (OutOfOrder::CameraGone, "No camera found"),
        (OutOfOrder::CameraBusy, "The camera is in use"),
        (OutOfOrder::CameraFrozen, "The picture stands still"),
        (OutOfOrder::Offline, "No network"),
        (OutOfOrder::VerifierDown, "Sign-in is unavailable"),
        (OutOfOrder::ClockOff, "This kiosk’s clock is wrong"),
        (OutOfOrder::DiskFull, "The storage is full"),
        (OutOfOrder::BrowserDown, "The sign-in page does not open"),
        (OutOfOrder::NotRegistered, "This kiosk is not set up yet"),
        (OutOfOrder::AskStaff, "Out of order"),
    ];
    for (why, title) in rows {
        let mut kiosk = Kiosk::open(Opening::Attract, Setup::default());
        kiosk.see("Touch to sign in");
        *kiosk.trouble.lock().unwrap() = Some(why);
        kiosk.wait(1.25).see(title).wait(130.0);
        assert_eq!(kiosk.times_said("Please ask the staff"), 1, "{title}");
        assert!(kiosk.shows("For 2 minutes") && kiosk.closed().is_none(), "{title}");
        *kiosk.trouble.lock().unwrap() = None;
        kiosk.wait(1.25);
        assert_eq!(kiosk.closed(), Some(Closed::Recovered), "{title}");
    }
    let alone = KioskLook { attended: false, ..KioskLook::default() };
    let mut kiosk = Kiosk::open(
        Opening::OutOfOrder(OutOfOrder::ClockOff),
        Setup { look: Some(alone), trouble: Some(OutOfOrder::ClockOff), ..Setup::default() },
    );
    kiosk.see("This kiosk’s clock is wrong");
    assert_eq!((kiosk.times_said("staff"), kiosk.times_said("use another kiosk")), (0, 1), "there is none");
    let mut kiosk = Kiosk::open(Opening::OutOfOrder(OutOfOrder::Offline), Setup::default());
    kiosk.wait(0.25);
    assert_eq!(kiosk.closed(), Some(Closed::Recovered), "what has passed meanwhile");
}

#[test]
fn a_sign_in_is_not_interrupted_by_trouble() {
    let mut kiosk = Kiosk::sign_in(Script::default());
    kiosk.see("Begin");
    *kiosk.trouble.lock().unwrap() = Some(OutOfOrder::VerifierDown);
    kiosk.wait(3.0).press("Begin").see("The next page opens now.");
}
