//! Examines recorded device trees, recreated in a folder.

#![cfg(unix)]

use std::{fs, os::unix::fs::symlink, path::PathBuf};

use tempfile::TempDir;

use super::*;
use countenance_core::protocol::CameraKind::{self, Physical, Unknown, Virtual};

/// Reads `tests/fixtures/sysfs/NAME.txt`; the README there documents the format. Decodes the bytes `%1b` and `%0a`.
fn recorded(name: &str) -> String {
    let file =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/sysfs").join(name).with_extension("txt");
    fs::read_to_string(file).unwrap().replace("%1b", "\u{1b}")
}

/// Recreates the tree described by `text`.
fn lay_out(text: &str) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let at = |path: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            path
        };
        if let Some((path, target)) = line.split_once(" -> ") {
            symlink(target, at(path)).unwrap();
        } else if let Some((path, text)) = line.split_once(" = ") {
            fs::write(at(path), format!("{}\n", text.replace("%0a", "\n"))).unwrap();
        } else {
            fs::create_dir_all(at(line.strip_suffix('/').unwrap())).unwrap();
        }
    }
    root
}

fn tree(name: &str) -> TempDir {
    lay_out(&recorded(name))
}

/// The expected classification of each node, with the reason.
type Row =
    (&'static str, &'static str, CameraKind, &'static str, Option<&'static str>, Option<&'static str>, &'static str);

const RECORDED: &[Row] = &[
    ("usbip", "video0", Virtual, "uvcvideo", Some("usb-vhci_hcd.0-1:1.0"), Some("1209:0001"), "USB over IP"),
    ("usbip", "video1", Virtual, "uvcvideo", Some("usb-vhci_hcd.0-1:1.0"), Some("1209:0001"), "USB over IP"),
    ("laptop", "video0", Physical, "uvcvideo", Some("usb-0000:00:14.0-8:1.0"), Some("13d3:56ff"), "inside the case"),
    ("laptop", "video2", Physical, "uvcvideo", Some("usb-0000:00:14.0-8:1.2"), Some("13d3:56ff"), "inside the case"),
    ("webcam", "video2", Physical, "uvcvideo", Some("usb-0000:00:14.0-3.2:1.0"), Some("046d:0825"), "at a port"),
    ("webcam", "video3", Physical, "uvcvideo", Some("usb-0000:00:14.0-3.2:1.0"), Some("046d:0825"), "at a port"),
    ("webcam", "video10", Unknown, "uvcvideo", Some("usb-0000:00:14.0-3.4:1.0"), Some("534d:2109"), "grabber"),
    ("v4l2loopback", "video6", Virtual, "v4l2loopback", None, None, "v4l2loopback"),
    ("v4l2loopback", "video7", Virtual, "v4l2loopback", None, None, "v4l2loopback"),
    ("akvcam", "video1", Virtual, "", None, None, "software device"),
    ("akvcam", "video2", Virtual, "akvcam", None, None, "akvcam"),
    ("vivid", "video2", Virtual, "vivid", Some("platform-vivid.0"), None, "vivid"),
    ("vivid", "video4", Virtual, "vivid", Some("platform-vivid.0"), None, "vivid"),
    ("test-drivers", "video1", Virtual, "vimc", Some("platform-vimc.0"), None, "vimc"),
    ("test-drivers", "video2", Virtual, "uvcvideo", Some("usb-dummy_hcd.0-1:1.0"), Some("046d:0825"), "dummy_hcd"),
    ("board", "video0", Physical, "unicam", Some("platform-fe801000.csi"), None, "interface of the board"),
    ("board", "video10", Unknown, "bcm2835-codec", Some("platform-bcm2835-codec"), None, "not known to be a camera"),
    ("board", "video1", Physical, "uvcvideo", Some("usb-0000:01:00.0-1.2:1.0"), Some("046d:082d"), "PCI host"),
    ("board", "video2", Physical, "uvcvideo", Some("usb-fe980000.usb-1:1.0"), Some("046d:0825"), "board's host"),
    ("board", "video3", Unknown, "unicam", Some("platform-made-up.0"), None, "not known to be a camera"),
    ("board", "video4", Unknown, "uvcvideo", Some("usb-made-up-host.0-1:1.0"), Some("046d:0825"), "nothing is known"),
    ("pci", "video0", Physical, "ipu3-cio2", Some("pci-0000:00:14.3"), Some("8086:9d32"), "PCI bus"),
    ("pci", "video1", Unknown, "bttv", Some("pci-0000:04:00.0"), Some("109e:036e"), "grabber"),
    ("pci", "video2", Unknown, "uvcvideo", Some("usb-0000:00:05.0-1:1.0"), Some("046d:0825"), "virtual machine"),
];

