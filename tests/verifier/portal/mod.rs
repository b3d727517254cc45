//! The operator portal as used by a browser.

mod forms;
mod lists;
mod operator;
mod secrets;
mod sign_in;
mod user_devices;
