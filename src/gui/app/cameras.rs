//! Cameras that come and go, and the person's choice among them.

use std::{sync::Arc, time::Duration};

use eframe::egui::Context;

use super::{
    super::{Page, cameras, hotplug::HotplugMonitor},
    App, Command, Screen, Settings, wake,
};
use countenance_client::runner::CameraErrorKind;

impl App {
    /// Looks at the plugs each `interval` from now on.
    pub fn look_for_cameras_each(&mut self, ctx: &Context, interval: Duration) {
        self.hotplug = HotplugMonitor::new(Arc::clone(&self.context.cameras), interval, wake(ctx));
    }

    /// Looks at the plugs while a page needs to know.
    pub(super) fn watch_cameras(&mut self) {
        let is_needed = match self.state.page {
            Page::Main => !self.state.plays_recording && self.state.screen.needs_cameras(),
            Page::Settings => true,
            Page::Diagnostics | Page::About => false,
        };
        self.hotplug.watch(is_needed);
    }

    /// Takes the newest list of cameras. One that came where one failed is worth another try, unasked.
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

    /// The camera failed: which one it was, as far as that is known.
    pub(super) fn camera_failed(&mut self, fault: CameraErrorKind) {
        let in_use = self.camera_in_use().filter(|_| self.hotplug.has_looked());
        self.hotplug.failed(fault, in_use.as_deref());
        self.state.failed_camera = in_use.filter(|_| fault != CameraErrorKind::Absent);
    }

    /// Uses the camera from now on. Where one has failed, this one is tried at once.
    pub(super) fn use_camera(&mut self, ctx: &Context, id: String) {
        self.change(ctx, Settings { camera: Some(id), ..self.state.settings.clone() });
        if matches!(self.state.screen, Screen::Camera { .. }) {
            self.command(ctx, Command::TryAgain);
        }
    }

    fn camera_in_use(&self) -> Option<String> {
        cameras::used(&self.state.settings, &self.state.cameras).map(|camera| camera.id.clone())
    }
}

/// Whether two choices ask for different pictures.
pub(super) fn differ(a: &Settings, b: &Settings) -> bool {
    let camera =
        |s: &Settings| (s.camera.clone(), s.camera_pinned, s.camera_turn_deg, s.camera_mirrored, s.camera_testing);
    camera(a) != camera(b)
}

/// Whether the camera that failed is not there.
fn is_missing(fault: CameraErrorKind) -> bool {
    matches!(fault, CameraErrorKind::Absent | CameraErrorKind::Lost | CameraErrorKind::NotPinned)
}
