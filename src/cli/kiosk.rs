//! `countenance kiosk`: connects the resident part of a kiosk with its window, and this installation with both.

use std::{
    env,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    process::ExitCode,
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
    time::Instant,
};

use anyhow::{Context, bail};
use clap::Subcommand;

use countenance_attest::{DeviceKey, SOFTWARE, SOFTWARE_VERSION};
use countenance_client::{
    display::NoDisplay,
    installation::data_folder,
    installed::Installed,
    instance::{self, Claim, InstanceDir},
    interrupt::{StopRequest, on_signal},
    qualify::PROFILE_FILE,
    runner::Environment,
    session::{
        HttpSession, SessionError,
        client::{RetryPolicy, SessionContext},
        origin::Origin,
    },
    settings::{LoadedManaged, Managed},
    source::SourceArgs,
};
use countenance_core::{
    policy::Policy,
    protocol::{Heartbeat, HeartbeatAnswer},
};
use countenance_gui as gui;
use countenance_kiosk::{
    KioskBrowser, KioskState,
    camera_setup::CameraSetup,
    config::{CONFIG_FOLDER, KioskConfig},
    exit::Leave,
    health::HealthServer,
    heartbeat,
    idle::{InputWatch, NoInput, WaylandInput},
    monitor::{self, CameraCheck},
    notify::Notifier,
    pin::PinHash,
    pin_entry,
    resident::Resident,
    watch::{CameraWatch, NoWatch, PersonWatch},
};
use countenance_system::{SystemClock, SystemRandom, complain, say};

mod camera;
mod register;
mod window;

use camera::Camera;
use register::RegisterArgs;
use window::Window;

/// Arguments of `kiosk`.
#[derive(Debug, clap::Args)]
pub(crate) struct KioskArgs {
    /// What to do; without it the kiosk runs
    #[command(subcommand)]
    task: Option<KioskTask>,
    /// Folder with kiosk.toml and kiosk.d
    #[arg(long, value_name = "DIR", default_value = CONFIG_FOLDER)]
    config: PathBuf,
    /// Folder of the device key [default: the platform's application data folder]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Where frames come from, for tests. A recording plays in real time.
    #[command(flatten)]
    source: SourceArgs,
}

#[derive(Debug, Clone, Subcommand)]
enum KioskTask {
    /// Ask for an operator's PIN and print the line for kiosk.toml
    ///
    /// Asks twice at a terminal; otherwise reads a line from standard input.
    Pin,
    /// Register this computer as a kiosk at its verifier, with a one-time code of the portal
    ///
    /// Asks for the code at a terminal; otherwise reads a line from standard input. The verifier is the first one of
    /// kiosk.toml. On a kiosk, /usr/lib/countenance-kiosk/register does this as the kiosk's user.
    Register(RegisterArgs),
}

pub(super) fn run(args: &KioskArgs) -> anyhow::Result<ExitCode> {
    match &args.task {
        Some(KioskTask::Pin) => print_pin(),
        Some(KioskTask::Register(task)) => register::run(task, &args.config, args.data.as_ref()),
        None => run_kiosk(args),
    }
}

fn print_pin() -> anyhow::Result<ExitCode> {
    let pin = pin_entry::read_new_pin()?;
    say!("operator_pin = \"{}\"", PinHash::of(&pin, &SystemRandom)?);
    Ok(ExitCode::SUCCESS)
}

