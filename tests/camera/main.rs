//! Recordings and devices, through the public API.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod avi;
mod camera;
mod folders;
mod make;
mod movies;
mod mp4;
mod pipes;
