//! The demo and the evaluation, through the public API.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod demo;
mod evaluate;
mod recorded_faces;
