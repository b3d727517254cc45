//! The camera portal itself, `org.freedesktop.portal.Camera`: whether it has a camera, and access to PipeWire through it. The
//! only file that uses the crate `ashpd`.
//!
//! The desktop may ask the person first. Nothing here waits for longer than its caller allows; a question that is not answered
//! by then stays open, and the next call waits for the same one.

use std::{
    os::fd::OwnedFd,
    sync::mpsc::{Receiver, RecvTimeoutError, sync_channel},
    thread,
    time::Duration,
};

use ashpd::{
    Error, PortalError,
    desktop::{
        ResponseError,
        camera::{Camera, CameraAccessOptions, OpenPipeWireRemoteOptions},
    },
    zbus::{self, connection},
};

use crate::{CameraError, PortalFault};

/// Maximum wait for an answer of the portal itself, which D-Bus may have to start; not of the person.
const ANSWERS_WITHIN: Duration = Duration::from_secs(3);

/// A request for access to the cameras.
#[derive(Default)]
pub(crate) struct Access(Question);

/// What became of the request.
#[derive(Default)]
enum Question {
    #[default]
    NotAsked,
    /// The answer comes here.
    Asked(Receiver<Result<OwnedFd, CameraError>>),
    /// It came while nobody waited for it.
    Denied(CameraError),
}

impl Access {
    /// Asks for access and returns a connection to PipeWire that has only cameras. Waits for the person for at most `within`;
    /// [`CameraError::Asking`] if there is no answer by then.
    pub(crate) fn ask(&mut self, within: Duration) -> Result<OwnedFd, CameraError> {
        let asked = match std::mem::take(&mut self.0) {
            Question::Denied(error) => return Err(error),
            Question::Asked(asked) => asked,
            Question::NotAsked => begun(|| async {
                let camera = portal().await?;
                if !is_present_at(&camera).await? {
                    return Err(CameraError::NoPortal(PortalFault::NoCamera));
                }
                let request =
                    camera.request_access(CameraAccessOptions::default()).await.map_err(|error| why(&error))?;
                request.response().map_err(|error| why(&error))?;
                remote_of(&camera).await
            })?,
        };
        match asked.recv_timeout(within) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => {
                self.0 = Question::Asked(asked);
                Err(CameraError::Asking)
            }
            Err(RecvTimeoutError::Disconnected) => Err(CameraError::NoPortal(PortalFault::NoPortal)),
        }
    }

    /// The connection that an open question has brought by now. Waits for nobody.
    pub(crate) fn granted(&mut self) -> Option<OwnedFd> {
        let Question::Asked(asked) = &self.0 else { return None };
        let answer = asked.try_recv().ok()?;
        self.0 = Question::NotAsked;
        match answer {
            Ok(remote) => Some(remote),
            Err(error) => {
                self.0 = Question::Denied(error);
                None
            }
        }
    }
}

/// Whether the portal has a camera, without asking for access.
pub(crate) fn is_present() -> Result<bool, CameraError> {
    in_time(|| async { is_present_at(&portal().await?).await })
}

/// Another connection to PipeWire, after access was granted.
pub(super) fn remote() -> Result<OwnedFd, CameraError> {
    in_time(|| async { remote_of(&portal().await?).await })
}

/// Runs `work` on a thread of its own and waits for it; its calls have deadlines.
fn in_time<T, F>(work: impl FnOnce() -> F + Send + 'static) -> Result<T, CameraError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, CameraError>>,
{
    // Connecting, reading the interface's version, and the call itself.
    let answer = begun(work)?.recv_timeout(3 * ANSWERS_WITHIN);
    answer.unwrap_or(Err(CameraError::NoPortal(PortalFault::NoPortal)))
}

/// Runs `work` on a thread of its own; its result comes later.
fn begun<T, F>(work: impl FnOnce() -> F + Send + 'static) -> Result<Receiver<Result<T, CameraError>>, CameraError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, CameraError>>,
{
    let (answers, answer) = sync_channel(1);
    let work = move || {
        // If nobody waits for it any more, what was granted is released.
        answers.send(zbus::block_on(work())).ok();
    };
    thread::Builder::new().name("portal".into()).spawn(work).map_err(crate::RecordingError::Io)?;
    Ok(answer)
}

async fn portal() -> Result<Camera, CameraError> {
    let session = connection::Builder::session().map(|bus| bus.method_timeout(ANSWERS_WITHIN));
    let session = match session {
        Ok(bus) => bus.build().await,
        Err(error) => Err(error),
    };
    let session = session.map_err(|error| why(&Error::Zbus(error)))?;
    Camera::with_connection(session).await.map_err(|error| why(&error))
}

async fn is_present_at(camera: &Camera) -> Result<bool, CameraError> {
    camera.is_present().await.map_err(|error| why(&error))
}

async fn remote_of(camera: &Camera) -> Result<OwnedFd, CameraError> {
    camera.open_pipe_wire_remote(OpenPipeWireRemoteOptions::default()).await.map_err(|error| match &error {
        Error::Portal(PortalError::Failed(_)) => CameraError::NoPortal(PortalFault::NoPipeWire),
        _ => why(&error),
    })
}

/// Maps an error of the portal.
fn why(error: &Error) -> CameraError {
    tracing::debug!(error = error as &dyn std::error::Error, "the camera portal returned an error");
    match error {
        // The person or a stored answer said no.
        Error::Response(ResponseError::Cancelled | ResponseError::Other)
        | Error::Portal(PortalError::NotAllowed(_) | PortalError::Cancelled(_)) => CameraError::DeniedByDesktop,
        _ => CameraError::NoPortal(PortalFault::NoPortal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_the_answers_of_the_portal() {
        let no_portal = || CameraError::NoPortal(PortalFault::NoPortal);
        for (error, expected) in [
            (Error::Response(ResponseError::Cancelled), CameraError::DeniedByDesktop),
            (Error::Response(ResponseError::Other), CameraError::DeniedByDesktop),
            (Error::Portal(PortalError::NotAllowed("Permission denied".into())), CameraError::DeniedByDesktop),
            (Error::NoResponse, no_portal()),
            (Error::Zbus(zbus::Error::InvalidReply), no_portal()),
        ] {
            assert_eq!(why(&error).to_string(), expected.to_string(), "{error}");
        }
    }

    #[test]
    fn an_open_question_is_not_asked_again() {
        let (answers, asked) = sync_channel(1);
        let mut access = Access(Question::Asked(asked));
        assert!(matches!(access.ask(Duration::ZERO), Err(CameraError::Asking)));
        assert!(matches!(access.ask(Duration::ZERO), Err(CameraError::Asking)), "still the same question");
        answers.send(Err(CameraError::DeniedByDesktop)).unwrap();
        assert!(access.granted().is_none());
        assert!(matches!(access.ask(Duration::ZERO), Err(CameraError::DeniedByDesktop)));
        assert!(matches!(access.0, Question::NotAsked), "the next one is asked anew");
    }

    #[test]
    fn an_answer_is_found_without_waiting() {
        let (answers, asked) = sync_channel(1);
        let mut access = Access(Question::Asked(asked));
        assert!(access.granted().is_none());
        answers.send(Ok(std::fs::File::open("/dev/null").unwrap().into())).unwrap();
        assert!(access.granted().is_some());
        assert!(access.granted().is_none());
    }
}
