//! `countenance` and `countenance LINK`: opens the window on the product's own environment.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    rc::Rc,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, bail};
use serde_json::json;

use countenance_attest::DeviceKey;
use countenance_camera::Listed;
use countenance_client::{
    doctor::{self, DoctorContext as Examined},
    flow::{FlowOutcome, Remedy},
    headless::{Exit, causes},
    installation::InstallationArgs,
    installed::Installed,
    instance::{self, Call, Claim, Inbox, InstanceDir, InstanceError, KIOSK_VARIABLE},
    interrupt::{StopRequest, on_signal},
    networks::Networks,
    registration,
    runner::RunOutcome,
    session::origin::AllowedOrigins,
    settings::{
        Complaint, Loaded, LoadedManaged, Managed, ManagedComplaint, ManagedFault, NETS_FOLDER, Settings, SettingsInUse,
    },
    source::{Source, SourceArgs},
};
use countenance_core::protocol::CameraKind;
use countenance_gui::{self as gui, AppContext, CameraEntry, SettingsComplaint};
use countenance_system::{SystemRandom, complain, console};
use countenance_vision as vision;

/// Arguments of the window.
#[derive(Debug, clap::Args)]
pub(crate) struct WindowArgs {
    /// Launch link from the landing page: countenance://verify?…
    #[arg(value_name = "LINK", value_parser = super::launch_link)]
    link: Option<String>,
    /// Where frames come from. A recording plays in real time.
    #[command(flatten)]
    source: SourceArgs,
    /// Settings, data and verifiers of the installation.
    #[command(flatten)]
    installation: InstallationArgs,
}

pub(super) fn run(args: WindowArgs) -> anyhow::Result<ExitCode> {
    let inbox = match instance::claim(&instance_dir(&args.installation)?, args.link.as_deref())? {
        Claim::First(_) if std::env::var_os(KIOSK_VARIABLE).is_some() => bail!("the kiosk does not run; try again"),
        Claim::First(inbox) => Rc::new(inbox),
        Claim::HandedOver => return Ok(ExitCode::SUCCESS),
    };
    // macOS passes the links that it opens with this program as events, and the first of them early.
    #[cfg(target_os = "macos")]
    {
        let caller = inbox.caller();
        countenance_system::opened_links::on_link(move |link| {
            caller.link(link);
        });
    }
    let mut windows = Windows::new(args.source, args.installation)?;
    on_signal(Arc::clone(&windows.stop), || std::process::exit(Exit::Cancelled as i32))
        .context("cannot heed signals")?;
    let mut ended = windows.show(args.link, &inbox)?;
    // One that arrived while the window closed.
    while let (false, Some(Call::Link(link))) = (windows.stop.is_asked(), inbox.next_call()) {
        ended = windows.show(Some(String::clone(&link)), &inbox)?;
    }
    // Only now is there no first instance, which the next one would call.
    drop(inbox);
    #[cfg(not(target_os = "macos"))]
    if !windows.stop.is_asked() && windows.settings().0.resident {
        super::resident::begin()?;
    }
    Ok(ended.map_or(ExitCode::SUCCESS, told))
}

/// A data directory of its own, as in tests and the demo, means an instance of its own.
pub(super) fn instance_dir(installation: &InstallationArgs) -> Result<InstanceDir, InstanceError> {
    match &installation.data {
        Some(folder) => Ok(InstanceDir::in_folder(folder.join("run"))),
        None => InstanceDir::of_this_user(),
    }
}

/// Opens one window after another. What they share are the networks; each reads settings and key anew.
pub(super) struct Windows {
    source: SourceArgs,
    installation: InstallationArgs,
    networks: Networks,
    /// Closes the window that is open.
    pub(super) stop: Arc<StopRequest>,
}

impl Windows {
    /// The windows of this installation, with frames from `source`. Creates nothing.
    ///
    /// # Errors
    ///
    /// Without a display there is no window.
    pub(super) fn new(source: SourceArgs, installation: InstallationArgs) -> anyhow::Result<Self> {
        gui::backend()?;
        Ok(Self { source, installation, networks: Networks::default(), stop: Arc::default() })
    }

