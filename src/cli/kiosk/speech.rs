//! Reads texts aloud with the system's speech service, speech-dispatcher, through its program `spd-say`.

use std::{
    path::Path,
    process::{Command, Stdio},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
};

use countenance_gui::kiosk::Speak;

/// The program, from the package speech-dispatcher.
const PROGRAM: &str = "/usr/bin/spd-say";

/// Hands texts to a thread, since the service may take its time.
pub(super) struct SpeechService(Sender<Saying>);

/// What to say.
enum Saying {
    Text { text: String, language: String },
    Nothing,
}

impl SpeechService {
    /// The service, if it is installed.
    pub(super) fn find() -> Option<Self> {
        if !Path::new(PROGRAM).is_file() {
            return None;
        }
        let (send, sayings) = channel();
        let speak = move || speak(&sayings, run);
        thread::Builder::new().name("speech".into()).spawn(speak).ok().map(|_| Self(send))
    }
}

impl Speak for SpeechService {
    fn say(&self, text: &str, language: &str) {
        // Without the thread there is no speech; the texts are on the screen.
        self.0.send(Saying::Text { text: text.into(), language: language.into() }).ok();
    }

    fn hush(&self) {
        self.0.send(Saying::Nothing).ok();
    }
}

/// Says the newest of `sayings` instead of what is being said.
fn speak(sayings: &Receiver<Saying>, mut run: impl FnMut(&[&str])) {
    while let Ok(first) = sayings.recv() {
        let newest = sayings.try_iter().last().unwrap_or(first);
        run(&["--cancel"]);
        if let Saying::Text { text, language } = newest {
            run(&["--language", &language, "--", &text]);
        }
    }
}

fn run(args: &[&str]) {
    let mut program = Command::new(PROGRAM);
    program.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Err(error) = program.status() {
        tracing::debug!(%error, "could not speak");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_text_is_said() {
        let (send, sayings) = channel();
        let service = SpeechService(send);
        service.say("one", "en");
        service.say("--two", "de");
        drop(service);
        let mut said = Vec::new();
        speak(&sayings, |args| said.push(args.join(" ")));
        assert_eq!(said, ["--cancel", "--language de -- --two"]);
        let (send, sayings) = channel();
        let service = SpeechService(send);
        service.say("one", "en");
        service.hush();
        drop(service);
        said.clear();
        speak(&sayings, |args| said.push(args.join(" ")));
        assert_eq!(said, ["--cancel"]);
    }
}
