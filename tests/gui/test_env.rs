//! Test environment of the window: fake camera, networks, verifier and browser, without delays.

use std::{
    sync::{Arc, Condvar, Mutex, atomic::AtomicBool},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use countenance_attest::{DeviceKey, Sealed};
use countenance_camera::{CameraError, FrameSource};
use countenance_client::{
    capture::FaceAnalyzer,
    dry_run::{DryRun, FixedClock},
    runner::Environment,
    session::{
        ApprovalApi, SessionApi, SessionError,
        browser::{Browser, BrowserError},
        client::SessionContext,
        continue_url::ContinueUrl,
        link::LaunchLink,
        origin::Origin,
        wait::Wait,
    },
    settings::Settings,
    testing::{FakeAnalyzer, unit},
    visitor::Visitor,
};
use countenance_core::{
    clock::Clock,
    frame::Frame,
    policy::SentPolicy,
    protocol::{
        ApprovalCode, ApprovalRequest, Attended, CameraClaim, CodeSent, Display, Fallback, ModelClaim, OneTimeCode,
        Outcome, Pin, Purpose, Reason, SupervisorNumber, Ticket,
    },
    rng::{SecureRandom, SeededRng},
    testing::{face_at, noise_frame},
};
use countenance_gui::CameraEntry;
use countenance_vision::VisionError;

/// Maximum duration of any wait.
pub(super) const TIMEOUT: Duration = Duration::from_secs(30);

/// The camera's behavior at each start, in order; the last one repeats.
#[derive(Clone, Copy)]
pub(crate) enum Camera {
    /// Streams frames without end.
    Streams,
    /// Fails to open.
    FailsToOpen(fn() -> CameraError),
    /// Opens, gives one frame, then fails.
    FailsLater(fn() -> CameraError),
    /// Opens and gives one frame; fails after [`TestEnv::go_on`].
    FailsOnSignal(fn() -> CameraError),
    /// Opens after [`TestEnv::go_on`], then streams frames without end.
    OpensLate,
    /// Opens and gives one frame; streams the rest after [`TestEnv::go_on`].
    Waits,
}

/// The verifier's response to each capture or code, in order; later ones are approved.
#[derive(Clone)]
pub(crate) enum Verdict {
    /// Returns this outcome.
    Returns(Outcome),
    /// Offline: waits for [`TestEnv::go_on`], then approves.
    Offline,
    /// Fails with this error.
    Fails(fn() -> SessionError),
}

/// How the session opens.
pub(crate) enum Opening {
    /// With a ticket.
    Ticket,
    /// Fails with this error.
    Fails(fn() -> SessionError),
    /// Hangs until the user cancels.
    Hangs,
}

/// How the code of another device is looked up.
#[derive(Clone, Copy)]
pub(crate) enum Lookup {
    /// Fails with this error.
    Fails(fn() -> SessionError),
    /// Hangs until the user cancels.
    Hangs,
}

/// The script of a test.
pub(crate) struct Script {
    pub(crate) cameras: Vec<Camera>,
    pub(crate) opening: Opening,
    pub(crate) purpose: Purpose,
    pub(crate) verdicts: Vec<Verdict>,
    /// Channels for one-time codes that the ticket offers.
    pub(crate) fallback: Vec<Fallback>,
    pub(crate) codes: Vec<Verdict>,
    /// Results of sending a code, in order, `None` for success; later ones succeed.
    pub(crate) sends: Vec<Option<fn() -> SessionError>>,
    /// Whether the ticket demands a supervisor.
    pub(crate) attendance: bool,
    /// After how many seconds a kiosk asks for the person, if the ticket says so.
    pub(crate) idle_secs: Option<u32>,
    /// Errors of presenting a supervisor, in order; later ones are accepted.
    pub(crate) attends: Vec<fn() -> SessionError>,
    /// Results of looking up the code of another device, in order; later ones succeed.
    pub(crate) lookups: Vec<Lookup>,
    /// Errors of allowing another device, in order; later ones succeed.
    pub(crate) approvals: Vec<fn() -> SessionError>,
    /// Log odds of a live person, by capture; the last repeats.
    pub(crate) odds: Vec<f32>,
    /// Number of captures at the start that show no face.
    pub(crate) empty_captures: usize,
    /// From this frame on, another person is there.
    pub(crate) replaced_at_frame: Option<u64>,
    /// Why the program cannot be started at login.
    pub(crate) autostart: Option<&'static str>,
}

impl Default for Script {
    fn default() -> Self {
        let (cameras, verdicts, fallback) = (vec![Camera::Streams], Vec::new(), Vec::new());
        let (codes, sends, odds) = (Vec::new(), Vec::new(), vec![3.0]);
        let (opening, purpose) = (Opening::Ticket, Purpose::Verify);
        let (lookups, approvals) = (Vec::new(), Vec::new());
        Self {
            cameras,
            opening,
            purpose,
            verdicts,
            fallback,
            codes,
            sends,
            attendance: false,
            idle_secs: None,
            attends: Vec::new(),
            lookups,
            approvals,
            odds,
            empty_captures: 0,
            replaced_at_frame: None,
            autostart: None,
        }
    }
}

/// The environment behind the window, and a record of its use.
pub(crate) struct TestEnv {
    script: Mutex<Script>,
    captures: Mutex<usize>,
    key: DeviceKey,
    /// Events of camera, verifier and browser, in order.
    pub(crate) log: Mutex<Vec<String>>,
    /// The attestation posted last.
    posted: Mutex<String>,
    gate: Gate,
    plugged: Mutex<Vec<CameraEntry>>,
    visitor: Arc<Visitor>,
    /// Camera settings passed on by the window, in order.
    pub(crate) chosen: Mutex<Vec<Settings>>,
    /// Whether the program is to be started at login, as the window has asked, in order.
    pub(crate) at_login: Mutex<Vec<bool>>,
}

/// Blocks every thread in `pass` until opened.
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
        let (script, captures, log) = (Mutex::new(script), Mutex::new(0), Mutex::new(Vec::new()));
        let (plugged, chosen, posted) = (Mutex::default(), Mutex::default(), Mutex::default());
        Arc::new(Self {
            script,
            captures,
            key,
            log,
            posted,
            gate: Gate::default(),
            plugged,
            visitor: Arc::default(),
            chosen,
            at_login: Mutex::default(),
        })
    }

    pub(crate) fn ask_at_login(&self, is_wanted: bool) -> Result<(), String> {
        self.at_login.lock().unwrap().push(is_wanted);
        self.script.lock().unwrap().autostart.map_or(Ok(()), |why| Err(why.to_owned()))
    }

    /// Sets the connected cameras; each has its id as its name.
    pub(crate) fn plug(&self, ids: &[&str]) {
        let entry = |id: &&str| CameraEntry { id: (*id).into(), name: (*id).into(), stands_in: false };
        *self.plugged.lock().unwrap() = ids.iter().map(entry).collect();
    }

    pub(crate) fn plugged(&self) -> Vec<CameraEntry> {
        self.plugged.lock().unwrap().clone()
    }

    /// Releases whatever waits: the network is back, the camera continues.
    pub(crate) fn go_on(&self) {
        self.gate.open();
    }

    pub(crate) fn recorded(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// The claims of the attestation posted last.
    pub(crate) fn posted_claims(&self) -> serde_json::Value {
        let jws = self.posted.lock().unwrap();
        let payload = jws.split('.').nth(1).unwrap();
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
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
        let replaced_at = self.0.script.lock().unwrap().replaced_at_frame.unwrap_or(u64::MAX);
        let detector = FakeAnalyzer::live(0.0).with_faces(move |frame| {
            let captures = *seen.captures.lock().unwrap();
            if captures <= seen.script.lock().unwrap().empty_captures {
                vec![]
            } else {
                let x = if frame.seq() < replaced_at { 320.0 } else { 530.0 };
                vec![face_at(x, 240.0, 200.0)]
            }
        });
        let detector = detector.with_embedding(move |frame| unit(usize::from(frame.seq() >= replaced_at)));
        Ok(Arc::new(detector.with_log_odds(move |_| {
            let (script, captures) = (judged.script.lock().unwrap(), *judged.captures.lock().unwrap());
            script.odds.get(captures - 1).or(script.odds.last()).copied().unwrap_or_default()
        })))
    }

    fn models(&self) -> Vec<ModelClaim> {
        vec![ModelClaim { name: "played".into(), sha256: "0".repeat(64) }]
    }

    fn visitor(&self) -> Option<Arc<Visitor>> {
        Some(Arc::clone(&self.0.visitor))
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
        Box::new(FakeCamera { env: Arc::clone(&self.0), behavior: None, seq: 0 })
    }

    fn session<'a>(&self, context: SessionContext<'a>) -> Box<dyn SessionApi + 'a> {
        Box::new(FakeSession { context, env: Arc::clone(&self.0), inner: DryRun::new(NONCE.into(), NOW) })
    }

    fn approvals<'a>(&self, _: &Origin, context: SessionContext<'a>) -> Box<dyn ApprovalApi + 'a> {
        Box::new(FakeApprovals { context, env: Arc::clone(&self.0) })
    }

    fn browser(&self) -> Box<dyn Browser> {
        Box::new(FakeBrowser(Arc::clone(&self.0)))
    }
}

