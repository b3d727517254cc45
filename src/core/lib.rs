//! What Countenance decides by, without input or output: frames and faces, the gates, the liveness cues and their fusion, the
//! choice of the sample, the protocol's wire types and the policy. No I/O, no threads; time and randomness are parameters
//! ([`clock`], [`rng`]).
//!
//! | modules | what they hold |
//! |---|---|
//! | [`frame`] [`face`] [`geometry`] | pictures and where faces are in them |
//! | [`policy`] [`protocol`] | every threshold; what goes over the wire |
//! | [`quality`] | whether a frame is good enough to count, and the hint if it is not |
//! | [`liveness`] | whether a live person was shown over a span |
//! | [`sample_selector`] | which frames go to the verifier |

pub mod clock;
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
