//! Known drivers, names and IDs: of software that acts as a camera, and of hardware that captures any input.
//!
//! Such lists are never complete, and a name is easily changed; therefore they are used after driver and bus, and can
//! only make a camera virtual. Names are those of the products as their makers and users show them; only the drivers
//! v4l2loopback, vivid and vhci_hcd were tested.

use System::{Linux, MacOs, Windows};

/// The systems on which a name occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum System {
    Linux,
    MacOs,
    Windows,
}

const EVERYWHERE: &[System] = &[Linux, MacOs, Windows];
const DESKTOP: &[System] = &[MacOs, Windows];

/// Why a driver is virtual, if it is. Accepts the driver of a device or host controller, and the name a V4L2 driver
/// reports.
pub(super) fn virtual_driver(driver: &str) -> Option<&'static str> {
    let driver = driver.to_lowercase().replace(['-', ' '], "_");
    VIRTUAL_DRIVERS.iter().find(|(begins, _)| driver.starts_with(begins)).map(|(_, because)| *because)
}

/// Why a name is a virtual camera's, if it is.
pub(super) fn virtual_name(system: System, name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let says = |sought: &str| {
        let sought: Vec<&str> = sought.split(' ').collect();
        words.windows(sought.len()).any(|window| window == sought)
    };
    let found = VIRTUAL_NAMES.iter().find(|(sought, systems, _)| systems.contains(&system) && says(sought));
    found.map(|(_, _, because)| *because)
}

/// Whether a driver or `vvvv:pppp` is a frame grabber's: real hardware that captures any input.
pub(super) fn grabber(drivers: &[String], vid_pid: Option<&str>) -> bool {
    drivers.iter().any(|driver| GRABBER_DRIVERS.contains(&driver.as_str()))
        || vid_pid.is_some_and(|ids| GRABBERS.iter().any(|(known, _)| *known == ids))
}

/// Whether a PCI device is a virtual machine's emulated USB host controller. Those that imitate Intel's or NEC's
/// (VirtualBox, older ones of QEMU) cannot be detected.
pub(super) fn emulated_host(vid_pid: &str) -> bool {
    ["1b36:", "1af4:", "15ad:", "1ab8:", "1414:"].iter().any(|vendor| vid_pid.starts_with(vendor))
}

/// Whether a driver is that of a board's camera interface, which serves a sensor on a ribbon cable.
pub(super) fn camera_interface(driver: &str) -> bool {
    CAMERA_INTERFACES.contains(&driver)
}

/// The name of an image processor whose cameras work only through libcamera, by `vvvv:pppp`, or by its driver if it is
/// newer than the list.
pub(super) fn image_processor(driver: Option<&str>, vid_pid: Option<&str>) -> Option<&'static str> {
    let by_id = vid_pid.and_then(|ids| IMAGE_PROCESSORS.iter().find(|(known, _)| *known == ids));
    let driver = driver.unwrap_or_default().replace('-', "_");
    let by_driver = || IMAGE_PROCESSOR_DRIVERS.iter().find(|(begins, _)| driver.starts_with(begins));
    by_id.or_else(by_driver).map(|(_, name)| *name)
}

/// Prefix of the driver's name (lowercase, with underscores) and what it is. Source: the kernel's
/// `drivers/media/test-drivers`, `drivers/usb/usbip`, `drivers/usb/gadget/udc`; the projects' own modules.
const VIRTUAL_DRIVERS: &[(&str, &str)] = &[
    ("v4l2loopback", "driver v4l2loopback: a program writes the frames"),
    ("v4l2_loopback", "driver v4l2loopback: a program writes the frames"),
    ("vloopback", "driver vloopback: a program writes the frames"),
    ("akvcam", "driver akvcam: a program writes the frames"),
    ("droidcam", "driver of DroidCam: a program writes the frames"),
    ("webcamstudio", "driver of WebcamStudio: a program writes the frames"),
    ("vcam", "driver vcam: a program writes the frames"),
    ("vivid", "driver vivid: the kernel's test images"),
    ("vimc", "driver vimc: the kernel's test images"),
    ("vim2m", "driver vim2m: the kernel's test driver"),
    ("vicodec", "driver vicodec: the kernel's test driver"),
    ("visl", "driver visl: the kernel's test driver"),
    ("vidtv", "driver vidtv: the kernel's test driver"),
    ("vhci_hcd", "USB over IP: the device is at the other end of a socket"),
    ("usbip", "USB over IP: the device is at the other end of a socket"),
    ("dummy_hcd", "dummy_hcd: a program on this machine emulates the USB device"),
    ("dummy_udc", "dummy_hcd: a program on this machine emulates the USB device"),
];

