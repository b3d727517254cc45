//! The demo's client: the product's own flow on a recording, operated by a script or in the window.

use std::{
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

mod window;

use anyhow::Context;
use serde_json::Value;

use super::Lens;
use countenance_attest::DeviceKey;
use countenance_camera::recording;
#[cfg(test)]
use countenance_client::session::origin::Origin;
use countenance_client::{
    flow::{Flow, FlowError, FlowOutcome, Operator},
    headless::Script,
    session::{
        HttpSession,
        browser::{Browser as OpensBrowser, BrowserError},
        client::{RetryPolicy, SessionContext},
        continue_url::ContinueUrl,
        link::LaunchLink,
        origin::AllowedOrigins,
        wait::SystemWait,
    },
};
#[cfg(test)]
use countenance_core::protocol::RegisterDevice;
use countenance_core::{policy::Policy, protocol::ModelClaim};
use countenance_standin::browser::{Browser, Page};
use countenance_system::{SystemClock, SystemRandom};
use countenance_vision::Vision;

/// A client installation.
pub(super) struct Client {
    pub(super) vision: std::sync::Arc<Vision>,
    pub(super) models: Vec<ModelClaim>,
    pub(super) key: DeviceKey,
    pub(super) allowed: AllowedOrigins,
    pub(super) attended: Attended,
    /// A camera to use instead of recordings.
    pub(super) lens: Option<Lens>,
}

/// Who operates the client.
pub(super) enum Attended {
    /// A script; needs no display.
    ByScript,
    /// A person at the window, which runs as a separate process.
    AtWindow {
        /// Data directory of that process, with key and settings.
        data: PathBuf,
    },
}

/// The result of one client run.
pub(super) struct Ran {
    pub(super) outcome: anyhow::Result<FlowOutcome>,
    /// The page the browser was sent to.
    pub(super) returned: Option<Page>,
    /// The JSON lines that the client wrote.
    lines: Vec<Value>,
}

impl Client {
    /// Opens `link` with `recording` as the camera; `browser` opens the return address.
    pub(super) fn run(
        &self,
        link: &str,
        recording: &Path,
        cancel_after: Option<u32>,
        browser: &mut Browser,
    ) -> anyhow::Result<Ran> {
        if let Attended::AtWindow { data } = &self.attended {
            return window::run(link, recording, &self.allowed, data, browser);
        }
        let mut out = Vec::new();
        let mut script = Script::new(&mut out, 0, cancel_after);
        let (outcome, returned) = self.run_flow(link, recording, browser, &mut script)?;
        script.ended(&outcome);
        let lines = String::from_utf8_lossy(&out).lines().filter_map(|l| serde_json::from_str(l).ok()).collect();
        Ok(Ran { outcome: outcome.map_err(Into::into), returned, lines })
    }

    /// As [`run`](Self::run), with `operator` in place of a script; how the flow ended, and the page that the browser was
    /// sent to.
    #[cfg(test)]
    pub(super) fn run_by(
        &self,
        link: &str,
        recording: &Path,
        browser: &mut Browser,
        operator: &mut dyn Operator,
    ) -> anyhow::Result<(anyhow::Result<FlowOutcome>, Option<Page>)> {
        let (outcome, page) = self.run_flow(link, recording, browser, operator)?;
        Ok((outcome.map_err(Into::into), page))
    }

    fn run_flow(
        &self,
        link: &str,
        recording: &Path,
        browser: &mut Browser,
        operator: &mut dyn Operator,
    ) -> anyhow::Result<(Result<FlowOutcome, FlowError>, Option<Page>)> {
        let link = LaunchLink::parse(link, &self.allowed).context("the landing page's link")?;
        let mut source = match &self.lens {
            Some(open) => open().context("the camera")?,
            None => Box::new(recording::open(recording).with_context(|| format!("{}", recording.display()))?),
        };
        let cancelled = AtomicBool::new(false);
        let mut session = self.session(&cancelled);
        let mut hand_over = HandOver { browser, page: None };
        let flow = Flow {
            source: &mut *source,
            analyzer: &*self.vision,
            models: &self.models,
            policy: Policy::default(),
            session: &mut session,
            key: &self.key,
            clock: &SystemClock,
            rng: &SystemRandom,
            browser: &mut hand_over,
            operator,
        };
        let outcome = flow.run(&link);
        Ok((outcome, hand_over.page))
    }

    /// Registers this installation as a kiosk with a one-time code.
    #[cfg(test)]
    pub(super) fn register(&self, verifier: &Origin, integration_id: &str, code: String) -> anyhow::Result<()> {
        let device = RegisterDevice {
            integration_id: integration_id.to_owned(),
            enrolment_code: Some(code),
            name: "Lobby".to_owned(),
            version: None,
            key_protection: None,
        };
        self.session(&AtomicBool::new(false)).register(verifier, &device)?;
        Ok(())
    }

    /// A session with the verifier.
    fn session<'a>(&'a self, cancelled: &'a AtomicBool) -> HttpSession<'a> {
        let around =
            SessionContext { key: &self.key, clock: &SystemClock, rng: &SystemRandom, wait: &SystemWait, cancelled };
        HttpSession::new("countenance-lab demo", around, RetryPolicy::default())
    }
}

impl Ran {
    /// Summarizes the run for the console, in one or two lines.
    pub(super) fn told(&self) -> Vec<String> {
        let text = |line: &Value, field: &str| line.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let number = |line: &Value, field: &str| line.get(field).and_then(Value::as_f64).unwrap_or(f64::NAN);
        let mut told = Vec::new();
        for line in &self.lines {
            match text(line, "event").as_str() {
                "opened" => told.push(format!(
                    "client: {} asks for {} at {}, to {}",
                    text(line, "application"),
                    text(line, "account"),
                    text(line, "tenant"),
                    text(line, "purpose"),
                )),
                "shown" => told.push(format!(
                    "client: live, log odds {:.1} over {:.1} s; sealed and posted",
                    number(line, "fused"),
                    number(line, "span_millis") / 1e3,
                )),
                "attempt_failed" => {
                    let facts = line.get("facts").unwrap_or(&Value::Null);
                    told.push(match facts.get("fused") {
                        Some(_) => format!(
                            "client: {}, log odds {:.1}, {:.1} required",
                            text(line, "reason"),
                            number(facts, "fused"),
                            number(facts, "threshold"),
                        ),
                        None => match facts.get("attempts_left") {
                            Some(left) => format!("verifier: {}, {left} attempts left", text(line, "reason")),
                            None => format!("client: {}", text(line, "reason")),
                        },
                    });
                }
                _ => {}
            }
        }
        told
    }
}

/// Opens the return page in the browser that started the sign-in, as the system's default browser would.
struct HandOver<'b> {
    browser: &'b mut Browser,
    page: Option<Page>,
}

impl OpensBrowser for HandOver<'_> {
    fn open(&mut self, url: &ContinueUrl) -> Result<(), BrowserError> {
        let page = self.browser.open(url.as_str()).map_err(|e| BrowserError::NotOpened(std::io::Error::other(e)))?;
        self.page = Some(page);
        Ok(())
    }
}
