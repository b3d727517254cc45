//! Reads sysfs defensively: the tree is the kernel's, but texts in it come from devices, and in a container or a test
//! it can contain anything.
//!
//! Only regular files are read, up to a limit; links are resolved once and must end inside the tree; node names are
//! numbers. Anything else is treated as missing.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use super::clean;

/// Maximum bytes read of an attribute. Names and IDs are shorter.
const ATTRIBUTE_MAX_BYTES: u64 = 256;
/// Maximum depth of a device. A webcam behind five hubs and a dock has a depth of about twenty.
const MAX_DEPTH: usize = 32;
/// Maximum number of nodes listed; the kernel creates no more.
const MAX_NODES: usize = 256;
/// Maximum number of PCI devices listed. A server has a few hundred.
const MAX_PCI_DEVICES: usize = 4_096;

/// A folder in the device tree.
#[derive(Debug, Clone)]
pub(super) struct Device {
    path: PathBuf,
}

/// The names of the V4L2 nodes, by number.
pub(super) fn nodes(sys: &Path) -> Vec<String> {
    let entries = fs::read_dir(sys.join("class/video4linux")).into_iter().flatten().flatten();
    let mut found: Vec<(u32, String)> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter_map(|name| Some((number(&name)?, name)))
        .take(MAX_NODES)
        .collect();
    found.sort();
    found.into_iter().map(|(_, name)| name).collect()
}

/// The devices on the PCI bus.
pub(super) fn pci_devices(sys: &Path) -> Vec<Device> {
    let Ok(tree) = sys.join("devices").canonicalize() else { return Vec::new() };
    let entries = fs::read_dir(sys.join("bus/pci/devices")).into_iter().flatten().flatten().take(MAX_PCI_DEVICES);
    let paths = entries.filter_map(|entry| entry.path().canonicalize().ok()).filter(|path| path.starts_with(&tree));
    paths.map(|path| Device { path }).collect()
}

/// A node's full name, if it has one.
pub(super) fn name(sys: &Path, node: &str) -> Option<String> {
    number(node)?;
    attribute(&sys.join("class/video4linux").join(node).join("name"))
}

/// A node's device and all of its ancestors, starting with the device, and the name of their root below `devices`.
/// `None` if the node's link does not lead into the device tree.
pub(super) fn chain(sys: &Path, node: &str) -> Option<(Vec<Device>, String)> {
    number(node)?;
    let tree = sys.join("devices").canonicalize().ok()?;
    // Fails for a cycle of links.
    let path = sys.join("class/video4linux").join(node).canonicalize().ok()?;
    let below = path.strip_prefix(&tree).ok()?;
    let depth = below.components().count();
    if depth > MAX_DEPTH || path.file_name()? != node {
        return None;
    }
    let begins = below.components().next()?.as_os_str().to_str()?.to_owned();
    let devices = path.ancestors().take(depth).map(|path| Device { path: path.to_owned() }).collect();
    Some((devices, begins))
}

impl Device {
    /// Its own name: `1-3:1.0`, `0000:00:14.0`.
    pub(super) fn name(&self) -> String {
        self.path.file_name().map(|name| clean(&name.to_string_lossy())).unwrap_or_default()
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        attribute(&self.path.join(name))
    }

    /// The last component of a link's target: for `driver` and `subsystem`, their name.
    pub(super) fn link(&self, name: &str) -> Option<String> {
        let target = fs::read_link(self.path.join(name)).ok()?;
        Some(clean(&target.file_name()?.to_string_lossy()))
    }

    /// Whether the attribute or link exists.
    pub(super) fn has(&self, name: &str) -> bool {
        self.path.join(name).symlink_metadata().is_ok()
    }
}

/// The number of `videoN`, in the kernel's spelling.
fn number(node: &str) -> Option<u32> {
    let number = node.strip_prefix("video")?.parse().ok()?;
    (format!("video{number}") == node).then_some(number)
}

/// The start of a regular file as text; `None` for pipes, devices and links.
fn attribute(path: &Path) -> Option<String> {
    if !path.symlink_metadata().ok()?.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(ATTRIBUTE_MAX_BYTES).read_to_end(&mut bytes).ok()?;
    Some(clean(&String::from_utf8_lossy(&bytes))).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_only_canonical_node_names() {
        for (node, expected) in [
            ("video0", Some(0)),
            ("video63", Some(63)),
            ("video", None),
            ("video00", None),
            ("video+1", None),
            ("video-1", None),
            ("video4294967296", None),
            ("video0/..", None),
            ("../video0", None),
            ("v4l-subdev0", None),
            ("", None),
        ] {
            assert_eq!(number(node), expected, "{node}");
        }
    }
}
