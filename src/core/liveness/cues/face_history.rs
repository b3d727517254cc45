//! Frames of one face, far enough apart in time that a living face has changed in between.

use std::{collections::VecDeque, time::Duration};

use super::{
    View,
    patch::FacePatch,
    planar::{Change, Template},
};

/// Minimum time between two frames. On the project's fixtures a head's motion is well above noise from here on.
const MIN_SPACING: Duration = Duration::from_millis(390);
/// Keeps the last few frames and compares each new one with them. Frames at unknown intervals are all used as they
/// come: they are a folder of stills, not a video.
pub(super) struct FaceHistory {
    keep: usize,
    kept: VecDeque<Template>,
    last: Option<Duration>,
}

impl FaceHistory {
    /// Compares each frame with the `keep` frames before it.
    pub(super) fn new(keep: usize) -> Self {
        Self { keep, kept: VecDeque::new(), last: None }
    }

    /// The changes between `view` and each earlier frame; empty if it comes too soon after the last one.
    pub(super) fn changes(&mut self, view: View<'_>) -> Vec<Change> {
        let too_soon = |(now, last): (Duration, Duration)| now.saturating_sub(last) < MIN_SPACING;
        if view.at.zip(self.last).is_some_and(too_soon) {
            return Vec::new();
        }
        let Some(patch) = FacePatch::of(view.good) else { return Vec::new() };
        self.last = view.at;
        let changes = self.kept.iter().filter_map(|earlier| earlier.change_to(&patch)).collect();
        self.kept.extend(Template::new(patch));
        if self.kept.len() > self.keep {
            self.kept.pop_front();
        }
        changes
    }
}
