//! Settings: each change is applied and saved at once. What is managed is shown, and cannot be changed.

mod camera;

use eframe::egui::{self, Align, ComboBox, Role, Ui};

use super::super::{
    Ask, Page, SettingsComplaint, layout,
    widgets::{ButtonStyle, Widgets},
    words::{Arg, Language},
};
use super::View;
use countenance_client::settings::{Key, Settings, Theme as Appearance};

pub(super) fn show(ui: &mut Ui, view: &View<'_>) -> Option<Ask> {
    let mut ask = layout::actions(ui, view.words, view.theme, |widgets| {
        widgets.button(ButtonStyle::Secondary, "settings-back").then_some(Ask::Go(Page::Main))
    });
    let mut wanted = Settings::clone(&view.state.settings);
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.title("settings-title");
        // Above the settings: below them it might be out of view.
        if let Some(why) = &view.state.not_saved {
            not_saved(widgets, why);
        }
        complaints(widgets, view);
        super::font_missing(widgets, view);
        setting(widgets, view, Key::Language, "settings-language", |widgets| language(widgets, &mut wanted));
        setting(widgets, view, Key::Theme, "settings-theme", |widgets| appearance(widgets, &mut wanted));
        setting(widgets, view, Key::TextPercent, "settings-text-size", |widgets| text_size(widgets, &mut wanted));
        setting(widgets, view, Key::ReducedMotion, "settings-reduced-motion", |widgets| {
            less_motion(widgets, &mut wanted);
        });
        camera::show(widgets, view, &mut wanted);
        // There, the system itself keeps programs that it has started.
        if !cfg!(target_os = "macos") {
            setting(widgets, view, Key::Resident, "settings-resident", |widgets| {
                tick(widgets, "settings-resident", &mut wanted.resident);
                widgets.soft("settings-resident-what");
            });
        }
        setting(widgets, view, Key::Verifiers, "settings-verifiers", |widgets| verifiers(widgets, view));
        widgets.gap(6.0);
        if widgets.button(ButtonStyle::Secondary, "settings-diagnostics") {
            ask = Some(Ask::Go(Page::Diagnostics));
        }
        if widgets.button(ButtonStyle::Secondary, "settings-about") {
            ask = Some(Ask::Go(Page::About));
        }
    });
    ask.or_else(|| (wanted != *view.state.settings).then(|| Ask::Change(Box::new(wanted))))
}

/// Draws a setting, whose name is the message `id`. One that is managed cannot be changed, and says so.
fn setting(widgets: &mut Widgets<'_>, view: &View<'_>, key: Key, id: &str, draw: impl FnOnce(&mut Widgets<'_>)) {
    let is_managed = view.state.settings.managed_by(key).is_some();
    enabled_if(widgets, !is_managed, draw);
    if is_managed {
        managed(widgets, id);
    }
}

/// Draws controls that can be used only if `is_free`.
fn enabled_if(widgets: &mut Widgets<'_>, is_free: bool, draw: impl FnOnce(&mut Widgets<'_>)) {
    let (words, theme) = (widgets.words, widgets.theme);
    widgets.ui.scope(|ui| {
        if !is_free {
            // The value in use must be readable even if it cannot be changed.
            ui.visuals_mut().disabled_alpha = 0.8;
            ui.disable();
        }
        draw(&mut Widgets { ui, words, theme });
    });
}

/// Says that the setting above is managed. A disabled control has no focus, so that this line has it in its place: what is
/// read there names the setting.
fn managed(widgets: &mut Widgets<'_>, id: &str) {
    let (name, text) = (widgets.words.say(id), widgets.words.say("settings-managed"));
    widgets.soft_with_focus(&text, &format!("{name}: {text}"));
}

/// What was ignored of the settings: the user's, and those of the organization.
pub(super) fn complaints(widgets: &mut Widgets<'_>, view: &View<'_>) {
    for complaint in &view.state.complaints {
        let text = match complaint {
            SettingsComplaint::Line { path, line, fault } => widgets.say_with(
                "settings-ignored",
                &[("path", Arg::Text(path)), ("line", Arg::Number(*line)), ("fault", Arg::Text(fault))],
            ),
            SettingsComplaint::Managed { place, fault } => widgets
                .say_with("settings-managed-unusable", &[("place", Arg::Text(place)), ("fault", Arg::Text(fault))]),
            SettingsComplaint::ManagedValue { place, fault } => widgets
                .say_with("settings-managed-ignored", &[("place", Arg::Text(place)), ("fault", Arg::Text(fault))]),
            SettingsComplaint::File { path, fault } => {
                widgets.say_with("settings-unusable", &[("path", Arg::Text(path)), ("fault", Arg::Text(fault))])
            }
        };
        widgets.write(&text, widgets.theme.small(), widgets.theme.tokens.warn, Align::Min);
    }
}

