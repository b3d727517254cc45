//! Test fixtures shared by several crates: a sealed capture, and other JOSE libraries to compare with. Behind the
//! `testing` feature, which no released program enables.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test stops at the first error"
)]

pub mod peers;
pub mod samples;
