//! Asks the browser whether it is alive, over its debugging pipe.
//!
//! The pipe is Chromium's `--remote-debugging-pipe`: two anonymous pipes that only this process holds, not a port that
//! others could open. One question is on its way at a time, `Browser.getVersion`, which the main thread of the browser
//! answers. A browser whose main thread hangs, or that was stopped, does not. A page alone that hangs is not found out
//! here: its visitor does not touch it for long, and the visit ends.
//!
//! When this process ends, in whatever way, the pipe closes, and Chromium ends as well.

use std::{
    io::{self, Read, Write},
    process::{ChildStdin, ChildStdout},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

/// How often it is asked.
const INTERVAL: Duration = Duration::from_secs(2);
/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(15);
/// How long the first one may take: the browser has to start.
const FIRST_LIMIT: Duration = Duration::from_secs(30);
/// Maximum length of a message that is looked at, bytes. Longer ones are none of ours.
const MAX_MESSAGE_BYTES: usize = 16 * 1024;

/// The debugging pipe of a browser.
pub(super) struct Pipe {
    into: ChildStdin,
    /// The last question sent, counted from 1, and when.
    asked: (u32, Duration),
    /// The last one answered.
    answered: Arc<AtomicU32>,
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
}

impl Pipe {
    /// Begins to ask, at `now`.
    pub(super) fn begin(into: ChildStdin, from: ChildStdout, now: Duration) -> io::Result<Self> {
        let answered = Arc::new(AtomicU32::new(0));
        let notes = Arc::clone(&answered);
        // Ends with the browser, which closes its end.
        thread::Builder::new().name("browser".into()).spawn(move || listen(from, &notes))?;
        let mut pipe = Self { into, asked: (0, now), answered };
        pipe.ask(now);
        Ok(pipe)
    }

    /// What is known at `now`; asks again when it is time.
    pub(super) fn pulse(&mut self, now: Duration) -> Pulse {
        let (asked, at) = self.asked;
        let answered = self.answered.load(Ordering::Acquire);
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
        self.into.write_all(question.as_bytes()).and_then(|()| self.into.flush()).is_ok()
    }
}

/// Notes the answers until the pipe closes.
fn listen(mut from: ChildStdout, answered: &AtomicU32) {
    let (mut message, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let read = match from.read(&mut part) {
            Ok(0) => return,
            Ok(read) => part.get(..read).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        for byte in read {
            match byte {
                0 => {
                    if let Some(id) = answer(&message) {
                        answered.fetch_max(id, Ordering::AcqRel);
                    }
                    message.clear();
                }
                _ if message.len() < MAX_MESSAGE_BYTES => message.push(*byte),
                _ => {}
            }
        }
    }
}

/// The number of the question that `message` answers.
fn answer(message: &[u8]) -> Option<u32> {
    let message: serde_json::Value = serde_json::from_slice(message).ok()?;
    message.get("result")?;
    message.get("id")?.as_u64()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_counts() {
        for (message, expected) in [
            (r#"{"id":7,"result":{"product":"Chrome/156"}}"#, Some(7)),
            (r#"{"id":7,"error":{"code":-32000}}"#, None),
            (r#"{"method":"Target.targetCreated","params":{}}"#, None),
            (r#"{"id":-7,"result":{}}"#, None),
            (r#"{"id":4294967296,"result":{}}"#, None),
            ("", None),
            ("[", None),
        ] {
            assert_eq!(answer(message.as_bytes()), expected, "{message}");
        }
    }
}
