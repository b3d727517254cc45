//! Cues over time. Each observes one track frame by frame and reduces it to one number, its measure, or abstains.
//!
//! The LLR of a measure is defined by the policy ([`CuePolicy`](crate::policy::CuePolicy)), not by the cue, so that a
//! cue's own file contains what it measures and nothing that was fitted. A cue is pure: no clock, no randomness, no
//! I/O.

mod background;
mod bezel;
mod face_history;
mod linear;
mod patch;
mod planar;
mod rigidity;
mod stillness;
#[cfg(test)]
mod synthetic;

use std::time::Duration;

use crate::{
    policy::{CueName, LivenessPolicy},
    quality::GoodFrame,
};

/// One good frame as a cue sees it.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The frame, its face and its measures.
    pub good: &'a GoodFrame,
    /// Frame time; `None` if the intervals between frames are unknown. Cues that depend on time are then silent.
    pub at: Option<Duration>,
}

/// One cue observing one track.
pub trait Cue: Send {
    /// Which cue it is.
    fn name(&self) -> CueName;
    /// Takes the next good frame of the track.
    fn see(&mut self, view: View<'_>);
    /// The measure over all frames so far, in the cue's own unit; `None` while the cue abstains.
    fn measure(&self) -> Option<f32>;
    /// Whether the measure may count against a live person. Missing evidence must not count against someone who was
    /// observed too briefly, or for an unknown time; the measure may still support.
    fn may_deny(&self) -> bool {
        true
    }
}

/// New cues for one track: those that `policy` enables, in the order of [`CueName::ALL`].
pub fn enabled(policy: &LivenessPolicy) -> Vec<Box<dyn Cue>> {
    CueName::ALL.into_iter().filter(|&name| policy.cues.of(name).enabled).map(fresh).collect()
}

/// Whether a cue that saw a span of `millis` may have been unable to deny: see [`Cue::may_deny`]. How many frames the
/// rigidity cue could compare is not among the claims.
pub(super) fn may_be_silent(name: CueName, millis: u64) -> bool {
    match name {
        CueName::Stillness | CueName::Bezel => false,
        CueName::Rigidity => true,
        CueName::Background => u128::from(millis) <= background::WATCHED.as_millis(),
    }
}

fn fresh(name: CueName) -> Box<dyn Cue> {
    match name {
        CueName::Stillness => Box::<stillness::Stillness>::default(),
        CueName::Rigidity => Box::<rigidity::Rigidity>::default(),
        CueName::Bezel => Box::<bezel::BezelCue>::default(),
        CueName::Background => Box::<background::Background>::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn creates_each_cue_by_name() {
        for name in CueName::ALL {
            assert_eq!(fresh(name).name(), name);
        }
    }
}
