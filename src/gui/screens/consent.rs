//! Consent: who asks, for which account, since when; what is captured, sent and stored. The camera is off.

use eframe::egui::{Align, Ui};

use super::super::{
    Ask, layout,
    widgets::{ButtonStyle, Widgets},
    words::Arg,
};
use super::View;
use countenance_client::runner::{Command, ConsentRequest, ConsentText};
use countenance_core::protocol::Purpose;

pub(super) fn show(ui: &mut Ui, view: &View<'_>, request: &ConsentRequest) -> Option<Ask> {
    let ask = layout::actions(ui, view.words, view.theme, |widgets| {
        widgets.soft("consent-light");
        // No initial focus: a stray Enter must not give consent.
        let begin = widgets
            .button(ButtonStyle::Primary, "consent-begin")
            .then(|| Command::Begin(agreed(view, request.purpose)));
        let not_me = widgets.button(ButtonStyle::Secondary, "consent-not-me").then_some(Command::NotMe);
        begin.or(not_me).map(Ask::Command)
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.title(match request.purpose {
            Purpose::Verify => "consent-title-verify",
            Purpose::Enroll => "consent-title-enroll",
        });
        let shown = &request.display;
        let asks = widgets.say_with("consent-asks", &[("application", Arg::Text(&shown.application))]);
        widgets.write(&asks, widgets.theme.body(), widgets.theme.tokens.text, Align::Min);
        widgets.announce("consent", &asks, false);
        widgets.card(|widgets| {
            widgets.fact("consent-account", &shown.account);
            widgets.fact("consent-application", &shown.application);
            widgets.fact("consent-tenant", &shown.tenant);
            let began = began(widgets, view.state.now - shown.started_at);
            widgets.fact("consent-began", &began);
        });
        if request.purpose == Purpose::Verify {
            widgets.soft("consent-warning");
        }
        widgets.gap(4.0);
        for statement in statements(request.purpose) {
            widgets.item(statement);
        }
    });
    ask
}

/// What is captured, sent and stored.
fn statements(purpose: Purpose) -> &'static [&'static str] {
    match purpose {
        Purpose::Verify => &["consent-captured", "consent-sent", "consent-kept"],
        Purpose::Enroll => &["consent-captured", "consent-sent", "consent-template", "consent-kept"],
    }
}

/// The statements as they are shown, for the verifier's record of an enrollment.
fn agreed(view: &View<'_>, purpose: Purpose) -> ConsentText {
    let said: Vec<_> = statements(purpose).iter().map(|statement| view.words.say(statement)).collect();
    ConsentText { language: view.words.language().tag().to_owned(), text: said.join("\n") }
}

/// How long ago something began.
pub(super) fn began(widgets: &Widgets<'_>, seconds_ago: i64) -> String {
    match seconds_ago / 60 {
        ..1 => widgets.words.say("consent-now"),
        minutes => widgets.say_with("consent-minutes", &[("minutes", Arg::Number(minutes.min(999) as u32))]),
    }
}
