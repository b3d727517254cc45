//! Which camera, and how its picture stands.

use eframe::egui::Align;

use super::{
    super::super::{cameras, pen::Pen, words::Arg},
    View, choice, option, tick,
};
use countenance_client::settings::{CAMERA_TURNS_DEG, Settings};

pub(super) fn show(pen: &mut Pen<'_>, view: &View<'_>, wanted: &mut Settings) {
    let is_free = !wanted.camera_pinned;
    let (words, theme) = (pen.words, pen.theme);
    pen.ui.scope(|ui| {
        // Which camera it is must be readable, whether or not it can be changed.
        ui.visuals_mut().disabled_alpha = 0.8;
        if !is_free {
            ui.disable();
        }
        which(&mut Pen { ui, words, theme }, view, wanted);
    });
    if !is_free {
        pen.soft("settings-camera-pinned");
    }
    turn(pen, wanted);
    tick(pen, "settings-camera-mirrored", &mut wanted.camera_mirrored);
    if wanted.camera_testing {
        let text = pen.words.say("settings-camera-testing");
        pen.write(&text, pen.theme.body(), pen.theme.tokens.warn, Align::Min);
    }
}

fn which(pen: &mut Pen<'_>, view: &View<'_>, wanted: &mut Settings) {
    let (entries, names) = (&view.state.cameras, cameras::names(&view.state.cameras, pen.words));
    let first = pen.words.say("settings-camera-first");
    let found = cameras::named(wanted, entries).map(|camera| camera.id.clone());
    let name = names.iter().zip(entries).find(|(_, camera)| found.as_ref() == Some(&camera.id));
    let shown = match (name, &wanted.camera) {
        (Some((name, _)), _) => name.clone(),
        (None, Some(gone)) => pen.say_with("settings-camera-gone", &[("camera", Arg::Text(gone))]),
        (None, None) => first.clone(),
    };
    choice(pen, "settings-camera", &shown, |pen| {
        if option(pen, wanted.camera.is_none(), &first) {
            wanted.camera = None;
        }
        for (name, camera) in names.iter().zip(entries) {
            if option(pen, found.as_ref() == Some(&camera.id), name) {
                wanted.camera = Some(camera.id.clone());
            }
        }
    });
}

fn turn(pen: &mut Pen<'_>, wanted: &mut Settings) {
    let said = |degrees: u16| format!("{degrees}°");
    choice(pen, "settings-camera-turn", &said(wanted.camera_turn_deg), |pen| {
        for degrees in CAMERA_TURNS_DEG {
            if option(pen, wanted.camera_turn_deg == degrees, &said(degrees)) {
                wanted.camera_turn_deg = degrees;
            }
        }
    });
}