fn not_saved(widgets: &mut Widgets<'_>, why: &str) {
    let title = widgets.words.say("settings-not-saved");
    widgets.card(|widgets| {
        widgets.write(&title, widgets.theme.strong(), widgets.theme.tokens.danger, Align::Min);
        widgets.write(why, widgets.theme.small(), widgets.theme.tokens.text, Align::Min);
    });
    widgets.announce("not-saved", &format!("{title} {why}"), true);
    widgets.gap(8.0);
}

fn language(widgets: &mut Widgets<'_>, wanted: &mut Settings) {
    let system = widgets.words.say("settings-language-system");
    let own = |tag: &str| Language::ALL.into_iter().find(|l| l.tag() == tag).map(Language::own_name);
    let shown = wanted.language.as_deref().and_then(own).unwrap_or(&system).to_owned();
    choice(widgets, "settings-language", &shown, |widgets| {
        let mut options = vec![(None, system.clone())];
        options.extend(Language::ALL.map(|l| (Some(l.tag().to_owned()), l.own_name().to_owned())));
        for (tag, name) in options {
            if option(widgets, wanted.language == tag, &name) {
                wanted.language = tag;
            }
        }
    });
}

fn appearance(widgets: &mut Widgets<'_>, wanted: &mut Settings) {
    let name = |theme| match theme {
        Appearance::System => "settings-theme-system",
        Appearance::Light => "settings-theme-light",
        Appearance::Dark => "settings-theme-dark",
        Appearance::HighContrast => "settings-theme-contrast",
    };
    let shown = widgets.words.say(name(wanted.theme));
    choice(widgets, "settings-theme", &shown, |widgets| {
        for theme in [Appearance::System, Appearance::Light, Appearance::Dark, Appearance::HighContrast] {
            let text = widgets.words.say(name(theme));
            if option(widgets, wanted.theme == theme, &text) {
                wanted.theme = theme;
            }
        }
    });
}

fn text_size(widgets: &mut Widgets<'_>, wanted: &mut Settings) {
    let shown = format!("{} %", wanted.text_percent);
    choice(widgets, "settings-text-size", &shown, |widgets| {
        for percent in [100, 125, 150, 175, 200] {
            if option(widgets, wanted.text_percent == percent, &format!("{percent} %")) {
                wanted.text_percent = percent;
            }
        }
    });
}

fn less_motion(widgets: &mut Widgets<'_>, wanted: &mut Settings) {
    tick(widgets, "settings-reduced-motion", &mut wanted.reduced_motion);
}

fn verifiers(widgets: &mut Widgets<'_>, view: &View<'_>) {
    let name = widgets.words.say("settings-verifiers");
    widgets.write(&name, widgets.theme.small(), widgets.theme.tokens.soft, Align::Min);
    if view.state.verifiers.is_empty() {
        widgets.body("settings-verifiers-none");
    }
    for origin in &view.state.verifiers {
        widgets.write(origin, widgets.theme.body(), widgets.theme.tokens.text, Align::Min);
    }
}

/// A labeled checkbox.
fn tick(widgets: &mut Widgets<'_>, id: &str, on: &mut bool) {
    let text = widgets.words.say(id);
    let room = widgets.ui.available_width() - widgets.ui.spacing().icon_width - widgets.ui.spacing().icon_spacing;
    let shown = widgets.line(&text, widgets.theme.body(), widgets.theme.tokens.text, room);
    widgets.row(|widgets| {
        let response = widgets.ui.checkbox(on, shown);
        let checked = *on;
        response.widget_info(|| egui::WidgetInfo::selected(Role::CheckBox, true, checked, &text));
        widgets.focus_ring(&response);
    });
}

/// A labeled drop-down list.
fn choice(widgets: &mut Widgets<'_>, id: &str, shown: &str, draw: impl FnOnce(&mut Widgets<'_>)) {
    let (words, theme) = (widgets.words, widgets.theme);
    widgets.ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        labelled(&mut Widgets { ui, words, theme }, id, shown, draw);
    });
}

fn labelled(widgets: &mut Widgets<'_>, id: &str, shown: &str, draw: impl FnOnce(&mut Widgets<'_>)) {
    let name = widgets.words.say(id);
    widgets.write(&name, widgets.theme.small(), widgets.theme.tokens.soft, Align::Min);
    let width = widgets.ui.available_width();
    let line = widgets.line(shown, widgets.theme.body(), widgets.theme.tokens.text, f32::INFINITY);
    let (words, theme) = (widgets.words, widgets.theme);
    let response = ComboBox::from_id_salt(id)
        .width(width)
        .selected_text(line)
        .show_ui(widgets.ui, |ui| draw(&mut Widgets { ui, words, theme }))
        .response;
    let value = shown.to_owned();
    widgets.ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_label(name);
        node.set_value(value);
    });
    widgets.focus_ring(&response);
}

fn option(widgets: &mut Widgets<'_>, is_chosen: bool, text: &str) -> bool {
    let shown = widgets.line(text, widgets.theme.body(), widgets.theme.tokens.text, f32::INFINITY);
    let response = widgets.ui.selectable_label(is_chosen, shown);
    let name = text.to_owned();
    response.widget_info(|| egui::WidgetInfo::selected(Role::Button, true, is_chosen, &name));
    response.clicked()
}
