//! Drives the window through its accessible names.

use std::{
    rc::Rc,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    time::{Duration, Instant},
};

use countenance_client::{
    dry_run,
    instance::Inbox,
    runner::RunOutcome,
    settings::{Settings, SettingsInUse},
};
use countenance_gui::{App, AppContext, catalogue};
use eframe::egui::accesskit::Role;
use egui_kittest::{
    Harness, Node,
    kittest::{NodeT, Queryable},
};

use super::test_env::{Script, SharedTestEnv, TIMEOUT, TestEnv};

/// Interval at which the window lists the connected cameras.
const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// A window in a test environment, and its repaint requests.
pub(crate) struct Window {
    pub(crate) env: Arc<TestEnv>,
    pub(crate) harness: Harness<'static, App>,
    pub(crate) ended: Arc<Mutex<Option<RunOutcome>>>,
    woken: Receiver<()>,
    trail: Vec<String>,
}

impl Window {
    /// A window opened by the link of a sign-in.
    pub(crate) fn for_sign_in(script: Script) -> Self {
        Self::open(script, Some(dry_run::LINK), Settings { language: Some("en".into()), ..Settings::default() }, None)
    }

    pub(crate) fn open(
        script: Script,
        link: Option<&str>,
        settings: impl Into<SettingsInUse>,
        inbox: Option<Inbox>,
    ) -> Self {
        let (env, ended) = (TestEnv::new(script), Arc::new(Mutex::new(None)));
        let (wake, woken): (Sender<()>, _) = channel();
        let context = AppContext {
            env: Arc::new(SharedTestEnv(Arc::clone(&env))),
            preview: Box::new(catalogue::sitter),
            allowed: std::iter::once(dry_run::ORIGIN.parse().unwrap()).collect(),
            link: link.map(Into::into),
            inbox: inbox.map(Rc::new),
            stop: Arc::default(),
            plays_recording: false,
            recording_misses_parts: Box::new(|| false),
            settings: settings.into(),
            complaints: Vec::new(),
            settings_path: None,
            cameras: {
                let env = Arc::clone(&env);
                Arc::new(move || env.plugged())
            },
            choose: {
                let env = Arc::clone(&env);
                Arc::new(move |settings| env.chosen.lock().unwrap().push(settings.clone()))
            },
            at_login: {
                let env = Arc::clone(&env);
                Arc::new(move |is_wanted| env.ask_at_login(is_wanted))
            },
            examine: Arc::new(Vec::new),
            models: Vec::new(),
            ended: Arc::clone(&ended),
            closes: true,
        };
        let harness = Harness::builder().with_size([460.0, 720.0]).build_eframe(move |cc| {
            cc.egui_ctx.set_request_repaint_callback(move |_| {
                wake.send(()).ok();
            });
            let mut app = App::new(&cc.egui_ctx, context);
            app.look_for_cameras_each(&cc.egui_ctx, POLL_INTERVAL);
            app
        });
        Self { env, harness, ended, woken, trail: Vec::new() }
    }

    /// Waits until an element has this name.
    pub(crate) fn see(&mut self, name: &str) -> &mut Self {
        self.until(name, |harness| harness.query_all_by_label(name).next().is_some())
    }

    /// Waits for a control with this name, then clicks it.
    pub(crate) fn press(&mut self, name: &str) -> &mut Self {
        let can =
            |node: &Node<'_>| matches!(node.accesskit_node().role(), Role::Button | Role::CheckBox | Role::ComboBox);
        self.until(name, |harness| harness.query_all_by_label(name).any(|node| can(&node)));
        // A panel adjusts its height one pass after its buttons change.
        self.harness.run_steps(2);
        if let Some(node) = self.harness.query_all_by_label(name).find(can) {
            node.click();
        }
        self.harness.step();
        self
    }

    /// Waits until the condition holds.
    pub(crate) fn until(&mut self, what: &str, holds: impl Fn(&Harness<'static, App>) -> bool) -> &mut Self {
        let began = now();
        loop {
            self.harness.step();
            if holds(&self.harness) {
                self.trail.push(what.to_owned());
                return self;
            }
            let waited = self.woken.recv_timeout(TIMEOUT);
            let in_time = waited.is_ok() && began.elapsed() < TIMEOUT;
            assert!(
                in_time,
                "timed out waiting for {what:?}; seen before: {:?}; now: {:#?}",
                self.trail,
                self.harness.root()
            );
        }
    }

    /// Waits until the window lists `count` cameras.
    pub(crate) fn cameras(&mut self, count: usize) -> &mut Self {
        self.until("cameras", |harness| harness.state().state().cameras.len() == count)
    }

    /// Whether an element has this name now.
    pub(crate) fn shows(&self, name: &str) -> bool {
        self.harness.query_all_by_label(name).next().is_some()
    }

    /// Presses a key.
    pub(crate) fn key(&mut self, key: eframe::egui::Key) -> &mut Self {
        self.harness.key_press(key);
        self.harness.step();
        self
    }

    /// The outcome of the sign-in, once it has ended.
    pub(crate) fn ended(&self) -> Option<RunOutcome> {
        *self.ended.lock().unwrap()
    }
}

#[expect(clippy::disallowed_methods, reason = "a wait that is never fulfilled must fail the test")]
fn now() -> Instant {
    Instant::now()
}
