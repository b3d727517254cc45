//! The tenant stand-in with the real Action, the relying party, and a browser between them. The tests act as the
//! verifier, using the session secret.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod action;
mod application;
mod engine;
mod jose;
mod login;
mod manage;
mod mfa;
mod renewal;
mod resume;
mod services;
mod settings;
mod table;
mod test_tenant;
mod tokens;
mod twilio;
