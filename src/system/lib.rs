//! What this machine offers behind the traits of `countenance-core`: its clock, its random numbers, small files. A crate of
//! its own, because the rules may not read a clock, and every program needs the same one.

mod clock;
mod rng;
pub mod small_file;

pub use clock::SystemClock;
pub use rng::SystemRandom;
