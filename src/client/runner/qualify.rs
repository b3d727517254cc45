//! Qualifies this site's camera for a window: `countenance camera qualify`, with a person led through it.

use std::sync::{Arc, atomic::AtomicBool, atomic::Ordering};

use super::{Environment, FailureView, Progress, RunOutcome, WindowOperator};
use crate::{
    capture::{CaptureError, Feedback},
    flow::Remedy,
    qualify::{self, Profile, Remedy as SiteRemedy, Report, Step, Why},
};
use countenance_core::policy::ArmingPolicy;

/// Keeps the profile of the site where captures look for it.
pub type KeepProfile = Arc<dyn Fn(&Profile) -> Result<(), String> + Send + Sync>;

/// A step of qualifying a site.
#[derive(Debug, Clone, PartialEq)]
pub enum QualifyStep {
    /// It has begun and wants this many captures.
    Begun {
        /// Captures.
        wanted: u32,
    },
    /// A capture was completed.
    Taken {
        /// Whether its score reaches the threshold.
        passes: bool,
    },
    /// A capture ended without a decision: no face was well placed in time.
    Missed,
    /// All captures are taken, or nobody was there any more.
    Judged(SiteVerdict),
}

/// What qualifying a site has found.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteVerdict {
    /// Why the liveness gate is not armed here; `None` if it is.
    pub not_armed: Option<Why>,
    /// What to change at the site; also given if it is armed.
    pub remedies: Vec<SiteRemedy>,
    /// Why the profile could not be kept, in technical English; `None` if it was.
    pub not_kept: Option<String>,
}

/// Takes the policy's number of captures, judges and keeps them. Ends early if the person cancels: then nothing is kept.
pub(super) fn qualify(env: &dyn Environment, keep: &KeepProfile, operator: &WindowOperator, cancelled: &AtomicBool) {
    if let Err(progress) = qualified(env, keep, operator, cancelled) {
        operator.say(progress);
    }
}

fn qualified(
    env: &dyn Environment,
    keep: &KeepProfile,
    operator: &WindowOperator,
    cancelled: &AtomicBool,
) -> Result<(), Progress> {
    let broken = |_| Progress::Ended(RunOutcome::Failed(Remedy::TellOperator));
    let analyzer = env.analyzer().map_err(broken)?;
    let (policy, arming) = (env.policy(), ArmingPolicy::default());
    let mut camera = env.camera(operator.waker());
    operator.say(Progress::Qualify(QualifyStep::Begun { wanted: arming.captures }));
    let (mut looked, mut stopped) = (0, false);
    let collected = qualify::collect(&mut *camera, &*analyzer, &policy, arming.captures as usize, &mut |step| {
        match step {
            &Step::Looked(feedback) => {
                // Captures follow each other: only that the number grows matters here.
                looked += 1;
                let Feedback { hint, gathered_ratio, face } = feedback;
                let has_face = face.is_some();
                operator.say(Progress::Frame { hint, gathered_ratio, at_millis: looked, has_face, face });
            }
            Step::Taken(genuine) => {
                let passes = genuine.fused >= policy.liveness.threshold;
                operator.say(Progress::Qualify(QualifyStep::Taken { passes }));
            }
            Step::Missed => operator.say(Progress::Qualify(QualifyStep::Missed)),
        }
        stopped |= cancelled.load(Ordering::Relaxed) || operator.is_asked_to_stop();
        !stopped
    });
    let collected = match collected {
        Ok(_) if stopped => return Ok(()),
        Ok(collected) => collected,
        Err(CaptureError::Camera(error)) => {
            return Err(Progress::AttemptFailed(FailureView::Camera(error.kind())));
        }
        Err(CaptureError::Vision(error)) => return Err(broken(error)),
    };
    let report = Report::of(collected, camera.provenance(), &policy, &arming);
    let profile = Profile::of(&report, &env.models(), env.clock().now());
    let not_kept = keep(&profile).err();
    let verdict = SiteVerdict { not_armed: report.not_armed, remedies: report.remedies, not_kept };
    operator.say(Progress::Qualify(QualifyStep::Judged(verdict)));
    Ok(())
}
