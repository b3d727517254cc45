//! Device keys and attestations, through the public API.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod attest;
mod compatibility;
mod jose;
