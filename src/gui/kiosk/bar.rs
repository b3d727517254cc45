//! The row of controls that each page of a kiosk has for a person: language, text size, height, and whether texts are read
//! aloud.

use eframe::egui::{Align, Button, FontId, Frame, Margin, Panel, Rect, RichText, Role, Sense, Stroke, Ui, pos2, vec2};

use super::view::{KioskAsk, Page, Shown};
use crate::{
    theme::{MARGIN, RADIUS, semibold},
    widgets::Widgets,
    words::Arg,
};

/// Space between two controls, points.
const GAP: f32 = 10.0;

/// Draws the row; nothing on the pages of the operator, or where nobody is.
pub(super) fn show(ui: &mut Ui, shown: &Shown<'_>) -> Option<KioskAsk> {
    if matches!(shown.front.page, Page::Pin | Page::Operator | Page::Wiping) {
        return None;
    }
    let (words, theme) = (shown.view.words, shown.view.theme);
    Panel::bottom("kiosk-bar")
        .frame(Frame::new().fill(theme.tokens.background).inner_margin(Margin::symmetric(MARGIN, 10)))
        .show_separator_line(false)
        .show(ui, |ui| controls(&mut Widgets { ui, words, theme }, shown))
        .inner
}

fn controls(widgets: &mut Widgets<'_>, shown: &Shown<'_>) -> Option<KioskAsk> {
    let words = widgets.words;
    let percent = u32::from(shown.view.state.settings.text_percent);
    let size = widgets.say_with("kiosk-text-size", &[("percent", Arg::Number(percent))]);
    let lower = words.say(if shown.front.is_lower { "kiosk-higher" } else { "kiosk-lower" });
    let language = format!("{}: {}", words.say("settings-language"), words.language().own_name());
    let list = KioskAsk::ListLanguages(!shown.front.lists_languages);
    let own_name = words.language().own_name().to_owned();
    let mut all = vec![
        (own_name, language, list),
        ("A+".to_owned(), size, KioskAsk::TextSize),
        (lower.clone(), lower, KioskAsk::Lower),
    ];
    if let Some(reads) = shown.front.reads_aloud {
        let speech = words.say(if reads { "kiosk-speech-off" } else { "kiosk-speech-on" });
        all.push((speech.clone(), speech, KioskAsk::ReadAloud));
    }
    let height = widgets.theme.touch;
    let (row, _) = widgets.ui.allocate_exact_size(vec2(widgets.ui.available_width(), height), Sense::hover());
    let width = (row.width() - GAP * (all.len() as f32 - 1.0)) / all.len() as f32;
    let mut asked = None;
    for (i, (text, name, ask)) in all.into_iter().enumerate() {
        let from_start = i as f32 * (width + GAP);
        let left = if widgets.is_rtl() { row.right() - from_start - width } else { row.left() + from_start };
        let rect = Rect::from_min_size(pos2(left, row.top()), vec2(width, height));
        if control(widgets, rect, &text, &name) {
            asked = Some(ask);
        }
    }
    asked
}

/// One control; returns whether it was pressed.
fn control(widgets: &mut Widgets<'_>, rect: Rect, text: &str, name: &str) -> bool {
    let t = widgets.theme.tokens;
    // Without a text of its own, whose height would count.
    let button =
        Button::new(RichText::new("").size(1.0)).fill(t.surface).stroke(Stroke::new(1.5, t.line)).corner_radius(RADIUS);
    let response = widgets.ui.put(rect, button.min_size(rect.size()));
    // As large as the text size asks for and the control has room for: it must stay one row.
    let room = rect.width() - 20.0;
    let wanted = widgets.theme.strong().size.min(rect.height() * 0.5);
    let lay_out = |widgets: &Widgets<'_>, size: f32| {
        widgets.lay_out(text, FontId::new(size, semibold()), t.text, f32::INFINITY, Align::Center)
    };
    let measured = lay_out(widgets, wanted);
    let fits = wanted * (room / measured.size().x).min(1.0);
    let galley = lay_out(widgets, fits);
    let top = rect.center().y - galley.size().y / 2.0;
    widgets.ui.painter().galley(pos2(rect.center().x, top), galley, t.text);
    widgets.named(&response, Role::Button, name);
    widgets.focus_ring(&response);
    response.clicked()
}
