//! What the resident part knows of the window: what it shows when it opens, and how it closed. The window itself is
//! elsewhere; `countenance kiosk` connects the two, tests stand in for it.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use zeroize::Zeroizing;

use countenance_client::{instance::Call, runner::RunOutcome};
use countenance_core::protocol::OutOfOrder;

/// The window and the links, as the main thread sees them.
pub trait Screens {
    /// Opens a new window over the browser, shows `opening`, and returns when the window has closed.
    fn show(&mut self, opening: Opening) -> Result<Closed, ScreenError>;

    /// Waits, for at most `within`, for a call of another process while no window is open.
    fn wait(&mut self, within: Duration) -> Option<Call>;
}

/// The window could not be opened, or broke: the display or its driver is gone.
#[derive(Debug, thiserror::Error)]
#[error("the window broke: {0}")]
pub struct ScreenError(pub String);

/// What a window shows when it opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// The screen that invites people.
    Attract,
    /// The sign-in behind a launch link, which is unchecked. Wiped on drop.
    SignIn(Link),
    /// "Still there?", with a countdown: nobody has touched the browser for a while.
    StillThere,
    /// The end of a visit, while and after all of it is deleted. Closes when that is over and has been read.
    Wiping(WipeProgress),
    /// Why nobody can sign in now.
    OutOfOrder(OutOfOrder),
}

/// How far a wipe has come. Shared by what wipes and what shows it.
#[derive(Debug, Clone, Default)]
pub struct WipeProgress(Arc<OnceLock<bool>>);

impl WipeProgress {
    /// Whether all could be deleted; `None` while that goes on.
    pub fn outcome(&self) -> Option<bool> {
        self.0.get().copied()
    }

    /// The wipe is over.
    pub(crate) fn end(&self, is_wiped: bool) {
        self.0.set(is_wiped).ok();
    }
}

/// Which wipe it is does not matter.
impl PartialEq for WipeProgress {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for WipeProgress {}

/// A launch link. Wiped on drop, never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Link(pub Zeroizing<String>);

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Link({} bytes)", self.0.len())
    }
}

/// How a window closed.
#[derive(Clone, PartialEq)]
pub enum Closed {
    /// A person asked for the browser: "start", or "I am still here".
    Start,
    /// A badge reader typed this. Unchecked; wiped on drop.
    Badge(Zeroizing<String>),
    /// The sign-in is over; `None`: it never began, as with a bad link. The browser goes on.
    Ended(Option<RunOutcome>),
    /// Nobody is there, or somebody else: everything of this person is to be wiped.
    Idle,
    /// The wipe is over, and people have been told.
    Wiped,
    /// What was out of order is no longer.
    Recovered,
    /// An operator, who has given the PIN, asks for something.
    Operator(OperatorRequest),
    /// The process was asked to end.
    Stopped,
}

/// What an operator asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperatorRequest {
    /// Start the kiosk anew.
    Restart,
    /// End it; it stays down.
    Quit,
    /// Start the machine anew.
    Reboot,
}
