//! It did not work this time: what would help, and another try. Never a score.

use eframe::egui::{self, Align, Layout, Role, Sense, Ui, Vec2, WidgetInfo};

use super::super::{
    Ask, layout,
    marks::{self, Mark},
    pen::{Pen, Weight},
    screen::Refusal,
    theme::RADIUS,
    words::Arg,
};
use super::View;
use countenance_client::runner::Command;
use countenance_core::{liveness::Inconclusive, protocol::Reason};

/// The evidence did not suffice: there was too little of it, or it spoke neither for a person nor against one.
pub(super) fn cannot_tell(ui: &mut Ui, view: &View<'_>, inconclusive: &Inconclusive) -> Option<Ask> {
    let (body, advice) = match inconclusive {
        Inconclusive::TimeOver | Inconclusive::SourceEnded => {
            ("cannot-tell-body", ["cannot-tell-light", "cannot-tell-distance", "cannot-tell-glasses"])
        }
        // Well placed all the time: what was lacking is life, or a picture without reflections and shade.
        Inconclusive::Undecided(_) => {
            ("cannot-tell-unsure", ["cannot-tell-move", "cannot-tell-glasses", "cannot-tell-light"])
        }
    };
    let ask = again_or_stop(ui, view, true, |_| None);
    layout::content(ui, view.words, view.theme, |pen| {
        pen.verdict(Mark::Question, "cannot-tell-title", body);
        pen.gap(8.0);
        for item in advice {
            pen.item(item);
        }
        pen.announce_all(&["cannot-tell-title", body], true);
    });
    ask
}

/// The face or picture was not accepted.
pub(super) fn not_accepted(ui: &mut Ui, view: &View<'_>, refusal: &Refusal) -> Option<Ask> {
    // None left, and not over: a code may still pass the login.
    let ask = again_or_stop(ui, view, refusal.attempts_left > 0, |_| None);
    layout::content(ui, view.words, view.theme, |pen| {
        pen.title("not-accepted-title");
        let why = match refusal.reason {
            Reason::NotLive => "not-accepted-not-live",
            Reason::PoorQuality => "not-accepted-poor-quality",
            Reason::CameraNotAllowed => "not-accepted-camera",
            Reason::Untrusted => "not-accepted-untrusted",
            Reason::TooManyAttempts => "refused-too-many",
            _ => "not-accepted-no-match",
        };
        pen.body(why);
        if !view.preview.is_empty() {
            pictures(pen, view);
        }
        let left = pen.say_with("attempts-left", &[("attempts", Arg::Number(refusal.attempts_left))]);
        pen.write(&left, pen.theme.body(), pen.theme.tokens.soft, Align::Min);
        let said = [pen.words.say("not-accepted-title"), pen.words.say(why), left].join(" ");
        pen.announce("attempt_failed", &said, true);
    });
    ask
}

/// What can be done about a failed attempt: another try, unless `may_retry` says that it would be in vain; `other` is a way on between another try and giving up.
pub(super) fn again_or_stop(
    ui: &mut Ui,
    view: &View<'_>,
    may_retry: bool,
    other: impl FnOnce(&mut Pen<'_>) -> Option<Ask>,
) -> Option<Ask> {
    layout::actions(ui, view.words, view.theme, |pen| {
        let again = (may_retry && pen.button(Weight::First, "try-again")).then_some(Command::TryAgain);
        let other = other(pen);
        let weight = if may_retry { Weight::Second } else { Weight::First };
        let code = (view.offers_code() && pen.button(weight, "use-code")).then_some(Command::UseCode);
        let stop = pen.button(Weight::Second, "stop-here").then_some(Command::GiveUp);
        again.or(code).or(stop).map(Ask::Command).or(other)
    })
}

/// The person's own picture beside what a good one looks like.
fn pictures(pen: &mut Pen<'_>, view: &View<'_>) {
    let gap = 16.0;
    let width = ((pen.ui.available_width() - gap) / 2.0).min(240.0);
    let size = Vec2::new(width, width * 1.2);
    pen.gap(8.0);
    let layout = if pen.is_rtl() { Layout::right_to_left(Align::Min) } else { Layout::left_to_right(Align::Min) };
    pen.ui.allocate_ui_with_layout(Vec2::new(pen.ui.available_width(), 0.0), layout, |ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for (id, is_own) in [("picture-yours", true), ("picture-ideal", false)] {
            ui.vertical(|ui| {
                ui.set_width(width);
                let mut pen = Pen { ui, words: view.words, theme: view.theme };
                let (rect, response) = pen.ui.allocate_exact_size(size, Sense::hover());
                let name = pen.words.say(id);
                response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
                let painter = pen.ui.painter();
                painter.rect_filled(rect, RADIUS, view.theme.tokens.surface);
                if is_own {
                    view.preview.paint(painter, rect, f32::from(RADIUS));
                } else {
                    marks::ideal(painter, rect, view.theme);
                }
                let line = egui::Stroke::new(1.0, view.theme.tokens.line);
                painter.rect_stroke(rect, RADIUS, line, egui::StrokeKind::Inside);
                pen.write(&name, pen.theme.small(), pen.theme.tokens.soft, Align::Center);
            });
        }
    });
    pen.gap(8.0);
}
