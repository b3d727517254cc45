//! Feedback to Twilio: reports the numbers whose codes were verified, according to log streams, which Fraud Guard uses
//! to recognize legitimate numbers.
//!
//! Feedback is queued in the store until Twilio accepts it or no longer knows the verification, and deferred while
//! Twilio cannot be reached.

use std::time::Duration;

use tokio::time::MissedTickBehavior;

use crate::{AppState, Verifier, ops::request_log, otp::twilio::TwilioError, store::StoreError};

/// Maximum number of reports per round.
const ROUND_MAX: u32 = 50;
/// Number of tries after which a report is dropped.
const TRIES_MAX: u32 = 10;
/// Wait after the first failed try, seconds; doubles with each try.
const FIRST_WAIT_SECS: i64 = 15;
/// Maximum wait between two tries, seconds.
const WAIT_MAX_SECS: i64 = 3600;
/// Time between two rounds.
const POLL_INTERVAL: Duration = Duration::from_secs(5);

/// What happens after a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Twilio accepted the report.
    Reported,
    /// Twilio will never accept it, usually because the verification has ended.
    Drop,
    /// Retry this report later and go on with the others.
    Later,
    /// Retry this report in `secs` at the earliest and end the round, because the others would fail too.
    Pause { secs: i64 },
}

impl Verifier {
    /// Sends due feedback to Twilio, at most 50 numbers, and returns how many it accepted. A running service does this
    /// automatically.
    pub async fn send_feedback_due(&self) -> Result<usize, StoreError> {
        self.0.send_feedback_due().await
    }
}

impl AppState {
    async fn send_feedback_due(&self) -> Result<usize, StoreError> {
        let Some(twilio) = self.codes() else { return Ok(0) };
        let mut tx = self.store().begin().await?;
        let due = tx.feedback_due(self.now(), ROUND_MAX).await?;
        tx.commit().await?;
        let mut told = 0;
        for feedback in due {
            let twilio = twilio.clone();
            // No transaction is open during the call, so other requests are not blocked.
            let asked = tokio::task::spawn_blocking(move || twilio.approve(&feedback.phone)).await;
            // The task is lost only when the service shuts down; the report stays due.
            let Ok(answer) = asked else { break };
            let next = next(answer.as_ref().err());
            if let Err(error) = &answer {
                tracing::info!(error = error as &dyn std::error::Error, ?next, "Twilio did not accept feedback");
            }
            let mut tx = self.store().begin().await?;
            match next {
                Next::Later | Next::Pause { .. } if feedback.tries + 1 < TRIES_MAX => {
                    let asked = if let Next::Pause { secs } = next { secs } else { 0 };
                    let due_at = self.now().saturating_add(wait_secs(feedback.tries).max(asked));
                    tx.put_feedback_off(feedback.id, due_at).await?;
                }
                _ => tx.end_feedback(feedback.id).await?,
            }
            tx.commit().await?;
            told += usize::from(next == Next::Reported);
            if matches!(next, Next::Pause { .. }) {
                break;
            }
        }
        Ok(told)
    }
}

/// Sends feedback in rounds until aborted; what an aborted round did not send stays due.
pub(crate) async fn run(verifier: AppState) {
    let mut rounds = tokio::time::interval(POLL_INTERVAL);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        if let Err(error) = verifier.send_feedback_due().await {
            request_log::failed(error.status(), &error, "feedback round failed");
        }
    }
}

fn next(error: Option<&TwilioError>) -> Next {
    match error {
        None => Next::Reported,
        Some(
            TwilioError::Gone
            | TwilioError::Number { .. }
            | TwilioError::Blocked { .. }
            | TwilioError::ChecksUsedUp
            | TwilioError::SendsUsedUp,
        ) => Next::Drop,
        Some(TwilioError::NotUnderstood { .. }) => Next::Later,
        Some(TwilioError::TooFast { retry_after_secs }) => {
            Next::Pause { secs: i64::try_from(*retry_after_secs).unwrap_or(WAIT_MAX_SECS) }
        }
        Some(TwilioError::Unreached(_) | TwilioError::Misconfigured { .. }) => Next::Pause { secs: 0 },
    }
}

/// Wait after a failed try that `tries` others preceded, seconds.
fn wait_secs(tries: u32) -> i64 {
    FIRST_WAIT_SECS.checked_shl(tries.min(TRIES_MAX)).unwrap_or(WAIT_MAX_SECS).min(WAIT_MAX_SECS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countenance_net::NetError;

    #[test]
    fn waits_double_up_to_an_hour() {
        let waits: Vec<_> = (0..TRIES_MAX).map(wait_secs).collect();
        assert_eq!(waits, [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    }

    #[test]
    fn each_error_maps_to_the_next_step() {
        for (error, expected) in [
            (None, Next::Reported),
            (Some(TwilioError::Gone), Next::Drop),
            (Some(TwilioError::Number { code: 60200 }), Next::Drop),
            (Some(TwilioError::Blocked { code: 60410 }), Next::Drop),
            (Some(TwilioError::NotUnderstood { status: 200, code: 0 }), Next::Later),
            (Some(TwilioError::TooFast { retry_after_secs: 40 }), Next::Pause { secs: 40 }),
            (Some(TwilioError::Misconfigured { status: 401, code: 20003 }), Next::Pause { secs: 0 }),
            (Some(TwilioError::Unreached(NetError::TooLong)), Next::Pause { secs: 0 }),
        ] {
            assert_eq!(next(error.as_ref()), expected, "{error:?}");
        }
    }
}
