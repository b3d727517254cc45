//! After how long a person is asked whether they are still there.

use super::*;

#[test]
fn a_ticket_may_want_the_person_to_be_asked_sooner() {
    let kiosk = kiosk(|_| {});
    let (leave, _) = kiosk.play(vec![
        Turn::Call(LINK),
        sign_in(approved()),
        Turn::TicketWants(12),
        Turn::Quiet(12),
        Turn::Shows(Opening::StillThere, Ok(Closed::Idle)),
        // The next visit has a ticket of its own.
        Turn::Touch,
        Turn::Quiet(30),
        Turn::Shows(Opening::StillThere, Ok(Closed::Stopped)),
    ]);
    assert_eq!(leave, Leave::Stopped);
}

#[test]
fn a_suspended_machine_wipes_the_visit() {
    let kiosk = kiosk(|_| {});
    let (leave, _) = kiosk.play(vec![
        Turn::Suspended(3_600),
        Turn::Touch,
        Turn::Quiet(5),
        Turn::Suspended(3_601),
        Turn::Quiet(5),
        Turn::Suspended(90_000),
        // Otherwise it would be asked, 30 s after the touch.
        Turn::Quiet(100),
        Turn::Stop,
    ]);
    assert_eq!((leave, kiosk.state.is_interrupted()), (Leave::Stopped, false));
    assert!(kiosk.state.metrics().contains("countenance_kiosk_wipes_total 1"), "what was before the start counts not");
}
