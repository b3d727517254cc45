//! Which way up the camera's picture is: looked at when a face comes into view, and no more once it was upright, because a
//! look takes as long as finding the face.

use countenance_core::{face::Face, frame::Frame};
use countenance_vision::VisionError;

use crate::capture::FaceAnalyzer;

/// Frames in a row in which a face must be upright before it is believed.
const LOOKS: u32 = 3;

/// What is known of the face that is followed.
#[derive(Debug, Default)]
pub(crate) struct WayUp {
    track: Option<u32>,
    upright: u32,
}

impl WayUp {
    /// Marks `faces` as upside down if the largest of them is; `track` is the one that is followed.
    pub(crate) fn look(
        &mut self,
        analyzer: &dyn FaceAnalyzer,
        frame: &Frame,
        faces: &mut [Face],
        track: Option<u32>,
    ) -> Result<(), VisionError> {
        let largest = faces.iter().max_by(|a, b| a.rect.area().total_cmp(&b.rect.area()));
        let (Some(largest), Some(_)) = (largest, track) else { return Ok(()) };
        if track != self.track {
            *self = Self { track, upright: 0 };
        }
        if self.upright >= LOOKS {
            return Ok(());
        }
        let upside_down = analyzer.is_upside_down(frame, largest)?;
        self.upright = if upside_down { 0 } else { self.upright + 1 };
        for face in faces {
            face.upside_down = upside_down;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use countenance_core::{
        liveness::NetOdds,
        policy::NetPolicy,
        testing::{face_at, noise_frame},
    };

    /// Says this for each look, and counts them.
    struct Says {
        upside_down: Vec<bool>,
        looks: Cell<usize>,
    }

    impl FaceAnalyzer for Says {
        fn faces(&self, _: &Frame) -> Result<Vec<Face>, VisionError> {
            Ok(Vec::new())
        }

        fn liveness(&self, _: &Frame, _: &Face, _: &[NetPolicy]) -> Result<Vec<NetOdds>, VisionError> {
            Ok(Vec::new())
        }

        fn is_upside_down(&self, _: &Frame, _: &Face) -> Result<bool, VisionError> {
            let look = self.looks.replace(self.looks.get() + 1);
            Ok(self.upside_down[look])
        }
    }

    #[test]
    fn looks_until_a_face_is_upright_and_again_at_the_next_one() {
        // Each frame: on which track a face is, what a look says (none where none is needed), and what is marked.
        type Seen = (Option<u32>, Option<bool>, bool);
        let (up, known) = ((Some(1), Some(false), false), (Some(1), None, false));
        let down = (Some(1), Some(true), true);
        let other_down = (Some(2), Some(true), true);
        let rows: [(&str, &[Seen]); 4] = [
            ("upright", &[up, up, up, known, known]),
            ("upside down", &[down; 6]),
            ("turned by its owner", &[down, up, down, up, up, up, known]),
            ("the next face", &[up, up, up, (None, None, false), other_down, other_down]),
        ];
        for (name, seen) in rows {
            let says: Vec<bool> = seen.iter().filter_map(|(_, says, _)| *says).collect();
            let (mut way_up, looks) = (WayUp::default(), says.len());
            let analyzer = Says { upside_down: says, looks: Cell::new(0) };
            for (i, (track, _, expected)) in seen.iter().enumerate() {
                let mut faces = [face_at(320.0, 240.0, 200.0)];
                way_up.look(&analyzer, &noise_frame(0, 120, 60), &mut faces, *track).unwrap();
                assert_eq!(faces[0].upside_down, *expected, "{name}, {i}");
            }
            assert_eq!(analyzer.looks.get(), looks, "{name}");
        }
    }
}
