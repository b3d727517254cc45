//! The domain rules of Countenance, free of I/O: frames and faces, quality gates, liveness cues and their fusion,
//! sample selection, the wire types of the protocol, and the policy. No threads; time and randomness are parameters
//! ([`clock`], [`rng`]).
//!
//! | modules | contents |
//! |---|---|
//! | [`frame`] [`face`] [`geometry`] | images and where faces are in them |
//! | [`policy`] [`protocol`] | every threshold; every message on the wire |
//! | [`quality`] | whether a frame is good enough to count, and the hint to show if it is not |
//! | [`liveness`] | whether a span of frames shows a live person |
//! | [`sample_selector`] | which frames are sent to the verifier |

pub mod clock;
mod enumeration;
pub mod face;
pub mod frame;
pub mod geometry;
pub mod liveness;
pub mod policy;
pub mod protocol;
pub mod quality;
pub mod rng;
pub mod sample_selector;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
