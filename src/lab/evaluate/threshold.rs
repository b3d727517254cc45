//! Decision thresholds and their sources.

use std::path::Path;

use serde::Serialize;

use super::{figures::Figures, rates::percent};
use countenance_core::policy::Policy;

/// A threshold that was fixed before the set was scored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Threshold {
    /// Scores of at least this value are classified as bona fide.
    pub value: f32,
    /// Its source, for reports.
    pub from: String,
}

impl Threshold {
    /// The threshold of a sign-in.
    pub fn of_policy(policy: &Policy) -> Self {
        Self { value: policy.liveness.threshold, from: "the policy".into() }
    }

    /// A threshold given on the command line.
    pub fn chosen(value: f32) -> Self {
        Self { value, from: "the command line".into() }
    }

    /// The equal-error-rate threshold of another set, at `path`, with these metrics. `None` if they have none.
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
