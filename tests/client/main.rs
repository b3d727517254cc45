//! Tests of the flow and its session with scripted servers and recordings.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod attendance;
mod compatibility;
mod far;
mod flow;
mod hints;
mod managed;
#[path = "nets/login.rs"]
mod nets_login;
mod qualify;
mod session;
mod visitor;
mod way_up;
