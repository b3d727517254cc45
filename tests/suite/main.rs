//! One test binary for what spans rooms.

#[cfg(feature = "verifier")]
mod verifier;
