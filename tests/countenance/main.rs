//! The client binary as used by scripts and the desktop.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod cli;
mod icon;
mod installation;
#[cfg(target_os = "linux")]
mod kiosk;
mod managed;
mod pipes;
mod signals;
mod usage;
