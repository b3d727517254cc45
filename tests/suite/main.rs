//! Tests that span rooms: one binary, a file per room.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops where it cannot go on"
)]

mod attest;
mod camera;
mod cli;
#[cfg(feature = "demo")]
mod demo;
mod evaluate;
mod flow;
mod hints;
mod icon;
mod jose;
mod nets;
mod place;
mod qualify;
mod samples;
mod scripted;
mod session;
#[cfg(feature = "demo")]
mod tenant;
#[cfg(feature = "verifier")]
mod verifier;
mod vision;
#[cfg(feature = "window")]
mod window;
