//! The rule: from what a system tells of a camera to physical, virtual or unknown.
//!
//! What speaks against a lens comes first: a virtual driver anywhere between the node and the host controller, a place
//! without hardware, a known name. Then hardware that plays whatever a cable brings. Only then the bus. A name never makes
//! a camera physical.

use super::known::{self, System};
use countenance_core::protocol::CameraKind::{self, Physical, Unknown, Virtual};

/// What a system tells of a camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts<'a> {
    pub system: System,
    /// For people; anybody may have chosen them.
    pub names: &'a [&'a str],
    /// From the node up to the host controller.
    pub drivers: &'a [String],
    /// `vvvv:pppp`.
    pub vid_pid: Option<&'a str>,
    pub attachment: Attachment,
}

/// How a camera hangs on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attachment {
    /// The system itself says that there is no hardware.
    Software,
    /// By USB.
    Usb(Host, Port),
    /// On the PCI bus itself.
    Pci,
    /// On a camera interface of the board, which the firmware describes.
    Board,
    /// The system says that it is built in.
    BuiltIn,
    /// It cannot be told, and why.
    Unclear(&'static str),
}

/// What a USB bus hangs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    /// A controller on the PCI bus.
    Pci,
    /// A controller of the board, which the firmware describes.
    Board,
    /// A virtual machine's controller: what lies behind it is the host's affair.
    Emulated,
    /// This system does not tell.
    NotTold,
    /// Neither the one nor the other.
    Unclear,
}

/// What the system says of a USB port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Port {
    /// Inside the case.
    Fixed,
    /// People reach it.
    Removable,
    /// It does not say.
    NotTold,
}

/// What a camera is, and why.
pub(super) fn verdict(facts: &Facts<'_>) -> (CameraKind, &'static str) {
    if let Some(because) = facts.drivers.iter().find_map(|driver| known::virtual_driver(driver)) {
        return (Virtual, because);
    }
    let by_name = facts.names.iter().find_map(|name| known::virtual_name(facts.system, name));
    match (facts.attachment, by_name) {
        (Attachment::Software, _) => (Virtual, "a software device: there is no hardware beneath it"),
        (_, Some(because)) => (Virtual, because),
        _ if known::grabber(facts.drivers, facts.vid_pid) => (Unknown, "a grabber: what plays into it cannot be told"),
        (Attachment::Usb(host, port), None) => usb(host, port),
        (Attachment::Pci, None) => (Physical, "a device on the PCI bus"),
        (Attachment::Board, None) => (Physical, "a camera interface of the board"),
        (Attachment::BuiltIn, None) => (Physical, "built in, says the system"),
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
        (Host::NotTold, _) => (Physical, "USB; on what host controller is not told"),
        (Host::Emulated, _) => (Unknown, "USB on a virtual machine's host controller"),
        (Host::Unclear, _) => (Unknown, "USB on a host controller of which nothing is known"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_speaks_against_a_lens_comes_first() {
        use Attachment::{Board, BuiltIn, Pci, Software, Unclear, Usb};
        let (usb, none) = (Usb(Host::Pci, Port::Removable), Unclear("nothing is told"));
        for (case, name, drivers, ids, attachment, kind) in [
            ("a webcam", "C270", &["uvcvideo", "usb", "xhci_hcd"][..], Some("046d:0825"), usb, Physical),
            ("a webcam inside", "HD", &["uvcvideo"], None, Usb(Host::Pci, Port::Fixed), Physical),
            ("on a board", "HD", &["uvcvideo"], None, Usb(Host::Board, Port::NotTold), Physical),
            ("where no host is told", "HD", &[], None, Usb(Host::NotTold, Port::NotTold), Physical),
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
