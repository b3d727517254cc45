//! Progress display for long tasks.

use indicatif::{ProgressBar, ProgressStyle};

/// A progress bar on a terminal, invisible elsewhere; a spinner if the length is unknown.
pub(super) fn bar(length: Option<u64>) -> ProgressBar {
    let bar = length.map_or_else(ProgressBar::no_length, ProgressBar::new);
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
