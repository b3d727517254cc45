//! A connection to PipeWire as the rest of the program sees it: which cameras there are, and the stream of one. The connection
//! itself is served by a thread of its own, in `session`.

use std::{
    os::fd::OwnedFd,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender},
    },
    thread,
    time::Duration,
};

use pipewire::channel;

use super::{
    super::{
        beside::{Granted, Offered},
        formats::Offer,
    },
    Picture, Source, access,
    formats::{self, Set, Wanted},
    listed,
    session::{ANSWERS_WITHIN, BEGINS_WITHIN, Session},
};
use crate::{CameraError, PortalFault, choice::Listed};

/// Frames that wait for the reader; further ones are dropped, as a driver does.
const WAITING: usize = 4;

/// A connection to PipeWire.
pub(crate) struct Remote {
    commands: channel::Sender<Command>,
    shared: Arc<Shared>,
}

/// What the connection's thread reports.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) cameras: Mutex<Vec<Seen>>,
    /// Why a stream ended, or the connection.
    pub(super) ended: Mutex<Option<CameraError>>,
    /// Whether the connection has ended.
    broken: Mutex<bool>,
}

/// A camera in PipeWire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// Its number, of which PipeWire gives each once. Programs can give their nodes the same name.
    pub(super) serial: String,
    /// Its name, which stays the same when it is connected again.
    pub(super) name: String,
    /// What it is shown as.
    pub(super) shown: String,
}

/// What is asked of the thread. Answers go to the sender; one that nobody waits for any more is dropped.
pub(super) enum Command {
    Formats(String, Sender<Result<Vec<Vec<u8>>, CameraError>>),
    Start(String, Wanted, Sender<Result<Set, CameraError>>, SyncSender<Picture>),
    Stop,
    Quit,
}

impl Remote {
    /// Connects through `remote`, which the portal gave, and waits for the list of cameras.
    pub(crate) fn over(remote: OwnedFd) -> Result<Self, CameraError> {
        let (commands, received) = channel::channel();
        let (readies, ready) = mpsc::channel();
        let shared = Arc::<Shared>::default();
        let work = {
            let shared = Arc::clone(&shared);
            move || {
                let result = Session::open(remote, Arc::clone(&shared));
                match result {
                    Ok(session) => {
                        if readies.send(Ok(())).is_ok() {
                            session.serve(received);
                        }
                    }
                    Err(error) => {
                        tracing::debug!(error = &error as &dyn std::error::Error, "cannot use PipeWire");
                        readies.send(Err(CameraError::NoPortal(PortalFault::NoPipeWire))).ok();
                    }
                }
                *locked(&shared.broken) = true;
            }
        };
        thread::Builder::new().name("pipewire".into()).spawn(work).map_err(crate::RecordingError::Io)?;
        let none = CameraError::NoPortal(PortalFault::NoPipeWire);
        ready.recv_timeout(3 * ANSWERS_WITHIN).unwrap_or(Err(none))?;
        Ok(Self { commands, shared })
    }

    /// The cameras present now; `None` if the connection has ended.
    pub(crate) fn list(&self) -> Option<Vec<Listed>> {
        if *locked(&self.shared.broken) {
            return None;
        }
        let cameras = locked(&self.shared.cameras).clone();
        Some(cameras.into_iter().map(|seen| listed(&seen.serial, &seen.name, seen.shown)).collect())
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        // A thread that has ended needs no word.
        self.commands.send(Command::Quit).ok();
    }
}

/// One camera, over a connection of its own.
pub(crate) struct Camera {
    remote: Remote,
    serial: String,
    asked: Vec<Wanted>,
    frames: Option<Receiver<Picture>>,
}

impl Camera {
    /// Opens the node with this number. Nothing is started.
    pub(crate) fn open(serial: &str) -> Result<Self, CameraError> {
        let remote = Remote::over(access::remote()?)?;
        if !locked(&remote.shared.cameras).iter().any(|seen| seen.serial == serial) {
            return Err(CameraError::Absent);
        }
        Ok(Self { remote, serial: serial.into(), asked: Vec::new(), frames: None })
    }

    fn ended(&self) -> CameraError {
        locked(&self.remote.shared.ended).take().unwrap_or(CameraError::Lost)
    }

    /// Sends a command and waits for its answer.
    fn ask<T>(
        &self,
        within: Duration,
        command: impl FnOnce(Sender<Result<T, CameraError>>) -> Command,
    ) -> Result<T, CameraError> {
        let (answers, answer) = mpsc::channel();
        if self.remote.commands.send(command(answers)).is_err() {
            return Err(self.ended());
        }
        match answer.recv_timeout(within) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => Err(CameraError::Stalled),
            Err(RecvTimeoutError::Disconnected) => Err(self.ended()),
        }
    }
}

impl Source for Camera {
    fn offers(&mut self) -> Result<Offered, CameraError> {
        let listed = self.ask(2 * ANSWERS_WITHIN, |answer| Command::Formats(self.serial.clone(), answer))?;
        let offers = formats::offers(&listed);
        let offered = Offered::from(&offers);
        self.asked = offers.0;
        Ok(offered)
    }

    fn start(&mut self, offer: &Offer) -> Result<Granted, CameraError> {
        let asked = *self.asked.iter().find(|asked| asked.offer == *offer).ok_or(CameraError::Unsupported)?;
        let (sends, frames) = mpsc::sync_channel(WAITING);
        *locked(&self.remote.shared.ended) = None;
        let start = |answer| Command::Start(self.serial.clone(), asked, answer, sends);
        let set = self.ask(2 * BEGINS_WITHIN, start)?;
        self.frames = Some(frames);
        Ok(Granted { fps: if set.granted.fps > 0.0 { set.granted.fps } else { offer.rate() }, ..set.granted })
    }

    fn next(&mut self, within: Duration) -> Result<Option<Picture>, CameraError> {
        let frames = self.frames.as_ref().ok_or(CameraError::Lost)?;
        match frames.recv_timeout(within) {
            Ok(picture) => Ok(Some(picture)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(self.ended()),
        }
    }

    fn stop(&mut self) {
        if self.frames.take().is_some() {
            self.remote.commands.send(Command::Stop).ok();
        }
    }
}

/// The value. A panic elsewhere leaves it usable.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
