//! The application: turns state into a screen and carries out what the user requests.

use std::{
    path::PathBuf,
    sync::{
        Arc, PoisonError,
        mpsc::{Receiver, channel},
    },
    thread,
    time::Duration,
};

use eframe::egui::{self, Context, Key, Ui, ViewportCommand};
use zeroize::Zeroizing;

use super::{
    AppContext, Ask, AtKiosk, Draft, Offered, Page, State, fonts,
    hotplug::{self, HotplugMonitor},
    preview::Preview,
    qualify::QualifyView,
    screen::{self, Approval, CaptureView, Screen},
    screens::{self, View},
    theme::{self, Scheme, Theme},
    words::{Language, Words, system_tags},
};
use countenance_client::{
    doctor::Finding,
    headless::causes,
    runner::{Command, FailureView, Progress, RunOutcome, Runner},
    session::client::ATTESTATION_SECS,
    settings::{Settings, Theme as Appearance},
};
use countenance_core::protocol::QualityClaim;

mod cameras;
mod kiosk;
mod links;
mod steps;

/// Maximum wait on close, during a sign-in, for the verifier to be notified.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(3);
/// Update interval of the countdown until another code can be requested.
const TICK: Duration = Duration::from_millis(500);
/// Update interval of the "started … ago" text.
const MINUTE: Duration = Duration::from_secs(20);

/// The window's application.
pub struct App {
    context: AppContext,
    state: State,
    draft: Draft,
    runner: Option<Runner>,
    hotplug: HotplugMonitor,
    findings: Option<Receiver<Vec<Finding>>>,
    words: Words,
    theme: Theme,
    preview: Preview,
    over_since: Option<f64>,
    /// Measures of the face in front of the camera during a test.
    measured: Option<QualityClaim>,
    /// Frame time from which a supervisor's PIN is taken again, in seconds.
    attendance_open_at: f64,
    /// Progress of measuring the site, at a kiosk.
    qualify: Option<QualifyView>,
    /// Frame time at which the last code was sent, in seconds.
    code_sent_at: Option<f64>,
}

impl App {
    /// Creates the application and follows the first link of `context`.
    pub fn new(ctx: &Context, context: AppContext) -> Self {
        Self::at(ctx, context, None)
    }

    fn at(ctx: &Context, mut context: AppContext, kiosk: Option<AtKiosk>) -> Self {
        let settings = context.settings.clone();
        let words = words_of(&settings, kiosk.as_ref());
        let state = State {
            settings,
            complaints: std::mem::take(&mut context.complaints),
            verifiers: context.allowed.iter().map(ToString::to_string).collect(),
            models: std::mem::take(&mut context.models),
            plays_recording: context.plays_recording,
            kiosk,
            ..State::default()
        };
        (context.choose)(&state.settings);
        let mut app = Self {
            theme: theme_of(ctx, &state),
            hotplug: HotplugMonitor::new(Arc::clone(&context.cameras), hotplug::POLL_INTERVAL, wake(ctx)),
            context,
            state,
            draft: Draft::default(),
            runner: None,
            findings: None,
            words,
            preview: Preview::default(),
            over_since: None,
            measured: None,
            attendance_open_at: f64::MIN,
            qualify: None,
            code_sent_at: None,
        };
        app.dress(ctx);
        if let Some(inbox) = &app.context.inbox {
            let wake = wake(ctx);
            inbox.on_call(move || wake());
        }
        let wakes = wake(ctx);
        app.context.stop.on_ask(move || wakes());
        if let Some(link) = app.context.link.take() {
            app.follow(ctx, &link);
        }
        app
    }

    /// The state to be drawn.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Sequence number of the camera frame on screen.
    pub fn preview_seq(&self) -> Option<u64> {
        self.preview.seq()
    }

    /// Saves changed settings to `path` from now on.
    pub fn keep_settings_at(&mut self, path: PathBuf) {
        self.context.settings_path = Some(path);
    }

