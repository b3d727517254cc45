//! One-time code instead of the face: choice of channel, then six digits. The camera is off.

use eframe::egui::{self, Align, Align2, Key, TextBuffer, TextEdit, Ui, text::CharIndex, text_edit::TextEditState};
use zeroize::Zeroizing;

use super::super::{
    Ask, Draft,
    digits::Digits,
    keypad::{self, Press},
    layout,
    marks::Mark,
    screen::Code,
    widgets::{ButtonStyle, Widgets},
    words::Arg,
};
use super::{View, waiting};
use countenance_client::{
    flow::{CodeStep, CodeTrouble},
    runner::Command,
};
use countenance_core::protocol::{CODE_DIGITS, Fallback, OneTimeCode};

pub(super) fn show(ui: &mut Ui, view: &View<'_>, code: &Code, draft: &mut Draft) -> Option<Ask> {
    if code.is_under_way {
        return waiting::code(ui, view, code.is_retrying);
    }
    let asked = match code.attempts_left {
        None => choose(ui, view, code),
        Some(attempts_left) => enter(ui, view, code, draft, attempts_left),
    };
    asked.map(Ask::Command)
}

/// The error message for the last code, if any.
fn mishap(step: CodeStep) -> Option<&'static str> {
    use CodeTrouble::{Later, Refused};
    match step {
        CodeStep::Choose | CodeStep::Sent { .. } => None,
        CodeStep::Wrong { .. } => Some("code-wrong"),
        CodeStep::NotSent(Refused) => Some("code-not-sent-refused"),
        CodeStep::NotSent(Later) => Some("code-not-sent-later"),
        CodeStep::NotChecked(Refused) => Some("code-not-checked-refused"),
        CodeStep::NotChecked(Later) => Some("code-not-checked-later"),
    }
}

/// Choice of channel.
fn choose(ui: &mut Ui, view: &View<'_>, code: &Code) -> Option<Command> {
    let asked = layout::actions(ui, view.words, view.theme, |widgets| {
        let mut asked = None;
        for (i, channel) in view.state.fallback.iter().enumerate() {
            let style = if i == 0 { ButtonStyle::Primary } else { ButtonStyle::Secondary };
            if widgets.button(style, words_of(*channel)) {
                asked = Some(Command::SendCode(*channel));
            }
        }
        asked.or(face(widgets)).or(stop(widgets))
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.gap(24.0);
        if let Some(mishap) = mishap(code.step) {
            widgets.verdict(Mark::Warning, "code-title", mishap);
            widgets.announce_all(&[mishap], true);
        } else {
            widgets.verdict(Mark::Question, "code-title", "code-choose");
            widgets.announce_all(&["code-title", "code-choose"], false);
        }
    });
    asked
}

/// Entry of the code.
fn enter(ui: &mut Ui, view: &View<'_>, code: &Code, draft: &mut Draft, attempts_left: u32) -> Option<Command> {
    let mishap = mishap(code.step);
    let is_kiosk = view.state.kiosk.is_some();
    let pressed = layout::actions(ui, view.words, view.theme, |widgets| {
        // The pad has a key for it.
        let is_pressed = !is_kiosk && widgets.button(ButtonStyle::Primary, "code-check");
        let check = is_pressed.then(|| checked(draft)).flatten();
        let again = send_again(widgets, view, code.channel);
        let is_stuck = matches!(code.step, CodeStep::NotSent(_) | CodeStep::NotChecked(_));
        let face = if is_stuck { face(widgets) } else { None };
        check.or(again).or(face).or(stop(widgets))
    });
    let mut entered = None;
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.title("code-title");
        if mishap.is_none() {
            widgets.body("code-sent");
        }
        widgets.gap(12.0);
        entered = if is_kiosk { pad(widgets, draft) } else { field(widgets, draft) };
        let left = widgets.say_with("attempts-left", &[("attempts", Arg::Number(attempts_left))]);
        if let Some(mishap) = mishap {
            let said = widgets.words.say(mishap);
            widgets.write(&said, widgets.theme.strong(), widgets.theme.tokens.danger, Align::Min);
            widgets.announce("code", &format!("{said} {left}"), true);
        } else {
            let sent = widgets.words.say("code-sent");
            widgets.announce("code", &sent, false);
        }
        widgets.write(&left, widgets.theme.small(), widgets.theme.tokens.soft, Align::Min);
    });
    pressed.or(entered)
}

