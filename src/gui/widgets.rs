//! Building blocks of screens: text by message id, in the theme's fonts and the language's direction, with accessible
//! names.

use eframe::egui::{
    self, Align, Button, Color32, FontId, Id, Layout, Response, RichText, Role, Sense, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, WidgetText, accesskit,
    text::{LayoutJob, TextFormat},
};

use super::{
    bidi,
    marks::{self, Mark},
    theme::{RADIUS, Theme},
    words::{Arg, Words},
};

/// Prominence of a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ButtonStyle {
    /// The main action; at most one per screen.
    Primary,
    /// Any other action.
    Secondary,
}

/// A `Ui` with words and theme.
pub(super) struct Widgets<'a> {
    pub(super) ui: &'a mut Ui,
    pub(super) words: &'a Words,
    pub(super) theme: &'a Theme,
}

/// Where the texts of a frame are kept that can be read aloud.
fn spoken_id() -> Id {
    Id::unique("spoken")
}

/// Collects the titles and messages of the frame that is drawn next, to be read aloud.
pub(super) fn collect_spoken(ctx: &egui::Context) {
    ctx.data_mut(|data| data.insert_temp(spoken_id(), Vec::<String>::new()));
}

/// Keeps a text of this frame to be read aloud, once, if anybody collects them.
fn speak(ctx: &egui::Context, text: &str) {
    ctx.data_mut(|data| {
        let Some(mut spoken) = data.get_temp::<Vec<String>>(spoken_id()) else { return };
        // A live region repeats a heading, and more.
        spoken.retain(|said| !text.starts_with(said.as_str()));
        if !spoken.iter().any(|said| said == text) {
            spoken.push(text.to_owned());
        }
        data.insert_temp(spoken_id(), spoken);
    });
}

/// What the last frame says aloud: titles and messages, in order.
pub(super) fn take_spoken(ctx: &egui::Context) -> String {
    let spoken: Option<Vec<String>> = ctx.data_mut(|data| data.remove_temp(spoken_id()));
    spoken.unwrap_or_default().join(" ")
}

