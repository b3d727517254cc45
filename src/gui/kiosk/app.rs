//! The window's application: the sign-in's own [`App`] with the pages of a kiosk around it, and what ends it.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use eframe::egui::{Context, Event, Key, Ui, ViewportCommand};
use zeroize::Zeroizing;

use super::{
    Choices, Closed, KioskContext, Opening, Speak, TEXT_PERCENTS, WipeWatch,
    badge::BadgeReader,
    corners::Corners,
    pin::PinEntry,
    presence::Presence,
    view::{self, Front, KioskAsk, Page, Shown},
};
use crate::{App, AppContext, Ask, State, widgets, words::Language};
use countenance_client::{
    runner::{Command, RunOutcome},
    settings::Settings,
};

mod pages;
mod watch;

/// The window draws at least this often while somebody may be there: seconds are counted.
const PULSE: Duration = Duration::from_secs(1);
/// As often while nobody is. Drawing the whole screen is most of what an idle kiosk does; whatever changes wakes the window.
const SLOW_PULSE: Duration = Duration::from_secs(4);
/// How long an outcome is shown that the person need only glance at, seconds.
const GLANCE_SECS: f64 = 4.0;
/// How long an outcome is shown that has to be read, seconds.
const READING_SECS: f64 = 12.0;
/// Without a touch for this long, seconds, the operator's pages close, and an attract screen forgets its choices.
const OPERATOR_SECS: f64 = 60.0;

/// The application of a kiosk's window.
pub struct KioskApp {
    context: KioskContext,
    app: App,
    front: Front,
    closed: Arc<Mutex<Option<Closed>>>,
    ended: Arc<Mutex<Option<RunOutcome>>>,
    presence: Presence,
    badge: Option<BadgeReader>,
    corners: Corners,
    pin: PinEntry,
    /// What is behind the operator's pages; `None` if the window was opened for them.
    behind: Option<Page>,
    /// Time of the last frame that was taken note of, milliseconds since the start of its capture.
    looked_at_millis: Option<u64>,
    touched_at: f64,
    /// Since when an outcome is shown.
    over_since: Option<f64>,
    /// Since when the kiosk is out of order.
    out_since: Option<f64>,
    /// What was read aloud last.
    said: String,
    /// The wipe that is shown.
    wipe: Option<WipeWatch>,
    /// Since when it is done.
    wiped_since: Option<f64>,
    /// Whether the last choice of camera was kept.
    is_kept: Arc<AtomicBool>,
}

impl KioskApp {
    /// The application of a window that opens with `opening`.
    pub fn new(ctx: &Context, context: KioskContext, opening: Opening) -> Self {
        if matches!(opening, Opening::Attract) {
            context.choices.forget();
        }
        let (mut link, mut wipe) = (None, None);
        let page = match opening {
            Opening::Attract => Page::Attract,
            Opening::SignIn(to) => {
                link = Some(to);
                Page::SignIn
            }
            Opening::StillThere => Page::StillThere,
            Opening::Wiping(watch) => {
                wipe = Some(watch);
                Page::Wiping
            }
            Opening::OutOfOrder(why) => Page::OutOfOrder(why),
            Opening::Operator => Page::Pin,
        };
        let (ended, is_kept) = (Arc::new(Mutex::new(None)), Arc::new(AtomicBool::new(true)));
        let app = App::at_kiosk(
            ctx,
            app_context(&context, link, Arc::clone(&ended), Arc::clone(&is_kept)),
            context.look.attended,
        );
        let chosen = context.choices.get();
        let mut front = Front::new(page, context.look.clone(), chosen, context.speech.is_some());
        let (now, wakes) = (ctx.input(|i| i.time), ctx.clone());
        (context.on_change)(Box::new(move || wakes.request_repaint()));
        front.camera_fixed = context.camera_fixed;
        Self {
            app,
            front,
            closed: Arc::default(),
            ended,
            presence: match page {
                // The browser was idle for so long already.
                Page::StillThere => Presence::new(now - f64::from(context.look.idle_secs), context.look.idle_secs),
                _ => Presence::new(now, context.look.idle_secs),
            },
            badge: context.look.badge_digits.map(BadgeReader::new),
            corners: Corners::default(),
            pin: PinEntry::default(),
            behind: (page != Page::Pin).then_some(page),
            looked_at_millis: None,
            touched_at: now,
            over_since: None,
            out_since: None,
            said: String::new(),
            wipe,
            wiped_since: None,
            is_kept,
            context,
        }
    }

