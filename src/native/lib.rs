//! What Windows and macOS offer only through unsafe calls, behind safe functions: access lists, the user's data protection
//! and the parent's console on Windows, links that are opened with the program on macOS. On Linux it is empty.
//!
//! No other crate of the workspace has unsafe code. What is here is the call, its checks and its cleanup; what it is for
//! is decided by its callers.

#[cfg(target_os = "macos")]
pub mod macos;
#[cfg(windows)]
pub mod windows;
