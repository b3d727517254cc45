//! Where a score is cut, fixed before anything is measured, and where that number comes from.

use serde::Serialize;

/// The least score that passes for a live person, and its origin.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Threshold {
    /// A score of this or more passes: a log likelihood ratio.
    pub value: f32,
    /// Where the number comes from, for people.
    pub from: String,
}
