//! The camera menu: in the header during a capture, among the actions after a failure.

use eframe::egui::{Button, Popup, Response, Role, TextWrapMode, WidgetInfo, accesskit};

use super::super::{
    Ask, CameraEntry, Page, cameras,
    screen::Screen,
    theme::MARGIN,
    widgets::{ButtonStyle, Widgets},
};
use super::View;

/// Whether a camera is running and there is a choice.
pub(super) fn is_offered(view: &View<'_>) -> bool {
    let state = view.state;
    let is_capturing = state.page == Page::Main && matches!(state.screen, Screen::Capture(_) | Screen::Trying(_));
    is_capturing && !state.plays_recording && cameras::may_choose(&state.settings) && state.cameras.len() > 1
}

/// A menu to switch the running camera.
pub(super) fn small(widgets: &mut Widgets<'_>, view: &View<'_>) -> Option<Ask> {
    let state = view.state;
    let button = widgets.small_button("settings-camera");
    let in_use = cameras::used(&state.settings, &state.cameras).map(|camera| camera.id.as_str());
    menu(widgets, view, &button, in_use, |_| true)
}

/// A menu to replace the failed camera, if there is another.
pub(super) fn another(widgets: &mut Widgets<'_>, view: &View<'_>) -> Option<Ask> {
    let state = view.state;
    let failed = state.failed_camera.as_deref();
    let is_another = |camera: &CameraEntry| failed != Some(camera.id.as_str());
    if state.plays_recording || !cameras::may_choose(&state.settings) || !state.cameras.iter().any(is_another) {
        return None;
    }
    let text = widgets.words.say("camera-another");
    let button = widgets.button_saying(ButtonStyle::Secondary, &text);
    menu(widgets, view, &button, None, is_another)
}

/// The menu that `button` opens: one line per `offered` camera.
fn menu(
    widgets: &mut Widgets<'_>,
    view: &View<'_>,
    button: &Response,
    in_use: Option<&str>,
    offered: impl Fn(&CameraEntry) -> bool,
) -> Option<Ask> {
    let names = cameras::names(&view.state.cameras, view.words);
    let chosen = names.iter().zip(&view.state.cameras).find(|(_, camera)| in_use == Some(camera.id.as_str()));
    let is_open = || Popup::is_id_open(&button.ctx, Popup::default_response_id(button));
    let (was_open, width) = (is_open(), button.ctx.content_rect().width());
    button.ctx.accesskit_node_builder(button.id, |node| {
        node.set_has_popup(accesskit::HasPopup::Menu);
        node.set_expanded(was_open);
        if let Some((name, _)) = chosen {
            node.set_value(name.as_str());
        }
    });
    let (words, theme) = (widgets.words, widgets.theme);
    let shown = Popup::menu(button).show(|ui| {
        ui.set_max_width(width - 4.0 * f32::from(MARGIN));
        ui.style_mut().wrap_mode = Some(TextWrapMode::Wrap);
        let mut widgets = Widgets { ui, words, theme };
        let offers = names.iter().zip(&view.state.cameras).filter(|(_, camera)| offered(camera));
        let pressed = offers.filter(|(name, camera)| line(&mut widgets, name, in_use == Some(camera.id.as_str())));
        pressed.map(|(_, camera)| Ask::UseCamera(camera.id.clone())).last()
    });
    if was_open && !is_open() && !button.ctx.input(|i| i.pointer.any_released()) {
        // Keyboard users continue where they opened the menu.
        button.request_focus();
    }
    shown.and_then(|shown| shown.inner)
}

/// A camera entry; returns whether it was chosen.
fn line(widgets: &mut Widgets<'_>, name: &str, is_in_use: bool) -> bool {
    let width = widgets.ui.available_width() - 2.0 * widgets.ui.spacing().button_padding.x;
    let text = widgets.line(name, widgets.theme.body(), widgets.theme.tokens.text, width);
    let response = widgets.ui.add(Button::selectable(is_in_use, text));
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_in_use, name));
    widgets.focus_ring(&response);
    response.clicked()
}
