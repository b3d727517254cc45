//! Keeps the browser: starts it in a fresh profile, finds out when it crashes or hangs, ends it and deletes all of it.
//!
//! A browser that fails may be started again after 1 s, 2 s, 4 s … 30 s; one that has run for a minute begins anew at 1 s.
//! Whoever shows windows starts it, while none is open: a browser that starts covers what is there, and a covered window is
//! not drawn any more, and so does not even close.

mod command;
mod group;
mod pipe;
mod profile;

use std::{
    io,
    path::PathBuf,
    process::{Child, Command},
    time::Duration,
};

use zeroize::Zeroizing;

pub use profile::{ProfileError, ProfileFolder};

use crate::config::BrowserProgram;
use countenance_core::protocol::OutOfOrder;
use pipe::{Pipe, Pulse};

/// Longest wait before a browser that failed is started again.
const MAX_BACKOFF: Duration = Duration::from_secs(30);
/// A browser that has run for this long is not one that fails at start.
const SETTLED: Duration = Duration::from_mins(1);
/// How long a browser without a pipe must run to count as started.
const STARTED: Duration = Duration::from_secs(2);
/// How long after a failed wipe the next one is tried.
const WIPE_AGAIN: Duration = Duration::from_secs(5);
/// Free space below which the browser cannot work, bytes. Our choice: a start takes about 10 MiB.
const MIN_FREE_BYTES: u64 = 32 << 20;

/// Why the browser was started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It could not be started, its process ended, or one of its pages crashed.
    Crashed,
    /// It did not answer.
    Hung,
}

/// The browser and its profile.
pub struct BrowserKeeper {
    browser: BrowserProgram,
    profile: ProfileFolder,
    running: Option<Running>,
    /// The page that it is to show; `None`: it is not wanted.
    page: Option<Zeroizing<String>>,
    /// Failures in a row, and when it may be started after the last one.
    failures: u32,
    not_before: Duration,
    /// It has failed, and has not answered since.
    failing: bool,
    /// When it was last looked after.
    looked: Duration,
    /// When a wipe that failed is tried again.
    dirty: Option<Duration>,
}

struct Running {
    child: Child,
    group: i32,
    visit: PathBuf,
    since: Duration,
    pipe: Option<Pipe>,
    answered: bool,
    /// Second starts, which hand over a page and end.
    hand_overs: Vec<Child>,
}

impl BrowserKeeper {
    /// A browser that is not running, with all that a former process left in `profile` deleted.
    pub fn new(browser: BrowserProgram, profile: ProfileFolder) -> Result<Self, ProfileError> {
        profile.wipe()?;
        Ok(Self {
            browser,
            profile,
            running: None,
            page: None,
            failures: 0,
            not_before: Duration::ZERO,
            failing: false,
            looked: Duration::ZERO,
            dirty: None,
        })
    }

    /// Ends the browser and deletes all of it. An error means that something is left: the browser stays down until
    /// [`tick`](Self::tick) has succeeded in deleting it.
    pub fn wipe(&mut self, now: Duration) -> Result<(), ProfileError> {
        self.page = None;
        self.end_and_delete(now)
    }

    /// Starts the browser at `page`, unless it runs, or has failed and it is too early to start it again.
    pub fn prepare(&mut self, page: &str, now: Duration) {
        if self.running.is_none() {
            self.page = Some(Zeroizing::new(page.to_owned()));
            self.start_if_due(now);
        }
    }

    /// Opens `page` in the running browser, on top of what it shows.
    pub fn open(&mut self, page: &str) -> io::Result<()> {
        let Some(running) = &mut self.running else { return Err(io::ErrorKind::NotConnected.into()) };
        let opened = command::page(&self.browser, &running.visit, running.group, page).spawn()?;
        running.hand_overs.push(opened);
        Ok(())
    }

    /// Looks after the browser at `now`, about once a second.
    pub fn tick(&mut self, now: Duration) -> Option<Failure> {
        self.looked = now;
        if self.dirty.is_some_and(|at| now >= at) {
            // Reported there.
            self.end_and_delete(now).ok();
        }
        let failure = self.running.as_mut().and_then(|running| running.failure(now));
        if failure.is_some() {
            self.failed(now);
        } else if let Some(running) = &self.running {
            self.failing &= !running.answered;
            if now.saturating_sub(running.since) >= SETTLED {
                self.failures = 0;
            }
        }
        failure
    }

