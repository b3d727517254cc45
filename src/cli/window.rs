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
    installed::{Installed, load_early},
    instance::{self, Claim, Inbox, InstanceDir, KIOSK_VARIABLE},
    interrupt::on_signal,
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
    // A data directory of its own, as in tests and the demo, means an instance of its own.
    let dir = match &args.installation.data {
        Some(folder) => InstanceDir::in_folder(folder.join("run")),
        None => InstanceDir::of_this_user()?,
    };
    let inbox = match instance::claim(&dir, args.link.as_deref())? {
        Claim::First(_) if std::env::var_os(KIOSK_VARIABLE).is_some() => bail!("the kiosk does not run; try again"),
        Claim::First(inbox) => inbox,
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
    // Before anything is created: without a display there is no window.
    gui::backend()?;
    let data = args.installation.data_folder()?;
    let key =
        DeviceKey::load_or_create(&data.join("device.key"), &SystemRandom).context("cannot use the device key")?;
    let settings_path = args.installation.settings();
    let (settings, complaints) = loaded(settings_path.as_deref());
    let allowed = args.installation.verifiers(&settings)?;
    let env = Installed::new(key, args.source.source(&settings, Some(&data))?)
        .with_nets(settings.net_folder(&data), settings.liveness_nets.clone())
        .with_browser(args.installation.browser);
    let env = Arc::new(env);
    load_early(Arc::clone(&env))?;
    let ended = Arc::new(Mutex::new(None));
    let played = Arc::clone(&env);
    let (cameras, choose) = cameras(&env, args.source, &settings);
    let context = context(env, args.link, inbox, &data, settings, settings_path, allowed, Arc::clone(&ended));
    let context = AppContext { complaints, cameras, choose, ..context };
    on_signal(Arc::clone(&context.stop), || std::process::exit(Exit::Cancelled as i32))
        .context("cannot heed signals")?;
    // Not every error of the toolkit can be passed to another thread, as `anyhow` asks.
    gui::open(context).map_err(|error| anyhow::anyhow!("{error}"))?;
    tell_losses(&played);
    let ended = *ended.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(ended.map_or(ExitCode::SUCCESS, told))
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

#[expect(clippy::too_many_arguments, reason = "one argument per field of the struct")]
fn context(
    env: Arc<Installed>,
    link: Option<String>,
    inbox: Inbox,
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
        inbox: Some(Rc::new(inbox)),
        stop: Arc::default(),
        settings,
        complaints: Vec::new(),
        settings_path,
        cameras: Arc::new(Vec::new),
        choose: Arc::new(|_| ()),
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
