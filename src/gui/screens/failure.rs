//! Failed attempt: tips and another try. Scores are never shown.

use eframe::egui::{self, Align, Layout, Role, Sense, Ui, Vec2, WidgetInfo};

use super::super::{
    Ask, layout,
    marks::{self, Mark},
    screen::Refusal,
    theme::RADIUS,
    widgets::{ButtonStyle, Widgets},
    words::Arg,
};
use super::View;
use countenance_client::runner::Command;
use countenance_core::{liveness::Inconclusive, protocol::Reason};

/// Inconclusive: too little evidence, or evidence that supported neither decision.
pub(super) fn cannot_tell(ui: &mut Ui, view: &View<'_>, inconclusive: &Inconclusive) -> Option<Ask> {
    let (body, advice) = match inconclusive {
        Inconclusive::TimeOver | Inconclusive::SourceEnded => {
            ("cannot-tell-body", ["cannot-tell-light", "cannot-tell-distance", "cannot-tell-glasses"])
        }
        // Placement was good throughout: what was lacking is natural movement, or an image without reflections and
        // shadows.
        Inconclusive::Undecided(_) => {
            ("cannot-tell-unsure", ["cannot-tell-move", "cannot-tell-glasses", "cannot-tell-light"])
        }
    };
    let ask = again_or_stop(ui, view, true, |_| None);
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.verdict(Mark::Question, "cannot-tell-title", body);
        widgets.gap(8.0);
        for item in advice {
            widgets.item(item);
        }
        widgets.announce_all(&["cannot-tell-title", body], true);
    });
    ask
}

/// The verifier rejected the face or image.
pub(super) fn not_accepted(ui: &mut Ui, view: &View<'_>, refusal: &Refusal) -> Option<Ask> {
    // With no attempts left but the session open, a code can still complete the sign-in.
    let ask = again_or_stop(ui, view, refusal.attempts_left > 0, |_| None);
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.title("not-accepted-title");
        let why = match refusal.reason {
            Reason::NotLive => "not-accepted-not-live",
            Reason::PoorQuality => "not-accepted-poor-quality",
            Reason::CameraNotAllowed => "not-accepted-camera",
            Reason::Untrusted => "not-accepted-untrusted",
            Reason::TooManyAttempts => "refused-too-many",
            _ => "not-accepted-no-match",
        };
        widgets.body(why);
        if !view.preview.is_empty() {
            pictures(widgets, view);
        }
        let left = widgets.say_with("attempts-left", &[("attempts", Arg::Number(refusal.attempts_left))]);
        widgets.write(&left, widgets.theme.body(), widgets.theme.tokens.soft, Align::Min);
        let said = [widgets.words.say("not-accepted-title"), widgets.words.say(why), left].join(" ");
        widgets.announce("attempt_failed", &said, true);
    });
    ask
}

/// The actions after a failed attempt: another try, unless `may_retry` is false; `other` adds an action between trying
/// again and cancelling.
pub(super) fn again_or_stop(
    ui: &mut Ui,
    view: &View<'_>,
    may_retry: bool,
    other: impl FnOnce(&mut Widgets<'_>) -> Option<Ask>,
) -> Option<Ask> {
    layout::actions(ui, view.words, view.theme, |widgets| {
        let again = (may_retry && widgets.button(ButtonStyle::Primary, "try-again")).then_some(Command::TryAgain);
        let other = other(widgets);
        let style = if may_retry { ButtonStyle::Secondary } else { ButtonStyle::Primary };
        let code = (view.offers_code() && widgets.button(style, "use-code")).then_some(Command::UseCode);
        let stop = widgets.button(ButtonStyle::Secondary, "stop-here").then_some(Command::GiveUp);
        again.or(code).or(stop).map(Ask::Command).or(other)
    })
}

/// The user's own image next to an example of a good one.
fn pictures(widgets: &mut Widgets<'_>, view: &View<'_>) {
    let gap = 16.0;
    let width = ((widgets.ui.available_width() - gap) / 2.0).min(240.0);
    let size = Vec2::new(width, width * 1.2);
    widgets.gap(8.0);
    let layout = if widgets.is_rtl() { Layout::right_to_left(Align::Min) } else { Layout::left_to_right(Align::Min) };
    widgets.ui.allocate_ui_with_layout(Vec2::new(widgets.ui.available_width(), 0.0), layout, |ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for (id, is_own) in [("picture-yours", true), ("picture-ideal", false)] {
            ui.vertical(|ui| {
                ui.set_width(width);
                let mut widgets = Widgets { ui, words: view.words, theme: view.theme };
                let (rect, response) = widgets.ui.allocate_exact_size(size, Sense::hover());
                let name = widgets.words.say(id);
                response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
                let painter = widgets.ui.painter();
                painter.rect_filled(rect, RADIUS, view.theme.tokens.surface);
                if is_own {
                    view.preview.paint(painter, rect, f32::from(RADIUS));
                } else {
                    marks::ideal(painter, rect, view.theme);
                }
                let line = egui::Stroke::new(1.0, view.theme.tokens.line);
                painter.rect_stroke(rect, RADIUS, line, egui::StrokeKind::Inside);
                widgets.write(&name, widgets.theme.small(), widgets.theme.tokens.soft, Align::Center);
            });
        }
    });
    widgets.gap(8.0);
}
