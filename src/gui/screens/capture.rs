//! Capture: mirrored preview, oval with progress ring, one hint, remaining time.

use eframe::egui::{self, Align, Role, Sense, Ui, Vec2, WidgetInfo, accesskit};

use super::super::{
    Ask, layout, preview,
    screen::CaptureView,
    theme::{PREVIEW_RADIUS, RING_SECS},
    widgets::{ButtonStyle, Widgets},
    words::Arg,
};
use super::View;
use countenance_client::runner::Command;
use countenance_core::{liveness::MIN_EVIDENCE_RATIO, policy::CapturePolicy, quality::Hint};

/// The capture of a sign-in.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, capture: &CaptureView) -> Option<Ask> {
    let left = seconds_left(capture);
    let ask = layout::actions(ui, view.words, view.theme, |widgets| {
        if let Some(seconds) = left {
            let text = widgets.say_with("capture-time-left", &[("seconds", Arg::Number(seconds))]);
            widgets.write(&text, widgets.theme.small(), widgets.theme.tokens.soft, Align::Center);
        }
        if view.state.plays_recording {
            let parts_are_missing = view.state.recording_misses_parts;
            widgets.soft(if parts_are_missing { "capture-recording-parts" } else { "capture-recording" });
        }
        widgets.button(ButtonStyle::Secondary, "capture-cancel").then_some(Ask::Command(Command::Cancel))
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        // The minimum evidence is there but not conclusive: tell the user that the capture continues.
        let longer = capture.gathered_ratio >= MIN_EVIDENCE_RATIO;
        let words = words_for(widgets, capture, if longer { "hint-almost-there" } else { "hint-hold-still" });
        picture(widgets, view, capture, &words, capture.gathered_ratio);
    });
    ask
}

/// The camera test.
pub(super) fn trying(ui: &mut Ui, view: &View<'_>, capture: &CaptureView) -> Option<Ask> {
    let ask = layout::actions(ui, view.words, view.theme, |widgets| {
        widgets.button(ButtonStyle::Secondary, "settings-back").then_some(Ask::Command(Command::Cancel))
    });
    layout::content(ui, view.words, view.theme, |widgets| {
        widgets.title("camera-test-title");
        widgets.soft("camera-test-body");
        let words = words_for(widgets, capture, "camera-test-good");
        let good = if capture.at_millis.is_some() && capture.hint.is_none() { 1.0 } else { 0.0 };
        picture(widgets, view, capture, &words, good);
    });
    ask
}

/// The message to show now; `good` if there is no hint.
fn words_for(widgets: &Widgets<'_>, capture: &CaptureView, good: &str) -> String {
    widgets.words.say(match (capture.at_millis, capture.hint) {
        (None, _) if capture.camera_came => "camera-came",
        (None, _) => "capture-starting",
        (Some(_), Some(hint)) => words_of(hint),
        (Some(_), None) => good,
    })
}

/// The hint above, the preview below, so that the eyes stay near the lens above the screen.
fn picture(widgets: &mut Widgets<'_>, view: &View<'_>, capture: &CaptureView, words: &str, progress: f32) {
    let two_lines = widgets.theme.hint().size * 2.5;
    let room = Vec2::new(widgets.ui.available_width(), two_lines);
    widgets.ui.allocate_ui_with_layout(room, egui::Layout::bottom_up(Align::Center), |ui| {
        ui.set_min_height(two_lines);
        let mut widgets = Widgets { ui, words: view.words, theme: view.theme };
        let response = widgets.write(words, widgets.theme.hint(), widgets.theme.tokens.text, Align::Center);
        widgets.as_heading(&response, words);
    });
    // The hint is already visible; screen readers announce it only on change.
    widgets.announce("hint", words, false);
    let height = (widgets.ui.available_height() - 8.0).max(220.0);
    let rect = preview::place(widgets.ui.available_rect_before_wrap(), height);
    let response = widgets.ui.allocate_rect(rect, Sense::hover());
    let name = widgets.words.say("capture-preview");
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    let painter = widgets.ui.painter().clone();
    painter.rect_filled(rect, PREVIEW_RADIUS, view.theme.tokens.surface);
    view.preview.paint(&painter, rect, PREVIEW_RADIUS);
    let secs = if view.theme.reduced_motion { 0.0 } else { RING_SECS };
    let shown = widgets.ui.ctx().animate_value_with_time(egui::Id::unique("ring"), progress, secs);
    preview::guide(&painter, rect, shown, view.theme);
    if capture.at_millis.is_some() {
        progress_node(widgets, rect, progress);
    }
}

/// The ring as an accessible progress indicator.
fn progress_node(widgets: &mut Widgets<'_>, rect: egui::Rect, progress: f32) {
    let id = egui::Id::unique("progress");
    widgets.ui.interact(rect, id, Sense::hover());
    let percent = (progress.clamp(0.0, 1.0) * 10.0) as u32 * 10;
    let text = widgets.say_with("capture-progress", &[("percent", Arg::Number(percent))]);
    widgets.ui.ctx().accesskit_node_builder(id, |node| {
        node.set_role(accesskit::Role::ProgressIndicator);
        node.set_label(text);
        node.set_numeric_value(f64::from(percent));
        node.set_min_numeric_value(0.0);
        node.set_max_numeric_value(100.0);
    });
}

/// Whole seconds until the capture times out; `None` while there is plenty of time.
fn seconds_left(capture: &CaptureView) -> Option<u32> {
    let limit = CapturePolicy::default().limit_millis;
    let left = limit.saturating_sub(capture.at_millis?);
    (left * 2 <= limit).then_some(left.div_ceil(1000) as u32)
}

/// The message id of a hint.
pub(super) fn words_of(hint: Hint) -> &'static str {
    match hint {
        Hint::NoFace => "hint-no-face",
        Hint::SeveralFaces => "hint-several-faces",
        Hint::UpsideDown => "hint-upside-down",
        Hint::ComeCloser => "hint-come-closer",
        Hint::MoveBack => "hint-move-back",
        Hint::MoveLeft => "hint-move-left",
        Hint::MoveRight => "hint-move-right",
        Hint::MoveUp => "hint-move-up",
        Hint::MoveDown => "hint-move-down",
        Hint::LookStraight => "hint-look-straight",
        Hint::HoldHeadUpright => "hint-hold-head-upright",
        Hint::EyesHidden => "hint-eyes-hidden",
        Hint::TooDark => "hint-too-dark",
        Hint::TooBright => "hint-too-bright",
        Hint::UnevenLight => "hint-uneven-light",
        Hint::HoldStill => "hint-hold-still",
    }
}
