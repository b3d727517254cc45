//! Tests that span rooms: one binary, a file per room.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops where it cannot go on"
)]

mod attest;
mod samples;
#[cfg(feature = "verifier")]
mod verifier;