/// Words of the name, the systems on which it occurs, and whose it is.
const VIRTUAL_NAMES: &[(&str, &[System], &str)] = &[
    // Windows itself appends "(Windows Virtual Camera)" to the name of a camera made with MFCreateVirtualCamera.
    ("windows virtual camera", &[Windows], "named by Windows: a virtual camera"),
    ("obs virtual camera", EVERYWHERE, "name of OBS Studio's virtual camera"),
    ("obs camera", EVERYWHERE, "name of OBS Studio's virtual camera"),
    ("droidcam", EVERYWHERE, "name of DroidCam: a phone over network or USB"),
    ("iriun", EVERYWHERE, "name of Iriun: a phone over network or USB"),
    ("epoccam", DESKTOP, "name of EpocCam: a phone over network or USB"),
    ("camo", DESKTOP, "name of Reincubate Camo: a phone over network or USB"),
    ("ivcam", &[Windows], "name of e2eSoft iVCam: a phone over network or USB"),
    ("ip camera adapter", &[Windows], "name of IP Camera Adapter: video from an address"),
    ("ndi video", DESKTOP, "name of NDI tools: video from the network"),
    ("ndi webcam", DESKTOP, "name of NDI tools: video from the network"),
    ("akvcam", EVERYWHERE, "name of akvcam"),
    ("webcamoid", EVERYWHERE, "name of Webcamoid's virtual camera"),
    ("manycam", EVERYWHERE, "name of ManyCam"),
    ("splitcam", DESKTOP, "name of SplitCam"),
    ("xsplit", &[Windows], "name of XSplit"),
    ("xsplitbroadcaster", &[Windows], "name of XSplit"),
    ("e2esoft", &[Windows], "name of e2eSoft VCam"),
    ("snap camera", DESKTOP, "name of Snap Camera"),
    ("mmhmm", DESKTOP, "name of mmhmm"),
    ("nvidia broadcast", &[Windows], "name of NVIDIA Broadcast"),
    ("youcam", &[Windows], "name of CyberLink YouCam"),
    ("perfectcam", &[Windows], "name of CyberLink PerfectCam"),
    ("chromacam", DESKTOP, "name of ChromaCam"),
    ("altercam", DESKTOP, "name of AlterCam"),
    ("fakewebcam", &[Windows], "name of Fake Webcam"),
    ("fake webcam", &[Windows], "name of Fake Webcam"),
    ("vmix video", &[Windows], "name of vMix"),
    ("spoutcam", &[Windows], "name of SpoutCam"),
    ("unity video capture", &[Windows], "name of Unity Video Capture"),
    ("vtubestudiocam", DESKTOP, "name of VTube Studio"),
    ("camtwist", &[MacOs], "name of CamTwist"),
    ("logi capture", DESKTOP, "name of Logitech Capture"),
    ("screen capture recorder", &[Windows], "name of screen-capture-recorder: a screen"),
    ("uscreencapture", &[Windows], "name of UScreenCapture: a screen"),
    ("v4l2loopback", &[Linux], "name of v4l2loopback"),
    ("dummy video device", &[Linux], "default name of v4l2loopback"),
    ("virtual camera", EVERYWHERE, "named a virtual camera"),
    ("virtual webcam", EVERYWHERE, "named a virtual camera"),
    ("virtual cam", EVERYWHERE, "named a virtual camera"),
    ("virtualcam", EVERYWHERE, "named a virtual camera"),
    ("vcam", EVERYWHERE, "named a virtual camera"),
];

/// Drivers of TV and video grabbers, by their kernel names (`drivers/media/pci`, `drivers/media/usb`).
const GRABBER_DRIVERS: &[&str] = &[
    "au0828", "bttv", "cobalt", "cx18", "cx231xx", "cx23885", "cx25821", "cx88xx", "cx8800", "em28xx", "go7007",
    "hdpvr", "ivtv", "mgb4", "pvrusb2", "saa7134", "saa7146", "saa7164", "solo6x10", "stk1160", "tm6000", "tw5864",
    "tw68", "tw686x", "usbtv",
];

/// HDMI grabbers that appear as webcams, by `vvvv:pppp` as reported by users.
const GRABBERS: &[(&str, &str)] = &[
    ("534d:2109", "MacroSilicon MS2109"),
    ("534d:2130", "MacroSilicon MS2130"),
    ("345f:2109", "UltraSemi MS2109S"),
    ("345f:2130", "UltraSemi MS2130"),
    ("345f:2131", "UltraSemi MS2131"),
    ("0fd9:0066", "Elgato Cam Link 4K"),
    ("0fd9:008a", "Elgato HD60 X"),
    ("0fd9:009c", "Elgato 4K X"),
];

/// Drivers of a board's camera interfaces, by their kernel names (`drivers/media/platform`, Raspberry Pi's kernel).
const CAMERA_INTERFACES: &[&str] = &[
    "atmel-isc",
    "bcm2835-unicam",
    "bcm2835-v4l2",
    "imx-media",
    "imx7-csi",
    "mxc-isi",
    "omap3isp",
    "qcom-camss",
    "rcar-vin",
    "rkisp1",
    "rp1-cfe",
    "stm32-dcmi",
    "sun4i-csi",
    "sun6i-csi",
    "tegra-video",
    "unicam",
];

