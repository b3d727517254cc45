//! Whether somebody touches the screen or types while the browser is in front: only the compositor knows.

mod wayland;

use std::time::Duration;

pub use wayland::WaylandInput;

/// Tells when the last input was.
pub trait InputWatch: Send {
    /// Time of the last input that is known at `now`, since the start of the process; `None` if none has been seen.
    fn last_input(&mut self, now: Duration) -> Option<Duration>;

    /// Whether input can be seen. If not, somebody is taken to be there at any time, and is asked "Still there?" after the
    /// idle time, whatever they do: what a person left is wiped in any case.
    fn can_see(&self) -> bool;
}

/// Sees no input: without a compositor that tells, and in tests.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoInput;

impl InputWatch for NoInput {
    fn last_input(&mut self, _: Duration) -> Option<Duration> {
        None
    }

    fn can_see(&self) -> bool {
        false
    }
}
