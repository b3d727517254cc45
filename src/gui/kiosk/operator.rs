//! The operator's screen: the camera's picture with what it measures, choice of camera, measuring the site, diagnostics,
//! restart.

use eframe::egui::{Align, Role, Sense, Ui, WidgetInfo};

use super::{
    OperatorAsk,
    view::{KioskAsk, Shown},
};
use crate::{
    layout, preview,
    screen::Screen,
    screens,
    theme::PREVIEW_RADIUS,
    widgets::{ButtonStyle, Widgets},
    words::Arg,
};
use countenance_core::protocol::QualityClaim;

mod camera;

pub use camera::CameraFixed;

/// Width of a face, centimeters, over twice the tangent of half the angle of view along the image's longer side: 15 cm
/// and 70°, a usual webcam. Only an estimate: cameras from 55° to 90° are sold.
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
        if let Some(ask) = camera::show(widgets, shown) {
            asked = Some(ask);
        }
        widgets.gap(8.0);
        if widgets.button(ButtonStyle::Secondary, "kiosk-qualify") {
            asked = Some(KioskAsk::Qualify);
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
pub(super) fn picture(widgets: &mut Widgets<'_>, shown: &Shown<'_>) {
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
        Some(measured) => measures(widgets, &measured, view.preview.size()),
        None => widgets.words.say("kiosk-operator-no-face"),
    };
    widgets.write(&text, widgets.theme.body(), widgets.theme.tokens.text, Align::Min);
}

/// Size of the face, distance and light, in an image of `size` pixels.
fn measures(widgets: &Widgets<'_>, measured: &QualityClaim, size: Option<[u32; 2]>) -> String {
    let whole = |value: f32| value.clamp(0.0, 9_999.0).round() as u32;
    let distance_cm = whole(distance_cm(measured.face_ratio, size));
    let args = [
        ("face", Arg::Number(whole(measured.face_ratio * 100.0))),
        ("distance", Arg::Number(distance_cm)),
        ("light", Arg::Number(whole(measured.luma))),
    ];
    widgets.say_with("kiosk-operator-measures", &args)
}

/// The estimated distance of a face that takes `face_ratio` of the width of an image of `size` pixels. A turned camera's
/// image is upright: its width is the camera's narrower side.
fn distance_cm(face_ratio: f32, size: Option<[u32; 2]>) -> f32 {
    let of_longer = size.map_or(1.0, |[width, height]| width as f32 / width.max(height).max(1) as f32);
    WIDTH_OVER_VIEW_CM / (face_ratio * of_longer).max(0.005)
}

fn findings(widgets: &mut Widgets<'_>, shown: &Shown<'_>) {
    let label = widgets.words.say("settings-diagnostics");
    widgets.write(&label, widgets.theme.strong(), widgets.theme.tokens.text, Align::Min);
    match &shown.view.state.findings {
        None => widgets.body("diagnostics-running"),
        Some(findings) => findings.iter().for_each(|finding| screens::diagnostics::one(widgets, finding)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same face in front of the same camera, as it hangs and turned by a quarter.
    #[test]
    fn the_distance_is_that_of_the_turned_camera_too() {
        let (across, turned) = (128.0 / 1280.0, 128.0 / 720.0);
        let (lying, upright) = (distance_cm(across, Some([1280, 720])), distance_cm(turned, Some([720, 1280])));
        assert!((lying - upright).abs() < 0.01 && (100.0..115.0).contains(&lying), "{lying} {upright}");
        assert!((distance_cm(across, None) - lying).abs() < 0.01, "before the first picture");
    }
}
