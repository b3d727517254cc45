//! Asks the browser whether it is alive, over its debugging pipe.
//!
//! The pipe is Chromium's `--remote-debugging-pipe`: two anonymous pipes that only this process holds, not a port that
//! others could open. One question is on its way at a time, `Browser.getVersion`, which the main thread of the browser
//! answers. A browser whose main thread hangs, or that was stopped, does not. A page alone that crashes is reported by the
//! browser, which goes on. A page alone that hangs is not found out here: its visitor does not touch it for long, and the
//! visit ends.
//!
//! When this process ends, in whatever way, the pipe closes, and Chromium ends as well.

use std::{
    io::{self, Read, Write},
    process::{ChildStdin, ChildStdout},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use zeroize::Zeroizing;

/// How often it is asked.
const INTERVAL: Duration = Duration::from_secs(2);
/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(15);
/// How long the first one may take: the browser has to start.
const FIRST_LIMIT: Duration = Duration::from_secs(30);
/// Has the browser report pages that crash. It reports their addresses as well, which are dropped.
const REPORT_CRASHES: &str = "{\"id\":0,\"method\":\"Target.setDiscoverTargets\",\"params\":{\"discover\":true,\"filter\":[{\"type\":\"page\"}]}}\0";
/// Maximum length of a message that is looked at, bytes. Longer ones are none of ours.
const MAX_MESSAGE_BYTES: usize = 16 * 1024;

/// The debugging pipe of a browser.
pub(super) struct Pipe {
    into: ChildStdin,
    /// The last question sent, counted from 1, and when.
    asked: (u32, Duration),
    notes: Arc<Notes>,
}

/// What the browser has said.
#[derive(Default)]
struct Notes {
    /// The last question answered.
    answered: AtomicU32,
    /// A page has crashed.
    has_crashed: AtomicBool,
}

/// What the pipe shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pulse {
    /// It has not answered yet.
    Starting,
    /// It answers.
    Alive,
    /// It has not answered within the limit, or has closed the pipe.
    Hung,
    /// One of its pages has crashed: whoever uses it sees an error of the browser's own.
    PageCrashed,
}

impl Pipe {
    /// Begins to ask, at `now`.
    pub(super) fn begin(into: ChildStdin, from: ChildStdout, now: Duration) -> io::Result<Self> {
        let notes = Arc::<Notes>::default();
        let listens = Arc::clone(&notes);
        // Ends with the browser, which closes its end.
        thread::Builder::new().name("browser".into()).spawn(move || listen(from, &listens))?;
        let mut pipe = Self { into, asked: (0, now), notes };
        // A browser that has ended meanwhile is found out by its process.
        if pipe.ask(now) {
            pipe.send(REPORT_CRASHES);
        }
        Ok(pipe)
    }

    /// What is known at `now`; asks again when it is time.
    pub(super) fn pulse(&mut self, now: Duration) -> Pulse {
        let (asked, at) = self.asked;
        if self.notes.has_crashed.load(Ordering::Acquire) {
            return Pulse::PageCrashed;
        }
        let answered = self.notes.answered.load(Ordering::Acquire);
        let waited = now.saturating_sub(at);
        if answered < asked {
            let limit = if answered == 0 { FIRST_LIMIT } else { LIMIT };
            return match (waited >= limit, answered) {
                (true, _) => Pulse::Hung,
                (false, 0) => Pulse::Starting,
                (false, _) => Pulse::Alive,
            };
        }
        if waited >= INTERVAL && !self.ask(now) {
            return Pulse::Hung;
        }
        Pulse::Alive
    }

    /// Sends a question. At most one is unanswered, so it fits into the pipe and the write does not block.
    fn ask(&mut self, now: Duration) -> bool {
        self.asked = (self.asked.0 + 1, now);
        let question = format!("{{\"id\":{},\"method\":\"Browser.getVersion\"}}\0", self.asked.0);
        self.send(&question)
    }

    fn send(&mut self, message: &str) -> bool {
        self.into.write_all(message.as_bytes()).and_then(|()| self.into.flush()).is_ok()
    }
}

/// Notes answers and crashes until the pipe closes.
fn listen(mut from: ChildStdout, notes: &Notes) {
    // Both may hold addresses of pages.
    let mut message = Zeroizing::new(Vec::with_capacity(MAX_MESSAGE_BYTES));
    let mut part = Zeroizing::new([0; 4096]);
    loop {
        let read = match from.read(&mut *part) {
            Ok(0) => return,
            Ok(read) => part.get(..read).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        for byte in read {
            match byte {
                0 => {
                    match said(&message) {
                        Some(Said::Answer(id)) => _ = notes.answered.fetch_max(id, Ordering::AcqRel),
                        Some(Said::PageCrashed) => notes.has_crashed.store(true, Ordering::Release),
                        None => {}
                    }
                    message.clear();
                }
                _ if message.len() < MAX_MESSAGE_BYTES => message.push(*byte),
                _ => {}
            }
        }
    }
}

/// What matters of what the browser says.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    /// The answer to the question with this number.
    Answer(u32),
    /// A page has crashed.
    PageCrashed,
}

/// What matters of `message`, if anything. Nothing else of it is kept.
fn said(message: &[u8]) -> Option<Said> {
    #[derive(serde::Deserialize)]
    struct Message<'a> {
        id: Option<u32>,
        #[serde(borrow)]
        method: Option<&'a str>,
        result: Option<serde::de::IgnoredAny>,
    }
    let Message { id, method, result } = serde_json::from_slice(message).ok()?;
    match (id, method) {
        (Some(id), None) => result.map(|_| Said::Answer(id)),
        (None, Some("Target.targetCrashed")) => Some(Said::PageCrashed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_and_a_crash_count() {
        for (message, expected) in [
            (r#"{"id":7,"result":{"product":"Chrome/156"}}"#, Some(Said::Answer(7))),
            (r#"{"id":7,"error":{"code":-32000}}"#, None),
            (r#"{"method":"Target.targetCreated","params":{}}"#, None),
            (
                r#"{"method":"Target.targetCrashed","params":{"targetId":"8A","status":"crashed","errorCode":11}}"#,
                Some(Said::PageCrashed),
            ),
            (r#"{"method":"Target.targetInfoChanged","params":{"url":"Target.targetCrashed"}}"#, None),
            (r#"{"id":-7,"result":{}}"#, None),
            (r#"{"id":4294967296,"result":{}}"#, None),
            ("", None),
            ("[", None),
        ] {
            assert_eq!(said(message.as_bytes()), expected, "{message}");
        }
    }
}
