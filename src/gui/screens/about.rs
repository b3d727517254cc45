//! About: version and licences.

use eframe::egui::{Align, Ui};

use super::super::{Ask, Page, layout, pen::Weight};
use super::View;

pub(super) fn show(ui: &mut Ui, view: &View<'_>) -> Option<Ask> {
    let ask = layout::actions(ui, view.words, view.theme, |pen| {
        pen.button(Weight::Second, "settings-back").then_some(Ask::Go(Page::Settings))
    });
    layout::content(ui, view.words, view.theme, |pen| {
        pen.title("about-title");
        let version = concat!("Countenance ", env!("CARGO_PKG_VERSION"));
        pen.write(version, pen.theme.strong(), pen.theme.tokens.text, Align::Min);
        pen.body("app-tagline");
        pen.body("about-licence");
        pen.soft("about-fonts");
        for model in &view.state.models {
            pen.write(model, pen.theme.small(), pen.theme.tokens.soft, Align::Min);
        }
    });
    ask
}
