//! The first instance's listener: a thread that serves one connection at a time.

use std::{
    fmt, io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use interprocess::local_socket::{Listener, ListenerOptions, Stream, prelude::*};
use zeroize::Zeroizing;

use countenance_core::protocol::LINK_MAX_BYTES;

use super::{
    Call, InstanceDir, InstanceError,
    wire::{self, Deadline, Reply},
};

/// Maximum time for one peer: far below what a second start waits, so a silent peer only delays a link.
const PEER: Duration = Duration::from_millis(500);
/// Maximum number of calls in the queue.
const WAITING: usize = 16;
/// Pause after a failed accept, usually for lack of file descriptors.
const RETRY_PAUSE: Duration = Duration::from_millis(50);

/// Callback for arriving calls.
#[derive(Default)]
pub(super) struct Waker(Mutex<Waking>);

#[derive(Default)]
struct Waking {
    wake: Option<Box<dyn Fn() + Send>>,
    /// A call arrived before there was a callback.
    missed: bool,
}

impl Waker {
    pub(super) fn set(&self, wake: Box<dyn Fn() + Send>) {
        let mut waking = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut waking.missed) {
            wake();
        }
        waking.wake = Some(wake);
    }

    fn wake(&self) {
        let mut waking = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &waking.wake {
            Some(wake) => wake(),
            None => waking.missed = true,
        }
    }
}

/// Puts calls into the queue of an [`Inbox`](super::Inbox), and wakes whoever reads it.
#[derive(Clone)]
pub struct Caller {
    calls: SyncSender<Call>,
    pub(super) waker: Arc<Waker>,
}

impl Caller {
    /// Passes on a link that the system opened with this process, as if a later start had handed it over. One that is too
    /// long is dropped. Whether it is in the queue.
    pub fn link(&self, link: String) -> bool {
        let link = Zeroizing::new(link);
        link.len() <= LINK_MAX_BYTES && self.call(Call::Link(link))
    }

    /// Asks for a window, as if a later start had done so. Whether it is in the queue.
    pub fn window(&self) -> bool {
        self.call(Call::ToFront)
    }

    fn call(&self, call: Call) -> bool {
        let taken = self.calls.try_send(call).is_ok();
        if taken {
            self.waker.wake();
        }
        taken
    }
}

/// Without the calls, which contain codes.
impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").finish_non_exhaustive()
    }
}

/// The listening thread. Dropping it ends the thread and removes the socket.
pub(super) struct Listening {
    dir: InstanceDir,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Listening {
    /// Opens the socket, replacing one left by a dead process. Only for the holder of the lock.
    pub(super) fn begin(dir: &InstanceDir) -> Result<(Self, Receiver<Call>, Caller), InstanceError> {
        dir.clear()?;
        let name = dir.socket()?;
        let listener = ListenerOptions::new().name(name).create_sync().map_err(InstanceError::Listen)?;
        let (send, calls) = sync_channel(WAITING);
        let over = Arc::new(AtomicBool::new(false));
        let caller = Caller { calls: send, waker: Arc::default() };
        let (theirs, ends) = (caller.clone(), Arc::clone(&over));
        let thread = thread::Builder::new()
            .name("instance".into())
            .spawn(move || listen(&listener, &theirs, &ends))
            .map_err(InstanceError::Listen)?;
        Ok((Self { dir: dir.clone(), over, thread: Some(thread) }, calls, caller))
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        // Connecting wakes the thread, which waits for a connection. If that fails, the thread ends with the process.
        let woken = self.dir.socket().ok().and_then(|name| Stream::connect(name).ok());
        if let (Some(_), Some(thread)) = (woken, self.thread.take()) {
            // A panic in the thread has already been reported.
            thread.join().ok();
        }
    }
}

fn listen(listener: &Listener, caller: &Caller, over: &AtomicBool) {
    loop {
        let connection = listener.accept();
        if over.load(Ordering::Acquire) {
            return;
        }
        match connection {
            Err(_) => thread::sleep(RETRY_PAUSE),
            Ok(stream) => match serve(stream, caller) {
                Ok(()) => {}
                // Never log the message: a link contains a code.
                Err(error) => tracing::debug!(%error, "dropped a call from another instance"),
            },
        }
    }
}

/// Serves one call. Confirms it to the sender only once it is in the queue.
fn serve(mut stream: Stream, caller: &Caller) -> io::Result<()> {
    let deadline = Deadline::after(PEER);
    if !place_is_shared_with_us(&stream)? {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let call = wire::hear(&mut stream, &deadline)?.map(|text| match text.as_str() {
        "" => Call::ToFront,
        _ => Call::Link(text),
    });
    let taken = call.is_some_and(|call| caller.call(call));
    wire::answer(&mut stream, if taken { Reply::Taken } else { Reply::Refused }, &deadline)
}

/// Whether the peer is the same user. The folder keeps others out; this also holds where the folder does not.
#[cfg(unix)]
fn place_is_shared_with_us(stream: &Stream) -> io::Result<bool> {
    let ours = uzers::get_effective_uid();
    Ok(stream.peer_creds()?.euid().is_none_or(|theirs| theirs == ours))
}

/// The pipe's access list, which is Windows' own for pipes, lets this user, the system and administrators write.
#[cfg(windows)]
fn place_is_shared_with_us(_: &Stream) -> io::Result<bool> {
    Ok(true)
}
