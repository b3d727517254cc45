//! What a camera is, from what the system knows of it and not from its label alone: driver, bus, ids, and whether there is
//! hardware behind it.
//!
//! Each system has a reader that turns what it tells into facts ([`linux`], [`macos`], [`windows`]); one rule judges them
//! all (`verdict`), with the drivers, names and ids that are known by heart (`known`).
//!
//! | system | read | what cannot be told |
//! |---|---|---|
//! | Linux | sysfs: node, bus, driver, every device up to the host controller | a kernel module that lies |
//! | macOS | what `AVCaptureDevice` says of itself | a plug-in that copies a USB camera's ids |
//! | Windows | the symbolic link of the device interface | a virtual USB host controller |
//!
//! None of it is proof: whoever owns the machine can make the system say anything. It tells the honest mistake and the
//! ready-made tool from a camera; `camera::signs` looks at the frames themselves.

use countenance_core::protocol::CameraKind;

mod known;
pub mod linux;
pub mod macos;
mod sysfs;
mod verdict;
pub mod windows;

/// What the system knows of a camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// Driver or framework plug-in that gives the pictures.
    pub driver: String,
    /// Where it hangs, as the system names buses and ports; the same after it was unplugged and plugged in again there.
    pub bus_path: Option<String>,
    /// `vvvv:pppp`, lower-case hexadecimal, where it has such ids.
    pub vid_pid: Option<String>,
    /// What follows from all that.
    pub kind: CameraKind,
    /// Why, in a few words of technical English.
    pub because: &'static str,
}

/// Longest text taken over from a device, characters.
const MAX_CHARS: usize = 128;

/// What a device says of itself, fit to be shown and signed: no longer than [`MAX_CHARS`], and with a sign in place of each
/// character that a terminal or a window would obey.
fn clean(text: &str) -> String {
    let obeyed = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.trim().chars().take(MAX_CHARS).map(|c| if obeyed(c) { '\u{fffd}' } else { c }).collect()
}

/// `vvvv:pppp` of two hexadecimal numbers of 16 bits.
fn vid_pid(vendor: &str, product: &str) -> Option<String> {
    // A sign before the digits is none of ours.
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
    fn texts_are_cut_and_obey_nothing() {
        assert_eq!(clean("  Desk Cam\n"), "Desk Cam");
        assert_eq!(clean("a\u{202e}b\0c"), "a\u{fffd}b\u{fffd}c");
        assert_eq!(clean(&"é".repeat(500)).chars().count(), MAX_CHARS);
    }

    #[test]
    fn ids_are_four_digits_each() {
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
