//! A single instance per user: a second start hands its link to the first and exits.
//!
//! A file lock decides who is first. The system grants it to one process and releases it when that process ends, so two
//! processes that start at once cannot both win and a crash needs no cleanup. The first listens on a local socket; a
//! process that finds the lock taken connects there.
//!
//! Both files are in a folder that no other user can enter. The listener still trusts nothing: one short message per
//! connection within a deadline, one connection at a time, and a bounded queue of calls.

mod instance_dir;
mod listen;
mod wire;

use std::{
    fmt,
    fs::{File, TryLockError},
    io,
    sync::mpsc::Receiver,
    time::Duration,
};

use interprocess::local_socket::{Stream, prelude::*};
use zeroize::Zeroizing;

pub use instance_dir::InstanceDir;
pub use listen::Caller;

use countenance_core::protocol::LINK_MAX_BYTES;
use countenance_system::foreground;
use listen::Listening;
use wire::{Deadline, Reply};

/// Environment variable that is set for whatever the browser of a kiosk starts: it hands its link over, but never opens a
/// window of its own, which would keep a kiosk that starts again from its place.
pub const KIOSK_VARIABLE: &str = "COUNTENANCE_KIOSK";

/// Maximum time a second start waits for the first to accept its link.
const HAND_OVER: Duration = Duration::from_secs(5);
/// Pause before retrying when the first instance has the lock but does not listen yet.
const RETRY_PAUSE: Duration = Duration::from_millis(10);

/// The role of this process.
#[derive(Debug)]
pub enum Claim {
    /// The first instance, which opens the window.
    First(Inbox),
    /// Another instance is running and has accepted the link: exit.
    HandedOver,
}

/// A request of a later start to the first.
#[derive(Clone, PartialEq, Eq)]
pub enum Call {
    /// Come to the front and open this link. It is unchecked and at most [`LINK_MAX_BYTES`] long. Wiped on drop.
    Link(Zeroizing<String>),
    /// Come to the front.
    ToFront,
}

/// Why this process could become neither the first nor a second instance.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    /// This account has no home folder.
    #[error("this account has no home folder for the instance lock")]
    NoFolder,
    /// The folder could not be created or inspected.
    #[error("could not use the instance folder")]
    Folder(#[source] io::Error),
    /// The folder is a symbolic link or a file, belongs to another user, or is accessible to others.
    #[error("the instance folder is accessible to others, or belongs to another user")]
    FolderNotOurs,
    /// The lock file could not be opened or locked.
    #[error("could not use the instance lock")]
    Lock(#[source] io::Error),
    /// The socket could not be opened.
    #[error("could not open the instance socket")]
    Listen(#[source] io::Error),
    /// The link exceeds the maximum length and was not handed over.
    #[error("the link is longer than {LINK_MAX_BYTES} bytes")]
    LinkTooLong,
    /// Another instance is running but accepts no calls.
    #[error("another instance is running but does not answer")]
    NoAnswer(#[source] io::Error),
    /// Another instance is running but rejected this call, because its queue is full.
    #[error("another instance is running but did not accept the link")]
    Refused,
}

/// Receives the calls of later starts, in order. While it is held, this process is the first.
pub struct Inbox {
    calls: Receiver<Call>,
    caller: Caller,
    // Dropped before the lock, so that the socket is gone when the next process becomes the first.
    _listening: Listening,
    _lock: File,
}

/// Makes this process the first at `dir`, or hands `link` to the process that is. Without a link, that one comes to the
/// front.
pub fn claim(dir: &InstanceDir, link: Option<&str>) -> Result<Claim, InstanceError> {
    claim_within(dir, link, HAND_OVER)
}

/// Makes this process the first at `dir`; `None`, without calling it, if another one is.
pub fn claim_if_free(dir: &InstanceDir) -> Result<Option<Inbox>, InstanceError> {
    let lock = dir.lock_file()?;
    match lock.try_lock() {
        Ok(()) => first(dir, lock).map(Some),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(e)) => Err(InstanceError::Lock(e)),
    }
}

fn claim_within(dir: &InstanceDir, link: Option<&str>, limit: Duration) -> Result<Claim, InstanceError> {
    let deadline = Deadline::after(limit);
    loop {
        if let Some(inbox) = claim_if_free(dir)? {
            return Ok(Claim::First(inbox));
        }
        match hand_over(dir, link.unwrap_or_default(), &deadline) {
            // The first does not listen yet, or has just ended and released the lock.
            Err(InstanceError::NoAnswer(e)) if !deadline.is_over() && is_absent(&e) => std::thread::sleep(RETRY_PAUSE),
            Err(error) => return Err(error),
            Ok(()) => return Ok(Claim::HandedOver),
        }
    }
}

impl Inbox {
    /// The next call, if one has arrived.
    pub fn next_call(&self) -> Option<Call> {
        self.calls.try_recv().ok()
    }

    /// Waits for the next call, for at most `limit`.
    pub fn wait(&self, limit: Duration) -> Option<Call> {
        self.calls.recv_timeout(limit).ok()
    }

    /// Calls `wake` on the listener's thread for every call; at once if calls are already waiting.
    pub fn on_call(&self, wake: impl Fn() + Send + 'static) {
        self.caller.waker.set(Box::new(wake));
    }

    /// What puts calls of this process itself into the queue.
    pub fn caller(&self) -> Caller {
        self.caller.clone()
    }
}

/// Without the link, which contains a code.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link(link) => write!(f, "Link({} bytes)", link.len()),
            Self::ToFront => f.write_str("ToFront"),
        }
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}

fn first(dir: &InstanceDir, lock: File) -> Result<Inbox, InstanceError> {
    let (listening, calls, caller) = Listening::begin(dir)?;
    Ok(Inbox { calls, caller, _listening: listening, _lock: lock })
}

/// Sends `link` and waits for the one-byte confirmation.
fn hand_over(dir: &InstanceDir, link: &str, deadline: &Deadline) -> Result<(), InstanceError> {
    if link.len() > LINK_MAX_BYTES {
        return Err(InstanceError::LinkTooLong);
    }
    foreground::pass_on();
    let answer = Stream::connect(dir.socket()?)
        .and_then(|mut stream| wire::ask(&mut stream, link, deadline))
        .map_err(InstanceError::NoAnswer)?;
    match answer {
        Reply::Taken => Ok(()),
        Reply::Refused => Err(InstanceError::Refused),
    }
}

/// Whether no process is listening, or it stopped before answering.
fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind as K;
    matches!(
        error.kind(),
        K::NotFound | K::ConnectionRefused | K::ConnectionReset | K::BrokenPipe | K::UnexpectedEof | K::WouldBlock
    )
}

#[cfg(test)]
mod tests;
