//! The end of a visit: what was of the person is being deleted, then is deleted, and the next person may come.

use std::sync::Arc;

use eframe::egui::{Align, Ui};

use super::view::{KioskAsk, Shown};
use crate::{layout, marks::Mark, widgets::ButtonStyle};

/// How far deleting everything of a visit has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wipe {
    /// It goes on.
    Running,
    /// All is deleted.
    Done,
    /// Something could not be deleted.
    Failed,
}

/// Asks how far it has come. Must not block.
pub type WipeWatch = Arc<dyn Fn() -> Wipe + Send + Sync>;

/// How long the end is shown, seconds. A touch ends it sooner.
pub(super) const DONE_SECS: f64 = 3.0;

pub(super) fn show(ui: &mut Ui, shown: &Shown<'_>) -> Option<KioskAsk> {
    let view = shown.view;
    // Only what is deleted is said to be deleted.
    let is_done = shown.front.is_wiped;
    let asked = layout::actions(ui, view.words, view.theme, |widgets| {
        (is_done && widgets.button(ButtonStyle::Primary, "kiosk-next")).then_some(KioskAsk::Next)
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        let (mark, title, body) = if is_done {
            (Mark::Check, "kiosk-wiped-title", "kiosk-wiped-body")
        } else {
            (Mark::Busy, "kiosk-wiping-title", "kiosk-wiping-body")
        };
        let (title, body) = (widgets.words.say(title), widgets.words.say(body));
        widgets.verdict_text(mark, &title, &body);
        let mut said = format!("{title} {body}");
        if is_done {
            widgets.gap(12.0);
            let next = widgets.words.say("kiosk-next-person");
            widgets.write(&next, widgets.theme.strong(), widgets.theme.tokens.text, Align::Center);
            said = format!("{said} {next}");
        }
        widgets.announce("messages", &said, true);
    });
    asked
}