    /// The networks that the settings ask for; those that are loaded, if they are the same.
    pub(super) fn networks(&mut self, settings: &Settings) -> anyhow::Result<Networks> {
        let folder = settings.net_folder(&self.installation.data_folder()?);
        self.networks = self.networks.with(folder, settings.liveness_nets.clone());
        Ok(self.networks.clone())
    }

    /// The settings in use, and what was ignored of them.
    pub(super) fn settings(&self) -> (SettingsInUse, Vec<SettingsComplaint>) {
        loaded(self.installation.settings().as_deref())
    }

    /// Opens a window, which begins with the sign-in behind `link`, and returns the outcome of its last sign-in once it has
    /// closed.
    pub(super) fn show(&mut self, link: Option<String>, inbox: &Rc<Inbox>) -> anyhow::Result<Option<RunOutcome>> {
        let data = self.installation.data_folder()?;
        let key =
            DeviceKey::load_or_create(&data.join("device.key"), &SystemRandom).context("cannot use the device key")?;
        let (settings, complaints) = self.settings();
        let allowed = self.installation.verifiers(&settings)?;
        let env = Installed::new(key, self.source.source(&settings, Some(&data))?)
            .with_networks(self.networks(&settings)?)
            .with_browser(self.installation.browser);
        let env = Arc::new(env);
        Arc::clone(&env).prepare_early()?;
        let ended = Arc::new(Mutex::new(None));
        let (cameras, choose) = cameras(&env, self.source.clone(), &settings);
        let path = self.installation.settings();
        let context = context(Arc::clone(&env), link, &data, settings, path, allowed, Arc::clone(&ended));
        let (inbox, stop) = (Some(Rc::clone(inbox)), Arc::clone(&self.stop));
        let context = AppContext { complaints, cameras, choose, inbox, stop, ..context };
        // Not every error of the toolkit can be passed to another thread, as `anyhow` asks.
        gui::open(context).map_err(|error| anyhow::anyhow!("{error}"))?;
        tell_losses(&env);
        Ok(*ended.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

pub(super) type Lists = Arc<dyn Fn() -> Vec<CameraEntry> + Send + Sync>;
pub(super) type Chooses = Arc<dyn Fn(&Settings) + Send + Sync>;

/// What lists the cameras for the window and what applies the user's choice. Both do nothing for a recording.
pub(super) fn cameras(env: &Installed, args: SourceArgs, settings: &Settings) -> (Lists, Chooses) {
    let Source::Camera(cameras) = env.source() else { return (Arc::new(Vec::new), Arc::new(|_| ())) };
    let (lists, chooses, slot) = (Arc::clone(cameras), Arc::clone(cameras), env.slot.clone());
    let entry = |camera: Listed| CameraEntry {
        id: camera.id,
        name: camera.name,
        stands_in: camera.provenance.kind == CameraKind::Virtual,
    };
    let before = settings.camera.clone();
    let choose = move |settings: &Settings| {
        let mut args = args.clone();
        // The camera given on the command line applies until the user chooses another.
        if settings.camera != before {
            args.camera = None;
        }
        chooses.choose(args.request(settings));
        slot.reopen();
    };
    (Arc::new(move || lists.list().into_iter().map(entry).collect()), Arc::new(choose))
}

fn context(
    env: Arc<Installed>,
    link: Option<String>,
    data: &Path,
    settings: SettingsInUse,
    settings_path: Option<PathBuf>,
    allowed: AllowedOrigins,
    ended: Arc<Mutex<Option<RunOutcome>>>,
) -> AppContext {
    let (key, nets, path) = (data.join("device.key"), data.join(NETS_FOLDER), settings_path.clone());
    let (slot, played) = (env.slot.clone(), env.slot.clone());
    AppContext {
        preview: Box::new(move || slot.frame()),
        plays_recording: matches!(env.source(), Source::Recording { .. }),
        recording_misses_parts: Box::new(move || played.losses().is_missing_parts()),
        env,
        allowed,
        closes: link.is_some(),
        link,
        inbox: None,
        stop: Arc::default(),
        settings,
        complaints: Vec::new(),
        settings_path,
        cameras: Arc::new(Vec::new),
        choose: Arc::new(|_| ()),
        at_login: Arc::new(|is_wanted| registration::start_at_login(is_wanted).map_err(|error| causes(&error))),
        examine: Arc::new(move || {
            let mut around = Examined::of_this_machine(true);
            around.key = Some(key.clone());
            around.nets = Some(nets.clone());
            around.settings.clone_from(&path);
            doctor::examine(&around)
        }),
        models: vision::models().map_or_else(|_| Vec::new(), |all| all.iter().map(line_of).collect()),
        ended,
    }
}

fn line_of(model: &vision::Model) -> String {
    format!("{}: {}", model.what, model.licence)
}

/// Says what a recording in place of a camera did not show: what was judged is not all that was recorded.
fn tell_losses(env: &Installed) {
    let losses = env.slot.losses();
    if let (Source::Recording { path, .. }, false) = (env.source(), losses.is_empty()) {
        complain!("countenance: {}: {losses}", path.display());
    }
}

/// Prints the outcome to standard output, in the form that `capture` uses.
fn told(ended: RunOutcome) -> ExitCode {
    let (line, exit) = match ended {
        RunOutcome::Approved(_) => (json!({"event": "ended", "result": "approved"}), Exit::Approved),
        RunOutcome::Refused(reason) => (
            json!({"event": "ended", "result": "refused", "reason": reason}),
            Exit::of(&Ok(FlowOutcome::Refused(reason))),
        ),
        RunOutcome::Failed(remedy) => {
            let exit = match remedy {
                Remedy::CheckNetwork => Exit::Unreachable,
                Remedy::LoginAgain | Remedy::SetClock { .. } => Exit::SessionOver,
                Remedy::ApproveDevice => Exit::NotApproved,
                Remedy::Update => Exit::TooOld,
                Remedy::TellOperator => Exit::Broken,
            };
            (json!({"event": "failed"}), exit)
        }
    };
    // A closed pipe is not an error here.
    writeln!(console::stdout(), "{line}").ok();
    exit.into()
}

/// The settings, and what was ignored of them. A file that cannot be read at all is left untouched.
fn loaded(path: Option<&Path>) -> (SettingsInUse, Vec<SettingsComplaint>) {
    let LoadedManaged { managed, complaints } = Managed::of_this_machine();
    for complaint in &complaints {
        tracing::warn!(%complaint, "of the managed settings");
    }
    let mut complaints: Vec<_> = complaints.iter().map(of_managed).collect();
    let (user, ignored) = path.map(loaded_of_user).unwrap_or_default();
    complaints.extend(ignored);
    (SettingsInUse::new(user, managed), complaints)
}

fn of_managed(complaint: &ManagedComplaint) -> SettingsComplaint {
    let place = complaint.at();
    match &complaint.fault {
        ManagedFault::Value(value) => SettingsComplaint::ManagedValue { place, fault: value.what() },
        ManagedFault::Unusable { why, .. } => SettingsComplaint::Managed { place, fault: why.clone() },
    }
}

fn loaded_of_user(path: &Path) -> (Settings, Vec<SettingsComplaint>) {
    let shown = path.display().to_string();
    match Settings::load(path) {
        Ok(Loaded { settings, complaints }) => {
            let complaint = |complaint: Complaint| SettingsComplaint::Line {
                path: shown.clone(),
                line: complaint.line.unwrap_or(1) as u32,
                fault: complaint.what(),
            };
            (settings, complaints.into_iter().map(complaint).collect())
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "using default settings");
            (Settings::default(), vec![SettingsComplaint::File { path: shown, fault: causes(&error.source) }])
        }
    }
}
