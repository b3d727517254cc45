//! Outcome: accepted, refused, or failed with a remedy.

use eframe::egui::{Align, Ui};

use super::super::{
    Ask, AtKiosk, Page, layout,
    marks::Mark,
    widgets::{ButtonStyle, Widgets},
    words::Arg,
};
use super::{View, approval};
use countenance_client::{flow::Remedy, session::shown_time};
use countenance_core::protocol::{Purpose, Reason};

/// What to do about a device that is not approved.
const APPROVE: &str = "failed-approve";

/// Accepted.
pub(super) fn done(ui: &mut Ui, view: &View<'_>, purpose: Purpose) -> Option<Ask> {
    let title = match purpose {
        Purpose::Verify => "done-title",
        Purpose::Enroll => "done-title-enroll",
    };
    if let Some(kiosk) = &view.state.kiosk {
        return thanks(ui, view, title, kiosk);
    }
    show(ui, view, Mark::Check, title, "done-body", false)
}

/// Accepted, at a kiosk: with the name as the application gives it, and what becomes of it.
fn thanks(ui: &mut Ui, view: &View<'_>, title: &'static str, kiosk: &AtKiosk) -> Option<Ask> {
    let ask = layout::actions(ui, view.words, view.theme, |widgets| {
        widgets.button(ButtonStyle::Primary, "kiosk-next").then_some(Ask::Close)
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        let title = widgets.words.say(title);
        let thanks = match kiosk.account.trim() {
            "" => widgets.words.say("kiosk-thanks-all"),
            account => widgets.say_with("kiosk-thanks", &[("account", Arg::Text(account))]),
        };
        widgets.verdict_text(Mark::Check, &title, &thanks);
        let next = widgets.words.say("kiosk-thanks-next");
        widgets.write(&next, widgets.theme.strong(), widgets.theme.tokens.text, Align::Center);
        widgets.gap(12.0);
        let wiped = widgets.words.say("kiosk-wipe");
        widgets.write(&wiped, widgets.theme.body(), widgets.theme.tokens.soft, Align::Center);
        widgets.announce("messages", &format!("{title} {thanks} {next} {wiped}"), true);
    });
    ask
}

/// Ended without acceptance; the browser was notified.
pub(super) fn refused(ui: &mut Ui, view: &View<'_>, reason: Reason) -> Option<Ask> {
    let body = match reason {
        Reason::Cancelled => "refused-cancelled",
        Reason::NotMe => "refused-not-me",
        Reason::TooManyAttempts => "refused-too-many",
        Reason::TimedOut => "refused-timed-out",
        Reason::NotEnrolled => "refused-not-enrolled",
        Reason::Disabled => "refused-disabled",
        Reason::NoMatch
        | Reason::NotLive
        | Reason::CannotTell
        | Reason::PoorQuality
        | Reason::CameraNotAllowed
        | Reason::Untrusted
        | Reason::NoCamera
        | Reason::AlreadyEnrolled
        | Reason::WrongCode
        | Reason::CannotEnforce => "refused-other",
    };
    show(ui, view, Mark::Cross, "refused-title", body, false)
}

/// Failed without an answer for the browser.
pub(super) fn failed(ui: &mut Ui, view: &View<'_>, remedy: Remedy) -> Option<Ask> {
    if let Remedy::SetClock { ahead_secs } = remedy {
        let (here, there) = (shown_time(view.state.now), shown_time(view.state.now.saturating_sub(ahead_secs)));
        let times = [("here", Arg::Text(&here)), ("there", Arg::Text(&there))];
        let (title, body) = (view.words.say("failed-title-clock"), view.words.say_with("failed-clock", &times));
        return show_text(ui, view, Mark::Warning, &title, &body, true, |_| ());
    }
    let (title, body) = match remedy {
        Remedy::LoginAgain => ("failed-title", "failed-login-again"),
        Remedy::CheckNetwork => ("failed-title", "failed-network"),
        Remedy::ApproveDevice => ("failed-title-approve", APPROVE),
        Remedy::Update => ("failed-title-update", "failed-update"),
        Remedy::SetClock { .. } | Remedy::TellOperator => ("failed-title", "failed-operator"),
    };
    show(ui, view, Mark::Warning, title, body, remedy != Remedy::ApproveDevice)
}

fn show(
    ui: &mut Ui,
    view: &View<'_>,
    mark: Mark,
    title: &'static str,
    body: &'static str,
    offers_diagnostics: bool,
) -> Option<Ask> {
    let (title, text) = (view.words.say(title), view.words.say(body));
    show_text(ui, view, mark, &title, &text, offers_diagnostics, |widgets| {
        // Nobody approves a kiosk for their account alone.
        if body == APPROVE && view.state.kiosk.is_none() {
            approval::offer(widgets, view);
        }
    })
}

fn show_text(
    ui: &mut Ui,
    view: &View<'_>,
    mark: Mark,
    title: &str,
    body: &str,
    offers_diagnostics: bool,
    more: impl FnOnce(&mut Widgets<'_>),
) -> Option<Ask> {
    let ask = layout::actions(ui, view.words, view.theme, |widgets| {
        let is_kiosk = view.state.kiosk.is_some();
        let close = if is_kiosk { "kiosk-next" } else { "close" };
        let close = widgets.button(ButtonStyle::Primary, close).then_some(Ask::Close);
        let look = offers_diagnostics && !is_kiosk && widgets.button(ButtonStyle::Secondary, "settings-diagnostics");
        close.or(look.then_some(Ask::Go(Page::Diagnostics)))
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.gap(48.0);
        widgets.verdict_text(mark, title, body);
        widgets.announce("messages", &format!("{title} {body}"), true);
        more(widgets);
    });
    ask
}
