//! The first instance's listener: a thread of its own, one connection after the other.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use interprocess::local_socket::{Listener, ListenerOptions, Stream, prelude::*};

use super::{
    Call, InstanceDir, InstanceError,
    wire::{self, Deadline, Reply},
};

/// Longest time for one peer: far below what a second start waits, so that a silent peer delays a link and no more.
const PEER: Duration = Duration::from_millis(500);
/// Most calls that wait to be looked at.
const WAITING: usize = 16;
/// Pause after a connection could not be taken, most often for want of file handles.
const RETRY_PAUSE: Duration = Duration::from_millis(50);

/// What to call when a call has come.
#[derive(Default)]
pub(super) struct Waker(Mutex<Waking>);

#[derive(Default)]
struct Waking {
    wake: Option<Box<dyn Fn() + Send>>,
    /// A call came while there was nobody to wake.
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

/// The listening thread; it ends, and the socket goes, when this is dropped.
pub(super) struct Listening {
    dir: InstanceDir,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Listening {
    /// Opens the socket, in the place of one that a dead process left. For whoever holds the lock.
    pub(super) fn begin(dir: &InstanceDir) -> Result<(Self, Receiver<Call>, Arc<Waker>), InstanceError> {
        dir.clear().map_err(InstanceError::Listen)?;
        let name = dir.socket().map_err(InstanceError::Listen)?;
        let listener = ListenerOptions::new().name(name).create_sync().map_err(InstanceError::Listen)?;
        let (send, calls) = sync_channel(WAITING);
        let (over, waker) = (Arc::new(AtomicBool::new(false)), Arc::new(Waker::default()));
        let (theirs, wakes) = (Arc::clone(&over), Arc::clone(&waker));
        let thread = thread::Builder::new()
            .name("instance".into())
            .spawn(move || listen(&listener, &send, &wakes, &theirs))
            .map_err(InstanceError::Listen)?;
        Ok((Self { dir: dir.clone(), over, thread: Some(thread) }, calls, waker))
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        // The thread waits for a connection; this is one. If none can be made, the thread is left to the process's end.
        let woken = self.dir.socket().and_then(Stream::connect);
        if let (Ok(_), Some(thread)) = (woken, self.thread.take()) {
            // A panic in the thread was reported when it happened.
            thread.join().ok();
        }
    }
}

fn listen(listener: &Listener, calls: &SyncSender<Call>, waker: &Waker, over: &AtomicBool) {
    loop {
        let connection = listener.accept();
        if over.load(Ordering::Acquire) {
            return;
        }
        match connection {
            Err(_) => thread::sleep(RETRY_PAUSE),
            Ok(stream) => match serve(stream, calls, waker) {
                Ok(()) => {}
                // Never with what was sent: a link holds a code.
                Err(error) => tracing::debug!(%error, "a call from another instance was dropped"),
            },
        }
    }
}

/// Takes one call. Its sender hears that it was taken when it is in the queue, not before.
fn serve(mut stream: Stream, calls: &SyncSender<Call>, waker: &Waker) -> io::Result<()> {
    let deadline = Deadline::after(PEER);
    if !place_is_shared_with_us(&stream)? {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let call = wire::hear(&mut stream, &deadline)?.map(|text| match text.as_str() {
        "" => Call::ToFront,
        _ => Call::Link(text),
    });
    let taken = call.is_some_and(|call| calls.try_send(call).is_ok());
    if taken {
        waker.wake();
    }
    wire::answer(&mut stream, if taken { Reply::Taken } else { Reply::Refused }, &deadline)
}

/// Whether the peer is the same user. The folder keeps others out; this holds where it could not.
#[cfg(unix)]
fn place_is_shared_with_us(stream: &Stream) -> io::Result<bool> {
    let ours = uzers::get_effective_uid();
    Ok(stream.peer_creds()?.euid().is_none_or(|theirs| theirs == ours))
}

/// A pipe's access list lets nobody else write.
#[cfg(not(unix))]
fn place_is_shared_with_us(_: &Stream) -> io::Result<bool> {
    Ok(true)
}
