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
use crate::{
    flow::CodeStep,
    protocol::{CODE_DIGITS, Fallback, OneTimeCode},
    runner::Command,
};

pub(super) fn show(ui: &mut Ui, view: &View<'_>, code: &Code, draft: &mut Draft) -> Option<Ask> {
    let asked = match code.step {
        _ if code.is_under_way => return waiting::code(ui, view, code.is_retrying),
        CodeStep::Choose => choose(ui, view),
        CodeStep::Sent { attempts_left } => enter(ui, view, code, draft, (attempts_left, false)),
        CodeStep::Wrong { attempts_left } => enter(ui, view, code, draft, (attempts_left, true)),
    };
    asked.map(Ask::Command)
}

/// By which way the code shall come.
fn choose(ui: &mut Ui, view: &View<'_>) -> Option<Command> {
    let asked = layout::actions(ui, view.words, view.theme, |pen| {
        let mut asked = None;
        for (i, channel) in view.state.fallback.iter().enumerate() {
            let weight = if i == 0 { Weight::First } else { Weight::Second };
            if pen.button(weight, words_of(*channel)) {
                asked = Some(Command::SendCode(*channel));
            }
        }
        let face = pen.button(Weight::Second, "code-camera").then_some(Command::TryAgain);
        asked.or(face).or(stop(pen))
    });
    layout::content(ui, view.words, view.theme, |pen| {
        pen.gap(24.0);
        pen.verdict(Mark::Question, "code-title", "code-choose");
        pen.announce_all(&["code-title", "code-choose"], false);
    });
    asked
}

/// The code has been sent: which is it?
fn enter(
    ui: &mut Ui,
    view: &View<'_>,
    code: &Code,
    draft: &mut Draft,
    (attempts_left, is_wrong): (u32, bool),
) -> Option<Command> {
    let pressed = layout::actions(ui, view.words, view.theme, |pen| {
        let check = pen.button(Weight::First, "code-check").then(|| checked(draft)).flatten();
        let again = send_again(pen, view, code.channel);
        check.or(again).or(stop(pen))
    });
    let mut entered = None;
    layout::content(ui, view.words, view.theme, |pen| {
        pen.title("code-title");
        if !is_wrong {
            pen.body("code-sent");
        }
        pen.gap(12.0);
        entered = field(pen, draft);
        let left = pen.say_with("attempts-left", &[("attempts", Arg::Number(attempts_left))]);
        if is_wrong {
            let wrong = pen.words.say("code-wrong");
            pen.write(&wrong, pen.theme.strong(), pen.theme.tokens.danger, Align::Min);
            pen.announce("code", &format!("{wrong} {left}"), true);
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

/// The digits typed, if they make a code; the field is empty then.
fn checked(draft: &mut Draft) -> Option<Command> {
    if draft.code.len() < CODE_DIGITS {
        return None;
    }
    OneTimeCode::try_from(std::mem::take(&mut *draft.code)).ok().map(Command::CheckCode)
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
