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
