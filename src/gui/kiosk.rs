//! What a person meets at a kiosk: a window over the whole screen, from "touch to sign in" to "next, please".
//!
//! [`show`] opens a new window each time and closes it by itself, because a window that exists cannot come to the front of
//! a Wayland compositor. The sign-in is the one of [`App`](super::App), with its screens; what a kiosk adds are the screens
//! before and after it, what ends it when nobody is there, and the operator's screen. The window knows nothing of the
//! browser or the service around it: it says how it closed, and its caller acts.
//!
//! The operator's screen opens from "touch to sign in" and from the out-of-order screens: hold the top left corner for
//! three seconds, then the bottom right corner for three seconds (`corners`), then type the PIN.
//!
//! Whether somebody is there is taken from touches, keys, and the frames of a running capture (`presence`). Who takes the
//! place of the person in front of the camera is noticed by the run ([`Environment::visitor`]), and ends the sign-in at once.

mod app;
mod attract;
mod badge;
mod bar;
mod corners;
mod languages;
mod operator;
mod out_of_order;
mod pin;
mod place;
mod presence;
mod qualify;
#[cfg(feature = "gallery")]
pub mod samples;
mod speech;
mod still_there;
mod view;
mod wiped;

use std::{
    fmt,
    rc::Rc,
    sync::{Arc, Mutex, PoisonError},
};

use zeroize::Zeroizing;

use super::{
    CameraEntry,
    window::{self, WindowError},
    words::Language,
};
use countenance_client::{
    doctor::Finding,
    instance::Inbox,
    interrupt::StopRequest,
    runner::{Environment, KeepProfile, RunOutcome},
    session::origin::AllowedOrigins,
    settings::Settings,
};
use countenance_core::{frame::Frame, protocol::OutOfOrder};

pub use app::KioskApp;
pub use operator::CameraFixed;
pub use speech::SpeechDispatcher;
pub use wiped::{Wipe, WipeWatch};

/// Text sizes that a person can choose, percent.
pub const TEXT_PERCENTS: [u16; 5] = [100, 150, 200, 300, 400];

/// What the window shows when it opens.
pub enum Opening {
    /// "Touch to sign in".
    Attract,
    /// The sign-in behind this launch link, as it arrived.
    SignIn(Zeroizing<String>),
    /// "Still there?", for a person who has not touched the browser for a while. Closes with [`Closed::Start`] if they are.
    StillThere,
    /// The end of a visit, while and after all of it is deleted. Closes with [`Closed::Wiped`] when that is done and has been
    /// read, or has failed.
    Wiping(WipeWatch),
    /// Why nobody can sign in now.
    OutOfOrder(OutOfOrder),
    /// The operator's screen; the PIN is asked for first.
    Operator,
}

/// What an operator asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperatorAsk {
    /// Start this program again.
    Restart,
    /// End this program.
    Quit,
    /// Start the computer again.
    Reboot,
}

/// How the window closed.
#[derive(Clone, PartialEq, Eq)]
pub enum Closed {
    /// A person touched "touch to sign in", or "I'm here": the browser comes to the front.
    Start,
    /// A badge reader typed this, digits only, of the length in [`KioskLook::badge_digits`]. Neither shown nor logged.
    Badge(Zeroizing<String>),
    /// The sign-in is over; the browser goes on. `None` if it never began, as with a link that is not allowed.
    Ended(Option<RunOutcome>),
    /// Nobody was there any more: the sign-in was canceled, and everything of the person is to be removed.
    Idle,
    /// The wipe that was watched is over.
    Wiped,
    /// The kiosk is no longer out of order.
    Recovered,
    /// An operator asked for this.
    Operator(OperatorAsk),
    /// [`KioskContext::stop`] was asked.
    Stopped,
}

/// Without the badge number.
impl fmt::Debug for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("Start"),
            Self::Badge(number) => write!(f, "Badge({} digits)", number.len()),
            Self::Ended(outcome) => f.debug_tuple("Ended").field(outcome).finish(),
            Self::Idle => f.write_str("Idle"),
            Self::Wiped => f.write_str("Wiped"),
            Self::Recovered => f.write_str("Recovered"),
            Self::Operator(ask) => f.debug_tuple("Operator").field(ask).finish(),
            Self::Stopped => f.write_str("Stopped"),
        }
    }
}

/// Answer to a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinAnswer {
    /// It is the operator's.
    Right,
    /// It is not.
    Wrong {
        /// How long none is taken now, seconds.
        wait_secs: u32,
    },
    /// No PIN is taken any more until somebody unlocks it elsewhere.
    Locked,
}

/// Checks the operator's PIN.
pub trait OperatorPin: Send + Sync {
    /// Whether `typed`, as many digits as a PIN has, is the PIN. May take part of a second; called on the window's thread.
    fn check(&self, typed: &str) -> PinAnswer;
}

/// Wakes a window, from any thread.
pub type Waker = Box<dyn Fn() + Send>;

/// Reads texts aloud.
pub trait Speak: Send + Sync {
    /// Says `text`, which is in the language of this BCP 47 tag, instead of anything that is being said. Must not block.
    fn say(&self, text: &str, language: &str);
    /// Stops saying anything.
    fn hush(&self);
}

