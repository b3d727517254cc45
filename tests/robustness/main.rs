//! Damaged recordings, thousands of them from a seed: none panics, hangs or fills the memory, and each that is refused is
//! refused by name.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod bounds;
#[path = "../camera/make/mod.rs"]
mod make;
#[allow(dead_code, reason = "of what settings need as well")]
mod mutate;
mod recordings;
