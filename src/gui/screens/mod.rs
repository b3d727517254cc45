//! The screens: each draws the state and returns the user's request. None has side effects.

use eframe::egui::{Align, Ui};

use super::{
    Ask, Draft, LinkTrouble, Page, State, layout, preview::Preview, screen::Screen, theme::Theme, widgets::Widgets,
    words::Words,
};

mod about;
mod approval;
mod attendance;
pub(super) mod camera;
mod camera_menu;
mod capture;
mod code;
mod consent;
pub(super) mod diagnostics;
mod failure;
mod outcome;
mod ready;
mod settings;
mod waiting;

/// Explains why the texts are in English if no font supports the chosen language.
pub(super) fn font_missing(widgets: &mut Widgets<'_>, view: &View<'_>) {
    if view.state.font_missing {
        let text = widgets.words.say("font-missing");
        widgets.write(&text, widgets.theme.body(), widgets.theme.tokens.warn, Align::Min);
    }
}

/// What a screen is drawn from.
pub(super) struct View<'a> {
    pub(super) words: &'a Words,
    pub(super) theme: &'a Theme,
    pub(super) state: &'a State,
    pub(super) preview: &'a Preview,
}

impl View<'_> {
    /// Whether the sign-in can continue with a code.
    fn offers_code(&self) -> bool {
        self.state.screen.is_login() && !self.state.fallback.is_empty()
    }
}

/// Draws the current screen or page.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, draft: &mut Draft) -> Option<Ask> {
    let state = view.state;
    let offers_settings = state.page == Page::Main && !state.screen.is_login();
    let is_kiosk = state.kiosk.is_some();
    let header = if is_kiosk {
        None
    } else {
        layout::header(ui, view.words, view.theme, |widgets| {
            // With long words or large text there is no room for both.
            if camera_menu::is_offered(view) {
                return camera_menu::small(widgets, view);
            }
            (offers_settings && widgets.small_button("ready-settings").clicked()).then_some(Ask::Go(Page::Settings))
        })
    };
    if state.link_trouble == Some(LinkTrouble::Busy) && state.screen.is_login() {
        layout::notice(ui, view.words, view.theme, "link-busy");
    }
    let asked = match state.page {
        Page::Main => match &state.screen {
            Screen::Ready => ready::show(ui, view, draft),
            Screen::Opening => waiting::opening(ui, view),
            Screen::Attendance(attendance) => attendance::show(ui, view, attendance, draft),
            Screen::Consent(request) => consent::show(ui, view, request),
            Screen::Capture(capture) => capture::show(ui, view, capture),
            Screen::Trying(capture) => capture::trying(ui, view, capture),
            Screen::Camera { fault, .. } => camera::show(ui, view, *fault),
            Screen::CannotTell(inconclusive) => failure::cannot_tell(ui, view, inconclusive),
            Screen::NotAccepted(refusal) => failure::not_accepted(ui, view, refusal),
            Screen::Code(code) => code::show(ui, view, code, draft),
            Screen::Approval(approval) => approval::show(ui, view, approval, draft),
            Screen::Sending { retrying } => waiting::sending(ui, view, *retrying),
            Screen::Done(purpose) => outcome::done(ui, view, *purpose),
            Screen::Refused(reason) => outcome::refused(ui, view, *reason),
            Screen::Failed(remedy) => outcome::failed(ui, view, *remedy),
        },
        Page::Settings => settings::show(ui, view),
        Page::Diagnostics => diagnostics::show(ui, view),
        Page::About => about::show(ui, view),
    };
    asked.or(header)
}