    /// Reports how the window closes to `closed`.
    #[must_use]
    pub fn reporting_to(self, closed: Arc<Mutex<Option<Closed>>>) -> Self {
        Self { closed, ..self }
    }

    /// How the window closes, once that is decided.
    pub fn closed(&self) -> Option<Closed> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// State of the sign-in.
    pub fn state(&self) -> &State {
        self.app.state()
    }

    /// The application of the sign-in.
    pub fn app_mut(&mut self) -> &mut App {
        &mut self.app
    }

    /// Applies everything that happened since the last call.
    pub fn catch_up(&mut self, ctx: &Context) {
        (self.context.alive)();
        let is_idle = matches!(self.front.page, Page::Attract | Page::OutOfOrder(_));
        ctx.request_repaint_after(if is_idle { SLOW_PULSE } else { PULSE });
        let now = ctx.input(|i| i.time);
        if ctx.input(|i| i.viewport().close_requested()) && self.closed().is_none() {
            // No key closes a kiosk.
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
        }
        if self.context.stop.is_asked() {
            self.close(ctx, Closed::Stopped);
        } else if (self.context.is_interrupted)() {
            self.close(ctx, Closed::Idle);
        }
        let is_login = self.front.page == Page::SignIn && self.app.state().screen.is_login();
        self.app.take_links(is_login || self.front.page == Page::Attract);
        self.app.catch_up(ctx);
        self.take_input(ctx, now);
        self.look_for_trouble(ctx, now);
        self.watch_wipe(ctx, now);
        self.turn_page(ctx, now);
        self.watch_person(ctx, now);
        self.front.pin = self.pin.state(now);
        self.front.measured = self.app.measured();
        self.front.qualify = self.app.qualified().cloned();
        self.front.not_kept = !self.is_kept.load(Ordering::Relaxed);
    }

    /// Draws a frame and carries out what the person asks for.
    pub fn draw(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        self.app.dress_again(&ctx);
        let speech = self.context.speech.clone().filter(|_| self.front.reads_aloud == Some(true));
        if speech.is_some() {
            widgets::collect_spoken(&ctx);
        }
        let front = &self.front;
        let asked = self.app.draw_with(|view, draft| view::show(ui, &Shown { view, front }, draft));
        if let Some(speech) = speech {
            self.read_aloud(&ctx, &*speech);
        }
        if let Some(ask) = asked {
            self.carry_out(&ctx, ask);
            ctx.request_repaint();
        }
    }

    /// Takes touches and keys: a sign of the person, a badge, or the operator's gesture.
    fn take_input(&mut self, ctx: &Context, now: f64) {
        let is_touched = ctx.input(|i| i.events.iter().any(is_touch));
        if is_touched {
            self.touched_at = now;
            // The question takes its answer itself; at the browser "leave" is a touch as well.
            if self.front.question_secs.is_none() && self.front.page != Page::StillThere {
                self.presence.touched(now);
            }
        }
        if self.front.page == Page::Attract {
            self.read_badge(ctx, now);
        }
        if matches!(self.front.page, Page::Attract | Page::OutOfOrder(_)) {
            let touch = ctx.input(|i| i.pointer.interact_pos().filter(|_| i.pointer.primary_down()));
            let (corners, is_complete) = self.corners.after(now, touch, ctx.content_rect());
            self.corners = corners;
            if is_complete {
                self.front.lists_languages = false;
                self.go(Page::Pin);
            }
            if touch.is_some() {
                // A finger that holds still sends nothing.
                ctx.request_repaint_after(Duration::from_millis(100));
            }
        }
    }

