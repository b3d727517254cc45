//! Reads texts aloud through speech-dispatcher, the speech service of Linux desktops, with its program `spd-say`.

use std::{
    process::{Command, Stdio},
    thread,
};

use super::Speak;

/// The program of speech-dispatcher.
const PROGRAM: &str = "spd-say";
/// Maximum length of a text, characters.
const MAX_CHARS: usize = 500;

/// Speech by `spd-say`.
#[derive(Debug, Clone, Copy, Default)]
pub struct SpeechDispatcher(());

impl SpeechDispatcher {
    /// The speech service, if its program is installed.
    pub fn find() -> Option<Self> {
        let mut version = Command::new(PROGRAM);
        version.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        version.status().is_ok_and(|status| status.success()).then_some(Self(()))
    }
}

impl Speak for SpeechDispatcher {
    fn say(&self, text: &str, language: &str) {
        let text: String = text.chars().filter(|c| !c.is_control()).take(MAX_CHARS).collect();
        // The text is an argument of its own, behind `--`: it cannot be an option.
        run(vec!["--cancel".into()], Some(vec!["--language".into(), short(language).into(), "--".into(), text]));
    }

    fn hush(&self) {
        run(vec!["--cancel".into()], None);
    }
}

/// Runs the program with each of the arguments, one after the other, on a thread that waits for it.
fn run(first: Vec<String>, second: Option<Vec<String>>) {
    let speak = move || {
        for arguments in std::iter::once(first).chain(second) {
            let mut program = Command::new(PROGRAM);
            program.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            if let Err(error) = program.status() {
                tracing::warn!(error = &error as &dyn std::error::Error, "cannot read aloud");
                return;
            }
        }
    };
    if let Err(error) = thread::Builder::new().name("speech".into()).spawn(speak) {
        tracing::warn!(error = &error as &dyn std::error::Error, "cannot start the speech thread");
    }
}

/// The language part of a BCP 47 tag, which is all that voices are named by.
fn short(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voices_are_named_by_language() {
        assert_eq!(["pt-BR", "en", ""].map(short), ["pt", "en", ""]);
    }
}
