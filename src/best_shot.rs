//! The best good frame inside a proof's span: the one picture that is posted.

use crate::quality::GoodFrame;

/// The picture to be posted: a good frame inside the span of the proof. Only the keeper makes one.
#[derive(Debug)]
pub struct Shot {
    good: GoodFrame,
}

impl Shot {
    /// The frame and its face.
    pub fn good(&self) -> &GoodFrame {
        &self.good
    }
}
