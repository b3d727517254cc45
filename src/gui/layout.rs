//! Layout: header, scrollable content, and buttons that are always visible.

use eframe::egui::{self, Align, CentralPanel, Frame, Key, Layout, Margin, Panel, ScrollArea, Ui, Vec2};

use super::{
    marks,
    theme::{MARGIN, Theme},
    widgets::Widgets,
    words::Words,
};

/// The header with the product's name; `draw` adds widgets on the opposite side.
pub(super) fn header<R>(ui: &mut Ui, words: &Words, theme: &Theme, draw: impl FnOnce(&mut Widgets<'_>) -> R) -> R {
    let margin = Margin { left: MARGIN, right: 12, top: 10, bottom: 0 };
    let margin = if words.language().is_rtl() { Margin { left: 12, right: MARGIN, ..margin } } else { margin };
    Panel::top("header")
        .frame(Frame::new().fill(theme.tokens.background).inner_margin(margin))
        .show_separator_line(false)
        .show(ui, |ui| {
            let mut widgets = Widgets { ui, words, theme };
            widgets.row(|widgets| {
                let size = 24.0 * theme.scale.min(1.5);
                let (rect, _) = widgets.ui.allocate_exact_size(Vec2::splat(size), egui::Sense::hover());
                marks::brand(widgets.ui.painter(), rect, theme);
                let name = widgets.words.say("app-name");
                let text = egui::RichText::new(name).font(theme.strong()).color(theme.tokens.text);
                widgets.ui.add(egui::Label::new(text).selectable(false));
                let far = if widgets.is_rtl() {
                    Layout::left_to_right(Align::Center)
                } else {
                    Layout::right_to_left(Align::Center)
                };
                widgets.ui.with_layout(far, |ui| draw(&mut Widgets { ui, words, theme })).inner
            })
        })
        .inner
}

/// A one-sentence notice across the window, above the content.
pub(super) fn notice(ui: &mut Ui, words: &Words, theme: &Theme, id: &str) {
    Panel::top("notice")
        .frame(Frame::new().fill(theme.tokens.background).inner_margin(Margin::symmetric(MARGIN, 6)))
        .show_separator_line(false)
        .show(ui, |ui| {
            let mut widgets = Widgets { ui, words, theme };
            let text = words.say(id);
            widgets.write(&text, theme.body(), theme.tokens.warn, Align::Min);
            widgets.announce("notice", &text, true);
        });
}

/// The buttons at the bottom. Draw them before [`content`], which takes the remaining space.
pub(super) fn actions<R>(ui: &mut Ui, words: &Words, theme: &Theme, draw: impl FnOnce(&mut Widgets<'_>) -> R) -> R {
    let margin = Margin { left: MARGIN, right: MARGIN, top: 10, bottom: 20 };
    Panel::bottom("actions")
        .frame(Frame::new().fill(theme.tokens.background).inner_margin(margin))
        .show_separator_line(false)
        .show(ui, |ui| draw(&mut Widgets { ui, words, theme }))
        .inner
}

/// The content of the screen.
pub(super) fn content<R>(ui: &mut Ui, words: &Words, theme: &Theme, draw: impl FnOnce(&mut Widgets<'_>) -> R) -> R {
    let margin = Margin { left: MARGIN, right: MARGIN, top: 12, bottom: 4 };
    CentralPanel::default()
        .frame(Frame::new().fill(theme.tokens.background).inner_margin(margin))
        .show(ui, |ui| {
            ScrollArea::vertical()
                .auto_shrink(false)
                .show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    scroll_by_keys(ui);
                    draw(&mut Widgets { ui, words, theme })
                })
                .inner
        })
        .inner
}

/// Scrolls with arrow and page keys, for users without a wheel. A focused field or list keeps its arrow keys.
fn scroll_by_keys(ui: &Ui) {
    if ui.ctx().text_edit_focused() || egui::Popup::is_any_open(ui.ctx()) {
        return;
    }
    let page = ui.clip_rect().height() * 0.85;
    let arrows = if ui.memory(|m| m.focused().is_none()) { 48.0 } else { 0.0 };
    let by = ui.input(|i| {
        let presses = |key| i.num_presses(key) as f32;
        (presses(Key::PageUp) - presses(Key::PageDown)) * page
            + (presses(Key::ArrowUp) - presses(Key::ArrowDown)) * arrows
    });
    if by != 0.0 {
        ui.scroll_with_delta(Vec2::new(0.0, by));
    }
}
