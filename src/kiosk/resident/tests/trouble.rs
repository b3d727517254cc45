//! What is out of order, breaks, or ends.

use super::*;

#[test]
fn trouble_is_shown_and_passes() {
    let kiosk = kiosk(|_| {});
    let offline = OutOfOrder::Offline;
    let (leave, _, wipes_seen) = kiosk.play_and_count(vec![
        Turn::Quiet(3),
        Turn::Trouble(Check::Verifier, Some(offline)),
        Turn::Shows(Opening::OutOfOrder(offline), Ok(Closed::Recovered)),
        // The window saw it pass before the check said so: it is shown again.
        Turn::Shows(Opening::OutOfOrder(offline), Ok(Closed::Stopped)),
    ]);
    assert_eq!(leave, Leave::Stopped);
    assert_eq!(wipes_seen, 0, "nobody was there");
    assert!(!kiosk.state.healthz().0);
}

#[test]
fn a_kiosk_that_is_not_set_up_says_so() {
    let kiosk = kiosk(|config| config.start = None);
    let closed = Closed::Operator(OperatorRequest::Quit);
    let (leave, _) = kiosk.play(vec![Turn::Shows(Opening::OutOfOrder(OutOfOrder::AskStaff), Ok(closed))]);
    assert_eq!(leave, Leave::Quit);
}

#[test]
fn windows_that_break_again_and_again_end_the_process() {
    let kiosk = kiosk(|_| {});
    let broken = || Turn::Shows(Opening::SignIn(Link(Zeroizing::new(LINK.into()))), Err(ScreenError("gone".into())));
    let (leave, _) =
        kiosk.play(vec![Turn::Call(LINK), broken(), Turn::Call(LINK), broken(), Turn::Call(LINK), broken()]);
    assert_eq!(leave, Leave::Broken);
}

#[test]
fn nothing_is_shown_any_more_once_the_kiosk_is_to_stop() {
    let kiosk = kiosk(|config| config.attract = true);
    assert_eq!(kiosk.play(vec![Turn::GoesDown(Opening::Attract)]).0, Leave::Stopped);
}

#[test]
fn a_camera_that_delivers_nothing_is_noticed_before_anybody_comes() {
    let kiosk = kiosk(|_| {});
    let shown = Turn::Shows(Opening::OutOfOrder(OutOfOrder::CameraFrozen), Ok(Closed::Stopped));
    let leave = Script::new(&kiosk, vec![shown]).run(&Camera(Err(CameraErrorKind::Stalled)));
    assert_eq!(leave, Leave::Stopped);
}

/// A window that cannot be shown keeps nothing from being deleted.
#[test]
fn a_wipe_that_nobody_can_see_wipes_all_the_same() {
    struct Blind<'a>(Stage<'a>);
    impl Screens for Blind<'_> {
        fn show(&mut self, opening: Opening) -> Result<Closed, ScreenError> {
            match opening {
                Opening::Wiping(_) => Err(ScreenError("gone".into())),
                opening => self.0.show(opening),
            }
        }

        fn wait(&mut self, within: Duration) -> Option<Call> {
            self.0.wait(within)
        }
    }
    let kiosk = kiosk(|_| {});
    let turns = vec![Turn::Touch, Turn::Quiet(3), Turn::Call(END_LINK), Turn::Quiet(3), Turn::Stop];
    let script = Script::new(&kiosk, turns);
    let leave = Resident {
        state: Arc::clone(&kiosk.state),
        screens: &mut Blind(Stage(&script)),
        input: &mut Touches(&script),
        camera: &Camera(Ok(())),
        watch: &mut NoWatch,
        stop: &script.stop,
    }
    .run();
    assert_eq!(leave, Leave::Stopped);
    assert!(kiosk.state.metrics().lines().any(|line| line == "countenance_kiosk_wipes_total 1"));
}

/// Its trouble has passed by then: it may be started again a second later.
#[test]
fn a_browser_that_fails_during_a_visit_is_tried_before_the_next_person_is_invited() {
    let kiosk = kiosk(|config| config.attract = true);
    let (leave, _, wipes_seen) = kiosk.play_and_count(vec![
        Turn::Shows(Opening::Attract, Ok(Closed::Start)),
        Turn::Quiet(3),
        Turn::BrowserEnds,
        Turn::Shows(Opening::Attract, Ok(Closed::Stopped)),
    ]);
    assert_eq!((leave, wipes_seen), (Leave::Stopped, 1));
    assert!(!kiosk.state.browser().as_ref().unwrap().is_failing(), "it has answered since");
}

/// Whatever the person does at that window, there is no browser to go on with.
#[test]
fn a_browser_that_fails_behind_a_window_ends_the_visit() {
    let still_there = |closed| vec![Turn::Quiet(30), Turn::BrowserEndsBehind(Opening::StillThere, closed)];
    let sign_in = Opening::SignIn(Link(Zeroizing::new(LINK.to_owned())));
    for (name, turns) in [
        ("is away", still_there(Closed::Idle)),
        ("is there", still_there(Closed::Start)),
        ("signs in", vec![Turn::Call(LINK), Turn::BrowserEndsBehind(sign_in.clone(), approved())]),
        ("leaves a sign-in", vec![Turn::Call(LINK), Turn::BrowserEndsBehind(sign_in, Closed::Idle)]),
    ] {
        let kiosk = kiosk(|config| config.attract = true);
        let begin = Turn::Shows(Opening::Attract, Ok(Closed::Start));
        let end = Turn::Shows(Opening::Attract, Ok(Closed::Stopped));
        let (leave, _, wipes_seen) =
            kiosk.play_and_count(std::iter::once(begin).chain(turns).chain(std::iter::once(end)).collect());
        assert_eq!((leave, wipes_seen), (Leave::Stopped, 1), "{name}");
        assert!(!kiosk.state.browser().as_ref().unwrap().is_failing(), "{name}: it has answered since");
    }
}
