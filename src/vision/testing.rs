//! What tests of several crates share: the embedded networks, prepared once, and added networks in a folder of their own.
//! Behind the feature `testing`; no program is built with it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test stops where it cannot go on"
)]

pub mod nets;

use std::sync::LazyLock;

use crate::Vision;

/// One for all tests: preparing the networks takes longer than running them.
pub static VISION: LazyLock<Vision> = LazyLock::new(|| Vision::load().unwrap());