impl Widgets<'_> {
    /// The screen's title, which screen readers read first.
    pub(super) fn title(&mut self, id: &str) {
        let text = self.words.say(id);
        self.heading(&text);
    }

    /// A title of already translated text.
    pub(super) fn heading(&mut self, text: &str) {
        let response = self.write(text, self.theme.title(), self.theme.tokens.text, Align::Min);
        self.as_heading(&response, text);
    }

    /// An icon with title and sentence below it, centered.
    pub(super) fn verdict(&mut self, mark: Mark, title: &str, body: &str) {
        let (title, body) = (self.words.say(title), self.words.say(body));
        self.verdict_text(mark, &title, &body);
    }

    /// As [`verdict`](Self::verdict), with texts rather than their IDs.
    pub(super) fn verdict_text(&mut self, mark: Mark, title: &str, body: &str) {
        self.gap(24.0);
        marks::show(self.ui, self.theme, mark);
        self.gap(12.0);
        let response = self.write(title, self.theme.title(), self.theme.tokens.text, Align::Center);
        self.as_heading(&response, title);
        self.write(body, self.theme.body(), self.theme.tokens.text, Align::Center);
    }

    /// A paragraph.
    pub(super) fn body(&mut self, id: &str) {
        let text = self.words.say(id);
        self.write(&text, self.theme.body(), self.theme.tokens.text, Align::Min);
    }

    /// A secondary paragraph.
    pub(super) fn soft(&mut self, id: &str) {
        let text = self.words.say(id);
        self.write(&text, self.theme.small(), self.theme.tokens.soft, Align::Min);
    }

    /// A label with its value.
    pub(super) fn fact(&mut self, id: &str, value: &str) {
        let name = self.words.say(id);
        self.ui.scope(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let mut widgets = Widgets { ui, words: self.words, theme: self.theme };
            widgets.write(&name, widgets.theme.small(), widgets.theme.tokens.soft, Align::Min);
            widgets.write(value, widgets.theme.strong(), widgets.theme.tokens.text, Align::Min);
        });
    }

    /// A list item with a bullet.
    pub(super) fn item(&mut self, id: &str) {
        let text = self.words.say(id);
        let radius = 3.0 * self.theme.scale;
        let dot = self.theme.tokens.accent;
        let line = self.theme.body().size;
        self.indented(24.0 * self.theme.scale, |widgets, edge| {
            let response = widgets.write(&text, widgets.theme.body(), widgets.theme.tokens.text, Align::Min);
            widgets.ui.painter().circle_filled(egui::pos2(edge, response.rect.top() + line * 0.62), radius, dot);
        });
    }

    /// Draws indented from the line start; `draw` gets the center of the indent in points.
    fn indented(&mut self, indent: f32, draw: impl FnOnce(&mut Widgets<'_>, f32)) {
        let mut rect = self.ui.available_rect_before_wrap();
        let edge = if self.is_rtl() {
            *rect.right_mut() -= indent;
            rect.right() + indent / 2.0
        } else {
            *rect.left_mut() += indent;
            rect.left() - indent / 2.0
        };
        let layout = *self.ui.layout();
        self.ui.scope_builder(egui::UiBuilder::new().max_rect(rect).layout(layout), |ui| {
            draw(&mut Widgets { ui, words: self.words, theme: self.theme }, edge);
        });
    }

    /// Writes wrapped text over the full width, aligned relative to the line start.
    pub(super) fn write(&mut self, text: &str, font: FontId, colour: Color32, align: Align) -> Response {
        self.write_sensing(Sense::hover(), text, font, colour, align)
    }

    /// A secondary paragraph at which Tab stops, where screen readers say `name`.
    pub(super) fn soft_with_focus(&mut self, text: &str, name: &str) {
        let (font, colour) = (self.theme.small(), self.theme.tokens.soft);
        let response = self.write_sensing(Sense::focusable_noninteractive(), text, font, colour, Align::Min);
        self.named(&response, Role::Label, name);
        self.focus_ring(&response);
    }

    fn write_sensing(&mut self, sense: Sense, text: &str, font: FontId, colour: Color32, align: Align) -> Response {
        let width = self.ui.available_width();
        let galley = self.lay_out(text, font, colour, width, align);
        let (rect, response) = self.ui.allocate_exact_size(Vec2::new(width, galley.size().y), sense);
        let x = match align {
            Align::Center => rect.center().x,
            _ if self.is_rtl() => rect.right(),
            _ => rect.left(),
        };
        self.ui.painter().galley(egui::pos2(x, rect.top()), galley, colour);
        let (name, enabled) = (text.to_owned(), self.ui.is_enabled());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, enabled, &name));
        response
    }

    /// Lays text out; `align` and the direction determine whether its anchor is left, right or center.
    pub(super) fn lay_out(
        &self,
        text: &str,
        font: FontId,
        colour: Color32,
        width: f32,
        align: Align,
    ) -> std::sync::Arc<egui::Galley> {
        let painter = self.ui.painter();
        let measure = |part: &str| painter.layout_no_wrap(part.to_owned(), font.clone(), colour).size().x;
        let mut job = match bidi::visual(text, self.is_rtl(), measure, width) {
            Some(lines) => bidi::job(&lines, &TextFormat::simple(font, colour)),
            None => LayoutJob::simple(text.to_owned(), font, colour, width),
        };
        job.wrap.max_width = width;
        job.halign = match align {
            Align::Center => Align::Center,
            _ if self.is_rtl() => Align::RIGHT,
            _ => Align::LEFT,
        };
        painter.layout_job(job)
    }

    /// A full-width button.
    pub(super) fn button(&mut self, style: ButtonStyle, id: &str) -> bool {
        let text = self.words.say(id);
        self.button_saying(style, &text).clicked()
    }

    /// A button with already translated text.
    pub(super) fn button_saying(&mut self, style: ButtonStyle, text: &str) -> Response {
        let height = self.theme.touch.max(30.0 * self.theme.scale);
        self.button_in(style, text, self.theme.strong(), height)
    }

    fn button_in(&mut self, style: ButtonStyle, text: &str, font: FontId, height: f32) -> Response {
        let t = self.theme.tokens;
        let width = self.ui.available_width();
        let (words, fill, line) = match style {
            ButtonStyle::Primary => (t.on_accent, t.accent, Stroke::new(1.5, t.accent)),
            ButtonStyle::Secondary => (t.text, t.surface, Stroke::new(1.5, t.line)),
        };
        let button = Button::new(self.line(text, font, words, width - 32.0))
            .fill(fill)
            .stroke(line)
            .corner_radius(RADIUS)
            .wrap()
            .min_size(Vec2::new(width, height));
        let middle = Layout::top_down_justified(Align::Center);
        let response = self.ui.with_layout(middle, |ui| ui.add(button)).inner;
        self.named(&response, Role::Button, text);
        self.focus_ring(&response);
        response
    }

    /// The one button that a kiosk's screen is about: larger than others.
    pub(super) fn large_button(&mut self, style: ButtonStyle, text: &str) -> Response {
        self.button_in(style, text, self.theme.title(), self.theme.touch * 1.8)
    }

    /// A small button for a row, as in the header.
    pub(super) fn small_button(&mut self, id: &str) -> Response {
        let text = self.words.say(id);
        let button = Button::new(self.line(&text, self.theme.body(), self.theme.tokens.text, f32::INFINITY))
            .fill(Color32::TRANSPARENT)
            .stroke(Stroke::NONE)
            .corner_radius(RADIUS)
            .min_size(Vec2::splat(self.theme.touch));
        let response = self.ui.add(button);
        self.named(&response, Role::Button, &text);
        self.focus_ring(&response);
        response
    }

    /// Text for one of egui's own widgets.
    pub(super) fn line(&self, text: &str, font: FontId, colour: Color32, width: f32) -> WidgetText {
        bidi::text(self.ui, RichText::new(text).font(font).color(colour), self.is_rtl(), width)
    }

    /// Sets the widget's accessible name in logical order.
    pub(super) fn named(&self, response: &Response, kind: Role, name: &str) {
        let (name, enabled) = (name.to_owned(), self.ui.is_enabled());
        response.widget_info(|| WidgetInfo::labeled(kind, enabled, &name));
    }

    /// Marks text as a heading for screen readers.
    pub(super) fn as_heading(&self, response: &Response, text: &str) {
        speak(self.ui.ctx(), text);
        self.ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_role(accesskit::Role::Heading);
            // A plain label is named by its value, a heading by its label.
            node.clear_value();
            node.set_label(text);
        });
    }

    /// Draws the focus ring if the widget has the keyboard focus.
    pub(super) fn focus_ring(&self, response: &Response) {
        if response.has_focus() {
            let ring = Stroke::new(3.0, self.theme.tokens.focus);
            self.ui.painter().rect_stroke(response.rect.expand(2.0), RADIUS + 2, ring, StrokeKind::Outside);
            response.scroll_to_me(None);
        }
    }

    /// A live region: screen readers announce its text whenever it changes.
    pub(super) fn announce(&mut self, salt: &str, text: &str, is_urgent: bool) {
        speak(self.ui.ctx(), text);
        let id = Id::unique(("live", salt));
        let rect = egui::Rect::from_min_size(self.ui.cursor().min, Vec2::ZERO);
        self.ui.interact(rect, id, Sense::hover());
        self.ui.ctx().accesskit_node_builder(id, |node| {
            node.set_role(accesskit::Role::Status);
            node.set_live(if is_urgent { accesskit::Live::Assertive } else { accesskit::Live::Polite });
            // Nodes without a label are not announced.
            node.set_label(text);
        });
    }

    /// Announces several messages, one after another.
    pub(super) fn announce_all(&mut self, ids: &[&str], is_urgent: bool) {
        let text = ids.iter().map(|id| self.words.say(id)).collect::<Vec<_>>().join(" ");
        self.announce("messages", &text, is_urgent);
    }

    /// A card: a surface with a border.
    pub(super) fn card(&mut self, draw: impl FnOnce(&mut Widgets<'_>)) {
        let t = self.theme.tokens;
        egui::Frame::new()
            .fill(t.surface)
            .stroke(Stroke::new(1.0, super::theme::mix(t.line, t.surface, 0.5)))
            .corner_radius(RADIUS)
            .inner_margin(16)
            .show(self.ui, |ui| {
                ui.set_width(ui.available_width());
                draw(&mut Widgets { ui, words: self.words, theme: self.theme });
            });
    }

    /// Vertical space.
    pub(super) fn gap(&mut self, points: f32) {
        self.ui.add_space(points);
    }

    /// Whether the language is right-to-left.
    pub(super) fn is_rtl(&self) -> bool {
        self.words.language().is_rtl()
    }

    /// A message with arguments.
    pub(super) fn say_with(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.words.say_with(id, args)
    }

    /// Draws in a row, from the line start.
    pub(super) fn row<R>(&mut self, draw: impl FnOnce(&mut Widgets<'_>) -> R) -> R {
        let layout =
            if self.is_rtl() { Layout::right_to_left(Align::Center) } else { Layout::left_to_right(Align::Center) };
        let height = self.theme.touch.max(self.theme.body().size * 1.6);
        let size = Vec2::new(self.ui.available_width(), height);
        self.ui
            .allocate_ui_with_layout(size, layout, |ui| draw(&mut Widgets { ui, words: self.words, theme: self.theme }))
            .inner
    }
}
