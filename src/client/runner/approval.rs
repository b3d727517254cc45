//! Allows another device from this one while a person operates it from a window: looks the code up, asks, approves.

use std::sync::atomic::AtomicBool;

use super::{Command, Environment, Progress, ReportingWait, window_operator::WindowOperator};
use crate::session::{
    SessionError,
    approvals::{self, ApprovalApi},
    client::SessionContext,
    origin::AllowedOrigins,
};
use countenance_core::{
    clock::UnixSecs,
    protocol::{ApprovalCode, ApprovalRequest},
};

/// How long the person may take to decide, seconds: no code lives longer.
const DECISION_SECS: i64 = 600;

/// A step of allowing another device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApprovalStep {
    /// What the code is for. The run waits for [`Command::Approve`], [`Command::GiveUp`] or [`Command::Cancel`].
    Asks(Box<ApprovalRequest>),
    /// The device is allowed.
    Approved,
    /// It was not allowed.
    Failed(ApprovalTrouble),
}

/// Why another device was not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalTrouble {
    /// What was typed is no code.
    Form,
    /// The code is unknown, expired or used, or this device may not approve what it is for.
    Refused,
    /// Too many codes were tried.
    TooMany,
    /// The verifier cannot be reached.
    Network,
    /// The client is too old.
    Update,
    /// Anything else.
    Broken,
}

impl ApprovalTrouble {
    /// The trouble behind an error.
    pub fn of(error: &SessionError) -> Self {
        match error {
            SessionError::ApprovalRefused => Self::Refused,
            SessionError::TooManyRequests { .. } => Self::TooMany,
            SessionError::NeedsUpdate { .. } | SessionError::ClientTooOld => Self::Update,
            error if error.is_network() => Self::Network,
            _ => Self::Broken,
        }
    }
}

/// Allows the device that shows `code`, at the verifier that knows it.
pub(super) fn approve(
    env: &dyn Environment,
    verifiers: &AllowedOrigins,
    code: &ApprovalCode,
    operator: &WindowOperator,
    cancelled: &AtomicBool,
) {
    let wait = ReportingWait { wait: env.wait(), sender: operator.sender() };
    let context = SessionContext { key: env.key(), clock: env.clock(), rng: env.rng(), wait: &wait, cancelled };
    let verifiers = verifiers.iter().map(|origin| env.approvals(origin, context));
    let step = match decided(verifiers, code, operator, env.clock().now()) {
        Ok(true) => ApprovalStep::Approved,
        // The window has left the screen already.
        Ok(false) | Err(SessionError::Cancelled) => return,
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the other device was not allowed");
            ApprovalStep::Failed(ApprovalTrouble::of(&error))
        }
    };
    operator.say(Progress::Approval(step));
}

/// Whether the person has allowed the device, and the verifier with them.
fn decided<'a>(
    verifiers: impl Iterator<Item = Box<dyn ApprovalApi + 'a>>,
    code: &ApprovalCode,
    operator: &WindowOperator,
    now: UnixSecs,
) -> Result<bool, SessionError> {
    let (verifier, request) = approvals::find(verifiers, code)?;
    let device = request.device_id.clone();
    operator.say(Progress::Approval(ApprovalStep::Asks(Box::new(request))));
    loop {
        match operator.answer_until(Some(now.saturating_add(DECISION_SECS))) {
            Some(Command::Approve) => break,
            Some(Command::Cancel | Command::GiveUp | Command::NotMe) | None => return Ok(false),
            Some(_) => {}
        }
    }
    verifier.approve(code, &device)?;
    Ok(true)
}
