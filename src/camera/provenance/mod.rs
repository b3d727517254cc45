//! What a camera is, from what the system knows of it and not from its label alone: driver, bus, ids, and whether there is
//! hardware behind it.

use crate::protocol::CameraKind;

/// What the system knows of a camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// Driver or framework plug-in that gives the pictures.
    pub driver: String,
    /// Where it hangs, as the system names buses and ports; the same after it was unplugged and plugged in again there.
    pub bus_path: Option<String>,
    /// `vvvv:pppp`, lower-case hexadecimal, where it has such ids.
    pub vid_pid: Option<String>,
    /// What follows from all that.
    pub kind: CameraKind,
    /// Why, in a few words of technical English.
    pub because: &'static str,
}
pub mod linux;
