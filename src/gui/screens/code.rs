//! A code instead of the face: by which way, then six digits. The camera is off.

use eframe::egui::{self, Align, Align2, Key, TextEdit, Ui, text_edit::TextEditState};

use super::super::{
    Ask, Draft,
    digits::Digits,
    layout,
    marks::Mark,
    pen::{Pen, Weight},
    screen::Code,
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

/// What went wrong with the last code, if anything did.
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

/// By which way the code shall come.
fn choose(ui: &mut Ui, view: &View<'_>, code: &Code) -> Option<Command> {
    let asked = layout::actions(ui, view.words, view.theme, |pen| {
        let mut asked = None;
        for (i, channel) in view.state.fallback.iter().enumerate() {
            let weight = if i == 0 { Weight::First } else { Weight::Second };
            if pen.button(weight, words_of(*channel)) {
                asked = Some(Command::SendCode(*channel));
            }
        }
        asked.or(face(pen)).or(stop(pen))
    });
    layout::content(ui, view.words, view.theme, |pen| {
        pen.gap(24.0);
        if let Some(mishap) = mishap(code.step) {
            pen.verdict(Mark::Warning, "code-title", mishap);
            pen.announce_all(&[mishap], true);
        } else {
            pen.verdict(Mark::Question, "code-title", "code-choose");
            pen.announce_all(&["code-title", "code-choose"], false);
        }
    });
    asked
}

/// The code has been sent: which is it?
fn enter(ui: &mut Ui, view: &View<'_>, code: &Code, draft: &mut Draft, attempts_left: u32) -> Option<Command> {
    let mishap = mishap(code.step);
    let pressed = layout::actions(ui, view.words, view.theme, |pen| {
        let check = pen.button(Weight::First, "code-check").then(|| checked(draft)).flatten();
        let again = send_again(pen, view, code.channel);
        let is_stuck = matches!(code.step, CodeStep::NotSent(_) | CodeStep::NotChecked(_));
        let face = if is_stuck { face(pen) } else { None };
        check.or(again).or(face).or(stop(pen))
    });
    let mut entered = None;
    layout::content(ui, view.words, view.theme, |pen| {
        pen.title("code-title");
        if mishap.is_none() {
            pen.body("code-sent");
        }
        pen.gap(12.0);
        entered = field(pen, draft);
        let left = pen.say_with("attempts-left", &[("attempts", Arg::Number(attempts_left))]);
        if let Some(mishap) = mishap {
            let said = pen.words.say(mishap);
            pen.write(&said, pen.theme.strong(), pen.theme.tokens.danger, Align::Min);
            pen.announce("code", &format!("{said} {left}"), true);
        } else {
            let sent = pen.words.say("code-sent");
            pen.announce("code", &sent, false);
        }
        pen.write(&left, pen.theme.small(), pen.theme.tokens.soft, Align::Min);
    });
    pressed.or(entered)
}

/// Another code, by the same way or another, once the last one has had the time to come.
fn send_again(pen: &mut Pen<'_>, view: &View<'_>, last: Option<Fallback>) -> Option<Command> {
    let seconds = view.state.resend_secs;
    if seconds > 0 {
        let wait = pen.say_with("code-resend-wait", &[("seconds", Arg::Number(seconds))]);
        pen.write(&wait, pen.theme.small(), pen.theme.tokens.soft, Align::Center);
        return None;
    }
    let mut asked = None;
    for channel in &view.state.fallback {
        let id = if Some(*channel) == last { "code-resend" } else { words_of(*channel) };
        if pen.button(Weight::Second, id) {
            asked = Some(Command::SendCode(*channel));
        }
    }
    asked
}

fn face(pen: &mut Pen<'_>) -> Option<Command> {
    pen.button(Weight::Second, "code-camera").then_some(Command::TryAgain)
}

fn stop(pen: &mut Pen<'_>) -> Option<Command> {
    pen.button(Weight::Second, "stop-here").then_some(Command::GiveUp)
}

/// The six digits. The field has the keyboard from the start: there is nothing else to type here, and nothing to agree to.
fn field(pen: &mut Pen<'_>, draft: &mut Draft) -> Option<Command> {
    let name = pen.words.say("code-label");
    pen.write(&name, pen.theme.small(), pen.theme.tokens.soft, Align::Min);
    let mut digits = Digits(&mut draft.code);
    let field = TextEdit::singleline(&mut digits)
        .font(pen.theme.title())
        .align(Align2::CENTER_CENTER)
        .margin(egui::vec2(12.0, 12.0))
        .desired_width(f32::INFINITY);
    let response = pen.ui.add(field);
    pen.ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name.as_str()));
    pen.focus_ring(&response);
    let is_entered = response.lost_focus() && pen.ui.input(|i| i.key_pressed(Key::Enter));
    if pen.ui.memory(|m| m.focused().is_none()) {
        response.request_focus();
    }
    forget_earlier(pen.ui, response.id);
    is_entered.then(|| checked(draft)).flatten()
}

/// The digits typed, if they make a code. They stay until it is known whether they are the right ones.
fn checked(draft: &Draft) -> Option<Command> {
    if draft.code.len() < CODE_DIGITS {
        return None;
    }
    OneTimeCode::try_from(draft.code.to_string()).ok().map(Command::CheckCode)
}

/// Nothing of a code is kept to be undone.
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
