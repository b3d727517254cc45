//! Runs one sign-in on a worker thread while a person operates it from a window.
//!
//! [`Progress`] comes out and [`Command`]s go in; nothing else passes, so the window names no camera, session or key.
//! Every wait for a person ends at the latest with the session; a panic of the thread ends the run like any other
//! failure.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Duration,
};

use crate::{
    capture::{self, FaceAnalyzer},
    flow::{Flow, Operator, Remedy},
    session::{
        ApprovalApi, SessionApi,
        browser::Browser,
        client::SessionContext,
        link::LaunchLink,
        origin::{AllowedOrigins, Origin},
        wait::Wait,
    },
    visitor::{Recognizing, Visitor},
};
use countenance_attest::DeviceKey;
use countenance_core::{
    clock::{Clock, UnixSecs},
    frame::Frame,
    policy::Policy,
    protocol::{ApprovalCode, ModelClaim, Purpose},
    rng::SecureRandom,
};
use countenance_vision::VisionError;

mod approval;
mod progress;
mod qualify;
mod window_operator;

pub use crate::capture::FacePlace;
pub use approval::{ApprovalStep, ApprovalTrouble};
pub use countenance_camera::{CameraErrorKind, FrameSource};
pub use progress::{Command, ConsentRequest, ConsentText, FailureView, Progress, RunOutcome};
pub use qualify::{KeepProfile, QualifyStep, SiteVerdict};
use window_operator::{ProgressSender, WindowOperator};

/// What a run borrows from outside. Product and tests differ only in their implementation of this trait.
pub trait Environment: Send + Sync {
    /// The networks, loaded once and shared.
    fn analyzer(&self) -> Result<Arc<dyn FaceAnalyzer + Send + Sync>, VisionError>;
    /// Digests of the networks, for the attestation.
    fn models(&self) -> Vec<ModelClaim>;
    /// This installation's thresholds. A ticket may only tighten them: what a kiosk allows to be lower, an integration
    /// must allow as well, with the policy that it sends.
    fn policy(&self) -> Policy {
        Policy::default()
    }
    /// This installation's device key.
    fn key(&self) -> &DeviceKey;
    /// Current time.
    fn clock(&self) -> &dyn Clock;
    /// Source of unpredictable bytes.
    fn rng(&self) -> &dyn SecureRandom;
    /// Waits between two attempts of a call.
    fn wait(&self) -> &dyn Wait;
    /// Whose visit it is, where a sign-in is to end once somebody else takes their place; `None`: nobody is remembered.
    fn visitor(&self) -> Option<Arc<Visitor>> {
        None
    }
    /// The selected camera. It calls `wake` at each new frame.
    fn camera(&self, wake: Arc<dyn Fn() + Send + Sync>) -> Box<dyn FrameSource>;
    /// The selected camera, for a look every `pace` in between: frames that nobody looks at are not decoded. The default
    /// suits recordings, which are played in real time, and tests.
    fn slow_camera(&self, _pace: Duration) -> Box<dyn FrameSource> {
        self.camera(Arc::new(|| {}))
    }
    /// A new verification session.
    fn session<'a>(&self, around: SessionContext<'a>) -> Box<dyn SessionApi + 'a>;
    /// The calls by which this device allows another one, at the verifier at `origin`.
    fn approvals<'a>(&self, origin: &Origin, around: SessionContext<'a>) -> Box<dyn ApprovalApi + 'a>;
    /// Opens the return page.
    fn browser(&self) -> Box<dyn Browser>;
}

/// A running sign-in or camera test. Dropping it cancels: the session is abandoned and the camera released.
pub struct Runner {
    commands: Sender<Command>,
    progress: Receiver<Progress>,
    cancelled: Cancels,
    over: Receiver<()>,
}

/// Cancels the run on drop, so that no camera stays on after its window has moved on.
struct Cancels(Arc<AtomicBool>);

impl Drop for Cancels {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Runner {
    /// Runs the sign-in behind `link`. `wake` is called on the worker thread after each [`Progress`].
    pub fn login(env: Arc<dyn Environment>, link: LaunchLink, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let clock = Arc::clone(&env);
        Self::spawn(wake, Arc::new(move || clock.clock().now()), move |mut operator, cancelled| {
            let ended = login(&*env, &link, &mut operator, &cancelled);
            operator.say(Progress::Ended(ended));
        })
    }

    /// Tests the camera: frames and hints until the person cancels. Nothing is judged, stored or sent.
    pub fn try_camera(env: Arc<dyn Environment>, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let clock = Arc::clone(&env);
        Self::spawn(wake, Arc::new(move || clock.clock().now()), move |mut operator, _| {
            if let Err(progress) = try_camera(&*env, &mut operator) {
                operator.say(progress);
            }
        })
    }

    /// Qualifies the site: captures as in a sign-in, whose scores are judged and kept by `keep`. Nothing is sent, and no
    /// image is stored.
    pub fn qualify(env: Arc<dyn Environment>, keep: KeepProfile, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let clock = Arc::clone(&env);
        Self::spawn(wake, Arc::new(move || clock.clock().now()), move |operator, cancelled| {
            qualify::qualify(&*env, &keep, &operator, &cancelled);
        })
    }

