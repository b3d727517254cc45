//! The main thread: waits for what happens, asks [`Presence`] what to do, and does it.

use std::{collections::VecDeque, sync::Arc, thread, time::Duration};

use countenance_client::{instance::Call, interrupt::StopRequest};
use countenance_core::protocol::OutOfOrder;

use crate::{
    browser::BrowserKeeper,
    config::BadgeNumber,
    exit::Leave,
    health::metrics::Outcome,
    idle::InputWatch,
    monitor::{self, CameraCheck},
    presence::{Action, Event, Phase, Presence},
    screens::{Closed, Link, Opening, Screens, WipeProgress},
    state::KioskState,
    watch::{Observation, PersonWatch},
};

/// How long the main thread waits before it looks at everything again.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// How often a browser that is tried is looked at.
const TRIAL_INTERVAL: Duration = Duration::from_millis(100);
/// Windows that break in a row, after which the process ends and is started again.
const MAX_BROKEN: u32 = 3;
/// What an application opens to say that its visitor is done, instead of a launch link.
pub const END_LINK: &str = "countenance://end";

/// What the main thread works with.
pub struct Resident<'a> {
    /// The shared state.
    pub state: Arc<KioskState>,
    /// The window and the links.
    pub screens: &'a mut dyn Screens,
    /// Whether somebody uses the browser.
    pub input: &'a mut dyn InputWatch,
    /// The camera, while no window uses it.
    pub camera: &'a dyn CameraCheck,
    /// Who is there, while the browser is in front.
    pub watch: &'a mut dyn PersonWatch,
    /// Asks the kiosk to end.
    pub stop: &'a StopRequest,
}

/// What arrived and was not used yet. Wiped on drop.
#[derive(Default)]
struct Arrived {
    link: Option<Link>,
    badge: Option<BadgeNumber>,
    /// The last input that was taken or does not count.
    input: Duration,
    broken: u32,
}

