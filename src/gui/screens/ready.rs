//! Ready: nothing to do but wait for a link, paste one, or try the camera.

use eframe::egui::{Align, Key, Rect, Sense, TextEdit, Ui, Vec2, vec2};

use super::super::{
    Ask, Draft, LinkTrouble, layout, marks,
    pen::{Pen, Weight},
    words::Arg,
};
use super::View;
use countenance_core::protocol::LINK_MAX_BYTES;

pub(super) fn show(ui: &mut Ui, view: &View<'_>, draft: &mut Draft) -> Option<Ask> {
    let mut asked = layout::actions(ui, view.words, view.theme, |pen| {
        pen.button(Weight::Second, "ready-try-camera").then_some(Ask::TryCamera)
    });
    layout::content(ui, view.words, view.theme, |pen| {
        pen.gap(16.0);
        let size = 96.0 * pen.theme.scale.min(1.5);
        let (rect, _) = pen.ui.allocate_exact_size(vec2(pen.ui.available_width(), size), Sense::hover());
        let square = Rect::from_center_size(rect.center(), Vec2::splat(size));
        marks::brand(pen.ui.painter(), square, pen.theme);
        pen.gap(8.0);
        pen.title("ready-title");
        super::font_missing(pen, view);
        pen.body("ready-body");
        pen.soft("ready-privacy");
        pen.gap(12.0);
        if let Some(trouble) = view.state.link_trouble {
            link_trouble(pen, trouble);
        }
        if let Some(ask) = link_field(pen, draft) {
            asked = Some(ask);
        }
        for (line, key) in &view.state.complaints {
            let complaint = pen.say_with("settings-ignored", &[("line", Arg::Number(*line)), ("key", Arg::Text(key))]);
            pen.write(&complaint, pen.theme.small(), pen.theme.tokens.warn, Align::Min);
        }
    });
    asked
}

fn link_trouble(pen: &mut Pen<'_>, trouble: LinkTrouble) {
    let id = match trouble {
        LinkTrouble::Form => "link-refused-form",
        LinkTrouble::Verifier => "link-refused-verifier",
        LinkTrouble::Busy => "link-busy",
    };
    let text = format!("{} {}", pen.words.say("link-refused-title"), pen.words.say(id));
    pen.card(|pen| {
        let title = pen.words.say("link-refused-title");
        pen.write(&title, pen.theme.strong(), pen.theme.tokens.danger, Align::Min);
        pen.body(id);
    });
    pen.announce("link", &text, true);
    pen.gap(8.0);
}

fn link_field(pen: &mut Pen<'_>, draft: &mut Draft) -> Option<Ask> {
    let name = pen.words.say("ready-link-label");
    pen.write(&name, pen.theme.small(), pen.theme.tokens.soft, Align::Min);
    let hint = pen.words.say("ready-link-hint");
    let field = TextEdit::singleline(&mut draft.link)
        .hint_text(hint)
        .font(pen.theme.body())
        .char_limit(LINK_MAX_BYTES)
        .margin(vec2(12.0, 12.0))
        .desired_width(f32::INFINITY);
    let response = pen.ui.add(field);
    pen.ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name.as_str()));
    pen.focus_ring(&response);
    let entered = response.lost_focus() && pen.ui.input(|i| i.key_pressed(Key::Enter));
    let pressed = pen.button(Weight::Second, "ready-link-open");
    ((entered || pressed) && !draft.link.trim().is_empty()).then(|| Ask::OpenLink(std::mem::take(&mut draft.link)))
}
