//! Lists cameras: capture devices with color video only, with readable names, in a stable order.

use crate::choice::{Listed, in_order};

/// Maximum length of a displayed name, characters.
const NAME_CHARS: usize = 64;

/// Lists cameras repeatedly, and queries only those that are new.
#[derive(Debug, Default)]
pub struct Lister {
    #[cfg(target_os = "linux")]
    seen: std::collections::BTreeMap<String, linux::Seen>,
    #[cfg(all(target_os = "linux", feature = "pipewire"))]
    pub(crate) portal: super::portal::Listing,
}

impl Lister {
    /// The cameras present now, [`in_order`], each with a unique ID. Nothing is started; no camera light goes on.
    pub fn list(&mut self) -> Vec<Listed> {
        let mut cameras = in_order(self.all());
        for index in 1..cameras.len() {
            let (before, rest) = cameras.split_at_mut(index);
            if let Some(camera) = rest.first_mut() {
                let same = before.iter().filter(|other| other.id.split('#').next() == Some(&camera.id)).count();
                if same > 0 {
                    camera.id = format!("{}#{}", camera.id, same + 1);
                }
            }
        }
        cameras
    }

    #[cfg(target_os = "macos")]
    fn all(&mut self) -> Vec<Listed> {
        elsewhere(crate::provenance::macos::examine, |info| info.misc())
    }

    // Media Foundation opens cameras by index; the unique link is part of the provenance.
    #[cfg(target_os = "windows")]
    fn all(&mut self) -> Vec<Listed> {
        elsewhere(crate::provenance::windows::examine, |info| info.index().to_string())
    }

    #[cfg(not(any(target_os = "linux", target_os = "macos", target_os = "windows")))]
    fn all(&mut self) -> Vec<Listed> {
        Vec::new()
    }
}

#[cfg(any(target_os = "macos", target_os = "windows"))]
fn elsewhere(
    examine: fn(&str, &str, &str) -> crate::provenance::Provenance,
    node: fn(&nokhwa::utils::CameraInfo) -> String,
) -> Vec<Listed> {
    let listed = nokhwa::query(nokhwa::utils::ApiBackend::Auto).unwrap_or_default();
    let camera = |info: nokhwa::utils::CameraInfo| {
        let name = readable(&info.human_name());
        let provenance = examine(&info.human_name(), info.description(), &info.misc());
        let id = id_of(&provenance, &name);
        Listed { id, name, node: node(&info), provenance, maybe_infrared: false }
    };
    listed.into_iter().map(camera).filter(|camera| !sees_no_colours(&camera.name)).collect()
}

/// Identifies the camera at its port: its USB IDs and bus path, or the best substitutes known.
fn id_of(provenance: &crate::provenance::Provenance, name: &str) -> String {
    let what = provenance.vid_pid.as_deref().unwrap_or(&provenance.driver);
    format!("{what}@{}", provenance.bus_path.as_deref().unwrap_or(name))
}

/// Makes a device's name readable: removes control characters, and the repetition that V4L2 adds (`X: X`, the second
/// one possibly truncated).
pub(super) fn readable(name: &str) -> String {
    let clean: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).take(4 * NAME_CHARS).collect();
    let clean = clean.trim();
    let once = match clean.split_once(": ") {
        Some((first, second)) if !second.is_empty() && first.starts_with(second.trim()) => first,
        _ => clean.strip_suffix(':').unwrap_or(clean),
    };
    once.chars().take(NAME_CHARS).collect()
}

/// Whether the name denotes the infrared or depth sensor beside a camera. Most offer only grayscale formats and are
/// excluded by that; some present grayscale as YUYV.
pub(super) fn sees_no_colours(name: &str) -> bool {
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.any(|word| word == "IR" || ["infrared", "depth"].iter().any(|sensor| word.eq_ignore_ascii_case(sensor)))
}

#[cfg(target_os = "linux")]
mod linux {
    //! The nodes below `/sys/class/video4linux`.

    use std::{collections::BTreeMap, fs, io::Read, path::Path};

    use super::{Lister, id_of, readable, sees_no_colours};
    #[cfg(feature = "pipewire")]
    use crate::way::Way;
    use crate::{
        CameraError,
        choice::Listed,
        device::{beside::Offered, camera::OpenCamera},
        provenance::linux,
    };
    #[cfg(feature = "pipewire")]
    use countenance_core::protocol::CameraKind;

    /// Mount point of sysfs.
    const SYS: &str = "/sys";
    /// Maximum bytes read of an attribute.
    const ATTRIBUTE_BYTES: u64 = 256;

    /// A node that was queried: its identity, and the camera if it is one.
    #[derive(Debug)]
    pub(super) struct Seen {
        made: u64,
        camera: Option<Listed>,
    }

    impl Lister {
        /// The cameras by the way that this machine has to them.
        pub(super) fn all(&mut self) -> Vec<Listed> {
            let nodes = self.nodes();
            #[cfg(feature = "pipewire")]
            if Way::of_this_machine(&nodes) != Way::Nodes {
                // What is known to be virtual stays, for tests.
                let virtual_ones = nodes.into_iter().filter(|camera| camera.provenance.kind == CameraKind::Virtual);
                return virtual_ones.chain(self.portal.list()).collect();
            }
            nodes
        }

