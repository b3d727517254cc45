//! Camera hotplug and the user's choice of camera.

use std::{sync::Arc, time::Duration};

use eframe::egui::Context;

use super::{
    super::{Page, cameras, hotplug::HotplugMonitor},
    App, Command, Screen, Settings, wake,
};
use countenance_client::runner::CameraErrorKind;

impl App {
    /// Sets the polling interval for connected cameras.
    pub fn look_for_cameras_each(&mut self, ctx: &Context, interval: Duration) {
        self.hotplug = HotplugMonitor::new(Arc::clone(&self.context.cameras), interval, wake(ctx));
    }

    /// Polls for cameras while the current screen needs them.
    pub(super) fn watch_cameras(&mut self) {
        let is_needed = match self.state.page {
            Page::Main => !self.state.plays_recording && self.state.screen.needs_cameras(),
            Page::Settings => true,
            Page::Diagnostics | Page::About => false,
        };
        self.hotplug.watch(is_needed);
    }

    /// Applies the newest list of cameras. If a camera appears after a failure, retries automatically.
    pub(super) fn hear_of_cameras(&mut self, ctx: &Context) {
        let Some(change) = self.hotplug.poll() else { return };
        self.state.cameras = change.cameras;
        let Screen::Camera { fault, .. } = self.state.screen else { return };
        if change.came && self.state.page == Page::Main && !fault.is_of_recording() {
            self.hotplug.tries();
            self.command(ctx, Command::TryAgain);
            self.state.screen = std::mem::take(&mut self.state.screen).because_a_camera_came();
        } else if self.state.failed_camera.is_none() && !is_missing(fault) {
            self.state.failed_camera = self.camera_in_use();
        }
    }

    /// Records the failure of the camera in use, as far as it is known which one that is.
    pub(super) fn camera_failed(&mut self, fault: CameraErrorKind) {
        let in_use = self.camera_in_use().filter(|_| self.hotplug.has_looked());
        self.hotplug.failed(fault, in_use.as_deref());
        let none =
            matches!(fault, CameraErrorKind::Absent | CameraErrorKind::NeedsLibcamera | CameraErrorKind::NoPortal);
        self.state.failed_camera = in_use.filter(|_| !none);
    }

    /// Switches to the camera. After a failure, tries it at once.
    pub(super) fn use_camera(&mut self, ctx: &Context, id: String) {
        self.change(ctx, Settings { camera: Some(id), ..Settings::clone(&self.state.settings) });
        if matches!(self.state.screen, Screen::Camera { .. }) {
            self.command(ctx, Command::TryAgain);
        }
    }

    fn camera_in_use(&self) -> Option<String> {
        cameras::used(&self.state.settings, &self.state.cameras).map(|camera| camera.id.clone())
    }
}

/// Whether the two settings lead to different images.
pub(super) fn differ(a: &Settings, b: &Settings) -> bool {
    let camera =
        |s: &Settings| (s.camera.clone(), s.camera_pinned, s.camera_turn_deg, s.camera_mirrored, s.camera_testing);
    camera(a) != camera(b)
}

/// Whether the fault means that the camera is not connected.
fn is_missing(fault: CameraErrorKind) -> bool {
    use CameraErrorKind::{Absent, Lost, NeedsLibcamera, NoPortal, NotPinned};
    matches!(fault, Absent | NeedsLibcamera | NoPortal | Lost | NotPinned)
}
