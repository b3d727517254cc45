//! `countenance-lab bench --window`: frame pacing of the real window while the networks run.

use std::{
    io::Write,
    path::Path,
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use countenance_attest::DeviceKey;
use countenance_camera::FrameSource;
use countenance_client::{
    capture::FaceAnalyzer,
    dry_run::{self, DryRun, NoBrowser},
    runner::Environment,
    session::{ApprovalApi, SessionApi, browser::Browser, client::SessionContext, origin::Origin, wait::Wait},
    settings::SettingsInUse,
};
use countenance_client::{installed::Installed, networks::Networks, source::Source};
use countenance_core::{
    clock::Clock,
    protocol::ModelClaim,
    rng::{SecureRandom, random_text},
};
use countenance_gui::{self as gui, AppContext};
use countenance_lab::pacing::{Paced, Reopened, Report};
use countenance_system::{SystemRandom, console};
use countenance_vision::VisionError;

/// Number of sign-ins to measure.
const LOGINS: u32 = 5;
/// Number of windows to open again.
const WINDOWS: usize = 20;

pub(super) fn run(file: &Path) -> anyhow::Result<ExitCode> {
    let launched = now();
    let networks = Networks::default();
    let report = Arc::new(Mutex::new(Report::default()));
    let (first, shared) = (context(file, &networks)?, Arc::clone(&report));
    gui::run(move |ctx| Paced::new(ctx, first, LOGINS, launched, shared))
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    for _ in 0..WINDOWS {
        let linked = now();
        let (again, shared) = (context(file, &networks)?, Arc::clone(&report));
        gui::run(move |ctx| Reopened::new(ctx, again, linked, shared)).map_err(|error| anyhow::anyhow!("{error}"))?;
    }
    let report = report.lock().unwrap_or_else(PoisonError::into_inner).clone();
    console::stdout().write_all(report.table().as_bytes())?;
    let is_whole = report.approved == LOGINS && report.resident_preview.count() == WINDOWS;
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A window as the program makes it for a link, with these networks.
fn context(file: &Path, networks: &Networks) -> anyhow::Result<AppContext> {
    let camera = Source::Recording { path: file.to_owned(), fps: 25.0 };
    let installed =
        Arc::new(Installed::new(DeviceKey::ephemeral(&SystemRandom), camera).with_networks(networks.clone()));
    Arc::clone(&installed).prepare_early()?;
    let slot = installed.slot.clone();
    Ok(AppContext {
        env: Arc::new(DryRunEnvironment(installed)),
        preview: Box::new(move || slot.frame()),
        allowed: dry_run::ORIGIN.parse().into_iter().collect(),
        link: Some(dry_run::LINK.into()),
        inbox: None,
        stop: Arc::default(),
        plays_recording: true,
        recording_misses_parts: Box::new(|| false),
        settings: SettingsInUse::default(),
        complaints: Vec::new(),
        settings_path: None,
        cameras: Arc::new(Vec::new),
        choose: Arc::new(|_| ()),
        at_login: Arc::new(|_| Ok(())),
        examine: Arc::new(Vec::new),
        models: Vec::new(),
        ended: Arc::default(),
        closes: false,
    })
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures wall time")]
fn now() -> Instant {
    Instant::now()
}

/// The real installation without a verifier: the same flow against [`DryRun`].
struct DryRunEnvironment(Arc<Installed>);

impl Environment for DryRunEnvironment {
    fn analyzer(&self) -> Result<Arc<dyn FaceAnalyzer + Send + Sync>, VisionError> {
        self.0.analyzer()
    }

    fn models(&self) -> Vec<ModelClaim> {
        self.0.models()
    }

    fn key(&self) -> &DeviceKey {
        self.0.key()
    }

    fn clock(&self) -> &dyn Clock {
        self.0.clock()
    }

    fn rng(&self) -> &dyn SecureRandom {
        self.0.rng()
    }

    fn wait(&self) -> &dyn Wait {
        self.0.wait()
    }

    fn camera(&self, wake: Arc<dyn Fn() + Send + Sync>) -> Box<dyn FrameSource> {
        self.0.camera(wake)
    }

    fn session<'a>(&self, around: SessionContext<'a>) -> Box<dyn SessionApi + 'a> {
        Box::new(DryRun::new(random_text::<32>(around.rng), around.clock.now()))
    }

    fn approvals<'a>(&self, origin: &Origin, around: SessionContext<'a>) -> Box<dyn ApprovalApi + 'a> {
        self.0.approvals(origin, around)
    }

    fn browser(&self) -> Box<dyn Browser> {
        Box::new(NoBrowser)
    }
}
