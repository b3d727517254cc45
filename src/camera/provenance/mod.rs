//! The origin of a camera, from what the system reports and not only from its name: driver, bus, IDs, and whether there
//! is hardware behind it.
//!
//! A reader per system turns what it reports into facts ([`linux`], [`macos`], [`windows`]); one rule judges all of
//! them (`verdict`), using lists of known drivers, names and IDs (`known`).
//!
//! | system | source | cannot be detected |
//! |---|---|---|
//! | Linux | sysfs: node, bus, driver, every device up to the host controller | a kernel module that reports false data |
//! | macOS | the properties of `AVCaptureDevice` | a plug-in that copies a USB camera's IDs |
//! | Windows | the symbolic link of the device interface | a virtual USB host controller |
//!
//! None of this is proof: the machine's owner can make the system report anything. It detects mistakes and
//! off-the-shelf tools; [`injection`](crate::injection) examines the frames themselves.

use countenance_core::protocol::CameraKind;

mod known;
pub mod linux;
pub mod macos;
mod sysfs;
mod verdict;
pub mod windows;

/// What the system reports about a camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// Driver or framework plug-in that delivers the frames.
    pub driver: String,
    /// Bus path as the system names buses and ports; unchanged after reconnecting at the same port.
    pub bus_path: Option<String>,
    /// USB or PCI IDs `vvvv:pppp`, lowercase hexadecimal, if it has them.
    pub vid_pid: Option<String>,
    /// The conclusion.
    pub kind: CameraKind,
    /// The reason, in a few words of technical English.
    pub because: &'static str,
}

/// Maximum length of a text taken from a device, characters.
const MAX_CHARS: usize = 128;

/// Sanitizes text from a device for display and signing: at most [`MAX_CHARS`], with a visible sign in place of each
/// control character.
pub(crate) fn clean(text: &str) -> String {
    let obeyed = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.trim().chars().take(MAX_CHARS).map(|c| if obeyed(c) { '\u{fffd}' } else { c }).collect()
}

/// Formats two 16-bit hexadecimal numbers as `vvvv:pppp`.
fn vid_pid(vendor: &str, product: &str) -> Option<String> {
    // Rejects a sign before the digits.
    let four = |text: &str| {
        let digits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_hexdigit());
        digits.then(|| text.to_lowercase())
    };
    Some(format!("{}:{}", four(vendor)?, four(product)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn truncates_and_sanitizes_device_texts() {
        assert_eq!(clean("  Desk Cam\n"), "Desk Cam");
        assert_eq!(clean("a\u{202e}b\0c"), "a\u{fffd}b\u{fffd}c");
        assert_eq!(clean(&"é".repeat(500)).chars().count(), MAX_CHARS);
    }

    #[test]
    fn formats_ids_with_four_digits_each() {
        for (vendor, product, ids) in [
            ("046D", "0825", Some("046d:0825")),
            ("46d", "0825", None),
            ("+46d", "0825", None),
            ("046d", "08255", None),
            ("046d", "zzzz", None),
            ("", "", None),
        ] {
            assert_eq!(vid_pid(vendor, product).as_deref(), ids, "{vendor} {product}");
        }
    }
}
