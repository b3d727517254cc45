//! Another person takes a kiosk visitor's place: two people's recordings, with the product's networks.

use std::{path::Path, time::Duration};

use countenance_camera::{FrameSource, recording};
use countenance_client::visitor::{Unknown, Visitor, embedding};
use countenance_vision::testing::VISION;

/// Plays a clip to `visitor` from its first frame on; `every` frames once. Returns the time at which somebody else was
/// noticed.
fn play(visitor: &Visitor, clip: &str, every: u64, unknown: Unknown) -> Option<Duration> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut source = recording::open(&folder.join(clip)).unwrap();
    while let Ok(frame) = source.next_frame(Duration::from_secs(1)) {
        if frame.seq() % every == 0 {
            let faces = VISION.faces(&frame).unwrap();
            visitor.see(&frame, &faces, unknown, |face| embedding(&*VISION, &frame, face));
            if visitor.is_somebody_else() {
                return Some(frame.at());
            }
        }
    }
    None
}

#[test]
fn another_person_is_noticed_within_a_second_and_the_same_one_never() {
    let (enrol, verify, other) = ("person-a-enrol.mp4", "person-a-verify.mp4", "person-b.mp4");
    for (first, then, is_other) in [
        (enrol, verify, false),
        (verify, enrol, false),
        (other, other, false),
        (enrol, other, true),
        (other, verify, true),
    ] {
        let visitor = Visitor::default();
        assert_eq!(play(&visitor, first, 2, Unknown::Learn), None, "{first}");
        let noticed = play(&visitor, then, 2, Unknown::Learn);
        assert_eq!(noticed.is_some(), is_other, "{first}, {then}: {noticed:?}");
        assert!(noticed.is_none_or(|at| at < Duration::from_secs(1)), "{first}, {then}: {noticed:?}");
    }
}

/// Between captures, at two frames a second, where each frame is a track of its own.
#[test]
fn a_look_now_and_then_is_enough() {
    let visitor = Visitor::default();
    play(&visitor, "person-a-enrol.mp4", 2, Unknown::Learn);
    assert_eq!(play(&visitor, "person-a-verify.mp4", 12, Unknown::Ignore), None);
    assert!(play(&visitor, "person-b.mp4", 12, Unknown::Ignore).is_some_and(|at| at < Duration::from_secs(2)));
}