    /// What is wrong, for the person in front. A browser that has failed is down until it is time to try it again.
    pub fn condition(&self) -> Option<OutOfOrder> {
        match (self.dirty, self.failing) {
            (Some(_), _) => Some(OutOfOrder::AskStaff),
            (None, true) if self.is_running() || self.looked < self.not_before => Some(OutOfOrder::BrowserDown),
            (None, _) => None,
        }
    }

    /// Whether it has failed, and has not answered since.
    pub fn is_failing(&self) -> bool {
        self.failing
    }

    /// Whether the profile has no space left.
    pub fn is_full(&self) -> bool {
        self.free_bytes().is_some_and(|free| free < MIN_FREE_BYTES)
    }

    /// Free space for the profile, bytes.
    pub fn free_bytes(&self) -> Option<u64> {
        self.profile.free_bytes()
    }

    /// Whether the browser runs.
    pub fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// The page that it is to show.
    #[cfg(test)]
    pub(crate) fn page(&self) -> Option<&str> {
        self.page.as_deref().map(String::as_str)
    }

    /// Ends its process, as a crash does.
    #[cfg(test)]
    pub(crate) fn kill(&mut self) {
        let child = &mut self.running.as_mut().unwrap().child;
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn start_if_due(&mut self, now: Duration) {
        let Some(page) = self.page.clone().filter(|_| now >= self.not_before && self.dirty.is_none()) else { return };
        let started = self.profile.visit().map_err(io::Error::other).and_then(|visit| {
            let command = command::browser(&self.browser, &visit, &page);
            Running::start(command, visit, now)
        });
        match started {
            Ok(running) => self.running = Some(running),
            Err(error) => {
                tracing::warn!(%error, "could not start the browser");
                self.failed(now);
            }
        }
    }

    /// Waits before the next start.
    fn failed(&mut self, now: Duration) {
        self.end_and_delete(now).ok();
        self.failures = self.failures.saturating_add(1);
        self.failing = true;
        self.not_before = now + Duration::from_secs(1 << (self.failures - 1).min(5)).min(MAX_BACKOFF);
    }

    fn end_and_delete(&mut self, now: Duration) -> Result<(), ProfileError> {
        if let Some(mut running) = self.running.take()
            && !running.end()
        {
            tracing::warn!("a process of the browser outlives it");
        }
        let wiped = self.profile.wipe();
        self.dirty = wiped.is_err().then(|| now + WIPE_AGAIN);
        if let Err(error) = &wiped {
            tracing::error!(error = error as &dyn std::error::Error, "the profile was not wiped");
        }
        wiped
    }
}

impl Drop for BrowserKeeper {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.end();
        }
        // Reported by whoever wipes last on purpose; this is for a panic.
        self.profile.wipe().ok();
    }
}

impl Running {
    fn start(mut command: Command, visit: PathBuf, now: Duration) -> io::Result<Self> {
        let mut child = command.spawn()?;
        let group = i32::try_from(child.id()).map_err(io::Error::other)?;
        let ends = child.stdin.take().zip(child.stdout.take());
        let mut started = Self { child, group, visit, since: now, pipe: None, answered: false, hand_overs: Vec::new() };
        if let Some((into, from)) = ends {
            match Pipe::begin(into, from, now) {
                Ok(pipe) => started.pipe = Some(pipe),
                Err(error) => {
                    started.end();
                    return Err(error);
                }
            }
        }
        Ok(started)
    }

    fn failure(&mut self, now: Duration) -> Option<Failure> {
        // An error of `try_wait` means that there is nothing to wait for.
        self.hand_overs.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
        if !matches!(self.child.try_wait(), Ok(None)) {
            return Some(Failure::Crashed);
        }
        match &mut self.pipe {
            Some(pipe) => match pipe.pulse(now) {
                Pulse::Hung => return Some(Failure::Hung),
                Pulse::PageCrashed => return Some(Failure::Crashed),
                Pulse::Alive => self.answered = true,
                Pulse::Starting => {}
            },
            None => self.answered |= now.saturating_sub(self.since) >= STARTED,
        }
        None
    }

    /// Ends it and everything that it has started. Returns whether all of it is gone.
    fn end(&mut self) -> bool {
        let gone = group::end(self.group, &self.visit);
        for child in std::iter::once(&mut self.child).chain(&mut self.hand_overs) {
            // One that cannot be killed is not waited for.
            if gone { child.wait().map(Some) } else { child.try_wait() }.ok();
        }
        gone
    }
}

#[cfg(test)]
mod tests;
