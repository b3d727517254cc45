//! Choice of camera, and orientation of its image.

use eframe::egui::Align;

use super::{
    super::super::{cameras, widgets::Widgets, words::Arg},
    View, choice, enabled_if, managed, option, setting, tick,
};
use countenance_client::settings::{CAMERA_TURNS_DEG, Key, Settings};

pub(super) fn show(widgets: &mut Widgets<'_>, view: &View<'_>, wanted: &mut Settings) {
    let is_free = cameras::may_choose(&view.state.settings);
    enabled_if(widgets, is_free, |widgets| which(widgets, view, wanted));
    let decides = |key| view.state.settings.managed_by(key).is_some();
    if decides(Key::Camera) || (wanted.camera_pinned && decides(Key::CameraPinned)) {
        managed(widgets, "settings-camera");
    } else if !is_free {
        widgets.soft("settings-camera-pinned");
    }
    setting(widgets, view, Key::CameraTurn, "settings-camera-turn", |widgets| turn(widgets, wanted));
    setting(widgets, view, Key::CameraMirrored, "settings-camera-mirrored", |widgets| {
        tick(widgets, "settings-camera-mirrored", &mut wanted.camera_mirrored);
    });
    if wanted.camera_testing {
        let text = widgets.words.say("settings-camera-testing");
        widgets.write(&text, widgets.theme.body(), widgets.theme.tokens.warn, Align::Min);
    }
}

fn which(widgets: &mut Widgets<'_>, view: &View<'_>, wanted: &mut Settings) {
    let (entries, names) = (&view.state.cameras, cameras::names(&view.state.cameras, widgets.words));
    let first = widgets.words.say("settings-camera-first");
    let found = cameras::named(wanted, entries).map(|camera| camera.id.clone());
    let name = names.iter().zip(entries).find(|(_, camera)| found.as_ref() == Some(&camera.id));
    let shown = match (name, &wanted.camera) {
        (Some((name, _)), _) => name.clone(),
        (None, Some(gone)) => widgets.say_with("settings-camera-gone", &[("camera", Arg::Text(gone))]),
        (None, None) => first.clone(),
    };
    choice(widgets, "settings-camera", &shown, |widgets| {
        if option(widgets, wanted.camera.is_none(), &first) {
            wanted.camera = None;
        }
        for (name, camera) in names.iter().zip(entries) {
            if option(widgets, found.as_ref() == Some(&camera.id), name) {
                wanted.camera = Some(camera.id.clone());
            }
        }
    });
}

fn turn(widgets: &mut Widgets<'_>, wanted: &mut Settings) {
    let said = |degrees: u16| format!("{degrees}°");
    choice(widgets, "settings-camera-turn", &said(wanted.camera_turn_deg), |widgets| {
        for degrees in CAMERA_TURNS_DEG {
            if option(widgets, wanted.camera_turn_deg == degrees, &said(degrees)) {
                wanted.camera_turn_deg = degrees;
            }
        }
    });
}
