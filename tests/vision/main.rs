//! The networks compared with independent reference values, and added networks.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "each suite uses a part")]
#[path = "../support/nets.rs"]
mod added;
mod nets;
#[allow(dead_code, reason = "each suite uses a part")]
#[path = "../support/networks.rs"]
mod networks;
mod vision;