/// Requests another code, by the same or another channel, once the last one has had time to arrive.
fn send_again(widgets: &mut Widgets<'_>, view: &View<'_>, last: Option<Fallback>) -> Option<Command> {
    let seconds = view.state.resend_secs;
    if seconds > 0 {
        let wait = widgets.say_with("code-resend-wait", &[("seconds", Arg::Number(seconds))]);
        widgets.write(&wait, widgets.theme.small(), widgets.theme.tokens.soft, Align::Center);
        return None;
    }
    let mut asked = None;
    for channel in &view.state.fallback {
        let id = if Some(*channel) == last { "code-resend" } else { words_of(*channel) };
        if widgets.button(ButtonStyle::Secondary, id) {
            asked = Some(Command::SendCode(*channel));
        }
    }
    asked
}

fn face(widgets: &mut Widgets<'_>) -> Option<Command> {
    widgets.button(ButtonStyle::Secondary, "code-camera").then_some(Command::TryAgain)
}

fn stop(widgets: &mut Widgets<'_>) -> Option<Command> {
    widgets.button(ButtonStyle::Secondary, "stop-here").then_some(Command::GiveUp)
}

/// The digits that were typed, above a pad to type them with.
fn pad(widgets: &mut Widgets<'_>, draft: &mut Draft) -> Option<Command> {
    let shown = draft.code.chars().map(String::from).chain(std::iter::repeat("–".into())).take(CODE_DIGITS);
    let shown = Zeroizing::new(shown.collect::<Vec<_>>().join(" "));
    let counts = [("typed", draft.code.len() as u32), ("total", CODE_DIGITS as u32)];
    let typed = widgets.say_with("kiosk-code-typed", &counts.map(|(name, count)| (name, Arg::Number(count))));
    keypad::display(widgets, &shown, &typed);
    widgets.gap(8.0);
    let end = CharIndex(draft.code.len());
    match keypad::show(widgets, "code-check", true)? {
        Press::Digit(digit) => _ = Digits(&mut draft.code).insert_text(digit.encode_utf8(&mut [0; 4]), end),
        Press::Erase => Digits(&mut draft.code).delete_char_range(CharIndex(end.0.saturating_sub(1))..end),
        Press::Enter => return checked(draft),
    }
    widgets.ui.ctx().request_repaint();
    None
}

/// The six digits. The field has the focus from the start: there is nothing else to type on this screen, nor to agree
/// to.
fn field(widgets: &mut Widgets<'_>, draft: &mut Draft) -> Option<Command> {
    let name = widgets.words.say("code-label");
    widgets.write(&name, widgets.theme.small(), widgets.theme.tokens.soft, Align::Min);
    let mut digits = Digits(&mut draft.code);
    let field = TextEdit::singleline(&mut digits)
        .font(widgets.theme.title())
        .align(Align2::CENTER_CENTER)
        .margin(egui::vec2(12.0, 12.0))
        .desired_width(f32::INFINITY);
    let response = widgets.ui.add(field);
    widgets.ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name.as_str()));
    widgets.focus_ring(&response);
    let is_entered = response.lost_focus() && widgets.ui.input(|i| i.key_pressed(Key::Enter));
    if widgets.ui.memory(|m| m.focused().is_none()) {
        response.request_focus();
    }
    forget_earlier(widgets.ui, response.id);
    is_entered.then(|| checked(draft)).flatten()
}

/// The command to check the typed digits, if they are complete. They are kept until the result is known.
fn checked(draft: &Draft) -> Option<Command> {
    if draft.code.len() < CODE_DIGITS {
        return None;
    }
    OneTimeCode::try_from(draft.code.to_string()).ok().map(Command::CheckCode)
}

/// Clears the undo history of the field, so that it keeps no code.
fn forget_earlier(ui: &Ui, field: egui::Id) {
    if let Some(mut state) = TextEditState::load(ui.ctx(), field) {
        state.clear_undoer();
        state.store(ui.ctx(), field);
    }
}

fn words_of(channel: Fallback) -> &'static str {
    match channel {
        Fallback::Sms => "code-sms",
        Fallback::Voice => "code-voice",
    }
}
