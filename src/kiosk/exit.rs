//! How the kiosk ends, as exit codes for the service manager.
//!
//! | code | meaning | the service manager should |
//! |---|---|---|
//! | 0 | asked to stop by a signal | leave it down |
//! | 70 | an internal failure: no display, a window that broke three times in a row, a panic of any thread | start it again |
//! | 71 | an operator asked for a restart | start it again |
//! | 72 | an operator asked for a reboot | reboot the machine |
//! | 73 | an operator asked to quit | leave it down: `RestartPreventExitStatus=73` |
//!
//! A panic of the main thread or of a window is caught there, one of another thread is noticed within seconds; in both cases
//! the browser has ended and its profile is wiped before the process ends. A watchdog that was not fed ends the process by a
//! signal, and the service manager starts it again.

use std::process::ExitCode;

/// Why the kiosk ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// Asked to stop by a signal.
    Stopped,
    /// Something broke inside.
    Broken,
    /// An operator wants it to start anew.
    Restart,
    /// An operator wants the machine to start anew.
    Reboot,
    /// An operator wants it to stay down.
    Quit,
}

impl Leave {
    /// The exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Stopped => 0,
            Self::Broken => 70,
            Self::Restart => 71,
            Self::Reboot => 72,
            Self::Quit => 73,
        }
    }
}

impl From<Leave> for ExitCode {
    fn from(leave: Leave) -> Self {
        Self::from(leave.code())
    }
}
