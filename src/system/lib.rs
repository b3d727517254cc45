//! Implements the traits of `countenance-core` with the operating system: clock, random numbers, files. It is a separate
//! crate because the domain rules must not read a clock, and every program needs the same implementation.

#[cfg(windows)]
pub mod access_list;
mod clock;
pub mod console;
pub mod foreground;
#[cfg(target_os = "macos")]
pub mod opened_links;
#[cfg(windows)]
pub mod pipe;
mod rng;
pub mod small_file;
pub mod user_cipher;
pub mod whole_file;

pub use clock::SystemClock;
pub use rng::SystemRandom;
