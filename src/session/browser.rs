//! Opens the continue address: in the system's browser, or on paper for a machine without one.

use std::io::Write;

use super::continue_url::ContinueUrl;

/// Whoever can show a return page to the person.
pub trait Browser {
    /// Opens `url`; returns as soon as it is handed over.
    fn open(&mut self, url: &ContinueUrl) -> Result<(), BrowserError>;
}

/// Why the page was not opened.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// The system has no browser, or would not start it.
    #[error("the browser cannot be opened")]
    NotOpened(#[source] std::io::Error),
    /// The address could not be printed.
    #[error("the address cannot be written")]
    NotWritten(#[source] std::io::Error),
}

/// The browser the person has chosen as the system's default: the one in which the login began.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemBrowser;

impl Browser for SystemBrowser {
    fn open(&mut self, url: &ContinueUrl) -> Result<(), BrowserError> {
        webbrowser::open(url.as_str()).map_err(BrowserError::NotOpened)
    }
}

/// Writes the address on a line, for a person or script to take from there.
#[derive(Debug)]
pub struct WriteBrowser<W>(pub W);

impl<W: Write> Browser for WriteBrowser<W> {
    fn open(&mut self, url: &ContinueUrl) -> Result<(), BrowserError> {
        writeln!(self.0, "{}", url.as_str()).and_then(|()| self.0.flush()).map_err(BrowserError::NotWritten)
    }
}
