//! The state machine by tables.

use super::*;
use Action::{Leave as Leaves, Prepare, ShowAttract, ShowOutOfOrder, ShowSignIn, ShowStillThere, VisitWithBadge, Wipe};
use Event as E;
use OutOfOrder::{BrowserDown, Offline};

const fn s(secs: u64) -> Duration {
    Duration::from_secs(secs)
}

/// Each step: time in seconds, event, worst condition, expected actions.
type Step<'a> = (u64, Event, Option<OutOfOrder>, &'a [Action]);

fn play(name: &str, attract: bool, steps: &[Step<'_>]) -> Phase {
    let mut presence = Presence::new(s(30), attract);
    for (i, (at, event, trouble, expected)) in steps.iter().enumerate() {
        assert_eq!(presence.step(s(*at), *event, *trouble), *expected, "{name}, step {i}");
    }
    presence.phase()
}

#[test]
fn a_visit_from_the_start_page_to_the_wipe() {
    let steps: &[Step<'_>] = &[
        (0, E::Started, None, &[Prepare]),
        (5, E::Tick, None, &[]),
        (10, E::Input { at: s(9) }, None, &[]),
        (12, E::Link, None, &[ShowSignIn]),
        (60, E::Ended, None, &[]),
        (89, E::Tick, None, &[]),
        (90, E::Tick, None, &[ShowStillThere]),
        (95, E::Start, None, &[]),
        (124, E::Tick, None, &[]),
        (124, E::Input { at: s(120) }, None, &[]),
        (149, E::Tick, None, &[]),
        (150, E::Tick, None, &[ShowStillThere]),
        (165, E::Left, None, &[Wipe, Prepare]),
        (166, E::Done, None, &[]),
    ];
    assert_eq!(play("start page", false, steps), Phase::Empty);
}

#[test]
fn a_visit_from_our_own_screen() {
    let steps: &[Step<'_>] = &[
        (0, E::Started, None, &[ShowAttract]),
        (5, E::Start, None, &[Prepare]),
        (7, E::Link, None, &[ShowSignIn]),
        (9, E::Left, None, &[Wipe, ShowAttract]),
        (20, E::Badge, None, &[VisitWithBadge]),
        (25, E::Done, None, &[Wipe, ShowAttract]),
        // A link that the screen itself took.
        (40, E::Ended, None, &[]),
        (70, E::Tick, None, &[ShowStillThere]),
        (80, E::Left, None, &[Wipe, ShowAttract]),
        // Nobody there: the screen stays, and idle time does not count.
        (999, E::Tick, None, &[ShowAttract]),
    ];
    assert_eq!(play("attract", true, steps), Phase::Empty);
}

#[test]
fn trouble_is_shown_to_the_next_person_and_only_what_stops_a_visit_to_this_one() {
    let steps: &[Step<'_>] = &[
        (0, E::Started, Some(Offline), &[Wipe, ShowOutOfOrder(Offline)]),
        (5, E::Recovered, None, &[Prepare]),
        (6, E::Tick, Some(Offline), &[Wipe, ShowOutOfOrder(Offline)]),
        (9, E::Recovered, Some(BrowserDown), &[Wipe, ShowOutOfOrder(BrowserDown)]),
        (10, E::Recovered, None, &[Prepare]),
        (20, E::Input { at: s(20) }, None, &[]),
        // In the middle of a visit: it goes on.
        (25, E::Tick, Some(Offline), &[]),
        (26, E::Link, Some(Offline), &[ShowSignIn]),
        (40, E::Ended, Some(Offline), &[]),
        (70, E::Tick, Some(Offline), &[ShowStillThere]),
        (80, E::Left, Some(Offline), &[Wipe, ShowOutOfOrder(Offline)]),
        (90, E::Recovered, None, &[Prepare]),
        (100, E::Input { at: s(100) }, None, &[]),
        (101, E::Tick, Some(BrowserDown), &[Wipe, ShowOutOfOrder(BrowserDown)]),
        (103, E::Recovered, None, &[Prepare]),
        // Nobody begins what cannot be finished.
        (110, E::Input { at: s(110) }, Some(Offline), &[Wipe, ShowOutOfOrder(Offline)]),
        (111, E::Recovered, None, &[Prepare]),
        (112, E::Link, Some(Offline), &[Wipe, ShowOutOfOrder(Offline)]),
    ];
    assert_eq!(play("trouble", false, steps), Phase::OutOfOrder);
    let attract: &[Step<'_>] = &[
        (0, E::Started, None, &[ShowAttract]),
        (5, E::Badge, Some(Offline), &[Wipe, ShowOutOfOrder(Offline)]),
        (9, E::Recovered, None, &[ShowAttract]),
    ];
    assert_eq!(play("trouble", true, attract), Phase::Empty);
}

#[test]
fn a_camera_that_looks_knows_sooner_and_better() {
    let steps: &[Step<'_>] = &[
        (0, E::Started, None, &[Prepare]),
        (10, E::Input { at: s(10) }, None, &[]),
        // Not seen at all, as somebody who sits too low: only touches count.
        (11, E::Missed, None, &[]),
        (39, E::Missed, None, &[]),
        (40, E::Missed, None, &[ShowStillThere]),
        (45, E::Start, None, &[]),
        // Reads without a touch.
        (50, E::Seen, None, &[]),
        (79, E::Seen, None, &[]),
        (100, E::Seen, None, &[]),
        // Away: asked after ten seconds.
        (101, E::Missed, None, &[]),
        (110, E::Missed, None, &[]),
        (111, E::Tick, None, &[ShowStillThere]),
        (115, E::Start, None, &[]),
        (120, E::Seen, None, &[]),
        (121, E::Missed, None, &[]),
        (125, E::Input { at: s(125) }, None, &[]),
        (134, E::Tick, None, &[]),
        (135, E::Tick, None, &[ShowStillThere]),
        (140, E::Start, None, &[]),
        (141, E::Seen, None, &[]),
        (142, E::SomebodyElse, None, &[Wipe, Prepare]),
        (143, E::SomebodyElse, None, &[]),
    ];
    assert_eq!(play("watched", false, steps), Phase::Empty);
    let mut queue = vec![(0, E::Started, None, &[Prepare][..]), (10, E::Input { at: s(10) }, None, &[][..])];
    queue.extend((11..310).map(|at| (at, E::Seen, None, &[][..])));
    queue.push((310, E::Seen, None, &[ShowStillThere]));
    assert_eq!(play("one after the other", false, &queue), Phase::StillThere);
}

#[test]
fn a_suspension_wipes_in_every_phase() {
    let steps: &[Step<'_>] = &[
        (0, E::Started, None, &[Prepare]),
        (10, E::Resumed, None, &[Wipe, Prepare]),
        (20, E::Input { at: s(20) }, None, &[]),
        (30, E::Resumed, None, &[Wipe, Prepare]),
        (40, E::Link, None, &[ShowSignIn]),
        (50, E::Resumed, None, &[Wipe, Prepare]),
        (60, E::Resumed, Some(Offline), &[Wipe, ShowOutOfOrder(Offline)]),
    ];
    assert_eq!(play("suspended", false, steps), Phase::OutOfOrder);
    let attract: &[Step<'_>] = &[(0, E::Started, None, &[ShowAttract]), (10, E::Resumed, None, &[Wipe, ShowAttract])];
    assert_eq!(play("suspended", true, attract), Phase::Empty);
}

#[test]
fn signals_and_operators_end_it_in_every_phase() {
    let before: [&[Step<'_>]; 5] = [
        &[(0, E::Started, None, &[Prepare])],
        &[(0, E::Input { at: s(0) }, None, &[])],
        &[(0, E::Link, None, &[ShowSignIn])],
        &[(0, E::Input { at: s(0) }, None, &[]), (30, E::Tick, None, &[ShowStillThere])],
        &[(0, E::Started, Some(Offline), &[Wipe, ShowOutOfOrder(Offline)])],
    ];
    for before in before {
        for (event, leave) in [
            (E::Stop, Leave::Stopped),
            (E::Operator(OperatorRequest::Restart), Leave::Restart),
            (E::Operator(OperatorRequest::Quit), Leave::Quit),
            (E::Operator(OperatorRequest::Reboot), Leave::Reboot),
        ] {
            let mut steps = before.to_vec();
            let expected = [Leaves(leave)];
            steps.push((31, event, None, &expected));
            play("end", false, &steps);
        }
    }
}

/// Whatever the order of events, a visit ends only with a wipe, and a window is shown by the last action alone.
#[test]
fn nobody_inherits_a_visit() {
    let events = [
        E::Started,
        E::Tick,
        E::Link,
        E::Done,
        E::Input { at: s(1) },
        E::Start,
        E::Badge,
        E::Ended,
        E::Left,
        E::Recovered,
        E::Seen,
        E::Missed,
        E::SomebodyElse,
        E::Resumed,
    ];
    let is_visit = |phase| matches!(phase, Phase::Visiting(_) | Phase::SigningIn | Phase::StillThere);
    for attract in [false, true] {
        for trouble in [None, Some(Offline), Some(BrowserDown)] {
            // Every sequence of four events, an hour apart so that every wait is over.
            for code in 0..events.len().pow(4) {
                let mut presence = Presence::new(s(30), attract);
                for i in 0..4 {
                    let event = events[code / events.len().pow(i) % events.len()];
                    let before = presence.phase();
                    let actions = presence.step(s(3600 * (1 + u64::from(i))), event, trouble);
                    let wiped = actions.contains(&Wipe);
                    assert!(!is_visit(before) || is_visit(presence.phase()) || wiped, "{before:?} {event:?}");
                    let shows = |a: &Action| !matches!(a, Wipe | Prepare | VisitWithBadge | Leaves(_));
                    assert!(actions.iter().rev().skip(1).all(|action| !shows(action)), "{actions:?}");
                    assert!(!wiped || actions.first() == Some(&Wipe), "{actions:?}");
                }
            }
        }
    }
}
