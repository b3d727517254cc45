//! Cameras of this machine.
#![allow(dead_code)]
mod decode;
