//! By which way this program reaches cameras on Linux: the kernel's device nodes, or the desktop's camera portal.
//!
//! The portal needs the feature `pipewire`. It reaches what only libcamera drives, and it is the only way for a program in a
//! Flatpak; but any program of the user can put a camera there, so that nobody knows what is behind one. Everywhere else, a
//! device node wins. This is the only place that decides it.

use std::path::Path;

use super::{choice::Listed, provenance::linux::image_processor};
use countenance_core::protocol::CameraKind;

/// Flatpak puts this file into the root of every program's file system.
pub const FLATPAK: &str = "/.flatpak-info";

/// What the decision depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four facts that do not depend on each other")]
pub struct Machine {
    /// Whether this program was built with the feature `pipewire`.
    pub has_portal: bool,
    /// Whether it runs in a Flatpak: there is a file `/.flatpak-info`.
    pub in_flatpak: bool,
    /// Whether a device node is a camera, other than one that is known to be virtual.
    pub has_node: bool,
    /// Whether there is an image processor whose cameras work only through libcamera.
    pub needs_libcamera: bool,
}

/// The way to the cameras.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Device nodes.
    Nodes,
    /// The camera portal, if it has a camera. No fault if there is no portal: a machine without a camera needs none.
    PortalIfThere,
    /// The camera portal. Without it there is no camera.
    Portal,
}

impl Way {
    /// The way on this machine, given its device nodes that are cameras. Only Linux has a portal.
    pub fn of_this_machine(nodes: &[Listed]) -> Self {
        let has_portal = cfg!(all(target_os = "linux", feature = "pipewire"));
        let has_node = nodes.iter().any(|camera| camera.provenance.kind != CameraKind::Virtual);
        Self::on(Machine {
            has_portal,
            in_flatpak: has_portal && Path::new(FLATPAK).exists(),
            has_node,
            needs_libcamera: has_portal && !has_node && image_processor(Path::new("/sys")).is_some(),
        })
    }

    /// The way on this machine.
    pub fn on(machine: Machine) -> Self {
        match machine {
            Machine { has_portal: false, .. } => Self::Nodes,
            Machine { in_flatpak: true, .. } => Self::Portal,
            Machine { has_node: true, .. } => Self::Nodes,
            Machine { needs_libcamera: true, .. } => Self::Portal,
            Machine { .. } => Self::PortalIfThere,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_wins_outside_a_flatpak_and_the_portal_inside() {
        let on = |has_portal, in_flatpak, has_node, needs_libcamera| {
            Way::on(Machine { has_portal, in_flatpak, has_node, needs_libcamera })
        };
        for (name, way, expected) in [
            ("a webcam", on(true, false, true, false), Way::Nodes),
            ("a webcam beside an image processor", on(true, false, true, true), Way::Nodes),
            ("an image processor", on(true, false, false, true), Way::Portal),
            ("no camera", on(true, false, false, false), Way::PortalIfThere),
            ("a Flatpak", on(true, true, false, false), Way::Portal),
            ("a Flatpak that sees a node", on(true, true, true, false), Way::Portal),
            ("without the feature", on(false, true, false, true), Way::Nodes),
        ] {
            assert_eq!(way, expected, "{name}");
        }
    }
}
