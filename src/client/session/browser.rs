//! Opens the return page: in the system's browser, or prints its address on a machine without one.

use std::io::Write;

use super::continue_url::ContinueUrl;

/// Shows a return page to the person.
pub trait Browser {
    /// Opens `url`; returns as soon as it is handed over.
    fn open(&mut self, url: &ContinueUrl) -> Result<(), BrowserError>;
}

/// Why the return page was not opened.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// The system has no browser, or could not start it.
    #[error("could not open the browser")]
    NotOpened(#[source] std::io::Error),
    /// The address could not be printed.
    #[error("could not print the address")]
    NotWritten(#[source] std::io::Error),
}

/// The system's default browser, which is normally the one the sign-in started in.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemBrowser;

impl Browser for SystemBrowser {
    fn open(&mut self, url: &ContinueUrl) -> Result<(), BrowserError> {
        webbrowser::open(url.as_str()).map_err(BrowserError::NotOpened)
    }
}

/// Writes the address on a line of its own, for a person or script to open.
#[derive(Debug)]
pub struct WriteBrowser<W>(pub W);

impl<W: Write> Browser for WriteBrowser<W> {
    fn open(&mut self, url: &ContinueUrl) -> Result<(), BrowserError> {
        writeln!(self.0, "{}", url.as_str()).and_then(|()| self.0.flush()).map_err(BrowserError::NotWritten)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A writer that is out of space.
    struct Full;

    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn prints_the_url_or_reports_the_failure() {
        let text = "https://verifier.example/return/h";
        let url = ContinueUrl::parse(text, &"https://verifier.example".parse().unwrap()).unwrap();
        let mut paper = WriteBrowser(Vec::new());
        paper.open(&url).unwrap();
        assert_eq!(paper.0, format!("{text}\n").into_bytes());
        assert!(matches!(WriteBrowser(Full).open(&url), Err(BrowserError::NotWritten(_))));
    }
}
