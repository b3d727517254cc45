//! What tests of several crates share: a verifier that follows a script. Behind the feature `testing`; no program is built
//! with it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test stops where it cannot go on"
)]

pub mod scripted;
