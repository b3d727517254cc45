//! One homography explains all that a flat attack instrument does; a living face moves within itself, too.
//!
//! The measure is the median, over pairs of looks, of ln(o + 0.02) − 0.4·ln(r + 0.3): `o` is how far parts of the face moved
//! beyond what one homography and the noise explain, `r` how far the face moved as a whole, both in pixels of a face whose
//! eyes are 28.9 px apart. The second term allows for what shaking an attack instrument does to its picture: rolling shutter, blur,
//! a bend. It needs no frame rate: more time is only more chance to move.
//!
//! It cannot see a video on a screen, where the face moves within itself as well: what it says for a live person must stay
//! small. That is the policy's to see to. In a dim picture noise passes for motion: there, stillness tells a photo on a stand.

use super::{Cue, View, face_history::FaceHistory, planar::median};
use crate::policy::CueName;

/// Keeps the logarithm of no motion at all finite, and below what a detector of motion could tell, face pixels.
const MIN_OTHER: f32 = 0.02;
/// Below it, motion of the whole excuses nothing, or the noise of a dim picture on a stand would pass for life.
const MIN_RIGID: f32 = 0.3;
/// How much motion within the face an attack instrument's motion feigns: its exponent, between 0.15 and 0.4 equally good on
/// development clips.
const FEIGNED: f32 = 0.4;

/// Pairs of looks, of known distance in time, below which the measure may support but not deny: three looks, 0.8 s.
const DENYING_PAIRS: usize = 3;

/// How many earlier looks each is held against: the longer between them, the more has changed.
const EARLIER: usize = 3;

/// See the module.
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
    fn only_what_moves_within_itself_is_alive() {
        let still = Pose::STILL;
        let shaken = |t: f32| Pose {
            shift: ((t * 2.1).sin() * 14.0, (t * 1.3).cos() * 9.0),
            turn: (t * 1.7).sin() * 0.05,
            ..still
        };
        let rows: [(&str, Played<'_>, bool); 6] = [
            ("a photo on a stand", &|_| still, false),
            ("the same, more dimly lit", &|_| Pose { noise: 3.0, ..still }, false),
            ("a photo in a hand", &shaken, false),
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
    fn it_needs_two_looks_and_takes_no_more_than_come_in_time() {
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
