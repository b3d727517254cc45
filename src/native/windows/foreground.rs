//! Who may bring a window to the front.
//!
//! Windows lets only some processes do so, among them what a browser has just started for a click. Such a process may pass
//! that on.

use windows_sys::Win32::UI::WindowsAndMessaging::{ASFW_ANY, AllowSetForegroundWindow};

/// Lets any process of the desktop bring a window to the front until the user's next input, if this process may.
pub fn pass_on() {
    // SAFETY: no memory is passed. Without the right nothing changes.
    unsafe { AllowSetForegroundWindow(ASFW_ANY) };
}
