//! Countenance: prove with your face, on this machine, that you are the one logging in.

pub mod attest;
pub mod best_shot;
pub mod camera;
pub mod face;
pub mod frame;
pub mod geometry;
pub mod liveness;
pub mod policy;
pub mod protocol;
pub mod quality;
pub mod recapture;
pub mod session;
pub mod vision;
pub mod world;