impl Wait for SharedTestEnv {
    fn wait(&self, _: Duration, cancelled: &AtomicBool) {
        self.0.gate.pass(Some(cancelled));
    }
}

const NOW: i64 = 1_790_000_000;
/// Thumbprint of the device that asks to be allowed.
pub(crate) const OTHER_DEVICE: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
const NONCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

struct FakeCamera {
    env: Arc<TestEnv>,
    behavior: Option<Camera>,
    seq: u64,
}

impl FrameSource for FakeCamera {
    fn start(&mut self) -> Result<(), CameraError> {
        let mut script = self.env.script.lock().unwrap();
        let behavior = if script.cameras.len() > 1 { script.cameras.remove(0) } else { script.cameras[0] };
        drop(script);
        match behavior {
            Camera::FailsToOpen(error) => return Err(error()),
            Camera::OpensLate => self.env.gate.pass(None),
            _ => {}
        }
        self.env.note("light on");
        *self.env.captures.lock().unwrap() += 1;
        self.behavior = Some(behavior);
        Ok(())
    }

    fn stop(&mut self) {
        self.env.note("light off");
        self.behavior = None;
    }

    fn next_frame(&mut self, _: Duration) -> Result<Frame, CameraError> {
        self.seq += 1;
        match self.behavior {
            Some(Camera::FailsLater(error)) if self.seq > 1 => Err(error()),
            Some(Camera::FailsOnSignal(error)) if self.seq > 1 => {
                self.env.gate.pass(None);
                Err(error())
            }
            Some(Camera::Waits) if self.seq > 1 => {
                // The flow notices a cancellation between two frames, so the gate need not.
                self.env.gate.pass(None);
                Ok(noise_frame(self.seq, 120, 60))
            }
            Some(_) => Ok(noise_frame(self.seq, 120, 60)),
            None => panic!("a frame was requested while the camera is off"),
        }
    }

