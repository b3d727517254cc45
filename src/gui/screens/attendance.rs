//! Attended enrollment: a supervisor confirms who the person is, with number and PIN. Only at kiosks; the camera is off.

use eframe::egui::{Align, Ui};

use super::super::{
    Ask, Draft, keypad, layout,
    screen::Attendance,
    widgets::{ButtonStyle, Widgets},
    words::Arg,
};
use super::{View, waiting};
use countenance_client::{flow::AttendanceStep, runner::Command};

pub(super) fn show(ui: &mut Ui, view: &View<'_>, attendance: &Attendance, draft: &mut Draft) -> Option<Ask> {
    if attendance.is_under_way {
        return waiting::code(ui, view, attendance.is_retrying);
    }
    let draft = &mut draft.attendance;
    let wait_secs = view.state.attendance_wait_secs;
    let stopped = layout::actions(ui, view.words, view.theme, |widgets| {
        widgets.button(ButtonStyle::Secondary, "stop-here").then_some(Command::GiveUp)
    });
    let entered = layout::content(ui, view.words, view.theme, |widgets| {
        widgets.title("kiosk-attend-title");
        let trouble = if draft.is_empty() { trouble(widgets, attendance.step, wait_secs) } else { None };
        let said = trouble.clone().unwrap_or_else(|| widgets.words.say("kiosk-attend-body"));
        let colour = if trouble.is_some() { widgets.theme.tokens.danger } else { widgets.theme.tokens.text };
        widgets.write(&said, widgets.theme.body(), colour, Align::Min);
        widgets.announce("attendance", &said, trouble.is_some());
        widgets.fact("consent-account", &attendance.request.display.account);
        widgets.gap(4.0);
        let (label, enter) = if draft.asks_pin() {
            ("kiosk-attend-pin", "kiosk-attend-confirm")
        } else {
            ("kiosk-attend-number", "kiosk-next")
        };
        let label = widgets.words.say(label);
        widgets.write(&label, widgets.theme.strong(), widgets.theme.tokens.text, Align::Min);
        let typed = widgets.say_with("kiosk-pin-typed", &[("typed", Arg::Number(draft.typed()))]);
        keypad::display(widgets, &draft.shown(), &format!("{label}: {typed}"));
        widgets.gap(8.0);
        let pressed = keypad::show(widgets, enter, wait_secs == 0)?;
        widgets.ui.ctx().request_repaint();
        draft.press(pressed)
    });
    stopped.or(entered).map(Ask::Command)
}

/// Why nobody has confirmed yet, if somebody tried.
fn trouble(widgets: &Widgets<'_>, step: AttendanceStep, wait_secs: u32) -> Option<String> {
    let id = match step {
        AttendanceStep::Ask => return None,
        AttendanceStep::Refused { .. } if wait_secs > 0 => {
            return Some(widgets.say_with("kiosk-pin-wait", &[("seconds", Arg::Number(wait_secs))]));
        }
        AttendanceStep::Refused { .. } => "kiosk-attend-refused",
        AttendanceStep::Later { .. } => "kiosk-attend-later",
    };
    Some(widgets.words.say(id))
}
