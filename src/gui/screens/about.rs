//! About: version and licenses.

use eframe::egui::{Align, Ui};

use super::super::{Ask, Page, layout, widgets::ButtonStyle};
use super::View;

pub(super) fn show(ui: &mut Ui, view: &View<'_>) -> Option<Ask> {
    let ask = layout::actions(ui, view.words, view.theme, |widgets| {
        widgets.button(ButtonStyle::Secondary, "settings-back").then_some(Ask::Go(Page::Settings))
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.title("about-title");
        let version = concat!("Countenance ", env!("CARGO_PKG_VERSION"));
        widgets.write(version, widgets.theme.strong(), widgets.theme.tokens.text, Align::Min);
        widgets.body("app-tagline");
        widgets.body("about-licence");
        widgets.soft("about-fonts");
        for model in &view.state.models {
            widgets.write(model, widgets.theme.small(), widgets.theme.tokens.soft, Align::Min);
        }
    });
    ask
}