    fn provenance(&self) -> CameraClaim {
        CameraClaim::synthetic()
    }
}

struct FakeSession<'a> {
    context: SessionContext<'a>,
    env: Arc<TestEnv>,
    inner: DryRun,
}

impl FakeSession<'_> {
    /// The scripted verdict; without one, or once the network is back, the result of `approves`.
    fn answer(
        &mut self,
        verdict: Option<Verdict>,
        approves: impl FnOnce(&mut DryRun) -> Result<Outcome, SessionError>,
    ) -> Result<Outcome, SessionError> {
        match verdict {
            Some(Verdict::Returns(outcome)) => return Ok(outcome),
            Some(Verdict::Fails(error)) => return Err(error()),
            Some(Verdict::Offline) => {
                self.context.wait.wait(TIMEOUT, self.context.cancelled);
                if self.context.cancelled.load(std::sync::atomic::Ordering::Relaxed) {
                    return Err(SessionError::Cancelled);
                }
            }
            None => {}
        }
        approves(&mut self.inner)
    }
}

/// Removes and returns the first entry of a script.
fn next<T>(entries: &mut Vec<T>) -> Option<T> {
    if entries.is_empty() { None } else { Some(entries.remove(0)) }
}

impl SessionApi for FakeSession<'_> {
    fn open(&mut self, link: &LaunchLink) -> Result<Ticket, SessionError> {
        let opening = std::mem::replace(&mut self.env.script.lock().unwrap().opening, Opening::Ticket);
        match opening {
            Opening::Ticket => {
                let (fallback, purpose, attendance, idle_secs) = {
                    let script = self.env.script.lock().unwrap();
                    (script.fallback.clone(), script.purpose, script.attendance, script.idle_secs)
                };
                let mut ticket = self.inner.open(link)?;
                // An inconclusive capture ends after one second of frames instead of five.
                let mut policy = ticket.policy.values().clone();
                policy.liveness.longest_millis = 1_000;
                policy.kiosk.idle_secs = idle_secs.unwrap_or(policy.kiosk.idle_secs);
                ticket.policy = SentPolicy::new(&policy);
                Ok(Ticket { attempts_left: 5, fallback, purpose, attendance, ..ticket })
            }
            Opening::Fails(error) => Err(error()),
            Opening::Hangs => {
                self.context.wait.wait(TIMEOUT, self.context.cancelled);
                Err(SessionError::Cancelled)
            }
        }
    }

    fn attend(&mut self, _: &Ticket, number: &SupervisorNumber, pin: &Pin) -> Result<Attended, SessionError> {
        self.env.note(format!("supervisor: {} {}", number.as_str(), pin.as_str()));
        match next(&mut self.env.script.lock().unwrap().attends) {
            Some(error) => Err(error()),
            None => Ok(Attended { attended_by: number.clone() }),
        }
    }

    fn post(&mut self, ticket: &Ticket, sealed: &Sealed) -> Result<Outcome, SessionError> {
        self.env.note("posted");
        sealed.jws().clone_into(&mut self.env.posted.lock().unwrap());
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

struct FakeApprovals<'a> {
    context: SessionContext<'a>,
    env: Arc<TestEnv>,
}

