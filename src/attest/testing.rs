//! What tests of several crates share: a sealed capture, and other JOSE libraries to compare with. Behind the feature
//! `testing`; no program is built with it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test stops where it cannot go on"
)]

pub mod peers;
pub mod samples;