/// How a kiosk looks, and what it waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KioskLook {
    /// Text size at the start, 100 to 400 percent of that of a window.
    pub text_percent: u16,
    /// The languages to choose from, the first being that of the start screen; all of them if empty.
    pub languages: Vec<Language>,
    /// After how many seconds without a sign of a person the kiosk asks "Still there?".
    pub idle_secs: u32,
    /// Whether the content is at the height of a wheelchair at the start.
    pub lower: bool,
    /// Number of digits of a badge, at least and at most; `None` if there is no badge reader.
    pub badge_digits: Option<(u8, u8)>,
    /// Whether somebody in charge is nearby, so that texts send people there.
    pub attended: bool,
    /// Whether the camera is on during the whole visit, which the first screen says.
    pub watches: bool,
}

impl Default for KioskLook {
    fn default() -> Self {
        Self {
            text_percent: 200,
            languages: Vec::new(),
            idle_secs: 30,
            lower: false,
            badge_digits: None,
            attended: true,
            watches: false,
        }
    }
}

/// What the person in front of the kiosk has chosen. Kept from window to window, until "touch to sign in" is there again.
#[derive(Debug, Default)]
pub struct Choices(Mutex<Chosen>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Chosen {
    language: Option<Language>,
    text_percent: Option<u16>,
    lower: Option<bool>,
    speech: bool,
}

impl Choices {
    /// The language that the person has chosen, for the pages of the browser.
    pub fn language(&self) -> Option<Language> {
        self.get().language
    }

    /// Forgets everything.
    pub fn forget(&self) {
        self.change(|chosen| *chosen = Chosen::default());
    }

    fn get(&self) -> Chosen {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Chosen)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// What the windows of a kiosk depend on.
#[derive(Clone)]
pub struct KioskContext {
    /// Environment of runs: camera, networks, clock, session, browser.
    pub env: Arc<dyn Environment>,
    /// Newest frame of the running camera.
    pub preview: Arc<dyn Fn() -> Option<Frame> + Send + Sync>,
    /// Verifiers that links may name.
    pub allowed: AllowedOrigins,
    /// Links from the browser. Taken while "touch to sign in" is shown, and refused during a sign-in; otherwise they are
    /// left there for the caller.
    pub inbox: Option<Rc<Inbox>>,
    /// Closes the window.
    pub stop: Arc<StopRequest>,
    /// Whether a recording replaces the camera.
    pub plays_recording: bool,
    /// The settings in use now: camera, theme, motion. Asked for each window, since an operator may have changed them.
    pub settings: Arc<dyn Fn() -> Settings + Send + Sync>,
    /// Lists the cameras in order of preference. May block; called on a separate thread.
    pub cameras: Arc<dyn Fn() -> Vec<CameraEntry> + Send + Sync>,
    /// Applies the choice of camera, at the start of each window and when the operator changes it, and keeps it beyond a
    /// restart. Returns whether it could be kept.
    pub choose: Arc<dyn Fn(&Settings) -> bool + Send + Sync>,
    /// What of the camera the operator cannot choose.
    pub camera_fixed: CameraFixed,
    /// Keeps what measuring the site has found.
    pub keep_profile: KeepProfile,
    /// Runs the diagnostics; called on a separate thread.
    pub examine: Arc<dyn Fn() -> Vec<Finding> + Send + Sync>,
    /// How the kiosk looks, and what it waits for.
    pub look: KioskLook,
    /// What the person has chosen so far.
    pub choices: Arc<Choices>,
    /// Called on every pass of the window's thread, at least every four seconds: feeds the watchdog.
    pub alive: Arc<dyn Fn() + Send + Sync>,
    /// Whether what is shown is over, as after a suspension of the machine: closes with [`Closed::Idle`]. Asked on every
    /// pass; must not block.
    pub is_interrupted: Arc<dyn Fn() -> bool + Send + Sync>,
    /// Why nobody can sign in now, if so. Asked on every pass; must not block.
    pub trouble: Arc<dyn Fn() -> Option<OutOfOrder> + Send + Sync>,
    /// Seconds by which the clock is ahead of the verification service's; negative if it is behind, `None` if not known.
    pub ahead_secs: Arc<dyn Fn() -> Option<i64> + Send + Sync>,
    /// Takes what wakes the window, to be called when the answer of one of the two may have changed.
    pub on_change: Arc<dyn Fn(Waker) + Send + Sync>,
    /// Checks the operator's PIN.
    pub pin: Arc<dyn OperatorPin>,
    /// Reads texts aloud, where the system can.
    pub speech: Option<Arc<dyn Speak>>,
}

/// Opens a new window over the whole screen and returns once it has closed. Call it again and again, always on the same
/// thread.
///
/// # Errors
///
/// [`WindowError`] if there is no display, or the toolkit could not open a window.
pub fn show(context: &KioskContext, opening: Opening) -> Result<Closed, WindowError> {
    let closed = Arc::new(Mutex::new(None));
    let (context, heard) = (context.clone(), Arc::clone(&closed));
    window::run_over_screen(move |ctx| KioskApp::new(ctx, context, opening).reporting_to(heard))?;
    let closed = closed.lock().unwrap_or_else(PoisonError::into_inner).take();
    // A compositor that goes takes the window along.
    Ok(closed.unwrap_or(Closed::Idle))
}
