//! Out of order: what is wrong, whether waiting helps, and where else to go.

use eframe::egui::{Align, Ui};

use super::{
    OutOfOrder,
    view::{KioskAsk, Shown},
};
use crate::{layout, marks::Mark, words::Arg};
use countenance_client::session::shown_time;

/// What a screen says.
struct Said {
    mark: Mark,
    title: &'static str,
    /// Whether it may pass without anybody doing anything.
    may_pass: bool,
}

fn said(why: OutOfOrder) -> Said {
    let (mark, title, may_pass) = match why {
        OutOfOrder::CameraGone => (Mark::Camera, "camera-absent-title", false),
        OutOfOrder::CameraBusy => (Mark::Camera, "camera-busy-title", true),
        OutOfOrder::CameraFrozen => (Mark::Camera, "camera-frozen-title", true),
        OutOfOrder::Offline => (Mark::Warning, "kiosk-out-offline", true),
        OutOfOrder::VerifierDown => (Mark::Warning, "kiosk-out-verifier", true),
        OutOfOrder::ClockOff => (Mark::Warning, "failed-title-clock", false),
        OutOfOrder::DiskFull => (Mark::Warning, "kiosk-out-disk", false),
        OutOfOrder::BrowserDown => (Mark::Warning, "kiosk-out-browser", true),
        OutOfOrder::NotRegistered => (Mark::Warning, "kiosk-out-unregistered", false),
        OutOfOrder::AskStaff | OutOfOrder::Other => (Mark::Warning, "kiosk-out-title", false),
    };
    Said { mark, title, may_pass }
}

pub(super) fn show(ui: &mut Ui, shown: &Shown<'_>, why: OutOfOrder) -> Option<KioskAsk> {
    let view = shown.view;
    let Said { mark, title, may_pass } = said(why);
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.gap(24.0);
        let title = widgets.words.say(title);
        let clocks = shown.front.ahead_secs.filter(|_| why == OutOfOrder::ClockOff);
        if let Some(ahead_secs) = clocks {
            // Says where else to go, too.
            let (here, there) = (shown_time(view.state.now), shown_time(view.state.now.saturating_sub(ahead_secs)));
            let body = widgets.say_with("failed-clock", &[("here", Arg::Text(&here)), ("there", Arg::Text(&there))]);
            widgets.verdict_text(mark, &title, &body);
            widgets.announce("messages", &format!("{title} {body}"), true);
        } else {
            let body = widgets.words.say(if may_pass { "kiosk-out-wait" } else { "kiosk-out-repair" });
            let elsewhere =
                widgets.words.say(if shown.front.look.attended { "kiosk-out-ask" } else { "kiosk-out-elsewhere" });
            widgets.verdict_text(mark, &title, &body);
            widgets.write(&elsewhere, widgets.theme.strong(), widgets.theme.tokens.text, Align::Center);
            widgets.announce("messages", &format!("{title} {body} {elsewhere}"), true);
        }
        if shown.front.out_minutes == 0 {
            return;
        }
        widgets.gap(12.0);
        let since = widgets.say_with("kiosk-out-since", &[("minutes", Arg::Number(shown.front.out_minutes))]);
        widgets.write(&since, widgets.theme.small(), widgets.theme.tokens.soft, Align::Center);
    });
    None
}
