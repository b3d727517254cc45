//! Ready: wait for a link, paste one, test the camera, or allow another device.

use eframe::egui::{Align, Key, Rect, Sense, TextEdit, Ui, Vec2, vec2};

use super::super::{
    Ask, Draft, LinkTrouble, layout, marks,
    widgets::{ButtonStyle, Widgets},
};
use super::View;
use countenance_core::protocol::LINK_MAX_BYTES;

pub(super) fn show(ui: &mut Ui, view: &View<'_>, draft: &mut Draft) -> Option<Ask> {
    let mut asked = layout::actions(ui, view.words, view.theme, |widgets| {
        let camera = widgets.button(ButtonStyle::Secondary, "ready-try-camera").then_some(Ask::TryCamera);
        // A device without a verifier has no account for which it could allow another one.
        let approve = !view.state.verifiers.is_empty() && widgets.button(ButtonStyle::Secondary, "ready-approve");
        camera.or(approve.then_some(Ask::EnterApproval))
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.gap(16.0);
        let size = 96.0 * widgets.theme.scale.min(1.5);
        let (rect, _) = widgets.ui.allocate_exact_size(vec2(widgets.ui.available_width(), size), Sense::hover());
        let square = Rect::from_center_size(rect.center(), Vec2::splat(size));
        marks::brand(widgets.ui.painter(), square, widgets.theme);
        widgets.gap(8.0);
        widgets.title("ready-title");
        super::font_missing(widgets, view);
        widgets.body("ready-body");
        widgets.soft("ready-privacy");
        widgets.gap(12.0);
        if let Some(trouble) = view.state.link_trouble {
            link_trouble(widgets, trouble);
        }
        if let Some(ask) = link_field(widgets, draft) {
            asked = Some(ask);
        }
        super::settings::complaints(widgets, view);
    });
    asked
}

fn link_trouble(widgets: &mut Widgets<'_>, trouble: LinkTrouble) {
    let id = match trouble {
        LinkTrouble::Form => "link-refused-form",
        LinkTrouble::Verifier => "link-refused-verifier",
        LinkTrouble::Busy => "link-busy",
    };
    let text = format!("{} {}", widgets.words.say("link-refused-title"), widgets.words.say(id));
    widgets.card(|widgets| {
        let title = widgets.words.say("link-refused-title");
        widgets.write(&title, widgets.theme.strong(), widgets.theme.tokens.danger, Align::Min);
        widgets.body(id);
    });
    widgets.announce("link", &text, true);
    widgets.gap(8.0);
}

fn link_field(widgets: &mut Widgets<'_>, draft: &mut Draft) -> Option<Ask> {
    let name = widgets.words.say("ready-link-label");
    widgets.write(&name, widgets.theme.small(), widgets.theme.tokens.soft, Align::Min);
    let hint = widgets.words.say("ready-link-hint");
    let field = TextEdit::singleline(&mut draft.link)
        .hint_text(hint)
        .font(widgets.theme.body())
        .char_limit(LINK_MAX_BYTES)
        .margin(vec2(12.0, 12.0))
        .desired_width(f32::INFINITY);
    let response = widgets.ui.add(field);
    widgets.ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name.as_str()));
    widgets.focus_ring(&response);
    let entered = response.lost_focus() && widgets.ui.input(|i| i.key_pressed(Key::Enter));
    let pressed = widgets.button(ButtonStyle::Secondary, "ready-link-open");
    ((entered || pressed) && !draft.link.trim().is_empty()).then(|| Ask::OpenLink(std::mem::take(&mut draft.link)))
}
