//! One window for each user: a second start hands its link to the first and goes.
//!
//! A lock on a file decides who is first: the system gives it to one process and takes it back when that process ends,
//! however it ends, so two that start at once cannot both win and a crash leaves nothing to clear up. The first then
//! listens on a local socket; whoever finds the lock taken connects there.
//!
//! Both files lie in a folder that no other user can enter. The listener still takes nothing on trust: one short message
//! from each connection within a deadline, one connection after the other, a bounded number of calls in waiting.

mod instance_dir;
mod listen;
mod wire;

use std::{
    fmt,
    fs::{File, TryLockError},
    io,
    sync::{Arc, mpsc::Receiver},
    time::Duration,
};

use interprocess::local_socket::{Stream, prelude::*};
use zeroize::Zeroizing;

pub use instance_dir::InstanceDir;

use countenance_core::protocol::LINK_MAX_BYTES;
use listen::{Listening, Waker};
use wire::{Deadline, Reply};

/// Longest time that a second start waits for the first to take its link.
const HAND_OVER: Duration = Duration::from_secs(5);
/// How long to wait before asking again, where the first has the lock and does not listen yet.
const RETRY_PAUSE: Duration = Duration::from_millis(10);

/// Who this process is.
#[derive(Debug)]
pub enum Claim {
    /// The first: the window is this one's to open.
    First(Inbox),
    /// Another runs already and has the link now: nothing is left to do.
    HandedOver,
}

/// What a later start asks of the first.
#[derive(Clone, PartialEq, Eq)]
pub enum Call {
    /// Come to the front, with this link: not yet checked, at most [`LINK_MAX_BYTES`]. Wiped on drop.
    Link(Zeroizing<String>),
    /// Come to the front.
    ToFront,
}

/// Why neither a first nor a second instance came about.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    /// This account has no folder of its own.
    #[error("this account has no folder in which instances can meet")]
    NoFolder,
    /// The folder cannot be made or looked at.
    #[error("the folder in which instances meet cannot be used")]
    Folder(#[source] io::Error),
    /// The folder is a link or file, belongs to someone else, or others can enter it.
    #[error("the folder in which instances meet is open to others, or is not this user's")]
    FolderNotOurs,
    /// The lock cannot be asked for.
    #[error("the lock of the instance cannot be used")]
    Lock(#[source] io::Error),
    /// The socket cannot be opened.
    #[error("the socket of the instance cannot be opened")]
    Listen(#[source] io::Error),
    /// The link is longer than any rightful one: it was not handed over.
    #[error("the link has more than {LINK_MAX_BYTES} bytes")]
    LinkTooLong,
    /// Another instance runs and does not take calls.
    #[error("another instance runs and does not answer")]
    NoAnswer(#[source] io::Error),
    /// Another instance runs and will not take this one: too many are waiting.
    #[error("another instance runs and did not take the link")]
    Refused,
}

/// What later starts ask, in order. While this is held, this process is the first.
pub struct Inbox {
    calls: Receiver<Call>,
    waker: Arc<Waker>,
    // Before the lock, so that the socket is gone when the next one becomes the first.
    _listening: Listening,
    _lock: File,
}

/// Makes this process the first at `dir`, or hands `link` (none: come to the front) to whoever is.
pub fn claim(dir: &InstanceDir, link: Option<&str>) -> Result<Claim, InstanceError> {
    claim_within(dir, link, HAND_OVER)
}

fn claim_within(dir: &InstanceDir, link: Option<&str>, limit: Duration) -> Result<Claim, InstanceError> {
    let deadline = Deadline::after(limit);
    loop {
        let lock = dir.lock_file()?;
        match lock.try_lock() {
            Ok(()) => return first(dir, lock).map(Claim::First),
            Err(TryLockError::WouldBlock) => drop(lock),
            Err(TryLockError::Error(e)) => return Err(InstanceError::Lock(e)),
        }
        match hand_over(dir, link.unwrap_or_default(), &deadline) {
            // The first does not listen yet, or has just ended: then the lock is free.
            Err(InstanceError::NoAnswer(e)) if !deadline.is_over() && is_absent(&e) => std::thread::sleep(RETRY_PAUSE),
            Err(error) => return Err(error),
            Ok(()) => return Ok(Claim::HandedOver),
        }
    }
}

impl Inbox {
    /// The next call, if one has come.
    pub fn next_call(&self) -> Option<Call> {
        self.calls.try_recv().ok()
    }

    /// The next call, waited for.
    pub fn wait(&self, limit: Duration) -> Option<Call> {
        self.calls.recv_timeout(limit).ok()
    }

    /// Has `wake` called, on the listener's thread, whenever a call has come; at once for those that came before.
    pub fn on_call(&self, wake: impl Fn() + Send + 'static) {
        self.waker.set(Box::new(wake));
    }
}

/// Everything but the content.
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
    let (listening, calls, waker) = Listening::begin(dir)?;
    Ok(Inbox { calls, waker, _listening: listening, _lock: lock })
}

/// Sends `link` and waits for the one byte that says it was taken.
fn hand_over(dir: &InstanceDir, link: &str, deadline: &Deadline) -> Result<(), InstanceError> {
    if link.len() > LINK_MAX_BYTES {
        return Err(InstanceError::LinkTooLong);
    }
    let answer = Stream::connect(dir.socket().map_err(InstanceError::Listen)?)
        .and_then(|mut stream| wire::ask(&mut stream, link, deadline))
        .map_err(InstanceError::NoAnswer)?;
    match answer {
        Reply::Taken => Ok(()),
        Reply::Refused => Err(InstanceError::Refused),
    }
}

/// Whether nobody listens, or stopped listening before answering.
fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind as K;
    matches!(
        error.kind(),
        K::NotFound | K::ConnectionRefused | K::ConnectionReset | K::BrokenPipe | K::UnexpectedEof | K::WouldBlock
    )
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
