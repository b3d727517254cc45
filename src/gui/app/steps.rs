//! What a step of the run changes besides the screen.

use zeroize::Zeroizing;

use super::App;
use countenance_client::{
    flow::{AttendanceStep, CodeStep},
    runner::ConsentRequest,
};

impl App {
    /// Takes over what the run is about.
    pub(super) fn shown_to(&mut self, request: &ConsentRequest) {
        self.state.fallback.clone_from(&request.fallback);
        self.state.expires_at = Some(request.expires_at);
        if let Some(kiosk) = &mut self.state.kiosk {
            kiosk.account.clone_from(&request.display.account);
        }
    }

    /// Begins to ask a supervisor, after a wait if the verifier wants one.
    pub(super) fn ask_supervisor(&mut self, step: AttendanceStep, frame_at: f64) {
        let wait_secs = match step {
            AttendanceStep::Ask => 0,
            AttendanceStep::Refused { wait_secs } | AttendanceStep::Later { wait_secs } => wait_secs,
        };
        self.attendance_open_at = frame_at + f64::from(wait_secs);
        self.draft.attendance.forget();
    }

    /// Clears the typed digits once they can no longer be the code that was sent.
    pub(super) fn code_stands(&mut self, step: CodeStep, frame_at: f64) {
        match step {
            CodeStep::Sent { .. } => (self.code_sent_at, self.draft.code) = (Some(frame_at), Zeroizing::default()),
            CodeStep::Choose | CodeStep::Wrong { .. } => self.draft.code = Zeroizing::default(),
            CodeStep::NotSent(_) | CodeStep::NotChecked(_) => {}
        }
    }
}
