//! The gates that a frame must pass before it may count, in declared order, and the measures they judge by.

use crate::{face::Face, frame::Frame, protocol::QualityClaim};

/// A frame with one face that passed every gate. Only [`judge`] makes one.
#[derive(Debug, Clone)]
pub struct GoodFrame {
    frame: Frame,
    face: Face,
    measures: QualityClaim,
}

impl GoodFrame {
    /// The frame.
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// The only face in it.
    pub fn face(&self) -> &Face {
        &self.face
    }

    /// What was measured.
    pub fn measures(&self) -> QualityClaim {
        self.measures
    }
}
