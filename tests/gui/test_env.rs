//! Test environment of the window: simulated camera, networks, verifier and browser, without delays.

use std::{
    sync::{Arc, Condvar, Mutex, atomic::AtomicBool},
    time::Duration,
};

use countenance_attest::{DeviceKey, Sealed};
use countenance_camera::{CameraError, FrameSource};
use countenance_client::{
    capture::FaceAnalyzer,
    dry_run::{DryRun, FixedClock},
    runner::Environment,
    session::{
        SessionApi, SessionError,
        browser::{Browser, BrowserError},
        client::SessionContext,
        continue_url::ContinueUrl,
        link::LaunchLink,
        wait::Wait,
    },
    settings::Settings,
    testing::FakeAnalyzer,
};
use countenance_core::{
    clock::Clock,
    frame::Frame,
    protocol::{CameraClaim, CodeSent, Fallback, ModelClaim, OneTimeCode, Outcome, Reason, Ticket},
    rng::{SecureRandom, SeededRng},
    testing::{face_at, noise_frame},
};
use countenance_gui::CameraEntry;
use countenance_vision::VisionError;

/// Longest time that anything played here may take.
pub(super) const TIMEOUT: Duration = Duration::from_secs(30);

/// What the camera does at each start, in order; the last goes on.
#[derive(Clone, Copy)]
pub(crate) enum Camera {
    /// Gives frames without end.
    Films,
    /// Does not open.
    FailsToOpen(fn() -> CameraError),
    /// Opens, gives a frame, fails.
    FailsLater(fn() -> CameraError),
    /// Opens and gives one frame; fails when somebody says so.
    FailsWhenTold(fn() -> CameraError),
    /// Opens when somebody says so, then gives frames without end.
    OpensLate,
    /// Opens and gives one frame; the next only when somebody says so.
    Waits,
}

/// What the verifier does with each capture, and each code, in order; then it approves.
#[derive(Clone)]
pub(crate) enum Verdict {
    /// Answers so.
    Says(Outcome),
    /// Cannot be reached: waits once, then approves.
    Offline,
    /// Fails so.
    Fails(fn() -> SessionError),
}

/// How the session opens.
pub(crate) enum Opening {
    /// With a ticket.
    Ticket,
    /// With this refusal.
    Fails(fn() -> SessionError),
    /// Not at all until the person cancels.
    Hangs,
}

/// What is played.
pub(crate) struct Script {
    pub(crate) cameras: Vec<Camera>,
    pub(crate) opening: Opening,
    pub(crate) verdicts: Vec<Verdict>,
    /// The ways to pass by code that the ticket offers.
    pub(crate) fallback: Vec<Fallback>,
    pub(crate) codes: Vec<Verdict>,
    /// What sending a code fails with, if it does, in order; then it does not.
    pub(crate) sends: Vec<Option<fn() -> SessionError>>,
    /// Log odds of a live person, per look.
    pub(crate) odds: Vec<f32>,
    /// Looks in which nobody is to be seen.
    pub(crate) empty_looks: usize,
}

impl Default for Script {
    fn default() -> Self {
        let (cameras, verdicts, fallback) = (vec![Camera::Films], Vec::new(), Vec::new());
        let (codes, sends, odds) = (Vec::new(), Vec::new(), vec![3.0]);
        Self { cameras, opening: Opening::Ticket, verdicts, fallback, codes, sends, odds, empty_looks: 0 }
    }
}

/// The environment behind the window, and what became of it.
pub(crate) struct TestEnv {
    script: Mutex<Script>,
    looks: Mutex<usize>,
    key: DeviceKey,
    /// What was asked of the verifier and the browser, in order.
    pub(crate) log: Mutex<Vec<String>>,
    gate: Gate,
    plugged: Mutex<Vec<CameraEntry>>,
    /// The choices of a camera that were passed on, in order.
    pub(crate) chosen: Mutex<Vec<Settings>>,
}

/// Holds whoever passes until it is opened.
#[derive(Default)]
struct Gate(Mutex<bool>, Condvar);

impl Gate {
    fn pass(&self, cancelled: Option<&AtomicBool>) {
        let mut open = self.0.lock().unwrap();
        while !*open && !cancelled.is_some_and(|c| c.load(std::sync::atomic::Ordering::Relaxed)) {
            open = self.1.wait_timeout(open, Duration::from_millis(20)).unwrap().0;
        }
    }