/// Intel's image processors, by `vvvv:pppp`. Source: the kernel's `include/media/ipu6-pci-table.h`,
/// `drivers/media/pci/intel/ipu3/ipu3-cio2.h`, `drivers/staging/media/ipu7/ipu7.h`.
const IMAGE_PROCESSORS: &[(&str, &str)] = &[
    ("8086:9d32", "Intel IPU3"), // Skylake, Kaby Lake
    ("8086:9a19", "Intel IPU6"), // Tiger Lake
    ("8086:4e19", "Intel IPU6"), // Jasper Lake
    ("8086:465d", "Intel IPU6"), // Alder Lake
    ("8086:462e", "Intel IPU6"), // Alder Lake-N
    ("8086:a75d", "Intel IPU6"), // Raptor Lake
    ("8086:7d19", "Intel IPU6"), // Meteor Lake
    ("8086:645d", "Intel IPU7"), // Lunar Lake
    ("8086:b05d", "Intel IPU7"), // Panther Lake
    ("8086:d719", "Intel IPU8"),
];

/// Prefix of their drivers' names, with underscores: of the PCI device, and of the parts below it
/// (`intel_ipu6_isys.isys`).
const IMAGE_PROCESSOR_DRIVERS: &[(&str, &str)] =
    &[("ipu3_", "Intel IPU3"), ("intel_ipu6", "Intel IPU6"), ("intel_ipu7", "Intel IPU7")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognizes_drivers_in_any_spelling() {
        for (driver, known) in [
            ("v4l2loopback", true),
            ("v4l2 loopback", true),
            ("v4l2loopback_dc", true),
            ("akvcam", true),
            ("vivid", true),
            ("vhci_hcd", true),
            ("vhci-hcd", true),
            ("VIMC", true),
            ("uvcvideo", false),
            ("xhci_hcd", false),
            ("unicam", false),
            ("", false),
        ] {
            assert_eq!(virtual_driver(driver).is_some(), known, "{driver}");
        }
    }

    #[test]
    fn matches_names_by_complete_words() {
        for (system, name, known) in [
            (Linux, "OBS Virtual Camera", true),
            (Linux, "Dummy video device (0x0000)", true),
            (Linux, "DroidCam", true),
            (Linux, "My Virtual-Webcam", true),
            (MacOs, "Camo", true),
            (MacOs, "EpocCam Camera (HD)", true),
            (MacOs, "mmhmm Camera", true),
            (Windows, "OBS-Camera", true),
            (Windows, "XSplit VCam", true),
            (Windows, "e2eSoft VCam", true),
            (Windows, "Camera (NVIDIA Broadcast)", true),
            (Windows, "screen-capture-recorder", true),
            (Windows, "UScreenCapture", true),
            (Windows, "Kiosk (Windows Virtual Camera)", true),
            (Linux, "Camouflage Cam", false),
            (Windows, "Camouflage Cam", false),
            (Linux, "Integrated Camera: Integrated C", false),
            (Linux, "HD Pro Webcam C920", false),
            (MacOs, "FaceTime HD Camera", false),
            // Camo is not made for Linux: there the word is any word.
            (Linux, "Camo", false),
            (Linux, "", false),
        ] {
            assert_eq!(virtual_name(system, name).is_some(), known, "{name}");
        }
    }

    #[test]
    fn recognizes_capture_cards_by_driver_or_ids() {
        let drivers = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        for (name, names, ids, known) in [
            ("a webcam", &["uvcvideo", "usb"][..], Some("046d:0825"), false),
            ("an HDMI dongle", &["uvcvideo", "usb"], Some("534d:2109"), true),
            ("a television card", &["bttv"], None, true),
            ("nothing", &[], None, false),
        ] {
            assert_eq!(grabber(&drivers(names), ids), known, "{name}");
        }
        assert!(emulated_host("1b36:000d") && !emulated_host("8086:a36d"));
    }

    #[test]
    fn recognizes_image_processors_by_ids_or_driver() {
        for (driver, ids, name) in [
            (None, Some("8086:a75d"), Some("Intel IPU6")),
            (Some("intel-ipu6"), Some("8086:ffff"), Some("Intel IPU6")),
            (Some("intel_ipu6_isys.isys"), None, Some("Intel IPU6")),
            (Some("intel-ipu7"), Some("8086:d719"), Some("Intel IPU8")),
            (Some("ipu3-imgu"), None, Some("Intel IPU3")),
            (Some("uvcvideo"), Some("046d:0825"), None),
            (Some("xhci_hcd"), Some("8086:a36d"), None),
            (None, None, None),
        ] {
            assert_eq!(image_processor(driver, ids), name, "{driver:?} {ids:?}");
        }
    }

    #[test]
    fn table_entries_are_normalized() {
        for (driver, _) in VIRTUAL_DRIVERS {
            assert!(virtual_driver(driver).is_some(), "{driver}");
        }
        for (name, systems, _) in VIRTUAL_NAMES {
            assert!(
                !systems.is_empty() && systems.iter().all(|system| virtual_name(*system, name).is_some()),
                "{name}"
            );
        }
        for (ids, name) in GRABBERS.iter().chain(IMAGE_PROCESSORS) {
            let (vendor, product) = ids.split_once(':').unwrap();
            assert_eq!(super::super::vid_pid(vendor, product).as_deref(), Some(*ids), "{name}");
        }
    }
}
