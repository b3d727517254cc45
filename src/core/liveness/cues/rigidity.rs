//! Whether the face moves within itself. One homography explains all motion of a flat attack instrument, but not that
//! of a living face.
//!
//! The measure is the median, over pairs of frames, of ln(o + 0.02) − 0.4·ln(r + 0.3). `o` is how far parts of the face
//! moved beyond what one homography and noise explain, `r` how far the face moved as a whole, both in pixels of a face
//! whose eyes are 28.9 px apart. The second term allows for what shaking an attack instrument does to its image:
//! rolling shutter, blur, bending. It is independent of the frame rate: more time only means more opportunity to move.
//!
//! It cannot detect a video on a screen, where the face also moves within itself, so the policy must keep its support
//! for a live person small. In a dim image noise resembles motion; there, the stillness cue detects a photo on a
//! tripod.

use super::{Cue, View, face_history::FaceHistory, planar::median};
use crate::policy::CueName;

/// Keeps the logarithm finite without motion; below the smallest motion that could be detected, face pixels.
const MIN_OTHER: f32 = 0.02;
/// Below this, motion of the whole face excuses nothing; otherwise the noise of a dim photo on a tripod would look
/// alive.
const MIN_RIGID: f32 = 0.3;
/// How much motion within the face is simulated by an attack instrument's motion, as an exponent. Values from 0.15 to
/// 0.4 do equally well on development clips.
const FEIGNED: f32 = 0.4;

/// Minimum number of pairs of frames at known intervals before the measure may deny: three frames, 0.8 s. With fewer it
/// may only support.
const DENYING_PAIRS: usize = 3;

/// How many earlier frames each frame is compared with: the further apart, the more has changed.
const EARLIER: usize = 3;

/// Implements the rigidity cue; see the module.
pub(super) struct Rigidity {
    history: FaceHistory,
    pairs: Vec<f32>,
    timed: bool,
}

impl Default for Rigidity {
    fn default() -> Self {
        Self { history: FaceHistory::new(EARLIER), pairs: Vec::new(), timed: false }
    }
}

impl Cue for Rigidity {
    fn name(&self) -> CueName {
        CueName::Rigidity
    }

    fn see(&mut self, view: View<'_>) {
        self.timed = view.at.is_some();
        let changes = self.history.changes(view);
        self.pairs.extend(
            changes
                .iter()
                .map(|change| (change.beyond_noise() + MIN_OTHER).ln() - FEIGNED * (change.rigid + MIN_RIGID).ln()),
        );
    }

    fn measure(&self) -> Option<f32> {
        (!self.pairs.is_empty()).then(|| median(&mut self.pairs.clone()))
    }

    fn may_deny(&self) -> bool {
        self.timed && self.pairs.len() >= DENYING_PAIRS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::liveness::cues::synthetic::{Pose, film, view};

    type Played<'p> = &'p dyn Fn(f32) -> Pose;

    fn measured(pose: impl Fn(f32) -> Pose) -> f32 {
        let mut cue = Rigidity::default();
        for good in &film(6, pose) {
            cue.see(view(good, true));
        }
        cue.measure().unwrap()
    }

    #[test]
    fn distinguishes_non_rigid_motion() {
        let still = Pose::STILL;
        let shaken = |t: f32| Pose {
            shift: ((t * 2.1).sin() * 14.0, (t * 1.3).cos() * 9.0),
            turn: (t * 1.7).sin() * 0.05,
            ..still
        };
        let rows: [(&str, Played<'_>, bool); 6] = [
            ("a photo on a stand", &|_| still, false),
            ("the same, more dimly lit", &|_| Pose { noise: 3.0, ..still }, false),
            ("a hand-held photo", &shaken, false),
            ("the same, as exposure settles", &|t| Pose { gain: 1.0 + 0.05 * t, ..shaken(t) }, false),
            ("a head that turns a little", &|t| Pose { bulge: (t * 1.9).sin() * 4.0, ..still }, true),
            ("the same, swaying", &|t| Pose { bulge: (t * 1.9).sin() * 4.0, ..shaken(t) }, true),
        ];
        for (name, pose, alive) in rows {
            let measure = measured(pose);
            assert_eq!(measure > -2.2, alive, "{name}: {measure}");
        }
    }

    #[test]
    fn needs_two_frames_and_skips_early_ones() {
        let film = film(3, |_| Pose::STILL);
        let mut cue = Rigidity::default();
        cue.see(view(&film[0], true));
        cue.see(view(&film[0], true));
        assert_eq!(cue.measure(), None);
        cue.see(view(&film[1], true));
        assert!(cue.measure().is_some() && !cue.may_deny());
        cue.see(view(&film[2], true));
        assert!(cue.may_deny());
    }
}
