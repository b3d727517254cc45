//! The operator's portal as a browser meets it.

mod desk;
mod forms;
mod lists;
mod secrets;
mod sign_in;
