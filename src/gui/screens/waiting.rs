//! Progress: getting the details of the sign-in, or sending the sample.

use eframe::egui::{Align, Ui};

use super::super::{Ask, layout, marks::Mark, screen::Screen, widgets::ButtonStyle, words::Arg};
use super::View;
use countenance_client::runner::Command;

/// The session is being opened.
pub(super) fn opening(ui: &mut Ui, view: &View<'_>) -> Option<Ask> {
    show(ui, view, Mark::Busy, "opening-title", "opening-body")
}

/// The sample is being sent; shows when the verifier is unreachable, and for how long it is still tried.
pub(super) fn sending(ui: &mut Ui, view: &View<'_>, retrying: bool) -> Option<Ask> {
    if retrying {
        show(ui, view, Mark::Warning, "sending-title", "sending-retrying")
    } else {
        show(ui, view, Mark::Busy, "sending-title", "sending-body")
    }
}

/// A code is being sent or checked; shows when the verifier is unreachable.
pub(super) fn code(ui: &mut Ui, view: &View<'_>, retrying: bool) -> Option<Ask> {
    if retrying {
        show(ui, view, Mark::Warning, "opening-title", "sending-retrying")
    } else {
        show(ui, view, Mark::Busy, "opening-title", "code-waiting")
    }
}

fn show(ui: &mut Ui, view: &View<'_>, mark: Mark, title: &'static str, body: &'static str) -> Option<Ask> {
    let ask = layout::actions(ui, view.words, view.theme, |widgets| {
        if let (Screen::Sending { retrying: true }, Some(until)) = (&view.state.screen, view.state.send_until) {
            let seconds = u32::try_from(until.saturating_sub(view.state.now)).unwrap_or_default();
            let text = widgets.say_with("capture-time-left", &[("seconds", Arg::Number(seconds))]);
            widgets.write(&text, widgets.theme.small(), widgets.theme.tokens.soft, Align::Center);
        }
        widgets.button(ButtonStyle::Secondary, "capture-cancel").then_some(Ask::Command(Command::Cancel))
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.gap(48.0);
        widgets.verdict(mark, title, body);
        widgets.announce_all(&[title, body], false);
    });
    ask
}
