//! The demo, the evaluation, and recorded faces.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod demo;
mod evaluate;
mod recorded_faces;
