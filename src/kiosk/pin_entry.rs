//! Reads a PIN from a terminal without showing it, or from what is piped in.

use std::io::{self, BufRead, IsTerminal, Write};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

/// Maximum length of a line, bytes.
const MAX_BYTES: u64 = 256;

/// Why no PIN was read.
#[derive(Debug, thiserror::Error)]
pub enum PinEntryError {
    /// Standard input could not be read.
    #[error("could not read the PIN")]
    Io(#[from] io::Error),
    /// The two differ.
    #[error("the two PINs differ")]
    Differ,
}

/// Asks for a new PIN twice at a terminal; reads one line from anything else.
pub fn read_new_pin() -> Result<Zeroizing<String>, PinEntryError> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Ok(read_line(&mut stdin.lock())?);
    }
    let _quiet = Quiet::begin()?;
    let (first, second) = (ask("New PIN")?, ask("Again")?);
    if first == second { Ok(first) } else { Err(PinEntryError::Differ) }
}

/// Asks for a secret once at a terminal; reads one line from anything else.
pub fn read_secret(prompt: &str) -> io::Result<Zeroizing<String>> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return read_line(&mut stdin.lock());
    }
    let _quiet = Quiet::begin()?;
    ask(prompt)
}

fn ask(prompt: &str) -> io::Result<Zeroizing<String>> {
    write!(io::stderr(), "{prompt}: ")?;
    let line = read_line(&mut io::stdin().lock());
    writeln!(io::stderr())?;
    line
}

fn read_line(from: &mut dyn BufRead) -> io::Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::new());
    io::Read::take(from, MAX_BYTES).read_line(&mut line)?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Has the terminal not show what is typed, until it is dropped.
struct Quiet(Termios);

impl Quiet {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut quiet = before.clone();
        quiet.local_modes -= LocalModes::ECHO;
        tcsetattr(io::stdin(), OptionalActions::Flush, &quiet)?;
        Ok(Self(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // There is nothing else to try.
        tcsetattr(io::stdin(), OptionalActions::Flush, &self.0).ok();
    }
}
