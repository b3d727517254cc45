//! The tenant stand-in with the real Action, the relying party and the browser between them.
//! The verifier's side is played by the tests, which know the Session Secret.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[allow(dead_code, reason = "each suite uses a part")]
#[path = "../support/jose.rs"]
mod peers;

mod action;
mod application;
mod engine;
mod jose;
mod login;
mod manage;
mod mfa;
mod renewal;
mod resume;
mod scripted_net;
mod services;
mod settings;
mod table;
mod test_tenant;
mod tokens;
mod twilio;
