//! Digits on the screen, for kiosks: large keys in the order of a telephone, which runs from left to right in every
//! language. A keyboard works as well.

use eframe::egui::{
    Align2, Button, Color32, Event, FontId, Key, Painter, Pos2, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};

use super::{digits, marks::polyline, theme::RADIUS, widgets::Widgets};

/// Space between two keys, points.
const GAP: f32 = 10.0;
/// Maximum width of the pad at 100 %, points: a thumb reaches across.
const WIDTH: f32 = 480.0;

/// A key was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Press {
    /// A digit, ASCII.
    Digit(char),
    /// Erase the last digit.
    Erase,
    /// Everything is typed.
    Enter,
}

/// What a key shows.
#[derive(Clone, Copy)]
enum Face {
    Digit(char),
    Erase,
    Enter,
}

const KEYS: [[Face; 3]; 4] = [
    [Face::Digit('1'), Face::Digit('2'), Face::Digit('3')],
    [Face::Digit('4'), Face::Digit('5'), Face::Digit('6')],
    [Face::Digit('7'), Face::Digit('8'), Face::Digit('9')],
    [Face::Erase, Face::Digit('0'), Face::Enter],
];

/// Draws the pad; `enter` names the key that sends what was typed. While the pad is disabled, no key does anything.
pub(super) fn show(widgets: &mut Widgets<'_>, enter: &str, is_enabled: bool) -> Option<Press> {
    let (enter, erase) = (widgets.words.say(enter), widgets.words.say("kiosk-erase"));
    let theme = widgets.theme;
    // Large text must not push the last row out of sight.
    let room = (widgets.ui.available_height() - GAP * 4.0) / 4.0;
    let height = theme.touch.max((theme.strong().size * 1.6).min(room));
    let width = widgets.ui.available_width().min(WIDTH * theme.scale.max(1.0));
    let size = vec2(width, height * 4.0 + GAP * 3.0);
    let (room, _) = widgets.ui.allocate_exact_size(vec2(widgets.ui.available_width(), size.y), Sense::hover());
    let pad = Rect::from_center_size(room.center(), size);
    let key_size = vec2((width - 2.0 * GAP) / 3.0, height);
    let mut pressed = if is_enabled { typed(widgets.ui) } else { None };
    for (row, keys) in KEYS.iter().enumerate() {
        for (column, face) in keys.iter().enumerate() {
            let corner = pos2(column as f32 * (key_size.x + GAP), row as f32 * (key_size.y + GAP));
            let rect = Rect::from_min_size(pad.min + corner.to_vec2(), key_size);
            let (name, press) = match face {
                Face::Digit(digit) => (digit.to_string(), Press::Digit(*digit)),
                Face::Erase => (erase.clone(), Press::Erase),
                Face::Enter => (enter.clone(), Press::Enter),
            };
            if key(widgets, rect, *face, &name, is_enabled) {
                pressed = Some(press);
            }
        }
    }
    pressed
}

/// One key; returns whether it was pressed.
fn key(widgets: &mut Widgets<'_>, rect: Rect, face: Face, name: &str, is_enabled: bool) -> bool {
    let t = widgets.theme.tokens;
    let font = FontId { size: widgets.theme.title().size.min(rect.height() * 0.6), ..widgets.theme.title() };
    let (fill, ink) = if matches!(face, Face::Enter) { (t.accent, t.on_accent) } else { (t.surface, t.text) };
    let mut builder = UiBuilder::new().max_rect(rect);
    if !is_enabled {
        builder = builder.disabled();
    }
    let response = widgets
        .ui
        .scope_builder(builder, |ui| {
            // Without a text whose height would count.
            let button = Button::new(RichText::new("").size(1.0))
                .fill(fill)
                .stroke(Stroke::new(1.5, t.line))
                .corner_radius(RADIUS);
            ui.put(rect, button.min_size(rect.size()))
        })
        .inner;
    let painter = widgets.ui.painter();
    let ink = if is_enabled { ink } else { ink.gamma_multiply(0.5) };
    match face {
        Face::Digit(digit) => _ = painter.text(rect.center(), Align2::CENTER_CENTER, digit, font, ink),
        Face::Erase => erase_sign(painter, rect.center(), font.size * 0.42, ink),
        Face::Enter => enter_sign(painter, rect.center(), font.size * 0.42, ink),
    }
    let label = name.to_owned();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, is_enabled, &label));
    widgets.focus_ring(&response);
    is_enabled && response.clicked()
}

/// A tag that points to the left, with a cross in it.
fn erase_sign(painter: &Painter, centre: Pos2, r: f32, ink: Color32) {
    let stroke = Stroke::new(r / 5.0, ink);
    let at = |x: f32, y: f32| centre + vec2(x, y) * r;
    let outline =
        [at(-1.4, 0.0), at(-0.6, -0.9), at(1.3, -0.9), at(1.3, 0.9), at(-0.6, 0.9), at(-1.4, 0.0), at(-0.6, -0.9)];
    polyline(painter, &outline, stroke);
    polyline(painter, &[at(-0.1, -0.4), at(0.7, 0.4)], stroke);
    polyline(painter, &[at(-0.1, 0.4), at(0.7, -0.4)], stroke);
}

/// A check mark.
fn enter_sign(painter: &Painter, centre: Pos2, r: f32, ink: Color32) {
    let at = |x: f32, y: f32| centre + vec2(x, y) * r;
    polyline(painter, &[at(-0.9, 0.0), at(-0.25, 0.65), at(0.95, -0.65)], Stroke::new(r / 3.5, ink));
}

/// What was typed so far, `shown` from left to right; `name` says how much, since a screen reader must not spell it aloud
/// in a lobby.
pub(super) fn display(widgets: &mut Widgets<'_>, shown: &str, name: &str) {
    let (t, font) = (widgets.theme.tokens, widgets.theme.title());
    let width = widgets.ui.available_width().min(WIDTH * widgets.theme.scale.max(1.0));
    let height = (font.size * 1.5).max(widgets.theme.touch * 0.8);
    let (room, response) = widgets.ui.allocate_exact_size(vec2(widgets.ui.available_width(), height), Sense::hover());
    let rect = Rect::from_center_size(room.center(), vec2(width, height));
    let painter = widgets.ui.painter();
    painter.rect(rect, RADIUS, t.surface, Stroke::new(1.5, t.line), StrokeKind::Inside);
    // Twelve dots of large text are wider than the field.
    let mut galley = painter.layout_no_wrap(shown.to_owned(), font.clone(), t.text);
    if galley.size().x > width - 24.0 {
        let size = font.size * (width - 24.0) / galley.size().x;
        galley = painter.layout_no_wrap(shown.to_owned(), FontId::new(size, font.family), t.text);
    }
    painter.galley(rect.center() - galley.size() / 2.0, galley, t.text);
    let label = name.to_owned();
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &label));
    widgets.announce("typed", name, false);
}

/// A key of a keyboard in this frame, if any. A button that has the focus keeps its Enter.
fn typed(ui: &Ui) -> Option<Press> {
    let has_focus = ui.memory(|m| m.focused().is_some());
    ui.input(|i| {
        i.events.iter().find_map(|event| match event {
            Event::Text(text) => text.chars().find_map(digits::digit).map(Press::Digit),
            Event::Key { key: Key::Backspace, pressed: true, .. } => Some(Press::Erase),
            Event::Key { key: Key::Enter, pressed: true, .. } if !has_focus => Some(Press::Enter),
            _ => None,
        })
    })
}
