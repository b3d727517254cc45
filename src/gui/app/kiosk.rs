//! What a kiosk's window asks of the sign-in's application.

use std::sync::Arc;

use eframe::egui::Context;

use super::{
    super::{AppContext, AtKiosk, qualify::QualifyView, screen::CaptureView, words::Language},
    App, Screen, wake,
};
use countenance_client::runner::{KeepProfile, Runner};
use countenance_core::protocol::QualityClaim;

impl App {
    /// As [`new`](Self::new), with the screens of a kiosk, which has staff nearby if it is `attended`.
    pub(in super::super) fn at_kiosk(ctx: &Context, context: AppContext, attended: bool) -> Self {
        Self::at(ctx, context, Some(AtKiosk { attended, ..AtKiosk::default() }))
    }

    /// The language of the texts.
    pub(in super::super) fn language(&self) -> Language {
        self.words.language()
    }

    /// The face in front of the camera, while it is tried.
    pub(in super::super) fn measured(&self) -> Option<QualityClaim> {
        self.measured.filter(|_| matches!(self.state.screen, Screen::Trying(_)))
    }

    /// Measures the site; `keep` keeps what is found.
    pub(in super::super) fn qualify(&mut self, ctx: &Context, keep: KeepProfile) {
        self.qualify = Some(QualifyView::default());
        self.state.screen = Screen::Trying(CaptureView::default());
        self.runner = Some(Runner::qualify(Arc::clone(&self.context.env), keep, wake(ctx)));
    }

    /// How far measuring the site has come, or what it has found.
    pub(in super::super) fn qualified(&self) -> Option<&QualifyView> {
        self.qualify.as_ref()
    }

    /// Whether the site is being measured.
    pub(in super::super) fn is_qualifying(&self) -> bool {
        self.qualify.is_some() && matches!(self.state.screen, Screen::Trying(_))
    }

    /// Stops measuring the site, and forgets what it has found so far.
    pub(in super::super) fn leave_qualify(&mut self) {
        if self.qualify.take().is_some() {
            self.runner = None;
            self.state.screen = Screen::Ready;
        }
    }

    /// Links are taken from now on, or left to the caller.
    pub(in super::super) fn take_links(&mut self, takes_links: bool) {
        if let Some(kiosk) = &mut self.state.kiosk {
            kiosk.takes_links = takes_links;
        }
    }
}
