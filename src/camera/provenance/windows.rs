//! Windows: the symbolic link of a camera's device interface, from Media Foundation through `nokhwa-bindings-windows`
//! 0.4.6.
//!
//! `\\?\usb#vid_046d&pid_0825&mi_00#7&17e9de75&0&0000#{e5323777-…}\global`: the bus that enumerated the device, the
//! device, its instance, the interface class. Windows itself sets the bus. An instance without a serial number is
//! derived from the port, so it is unchanged after reconnecting there.
//!
//! | bus | meaning |
//! |---|---|
//! | `usb` | a USB device; a virtual host controller looks the same |
//! | `pci`, `acpi` | hardware of the board |
//! | `root` | installed manually, without hardware: screen capture and older virtual cameras |
//! | `swd#vcamdevapi` | made by `MFCreateVirtualCamera` |
//! | `swd#…`, `display` and all others | sensor groups, effects, cameras behind the graphics device: unknown |
//! | `@device:sw:` | a DirectShow filter: software |
//!
//! Written from Microsoft's documentation and public listings; not run on Windows.

use super::{
    Provenance, clean,
    known::System,
    verdict::{Attachment, Facts, Host, Port, verdict},
    vid_pid,
};

/// Maximum length of a link that is parsed, bytes. Windows limits an instance ID to 200 characters.
const LINK_MAX_BYTES: usize = 1024;