impl ApprovalApi for FakeApprovals<'_> {
    fn look_up(&self, code: &ApprovalCode) -> Result<ApprovalRequest, SessionError> {
        self.env.note(format!("looked up: {}", code.as_str()));
        let lookup = next(&mut self.env.script.lock().unwrap().lookups);
        match lookup {
            Some(Lookup::Fails(error)) => return Err(error()),
            Some(Lookup::Hangs) => {
                self.context.wait.wait(TIMEOUT, self.context.cancelled);
                return Err(SessionError::Cancelled);
            }
            None => {}
        }
        Ok(ApprovalRequest {
            display: Display {
                application: "Payroll".into(),
                tenant: "login.example.com".into(),
                account: "a•••@example.com".into(),
                started_at: NOW - 90,
            },
            device_id: OTHER_DEVICE.into(),
            device_name: "countenance 0.1.0".into(),
            requested_at: NOW - 70,
        })
    }

    fn approve(&self, code: &ApprovalCode, device_id: &str) -> Result<(), SessionError> {
        self.env.note(format!("allowed: {} {device_id}", code.as_str()));
        next(&mut self.env.script.lock().unwrap().approvals).map_or(Ok(()), |error| Err(error()))
    }
}

struct FakeBrowser(Arc<TestEnv>);

impl Browser for FakeBrowser {
    fn open(&mut self, _: &ContinueUrl) -> Result<(), BrowserError> {
        self.0.note("browser");
        Ok(())
    }
}
