//! The kiosk's window, as the resident part uses it.

use std::{path::PathBuf, rc::Rc, sync::Arc, time::Duration};

use countenance_client::{
    doctor::{self, DoctorContext},
    headless::causes,
    installed::Installed,
    instance::{Call, Inbox},
    interrupt::StopRequest,
    settings::Settings,
    source::{Source, SourceArgs},
};
use countenance_gui::{kiosk as window, words::Language};
use countenance_kiosk::{
    KioskState,
    camera_setup::CameraSetup,
    config::BadgeForm,
    pin::PinAnswer,
    screens::{Closed, Opening, OperatorRequest, ScreenError, Screens},
};

/// The window, as the resident part uses it.
pub(super) struct Window {
    context: window::KioskContext,
}

impl Window {
    /// The window of a kiosk in this state, with frames as `source` and `setup` say. What measuring the site finds is kept
    /// in the file `site`.
    pub(super) fn new(
        source: SourceArgs,
        state: &Arc<KioskState>,
        env: Arc<Installed>,
        inbox: Rc<Inbox>,
        stop: Arc<StopRequest>,
        setup: Arc<CameraSetup>,
        site: PathBuf,
    ) -> Self {
        let (slot, plays_recording) = (env.slot.clone(), matches!(env.source(), Source::Recording { .. }));
        let (alive, over, ahead) = (Arc::clone(state), Arc::clone(state), Arc::clone(state));
        let (trouble, pin, changed) = (Arc::clone(state), Arc::clone(state), Arc::clone(state));
        let (cameras, choose) = crate::cli::window::cameras(&env, source, &setup.settings());
        let fixed = window::CameraFixed { camera: setup.fixed().camera, turn: setup.fixed().turn };
        let used = Arc::clone(&setup);
        let context = window::KioskContext {
            preview: Arc::new(move || slot.frame()),
            env,
            allowed: state.config.verifiers.clone(),
            inbox: Some(inbox),
            stop,
            plays_recording,
            settings: Arc::new(move || Settings::clone(&used.settings())),
            cameras,
            choose: Arc::new(move |wanted| {
                let kept = setup.choose(wanted);
                choose(&setup.settings());
                kept.inspect_err(|error| {
                    tracing::error!(error = error as &dyn std::error::Error, "the camera is not kept");
                })
                .is_ok()
            }),
            camera_fixed: fixed,
            keep_profile: Arc::new(move |profile| {
                if plays_recording {
                    // As with `camera qualify`: a recording says nothing of this site.
                    return Err("a recording is in place of the camera".into());
                }
                profile.save(&site).map_err(|error| causes(&error))
            }),
            examine: Arc::new(|| doctor::examine(&DoctorContext::of_this_machine(true))),
            look: look(state),
            choices: Arc::default(),
            alive: Arc::new(move || alive.alive()),
            is_interrupted: Arc::new(move || over.is_interrupted()),
            trouble: Arc::new(move || trouble.trouble()),
            ahead_secs: Arc::new(move || ahead.ahead_secs()),
            on_change: Arc::new(move |wake| changed.troubles.on_change(wake)),
            pin: Arc::new(Pin(pin)),
            speech: speech(state),
        };
        Self { context }
    }
}

impl Screens for Window {
    fn show(&mut self, opening: Opening) -> Result<Closed, ScreenError> {
        let opening = match opening {
            Opening::Attract => window::Opening::Attract,
            Opening::SignIn(link) => window::Opening::SignIn(link.0),
            Opening::StillThere => window::Opening::StillThere,
            Opening::Wiping(progress) => window::Opening::Wiping(Arc::new(move || match progress.outcome() {
                None => window::Wipe::Running,
                Some(true) => window::Wipe::Done,
                Some(false) => window::Wipe::Failed,
            })),
            Opening::OutOfOrder(condition) => window::Opening::OutOfOrder(condition),
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
        C::Wiped => Closed::Wiped,
        C::Recovered => Closed::Recovered,
        C::Operator(OperatorAsk::Restart) => Closed::Operator(OperatorRequest::Restart),
        C::Operator(OperatorAsk::Quit) => Closed::Operator(OperatorRequest::Quit),
        C::Operator(OperatorAsk::Reboot) => Closed::Operator(OperatorRequest::Reboot),
        C::Stopped => Closed::Stopped,
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

/// How it looks, as the configuration says.
fn look(state: &KioskState) -> window::KioskLook {
    let config = &state.config;
    window::KioskLook {
        text_percent: config.text.get(),
        languages: config.languages.iter().filter_map(|tag| language(tag)).collect(),
        idle_secs: config.idle.get().into(),
        lower: config.lower,
        badge_digits: config.badge_form().map(BadgeForm::digits),
        attended: config.attended,
        watches: config.watch,
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
