//! Linux: examines a V4L2 node and every device up to its host controller in sysfs.
//!
//! The root of the tree is a parameter, `/sys` in the product. Only files of the tree are opened; the camera is not
//! accessed.

use std::path::Path;

use super::{
    Provenance,
    known::{self, System},
    sysfs::{self, Device},
    verdict::{Attachment, Facts, Host, Port, verdict},
    vid_pid,
};

#[cfg(test)]
mod tests;

/// The V4L2 nodes, `video0` and so on, by number: cameras, their metadata nodes, codecs and others.
pub fn nodes(sys: &Path) -> Vec<String> {
    sysfs::nodes(sys)
}

/// A node's display name. Drivers often repeat it, and V4L2 truncates it to 31 characters: `Desk Cam: Desk Cam` becomes
/// `Desk Cam`.
pub fn label(sys: &Path, node_name: &str) -> Option<String> {
    let name = sysfs::name(sys, node_name)?;
    let once = name.split_once(": ").filter(|(once, again)| !once.is_empty() && once.starts_with(again));
    Some(once.map_or(name.as_str(), |(once, _)| once).to_owned())
}

/// The name that a USB camera gives to the function behind a node, such as `Integrated IR Camera`; not truncated.
pub fn function(sys: &Path, node_name: &str) -> Option<String> {
    let (devices, _) = sysfs::chain(sys, node_name)?;
    devices.iter().find(|device| device.link("subsystem").as_deref() == Some("usb"))?.attribute("interface")
}

/// This machine's image processor, by name, if it has one whose cameras work only through libcamera. Its nodes deliver a
/// sensor's raw data, after their parts have been connected to each other.
pub fn image_processor(sys: &Path) -> Option<&'static str> {
    sysfs::pci_devices(sys).iter().find_map(image_processor_of)
}

/// Whether the node belongs to such an image processor.
pub fn is_of_image_processor(sys: &Path, node_name: &str) -> bool {
    let (devices, _) = sysfs::chain(sys, node_name).unwrap_or_default();
    devices.iter().any(|device| image_processor_of(device).is_some())
}

fn image_processor_of(device: &Device) -> Option<&'static str> {
    known::image_processor(device.link("driver").as_deref(), pci_ids(device).as_deref())
}

/// Examines the node `video0`. A missing node is unknown.
///
/// Its bus path is `usb-0000:00:14.0-3:1.0` (host controller, ports, configuration and interface), `pci-0000:00:05.0`
/// or `platform-fe801000.csi`; it does not change when the camera is reconnected or the machine restarts.
pub fn examine(sys: &Path, node_name: &str) -> Provenance {
    let name = sysfs::name(sys, node_name).unwrap_or_default();
    let (devices, begins) = sysfs::chain(sys, node_name).unwrap_or_default();
    let mut drivers: Vec<String> = devices.iter().filter_map(|device| device.link("driver")).collect();
    drivers.extend(devices.first().and_then(driver_of_attributes).map(str::to_owned));
    let BusLocation { attachment, bus_path, vid_pid } = locate(&devices, &begins);
    let facts =
        Facts { system: System::Linux, names: &[&name], drivers: &drivers, vid_pid: vid_pid.as_deref(), attachment };
    let (kind, because) = verdict(&facts);
    Provenance { driver: drivers.into_iter().next().unwrap_or_default(), bus_path, vid_pid, kind, because }
}

/// Where a camera is attached.
struct BusLocation {
    attachment: Attachment,
    bus_path: Option<String>,
    vid_pid: Option<String>,
}

/// Locates the first of `devices`, given that the tree shows no more than their root `begins`.
fn locate(devices: &[Device], begins: &str) -> BusLocation {
    let nowhere = |attachment| BusLocation { attachment, bus_path: None, vid_pid: None };
    if matches!(begins, "virtual" | "faux") {
        return nowhere(Attachment::Software);
    }
    let holder =
        devices.iter().enumerate().skip(1).find_map(|(at, device)| Some((at, device, device.link("subsystem")?)));
    let Some((at, device, bus)) = holder else {
        return nowhere(Attachment::Unclear("the system does not report how it is connected"));
    };
    let here = devices.get(at..).unwrap_or_default();
    match bus.as_str() {
        "usb" => usb(here),
        "pci" => BusLocation {
            attachment: Attachment::Pci,
            bus_path: Some(format!("pci-{}", device.name())),
            vid_pid: pci_ids(device),
        },
        "platform" => BusLocation {
            attachment: match device.link("driver") {
                Some(driver) if known::camera_interface(&driver) && described(here) => Attachment::Board,
                _ => Attachment::Unclear("a device of the board that is not known to be a camera interface"),
            },
            bus_path: Some(format!("platform-{}", device.name())),
            vid_pid: None,
        },
        _ => nowhere(Attachment::Unclear("on an unknown bus")),
    }
}

/// Locates a USB interface, given it and its ancestors.
fn usb(here: &[Device]) -> BusLocation {
    let is_usb = |device: &&Device| device.link("subsystem").as_deref() == Some("usb");
    let on_bus = here.iter().take_while(is_usb).count();
    let (on_bus, above) = here.split_at(on_bus);
    // The root hub has no port.
    let device =
        on_bus.iter().find(|device| device.has("idVendor") && device.attribute("devpath").is_some_and(|p| p != "0"));
    let attribute = |name| device.and_then(|device| device.attribute(name));
    let port = match attribute("removable").as_deref() {
        Some("fixed") => Port::Fixed,
        Some("removable") => Port::Removable,
        _ => Port::NotTold,
    };
    let interface = on_bus.first().map(Device::name);
    let interface = interface.as_deref().and_then(|name| name.split_once(':')).map(|(_, interface)| interface);
    let path = above.first().zip(attribute("devpath")).zip(interface);
    BusLocation {
        attachment: Attachment::Usb(host(above), port),
        bus_path: path.map(|((host, ports), interface)| format!("usb-{}-{ports}:{interface}", host.name())),
        vid_pid: attribute("idVendor").zip(attribute("idProduct")).and_then(|(v, p)| vid_pid(&v, &p)),
    }
}

/// The host controller of a USB bus. A controller may be behind a bridge in the same chip, so all ancestors count.
fn host(above: &[Device]) -> Host {
    let pci = above.iter().find(|device| device.link("subsystem").as_deref() == Some("pci"));
    match pci {
        Some(pci) if pci_ids(pci).is_some_and(|ids| known::emulated_host(&ids)) => Host::Emulated,
        Some(_) => Host::Pci,
        None if described(above) => Host::Board,
        None => Host::Unclear,
    }
}

/// Whether the firmware describes a device or one of its ancestors, by device tree or ACPI. Devices invented by a
/// kernel module have no such description.
fn described(devices: &[Device]) -> bool {
    devices.iter().any(|device| device.has("of_node") || device.has("firmware_node"))
}

/// Combines `0x8086` and `0xa36d` to `8086:a36d`.
fn pci_ids(device: &Device) -> Option<String> {
    let (vendor, product) = (device.attribute("vendor")?, device.attribute("device")?);
    vid_pid(vendor.strip_prefix("0x")?, product.strip_prefix("0x")?)
}

/// The module that created a node without hardware. sysfs does not name it; the attributes it adds identify it.
fn driver_of_attributes(node: &Device) -> Option<&'static str> {
    let added = [("max_openers", "v4l2loopback"), ("controls/connected_devices", "akvcam")];
    added.into_iter().find(|(attribute, _)| node.has(attribute)).map(|(_, driver)| driver)
}
