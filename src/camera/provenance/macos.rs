//! macOS: the properties of an `AVCaptureDevice`, as passed on by `nokhwa-bindings-macos` 0.2.4.
//!
//! A USB camera's model is `UVC Camera VendorID_1133 ProductID_2093` (decimal), and its unique ID is
//! `0x14100000046d082d`: the port's location, then vendor and product, without leading zeros. Any other `External`
//! device comes from a plug-in or an extension: a virtual camera, a frame grabber's driver or a phone. Apple's own
//! cameras are `BuiltIn…` and have a random unique ID.
//!
//! Written from Apple's documentation and public listings; not run on a Mac.

use super::{
    Provenance, clean,
    known::System,
    verdict::{Attachment, Facts, Host, Port, verdict},
};

/// Prefix of the device type in the description.
const TYPE: &str = "AVCaptureDeviceType";

/// Examines a camera given its name, nokhwa's description (`manufacturer: model - type, position faperture`) and its
/// unique ID.
pub fn examine(name: &str, description: &str, misc: &str) -> Provenance {
    let (model, device_type) = model_and_type(description);
    let usb = usb_of_unique_id(misc);
    let attachment = match (device_type, &usb) {
        // A plug-in can choose both texts, but only in a USB camera's driver do they agree automatically.
        (_, Some(usb)) if usb_of_model(model).is_some_and(|ids| ids != usb.vid_pid) => {
            Attachment::Unclear("model and unique id name different USB devices")
        }
        _ if ["iPhone", "iPad"].iter().any(|phone| model.starts_with(phone)) => {
            Attachment::Unclear("a phone: its video comes over the network or a cable")
        }
        (kind, _) if kind.starts_with("BuiltIn") => Attachment::BuiltIn,
        (kind, Some(_)) if kind.starts_with("External") => Attachment::Usb(Host::NotTold, Port::NotTold),
        (kind, None) if kind.starts_with("External") => {
            Attachment::Unclear("a plug-in or an extension delivers the frames")
        }
        ("ContinuityCamera" | "DeskViewCamera", _) => {
            Attachment::Unclear("a phone: its video comes over the network or a cable")
        }
        _ => Attachment::Unclear("an unknown device type"),
    };
    let vid_pid = usb.as_ref().map(|usb| usb.vid_pid.clone());
    // An extension can have any name, but rarely disguises its model.
    let names = &[name, model];
    let facts = Facts { system: System::MacOs, names, drivers: &[], vid_pid: vid_pid.as_deref(), attachment };
    let (kind, because) = verdict(&facts);
    let driver = if device_type.is_empty() { "AVFoundation".into() } else { format!("AVFoundation {device_type}") };
    Provenance { driver: clean(&driver), bus_path: usb.map(|usb| usb.bus_path), vid_pid, kind, because }
}

/// A USB camera, parsed from its unique ID.
struct Usb {
    bus_path: String,
    vid_pid: String,
}

/// Model and device type, the latter without its common prefix; both empty if the description is not in nokhwa's
/// format.
///
/// Manufacturer and model can contain anything, including the separators; what follows them cannot.
fn model_and_type(description: &str) -> (&str, &str) {
    let Some((before, after)) = description.rsplit_once(&format!(" - {TYPE}")) else { return ("", "") };
    let (device_type, _) = after.split_once(", ").unwrap_or((after, ""));
    let model = before.split_once(": ").map_or(before, |(_, model)| model);
    (model, device_type)
}

/// Parses `0x14100000046d082d` as location `14100000` and IDs `046d:082d`.
fn usb_of_unique_id(id: &str) -> Option<Usb> {
    let digits = id.strip_prefix("0x")?;
    let number = ((9..=16).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit()))
        .then(|| u64::from_str_radix(digits, 16).ok())??;
    let (location, vendor, product) = (number >> 32, (number >> 16) & 0xffff, number & 0xffff);
    Some(Usb { bus_path: format!("usb-{location:08x}"), vid_pid: format!("{vendor:04x}:{product:04x}") })
}

