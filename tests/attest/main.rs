//! Device keys and attestations, through the public API.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod attest;
mod jose;
#[allow(dead_code, reason = "each suite uses a part")]
#[path = "../support/json.rs"]
mod json_leaves;
#[allow(dead_code, reason = "each suite uses a part")]
#[path = "../support/jose.rs"]
mod peers;
#[allow(dead_code, reason = "each suite uses a part")]
#[path = "../support/samples.rs"]
mod samples;
