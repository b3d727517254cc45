//! The networks compared with independent reference values, and added networks.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod nets;
mod vision;
mod way_up;
