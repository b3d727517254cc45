//! The list of languages, each by its own name.

use eframe::egui::{Button, Role, Stroke, Ui, Vec2, WidgetInfo};

use super::view::{KioskAsk, Shown};
use crate::{
    layout,
    theme::RADIUS,
    widgets::{ButtonStyle, Widgets},
};

pub(super) fn show(ui: &mut Ui, shown: &Shown<'_>) -> Option<KioskAsk> {
    let view = shown.view;
    let mut asked = layout::actions(ui, view.words, view.theme, |widgets| {
        widgets.button(ButtonStyle::Secondary, "settings-back").then_some(KioskAsk::ListLanguages(false))
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.title("settings-language");
        let languages = shown.front.languages();
        // Two columns where the longest name fits.
        let columns = if widgets.ui.available_width() > 540.0 * widgets.theme.scale { 2 } else { 1 };
        let width = (widgets.ui.available_width() - 10.0) / columns as f32;
        for row in languages.chunks(columns) {
            widgets.row(|widgets| {
                for language in row {
                    let is_used = *language == widgets.words.language();
                    if option(widgets, language.own_name(), is_used, width - 5.0) {
                        asked = Some(KioskAsk::Use(*language));
                    }
                }
            });
        }
    });
    asked
}

fn option(widgets: &mut Widgets<'_>, name: &str, is_used: bool, width: f32) -> bool {
    let t = widgets.theme.tokens;
    let line = if is_used { Stroke::new(3.0, t.accent) } else { Stroke::new(1.5, t.line) };
    let text = widgets.line(name, widgets.theme.strong(), t.text, width - 32.0);
    let button = Button::new(text)
        .fill(t.surface)
        .stroke(line)
        .corner_radius(RADIUS)
        .wrap()
        .min_size(Vec2::new(width, widgets.theme.touch));
    let response = widgets.ui.add(button);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_used, name));
    widgets.focus_ring(&response);
    response.clicked()
}
