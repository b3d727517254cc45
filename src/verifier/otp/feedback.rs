//! Feedback to Twilio: numbers whose codes came back, as log streams told, so that Fraud Guard learns whom to trust.
//!
//! It is owed in the store until Twilio took it or knows nothing of it any more, and put off while Twilio cannot be asked.

use std::time::Duration;

use tokio::time::MissedTickBehavior;

use crate::{AppState, Verifier, otp::twilio::TwilioError, store::StoreError};

/// Numbers told in one round.
const ROUND_MAX: u32 = 50;
/// Tries before it is given up.
const TRIES_MAX: u32 = 10;
/// Wait after the first try in vain, seconds; it doubles from try to try.
const FIRST_WAIT_SECS: i64 = 15;
/// Longest wait between two tries, seconds.
const WAIT_MAX_SECS: i64 = 3600;
/// Time between two rounds.
const POLL_INTERVAL: Duration = Duration::from_secs(5);

/// What comes after a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Twilio took it.
    Told,
    /// Twilio will never take it: mostly because the verification ended before.
    Drop,
    /// This one later; the others may go on.
    Later,
    /// This one later, not before so many seconds; the others would fare no better now.
    Pause { secs: i64 },
}

impl Verifier {
    /// Tells Twilio what is due, at most 50 numbers; says how many it took. A running service does this by itself.
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
            // No transaction is held meanwhile: everything else goes on.
            let asked = tokio::task::spawn_blocking(move || twilio.approve(&feedback.phone)).await;
            // A task that does not come back means that the service ends: it stays due.
            let Ok(answer) = asked else { break };
            let next = next(answer.as_ref().err());
            if let Err(error) = &answer {
                tracing::info!(error = error as &dyn std::error::Error, ?next, "feedback not taken");
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
            told += usize::from(next == Next::Told);
            if matches!(next, Next::Pause { .. }) {
                break;
            }
        }
        Ok(told)
    }
}

/// Gives feedback round by round until it is aborted; a round that is broken off begins again next time.
pub(crate) async fn run(verifier: AppState) {
    let mut rounds = tokio::time::interval(POLL_INTERVAL);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        if let Err(error) = verifier.send_feedback_due().await {
            tracing::error!(error = &error as &dyn std::error::Error, "no feedback was given");
        }
    }
}

fn next(error: Option<&TwilioError>) -> Next {
    match error {
        None => Next::Told,
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

/// How long to wait after so many tries and one more.
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
    fn each_answer_says_what_comes_next() {
        for (error, expected) in [
            (None, Next::Told),
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
