//! Looks at one face far enough apart in time that a living one has changed.

use std::{collections::VecDeque, time::Duration};

use super::{
    View,
    patch::FacePatch,
    planar::{Change, Template},
};

/// Least time between two looks. On the project's fixtures a head's change stands well above noise from here on.
const MIN_SPACING: Duration = Duration::from_millis(390);
/// Keeps the last few looks and holds each new one against them. Frames of which nobody knows how far apart they were taken
/// are taken for looks as they come: a folder of stills, not a film.
pub(super) struct FaceHistory {
    keep: usize,
    kept: VecDeque<Template>,
    last: Option<Duration>,
}

impl FaceHistory {
    /// Each look is to be held against the `keep` before it.
    pub(super) fn new(keep: usize) -> Self {
        Self { keep, kept: VecDeque::new(), last: None }
    }

    /// What changed between `view` and each earlier look; nothing where it comes too soon after the last.
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