    /// Applies everything that happened since the last call.
    pub fn catch_up(&mut self, ctx: &Context) {
        if self.context.stop.is_asked() {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        self.state.now = self.context.env.clock().now();
        self.state.recording_misses_parts = (self.context.recording_misses_parts)();
        self.hear_of_cameras(ctx);
        let heard: Vec<_> = self.runner.iter().flat_map(Runner::progress).collect();
        let frame_at = ctx.input(|i| i.time);
        for progress in heard {
            match &progress {
                Progress::Attendance(step, request) => {
                    self.ask_supervisor(*step, frame_at);
                    self.shown_to(request);
                }
                Progress::Opened(request) => self.shown_to(request),
                Progress::Frame { .. } => self.hotplug.works(),
                Progress::Sending => {
                    let until = self.state.now.saturating_add(ATTESTATION_SECS);
                    self.state.send_until = Some(self.state.expires_at.map_or(until, |expires| expires.min(until)));
                }
                Progress::SomebodyElse => {
                    if let Some(kiosk) = &mut self.state.kiosk {
                        kiosk.is_somebody_else = true;
                    }
                }
                Progress::AttemptFailed(FailureView::Camera(fault)) => self.camera_failed(*fault),
                Progress::Code(step) => self.code_stands(*step, frame_at),
                Progress::ApprovalOffered(offer) => {
                    self.state.approval = Some(Offered::new(offer.clone(), self.state.now));
                }
                Progress::Measured(measured) => self.measured = *measured,
                Progress::Qualify(step) => self.qualify = self.qualify.take().map(|view| view.after(step)),
                Progress::Ended(ended) => self.end(*ended),
                _ => {}
            }
            self.state.screen = std::mem::take(&mut self.state.screen).after(progress);
        }
        self.state.resend_secs = screen::resend_secs(self.code_sent_at, frame_at);
        self.state.attendance_wait_secs = (self.attendance_open_at - frame_at).clamp(0.0, 3_600.0).ceil() as u32;
        if !matches!(self.state.screen, Screen::Attendance(_)) {
            self.draft.attendance.forget();
        }
        if !matches!(self.state.screen, Screen::Code(_)) {
            self.draft.code = Zeroizing::default();
        }
        if !matches!(&self.state.screen, Screen::Approval(approval) if *approval != Approval::Approved) {
            self.draft.approval.clear();
        }
        if let Some(findings) = self.findings.as_ref().and_then(|r| r.try_recv().ok()) {
            self.state.findings = Some(findings);
        }
        self.take_calls(ctx);
        self.watch_cameras();
        let own_picture = match &self.state.screen {
            Screen::NotAccepted(refusal) => refusal.picture.clone(),
            screen if screen.shows_preview() => (self.context.preview)(),
            _ => None,
        };
        match &self.state.screen {
            // People stand farther away there.
            Screen::Capture(capture) if self.state.kiosk.is_some() => {
                self.preview.follow(ctx, own_picture.as_ref(), capture.face);
            }
            _ => self.preview.take(ctx, own_picture.as_ref()),
        }
    }

    /// Draws a frame and carries out the user's request.
    pub fn draw(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        if let Some(ask) = self.drawn(ui) {
            self.carry_out(&ctx, ask);
        }
        match self.state.screen {
            Screen::Consent(_) | Screen::Approval(Approval::Asks(_)) => ctx.request_repaint_after(MINUTE),
            Screen::Failed(_) if self.state.approval.is_some() => ctx.request_repaint_after(MINUTE),
            Screen::Sending { retrying: true } => ctx.request_repaint_after(TICK),
            Screen::Code(_) if self.state.resend_secs > 0 => ctx.request_repaint_after(TICK),
            Screen::Attendance(_) if self.state.attendance_wait_secs > 0 => ctx.request_repaint_after(TICK),
            _ => self.close_in_time(&ctx),
        }
    }

    /// Applies a changed appearance and the fonts that the language needs.
    pub(super) fn dress_again(&mut self, ctx: &Context) {
        let appearance = theme_of(ctx, &self.state);
        if appearance != self.theme {
            self.theme = appearance;
            self.theme.apply(ctx);
        }
        if fonts::missing(ctx, self.words.language()) {
            // Replacement boxes are unreadable: switch to English and explain why.
            self.state.font_missing = true;
            self.words = words_in(Language::En, self.state.kiosk.as_ref());
        }
    }

    /// Draws a frame; returns the user's request.
    pub(super) fn drawn(&mut self, ui: &mut Ui) -> Option<Ask> {
        let ctx = ui.ctx().clone();
        self.dress_again(&ctx);
        // Escape must only close an open list, so check before the list closes.
        let list_is_open = egui::Popup::is_any_open(&ctx);
        let asked = self.draw_with(|view, draft| screens::show(ui, view, draft));
        asked.or_else(|| if list_is_open { None } else { self.escape(&ctx) })
    }

    /// Draws with what the screens are drawn from.
    pub(super) fn draw_with<R>(&mut self, draw: impl FnOnce(&View<'_>, &mut Draft) -> R) -> R {
        let view = View { words: &self.words, theme: &self.theme, state: &self.state, preview: &self.preview };
        draw(&view, &mut self.draft)
    }

    /// Carries out a request.
    pub fn carry_out(&mut self, ctx: &Context, ask: Ask) {
        match ask {
            Ask::Command(command) => self.command(ctx, command),
            Ask::OpenLink(link) => self.follow(ctx, &link),
            Ask::TryCamera => {
                self.state.link_trouble = None;
                self.state.screen = Screen::Trying(CaptureView::default());
                self.runner = Some(Runner::try_camera(Arc::clone(&self.context.env), wake(ctx)));
            }
            Ask::EnterApproval => {
                self.state.link_trouble = None;
                self.state.screen = Screen::Approval(Approval::Enter { trouble: None });
            }
            Ask::LookUpApproval(typed) => self.look_up(ctx, &typed),
            Ask::UseCamera(id) => self.use_camera(ctx, id),
            Ask::Go(page) => {
                self.state.page = page;
                if page == Page::Diagnostics {
                    self.examine(ctx);
                }
            }
            Ask::Change(settings) => self.change(ctx, *settings),
            Ask::Copy(text) => ctx.copy_text(text),
            Ask::Close => ctx.send_viewport_cmd(ViewportCommand::Close),
        }
        ctx.request_repaint();
    }

    /// Closes the window; a sign-in in progress is canceled and its verifier notified.
    pub fn close(&mut self) {
        // They outlive the window, and what wakes it would keep all of it.
        self.context.stop.on_ask(|| {});
        if let Some(inbox) = &self.context.inbox {
            inbox.on_call(|| {});
        }
        if let Some(runner) = self.runner.take() {
            let is_login = self.state.screen.is_login();
            let ended = runner.finish(if is_login { SHUTDOWN_GRACE } else { Duration::ZERO });
            if let Some(ended) = ended {
                self.end(ended);
            }
        }
    }

    fn command(&mut self, ctx: &Context, command: Command) {
        if let (Screen::Camera { login: false, .. }, Command::TryAgain) = (&self.state.screen, &command) {
            return self.carry_out(ctx, Ask::TryCamera);
        }
        self.state.link_trouble = None;
        if let Some(runner) = &self.runner {
            runner.command(command.clone());
        }
        if matches!((&self.state.screen, &command), (Screen::Approval(_), Command::GiveUp | Command::Cancel)) {
            // Its thread must not go on to allow anything.
            self.runner = None;
            self.state.screen = Screen::Ready;
            return;
        }
        self.state.screen = match std::mem::take(&mut self.state.screen) {
            Screen::Trying(_) | Screen::Camera { login: false, .. } => Screen::Ready,
            screen => screen.commanded(command),
        };
    }

    fn end(&mut self, ended: RunOutcome) {
        let mut kept = self.context.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if self.state.screen.is_login() {
            *kept = Some(ended);
        }
    }

    fn change(&mut self, ctx: &Context, settings: Settings) {
        let before = self.state.settings.clone();
        self.state.settings.change(settings);
        let language_changed = self.state.settings.language != before.language;
        if cameras::differ(&self.state.settings, &before) {
            (self.context.choose)(&self.state.settings);
        }
        self.theme = theme_of(ctx, &self.state);
        if language_changed {
            self.words = words_of(&self.state.settings, self.state.kiosk.as_ref());
            self.state.font_missing = false;
        }
        self.dress(ctx);
        let kept = self.context.settings_path.as_deref().map(|path| self.state.settings.save(path));
        self.state.not_saved = kept.and_then(Result::err).map(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot save the settings");
            causes(&error)
        });
        let resident = self.state.settings.resident;
        if self.state.not_saved.is_none() && resident != before.resident {
            self.state.not_saved = (self.context.at_login)(resident).err();
        }
    }

    /// Applies fonts, colors and sizes of the settings.
    fn dress(&self, ctx: &Context) {
        fonts::install(ctx, self.words.language());
        self.theme.apply(ctx);
        if self.state.kiosk.is_some() {
            // Its window covers the screen.
            return;
        }
        let size = self.theme.window();
        let fits = ctx.input(|i| i.viewport().monitor_size).map_or(size, |monitor| size.min(monitor * 0.94));
        ctx.send_viewport_cmd(ViewportCommand::InnerSize(fits));
    }

    /// What Escape does: the harmless way to leave the screen.
    fn escape(&self, ctx: &Context) -> Option<Ask> {
        if !ctx.input(|i| i.key_pressed(Key::Escape)) {
            return None;
        }
        match self.state.page {
            Page::Main => self.state.screen.escape().map(Ask::Command),
            Page::Settings => Some(Ask::Go(Page::Main)),
            Page::Diagnostics | Page::About => Some(Ask::Go(Page::Settings)),
        }
    }

    /// Closes a window that was opened for one sign-in, once its outcome has been shown long enough.
    fn close_in_time(&mut self, ctx: &Context) {
        if !(self.context.closes && self.state.screen.closes_itself()) {
            return;
        }
        let now = ctx.input(|i| i.time);
        let left = *self.over_since.get_or_insert(now) + theme::GOODBYE_SECS - now;
        if left <= 0.0 {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        } else {
            ctx.request_repaint_after(Duration::from_secs_f64(left));
        }
    }

    /// Runs the diagnostics.
    pub(super) fn examine(&mut self, ctx: &Context) {
        let (found, findings) = channel();
        let (examine, wake) = (Arc::clone(&self.context.examine), wake(ctx));
        self.state.findings = None;
        self.findings = Some(findings);
        let look = move || {
            found.send(examine()).ok();
            wake();
        };
        if let Err(error) = thread::Builder::new().name("diagnostics".into()).spawn(look) {
            tracing::error!(error = &error as &dyn std::error::Error, "cannot start the diagnostics thread");
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        self.catch_up(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        self.draw(ui);
    }

    fn on_exit(&mut self, _: Option<&eframe::glow::Context>) {
        self.close();
    }

    fn clear_color(&self, _: &egui::Visuals) -> [f32; 4] {
        self.theme.tokens.background.to_normalized_gamma_f32()
    }
}

/// Requests a repaint from any thread.
fn wake(ctx: &Context) -> Arc<dyn Fn() + Send + Sync> {
    let ctx = ctx.clone();
    Arc::new(move || ctx.request_repaint())
}

/// The texts for these settings on this system.
fn words_of(settings: &Settings, kiosk: Option<&AtKiosk>) -> Words {
    words_in(Language::of_system(settings.language.as_deref(), system_tags()), kiosk)
}

fn words_in(language: Language, kiosk: Option<&AtKiosk>) -> Words {
    match kiosk {
        Some(kiosk) => Words::for_kiosk(language, kiosk.attended),
        None => Words::new(language),
    }
}

/// The theme for the settings on this system.
fn theme_of(ctx: &Context, state: &State) -> Theme {
    let settings = &state.settings;
    let scheme = match settings.theme {
        Appearance::Dark => Scheme::Dark,
        Appearance::HighContrast => Scheme::HighContrast,
        Appearance::System if ctx.system_theme() == Some(egui::Theme::Dark) => Scheme::Dark,
        Appearance::Light | Appearance::System => Scheme::Light,
    };
    if state.kiosk.is_some() {
        Theme::for_kiosk(scheme, settings.text_percent, settings.reduced_motion)
    } else {
        Theme::new(scheme, settings.text_percent, settings.reduced_motion)
    }
}
