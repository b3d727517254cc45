//! The rule that classifies a camera as physical, virtual or unknown.
//!
//! Evidence against a lens comes first: a virtual driver anywhere between the node and the host controller, a device
//! without hardware, a known name. Then capture hardware that plays any input. Only then the bus. A name never makes a
//! camera physical.

use super::known::{self, System};
use countenance_core::protocol::CameraKind::{self, Physical, Unknown, Virtual};

/// What a system reports about a camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts<'a> {
    pub system: System,
    /// Display names, which anyone can choose.
    pub names: &'a [&'a str],
    /// Drivers from the node up to the host controller.
    pub drivers: &'a [String],
    /// USB or PCI IDs `vvvv:pppp`.
    pub vid_pid: Option<&'a str>,
    pub attachment: Attachment,
}

/// How a camera is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attachment {
    /// The system reports that there is no hardware.
    Software,
    /// USB.
    Usb(Host, Port),
    /// Directly on the PCI bus.
    Pci,
    /// On a camera interface of the board, which the firmware describes.
    Board,
    /// The system reports that it is built in.
    BuiltIn,
    /// Unknown, with the reason.
    Unclear(&'static str),
}

/// The host controller of a USB bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    /// On the PCI bus.
    Pci,
    /// On the board, described by the firmware.
    Board,
    /// Of a virtual machine: the host decides what is behind it.
    Emulated,
    /// This system does not report it.
    NotTold,
    /// Anything else.
    Unclear,
}

/// What the system reports about a USB port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Port {
    /// Inside the case.
    Fixed,
    /// Accessible from outside.
    Removable,
    /// Not reported.
    NotTold,
}

/// Classifies a camera and gives the reason.
pub(super) fn verdict(facts: &Facts<'_>) -> (CameraKind, &'static str) {
    if let Some(because) = facts.drivers.iter().find_map(|driver| known::virtual_driver(driver)) {
        return (Virtual, because);
    }
    let by_name = facts.names.iter().find_map(|name| known::virtual_name(facts.system, name));
    match (facts.attachment, by_name) {
        (Attachment::Software, _) => (Virtual, "a software device: there is no hardware behind it"),
        (_, Some(because)) => (Virtual, because),
        _ if known::grabber(facts.drivers, facts.vid_pid) => {
            (Unknown, "a frame grabber: its input cannot be determined")
        }
        (Attachment::Usb(host, port), None) => usb(host, port),
        (Attachment::Pci, None) => (Physical, "a device on the PCI bus"),
        (Attachment::Board, None) => (Physical, "a camera interface of the board"),
        (Attachment::BuiltIn, None) => (Physical, "reported as built in"),
        (Attachment::Unclear(because), None) => (Unknown, because),
    }
}

fn usb(host: Host, port: Port) -> (CameraKind, &'static str) {
    match (host, port) {
        (Host::Pci, Port::Fixed) => (Physical, "USB inside the case, on a PCI host controller"),
        (Host::Pci, Port::Removable) => (Physical, "USB at a port, on a PCI host controller"),
        (Host::Pci, Port::NotTold) => (Physical, "USB on a PCI host controller"),
        (Host::Board, Port::Fixed) => (Physical, "USB inside the case, on the board's host controller"),
        (Host::Board, Port::Removable) => (Physical, "USB at a port, on the board's host controller"),
        (Host::Board, Port::NotTold) => (Physical, "USB on the board's host controller"),
        (Host::NotTold, _) => (Physical, "USB; host controller not reported"),
        (Host::Emulated, _) => (Unknown, "USB on a virtual machine's host controller"),
        (Host::Unclear, _) => (Unknown, "USB on a host controller of which nothing is known"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_against_a_physical_camera_takes_precedence() {
        use Attachment::{Board, BuiltIn, Pci, Software, Unclear, Usb};
        let (usb, none) = (Usb(Host::Pci, Port::Removable), Unclear("nothing is reported"));
        for (case, name, drivers, ids, attachment, kind) in [
            ("a webcam", "C270", &["uvcvideo", "usb", "xhci_hcd"][..], Some("046d:0825"), usb, Physical),
            ("a webcam inside", "HD", &["uvcvideo"], None, Usb(Host::Pci, Port::Fixed), Physical),
            ("on a board", "HD", &["uvcvideo"], None, Usb(Host::Board, Port::NotTold), Physical),
            ("unknown host", "HD", &[], None, Usb(Host::NotTold, Port::NotTold), Physical),
            ("a PCI camera", "ISP", &["ipu3-cio2"], None, Pci, Physical),
            ("a ribbon cable", "unicam", &["unicam"], None, Board, Physical),
            ("built in", "FaceTime HD Camera", &[], None, BuiltIn, Physical),
            ("a driver above", "C270", &["uvcvideo", "usb", "vhci_hcd"], Some("046d:0825"), usb, Virtual),
            ("a driver, built in", "HD", &["vivid"], None, BuiltIn, Virtual),
            ("no hardware", "C270", &[], None, Software, Virtual),
            ("a name on a real bus", "OBS Virtual Camera", &["uvcvideo"], None, usb, Virtual),
            ("a good name on nothing", "HD Pro Webcam C920", &[], None, none, Unknown),
            ("a good name and good ids on nothing", "C270", &["uvcvideo"], Some("046d:0825"), none, Unknown),
            ("an HDMI dongle", "USB Video", &["uvcvideo"], Some("534d:2109"), usb, Unknown),
            ("a grabber's name", "ManyCam", &["uvcvideo"], Some("534d:2109"), usb, Virtual),
            ("a television card", "BT878", &["bttv"], None, Pci, Unknown),
            ("a virtual machine", "C270", &["uvcvideo"], None, Usb(Host::Emulated, Port::NotTold), Unknown),
            ("a strange host", "C270", &["uvcvideo"], None, Usb(Host::Unclear, Port::Removable), Unknown),
        ] {
            let drivers: Vec<String> = drivers.iter().map(|&driver| driver.to_owned()).collect();
            let facts = Facts { system: System::Linux, names: &[name], drivers: &drivers, vid_pid: ids, attachment };
            let (found, because) = verdict(&facts);
            assert_eq!(found, kind, "{case}: {because}");
            assert!(!because.is_empty(), "{case}");
        }
    }
}
