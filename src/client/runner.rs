//! One login on a worker thread: the flow runs there, a person attends from a window.
//!
//! [`Progress`] comes out, [`Command`]s go in, and nothing else passes: the window names no camera, session or key. Every
//! wait for a person ends with the session's time; a panic of the thread is an end like any other.

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
    session::{SessionApi, browser::Browser, client::SessionContext, link::LaunchLink, wait::Wait},
};
use countenance_attest::DeviceKey;
use countenance_camera::FrameSource;
use countenance_core::{
    clock::{Clock, UnixSecs},
    frame::Frame,
    policy::Policy,
    protocol::{ModelClaim, Purpose},
    rng::SecureRandom,
};
use countenance_vision::VisionError;

mod progress;
mod window_operator;

pub use countenance_camera::CameraErrorKind;
pub use progress::{Command, ConsentRequest, FailureView, Progress, RunOutcome};
use window_operator::{ProgressSender, WindowOperator};

/// What a run borrows from outside; the product's and a test's differ here and nowhere else.
pub trait Environment: Send + Sync {
    /// The networks, loaded once.
    fn analyzer(&self) -> Result<Arc<dyn FaceAnalyzer + Send + Sync>, VisionError>;
    /// Their digests.
    fn models(&self) -> Vec<ModelClaim>;
    /// This installation's key.
    fn key(&self) -> &DeviceKey;
    /// What time it is.
    fn clock(&self) -> &dyn Clock;
    /// Where unpredictable bytes come from.
    fn rng(&self) -> &dyn SecureRandom;
    /// Lets time pass between two tries.
    fn wait(&self) -> &dyn Wait;
    /// The camera that the person has chosen; `wake` is to be called at each new frame.
    fn camera(&self, wake: Arc<dyn Fn() + Send + Sync>) -> Box<dyn FrameSource>;
    /// A verification session.
    fn session<'a>(&self, around: SessionContext<'a>) -> Box<dyn SessionApi + 'a>;
    /// What opens the way back.
    fn browser(&self) -> Box<dyn Browser>;
}

/// A run under way. Dropping it cancels: the session is abandoned, the camera let go.
pub struct Runner {
    commands: Sender<Command>,
    progress: Receiver<Progress>,
    cancelled: Cancels,
    over: Receiver<()>,
}

/// Cancels when it is dropped, so that no camera stays on for a window that looks away.
struct Cancels(Arc<AtomicBool>);

impl Drop for Cancels {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Runner {
    /// Runs the login behind `link`. `wake` is called from the thread after each piece of progress.
    pub fn login(env: Arc<dyn Environment>, link: LaunchLink, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let clock = Arc::clone(&env);
        Self::spawn(wake, Arc::new(move || clock.clock().now()), move |mut operator, cancelled| {
            let ended = login(&*env, &link, &mut operator, &cancelled);
            operator.say(Progress::Ended(ended));
        })
    }

    /// Tries the camera: pictures and hints until the person cancels. Nothing is judged, kept or sent.
    pub fn try_camera(env: Arc<dyn Environment>, wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let clock = Arc::clone(&env);
        Self::spawn(wake, Arc::new(move || clock.clock().now()), move |mut operator, _| {
            if let Err(progress) = try_camera(&*env, &mut operator) {
                operator.say(progress);
            }
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
        // A thread that cannot start drops the closure, and with it the last word is said.
        thread::Builder::new().name("login".into()).spawn(run).ok();
        Self { commands, progress, cancelled: Cancels(cancelled), over }
    }

    /// What the person wants. A run that is over takes no more.
    pub fn command(&self, command: Command) {
        if matches!(command, Command::Cancel) {
            self.cancelled.0.store(true, Ordering::Relaxed);
        }
        self.commands.send(command).ok();
    }

    /// What happened since the last call.
    pub fn progress(&self) -> impl Iterator<Item = Progress> + '_ {
        self.progress.try_iter()
    }

    /// Cancels and waits, at most so long, until the verifier was told; how it ended, if that was heard.
    pub fn finish(self, within: Duration) -> Option<RunOutcome> {
        let Self { commands, progress, cancelled, over } = self;
        drop((cancelled, commands));
        // The sender is dropped when the run is over: that is the answer waited for.
        over.recv_timeout(within).ok();
        progress.try_iter().find_map(|p| if let Progress::Ended(ended) = p { Some(ended) } else { None })
    }
}

impl Drop for FinishGuard {
    fn drop(&mut self) {
        self.sender.say(Progress::Ended(RunOutcome::Failed(Remedy::TellOperator)));
    }
}

/// Says that the run is over, whatever happened to it: whoever has heard of an end hears no second one.
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
            tracing::error!(error = &error as &dyn std::error::Error, "the networks cannot be used");
            return RunOutcome::Failed(Remedy::TellOperator);
        }
    };
    let reporting = ReportingWait { wait: env.wait(), sender: operator.sender() };
    let around = SessionContext { key: env.key(), clock: env.clock(), rng: env.rng(), wait: &reporting, cancelled };
    let mut session = env.session(around);
    let flow = Flow {
        source: &mut *env.camera(operator.waker()),
        analyzer: &*analyzer,
        models: &env.models(),
        policy: Policy::default(),
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
            tracing::error!(error = &error as &dyn std::error::Error, "the login broke off");
            RunOutcome::Failed(error.remedy())
        }
    }
}

/// Looks, again and again, until the person has seen enough.
fn try_camera(env: &dyn Environment, operator: &mut WindowOperator) -> Result<(), Progress> {
    let broken = |_| Progress::Ended(RunOutcome::Failed(Remedy::TellOperator));
    let analyzer = env.analyzer().map_err(broken)?;
    let mut camera = env.camera(operator.waker());
    let looked = match camera.start() {
        Ok(()) => {
            let mut watch = |frame: &Frame, outcome, feedback| operator.watch(frame, outcome, feedback);
            capture::practise(&mut *camera, &*analyzer, &Policy::default(), &mut watch)
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

/// Says that there is a wait before it waits.
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