    fn open(&self) {
        *self.0.lock().unwrap() = true;
        self.1.notify_all();
    }
}

impl TestEnv {
    pub(crate) fn new(script: Script) -> Arc<Self> {
        let key = DeviceKey::ephemeral(&SeededRng::from("stage"));
        let (script, looks, log) = (Mutex::new(script), Mutex::new(0), Mutex::new(Vec::new()));
        let (plugged, chosen) = (Mutex::default(), Mutex::default());
        Arc::new(Self { script, looks, key, log, gate: Gate::default(), plugged, chosen })
    }

    /// These cameras are plugged in from now on, and no other; each is called as its id.
    pub(crate) fn plug(&self, ids: &[&str]) {
        let entry = |id: &&str| CameraEntry { id: (*id).into(), name: (*id).into(), stands_in: false };
        *self.plugged.lock().unwrap() = ids.iter().map(entry).collect();
    }

    pub(crate) fn plugged(&self) -> Vec<CameraEntry> {
        self.plugged.lock().unwrap().clone()
    }

    /// Lets go what waits: the network comes back, the camera goes on.
    pub(crate) fn go_on(&self) {
        self.gate.open();
    }

    pub(crate) fn told(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    fn note(&self, what: impl Into<String>) {
        self.log.lock().unwrap().push(what.into());
    }
}

/// The shared environment of a run.
pub(crate) struct SharedTestEnv(pub(crate) Arc<TestEnv>);

impl Environment for SharedTestEnv {
    fn analyzer(&self) -> Result<Arc<dyn FaceAnalyzer + Send + Sync>, VisionError> {
        let (seen, judged) = (Arc::clone(&self.0), Arc::clone(&self.0));
        let eyes = FakeAnalyzer::live(0.0).with_faces(move |_| {
            let looks = *seen.looks.lock().unwrap();
            if looks <= seen.script.lock().unwrap().empty_looks { vec![] } else { vec![face_at(320.0, 240.0, 200.0)] }
        });
        Ok(Arc::new(eyes.with_log_odds(move |_| {
            let (script, looks) = (judged.script.lock().unwrap(), *judged.looks.lock().unwrap());
            script.odds.get(looks - 1).or(script.odds.last()).copied().unwrap_or_default()
        })))
    }

    fn models(&self) -> Vec<ModelClaim> {
        vec![ModelClaim { name: "played".into(), sha256: "0".repeat(64) }]
    }

    fn key(&self) -> &DeviceKey {
        &self.0.key
    }

    fn clock(&self) -> &dyn Clock {
        &FixedClock(NOW)
    }

    fn rng(&self) -> &dyn SecureRandom {
        static RNG: std::sync::LazyLock<SeededRng> = std::sync::LazyLock::new(|| SeededRng::from("window"));
        &*RNG
    }

    fn wait(&self) -> &dyn Wait {
        self
    }

    fn camera(&self, _: Arc<dyn Fn() + Send + Sync>) -> Box<dyn FrameSource> {
        Box::new(Lens { env: Arc::clone(&self.0), plays: None, seq: 0 })
    }

    fn session<'a>(&self, around: SessionContext<'a>) -> Box<dyn SessionApi + 'a> {
        Box::new(Played { around, env: Arc::clone(&self.0), inner: DryRun::new(NONCE.into(), NOW) })
    }

    fn browser(&self) -> Box<dyn Browser> {
        Box::new(Notes(Arc::clone(&self.0)))
    }
}

impl Wait for SharedTestEnv {
    fn wait(&self, _: Duration, cancelled: &AtomicBool) {
        self.0.gate.pass(Some(cancelled));
    }
}

const NOW: i64 = 1_790_000_000;
const NONCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

struct Lens {
    env: Arc<TestEnv>,
    plays: Option<Camera>,
    seq: u64,
}

impl FrameSource for Lens {
    fn start(&mut self) -> Result<(), CameraError> {
        let mut script = self.env.script.lock().unwrap();
        let plays = if script.cameras.len() > 1 { script.cameras.remove(0) } else { script.cameras[0] };
        drop(script);
        match plays {
            Camera::FailsToOpen(error) => return Err(error()),
            Camera::OpensLate => self.env.gate.pass(None),
            _ => {}
        }
        self.env.note("light on");
        *self.env.looks.lock().unwrap() += 1;
        self.plays = Some(plays);
        Ok(())
    }

    fn stop(&mut self) {
        self.env.note("light off");
        self.plays = None;
    }

