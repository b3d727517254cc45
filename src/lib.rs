//! Countenance: prove with your face, on this machine, that you are the one logging in.

pub mod attest;
pub mod best_shot;
pub mod camera;
#[cfg(feature = "demo")]
pub mod demo;
pub mod face;
pub mod frame;
pub mod geometry;
pub mod liveness;
pub mod policy;
pub mod protocol;
pub mod quality;
#[cfg(feature = "demo")]
pub mod relying_party;
pub mod session;
#[cfg(feature = "demo")]
pub mod tenant;
pub mod vision;
#[cfg(feature = "demo")]
mod web;
pub mod world;
