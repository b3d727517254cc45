//! Allowing another device: its code, what the code is for, and the result. No sign-in is in progress.

use eframe::egui::{Align, Key, TextEdit, Ui, accesskit, vec2};

use super::super::{
    Ask, Draft, layout,
    marks::Mark,
    screen::Approval,
    widgets::{ButtonStyle, Widgets},
};
use super::{View, consent, waiting};
use countenance_client::runner::{ApprovalTrouble, Command};
use countenance_core::protocol::{APPROVAL_INPUT_MAX_CHARS, ApprovalRequest};

pub(super) fn show(ui: &mut Ui, view: &View<'_>, approval: &Approval, draft: &mut Draft) -> Option<Ask> {
    match approval {
        Approval::Enter { trouble } => enter(ui, view, *trouble, draft),
        Approval::UnderWay { is_retrying } => waiting::code(ui, view, *is_retrying),
        Approval::Asks(request) => ask(ui, view, request),
        Approval::Approved => approved(ui, view),
    }
}

fn message(trouble: ApprovalTrouble) -> &'static str {
    match trouble {
        ApprovalTrouble::Form => "approve-form",
        ApprovalTrouble::Refused => "approve-refused",
        ApprovalTrouble::TooMany => "approve-too-many",
        ApprovalTrouble::Network => "approve-network",
        ApprovalTrouble::Update => "failed-title-update",
        ApprovalTrouble::Broken => "failed-operator",
    }
}

/// Entry of the code.
fn enter(ui: &mut Ui, view: &View<'_>, trouble: Option<ApprovalTrouble>, draft: &mut Draft) -> Option<Ask> {
    let mut asked = layout::actions(ui, view.words, view.theme, |widgets| {
        let pressed = widgets.button(ButtonStyle::Primary, "approve-continue").then(|| typed(draft)).flatten();
        let back = widgets.button(ButtonStyle::Secondary, "settings-back").then_some(Ask::Command(Command::GiveUp));
        pressed.or(back)
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.title("approve-title");
        widgets.body("approve-body");
        widgets.body("approve-warning");
        widgets.gap(12.0);
        if let Some(entered) = field(widgets, draft) {
            asked = Some(entered);
        }
        if let Some(trouble) = trouble {
            let said = widgets.words.say(message(trouble));
            widgets.write(&said, widgets.theme.strong(), widgets.theme.tokens.danger, Align::Min);
            widgets.announce("approval", &said, true);
        } else {
            widgets.announce_all(&["approve-title", "approve-body"], false);
        }
    });
    asked
}

/// The code. The field has the focus from the start: there is nothing else to type on this screen, nor to agree to.
fn field(widgets: &mut Widgets<'_>, draft: &mut Draft) -> Option<Ask> {
    let name = widgets.words.say("approve-label");
    widgets.write(&name, widgets.theme.small(), widgets.theme.tokens.soft, Align::Min);
    let field = TextEdit::singleline(&mut draft.approval)
        .font(widgets.theme.title())
        .char_limit(APPROVAL_INPUT_MAX_CHARS)
        .margin(vec2(12.0, 12.0))
        .desired_width(f32::INFINITY);
    let response = widgets.ui.add(field);
    widgets.ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(name.as_str()));
    widgets.focus_ring(&response);
    let is_entered = response.lost_focus() && widgets.ui.input(|i| i.key_pressed(Key::Enter));
    if widgets.ui.memory(|m| m.focused().is_none()) {
        response.request_focus();
    }
    is_entered.then(|| typed(draft)).flatten()
}

fn typed(draft: &Draft) -> Option<Ask> {
    (!draft.approval.trim().is_empty()).then(|| Ask::LookUpApproval(draft.approval.clone()))
}

/// What the code is for.
fn ask(ui: &mut Ui, view: &View<'_>, request: &ApprovalRequest) -> Option<Ask> {
    let asked = layout::actions(ui, view.words, view.theme, |widgets| {
        // No initial focus: a stray Enter must not allow a device.
        let allow = widgets.button(ButtonStyle::Primary, "approve-allow").then_some(Command::Approve);
        let deny = widgets.button(ButtonStyle::Secondary, "approve-deny").then_some(Command::GiveUp);
        allow.or(deny).map(Ask::Command)
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.title("approve-ask-title");
        widgets.body("approve-ask-body");
        widgets.announce_all(&["approve-ask-title", "approve-ask-body"], true);
        widgets.card(|widgets| {
            let shown = &request.display;
            widgets.fact("consent-account", &shown.account);
            widgets.fact("consent-application", &shown.application);
            widgets.fact("consent-tenant", &shown.tenant);
            if !request.device_name.is_empty() {
                widgets.fact("approve-device", &request.device_name);
            }
            widgets.fact("approve-thumbprint", &request.device_id);
            let asked = consent::began(widgets, view.state.now - request.requested_at);
            widgets.fact("approve-asked", &asked);
        });
        widgets.body("approve-ask-warning");
    });
    asked
}

/// The device is allowed.
fn approved(ui: &mut Ui, view: &View<'_>) -> Option<Ask> {
    let asked = layout::actions(ui, view.words, view.theme, |widgets| {
        widgets.button(ButtonStyle::Primary, "settings-back").then_some(Ask::Command(Command::GiveUp))
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.gap(48.0);
        widgets.verdict(Mark::Check, "approve-done-title", "approve-done-body");
        widgets.announce_all(&["approve-done-title", "approve-done-body"], true);
    });
    asked
}

/// The code with which another device can allow this one, below the other ways.
pub(super) fn offer(widgets: &mut Widgets<'_>, view: &View<'_>) {
    let Some((offered, minutes)) = view.state.approval.as_ref().zip(view.state.approval_minutes()) else { return };
    let code = offered.code.as_str();
    widgets.gap(12.0);
    widgets.card(|widgets| {
        widgets.body("failed-approve-code");
        let response = widgets.write(code, widgets.theme.title(), widgets.theme.tokens.text, Align::Center);
        // Read letter by letter, as it is typed.
        widgets.ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_role(accesskit::Role::Code);
            node.clear_value();
            node.set_label(code);
        });
        let command = format!("countenance device approve {code}");
        let command = widgets.say_with("failed-approve-command", &[("command", command.as_str().into())]);
        widgets.write(&command, widgets.theme.small(), widgets.theme.tokens.soft, Align::Min);
        let left = widgets.say_with("failed-approve-minutes", &[("minutes", minutes.into())]);
        widgets.write(&left, widgets.theme.small(), widgets.theme.tokens.soft, Align::Min);
    });
}
