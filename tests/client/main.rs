//! The flow and its session, against scripted servers and recordings.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "each suite uses a part")]
#[path = "../support/nets.rs"]
mod added;
mod flow;
mod hints;
#[path = "nets/login.rs"]
mod nets_login;
#[allow(dead_code, reason = "each suite uses a part")]
#[path = "../support/networks.rs"]
mod networks;
mod qualify;
#[allow(dead_code, reason = "each suite uses a part")]
#[path = "../support/samples.rs"]
mod samples;
#[allow(dead_code, reason = "each suite uses a part")]
#[path = "../support/scripted.rs"]
mod scripted;
mod session;
