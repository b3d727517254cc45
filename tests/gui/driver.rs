//! Drives the window through accessible names.

use std::{
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    time::{Duration, Instant},
};

use countenance_client::{dry_run, instance::Inbox, runner::RunOutcome, settings::Settings};
use countenance_gui::{App, AppContext, catalogue};
use eframe::egui::accesskit::Role;
use egui_kittest::{
    Harness, Node,
    kittest::{NodeT, Queryable},
};

use super::test_env::{Script, SharedTestEnv, TIMEOUT, TestEnv};

/// How often the window looks which cameras are plugged in.
const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// A window on that stage, and what wakes it.
pub(crate) struct Window {
    pub(crate) env: Arc<TestEnv>,
    pub(crate) harness: Harness<'static, App>,
    pub(crate) ended: Arc<Mutex<Option<RunOutcome>>>,
    woken: Receiver<()>,
    trail: Vec<String>,
}

impl Window {
    /// A window that was opened by a login's link.
    pub(crate) fn on_login(script: Script) -> Self {
        Self::open(script, Some(dry_run::LINK), Settings { language: Some("en".into()), ..Settings::default() }, None)
    }

    pub(crate) fn open(script: Script, link: Option<&str>, settings: Settings, inbox: Option<Inbox>) -> Self {
        let (env, ended) = (TestEnv::new(script), Arc::new(Mutex::new(None)));
        let (wake, woken): (Sender<()>, _) = channel();
        let context = AppContext {
            env: Arc::new(SharedTestEnv(Arc::clone(&env))),
            preview: Box::new(catalogue::sitter),
            allowed: std::iter::once(dry_run::ORIGIN.parse().unwrap()).collect(),
            link: link.map(Into::into),
            inbox,
            plays_recording: false,
            settings,
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

    /// Waits until something with this name is to be seen.
    pub(crate) fn see(&mut self, name: &str) -> &mut Self {
        self.until(name, |harness| harness.query_all_by_label(name).next().is_some())
    }

    /// Waits until it is there, then presses it.
    pub(crate) fn press(&mut self, name: &str) -> &mut Self {
        let can =
            |node: &Node<'_>| matches!(node.accesskit_node().role(), Role::Button | Role::CheckBox | Role::ComboBox);
        self.until(name, |harness| harness.query_all_by_label(name).any(|node| can(&node)));
        // A panel finds its height in the pass after its buttons have changed.
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
            assert!(in_time, "{what:?} did not come; came: {:?}; now: {:#?}", self.trail, self.harness.root());
        }
    }

    /// Waits until the window knows of so many cameras.
    pub(crate) fn cameras(&mut self, count: usize) -> &mut Self {
        self.until("cameras", |harness| harness.state().state().cameras.len() == count)
    }

    /// Whether something with this name is to be seen now.
    pub(crate) fn shows(&self, name: &str) -> bool {
        self.harness.query_all_by_label(name).next().is_some()
    }

    /// Presses a key.
    pub(crate) fn key(&mut self, key: eframe::egui::Key) -> &mut Self {
        self.harness.key_press(key);
        self.harness.step();
        self
    }

    /// How the login ended.
    pub(crate) fn ended(&self) -> Option<RunOutcome> {
        *self.ended.lock().unwrap()
    }
}

#[expect(clippy::disallowed_methods, reason = "what never comes must end the test")]
fn now() -> Instant {
    Instant::now()
}
