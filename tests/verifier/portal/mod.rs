//! The operator's portal as a browser meets it.

mod forms;
mod lists;
mod operator;
mod secrets;
mod sign_in;
