//! Stand-ins for the other parties of a sign-in, so that a complete one runs on one machine: an Auth0 tenant that runs
//! the Action customers deploy ([`tenant`]), a relying party, Twilio Verify, and a browser.
//!
//! They communicate over HTTP only. Of the product's crates, this one depends only on the relying party's token check,
//! outgoing HTTP, and clock and randomness; Cargo enforces this.

pub mod browser;
pub mod loopback;
pub mod relying_party;
pub mod tenant;
pub mod twilio;
mod web;
