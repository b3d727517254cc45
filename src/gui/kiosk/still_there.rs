//! "Still there?", over everything else, with the seconds that are left. It stays until the finger is lifted, so that no
//! touch reaches what is behind it.

use eframe::egui::{Event, Key, Ui};

use super::view::{KioskAsk, Shown};
use crate::{layout, marks::Mark, widgets::ButtonStyle, words::Arg};

pub(super) fn show(ui: &mut Ui, shown: &Shown<'_>) -> Option<KioskAsk> {
    let view = shown.view;
    let asked = layout::actions(ui, view.words, view.theme, |widgets| {
        let here = widgets.words.say("kiosk-there-here");
        let here = widgets.large_button(ButtonStyle::Primary, &here).clicked().then_some(KioskAsk::Here);
        let leave = widgets.button(ButtonStyle::Secondary, "kiosk-there-leave").then_some(KioskAsk::Leave);
        here.or(leave)
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        let title = widgets.words.say("kiosk-there-title");
        let seconds = shown.front.question_secs.unwrap_or_default();
        let body = widgets.say_with("kiosk-there-body", &[("seconds", Arg::Number(seconds))]);
        widgets.verdict_text(Mark::Question, &title, &body);
        // Once, not at each second.
        widgets.announce("messages", &title, true);
    });
    asked.or_else(|| is_answered(ui).then_some(KioskAsk::Here))
}

/// Whether the screen was touched anywhere, or a key pressed that does not lead to a button.
fn is_answered(ui: &Ui) -> bool {
    let has_focus = ui.memory(|m| m.focused().is_some());
    ui.input(|i| {
        i.pointer.any_released()
            || i.events.iter().any(|event| match event {
                Event::Key { key: Key::Tab, .. } => false,
                Event::Key { key: Key::Enter | Key::Space, pressed, .. } => *pressed && !has_focus,
                Event::Key { pressed, .. } => *pressed,
                _ => false,
            })
    })
}
