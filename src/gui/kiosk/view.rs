//! What a kiosk's window is drawn from, and what a person asks for: the screens around a sign-in, on top of those of the
//! sign-in itself. Nothing here has side effects.

use eframe::egui::{Rect, Ui, UiBuilder};

use super::{
    CameraFixed, Chosen, KioskLook, OperatorAsk, OutOfOrder, attract, bar, languages, operator, out_of_order, pin,
    pin::PinState, place, qualify, still_there, wiped,
};
use crate::{
    Ask, Draft,
    keypad::Press,
    qualify::QualifyView,
    screen::Screen,
    screens::{self, View},
    words::Language,
};
use countenance_core::protocol::QualityClaim;

/// The page in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// "Touch to sign in".
    Attract,
    /// The sign-in.
    SignIn,
    /// The question whether somebody is still at the browser.
    StillThere,
    /// What was of the last person is deleted.
    Wiping,
    /// Nobody can sign in.
    OutOfOrder(OutOfOrder),
    /// The operator's PIN is asked for.
    Pin,
    /// The operator's screen.
    Operator,
}

/// State of the window around the sign-in.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a state of its own")]
pub(super) struct Front {
    /// The page.
    pub(super) page: Page,
    /// Whether the list of languages is open on top of it.
    pub(super) lists_languages: bool,
    /// Seconds left to say "I'm here", if that is asked.
    pub(super) question_secs: Option<u32>,
    /// How the kiosk looks.
    pub(super) look: KioskLook,
    /// Whether the content is lower.
    pub(super) is_lower: bool,
    /// Whether texts are read aloud; `None` if they cannot be.
    pub(super) reads_aloud: Option<bool>,
    /// What was typed of a PIN.
    pub(super) pin: PinState,
    /// The face in front of the camera, while the operator looks.
    pub(super) measured: Option<QualityClaim>,
    /// For how many minutes the kiosk is out of order.
    pub(super) out_minutes: u32,
    /// Seconds by which the clock is ahead, as far as that is known.
    pub(super) ahead_secs: Option<i64>,
    /// What of the camera cannot be chosen here.
    pub(super) camera_fixed: CameraFixed,
    /// Whether the last choice of camera could not be kept.
    pub(super) not_kept: bool,
    /// How far measuring the site has come, while the operator does that.
    pub(super) qualify: Option<QualifyView>,
    /// Whether all of the last person is deleted.
    pub(super) is_wiped: bool,
}

impl Front {
    /// A window that opens on `page`.
    pub(super) fn new(page: Page, look: KioskLook, chosen: Chosen, can_read_aloud: bool) -> Self {
        Self {
            page,
            lists_languages: false,
            question_secs: None,
            is_lower: chosen.lower.unwrap_or(look.lower),
            reads_aloud: can_read_aloud.then_some(chosen.speech),
            look,
            pin: PinState::default(),
            measured: None,
            out_minutes: 0,
            ahead_secs: None,
            camera_fixed: CameraFixed::default(),
            not_kept: false,
            qualify: None,
            is_wiped: false,
        }
    }

    /// The languages to choose from.
    pub(super) fn languages(&self) -> Vec<Language> {
        if self.look.languages.is_empty() { Language::ALL.to_vec() } else { self.look.languages.clone() }
    }
}

/// What is drawn.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) front: &'a Front,
}

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KioskAsk {
    /// Something of the sign-in.
    SignIn(Ask),
    /// Begin a sign-in.
    Start,
    /// They are still there.
    Here,
    /// They want to leave.
    Leave,
    /// Open or close the list of languages.
    ListLanguages(bool),
    /// Use this language.
    Use(Language),
    /// Larger text, or the smallest after the largest.
    TextSize,
    /// Lower the content, or raise it.
    Lower,
    /// Read aloud, or no longer.
    ReadAloud,
    /// A key of the PIN.
    PinKey(Press),
    /// Show the camera's picture to the operator, or no longer.
    Picture(bool),
    /// Measure the site.
    Qualify,
    /// Stop that, or leave what it has found.
    LeaveQualify,
    /// The next person is there.
    Next,
    /// Something that only an operator may do.
    Operate(OperatorAsk),
    /// Leave the PIN or the operator's screen.
    Back,
}

/// Draws the window.
pub(super) fn show(ui: &mut Ui, shown: &Shown<'_>, draft: &mut Draft) -> Option<KioskAsk> {
    let screen = ui.max_rect();
    let region = place::region(screen, shown.view.theme.scale, shown.front.is_lower);
    ui.painter().rect_filled(screen, 0.0, shown.view.theme.tokens.background);
    within(ui, region, |ui| {
        let asked = if shown.front.question_secs.is_none() { bar::show(ui, shown) } else { None };
        let page = if shown.front.question_secs.is_some() {
            still_there::show(ui, shown)
        } else if shown.front.lists_languages {
            languages::show(ui, shown)
        } else {
            self::page(ui, shown, draft)
        };
        asked.or(page)
    })
}

fn page(ui: &mut Ui, shown: &Shown<'_>, draft: &mut Draft) -> Option<KioskAsk> {
    let sign_in = |ui: &mut Ui, draft: &mut Draft| screens::show(ui, shown.view, draft).map(KioskAsk::SignIn);
    match shown.front.page {
        Page::Attract => attract::show(ui, shown),
        Page::SignIn if matches!(shown.view.state.screen, Screen::Ready) => attract::link_refused(ui, shown),
        Page::SignIn => sign_in(ui, draft),
        Page::StillThere => still_there::show(ui, shown),
        Page::OutOfOrder(why) => out_of_order::show(ui, shown, why),
        Page::Pin => pin::show(ui, shown),
        Page::Wiping => wiped::show(ui, shown),
        Page::Operator => match &shown.front.qualify {
            Some(progress) => qualify::show(ui, shown, progress),
            None => operator::show(ui, shown),
        },
    }
}

/// Draws in a part of the window.
fn within<R>(ui: &mut Ui, region: Rect, draw: impl FnOnce(&mut Ui) -> R) -> R {
    ui.scope_builder(UiBuilder::new().max_rect(region), |ui| {
        ui.set_clip_rect(region);
        draw(ui)
    })
    .inner
}