    /// Allows the device that shows `code`, after the person has seen what it is. Asks each of `verifiers` in turn.
    pub fn approve_device(
        env: Arc<dyn Environment>,
        verifiers: AllowedOrigins,
        code: ApprovalCode,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Self {
        let clock = Arc::clone(&env);
        Self::spawn(wake, Arc::new(move || clock.clock().now()), move |operator, cancelled| {
            approval::approve(&*env, &verifiers, &code, &operator, &cancelled);
        })
    }

    fn spawn(
        wake: Arc<dyn Fn() + Send + Sync>,
        clock: Arc<dyn Fn() -> UnixSecs + Send + Sync>,
        work: impl FnOnce(WindowOperator, Arc<AtomicBool>) + Send + 'static,
    ) -> Self {
        let (commands, asked) = channel();
        let (out, progress) = channel();
        let (finished, over) = channel();
        let cancelled = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&cancelled);
        let sender = ProgressSender { out, wake };
        let finish_guard = FinishGuard { sender: sender.clone(), _finished: finished };
        let run = move || {
            let _finish_guard = finish_guard;
            work(WindowOperator::new(sender, asked, Arc::clone(&flag), clock), flag);
        };
        // If the thread cannot start, the closure is dropped and its `FinishGuard` reports the end.
        thread::Builder::new().name("login".into()).spawn(run).ok();
        Self { commands, progress, cancelled: Cancels(cancelled), over }
    }

    /// Sends a command to the run. Has no effect once the run is over.
    pub fn command(&self, command: Command) {
        if matches!(command, Command::Cancel) {
            self.cancelled.0.store(true, Ordering::Relaxed);
        }
        self.commands.send(command).ok();
    }

    /// Progress since the last call.
    pub fn progress(&self) -> impl Iterator<Item = Progress> + '_ {
        self.progress.try_iter()
    }

    /// Cancels and waits, for at most `within`, until the verifier has been informed. Returns the outcome if it arrived
    /// in time.
    pub fn finish(self, within: Duration) -> Option<RunOutcome> {
        let Self { commands, progress, cancelled, over } = self;
        drop((cancelled, commands));
        // The worker drops its sender at the end of the run, which ends this wait.
        over.recv_timeout(within).ok();
        progress.try_iter().find_map(|p| if let Progress::Ended(ended) = p { Some(ended) } else { None })
    }
}

impl Drop for FinishGuard {
    fn drop(&mut self) {
        self.sender.say(Progress::Ended(RunOutcome::Failed(Remedy::TellOperator)));
    }
}

/// Reports the end of the run even after a panic. The window ignores a second end.
struct FinishGuard {
    sender: ProgressSender,
    _finished: Sender<()>,
}

fn login(
    env: &dyn Environment,
    link: &LaunchLink,
    operator: &mut WindowOperator,
    cancelled: &AtomicBool,
) -> RunOutcome {
    let analyzer = match env.analyzer() {
        Ok(analyzer) => analyzer,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "could not load the networks");
            return RunOutcome::Failed(Remedy::TellOperator);
        }
    };
    let visitor = env.visitor();
    let recognizing = visitor.as_deref().map(|visitor| Recognizing { analyzer: &*analyzer, visitor });
    operator.recognize(visitor.clone());
    let reporting = ReportingWait { wait: env.wait(), sender: operator.sender() };
    let around = SessionContext { key: env.key(), clock: env.clock(), rng: env.rng(), wait: &reporting, cancelled };
    let mut session = env.session(around);
    let flow = Flow {
        source: &mut *env.camera(operator.waker()),
        analyzer: recognizing.as_ref().map_or(&*analyzer as &dyn FaceAnalyzer, |recognizing| recognizing),
        models: &env.models(),
        policy: env.policy(),
        session: &mut *session,
        key: env.key(),
        clock: env.clock(),
        rng: env.rng(),
        browser: &mut *env.browser(),
        operator,
    };
    match flow.run(link) {
        Ok(outcome) => RunOutcome::of(outcome, operator.purpose().unwrap_or(Purpose::Verify)),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the sign-in failed");
            if let Some(approval) = error.approval() {
                reporting.sender.say(Progress::ApprovalOffered(approval.clone()));
            }
            RunOutcome::Failed(error.remedy())
        }
    }
}

/// Captures again and again until the person cancels.
fn try_camera(env: &dyn Environment, operator: &mut WindowOperator) -> Result<(), Progress> {
    let broken = |_| Progress::Ended(RunOutcome::Failed(Remedy::TellOperator));
    let analyzer = env.analyzer().map_err(broken)?;
    let mut camera = env.camera(operator.waker());
    let looked = match camera.start() {
        Ok(()) => {
            let mut watch = |frame: &Frame, measured, outcome, feedback| {
                operator.say(Progress::Measured(measured));
                operator.watch(frame, outcome, feedback)
            };
            capture::practise(&mut *camera, &*analyzer, &env.policy(), &mut watch)
        }
        Err(error) => Err(error.into()),
    };
    camera.stop();
    match looked {
        Ok(()) => Ok(()),
        Err(capture::CaptureError::Camera(error)) => Err(Progress::AttemptFailed(FailureView::Camera(error.kind()))),
        Err(capture::CaptureError::Vision(error)) => Err(broken(error)),
    }
}

/// Reports a wait before it starts.
struct ReportingWait<'w> {
    wait: &'w dyn Wait,
    sender: ProgressSender,
}

impl Wait for ReportingWait<'_> {
    fn wait(&self, time: Duration, cancelled: &AtomicBool) {
        self.sender.say(Progress::Waiting);
        self.wait.wait(time, cancelled);
    }
}
