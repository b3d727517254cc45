//! Who is at the kiosk: a state machine without clock, threads or windows. Events go in with the time, actions come out.
//!
//! ```text
//!              touch, start, badge                    link
//!  ┌─ Empty ────────────────────────► Visit ───────────────────► SigningIn
//!  │    ▲ │ link                       │  ▲                          │
//!  │    │ └────────────────────────────┼──┼──► SigningIn             │ ended
//!  │    │                              │  └──────────────────────────┤
//!  │    │              nobody: ask     ▼                             │ idle
//!  │    ├──────── wipe ◄────────── StillThere ── "yes" ──► Visit     │
//!  │    └──────── wipe ◄─────────────────────────────────────────────┘
//!  └─ trouble ──► OutOfOrder ── recovered ──► Empty
//! ```
//!
//! Whatever ends a visit wipes, before anything is shown to the next person: nobody there, somebody else, the application, a
//! machine that was suspended.

use std::time::Duration;

use crate::{exit::Leave, screens::OperatorRequest, trouble::stops_a_visit};
use countenance_core::protocol::OutOfOrder;

/// Who is seen no more by a camera that looks is asked after this long without a touch, if that is sooner. Origin: our
/// choice; long enough to pick up a bag.
const AWAY: Duration = Duration::from_secs(10);
/// A face alone holds a visit for this many idle times: the next in line has one too.
const MAX_UNTOUCHED: u32 = 10;

/// What is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Nobody is there. The start page is in front, or our window that invites people.
    Empty,
    /// A person uses the browser.
    Visiting(LastNoticed),
    /// The window of a sign-in is open.
    SigningIn,
    /// The window asks whether somebody is still there.
    StillThere,
    /// The window says why nobody can sign in.
    OutOfOrder,
}

/// When the person of a visit was last noticed. Without a camera that looks ([`crate::watch`]), only touches count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastNoticed {
    /// The last touch or key, or the begin of the visit.
    touched: Duration,
    /// When the camera last saw a face.
    seen: Option<Duration>,
    /// Since when it sees none, after it has seen one: a person whom it cannot see must not be asked again and again.
    missing_since: Option<Duration>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The kiosk has started.
    Started,
    /// Nothing; time has passed.
    Tick,
    /// A launch link arrived while no window was open.
    Link,
    /// The application says that the visit is over.
    Done,
    /// Somebody touched the screen, or typed, while the browser was in front.
    Input {
        /// When.
        at: Duration,
    },
    /// The camera sees a face while the browser is in front.
    Seen,
    /// It sees none.
    Missed,
    /// It sees somebody else than the person who signed in.
    SomebodyElse,
    /// The machine was suspended: nobody knows who is there now.
    Resumed,
    /// A window closed: a person wants the browser.
    Start,
    /// A window closed: an accepted badge was read.
    Badge,
    /// A window closed: the sign-in in it is over.
    Ended,
    /// A window closed: nobody is there, or somebody else.
    Left,
    /// A window closed: what was out of order is not any more.
    Recovered,
    /// A window closed: an operator asks.
    Operator(OperatorRequest),
    /// The process was asked to end.
    Stop,
}

/// What to do, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// End the browser and delete all of it.
    Wipe,
    /// Start the browser at the start page, unless it runs.
    Prepare,
    /// Open the start page with the badge that was read.
    VisitWithBadge,
    /// Show the screen that invites people.
    ShowAttract,
    /// Show the sign-in behind the link that arrived.
    ShowSignIn,
    /// Ask whether somebody is still there.
    ShowStillThere,
    /// Show why nobody can sign in.
    ShowOutOfOrder(OutOfOrder),
    /// End the browser, delete all of it, and leave.
    Leave(Leave),
}

/// The state machine.
#[derive(Debug)]
pub struct Presence {
    phase: Phase,
    idle: Duration,
    attract: bool,
}

impl Presence {
    /// Asks after `idle` without a person; `attract`: our window invites people, not the start page.
    pub fn new(idle: Duration, attract: bool) -> Self {
        Self { phase: Phase::Empty, idle, attract }
    }

    /// Asks after `idle` without a person from now on.
    pub fn ask_after(&mut self, idle: Duration) {
        self.idle = idle;
    }

