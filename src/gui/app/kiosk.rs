//! What a kiosk's window asks of the sign-in's application.

use eframe::egui::Context;

use super::{
    super::{AppContext, AtKiosk, words::Language},
    App, Screen,
};
use countenance_core::protocol::QualityClaim;

impl App {
    /// As [`new`](Self::new), with the screens of a kiosk.
    pub(in super::super) fn at_kiosk(ctx: &Context, context: AppContext) -> Self {
        Self::at(ctx, context, Some(AtKiosk::default()))
    }

    /// The language of the texts.
    pub(in super::super) fn language(&self) -> Language {
        self.words.language()
    }

    /// The face in front of the camera, while it is tried.
    pub(in super::super) fn measured(&self) -> Option<QualityClaim> {
        self.measured.filter(|_| matches!(self.state.screen, Screen::Trying(_)))
    }

    /// Links are taken from now on, or left to the caller.
    pub(in super::super) fn take_links(&mut self, takes_links: bool) {
        if let Some(kiosk) = &mut self.state.kiosk {
            kiosk.takes_links = takes_links;
        }
    }
}