/// Examines a camera given its name, nokhwa's description (always the same) and its symbolic link.
pub fn examine(name: &str, _description: &str, misc: &str) -> Provenance {
    let link = if misc.len() > LINK_MAX_BYTES { String::new() } else { misc.to_lowercase() };
    let device = link.strip_prefix("@device:pnp:").unwrap_or(&link);
    let parts: Vec<&str> = device.strip_prefix(r"\\?\").map(|device| device.split('#').collect()).unwrap_or_default();
    let (attachment, driver) = match *parts.as_slice() {
        _ if link.starts_with("@device:sw:") => (Attachment::Software, "DirectShow filter"),
        ["usb", ..] => (Attachment::Usb(Host::NotTold, Port::NotTold), "Media Foundation"),
        ["pci", ..] => (Attachment::Pci, "Media Foundation"),
        ["acpi", ..] => (Attachment::Board, "Media Foundation"),
        ["root", ..] => (Attachment::Software, "root-enumerated driver"),
        ["swd", "vcamdevapi", ..] => (Attachment::Software, "Media Foundation virtual camera"),
        ["swd", "sgdevapi", ..] => (Attachment::Unclear("a group of sensors, real or not"), "Media Foundation"),
        ["swd", ..] => (Attachment::Unclear("a software device on top of something"), "Media Foundation"),
        ["display", ..] => (Attachment::Unclear("a device behind the graphics device"), "Media Foundation"),
        _ => (Attachment::Unclear("on an unknown bus"), "Media Foundation"),
    };
    let (vid_pid, bus_path) = match *parts.as_slice() {
        [bus @ ("usb" | "pci" | "acpi"), device, instance, ..] => {
            (ids(device), Some(clean(&format!(r"{bus}\{device}\{instance}"))))
        }
        _ => (None, None),
    };
    let facts =
        Facts { system: System::Windows, names: &[name], drivers: &[], vid_pid: vid_pid.as_deref(), attachment };
    let (kind, because) = verdict(&facts);
    Provenance { driver: driver.into(), bus_path, vid_pid, kind, because }
}

/// Parses `vid_046d&pid_0825&mi_00` or `ven_8086&dev_9d32&…` as `vvvv:pppp`.
fn ids(device: &str) -> Option<String> {
    let number =
        |begins: [&str; 2]| device.split('&').find_map(|part| begins.iter().find_map(|begin| part.strip_prefix(begin)));
    vid_pid(number(["vid_", "ven_"])?, number(["pid_", "dev_"])?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countenance_core::protocol::CameraKind::{Physical, Unknown, Virtual};

    /// The class of cameras, and that of all capture.
    const CAMERA: &str = "{e5323777-f976-4f5b-9b55-b94699c46e44}";
    const CAPTURE: &str = "{65e8773d-8f56-11d0-a3b9-00a0c9223196}";

    #[test]
    fn classifies_recorded_symbolic_links() {
        // Links as owners show them in public, instances shortened or changed.
        let webcam = r"usb\vid_046d&pid_0825&mi_00\7&17e9de75&0&0000";
        for (name, link, kind, vid_pid, bus_path) in [
            (
                "HD Webcam C270",
                format!(r"\\?\usb#vid_046d&pid_0825&mi_00#7&17e9de75&0&0000#{CAMERA}\global"),
                Physical,
                Some("046d:0825"),
                Some(webcam),
            ),
            (
                "HD Webcam C270",
                format!(r"\\?\USB#VID_046D&PID_0825&MI_00#7&17E9DE75&0&0000#{CAPTURE}\GLOBAL"),
                Physical,
                Some("046d:0825"),
                Some(webcam),
            ),
            (
                "HD Webcam C270",
                format!(r"@device:pnp:\\?\usb#vid_046d&pid_0825&mi_00#7&17e9de75&0&0000#{CAPTURE}\global"),
                Physical,
                Some("046d:0825"),
                Some(webcam),
            ),
            (
                "Imaging device",
                format!(r"\\?\pci#ven_8086&dev_9d32&subsys_00000000&rev_01#3&11583659&0&a3#{CAMERA}\global"),
                Physical,
                Some("8086:9d32"),
                Some(r"pci\ven_8086&dev_9d32&subsys_00000000&rev_01\3&11583659&0&a3"),
            ),
            (
                "USB Video",
                format!(r"\\?\usb#vid_534d&pid_2109&mi_00#6&2d0a17f&0&0000#{CAMERA}\global"),
                Unknown,
                Some("534d:2109"),
                Some(r"usb\vid_534d&pid_2109&mi_00\6&2d0a17f&0&0000"),
            ),
            (
                "OBS Virtual Camera (Windows Virtual Camera)",
                format!(r"\\?\swd#vcamdevapi#d8f389289f3a8c41#{CAMERA}\{{fcebba03-9d13-4c13-9940-cc84fcd132d1}}"),
                Virtual,
                None,
                None,
            ),
            ("HD Webcam C270", format!(r"\\?\SWD#VCAMDEVAPI#aaaa#{CAMERA}\x"), Virtual, None, None),
            ("ManyCam", format!(r"\\?\root#media#0002#{CAPTURE}\manycam"), Virtual, None, None),
            ("HD Webcam C270", format!(r"\\?\root#image#0000#{CAMERA}\global"), Virtual, None, None),
            (
                "UScreenCapture",
                r"@device:sw:{860BB310-5D01-11D0-BD3B-00A0C911CE86}\UScreenCapture".into(),
                Virtual,
                None,
                None,
            ),
            ("OBS Virtual Camera", String::new(), Virtual, None, None),
            ("Surface Camera Front", format!(r"\\?\swd#sgdevapi#7d0c6ef0#{CAMERA}\x"), Unknown, None, None),
            ("Studio Effects", format!(r"\\?\swd#driverenum#x#{CAMERA}\x"), Unknown, None, None),
            ("Surface Camera Front", format!(r"\\?\display#int3480#4&32d2e1b6&0#{CAMERA}\x"), Unknown, None, None),
            ("HD Webcam C270", format!(r"\\?\bthenum#x#y#{CAMERA}\x"), Unknown, None, None),
            ("HD Webcam C270", String::new(), Unknown, None, None),
            ("HD Webcam C270", r"\\?\".into(), Unknown, None, None),
            ("HD Webcam C270", "usb#vid_046d&pid_0825#x#y".into(), Unknown, None, None),
        ] {
            let found = examine(name, "MediaFoundation Camera", &link);
            assert_eq!(found.kind, kind, "{name} at {link}: {found:?}");
            assert_eq!(found.vid_pid.as_deref(), vid_pid, "{name} at {link}");
            assert_eq!(found.bus_path.as_deref(), bus_path, "{name} at {link}");
        }
    }

    #[test]
    fn hostile_links_are_unknown_or_sanitized() {
        let long = format!(r"\\?\usb#vid_046d&pid_0825#{}", "x".repeat(LINK_MAX_BYTES));
        assert_eq!(examine("x", "", &long).kind, Unknown);
        let odd = examine("x", "", "\\\\?\\usb#vid_046d&pid_zzzz#a\u{1b}[2J#y");
        assert_eq!((odd.vid_pid, odd.bus_path.as_deref()), (None, Some("usb\\vid_046d&pid_zzzz\\a\u{fffd}[2j")));
    }
}