fn run_kiosk(args: &KioskArgs) -> anyhow::Result<ExitCode> {
    let dir = match &args.data {
        Some(folder) => InstanceDir::in_folder(folder.join("run")),
        None => InstanceDir::of_this_user()?,
    };
    let Claim::First(inbox) = instance::claim(&dir, None)? else {
        bail!("a kiosk or a window of this account is already open");
    };
    // Before anything is created: without a display there is no window.
    if let Err(NoDisplay { why }) = gui::backend() {
        let why = why.join("; ");
        complain!("countenance: a kiosk needs a screen ({why}); start its service: systemctl start countenance-kiosk");
        return Ok(Leave::Broken.into());
    }
    let LoadedManaged { managed, complaints } = Managed::of_this_machine();
    let state = state(&args.config, &managed);
    for complaint in complaints {
        state.complain(complaint.to_string());
    }
    let data = data_folder(args.data.as_ref())?;
    let key =
        DeviceKey::load_or_create(&data.join("device.key"), &SystemRandom).context("cannot use the device key")?;
    let (setup, complaints) = CameraSetup::load(&state.config, managed, &data);
    for complaint in complaints {
        state.complain(complaint);
    }
    let setup = Arc::new(setup);
    let source = SourceArgs { at_kiosk: Some(policy(&state.config)), ..args.source.clone() };
    let browser = Arc::clone(&state);
    let env = Installed::new(key, source.source(&setup.settings(), Some(&data))?)
        .with_policy(policy(&state.config))
        .with_visitor(Arc::clone(&state.visitor))
        .with_retries(RetryPolicy::patient())
        .with_browser_from(Arc::new(move || Box::new(KioskBrowser(Arc::clone(&browser)))));
    let env = Arc::new(env);
    Arc::clone(&env).prepare_early()?;
    let camera: Arc<dyn CameraCheck> = Arc::new(Camera::new(Arc::clone(&env)));
    let stop = Arc::<StopRequest>::default();
    on_signal(Arc::clone(&stop), || std::process::exit(Leave::Stopped.code().into())).context("cannot heed signals")?;
    let notifier = Arc::new(Notifier::from_env());
    serve_health(&state);
    monitor::begin(&state, &camera, Arc::clone(&notifier), health_file())?;
    monitor::feed_watchdog(&state, &notifier)?;
    let sender = Arc::clone(&env);
    heartbeat::begin(&state, Box::new(move |origin, heartbeat| send(&*sender, origin, heartbeat)))?;
    let mut watch: Box<dyn PersonWatch> = if state.config.watch {
        Box::new(CameraWatch::new(Arc::clone(&env) as _, Arc::clone(&state.visitor)))
    } else {
        Box::new(NoWatch)
    };
    let mut screens =
        Window::new(source, &state, env, Rc::new(inbox), Arc::clone(&stop), setup, data.join(PROFILE_FILE));
    let mut input: Box<dyn InputWatch> = match WaylandInput::connect() {
        Ok(input) => Box::new(input),
        Err(error) => {
            state.complain(format!("who uses the browser is asked every {} s: {error}", state.config.idle.get()));
            Box::new(NoInput)
        }
    };
    for complaint in state.complaints() {
        complain!("countenance: {complaint}");
    }
    notifier.ready();
    let ran = catch_unwind(AssertUnwindSafe(|| {
        let (state, camera) = (Arc::clone(&state), &*camera);
        Resident { state, screens: &mut screens, input: &mut *input, camera, watch: &mut *watch, stop: &stop }.run()
    }));
    notifier.stopping();
    // The panic itself has been reported.
    let leave = ran.unwrap_or(Leave::Broken);
    state.shut_down();
    Ok(leave.into())
}

/// Sends a heartbeat, signed by the key of `env`.
fn send(env: &dyn Environment, origin: &Origin, heartbeat: &Heartbeat) -> Result<HeartbeatAnswer, SessionError> {
    let never = AtomicBool::new(false);
    let around =
        SessionContext { key: env.key(), clock: env.clock(), rng: env.rng(), wait: env.wait(), cancelled: &never };
    let session = HttpSession::new(format!("{SOFTWARE} {SOFTWARE_VERSION}"), around, RetryPolicy::default());
    session.heartbeat(origin, heartbeat)
}

/// The shared state, with what is `managed` for the machine, and what the files in `folder` say.
fn state(folder: &std::path::Path, managed: &Managed) -> Arc<KioskState> {
    let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let roots: Vec<_> = runtime.into_iter().chain(["/run".into()]).collect();
    let began = now();
    let since_start = Box::new(move || now().saturating_duration_since(began));
    let mut loaded = KioskConfig::load(folder, &roots);
    loaded.obey(managed);
    KioskState::new(loaded, &roots, Box::new(SystemClock), since_start)
}

/// The thresholds of a kiosk, where people stand as far away as the configuration says.
fn policy(config: &KioskConfig) -> Policy {
    let mut policy = Policy::for_kiosk();
    policy.quality.face_ratio_min = config.min_face.get();
    policy
}

/// Where the service manager wants what a service leaves for others while it runs.
fn health_file() -> Option<PathBuf> {
    let folders = env::var_os("RUNTIME_DIRECTORY")?;
    env::split_paths(&folders).next().map(|folder| folder.join("health.json"))
}

/// Without health pages, a kiosk still serves people.
fn serve_health(state: &Arc<KioskState>) {
    let Some(address) = state.config.health else { return };
    if let Err(error) = HealthServer::begin(address, Arc::clone(state) as _) {
        state.complain(format!("health is not served at {address}: {error}"));
    }
}

#[expect(clippy::disallowed_methods, reason = "the kiosk's own time starts here")]
fn now() -> Instant {
    Instant::now()
}