#[test]
fn classifies_recorded_trees() {
    for (name, node, kind, driver, bus_path, vid_pid, because) in RECORDED {
        let sys = tree(name);
        let found = examine(sys.path(), node);
        assert_eq!(found.kind, *kind, "{name} {node}: {found:?}");
        assert_eq!(found.driver, *driver, "{name} {node}");
        assert_eq!(found.bus_path.as_deref(), *bus_path, "{name} {node}");
        assert_eq!(found.vid_pid.as_deref(), *vid_pid, "{name} {node}");
        assert!(found.because.contains(because), "{name} {node}: {}", found.because);
    }
}

#[test]
fn classifies_a_hostile_tree_as_unknown_and_sanitizes_its_texts() {
    let sys = tree("hostile");
    for node in ["video0", "video1", "video2", "video3", "video4", "video6", "video7", "video8", "video70"] {
        let found = examine(sys.path(), node);
        assert_eq!(found.kind, Unknown, "{node}: {found:?}");
        assert_eq!((found.bus_path, found.vid_pid), (None, None), "{node}");
    }
    for node in ["", "video", "video07", "../video5", "video5/../video5", "/etc/passwd", "video99999999999999999999"] {
        let found = examine(sys.path(), node);
        assert_eq!((found.kind, found.driver.as_str()), (Unknown, ""), "{node}: {found:?}");
        assert_eq!(label(sys.path(), node), None, "{node}");
    }
    let odd = examine(sys.path(), "video5");
    assert_eq!((odd.driver.as_str(), odd.vid_pid, odd.bus_path), ("uvc\u{fffd}[2Jvideo", None, None));
    assert_eq!(label(sys.path(), "video5").as_deref(), Some("Desk\u{fffd}[2J\u{fffd}Cam"));
    assert_eq!(label(sys.path(), "video7"), None, "a link is not an attribute");
    let expected = ["video0", "video1", "video2", "video3", "video4", "video5", "video6", "video7", "video8"];
    assert_eq!(nodes(sys.path()), expected);
}

#[test]
fn truncates_or_skips_endless_and_blocking_attributes() {
    let sys = tree("v4l2loopback");
    let name = sys.path().join("devices/virtual/video4linux/video6/name");
    fs::write(&name, "x".repeat(1 << 20)).unwrap();
    assert_eq!(label(sys.path(), "video6").map(|label| label.len()), Some(super::super::MAX_CHARS));
    fs::remove_file(&name).unwrap();
    // Reading from a pipe without a writer would block forever.
    assert!(std::process::Command::new("mkfifo").arg(&name).status().unwrap().success());
    assert_eq!(label(sys.path(), "video6"), None);
    fs::remove_file(&name).unwrap();
    symlink("/dev/zero", &name).unwrap();
    assert_eq!(label(sys.path(), "video6"), None);
}

#[test]
fn lists_nodes_by_number_with_deduplicated_names() {
    let sys = tree("webcam");
    assert_eq!(nodes(sys.path()), ["video2", "video3", "video10"]);
    assert_eq!(label(sys.path(), "video10").as_deref(), Some("USB Video"));
    assert_eq!(label(sys.path(), "video2").as_deref(), Some("UVC Camera (046d:0825)"));
    assert_eq!(label(tree("laptop").path(), "video0").as_deref(), Some("Integrated Camera"));
    assert_eq!(label(tree("usbip").path(), "video0").as_deref(), Some("Test Webcam"));
    assert_eq!(label(tree("laptop").path(), "video2").as_deref(), Some("Integrated Camera: Integrated I"));
    assert_eq!(nodes(std::path::Path::new("/nowhere")), [""; 0]);
}

#[test]
fn names_the_image_processor_whose_camera_needs_libcamera() {
    let sys = tree("ipu6");
    assert_eq!(image_processor(sys.path()), Some("Intel IPU6"));
    assert!(is_of_image_processor(sys.path(), "video0"));
    assert!(!is_of_image_processor(sys.path(), "video1"), "a webcam beside it");
    // A kernel that does not know it yet has no nodes for it.
    let bare = lay_out(&recorded("ipu6").lines().filter(|line| !line.contains("ipu6")).collect::<Vec<_>>().join("\n"));
    assert_eq!(image_processor(bare.path()), Some("Intel IPU6"), "by its IDs");
    for other in ["laptop", "webcam", "hostile"] {
        assert_eq!(image_processor(tree(other).path()), None, "{other}");
    }
    assert_eq!(image_processor(std::path::Path::new("/nowhere")), None);
}

#[test]
fn the_name_of_a_function_is_whole() {
    let sys = tree("laptop");
    assert_eq!(function(sys.path(), "video2").as_deref(), Some("Integrated IR Camera"));
    assert_eq!(function(sys.path(), "video0"), None);
    assert_eq!(function(tree("v4l2loopback").path(), "video6"), None);
}

#[test]
fn bus_path_is_stable_across_replugging() {
    let sys = tree("webcam");
    let before = examine(sys.path(), "video2");
    // After a replug, or the next start: another bus number, another node.
    let text = recorded("webcam").replace("usb1/", "usb3/").replace("/1-3", "/3-3").replace("video2", "video5");
    let moved = lay_out(&text);
    assert_eq!(examine(moved.path(), "video5"), before);
    assert!(before.bus_path.is_some());
}
