//! Diagnostics: requirements of this installation, their state and fixes. Contains no personal data, so it can be
//! copied.

use eframe::egui::{Align, Ui};

use super::super::{
    Ask, Page, layout,
    widgets::{ButtonStyle, Widgets},
};
use super::View;
use countenance_client::doctor::{Finding, State};

pub(super) fn show(ui: &mut Ui, view: &View<'_>) -> Option<Ask> {
    let findings = view.state.findings.as_deref();
    let ask = layout::actions(ui, view.words, view.theme, |widgets| {
        let copy =
            findings.filter(|_| widgets.button(ButtonStyle::Secondary, "diagnostics-copy")).map(report).map(Ask::Copy);
        let back = widgets.button(ButtonStyle::Secondary, "settings-back").then_some(Ask::Go(Page::Settings));
        copy.or(back)
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.title("diagnostics-title");
        widgets.soft("diagnostics-body");
        match findings {
            None => {
                widgets.body("diagnostics-running");
                let running = widgets.words.say("diagnostics-running");
                widgets.announce("diagnostics", &running, false);
            }
            Some(findings) => findings.iter().for_each(|finding| one(widgets, finding)),
        }
    });
    ask
}

/// One finding as a card.
pub(in super::super) fn one(widgets: &mut Widgets<'_>, finding: &Finding) {
    let t = widgets.theme.tokens;
    let (state, colour) = match finding.state {
        State::Good => ("diagnostics-good", t.good),
        State::Attention => ("diagnostics-attention", t.danger),
        State::Unknown => ("diagnostics-unknown", t.warn),
    };
    widgets.card(|widgets| {
        let title = format!("{}: {}", widgets.words.say(finding.check.id()), widgets.words.say(state));
        widgets.write(&title, widgets.theme.strong(), colour, Align::Min);
        widgets.write(&finding.detail, widgets.theme.small(), widgets.theme.tokens.soft, Align::Min);
        if let Some(fix) = finding.fix {
            widgets.body(fix.id());
        }
    });
}

/// The findings as plain text in English, for the IT team.
fn report(findings: &[Finding]) -> String {
    let line = |f: &Finding| format!("{}: {}: {}", f.check, f.state, f.detail);
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}
