//! Who may bring a window to the front.

/// Lets the process that takes a link over from this one bring its window to the front. Only Windows asks for this: whoever
/// has no part in the user's last click would only blink in the task bar.
pub fn pass_on() {
    #[cfg(windows)]
    countenance_native::windows::foreground::pass_on();
}
