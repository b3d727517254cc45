//! Tells the verifier how the kiosk is, as often as the verifier asks for.
//!
//! Only the first verifier of the configuration is told. A heartbeat that fails is no reason to be out of order, except
//! that the verifier says that it has disabled or retired this device: then nobody can sign in here.

use std::{io, sync::Arc, time::Duration};

use countenance_client::session::{SessionError, heartbeat, origin::Origin};
use countenance_core::protocol::{CameraState, CaptureOutcome, Heartbeat, HeartbeatAnswer, LastCapture, OutOfOrder};

use crate::{health::metrics::Outcome, state::KioskState, trouble::Check};

/// How soon a device that is not wanted asks again: somebody may have changed that.
const UNWANTED: Duration = Duration::from_mins(5);

/// Sends one heartbeat, signed by the device key.
pub type SendHeartbeat = Box<dyn Fn(&Origin, &Heartbeat) -> Result<HeartbeatAnswer, SessionError> + Send>;

/// Starts the thread that sends heartbeats with `send`. Without a verifier there is none.
pub fn begin(state: &Arc<KioskState>, send: SendHeartbeat) -> io::Result<()> {
    let Some(origin) = state.config.verifiers.iter().next().cloned() else { return Ok(()) };
    let ours = Arc::clone(state);
    let beat = move || loop {
        let answer = send(&origin, &heartbeat(&ours));
        if let Err(error) = &answer {
            tracing::debug!(error = error as &dyn std::error::Error, "a heartbeat was not taken");
        }
        ours.bell.wait(take(&ours, &answer));
    };
    state.spawn("heartbeat", beat)
}

/// Notes what `answer` says about this device, and returns the wait before the next heartbeat.
fn take(state: &KioskState, answer: &Result<HeartbeatAnswer, SessionError>) -> Duration {
    let is_unwanted = matches!(answer, Err(SessionError::DeviceRetired | SessionError::DeviceDisabled));
    // Any other failure says nothing about the device.
    if is_unwanted || answer.is_ok() {
        state.troubles.note(Check::Device, is_unwanted.then_some(OutOfOrder::NotRegistered));
    }
    let wait = heartbeat::next(answer);
    if is_unwanted { wait.min(UNWANTED) } else { wait }
}

/// How the kiosk is now.
fn heartbeat(state: &KioskState) -> Heartbeat {
    let (sessions, last) = state.metrics.sessions();
    let conditions = state.troubles.all();
    let camera = conditions.iter().find(|(check, _)| matches!(check, Check::Camera | Check::Stream));
    let last_capture = last.and_then(|(outcome, at)| {
        Some(LastCapture { outcome: capture(outcome)?, age_secs: state.now().saturating_sub(at).as_secs() })
    });
    Heartbeat {
        version: None,
        uptime_secs: state.now().as_secs(),
        sessions,
        camera: camera.map_or(CameraState::Ok, |(_, condition)| camera_state(*condition)),
        last_capture,
        clock_ahead_millis: state.ahead_secs().map(|secs| secs.saturating_mul(1000)),
        disk_free_bytes: state.health().profile_free_bytes,
        settings_revision: state.revision.clone(),
        out_of_order: state.trouble(),
        site: state.config.site.clone(),
    }
}

fn capture(outcome: Outcome) -> Option<CaptureOutcome> {
    match outcome {
        Outcome::Approved => Some(CaptureOutcome::Approved),
        Outcome::Refused => Some(CaptureOutcome::Refused),
        Outcome::Failed => Some(CaptureOutcome::Failed),
        Outcome::Left => Some(CaptureOutcome::Cancelled),
        Outcome::NotBegun => None,
    }
}

fn camera_state(condition: OutOfOrder) -> CameraState {
    match condition {
        OutOfOrder::CameraGone => CameraState::Absent,
        OutOfOrder::CameraBusy => CameraState::Busy,
        OutOfOrder::CameraFrozen => CameraState::Frozen,
        _ => CameraState::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resident::tests::kiosk;

    #[test]
    fn a_heartbeat_says_what_health_says() {
        let kiosk = kiosk(|_| {});
        let (state, clock) = (&kiosk.state, &kiosk.clock);
        assert_eq!((heartbeat(state).last_capture, heartbeat(state).camera), (None, CameraState::Ok));
        state.metrics.session(Outcome::NotBegun, state.now());
        assert_eq!((heartbeat(state).last_capture, heartbeat(state).sessions), (None, 1));
        state.metrics.session(Outcome::Approved, state.now());
        state.set_ahead_secs(Some(-3));
        state.troubles.note(Check::Stream, Some(OutOfOrder::CameraFrozen));
        clock.pass(Duration::from_secs(90));
        let sent = heartbeat(state);
        assert_eq!(sent.last_capture, Some(LastCapture { outcome: CaptureOutcome::Approved, age_secs: 90 }));
        assert_eq!((sent.uptime_secs, sent.sessions, sent.clock_ahead_millis), (90, 2, Some(-3000)));
        assert_eq!((sent.camera, sent.out_of_order), (CameraState::Frozen, Some(OutOfOrder::CameraFrozen)));
        assert_eq!(sent.site.unwrap().as_str(), "Gate 3");
    }

    #[test]
    fn a_device_that_is_not_wanted_says_so_until_it_is() {
        let kiosk = kiosk(|_| {});
        let state = &kiosk.state;
        let ok = || Ok(HeartbeatAnswer { interval_secs: 120, server_time: 1_800_000_000 });
        assert_eq!(take(state, &ok()), Duration::from_mins(2));
        assert_eq!(
            (take(state, &Err(SessionError::DeviceRetired)), state.trouble()),
            (UNWANTED, Some(OutOfOrder::NotRegistered))
        );
        take(state, &Err(SessionError::NotSupported));
        assert_eq!(state.trouble(), Some(OutOfOrder::NotRegistered), "says nothing about the device");
        take(state, &ok());
        assert_eq!(state.trouble(), None);
        take(state, &Err(SessionError::DeviceUnknown));
        assert_eq!(state.trouble(), None, "a kiosk need not be registered to sign people in");
    }
}
