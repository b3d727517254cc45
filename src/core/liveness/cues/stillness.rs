//! Whether the face is completely still. A live face never is; a photo on a tripod is.
//!
//! The measure is the median, over pairs of frames, of ln(r + 0.02). `r` is how far the face as a whole moved between
//! the two frames, in pixels of a face whose eyes are 28.9 px apart. It is fitted over the whole face, so that a dim,
//! noisy image hides as little of it as a good one. It needs known intervals, and a shaking hand moves as much as a
//! head: it may deny but should not support.

use super::{Cue, View, face_history::FaceHistory, planar::median};
use crate::policy::CueName;

/// Keeps the logarithm finite without motion; twice the motion that noise simulates, face pixels.
const MIN_MOTION: f32 = 0.02;
/// Minimum number of pairs of frames: three frames, 0.8 s.
const MIN_PAIRS: usize = 2;

/// Each frame is compared with the one before it.
const EARLIER: usize = 1;

/// Implements the stillness cue; see the module.
pub(super) struct Stillness {
    history: FaceHistory,
    pairs: Vec<f32>,
}

impl Default for Stillness {
    fn default() -> Self {
        Self { history: FaceHistory::new(EARLIER), pairs: Vec::new() }
    }
}

impl Cue for Stillness {
    fn name(&self) -> CueName {
        CueName::Stillness
    }

    fn see(&mut self, view: View<'_>) {
        if view.at.is_some() {
            let changes = self.history.changes(view);
            self.pairs.extend(changes.iter().map(|change| (change.rigid + MIN_MOTION).ln()));
        }
    }

    fn measure(&self) -> Option<f32> {
        (self.pairs.len() >= MIN_PAIRS).then(|| median(&mut self.pairs.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::liveness::cues::synthetic::{Pose, film, view};

    type Played<'p> = &'p dyn Fn(f32) -> Pose;

    fn measured(timed: bool, pose: impl Fn(f32) -> Pose) -> Option<f32> {
        let mut cue = Stillness::default();
        for good in &film(4, pose) {
            cue.see(view(good, timed));
        }
        cue.measure()
    }

    #[test]
    fn only_instruments_on_a_stand_are_still() {
        let still = Pose::STILL;
        let rows: [(&str, Played<'_>, bool); 4] = [
            ("a photo on a stand", &|_| still, true),
            ("the same, dimly lit, with a nervous detector", &|_| Pose { noise: 8.0, jitter: 4.0, ..still }, true),
            ("the same, as exposure settles", &|t| Pose { gain: 1.0 + 0.05 * t, ..still }, true),
            ("a head that hardly moves", &|t| Pose { shift: ((t * 2.1).sin() * 1.5, 0.0), ..still }, false),
        ];
        for (name, pose, expected) in rows {
            let measure = measured(true, pose).unwrap();
            assert_eq!(measure < -2.2, expected, "{name}: {measure}");
        }
    }

    #[test]
    fn abstains_without_timing() {
        assert_eq!(measured(false, |_| Pose::STILL), None);
    }
}
