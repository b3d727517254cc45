//! Recorded people, turned as by a camera that is mounted another way: which way up is known, and only upright is accepted.

use std::{collections::BTreeMap, path::Path, time::Duration};

use countenance_camera::{
    CameraError, FrameSource, recording,
    turn::{Orientation, Turn},
};
use countenance_client::capture::{Captured, FrameOutcome, capture};
use countenance_core::{frame::Frame, policy::Policy, protocol::CameraClaim, quality::Hint};
use countenance_vision::testing::VISION;

const CLIPS: [&str; 3] = ["person-a-enrol.mp4", "person-a-verify.mp4", "person-b.mp4"];

/// A recording from a camera that is mounted turned.
struct Turned(recording::Recording, Turn);

impl Turned {
    fn open(clip: &str, turn: Turn) -> Self {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
        Self(recording::open(&fixtures.join(clip)).unwrap(), turn)
    }
}

impl FrameSource for Turned {
    fn next_frame(&mut self, within: Duration) -> Result<Frame, CameraError> {
        let frame = self.0.next_frame(within)?;
        let orientation = Orientation { turn: self.1, mirrored: false };
        let (width, height, rgb) = orientation.upright(frame.width(), frame.height(), frame.rgb().to_vec());
        Ok(Frame::new(width, height, rgb, frame.seq(), frame.at()).unwrap())
    }

    fn provenance(&self) -> CameraClaim {
        self.0.provenance()
    }
}

#[test]
fn only_an_upright_picture_is_accepted_and_one_upside_down_is_named() {
    let policy = Policy::default();
    for clip in CLIPS {
        for (turn, is_accepted) in
            [(Turn::None, true), (Turn::Quarter, false), (Turn::Half, false), (Turn::ThreeQuarters, false)]
        {
            let mut hints = BTreeMap::<Hint, u32>::new();
            let mut count = |_: &Frame, outcome, _| {
                if let FrameOutcome::Hint(hint) = outcome {
                    *hints.entry(hint).or_default() += 1;
                }
                true
            };
            let captured = capture(&mut Turned::open(clip, turn), &*VISION, &policy, &mut count).unwrap();
            assert_eq!(matches!(captured, Captured::Shown(..)), is_accepted, "{clip}, {turn:?}: {hints:?}");
            let upside_down = hints.get(&Hint::UpsideDown).copied().unwrap_or_default();
            match turn {
                Turn::None => assert_eq!(upside_down, 0, "{clip}: {hints:?}"),
                Turn::Half => {
                    let most = hints.iter().max_by_key(|(_, frames)| **frames).map(|(hint, _)| *hint);
                    assert_eq!(most, Some(Hint::UpsideDown), "{clip}: {hints:?}");
                }
                Turn::Quarter | Turn::ThreeQuarters => {}
            }
        }
    }
}
