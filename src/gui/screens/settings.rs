//! Settings: each change is seen and kept at once.

mod camera;

use eframe::egui::{self, Align, ComboBox, Role, Ui};

use super::super::{
    Ask, Page, layout,
    pen::{Pen, Weight},
    words::Language,
};
use super::View;
use countenance_client::settings::{Settings, Theme as Appearance};

pub(super) fn show(ui: &mut Ui, view: &View<'_>) -> Option<Ask> {
    let mut ask = layout::actions(ui, view.words, view.theme, |pen| {
        pen.button(Weight::Second, "settings-back").then_some(Ask::Go(Page::Main))
    });
    let mut wanted = view.state.settings.clone();
    layout::content(ui, view.words, view.theme, |pen| {
        pen.title("settings-title");
        super::font_missing(pen, view);
        language(pen, &mut wanted);
        appearance(pen, &mut wanted);
        text_size(pen, &mut wanted);
        less_motion(pen, &mut wanted);
        camera::show(pen, view, &mut wanted);
        verifiers(pen, view);
        pen.gap(6.0);
        if pen.button(Weight::Second, "settings-diagnostics") {
            ask = Some(Ask::Go(Page::Diagnostics));
        }
        if pen.button(Weight::Second, "settings-about") {
            ask = Some(Ask::Go(Page::About));
        }
        if view.state.not_saved {
            pen.body("settings-not-saved");
        }
    });
    ask.or_else(|| (wanted != view.state.settings).then(|| Ask::Change(Box::new(wanted))))
}

fn language(pen: &mut Pen<'_>, wanted: &mut Settings) {
    let system = pen.words.say("settings-language-system");
    let own = |tag: &str| Language::ALL.into_iter().find(|l| l.tag() == tag).map(Language::own_name);
    let shown = wanted.language.as_deref().and_then(own).unwrap_or(&system).to_owned();
    choice(pen, "settings-language", &shown, |pen| {
        let mut options = vec![(None, system.clone())];
        options.extend(Language::ALL.map(|l| (Some(l.tag().to_owned()), l.own_name().to_owned())));
        for (tag, name) in options {
            if option(pen, wanted.language == tag, &name) {
                wanted.language = tag;
            }
        }
    });
}

fn appearance(pen: &mut Pen<'_>, wanted: &mut Settings) {
    let name = |theme| match theme {
        Appearance::System => "settings-theme-system",
        Appearance::Light => "settings-theme-light",
        Appearance::Dark => "settings-theme-dark",
        Appearance::HighContrast => "settings-theme-contrast",
    };
    let shown = pen.words.say(name(wanted.theme));
    choice(pen, "settings-theme", &shown, |pen| {
        for theme in [Appearance::System, Appearance::Light, Appearance::Dark, Appearance::HighContrast] {
            let text = pen.words.say(name(theme));
            if option(pen, wanted.theme == theme, &text) {
                wanted.theme = theme;
            }
        }
    });
}

fn text_size(pen: &mut Pen<'_>, wanted: &mut Settings) {
    let shown = format!("{} %", wanted.text_percent);
    choice(pen, "settings-text-size", &shown, |pen| {
        for percent in [100, 125, 150, 175, 200] {
            if option(pen, wanted.text_percent == percent, &format!("{percent} %")) {
                wanted.text_percent = percent;
            }
        }
    });
}

fn less_motion(pen: &mut Pen<'_>, wanted: &mut Settings) {
    tick(pen, "settings-reduced-motion", &mut wanted.reduced_motion);
}

fn verifiers(pen: &mut Pen<'_>, view: &View<'_>) {
    let name = pen.words.say("settings-verifiers");
    pen.write(&name, pen.theme.small(), pen.theme.tokens.soft, Align::Min);
    if view.state.verifiers.is_empty() {
        pen.body("settings-verifiers-none");
    }
    for origin in &view.state.verifiers {
        pen.write(origin, pen.theme.body(), pen.theme.tokens.text, Align::Min);
    }
}

/// A box to tick, its name beside it.
fn tick(pen: &mut Pen<'_>, id: &str, on: &mut bool) {
    let text = pen.words.say(id);
    let room = pen.ui.available_width() - pen.ui.spacing().icon_width - pen.ui.spacing().icon_spacing;
    let shown = pen.line(&text, pen.theme.body(), pen.theme.tokens.text, room);
    pen.row(|pen| {
        let response = pen.ui.checkbox(on, shown);
        let checked = *on;
        response.widget_info(|| egui::WidgetInfo::selected(Role::CheckBox, true, checked, &text));
        pen.focus_ring(&response);
    });
}

/// A list of options behind one button, its name above it.
fn choice(pen: &mut Pen<'_>, id: &str, shown: &str, draw: impl FnOnce(&mut Pen<'_>)) {
    let (words, theme) = (pen.words, pen.theme);
    pen.ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        labelled(&mut Pen { ui, words, theme }, id, shown, draw);
    });
}

fn labelled(pen: &mut Pen<'_>, id: &str, shown: &str, draw: impl FnOnce(&mut Pen<'_>)) {
    let name = pen.words.say(id);
    pen.write(&name, pen.theme.small(), pen.theme.tokens.soft, Align::Min);
    let width = pen.ui.available_width();
    let line = pen.line(shown, pen.theme.body(), pen.theme.tokens.text, f32::INFINITY);
    let (words, theme) = (pen.words, pen.theme);
    let response = ComboBox::from_id_salt(id)
        .width(width)
        .selected_text(line)
        .show_ui(pen.ui, |ui| draw(&mut Pen { ui, words, theme }))
        .response;
    let value = shown.to_owned();
    pen.ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_label(name);
        node.set_value(value);
    });
    pen.focus_ring(&response);
}

fn option(pen: &mut Pen<'_>, is_chosen: bool, text: &str) -> bool {
    let shown = pen.line(text, pen.theme.body(), pen.theme.tokens.text, f32::INFINITY);
    let response = pen.ui.selectable_label(is_chosen, shown);
    let name = text.to_owned();
    response.widget_info(|| egui::WidgetInfo::selected(Role::Button, true, is_chosen, &name));
    response.clicked()
}