    /// What is going on.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Takes `event` at `now`. `trouble` is the worst condition that holds. At most one action shows a window, the last.
    pub fn step(&mut self, now: Duration, event: Event, trouble: Option<OutOfOrder>) -> Vec<Action> {
        match (self.phase, event) {
            (_, Event::Stop) => vec![Action::Leave(Leave::Stopped)],
            (_, Event::Operator(asked)) => vec![Action::Leave(asked.into())],
            (Phase::Empty, Event::Done | Event::SomebodyElse) => Vec::new(),
            (_, Event::Left | Event::Done | Event::SomebodyElse | Event::Resumed) => self.wipe(trouble),
            // A link starts a visit, whoever called it; out of order, the window says so instead.
            (Phase::Empty | Phase::Visiting(_), Event::Link) => {
                if let Some(condition) = trouble.filter(|_| self.is_empty()) {
                    return self.out_of_order(condition);
                }
                self.phase = Phase::SigningIn;
                vec![Action::ShowSignIn]
            }
            (Phase::Empty, Event::Start | Event::Badge | Event::Input { .. }) if trouble.is_some() => {
                self.welcome(trouble)
            }
            (Phase::Empty, Event::Badge) => {
                self.phase = Phase::Visiting(LastNoticed::new(now));
                vec![Action::VisitWithBadge]
            }
            (Phase::Empty, Event::Start) => {
                self.phase = Phase::Visiting(LastNoticed::new(now));
                vec![Action::Prepare]
            }
            (Phase::StillThere, Event::Start) | (_, Event::Ended) => self.visit(LastNoticed::new(now), trouble),
            (Phase::Empty, Event::Input { at }) if !self.attract => self.visit(LastNoticed::new(at), trouble),
            (Phase::Visiting(noticed), event) => {
                let noticed = noticed.after(now, event);
                if matches!(event, Event::Tick | Event::Seen | Event::Missed) && now >= noticed.asks_at(self.idle) {
                    self.phase = Phase::StillThere;
                    return vec![Action::ShowStillThere];
                }
                self.visit(noticed, trouble)
            }
            // What was there before has been wiped on the way to that screen.
            (Phase::OutOfOrder | Phase::Empty, Event::Recovered | Event::Started) => self.welcome(trouble),
            (Phase::Empty, _) => match trouble {
                Some(condition) => self.out_of_order(condition),
                // Our window was closed without a reason: it comes again.
                None if self.attract => vec![Action::ShowAttract],
                None => Vec::new(),
            },
            // A window that closed in another way than its phase knows ends the visit: rather too early than never.
            (Phase::SigningIn | Phase::StillThere | Phase::OutOfOrder, _) => self.wipe(trouble),
        }
    }

    /// What to do instead of the rest of the actions after [`Action::Wipe`] has failed: nobody may use what is left.
    pub fn wipe_failed(&mut self) -> Vec<Action> {
        self.phase = Phase::OutOfOrder;
        vec![Action::ShowOutOfOrder(OutOfOrder::AskStaff)]
    }

    fn is_empty(&self) -> bool {
        self.phase == Phase::Empty
    }

    /// The browser is in front, unless it cannot be.
    fn visit(&mut self, noticed: LastNoticed, trouble: Option<OutOfOrder>) -> Vec<Action> {
        if let Some(condition) = trouble.filter(|condition| stops_a_visit(*condition)) {
            return self.out_of_order(condition);
        }
        self.phase = Phase::Visiting(noticed);
        Vec::new()
    }

    fn wipe(&mut self, trouble: Option<OutOfOrder>) -> Vec<Action> {
        match self.welcome(trouble) {
            actions if actions.first() == Some(&Action::Wipe) => actions,
            actions => std::iter::once(Action::Wipe).chain(actions).collect(),
        }
    }

    fn welcome(&mut self, trouble: Option<OutOfOrder>) -> Vec<Action> {
        self.phase = Phase::Empty;
        match trouble {
            Some(condition) => self.out_of_order(condition),
            None if self.attract => vec![Action::ShowAttract],
            None => vec![Action::Prepare],
        }
    }

    /// The browser ends: one that starts later than our window would cover it.
    fn out_of_order(&mut self, condition: OutOfOrder) -> Vec<Action> {
        self.phase = Phase::OutOfOrder;
        vec![Action::Wipe, Action::ShowOutOfOrder(condition)]
    }
}

impl LastNoticed {
    fn new(at: Duration) -> Self {
        Self { touched: at, seen: None, missing_since: None }
    }

    fn after(self, now: Duration, event: Event) -> Self {
        match event {
            Event::Input { at } => Self { touched: self.touched.max(at), ..self },
            Event::Seen => Self { seen: Some(now), missing_since: None, ..self },
            Event::Missed if self.seen.is_some() => {
                Self { missing_since: Some(self.missing_since.unwrap_or(now)), ..self }
            }
            _ => self,
        }
    }

    /// When "Still there?" is asked.
    fn asks_at(self, idle: Duration) -> Duration {
        let sign = self.seen.unwrap_or_default().max(self.touched);
        let idle_at = (sign + idle).min(self.touched + idle * MAX_UNTOUCHED);
        let missed_at = self.missing_since.map(|since| since.max(self.touched) + AWAY);
        missed_at.map_or(idle_at, |missed_at| missed_at.min(idle_at))
    }
}

impl From<OperatorRequest> for Leave {
    fn from(asked: OperatorRequest) -> Self {
        match asked {
            OperatorRequest::Restart => Self::Restart,
            OperatorRequest::Quit => Self::Quit,
            OperatorRequest::Reboot => Self::Reboot,
        }
    }
}

#[cfg(test)]
mod tests;
