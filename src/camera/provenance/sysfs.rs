//! Reading sysfs with care: what lies there is the kernel's, but its texts come from devices, and in a container or a test
//! it may be anything.
//!
//! Files are read up to a limit and only where they are plain files, links are resolved once and must end inside the tree,
//! names of nodes are numbers. What is not so is as if it were not there.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use super::clean;

/// Most that is read of an attribute, bytes. Names and ids are shorter.
const ATTRIBUTE_MAX_BYTES: u64 = 256;
/// Deepest that a device may lie. A webcam behind five hubs and a dock lies at about twenty.
const MAX_DEPTH: usize = 32;
/// Most nodes that are listed; the kernel gives out no more.
const MAX_NODES: usize = 256;

/// A folder of the device tree.
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

/// What a node is called, in full. `None` where it does not say.
pub(super) fn name(sys: &Path, node: &str) -> Option<String> {
    number(node)?;
    attribute(&sys.join("class/video4linux").join(node).join("name"))
}

/// A node's device and all above it, itself first, and where they begin below `devices`. `None` where the node's link does
/// not end in the device tree.
pub(super) fn chain(sys: &Path, node: &str) -> Option<(Vec<Device>, String)> {
    number(node)?;
    let tree = sys.join("devices").canonicalize().ok()?;
    // A loop of links is an error here.
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

    /// What an attribute says.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        attribute(&self.path.join(name))
    }

    /// The last part of where a link points: of `driver` and `subsystem` their name.
    pub(super) fn link(&self, name: &str) -> Option<String> {
        let target = fs::read_link(self.path.join(name)).ok()?;
        Some(clean(&target.file_name()?.to_string_lossy()))
    }

    /// Whether there is such an attribute or link.
    pub(super) fn has(&self, name: &str) -> bool {
        self.path.join(name).symlink_metadata().is_ok()
    }
}

/// The number of `videoN`, written as the kernel writes it.
fn number(node: &str) -> Option<u32> {
    let number = node.strip_prefix("video")?.parse().ok()?;
    (format!("video{number}") == node).then_some(number)
}

/// A plain file's first bytes as text; a pipe, a device or a link is none.
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
    fn a_node_is_a_number_as_the_kernel_writes_it() {
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
