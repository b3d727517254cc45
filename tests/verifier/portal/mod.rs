//! The operator portal as used by a browser.

mod address;
mod client_versions;
mod consent;
mod forms;
mod kiosks;
mod lists;
pub(super) mod operator;
mod roles;
mod second_factor;
mod secrets;
mod sign_in;
mod usage;
mod user_devices;
