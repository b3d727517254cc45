//! Cues over time: each watches one track frame by frame and reduces it to one number, a measure, or says nothing.
//!
//! What a measure is worth stands in the policy ([`CuePolicy`](crate::policy::CuePolicy)), not in the cue, so that a cue's
//! own file holds what it looks at and nothing that was fitted. A cue is a rule: no clock, no randomness, no I/O.

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

/// One good frame, as a cue sees it.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The frame, its face and its measures.
    pub good: &'a GoodFrame,
    /// Frame time; `None` where nobody knows how far apart the frames were taken. A cue that needs time then says nothing.
    pub at: Option<Duration>,
}

/// One cue, watching one track.
pub trait Cue: Send {
    /// Which it is.
    fn name(&self) -> CueName;
    /// Takes the next good frame of the track.
    fn see(&mut self, view: View<'_>);
    /// The measure over all frames so far; `None` while it can say nothing. Its unit is the cue's own.
    fn measure(&self) -> Option<f32>;
    /// Whether the measure may speak against a live person. What is not seen counts against nobody who was not watched for
    /// long enough, or for nobody knows how long; it may support all the same.
    fn may_deny(&self) -> bool {
        true
    }
}

/// Fresh cues for one track: those that `policy` enables, in the order of [`CueName::ALL`].
pub fn enabled(policy: &LivenessPolicy) -> Vec<Box<dyn Cue>> {
    CueName::ALL.into_iter().filter(|&name| policy.cues.of(name).enabled).map(fresh).collect()
}

fn fresh(name: CueName) -> Box<dyn Cue> {
    match name {
        CueName::Stillness => Box::<stillness::Stillness>::default(),
        CueName::Rigidity => Box::<rigidity::Rigidity>::default(),
        CueName::Bezel => Box::<bezel::BezelCue>::default(),
        CueName::Background => Box::<background::Background>::default(),
    }
}
