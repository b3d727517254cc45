//! The camera failed: each condition its own cause and its own fix.

use eframe::egui::Ui;

use super::super::{Ask, layout, marks::Mark};
use super::{View, setback};
use crate::runner::CameraFault;

pub(super) fn show(ui: &mut Ui, view: &View<'_>, fault: CameraFault) -> Option<Ask> {
    let (title, body, fix) = match fault {
        CameraFault::Denied => ("camera-denied-title", "camera-denied-body", DENIED_FIX),
        CameraFault::Busy => ("camera-busy-title", "camera-busy-body", "camera-busy-fix"),
        CameraFault::Absent => ("camera-absent-title", "camera-absent-body", "camera-absent-fix"),
        CameraFault::Unsupported => ("camera-unsupported-title", "camera-unsupported-body", "camera-unsupported-fix"),
        CameraFault::Lost => ("camera-lost-title", "camera-lost-body", "camera-lost-fix"),
        CameraFault::NotPinned | CameraFault::NotAllowed => {
            ("camera-unsupported-title", "camera-unsupported-body", "camera-unsupported-fix")
        }
        CameraFault::TooSlow
        | CameraFault::Black
        | CameraFault::Frozen
        | CameraFault::TimeBackwards
        | CameraFault::Stalled => ("camera-stalled-title", "camera-stalled-body", "camera-stalled-fix"),
        CameraFault::Recording => ("camera-recording-title", "camera-recording-body", "camera-recording-fix"),
    };
    let ask = setback::again_or_stop(ui, view);
    layout::content(ui, view.words, view.theme, |pen| {
        pen.verdict(Mark::Camera, title, body);
        pen.gap(8.0);
        pen.card(|pen| pen.body(fix));
        pen.announce_all(&[title, body, fix], true);
    });
    ask
}

/// Where this system keeps the permission.
const DENIED_FIX: &str = if cfg!(target_os = "macos") {
    "camera-denied-fix-macos"
} else if cfg!(windows) {
    "camera-denied-fix-windows"
} else {
    "camera-denied-fix-linux"
};
