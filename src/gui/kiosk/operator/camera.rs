//! The operator's choice of camera: which one, whether no other is accepted, and how its image is turned.

use eframe::egui::{Align, Button, Role, Stroke, Vec2, WidgetInfo};

use super::{KioskAsk, Shown};
use crate::{Ask, cameras, theme::RADIUS, widgets::Widgets};
use countenance_client::settings::{CAMERA_TURNS_DEG, Settings};

/// What of the camera the configuration decides, so that nobody can choose it at the kiosk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CameraFixed {
    /// Which camera.
    pub camera: bool,
    /// How its image is turned.
    pub turn: bool,
}

/// Draws all of it; returns what was chosen.
pub(super) fn show(widgets: &mut Widgets<'_>, shown: &Shown<'_>) -> Option<KioskAsk> {
    let (state, fixed) = (&shown.view.state, shown.front.camera_fixed);
    if state.plays_recording {
        widgets.soft("capture-recording");
        return None;
    }
    let mut wanted = Settings::clone(&state.settings);
    label(widgets, "settings-camera");
    which(widgets, shown, &mut wanted);
    label(widgets, "settings-camera-turn");
    turn(widgets, fixed.turn, &mut wanted);
    if shown.front.not_kept {
        let text = widgets.words.say("settings-not-saved");
        widgets.write(&text, widgets.theme.body(), widgets.theme.tokens.danger, Align::Min);
        widgets.announce("not-kept", &text, true);
    }
    (wanted != *state.settings).then(|| KioskAsk::SignIn(Ask::Change(Box::new(wanted))))
}

fn label(widgets: &mut Widgets<'_>, id: &str) {
    let label = widgets.words.say(id);
    widgets.write(&label, widgets.theme.strong(), widgets.theme.tokens.text, Align::Min);
}

/// The cameras, the one in use marked, and whether no other is accepted.
fn which(widgets: &mut Widgets<'_>, shown: &Shown<'_>, wanted: &mut Settings) {
    let (state, is_fixed) = (&shown.view.state, shown.front.camera_fixed.camera);
    if is_fixed {
        widgets.soft("kiosk-camera-fixed");
    }
    let width = widgets.ui.available_width();
    let used = cameras::used(&state.settings, &state.cameras).map(|camera| camera.id.clone());
    let names = cameras::names(&state.cameras, widgets.words);
    for (name, camera) in names.iter().zip(&state.cameras) {
        let is_used = used.as_deref() == Some(camera.id.as_str());
        if option(widgets, name, is_used, !is_fixed, width) && !is_used {
            wanted.camera = Some(camera.id.clone());
        }
    }
    let pin = widgets.words.say("kiosk-camera-pin");
    let is_pinned = state.settings.camera_pinned;
    // There must be one to accept.
    if option(widgets, &pin, is_pinned, !is_fixed && (is_pinned || used.is_some()), width) {
        wanted.camera_pinned = !is_pinned;
        if wanted.camera_pinned {
            wanted.camera = used;
        }
    }
}

/// The four ways up.
fn turn(widgets: &mut Widgets<'_>, is_fixed: bool, wanted: &mut Settings) {
    if is_fixed {
        widgets.soft("kiosk-camera-fixed");
    }
    let now = wanted.camera_turn_deg;
    // Two in a row where four are too narrow for their text.
    let columns = if widgets.ui.available_width() > 480.0 * widgets.theme.scale { 4 } else { 2 };
    let width = widgets.ui.available_width() / columns as f32 - 8.0;
    for row in CAMERA_TURNS_DEG.chunks(columns) {
        widgets.row(|widgets| {
            for degrees in row {
                if option(widgets, &format!("{degrees}°"), now == *degrees, !is_fixed, width) {
                    wanted.camera_turn_deg = *degrees;
                }
            }
        });
    }
}

fn option(widgets: &mut Widgets<'_>, name: &str, is_used: bool, is_enabled: bool, width: f32) -> bool {
    let t = widgets.theme.tokens;
    let line = if is_used { Stroke::new(3.0, t.accent) } else { Stroke::new(1.5, t.line) };
    let text = widgets.line(name, widgets.theme.strong(), t.text, width - 32.0);
    let button = Button::new(text)
        .fill(t.surface)
        .stroke(line)
        .corner_radius(RADIUS)
        .wrap()
        .min_size(Vec2::new(width, widgets.theme.touch));
    let response = widgets.ui.add_enabled(is_enabled, button);
    response.widget_info(|| WidgetInfo::selected(Role::Button, is_enabled, is_used, name));
    widgets.focus_ring(&response);
    response.clicked()
}
