//! Cameras of this machine.
#![allow(dead_code)]
pub(crate) mod decode;
