//! Measuring the site, as `countenance camera qualify` does: how far it is, what to do, and what was found.

use eframe::egui::{Align, Ui};

use super::{
    operator,
    view::{KioskAsk, Shown},
};
use crate::{
    layout,
    marks::Mark,
    qualify::{LastCapture, QualifyView},
    screen::Screen,
    widgets::{ButtonStyle, Widgets},
    words::Arg,
};
use countenance_client::{
    qualify::{Remedy, Why},
    runner::SiteVerdict,
};

pub(super) fn show(ui: &mut Ui, shown: &Shown<'_>, progress: &QualifyView) -> Option<KioskAsk> {
    let view = shown.view;
    let is_running = matches!(view.state.screen, Screen::Trying(_));
    let asked = layout::actions(ui, view.words, view.theme, |widgets| {
        let again =
            (!is_running && widgets.button(ButtonStyle::Primary, "kiosk-qualify-again")).then_some(KioskAsk::Qualify);
        let id = if is_running { "kiosk-qualify-stop" } else { "kiosk-operator-title" };
        again.or(widgets.button(ButtonStyle::Secondary, id).then_some(KioskAsk::LeaveQualify))
    });
    layout::content(ui, view.words, view.theme, |widgets| match &progress.verdict {
        Some(verdict) => judged(widgets, progress, verdict),
        None => running(widgets, shown, progress),
    });
    asked
}

/// What to do, the camera's picture, how many captures there are.
fn running(widgets: &mut Widgets<'_>, shown: &Shown<'_>, progress: &QualifyView) {
    widgets.title("kiosk-qualify");
    widgets.body("kiosk-qualify-body");
    let count = count(widgets, progress);
    widgets.write(&count, widgets.theme.strong(), widgets.theme.tokens.text, Align::Min);
    let last = progress.last.map(|last| {
        widgets.words.say(match last {
            LastCapture::Passes => "kiosk-qualify-taken",
            LastCapture::IsLow => "kiosk-qualify-low",
            LastCapture::Missed => "kiosk-qualify-missed",
        })
    });
    if let Some(last) = &last {
        widgets.write(last, widgets.theme.body(), widgets.theme.tokens.text, Align::Min);
    }
    widgets.announce("messages", &format!("{count} {}", last.unwrap_or_default()), false);
    operator::picture(widgets, shown);
}

/// Whether this site is fit, why not, and what to change.
fn judged(widgets: &mut Widgets<'_>, progress: &QualifyView, verdict: &SiteVerdict) {
    let (mark, title) = match verdict.not_armed {
        None => (Mark::Check, "kiosk-qualify-fit"),
        Some(_) => (Mark::Warning, "kiosk-qualify-not-fit"),
    };
    let (title, because) = (widgets.words.say(title), because(widgets, progress, verdict.not_armed));
    widgets.verdict_text(mark, &title, &because);
    widgets.gap(8.0);
    for remedy in &verdict.remedies {
        widgets.item(words_of(*remedy));
    }
    widgets.gap(8.0);
    let kept = widgets.words.say(if verdict.not_kept.is_none() { "kiosk-qualify-kept" } else { "kiosk-qualify-lost" });
    let t = widgets.theme.tokens;
    let colour = if verdict.not_kept.is_none() { t.soft } else { t.danger };
    widgets.write(&kept, widgets.theme.body(), colour, Align::Min);
    if let Some(error) = &verdict.not_kept {
        // Technical English, for whoever looks after the kiosk.
        widgets.write(error, widgets.theme.small(), t.soft, Align::Min);
    }
    widgets.announce("messages", &format!("{title} {because} {kept}"), true);
}

fn because(widgets: &Widgets<'_>, progress: &QualifyView, not_armed: Option<Why>) -> String {
    match not_armed {
        None | Some(Why::TooFew { .. }) => count(widgets, progress),
        Some(Why::Overlap { below, captures, .. }) => {
            let args = [("below", Arg::Number(below)), ("captures", Arg::Number(captures))];
            widgets.say_with("kiosk-qualify-overlap", &args)
        }
        Some(Why::TooNear { .. }) => widgets.words.say("kiosk-qualify-near"),
    }
}

fn count(widgets: &Widgets<'_>, progress: &QualifyView) -> String {
    let args = [("taken", Arg::Number(progress.taken)), ("wanted", Arg::Number(progress.wanted))];
    widgets.say_with("kiosk-qualify-count", &args)
}

/// The message id of a remedy.
fn words_of(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::MoreLight => "kiosk-site-more-light",
        Remedy::LessLight => "kiosk-site-less-light",
        Remedy::EvenLight => "kiosk-site-even-light",
        Remedy::Nearer => "kiosk-site-nearer",
        Remedy::Farther => "kiosk-site-farther",
        Remedy::AimCamera => "kiosk-site-aim",
        Remedy::NoDarkGlasses => "kiosk-site-glasses",
        Remedy::CleanLens => "kiosk-site-lens",
        Remedy::OnePerson => "kiosk-site-one-person",
        Remedy::FasterCamera => "kiosk-site-faster",
        Remedy::OtherCamera => "kiosk-site-other-camera",
        Remedy::MoreCaptures => "kiosk-site-more-captures",
    }
}