    fn read_badge(&mut self, ctx: &Context, now: f64) {
        let Some(reader) = &mut self.badge else { return };
        let mut badge = None;
        ctx.input_mut(|input| {
            input.events.retain(|event| match event {
                Event::Text(text) => {
                    reader.typed(now, text);
                    true
                }
                // Enter of the reader must not press the button that has the focus.
                Event::Key { key: Key::Enter, pressed: true, .. } if reader.is_typing(now) => {
                    badge = reader.entered(now);
                    false
                }
                _ => true,
            });
        });
        if let Some(badge) = badge {
            self.close(ctx, Closed::Badge(badge));
        }
    }

    /// Reads what the screen says, whenever it says something else.
    fn read_aloud(&mut self, ctx: &Context, speech: &dyn Speak) {
        let said = widgets::take_spoken(ctx);
        if said != self.said {
            speech.say(&said, self.app.language().tag());
            self.said = said;
        }
    }

    /// Ends the sign-in, and whatever else would outlive the window.
    pub fn end_window(&mut self) {
        // What wakes the window would keep all of it: fonts, textures, texts.
        (self.context.on_change)(Box::new(|| {}));
        self.app.close();
    }

    /// Closes the window; the first reason counts.
    fn close(&self, ctx: &Context, closed: Closed) {
        if closed == Closed::Wiped {
            // They were the last person's.
            self.context.choices.forget();
        }
        self.closed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(closed);
        ctx.send_viewport_cmd(ViewportCommand::Close);
    }
}

impl eframe::App for KioskApp {
    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        self.catch_up(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        self.draw(ui);
    }

    fn on_exit(&mut self, _: Option<&eframe::glow::Context>) {
        if let Some(speech) = &self.context.speech {
            speech.hush();
        }
        self.end_window();
    }

    fn clear_color(&self, visuals: &eframe::egui::Visuals) -> [f32; 4] {
        eframe::App::clear_color(&self.app, visuals)
    }
}

/// What the sign-in's application depends on.
fn app_context(
    context: &KioskContext,
    link: Option<Zeroizing<String>>,
    ended: Arc<Mutex<Option<RunOutcome>>>,
    is_kept: Arc<AtomicBool>,
) -> AppContext {
    let (preview, choose) = (Arc::clone(&context.preview), Arc::clone(&context.choose));
    AppContext {
        env: Arc::clone(&context.env),
        preview: Box::new(move || preview()),
        allowed: context.allowed.clone(),
        link: link.map(|link| link.to_string()),
        inbox: context.inbox.clone(),
        stop: Arc::clone(&context.stop),
        plays_recording: context.plays_recording,
        // A recording is for tests here; what it lacks is nothing to tell a visitor.
        recording_misses_parts: Box::new(|| false),
        // What is managed is in them already, and what a visitor chooses is not.
        settings: settings(context).into(),
        complaints: Vec::new(),
        settings_path: None,
        cameras: Arc::clone(&context.cameras),
        choose: Arc::new(move |settings| is_kept.store(choose(settings), Ordering::Relaxed)),
        at_login: Arc::new(|_| Ok(())),
        examine: Arc::clone(&context.examine),
        models: Vec::new(),
        ended,
        closes: false,
    }
}

/// The settings, with what the person has chosen.
fn settings(context: &KioskContext) -> Settings {
    let (chosen, settings) = (context.choices.get(), (context.settings)());
    let language = chosen.language.or_else(|| context.look.languages.first().copied());
    Settings {
        language: language.map(|language| language.tag().to_owned()).or(settings.language),
        text_percent: chosen.text_percent.unwrap_or(context.look.text_percent).clamp(100, 400),
        ..settings
    }
}

/// Whether the event comes from a person. A pointer that only moves may be a trembling table.
fn is_touch(event: &Event) -> bool {
    matches!(
        event,
        Event::PointerButton { pressed: true, .. }
            | Event::Key { pressed: true, .. }
            | Event::Touch { .. }
            | Event::Text(_)
            | Event::AccessKitActionRequest(_)
    )
}