        /// The device nodes that are cameras.
        pub(crate) fn nodes(&mut self) -> Vec<Listed> {
            let sys = Path::new(SYS);
            let mut now = BTreeMap::new();
            for name in linux::nodes(sys) {
                let folder = sys.join("class/video4linux").join(&name);
                let Some(made) = made(&folder) else { continue };
                let seen = match self.seen.remove(&name) {
                    Some(seen) if seen.made == made => seen,
                    _ => Seen { made, camera: camera(sys, &folder, &name) },
                };
                now.insert(name, seen);
            }
            self.seen = now;
            self.seen.values().filter_map(|seen| seen.camera.clone()).collect()
        }
    }

    /// Distinguishes successive appearances of a node: the kernel creates its folder anew.
    fn made(folder: &Path) -> Option<u64> {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(folder).ok().map(|meta| meta.ino())
    }

    /// The camera behind a node; `None` if it offers no usable video: metadata, output, infrared, depth, an image processor's
    /// raw data.
    fn camera(sys: &Path, folder: &Path, name: &str) -> Option<Listed> {
        let node = format!("/dev/{name}");
        // The node was reused by another device; skip it.
        if !is_node_of(Path::new(&node), &folder.join("dev")) {
            return None;
        }
        // Such a processor lists any format, and delivers none before its parts have been connected to each other.
        if linux::is_of_image_processor(sys, name) {
            return None;
        }
        let offered = match OpenCamera::open(&node).and_then(|mut camera| camera.offers()) {
            Ok(offered) if !offered.offers.is_empty() => offered,
            // A node without permission may still be a camera: a webcam's first node is one, its second is metadata.
            Err(CameraError::Denied) if attribute(&folder.join("index")).is_none_or(|index| index == "0") => {
                Offered::default()
            }
            Ok(_) | Err(_) => return None,
        };
        let provenance = linux::examine(sys, name);
        let label = linux::label(sys, name).unwrap_or_default();
        let label = readable(if label.is_empty() { name } else { &label });
        // V4L2 cuts the name after 31 characters; USB has the rest of it.
        let function = linux::function(sys, name).unwrap_or_default();
        if sees_no_colours(&label) || sees_no_colours(&function) {
            return None;
        }
        let id = id_of(&provenance, &label);
        Some(Listed { id, name: label, node, provenance, maybe_infrared: offered.grey })
    }

    /// Whether `node` is the device with the number `major:minor` in the attribute `dev`.
    pub(super) fn is_node_of(node: &Path, dev: &Path) -> bool {
        use std::os::unix::fs::MetadataExt;
        let Ok(meta) = fs::metadata(node) else { return false };
        let number = (rustix::fs::major(meta.rdev()), rustix::fs::minor(meta.rdev()));
        attribute(dev).is_some_and(|dev| dev == format!("{}:{}", number.0, number.1))
    }

    fn attribute(path: &Path) -> Option<String> {
        let mut bytes = Vec::new();
        fs::File::open(path).ok()?.take(ATTRIBUTE_BYTES).read_to_end(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortens_camera_names_for_display() {
        for (given, shown) in [
            ("Test Webcam: Test Webcam", "Test Webcam"),
            ("Integrated Camera: Integrated C", "Integrated Camera"),
            ("HD Pro Webcam C920", "HD Pro Webcam C920"),
            ("Logitech: BRIO", "Logitech: BRIO"),
            ("USB2.0 HD UVC WebCam: USB2.0 HD", "USB2.0 HD UVC WebCam"),
            ("Camera:", "Camera"),
            ("a\u{1b}[31mb\n", "a [31mb"),
        ] {
            assert_eq!(readable(given), shown);
        }
        assert_eq!(readable(&"x".repeat(999)).len(), NAME_CHARS);
    }

    #[test]
    fn recognizes_infrared_and_depth_sensors_by_name() {
        for (name, expected) in [
            ("Integrated IR Camera", true),
            ("Surface Camera Infrared", true),
            ("RealSense Depth Camera", true),
            ("FaceTime HD Camera", false),
            ("Iriun Webcam", false),
            ("BIRD-EYE 2", false),
        ] {
            assert_eq!(sees_no_colours(name), expected, "{name}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn matches_a_node_with_its_device_number() {
        use std::path::Path;
        let zero = Path::new("/sys/class/mem/zero/dev");
        if zero.exists() {
            assert!(linux::is_node_of(Path::new("/dev/zero"), zero));
        }
        assert!(!linux::is_node_of(Path::new("/dev/null"), zero));
        assert!(!linux::is_node_of(Path::new("/dev/no-video"), zero));
    }

    #[test]
    fn lists_the_cameras_of_this_machine_reproducibly() {
        let mut lister = Lister::default();
        assert_eq!(lister.list(), lister.list());
    }
}
