//! What a score must reach, and who said so.

use serde::Serialize;

/// A threshold that was fixed before the set was scored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Threshold {
    /// A presentation with this score or more counts as bona fide.
    pub value: f32,
    /// Where it comes from, in words.
    pub from: String,
}
