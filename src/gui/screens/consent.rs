//! Consent: who asks, for which account, since when; what is captured, sent and kept. The camera is off.

use eframe::egui::{Align, Ui};

use super::super::{
    Ask, layout,
    pen::{Pen, Weight},
    words::Arg,
};
use super::View;
use countenance_client::runner::{Command, ConsentRequest};
use countenance_core::protocol::Purpose;

pub(super) fn show(ui: &mut Ui, view: &View<'_>, request: &ConsentRequest) -> Option<Ask> {
    let ask = layout::actions(ui, view.words, view.theme, |pen| {
        pen.soft("consent-light");
        // Nothing has the keyboard here until the person takes it: a stray Enter must not agree.
        let begin = pen.button(Weight::First, "consent-begin").then_some(Command::Begin);
        let not_me = pen.button(Weight::Second, "consent-not-me").then_some(Command::NotMe);
        begin.or(not_me).map(Ask::Command)
    });
    layout::content(ui, view.words, view.theme, |pen| {
        pen.title(match request.purpose {
            Purpose::Verify => "consent-title-verify",
            Purpose::Enroll => "consent-title-enroll",
        });
        let shown = &request.display;
        let asks = pen.say_with("consent-asks", &[("application", Arg::Text(&shown.application))]);
        pen.write(&asks, pen.theme.body(), pen.theme.tokens.text, Align::Min);
        pen.announce("consent", &asks, false);
        pen.card(|pen| {
            pen.fact("consent-account", &shown.account);
            pen.fact("consent-application", &shown.application);
            pen.fact("consent-tenant", &shown.tenant);
            let began = began(pen, view.state.now - shown.started_at);
            pen.fact("consent-began", &began);
        });
        if request.purpose == Purpose::Verify {
            pen.soft("consent-warning");
        }
        pen.gap(4.0);
        pen.item("consent-captured");
        pen.item("consent-sent");
        if request.purpose == Purpose::Enroll {
            pen.item("consent-template");
        }
        pen.item("consent-kept");
    });
    ask
}

fn began(pen: &Pen<'_>, seconds_ago: i64) -> String {
    match seconds_ago / 60 {
        ..1 => pen.words.say("consent-now"),
        minutes => pen.say_with("consent-minutes", &[("minutes", Arg::Number(minutes.min(999) as u32))]),
    }
}
