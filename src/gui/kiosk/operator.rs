//! The operator's screen: the camera's picture with what it measures, choice of camera, diagnostics, restart.

use eframe::egui::{Align, Button, Role, Sense, Stroke, Ui, Vec2, WidgetInfo};

use super::{
    OperatorAsk,
    view::{KioskAsk, Shown},
};
use crate::{
    Ask, cameras, layout, preview,
    screen::Screen,
    screens,
    theme::{PREVIEW_RADIUS, RADIUS},
    widgets::{ButtonStyle, Widgets},
    words::Arg,
};
use countenance_core::protocol::QualityClaim;

/// Width of a face, centimeters, over twice the tangent of half the horizontal angle of view: 15 cm and 70°, a usual
/// webcam. Only an estimate: cameras from 55° to 90° are sold.
const WIDTH_OVER_VIEW_CM: f32 = 10.7;

pub(super) fn show(ui: &mut Ui, shown: &Shown<'_>) -> Option<KioskAsk> {
    let view = shown.view;
    let mut asked = layout::actions(ui, view.words, view.theme, |widgets| {
        widgets.button(ButtonStyle::Primary, "kiosk-operator-close").then_some(KioskAsk::Back)
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.title("kiosk-operator-title");
        picture(widgets, shown);
        let is_looking = matches!(view.state.screen, Screen::Trying(_));
        if !is_looking && widgets.button(ButtonStyle::Secondary, "ready-try-camera") {
            asked = Some(KioskAsk::Picture(true));
        }
        if let Some(ask) = camera_list(widgets, shown) {
            asked = Some(ask);
        }
        widgets.gap(8.0);
        findings(widgets, shown);
        widgets.gap(8.0);
        for (id, ask) in [
            ("kiosk-restart", OperatorAsk::Restart),
            ("kiosk-reboot", OperatorAsk::Reboot),
            ("kiosk-quit", OperatorAsk::Quit),
        ] {
            if widgets.button(ButtonStyle::Secondary, id) {
                asked = Some(KioskAsk::Operate(ask));
            }
        }
    });
    asked
}

/// The camera's picture, and what is measured in it; or what is wrong with the camera.
fn picture(widgets: &mut Widgets<'_>, shown: &Shown<'_>) {
    let view = shown.view;
    if let Screen::Camera { fault, .. } = &view.state.screen {
        let (title, _, fix) = screens::camera::messages(*fault);
        let title = widgets.words.say(title);
        widgets.write(&title, widgets.theme.strong(), widgets.theme.tokens.danger, Align::Min);
        widgets.body(fix);
        return;
    }
    if !matches!(view.state.screen, Screen::Trying(_)) {
        return;
    }
    let height = 340.0 * widgets.theme.scale.min(1.5);
    let rect = preview::place(widgets.ui.available_rect_before_wrap(), height);
    let response = widgets.ui.allocate_rect(rect, Sense::hover());
    let name = widgets.words.say("camera-test-title");
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    widgets.ui.painter().rect_filled(rect, PREVIEW_RADIUS, view.theme.tokens.surface);
    view.preview.paint(&widgets.ui.painter().clone(), rect, PREVIEW_RADIUS);
    preview::guide(&widgets.ui.painter().clone(), rect, 0.0, view.theme);
    let text = match shown.front.measured {
        Some(measured) => measures(widgets, &measured),
        None => widgets.words.say("kiosk-operator-no-face"),
    };
    widgets.write(&text, widgets.theme.body(), widgets.theme.tokens.text, Align::Min);
}

/// Size of the face, distance and light.
fn measures(widgets: &Widgets<'_>, measured: &QualityClaim) -> String {
    let whole = |value: f32| value.clamp(0.0, 9_999.0).round() as u32;
    let distance_cm = whole(WIDTH_OVER_VIEW_CM / measured.face_ratio.max(0.01));
    let args = [
        ("face", Arg::Number(whole(measured.face_ratio * 100.0))),
        ("distance", Arg::Number(distance_cm)),
        ("light", Arg::Number(whole(measured.luma))),
    ];
    widgets.say_with("kiosk-operator-measures", &args)
}

/// The cameras; the one in use is marked.
fn camera_list(widgets: &mut Widgets<'_>, shown: &Shown<'_>) -> Option<KioskAsk> {
    let state = &shown.view.state;
    if state.plays_recording {
        widgets.soft("capture-recording");
        return None;
    }
    let label = widgets.words.say("settings-camera");
    widgets.write(&label, widgets.theme.strong(), widgets.theme.tokens.text, Align::Min);
    if state.settings.camera_pinned {
        widgets.soft("settings-camera-pinned");
    }
    let used = cameras::used(&state.settings, &state.cameras).map(|camera| camera.id.as_str());
    let names = cameras::names(&state.cameras, widgets.words);
    let mut asked = None;
    for (name, camera) in names.iter().zip(&state.cameras) {
        let is_used = used == Some(camera.id.as_str());
        if option(widgets, name, is_used, !state.settings.camera_pinned) && !is_used {
            asked = Some(KioskAsk::SignIn(Ask::UseCamera(camera.id.clone())));
        }
    }
    asked
}

fn option(widgets: &mut Widgets<'_>, name: &str, is_used: bool, is_enabled: bool) -> bool {
    let (t, width) = (widgets.theme.tokens, widgets.ui.available_width());
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

fn findings(widgets: &mut Widgets<'_>, shown: &Shown<'_>) {
    let label = widgets.words.say("settings-diagnostics");
    widgets.write(&label, widgets.theme.strong(), widgets.theme.tokens.text, Align::Min);
    match &shown.view.state.findings {
        None => widgets.body("diagnostics-running"),
        Some(findings) => findings.iter().for_each(|finding| screens::diagnostics::one(widgets, finding)),
    }
}
