//! "Touch to sign in", and what a link leads to that is not allowed.

use eframe::egui::{Align, Rect, Sense, Ui, Vec2, vec2};

use super::view::{KioskAsk, Shown};
use crate::{
    Ask, layout,
    marks::{self, Mark},
    screens,
    widgets::ButtonStyle,
};

/// The first screen.
pub(super) fn show(ui: &mut Ui, shown: &Shown<'_>) -> Option<KioskAsk> {
    let view = shown.view;
    let asked = layout::actions(ui, view.words, view.theme, |widgets| {
        widgets.soft(if shown.front.look.watches { "kiosk-privacy-watched" } else { "kiosk-privacy" });
        let text = widgets.words.say("kiosk-start");
        let start = widgets.large_button(ButtonStyle::Primary, &text);
        start.clicked().then_some(KioskAsk::Start)
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.gap(24.0);
        let size = 150.0 * widgets.theme.scale.min(1.5);
        let (rect, _) = widgets.ui.allocate_exact_size(vec2(widgets.ui.available_width(), size), Sense::hover());
        marks::brand(widgets.ui.painter(), Rect::from_center_size(rect.center(), Vec2::splat(size)), widgets.theme);
        widgets.gap(12.0);
        let title = widgets.words.say("kiosk-attract-title");
        let response = widgets.write(&title, widgets.theme.title(), widgets.theme.tokens.text, Align::Center);
        widgets.as_heading(&response, &title);
        screens::font_missing(widgets, view);
        let body = widgets.words.say("kiosk-attract-body");
        widgets.write(&body, widgets.theme.body(), widgets.theme.tokens.text, Align::Center);
        if shown.front.look.badge_digits.is_some() {
            let badge = widgets.words.say("kiosk-badge");
            widgets.write(&badge, widgets.theme.strong(), widgets.theme.tokens.text, Align::Center);
        }
    });
    asked
}

/// A link that leads to no sign-in.
pub(super) fn link_refused(ui: &mut Ui, shown: &Shown<'_>) -> Option<KioskAsk> {
    let view = shown.view;
    let asked = layout::actions(ui, view.words, view.theme, |widgets| {
        widgets.button(ButtonStyle::Primary, "kiosk-next").then_some(KioskAsk::SignIn(Ask::Close))
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.verdict(Mark::Warning, "kiosk-link-title", "kiosk-link-body");
        widgets.announce_all(&["kiosk-link-title", "kiosk-link-body"], true);
    });
    asked
}