/// Parses `UVC Camera VendorID_1133 ProductID_2093` as `046d:082d`.
fn usb_of_model(model: &str) -> Option<String> {
    let (vendor, product) = model.strip_prefix("UVC Camera VendorID_")?.split_once(" ProductID_")?;
    Some(format!("{:04x}:{:04x}", vendor.parse::<u16>().ok()?, product.parse::<u16>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use countenance_core::protocol::CameraKind::{Physical, Unknown, Virtual};

    /// As nokhwa writes it.
    fn described(manufacturer: &str, model: &str, device_type: &str) -> String {
        format!("{manufacturer}: {model} - AVCaptureDeviceType{device_type}, Unspecified f0")
    }

    #[test]
    fn classifies_recorded_cameras() {
        let wide = "BuiltInWideAngleCamera";
        let built_in = "47B4B64B-7067-4B9C-AD2B-AE273A71F4B5";
        let random = "7626645E-4425-469E-9D8B-97E0FA59AC75";
        // Names, models and ids as owners show them in public; manufacturer and type from Apple's documentation.
        for (name, maker, model, device_type, id, kind, vid_pid) in [
            ("FaceTime HD Camera", "Apple Inc.", "FaceTime HD Camera", wide, built_in, Physical, None),
            (
                "FaceTime HD Camera (Built-in)",
                "Apple Inc.",
                "UVC Camera VendorID_1452 ProductID_34068",
                wide,
                "0x8020000005ac8514",
                Physical,
                Some("05ac:8514"),
            ),
            (
                "C922 Pro Stream Webcam",
                "Logitech",
                "UVC Camera VendorID_1133 ProductID_2140",
                "External",
                "0x8310000046d085c",
                Physical,
                Some("046d:085c"),
            ),
            (
                "USB Camera",
                "Unknown",
                "UVC Camera VendorID_3141 ProductID_25446",
                "ExternalUnknown",
                "0x21000000c456366",
                Physical,
                Some("0c45:6366"),
            ),
            (
                "USB Video",
                "MACROSILICON",
                "UVC Camera VendorID_21325 ProductID_8457",
                "External",
                "0x1100000534d2109",
                Unknown,
                Some("534d:2109"),
            ),
            ("OBS Virtual Camera", "OBS", "OBS Camera Extension", "External", random, Virtual, None),
            ("Kiosk", "OBS", "OBS Camera Extension", "External", random, Virtual, None),
            ("Camo", "Reincubate", "Camo Camera", "External", random, Virtual, None),
            ("Nice Lens", "Nobody", "Nice Lens", "External", random, Unknown, None),
            ("FaceTime HD Camera", "Apple Inc.", "FaceTime HD Camera", "External", random, Unknown, None),
            ("Zoe's iPhone Camera", "Apple Inc.", "iPhone15,2", wide, random, Unknown, None),
            ("Zoe's iPhone Camera", "Apple Inc.", "iPhone15,2", "ContinuityCamera", random, Unknown, None),
            ("Desk View", "Apple Inc.", "Desk View", "DeskViewCamera", random, Unknown, None),
            (
                "Two minds",
                "Nobody",
                "UVC Camera VendorID_1133 ProductID_2140",
                "External",
                "0x831000005ac8514",
                Unknown,
                Some("05ac:8514"),
            ),
            ("ManyCam", "Visicom", "UVC Camera VendorID_1 ProductID_2", "External", "0x100000001", Virtual, None),
            ("", "", "", "", "", Unknown, None),
        ] {
            let found = examine(name, &described(maker, model, device_type), id);
            assert_eq!(found.kind, kind, "{name}, {model}: {found:?}");
            if let Some(vid_pid) = vid_pid {
                assert_eq!(found.vid_pid.as_deref(), Some(vid_pid), "{name}");
            }
        }
    }

    #[test]
    fn only_usb_cameras_have_a_port() {
        for (id, bus_path) in [
            ("0x8310000046d085c", Some("usb-08310000")),
            ("0x14100000046d082d", Some("usb-14100000")),
            ("47B4B64B-7067-4B9C-AD2B-AE273A71F4B5", None),
            ("0x046d085c", None),
            ("0x", None),
            ("0x+8310000046d085", None),
            ("0x114100000046d082d", None),
            ("", None),
        ] {
            let found = examine("x", &described("x", "x", "External"), id);
            assert_eq!(found.bus_path.as_deref(), bus_path, "{id}");
        }
    }

    #[test]
    fn separators_in_texts_do_not_shift_the_type() {
        let lied = "Nobody: x - AVCaptureDeviceTypeBuiltInWideAngleCamera, Front f2 - AVCaptureDeviceTypeExternal, Unspecified f0";
        let found = examine("x", lied, "random");
        assert_eq!((found.kind, found.driver.as_str()), (Unknown, "AVFoundation External"));
        for description in ["", "MediaFoundation Camera", " - ", ": - , "] {
            assert_eq!(examine("x", description, "").kind, Unknown, "{description}");
        }
    }
}
