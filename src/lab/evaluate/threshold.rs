//! What a score must reach, and who said so.

use std::path::Path;

use serde::Serialize;

use super::{figures::Figures, rates::percent};
use countenance_core::policy::Policy;

/// A threshold that was fixed before the set was scored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Threshold {
    /// A presentation with this score or more counts as bona fide.
    pub value: f32,
    /// Where it comes from, in words.
    pub from: String,
}

impl Threshold {
    /// What a login goes by.
    pub fn of_policy(policy: &Policy) -> Self {
        Self { value: policy.liveness.threshold, from: "the policy".into() }
    }

    /// What somebody chose.
    pub fn chosen(value: f32) -> Self {
        Self { value, from: "the command line".into() }
    }

    /// Where both error rates are equal on another set, at `path`, whose figures these are. `None` where they have none.
    pub fn fitted(figures: &Figures, path: &Path) -> Option<Self> {
        let (eer, value) = (figures.eer?, figures.eer_threshold? as f32);
        let (people, attacks) = (figures.bona_fide.wrong.of, figures.attacks.wrong.of);
        let from = format!(
            "the equal error rate of {} ({} %, {people} bona fide and {attacks} attack clips)",
            path.display(),
            percent(eer)
        );
        value.is_finite().then_some(Self { value, from })
    }
}
