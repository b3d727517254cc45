//! Test fixtures shared by several crates: the embedded networks, prepared once, and added networks in a temporary
//! folder. Behind the `testing` feature, which no released program enables.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test stops at the first error"
)]

pub mod nets;

use std::sync::LazyLock;

use crate::Vision;

/// The networks, shared by all tests: preparing them takes longer than running them.
pub static VISION: LazyLock<Vision> = LazyLock::new(|| Vision::load().unwrap());
