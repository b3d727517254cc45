//! What the window watches: whether anything is wrong, whether the person is still there, how far a wipe has come.

use std::time::Duration;

use eframe::egui::Context;

use super::{Closed, KioskApp, Page};
use crate::{
    kiosk::{
        presence::Verdict,
        wiped::{DONE_SECS, Wipe},
    },
    screen::{CaptureView, Screen},
};

/// Without a touch for this long, seconds, the kiosk asks whether somebody is there while they fetch a supervisor.
const FETCHING_SECS: u32 = 180;
/// How often it is asked whether a wipe is over.
const WIPE_PULSE: Duration = Duration::from_millis(50);

impl KioskApp {
    /// Asks whether anything is wrong, while nobody signs in.
    pub(super) fn look_for_trouble(&mut self, ctx: &Context, now: f64) {
        if !matches!(self.front.page, Page::Attract | Page::OutOfOrder(_)) {
            return;
        }
        match ((self.context.trouble)(), self.front.page) {
            (Some(why), _) => self.go(Page::OutOfOrder(why)),
            (None, Page::OutOfOrder(_)) => self.close(ctx, Closed::Recovered),
            (None, _) => {}
        }
        if let Page::OutOfOrder(_) = self.front.page {
            let since = *self.out_since.get_or_insert(now);
            self.front.out_minutes = ((now - since) / 60.0) as u32;
            self.front.ahead_secs = (self.context.ahead_secs)();
        }
    }

    /// Notices whether the person is still there, while they sign in.
    pub(super) fn watch_person(&mut self, ctx: &Context, now: f64) {
        self.front.question_secs = None;
        if self.app.state().kiosk.as_ref().is_some_and(|kiosk| kiosk.is_somebody_else) {
            self.close(ctx, Closed::Idle);
            return;
        }
        let signs_in = self.front.page == Page::SignIn && self.app.state().screen.is_login();
        if !signs_in && self.front.page != Page::StillThere {
            return;
        }
        let is_fetching = matches!(self.app.state().screen, Screen::Attendance(_));
        let own = self.context.look.idle_secs;
        let idle_secs = self.context.env.visitor().map_or(own, |visitor| visitor.idle_secs(own));
        self.presence.ask_after(if is_fetching { idle_secs.max(FETCHING_SECS) } else { idle_secs });
        match &self.app.state().screen {
            Screen::Capture(CaptureView { at_millis: Some(at_millis), has_face, .. }) => {
                if self.looked_at_millis.replace(*at_millis) != Some(*at_millis) {
                    self.presence.looked(now, *has_face);
                }
            }
            _ => self.presence.stopped_looking(),
        }
        match self.presence.verdict(now) {
            Verdict::There => {}
            Verdict::Asking { secs_left } => {
                self.front.question_secs = Some(secs_left);
                self.front.lists_languages = false;
                ctx.request_repaint_after(Duration::from_millis(250));
            }
            Verdict::Gone | Verdict::SomebodyElse => self.close(ctx, Closed::Idle),
        }
    }

    /// Follows the wipe, and closes once it is over and has been read.
    pub(super) fn watch_wipe(&mut self, ctx: &Context, now: f64) {
        let Some(watch) = &self.wipe else { return };
        match watch() {
            Wipe::Running => ctx.request_repaint_after(WIPE_PULSE),
            Wipe::Failed => self.close(ctx, Closed::Wiped),
            Wipe::Done => {
                self.front.is_wiped = true;
                let left = *self.wiped_since.get_or_insert(now) + DONE_SECS - now;
                if left <= 0.0 {
                    self.close(ctx, Closed::Wiped);
                } else {
                    ctx.request_repaint_after(Duration::from_secs_f64(left));
                }
            }
        }
    }
}
