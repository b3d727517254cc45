//! From page to page, and what a person asks for.

use eframe::egui::Context;

use super::{
    Arc, Ask, Choices, Closed, Command, Duration, GLANCE_SECS, KioskApp, KioskAsk, Language, OPERATOR_SECS, Page,
    PoisonError, Presence, READING_SECS, Settings, TEXT_PERCENTS,
};
use crate::screen::Screen;

impl KioskApp {
    /// Shows `page`.
    pub(super) fn go(&mut self, page: Page) {
        match page {
            Page::Pin => self.behind = Some(self.front.page),
            Page::OutOfOrder(_) if !matches!(self.front.page, Page::OutOfOrder(_)) => self.out_since = None,
            _ => {}
        }
        self.front.page = page;
        self.front.lists_languages &= !matches!(page, Page::Pin | Page::Operator);
    }

    /// Turns to the page that belongs to what has happened.
    pub(super) fn turn_page(&mut self, ctx: &Context, now: f64) {
        let state = self.app.state();
        match self.front.page {
            Page::Attract if state.screen.is_login() || state.link_trouble.is_some() => {
                self.presence = Presence::new(now, self.context.look.idle_secs);
                self.front.lists_languages = false;
                self.go(Page::SignIn);
            }
            Page::Attract if now - self.touched_at >= OPERATOR_SECS => self.forget_choices(ctx, now),
            // Measuring takes as long as people need to come.
            Page::Operator if self.app.is_qualifying() => self.touched_at = now,
            Page::Pin | Page::Operator if now - self.touched_at >= OPERATOR_SECS => self.leave_operator(ctx),
            Page::SignIn => self.end_in_time(ctx, now),
            _ => {}
        }
    }

    /// The next person finds the kiosk as the first one did.
    fn forget_choices(&mut self, ctx: &Context, now: f64) {
        self.touched_at = now;
        self.context.choices.forget();
        self.front.lists_languages = false;
        self.front.is_lower = self.context.look.lower;
        self.front.reads_aloud = self.front.reads_aloud.map(|_| false);
        let settings = super::settings(&self.context);
        if settings != *self.app.state().settings {
            self.app.carry_out(ctx, Ask::Change(Box::new(settings)));
        }
    }

    /// Closes the window once an outcome has been shown long enough.
    fn end_in_time(&mut self, ctx: &Context, now: f64) {
        let secs = match &self.app.state().screen {
            Screen::Done(_) => GLANCE_SECS,
            Screen::Refused(_) | Screen::Failed(_) | Screen::Ready => READING_SECS,
            _ => {
                self.over_since = None;
                return;
            }
        };
        let left = *self.over_since.get_or_insert(now) + secs - now;
        if left <= 0.0 {
            self.end(ctx);
        } else {
            ctx.request_repaint_after(Duration::from_secs_f64(left.min(0.5)));
        }
    }

    fn end(&self, ctx: &Context) {
        let ended = *self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        self.close(ctx, Closed::Ended(ended));
    }

    /// Carries out what a person asks for.
    pub(super) fn carry_out(&mut self, ctx: &Context, ask: KioskAsk) {
        match ask {
            KioskAsk::SignIn(Ask::Close) => self.end(ctx),
            KioskAsk::SignIn(ask) => {
                // Another camera, or another way up, may work where the last one did not.
                let tries =
                    matches!((&ask, &self.app.state().screen), (Ask::Change(_), Screen::Camera { login: false, .. }));
                self.app.carry_out(ctx, ask);
                if tries {
                    self.app.carry_out(ctx, Ask::TryCamera);
                }
            }
            KioskAsk::Start => self.close(ctx, Closed::Start),
            KioskAsk::Here if self.front.page == Page::StillThere => self.close(ctx, Closed::Start),
            KioskAsk::Here => {
                self.presence.touched(ctx.input(|i| i.time));
                self.front.question_secs = None;
            }
            KioskAsk::Leave => self.close(ctx, Closed::Idle),
            KioskAsk::ListLanguages(is_open) => self.front.lists_languages = is_open,
            KioskAsk::Use(language) => self.use_language(ctx, language),
            KioskAsk::TextSize => self.enlarge(ctx),
            KioskAsk::Lower => {
                self.front.is_lower = !self.front.is_lower;
                let lower = Some(self.front.is_lower);
                self.context.choices.change(|chosen| chosen.lower = lower);
            }
            KioskAsk::ReadAloud => self.switch_speech(),
            KioskAsk::PinKey(press) => {
                let (pin, now) = (Arc::clone(&self.context.pin), ctx.input(|i| i.time));
                if self.pin.press(now, press, |typed| pin.check(typed)) {
                    self.front.page = Page::Operator;
                    self.app.carry_out(ctx, Ask::TryCamera);
                    self.app.examine(ctx);
                }
            }
            KioskAsk::Qualify => self.app.qualify(ctx, Arc::clone(&self.context.keep_profile)),
            KioskAsk::LeaveQualify => {
                self.app.leave_qualify();
                self.app.carry_out(ctx, Ask::TryCamera);
            }
            KioskAsk::Next => self.close(ctx, Closed::Wiped),
            KioskAsk::Picture(true) => self.app.carry_out(ctx, Ask::TryCamera),
            KioskAsk::Picture(false) => self.stop_looking(ctx),
            KioskAsk::Operate(ask) => self.close(ctx, Closed::Operator(ask)),
            KioskAsk::Back => self.leave_operator(ctx),
        }
    }

    fn use_language(&mut self, ctx: &Context, language: Language) {
        self.front.lists_languages = false;
        self.context.choices.change(|chosen| chosen.language = Some(language));
        let settings =
            Settings { language: Some(language.tag().to_owned()), ..Settings::clone(&self.app.state().settings) };
        self.app.carry_out(ctx, Ask::Change(Box::new(settings)));
    }

    fn enlarge(&mut self, ctx: &Context) {
        let now = self.app.state().settings.text_percent;
        let larger = TEXT_PERCENTS.into_iter().find(|percent| *percent > now).unwrap_or(TEXT_PERCENTS[0]);
        self.context.choices.change(|chosen| chosen.text_percent = Some(larger));
        let settings = Settings { text_percent: larger, ..Settings::clone(&self.app.state().settings) };
        self.app.carry_out(ctx, Ask::Change(Box::new(settings)));
    }

    fn switch_speech(&mut self) {
        let Some(reads) = &mut self.front.reads_aloud else { return };
        *reads = !*reads;
        let reads = *reads;
        let choices: &Choices = &self.context.choices;
        choices.change(|chosen| chosen.speech = reads);
        self.said.clear();
        if let Some(speech) = self.context.speech.as_ref().filter(|_| !reads) {
            speech.hush();
        }
    }

    fn stop_looking(&mut self, ctx: &Context) {
        self.app.leave_qualify();
        self.app.carry_out(ctx, Ask::Command(Command::Cancel));
        self.app.close();
    }

    /// Goes back to what was there before the operator came.
    fn leave_operator(&mut self, ctx: &Context) {
        self.stop_looking(ctx);
        self.pin.clear();
        self.touched_at = ctx.input(|i| i.time);
        match self.behind {
            Some(page) => self.front.page = page,
            None => self.close(ctx, Closed::Idle),
        }
    }
}