impl Resident<'_> {
    /// Runs the kiosk until it is asked to end, and returns why. The browser has ended and its profile is wiped then.
    pub fn run(&mut self) -> Leave {
        let mut presence = Presence::new(self.state.idle(), self.state.config.attract);
        let mut arrived = Arrived::default();
        monitor::check_stream(&self.state, self.camera);
        let mut event = Event::Started;
        loop {
            self.state.alive();
            let somebody = !matches!(presence.phase(), Phase::Empty | Phase::OutOfOrder);
            presence.ask_after(self.state.idle());
            let mut actions: VecDeque<_> = presence.step(self.state.now(), event, self.trouble(somebody)).into();
            self.state.set_phase(presence.phase());
            // Before a window opens that needs the camera itself.
            self.watch.look(matches!(presence.phase(), Phase::Visiting(_)));
            let mut next = None;
            while let Some(action) = actions.pop_front() {
                // A service manager ends browser and compositor together with this process: their end is no trouble to
                // react to, and a window would wait for a compositor that has gone.
                if self.stop.is_asked() && !matches!(action, Action::Leave(_)) {
                    return self.leave(Leave::Stopped);
                }
                match action {
                    Action::Wipe => {
                        arrived.link = None;
                        let is_wiped = if somebody { self.wipe_visibly(&mut arrived) } else { self.wipe() };
                        if !is_wiped {
                            actions = presence.wipe_failed().into();
                            self.state.set_phase(presence.phase());
                        }
                    }
                    Action::Prepare => self.prepare(),
                    Action::VisitWithBadge => self.visit_with(arrived.badge.take()),
                    Action::ShowAttract => next = Some(self.show(Opening::Attract, &mut arrived)),
                    Action::ShowSignIn => match arrived.link.take() {
                        Some(link) => next = Some(self.show(Opening::SignIn(link), &mut arrived)),
                        None => next = Some(Event::Ended),
                    },
                    Action::ShowStillThere => next = Some(self.show(Opening::StillThere, &mut arrived)),
                    Action::ShowOutOfOrder(condition) => next = Some(self.out_of_order(condition, &mut arrived)),
                    Action::Leave(leave) => return self.leave(leave),
                }
            }
            if arrived.broken >= MAX_BROKEN || self.state.is_broken() {
                return self.leave(Leave::Broken);
            }
            event = next.unwrap_or_else(|| self.wait(&mut arrived, presence.phase()));
        }
    }

    /// What is wrong. A browser that has failed ends a visit even if it may be started again by now: it may have failed behind
    /// a window of ours, and what somebody had open in it is gone.
    fn trouble(&self, is_visit: bool) -> Option<OutOfOrder> {
        self.state.trouble().or_else(|| (is_visit && self.is_browser_failing()).then_some(OutOfOrder::BrowserDown))
    }

    fn wait(&mut self, arrived: &mut Arrived, phase: Phase) -> Event {
        if self.stop.is_asked() {
            return Event::Stop;
        }
        let call = self.screens.wait(POLL_INTERVAL);
        match call {
            Some(Call::Link(text)) if text.trim() == END_LINK => return Event::Done,
            Some(Call::Link(text)) => {
                arrived.link = Some(Link(text));
                return Event::Link;
            }
            // There is no window to bring to the front.
            Some(Call::ToFront) | None => {}
        }
        if self.state.was_suspended() {
            return Event::Resumed;
        }
        let sight = self.watch.seen();
        if sight == Some(Observation::SomebodyElse) {
            tracing::info!("somebody else has taken the visitor's place");
            return Event::SomebodyElse;
        }
        let now = self.state.now();
        if !self.input.can_see() && phase == Phase::Empty {
            return Event::Input { at: now };
        }
        match self.input.last_input(now) {
            Some(at) if at > arrived.input => {
                arrived.input = at;
                Event::Input { at }
            }
            _ => match sight {
                Some(Observation::Nobody) => Event::Missed,
                Some(_) => Event::Seen,
                None => Event::Tick,
            },
        }
    }

    fn show(&mut self, opening: Opening, arrived: &mut Arrived) -> Event {
        let may_sign_in = matches!(opening, Opening::SignIn(_) | Opening::Attract);
        let is_sign_in = matches!(opening, Opening::SignIn(_));
        let closed = self.screens.show(opening);
        self.state.alive();
        // What was touched in our own window does not count.
        if let Some(at) = self.input.last_input(self.state.now()) {
            arrived.input = at;
        }
        let closed = match closed {
            Ok(closed) => closed,
            Err(error) => {
                if !self.stop.is_asked() {
                    tracing::error!(%error, "a window broke");
                }
                arrived.broken += 1;
                return Event::Left;
            }
        };
        arrived.broken = 0;
        match closed {
            Closed::Start => Event::Start,
            Closed::Badge(typed) => {
                arrived.badge = self.state.config.badge_form().and_then(|form| form.read(&typed));
                if arrived.badge.is_some() { Event::Badge } else { Event::Tick }
            }
            Closed::Ended(outcome) => {
                if may_sign_in {
                    self.state.metrics.session(outcome.into(), self.state.now());
                }
                Event::Ended
            }
            Closed::Idle => {
                if is_sign_in {
                    self.state.metrics.session(Outcome::Left, self.state.now());
                }
                Event::Left
            }
            // A wipe is followed by what its visit's end has asked for.
            Closed::Wiped => Event::Tick,
            Closed::Recovered => Event::Recovered,
            Closed::Operator(asked) => Event::Operator(asked),
            Closed::Stopped => Event::Stop,
        }
    }

    fn out_of_order(&mut self, condition: OutOfOrder, arrived: &mut Arrived) -> Event {
        // It may have passed while the end of the visit was shown.
        let has_passed = self.state.trouble().is_none();
        let event = if has_passed { Event::Recovered } else { self.show(Opening::OutOfOrder(condition), arrived) };
        if event == Event::Recovered && self.is_browser_failing() {
            self.try_browser();
        }
        event
    }

    /// Starts a browser that has failed, to see whether it works again, and ends it. While it starts no window of ours is
    /// open. If it fails again, that is noted.
    fn try_browser(&mut self) {
        self.prepare();
        while self.is_browser_failing() && !self.stop.is_asked() {
            self.state.alive();
            monitor::look_after_browser(&self.state);
            if !self.state.browser().as_ref().is_some_and(BrowserKeeper::is_running) {
                break;
            }
            thread::sleep(TRIAL_INTERVAL);
        }
        self.wipe();
    }

    fn is_browser_failing(&self) -> bool {
        self.state.browser().as_ref().is_some_and(BrowserKeeper::is_failing)
    }

    /// Ends the browser, deletes all of it, and forgets the links that arrived for this person. Then there is time to see
    /// whether the camera works.
    fn wipe(&mut self) -> bool {
        let wiped = wipe_browser(&self.state);
        self.after_wipe();
        monitor::check_stream(&self.state, self.camera);
        self.state.alive();
        wiped
    }

    /// As [`wipe`](Self::wipe), in view of the person who leaves and of the next one. What a window cannot show is wiped
    /// all the same.
    fn wipe_visibly(&mut self, arrived: &mut Arrived) -> bool {
        let (progress, state, camera) = (WipeProgress::default(), Arc::clone(&self.state), self.camera);
        let shown = progress.clone();
        let wiped = thread::scope(|scope| {
            let work = move || {
                let wiped = wipe_browser(&state);
                progress.end(wiped);
                monitor::check_stream(&state, camera);
                wiped
            };
            let Ok(wipe) = thread::Builder::new().name("wipe".into()).spawn_scoped(scope, work) else { return None };
            // Neither mends nor adds to what broke before.
            let broken = arrived.broken;
            self.show(Opening::Wiping(shown), arrived);
            arrived.broken = broken;
            wipe.join().ok()
        });
        self.after_wipe();
        // Without a thread of its own, or after a panic there: here.
        wiped.unwrap_or_else(|| wipe_browser(&self.state))
    }

    fn after_wipe(&mut self) {
        while self.screens.wait(Duration::ZERO).is_some() {}
        self.state.metrics.wipe();
        self.state.alive();
    }

    fn prepare(&self) {
        let Some(start) = &self.state.config.start else { return };
        if let Some(browser) = self.state.browser().as_mut() {
            browser.prepare(start.plain(), self.state.now());
        }
    }

    fn visit_with(&self, badge: Option<BadgeNumber>) {
        let page = badge.and_then(|badge| self.state.config.start.as_ref()?.with_badge(&badge));
        let (Some(page), now) = (page, self.state.now()) else { return };
        let mut browser = self.state.browser();
        let Some(browser) = browser.as_mut() else { return };
        if !browser.is_running() {
            browser.prepare(&page, now);
        } else if let Err(error) = browser.open(&page) {
            tracing::warn!(%error, "the start page was not opened for a badge");
        }
    }

    fn leave(&self, leave: Leave) -> Leave {
        self.state.shut_down();
        leave
    }
}

/// Ends the browser, deletes all of it, and forgets whose visit it was; whether that has worked.
fn wipe_browser(state: &KioskState) -> bool {
    let now = state.now();
    state.visitor.forget();
    state.forget_suspension();
    state.browser().as_mut().is_none_or(|browser| {
        let wiped = browser.wipe(now).is_ok();
        monitor::note_browser(state, browser);
        wiped
    })
}

#[cfg(test)]
pub(crate) mod tests;
