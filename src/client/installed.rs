//! Implements the environment of a run for this installation: networks, key, frame source, browser.

use std::{io, sync::Arc, thread, time::Duration};

use countenance_attest::{DeviceKey, SOFTWARE, SOFTWARE_VERSION};
use countenance_camera::{FrameSlot, FrameSource};
use countenance_core::{clock::Clock, policy::Policy, protocol::ModelClaim, rng::SecureRandom};
use countenance_system::{SystemClock, SystemRandom};
use countenance_vision::VisionError;

use crate::{
    capture::FaceAnalyzer,
    installation::BrowserChoice,
    networks::Networks,
    runner::Environment,
    session::{
        ApprovalApi, HttpApprovals, HttpSession, SessionApi,
        browser::{Browser, SystemBrowser, WriteBrowser},
        client::{RetryPolicy, SessionContext},
        origin::Origin,
        wait::{SystemWait, Wait},
    },
    source::Source,
    visitor::Visitor,
};

/// This installation.
pub struct Installed {
    networks: Networks,
    key: DeviceKey,
    source: Source,
    /// Holds the newest frame.
    pub slot: FrameSlot,
    browser: OpensBrowser,
    policy: Policy,
    visitor: Option<Arc<Visitor>>,
    retry: RetryPolicy,
}

/// Makes what opens the return page of a run.
pub type OpensBrowser = Arc<dyn Fn() -> Box<dyn Browser> + Send + Sync>;

impl Installed {
    /// Uses `key` and `source`; opens the return page in the system's browser.
    pub fn new(key: DeviceKey, source: Source) -> Self {
        Self {
            networks: Networks::default(),
            key,
            source,
            slot: FrameSlot::default(),
            browser: Arc::new(|| Box::new(SystemBrowser)),
            policy: Policy::default(),
            visitor: None,
            retry: RetryPolicy::default(),
        }
    }

    /// Replaces the embedded networks alone.
    #[must_use]
    pub fn with_networks(mut self, networks: Networks) -> Self {
        self.networks = networks;
        self
    }

    /// Selects what to do with the return page.
    #[must_use]
    pub fn with_browser(self, browser: BrowserChoice) -> Self {
        self.with_browser_from(match browser {
            BrowserChoice::Open => Arc::new(|| Box::new(SystemBrowser)),
            BrowserChoice::Print => Arc::new(|| Box::new(WriteBrowser(io::stderr()))),
        })
    }

    /// Has `browser` make what opens the return page.
    #[must_use]
    pub fn with_browser_from(mut self, browser: OpensBrowser) -> Self {
        self.browser = browser;
        self
    }

    /// Replaces this installation's thresholds.
    #[must_use]
    pub fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Ends a sign-in in which somebody else takes the place of `visitor`.
    #[must_use]
    pub fn with_visitor(mut self, visitor: Arc<Visitor>) -> Self {
        self.visitor = Some(visitor);
        self
    }

    /// Replaces the retry limits of a session's calls.
    #[must_use]
    pub fn with_retries(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Prepares what a sign-in needs on a thread of its own: the networks, and at a kiosk what recognizes its visitor.
    ///
    /// # Errors
    ///
    /// If there can be no such thread.
    pub fn prepare_early(self: Arc<Self>) -> io::Result<()> {
        let prepare = move || {
            // Ignored here: the run that needs the networks gets the same error and reports it.
            self.analyzer().ok();
        };
        thread::Builder::new().name("networks".into()).spawn(prepare).map(drop)
    }

    /// Source of the frames.
    pub fn source(&self) -> &Source {
        &self.source
    }
}

impl Environment for Installed {
    fn analyzer(&self) -> Result<Arc<dyn FaceAnalyzer + Send + Sync>, VisionError> {
        let vision = self.networks.load()?;
        if self.visitor.is_some() {
            vision.prepare_embedding()?;
        }
        Ok(vision)
    }

    fn models(&self) -> Vec<ModelClaim> {
        self.networks.claims()
    }

    fn policy(&self) -> Policy {
        self.policy.clone()
    }

    fn key(&self) -> &DeviceKey {
        &self.key
    }

    fn clock(&self) -> &dyn Clock {
        &SystemClock
    }

    fn rng(&self) -> &dyn SecureRandom {
        &SystemRandom
    }

    fn wait(&self) -> &dyn Wait {
        &SystemWait
    }

    fn visitor(&self) -> Option<Arc<Visitor>> {
        self.visitor.clone()
    }

    fn camera(&self, wake: Arc<dyn Fn() + Send + Sync>) -> Box<dyn FrameSource> {
        Box::new(self.source.live(self.slot.clone(), wake))
    }

    fn slow_camera(&self, pace: Duration) -> Box<dyn FrameSource> {
        let live = self.source.live(self.slot.clone(), Arc::new(|| {}));
        Box::new(match &self.source {
            Source::Camera(_) => live.paced(pace),
            Source::Recording { .. } => live,
        })
    }

    fn session<'a>(&self, around: SessionContext<'a>) -> Box<dyn SessionApi + 'a> {
        Box::new(http_session(around, self.retry))
    }

    fn approvals<'a>(&self, origin: &Origin, around: SessionContext<'a>) -> Box<dyn ApprovalApi + 'a> {
        Box::new(HttpApprovals::new(http_session(around, self.retry), origin.clone()))
    }

    fn browser(&self) -> Box<dyn Browser> {
        (self.browser)()
    }
}

/// Calls of this build.
fn http_session(around: SessionContext<'_>, retry: RetryPolicy) -> HttpSession<'_> {
    HttpSession::new(format!("{SOFTWARE} {SOFTWARE_VERSION}"), around, retry)
}