    fn next_frame(&mut self, _: Duration) -> Result<Frame, CameraError> {
        self.seq += 1;
        match self.plays {
            Some(Camera::FailsLater(error)) if self.seq > 1 => Err(error()),
            Some(Camera::FailsWhenTold(error)) if self.seq > 1 => {
                self.env.gate.pass(None);
                Err(error())
            }
            Some(Camera::Waits) if self.seq > 1 => {
                // Between two frames a cancel is seen within one of these.
                self.env.gate.pass(None);
                Ok(noise_frame(self.seq, 120, 60))
            }
            Some(_) => Ok(noise_frame(self.seq, 120, 60)),
            None => panic!("a frame was asked for while the light is off"),
        }
    }

    fn provenance(&self) -> CameraClaim {
        CameraClaim::synthetic()
    }
}

struct Played<'a> {
    around: SessionContext<'a>,
    env: Arc<TestEnv>,
    inner: DryRun,
}

impl Played<'_> {
    /// What the script says to this; otherwise, or when the network is back, what `approves` says.
    fn answer(
        &mut self,
        verdict: Option<Verdict>,
        approves: impl FnOnce(&mut DryRun) -> Result<Outcome, SessionError>,
    ) -> Result<Outcome, SessionError> {
        match verdict {
            Some(Verdict::Says(outcome)) => return Ok(outcome),
            Some(Verdict::Fails(error)) => return Err(error()),
            Some(Verdict::Offline) => {
                self.around.wait.wait(TIMEOUT, self.around.cancelled);
                if self.around.cancelled.load(std::sync::atomic::Ordering::Relaxed) {
                    return Err(SessionError::Cancelled);
                }
            }
            None => {}
        }
        approves(&mut self.inner)
    }
}

/// The next line of a script, if there is one.
fn next<T>(lines: &mut Vec<T>) -> Option<T> {
    if lines.is_empty() { None } else { Some(lines.remove(0)) }
}

impl SessionApi for Played<'_> {
    fn open(&mut self, link: &LaunchLink) -> Result<Ticket, SessionError> {
        let opening = std::mem::replace(&mut self.env.script.lock().unwrap().opening, Opening::Ticket);
        match opening {
            Opening::Ticket => {
                let fallback = self.env.script.lock().unwrap().fallback.clone();
                let mut ticket = self.inner.open(link)?;
                // A doubt lasts for a second of frames, not five.
                ticket.policy.liveness.longest_millis = 1_000;
                Ok(Ticket { attempts_left: 5, fallback, ..ticket })
            }
            Opening::Fails(error) => Err(error()),
            Opening::Hangs => {
                self.around.wait.wait(TIMEOUT, self.around.cancelled);
                Err(SessionError::Cancelled)
            }
        }
    }

    fn post(&mut self, ticket: &Ticket, sealed: &Sealed) -> Result<Outcome, SessionError> {
        self.env.note("posted");
        let verdict = next(&mut self.env.script.lock().unwrap().verdicts);
        self.answer(verdict, |inner| inner.post(ticket, sealed))
    }

    fn send_code(&mut self, ticket: &Ticket, channel: Fallback) -> Result<CodeSent, SessionError> {
        self.env.note(format!("code sent: {channel:?}"));
        if let Some(Some(error)) = next(&mut self.env.script.lock().unwrap().sends) {
            return Err(error());
        }
        self.inner.send_code(ticket, channel).map(|_| CodeSent { attempts_left: 5 })
    }

    fn check_code(&mut self, ticket: &Ticket, code: &OneTimeCode) -> Result<Outcome, SessionError> {
        self.env.note(format!("code tried: {}", code.as_str()));
        let verdict = next(&mut self.env.script.lock().unwrap().codes);
        self.answer(verdict, |inner| inner.check_code(ticket, code))
    }

    fn abandon(&mut self, ticket: &Ticket, reason: Reason) -> Result<Outcome, SessionError> {
        self.env.note(format!("abandoned: {}", reason.name()));
        self.inner.abandon(ticket, reason)
    }

    fn continue_url(&self, text: &str) -> Result<ContinueUrl, SessionError> {
        self.inner.continue_url(text)
    }
}

struct Notes(Arc<TestEnv>);

impl Browser for Notes {
    fn open(&mut self, _: &ContinueUrl) -> Result<(), BrowserError> {
        self.0.note("browser");
        Ok(())
    }
}
