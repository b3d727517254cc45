//! The demo's environment: servers, integration, recordings and a client installation.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use url::Url;

use super::{
    Attendance, Lens, ProgressSink,
    client::{Attended, Client},
    servers::Servers,
};
use crate::recapture::{self, Species, Support};
use countenance_attest::DeviceKey;
use countenance_camera::recording;
use countenance_core::{protocol::Fallback, rng::random_text};
use countenance_standin::tenant::Action;
use countenance_system::SystemRandom;
use countenance_verifier::{Rules, SessionSecret};
use countenance_vision::Vision;

/// The Action that customers deploy.
const ACTION: &str = include_str!("../../../packaging/auth0/actions/verified-post-login.js");

/// When the Action requires a face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// At every sign-in.
    Always,
    /// When the application requests it with `acr_values`.
    OnDemand,
}

/// Recordings used as the camera.
pub(super) struct Recordings {
    pub(super) a_enrol: PathBuf,
    pub(super) a_verify: PathBuf,
    pub(super) b: PathBuf,
    pub(super) a_replayed: PathBuf,
}

/// Everything a sign-in needs. The servers stop when it is dropped.
pub(super) struct DemoEnv {
    pub(super) recordings: Recordings,
    pub(super) client: Client,
    pub(super) servers: Servers,
    pub(super) integration_id: String,
    session_secret: SessionSecret,
    _folder: Folder,
}

impl DemoEnv {
    /// Starts the servers, creates the integration and simulates the attack.
    pub(super) fn open(
        recordings: &Path,
        attendance: Attendance,
        lens: Option<Lens>,
        tell: ProgressSink,
    ) -> anyhow::Result<Self> {
        let folder = Folder::new()?;
        let vision = Arc::new(Vision::load()?);
        let servers = Servers::start(&vision, None)?;
        let rules = Rules {
            allow_virtual_cameras: true,
            fallback: Some(Fallback::Sms),
            ..Rules::new("Demo", "tenant.localhost")
        };
        let (integration_id, session_secret) =
            servers.loopback.runtime().block_on(servers.verifier.add_integration(rules))?;
        // The tenant's own MFA events reach the verifier through the log stream, and from there the phone network.
        let log_token = servers.loopback.runtime().block_on(servers.verifier.log_token(&integration_id))?;
        let logs = format!("{}/v1/logs/{integration_id}", servers.verifier_origin);
        servers.tenant.stream_logs(Url::parse(&logs)?, log_token.reveal());
        tell("Countenance: six sign-ins on this machine, on recordings\n".into());
        servers.tell(tell);
        Ok(Self {
            recordings: Recordings::find(recordings, &folder.0, lens.is_none(), tell)?,
            client: Client {
                models: vision.model_claims(),
                vision,
                key: DeviceKey::load_or_create(&folder.0.join("device").join("device.key"), &SystemRandom)?,
                allowed: std::iter::once(servers.verifier_origin.parse()?).collect(),
                attended: match attendance {
                    Attendance::Script => Attended::ByScript,
                    Attendance::Person => Attended::AtWindow { data: folder.0.join("device") },
                },
                lens,
            },
            servers,
            integration_id,
            session_secret,
            _folder: folder,
        })
    }

    /// Deploys the Action in this mode, as an operator would in the tenant's dashboard.
    pub(super) fn set_mode(&self, mode: Mode) {
        let mode = match mode {
            Mode::Always => "always",
            Mode::OnDemand => "on-demand",
        };
        let Servers { tenant, verifier_origin, .. } = &self.servers;
        tenant.deploy(
            Action::new(ACTION)
                .secret("SESSION_SECRET", self.session_secret.reveal())
                .secret("INTEGRATION_ID", &self.integration_id)
                .secret("VERIFIER_ORIGIN", verifier_origin)
                .secret("CONTINUE_ORIGIN", tenant.origin())
                .secret("MODE", mode),
        );
    }

    /// URL of a page of the relying party.
    pub(super) fn payroll(&self, path: &str) -> String {
        format!("{}{path}", self.servers.payroll_origin)
    }
}

impl Recordings {
    /// The recordings in `folder`; if `attack`, also makes a simulated attack in `scratch`.
    fn find(folder: &Path, scratch: &Path, attack: bool, tell: ProgressSink) -> anyhow::Result<Self> {
        let a_verify = folder.join("person-a-verify.mp4");
        let a_replayed = scratch.join("person-a-replayed.avi");
        if attack {
            let options = recapture::Options::new(Species::TabletVideo, Support::Fixed, 1);
            let mut input = recording::open(&a_verify).with_context(|| {
                format!("{} not found: run the demo in the repository root, or use --recordings", a_verify.display())
            })?;
            let made = recapture::run(&mut input, &a_replayed, &options, &mut |_| {})?;
            tell(format!("attack    person A replayed on a tablet, simulated: {} frames", made.frames));
        }
        Ok(Self { a_enrol: folder.join("person-a-enrol.mp4"), a_verify, b: folder.join("person-b.mp4"), a_replayed })
    }
}

/// A temporary folder, removed on drop.
struct Folder(PathBuf);

impl Folder {
    fn new() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("countenance-demo-{}", random_text::<9>(&SystemRandom)));
        std::fs::create_dir(&path).with_context(|| format!("{}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // If removal fails, only simulated images and a throwaway key remain.
        std::fs::remove_dir_all(&self.0).ok();
    }
}
