//! `countenance kiosk`: connects the resident part of a kiosk with its window, and this installation with both.

use std::{
    env,
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    process::ExitCode,
    rc::Rc,
    sync::{Arc, Mutex, PoisonError, atomic::AtomicBool},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use clap::Subcommand;

use countenance_attest::{DeviceKey, SOFTWARE, SOFTWARE_VERSION};
use countenance_camera::{CameraErrorKind, CameraRequest};
use countenance_client::{
    doctor::{self, DoctorContext},
    installation::data_folder,
    installed::{Installed, load_early},
    instance::{self, Call, Claim, Inbox, InstanceDir},
    interrupt::{StopRequest, on_signal},
    runner::Environment,
    session::{
        HttpSession, SessionError,
        client::{RetryPolicy, SessionContext},
        origin::Origin,
    },
    settings::Settings,
    source::{Source, SourceArgs},
};
use countenance_core::{
    policy::Policy,
    protocol::{Heartbeat, HeartbeatAnswer},
};
use countenance_gui::{self as gui, kiosk as window, words::Language};
use countenance_kiosk::{
    KioskBrowser, KioskState,
    config::{BadgeForm, CONFIG_FOLDER, KioskConfig},
    exit::Leave,
    health::HealthServer,
    heartbeat,
    idle::{InputWatch, NoInput, WaylandInput},
    monitor::{self, CameraCheck},
    notify::Notifier,
    pin::{PinAnswer, PinHash},
    pin_entry,
    resident::Resident,
    screens::{Closed, Opening, OperatorRequest, ScreenError, Screens},
    trouble::Condition,
};
use countenance_system::{SystemClock, SystemRandom, complain, say};

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

#[derive(Debug, Clone, Copy, Subcommand)]
enum KioskTask {
    /// Ask for an operator's PIN and print the line for kiosk.toml
    ///
    /// Asks twice at a terminal; otherwise reads a line from standard input.
    Pin,
}

pub(super) fn run(args: &KioskArgs) -> anyhow::Result<ExitCode> {
    match args.task {
        Some(KioskTask::Pin) => print_pin(),
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
    gui::backend()?;
    let state = state(&args.config);
    let data = data_folder(args.data.as_ref())?;
    let key =
        DeviceKey::load_or_create(&data.join("device.key"), &SystemRandom).context("cannot use the device key")?;
    let settings = settings(&state.config);
    let browser = Arc::clone(&state);
    let env = Installed::new(key, args.source.source(&settings, Some(&data)))
        .with_policy(policy(&state.config))
        .with_browser_from(Arc::new(move || Box::new(KioskBrowser(Arc::clone(&browser)))));
    let env = Arc::new(env);
    load_early(Arc::clone(&env))?;
    let camera: Arc<dyn CameraCheck> =
        Arc::new(Camera { env: Arc::clone(&env), request: args.source.request(&settings), busy: Mutex::default() });
    let stop = Arc::<StopRequest>::default();
    on_signal(Arc::clone(&stop), || std::process::exit(Leave::Stopped.code().into())).context("cannot heed signals")?;
    let notifier = Arc::new(Notifier::from_env());
    serve_health(&state);
    monitor::begin(&state, &camera, Arc::clone(&notifier), health_file())?;
    monitor::feed_watchdog(&state, &notifier)?;
    let sender = Arc::clone(&env);
    heartbeat::begin(&state, Box::new(move |origin, heartbeat| send(&*sender, origin, heartbeat)))?;
    let context = context(args, &state, env, Rc::new(inbox), Arc::clone(&stop), settings);
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
        let mut screens = Window { context };
        let (state, camera) = (Arc::clone(&state), &*camera);
        Resident { state, screens: &mut screens, input: &mut *input, camera, stop: &stop }.run()
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

/// The shared state, with what the files in `folder` say.
fn state(folder: &std::path::Path) -> Arc<KioskState> {
    let runtime = env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let roots: Vec<_> = runtime.into_iter().chain(["/run".into()]).collect();
    let began = now();
    let since_start = Box::new(move || now().saturating_duration_since(began));
    KioskState::new(KioskConfig::load(folder, &roots), &roots, Box::new(SystemClock), since_start)
}

/// The thresholds of a kiosk, where people stand as far away as the configuration says.
fn policy(config: &KioskConfig) -> Policy {
    let mut policy = Policy::for_kiosk();
    policy.quality.face_ratio_min = config.min_face.get();
    policy
}

/// What of the configuration the sign-in and its camera need.
fn settings(config: &KioskConfig) -> Settings {
    Settings {
        camera: config.camera.clone(),
        camera_pinned: config.camera.is_some(),
        camera_turn_deg: config.camera_turn_deg,
        camera_testing: config.camera_testing,
        verifiers: config.verifiers.clone(),
        ..Settings::default()
    }
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

fn context(
    args: &KioskArgs,
    state: &Arc<KioskState>,
    env: Arc<Installed>,
    inbox: Rc<Inbox>,
    stop: Arc<StopRequest>,
    settings: Settings,
) -> window::KioskContext {
    let config = &state.config;
    let (slot, plays_recording) = (env.slot.clone(), matches!(env.source(), Source::Recording { .. }));
    let (alive, trouble, pin) = (Arc::clone(state), Arc::clone(state), Arc::clone(state));
    let (cameras, choose) = super::window::cameras(&env, args.source.clone(), &settings);
    window::KioskContext {
        preview: Arc::new(move || slot.frame()),
        env,
        allowed: config.verifiers.clone(),
        inbox: Some(inbox),
        stop,
        plays_recording,
        settings,
        cameras,
        choose,
        examine: Arc::new(|| doctor::examine(&DoctorContext::of_this_machine(true))),
        look: window::KioskLook {
            text_percent: config.text.get(),
            languages: config.languages.iter().filter_map(|tag| language(tag)).collect(),
            idle_secs: config.idle.get().into(),
            lower: config.lower,
            badge_digits: config.badge_form().map(BadgeForm::digits),
            attended: config.attended,
        },
        choices: Arc::default(),
        alive: Arc::new(move || alive.alive()),
        trouble: Arc::new(move || trouble.trouble().map(shown)),
        pin: Arc::new(Pin(pin)),
        speech: speech(state),
    }
}

/// What reads texts aloud, if the configuration wants that.
fn speech(state: &KioskState) -> Option<Arc<dyn window::Speak>> {
    if !state.config.speech {
        return None;
    }
    let found = window::SpeechDispatcher::find();
    if found.is_none() {
        state.complain("speech: the package speech-dispatcher is not installed".into());
    }
    found.map(|speech| Arc::new(speech) as _)
}

/// The language with this tag.
fn language(tag: &str) -> Option<Language> {
    Language::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(tag))
}

/// The window, as the resident part uses it.
struct Window {
    context: window::KioskContext,
}

impl Screens for Window {
    fn show(&mut self, opening: Opening) -> Result<Closed, ScreenError> {
        let opening = match opening {
            Opening::Attract => window::Opening::Attract,
            Opening::SignIn(link) => window::Opening::SignIn(link.0),
            Opening::StillThere => window::Opening::StillThere,
            Opening::OutOfOrder(condition) => window::Opening::OutOfOrder(shown(condition)),
        };
        match window::show(&self.context, opening) {
            Ok(closed) => Ok(understood(closed)),
            Err(error) => Err(ScreenError(error.to_string())),
        }
    }

    fn wait(&mut self, within: Duration) -> Option<Call> {
        self.context.inbox.as_ref()?.wait(within)
    }
}

fn understood(closed: window::Closed) -> Closed {
    use window::{Closed as C, OperatorAsk};
    match closed {
        C::Start => Closed::Start,
        C::Badge(typed) => Closed::Badge(typed),
        C::Ended(outcome) => Closed::Ended(outcome),
        C::Idle => Closed::Idle,
        C::Recovered => Closed::Recovered,
        C::Operator(OperatorAsk::Restart) => Closed::Operator(OperatorRequest::Restart),
        C::Operator(OperatorAsk::Quit) => Closed::Operator(OperatorRequest::Quit),
        C::Operator(OperatorAsk::Reboot) => Closed::Operator(OperatorRequest::Reboot),
        C::Stopped => Closed::Stopped,
    }
}

fn shown(condition: Condition) -> window::OutOfOrder {
    use window::OutOfOrder as O;
    match condition {
        Condition::CameraGone => O::CameraGone,
        Condition::CameraBusy => O::CameraBusy,
        Condition::CameraFrozen => O::CameraFrozen,
        Condition::Offline => O::Offline,
        Condition::VerifierDown => O::VerifierDown,
        Condition::ClockOff { ahead_secs } => O::ClockOff { ahead_secs },
        Condition::DiskFull => O::DiskFull,
        Condition::BrowserDown => O::BrowserDown,
        Condition::NotRegistered => O::NotRegistered,
        Condition::AskStaff => O::AskStaff,
    }
}

struct Pin(Arc<KioskState>);

impl window::OperatorPin for Pin {
    fn check(&self, typed: &str) -> window::PinAnswer {
        match self.0.check_pin(typed) {
            PinAnswer::Right => window::PinAnswer::Right,
            PinAnswer::Wrong { wait_secs } => {
                window::PinAnswer::Wrong { wait_secs: wait_secs.try_into().unwrap_or(u32::MAX) }
            }
            PinAnswer::Locked { .. } => window::PinAnswer::Locked,
        }
    }
}

/// The camera while no window uses it.
struct Camera {
    env: Arc<Installed>,
    request: CameraRequest,
    /// Two checks at once would take the camera from each other.
    busy: Mutex<()>,
}

/// How long a camera may take for a frame.
const FRAME_LIMIT: Duration = Duration::from_secs(2);

impl CameraCheck for Camera {
    fn present(&self) -> Result<(), CameraErrorKind> {
        match self.env.source() {
            Source::Camera(cameras) => self.request.choice.among(&cameras.list()).map(drop).map_err(|e| e.kind()),
            Source::Recording { .. } => Ok(()),
        }
    }

    fn streams(&self) -> Result<(), CameraErrorKind> {
        let _busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let mut camera = self.env.camera(Arc::new(|| {}));
        let frame = camera.start().and_then(|()| camera.next_frame(FRAME_LIMIT));
        camera.stop();
        frame.map(drop).map_err(|error| error.kind())
    }
}

#[expect(clippy::disallowed_methods, reason = "the kiosk's own time starts here")]
fn now() -> Instant {
    Instant::now()
}
