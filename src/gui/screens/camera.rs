//! Camera failure: cause and fix for each condition.

use eframe::egui::Ui;

use super::super::{Ask, layout, marks::Mark};
use super::{View, camera_menu, failure};
use countenance_client::runner::CameraErrorKind;

/// The messages for a failure: what is wrong, why, and what to do.
pub(in super::super) fn messages(kind: CameraErrorKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        CameraErrorKind::Denied => ("camera-denied-title", "camera-denied-body", DENIED_FIX),
        CameraErrorKind::Busy => ("camera-busy-title", "camera-busy-body", "camera-busy-fix"),
        CameraErrorKind::Absent => ("camera-absent-title", "camera-absent-body", "camera-absent-fix"),
        CameraErrorKind::NeedsLibcamera => ("camera-libcamera-title", "camera-libcamera-body", "camera-libcamera-fix"),
        CameraErrorKind::DeniedByDesktop => ("camera-denied-title", "camera-denied-body", "camera-denied-fix-desktop"),
        CameraErrorKind::Asking => ("camera-asking-title", "camera-asking-body", "camera-asking-fix"),
        CameraErrorKind::NoPortal => ("camera-portal-title", "camera-portal-body", "camera-portal-fix"),
        CameraErrorKind::Unsupported => {
            ("camera-unsupported-title", "camera-unsupported-body", "camera-unsupported-fix")
        }
        CameraErrorKind::Lost => ("camera-lost-title", "camera-lost-body", "camera-lost-fix"),
        CameraErrorKind::Stalled => ("camera-stalled-title", "camera-stalled-body", "camera-stalled-fix"),
        CameraErrorKind::NotPinned => ("camera-not-pinned-title", "camera-not-pinned-body", "camera-not-pinned-fix"),
        CameraErrorKind::TooSlow => ("camera-slow-title", "camera-slow-body", "camera-slow-fix"),
        CameraErrorKind::Black => ("camera-black-title", "camera-black-body", "camera-black-fix"),
        CameraErrorKind::Frozen => ("camera-frozen-title", "camera-frozen-body", "camera-frozen-fix"),
        CameraErrorKind::Monochrome => ("camera-monochrome-title", "camera-monochrome-body", "camera-monochrome-fix"),
        CameraErrorKind::TimeBackwards => ("camera-clock-title", "camera-clock-body", "camera-clock-fix"),
        CameraErrorKind::Virtual
        | CameraErrorKind::NotKnown
        | CameraErrorKind::Injected
        | CameraErrorKind::NotQualified => {
            ("camera-not-allowed-title", "camera-not-allowed-body", "camera-not-allowed-fix")
        }
        CameraErrorKind::Ended | CameraErrorKind::Recording => {
            ("camera-recording-title", "camera-recording-body", "camera-recording-fix")
        }
    }
}

pub(super) fn show(ui: &mut Ui, view: &View<'_>, kind: CameraErrorKind) -> Option<Ask> {
    let (title, body, fix) = messages(kind);
    let is_kiosk = view.state.kiosk.is_some();
    // Its visitors plug nothing in, and choose no camera.
    let (body, fix) = if is_kiosk { ("kiosk-camera-body", "kiosk-camera-fix") } else { (body, fix) };
    let ask = failure::again_or_stop(
        ui,
        view,
        true,
        |widgets| {
            if is_kiosk { None } else { camera_menu::another(widgets, view) }
        },
    );
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.verdict(Mark::Camera, title, body);
        widgets.gap(8.0);
        widgets.card(|widgets| widgets.body(fix));
        widgets.announce_all(&[title, body, fix], true);
    });
    ask
}

/// How to grant camera access on this system.
const DENIED_FIX: &str = if cfg!(target_os = "macos") {
    "camera-denied-fix-macos"
} else if cfg!(windows) {
    "camera-denied-fix-windows"
} else {
    "camera-denied-fix-linux"
};
