//! Stand-ins for what a login needs besides us, so that a whole one runs on one machine: an Auth0 tenant that runs the Action
//! customers deploy ([`tenant`]), a relying party, Twilio Verify, and a browser.
//!
//! They speak over the wire alone: no crate of the product is below this one but the relying party's token check, the
//! outgoing HTTP and the clock, and cargo holds it so.

pub mod browser;
pub mod loopback;
pub mod relying_party;
pub mod tenant;
pub mod twilio;
mod web;
