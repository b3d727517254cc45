//! Diagnostics: what this installation needs, how it stands, what to do. No personal data, so it may be copied.

use eframe::egui::{Align, Ui};

use super::super::{
    Ask, Page, layout,
    pen::{Pen, Weight},
};
use super::View;
use countenance_client::doctor::{Finding, State};

pub(super) fn show(ui: &mut Ui, view: &View<'_>) -> Option<Ask> {
    let findings = view.state.findings.as_deref();
    let ask = layout::actions(ui, view.words, view.theme, |pen| {
        let copy = findings.filter(|_| pen.button(Weight::Second, "diagnostics-copy")).map(report).map(Ask::Copy);
        let back = pen.button(Weight::Second, "settings-back").then_some(Ask::Go(Page::Settings));
        copy.or(back)
    });
    layout::content(ui, view.words, view.theme, |pen| {
        pen.title("diagnostics-title");
        pen.soft("diagnostics-body");
        match findings {
            None => {
                pen.body("diagnostics-running");
                let running = pen.words.say("diagnostics-running");
                pen.announce("diagnostics", &running, false);
            }
            Some(findings) => findings.iter().for_each(|finding| one(pen, finding)),
        }
    });
    ask
}

fn one(pen: &mut Pen<'_>, finding: &Finding) {
    let t = pen.theme.tokens;
    let (state, colour) = match finding.state {
        State::Good => ("diagnostics-good", t.good),
        State::Attention => ("diagnostics-attention", t.danger),
        State::Unknown => ("diagnostics-unknown", t.warn),
    };
    pen.card(|pen| {
        let title = format!("{}: {}", pen.words.say(finding.check.id()), pen.words.say(state));
        pen.write(&title, pen.theme.strong(), colour, Align::Min);
        pen.write(&finding.detail, pen.theme.small(), pen.theme.tokens.soft, Align::Min);
        if let Some(fix) = finding.fix {
            pen.body(fix.id());
        }
    });
}

/// The findings as plain text, in English, for whoever looks after this computer.
fn report(findings: &[Finding]) -> String {
    let line = |f: &Finding| format!("{}: {}: {}", f.check, f.state, f.detail);
    findings.iter().map(line).collect::<Vec<_>>().join("\n")
}
