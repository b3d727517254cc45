//! Where the demo takes place: three servers on loopback, each on a site of its own, and one installation of the client.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use tokio::{net::TcpListener, runtime::Runtime, sync::watch};
use url::Url;

use super::{
    Attendance, Lens, Tell,
    client::{Attended, Client},
};
use crate::{
    attest::DeviceKey,
    camera::recording,
    net::HttpNet,
    policy::Policy,
    recapture::{self, Species, Support},
    relying_party::RelyingParty,
    tenant::{self, Action, Tenant, User},
    verifier::{MasterKey, Place as StorePlace, Rules, Setup, Verifier},
    vision::Vision,
    world::{SystemChance, SystemClock, random_text},
};

/// The very file that customers deploy.
const ACTION: &str = include_str!("../../packaging/auth0/actions/verified-post-login.js");
/// The relying party's client id at the tenant.
const CLIENT_ID: &str = "payroll";

/// When the Action asks for a face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// At every login.
    Always,
    /// When the application asks by `acr_values`.
    OnDemand,
}

/// The account that logs in.
pub(super) struct Account {
    pub(super) email: &'static str,
    pub(super) password: String,
}

/// The recordings that stand before the camera.
pub(super) struct Recordings {
    pub(super) a_enrol: PathBuf,
    pub(super) a_verify: PathBuf,
    pub(super) b: PathBuf,
    pub(super) a_replayed: PathBuf,
}

/// Everything that a login needs. The servers end with it.
pub(super) struct Place {
    pub(super) account: Account,
    pub(super) recordings: Recordings,
    pub(super) client: Client,
    tenant: Tenant,
    payroll: String,
    verifier: String,
    integration_id: String,
    session_secret: String,
    // In the order of their end: the servers are told to stop, then the threads that run them end, then the folder goes.
    _stop: watch::Sender<()>,
    _runtime: Runtime,
    _folder: Folder,
}

impl Place {
    /// Starts the servers and makes the attack.
    pub(super) fn open(
        recordings: &Path,
        attendance: Attendance,
        lens: Option<Lens>,
        tell: Tell,
    ) -> anyhow::Result<Self> {
        let folder = Folder::new()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let bind = |name: &str| -> anyhow::Result<(TcpListener, String)> {
            let listener = runtime.block_on(TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))))?;
            let port = listener.local_addr()?.port();
            Ok((listener, format!("http://{name}.localhost:{port}")))
        };
        let (tenant_at, tenant_origin) = bind("tenant")?;
        let (verifier_at, verifier_origin) = bind("verifier")?;
        let (payroll_at, payroll_origin) = bind("payroll")?;
        let (stop, stopped) = watch::channel(());
        let until = || {
            let mut stopped = stopped.clone();
            // Ends when the sender is dropped.
            async move { while stopped.changed().await.is_ok() {} }
        };

        let vision = Arc::new(Vision::load()?);
        let verifier = runtime.block_on(Verifier::open(Setup {
            origin: verifier_origin.parse()?,
            place: StorePlace::Memory,
            key: master_key(),
            clock: Arc::new(SystemClock),
            chance: Arc::new(SystemChance),
            examiner: Arc::new(vision.clone()),
            models: vision.model_claims(),
            policy: Policy::default(),
            judges: 1,
            download_url: None,
            codes: None,
            mailer: None,
        }))?;
        let (integration_id, secret) = runtime.block_on(
            verifier.add_integration(Rules { allow_virtual_cameras: true, ..Rules::new("Demo", "tenant.localhost") }),
        )?;
        runtime.spawn(verifier.serve(verifier_at, until()));

        let account = Account { email: "ada@example.com", password: random_text::<9>(&SystemChance) };
        let (tenant_url, payroll_url) = (Url::parse(&tenant_origin)?, Url::parse(&payroll_origin)?);
        let payroll =
            RelyingParty::builder(&payroll_url, &tenant_url, CLIENT_ID, Arc::new(HttpNet::loopback()?)).build();
        let tenant = Tenant::builder(tenant_url)
            .user(User::new("auth0|ada", "Ada Lovelace", account.email, &account.password))
            .client(tenant::Client {
                client_id: CLIENT_ID.into(),
                name: "Payroll".into(),
                redirect_uris: vec![payroll.redirect_uri()],
            })
            .build()?;
        let (serve_tenant, until_tenant, until_payroll) = (tenant.clone(), until(), until());
        runtime.spawn(async move { serve_tenant.serve(tenant_at, until_tenant).await });
        runtime.spawn(async move { payroll.serve(payroll_at, until_payroll).await });

        tell("Countenance: five logins on this machine, on recordings\n".into());
        tell(format!("tenant    {tenant_origin}   runs packaging/auth0/actions/verified-post-login.js"));
        tell(format!("verifier  {verifier_origin}"));
        tell(format!("payroll   {payroll_origin}"));
        Ok(Self {
            account,
            recordings: Recordings::find(recordings, &folder.0, lens.is_none(), tell)?,
            client: Client {
                models: vision.model_claims(),
                vision,
                key: DeviceKey::load_or_create(&folder.0.join("device").join("device.key"), &SystemChance)?,
                allowed: std::iter::once(verifier_origin.parse()?).collect(),
                attended: match attendance {
                    Attendance::Script => Attended::ByScript,
                    Attendance::Person => Attended::AtWindow { data: folder.0.join("device") },
                },
                lens,
            },
            tenant,
            payroll: payroll_origin,
            verifier: verifier_origin,
            integration_id,
            session_secret: secret.reveal().to_owned(),
            _stop: stop,
            _runtime: runtime,
            _folder: folder,
        })
    }

    /// Deploys the Action in this mode, as its operator would in the tenant's dashboard.
    pub(super) fn set_mode(&self, mode: Mode) {
        let mode = match mode {
            Mode::Always => "always",
            Mode::OnDemand => "on-demand",
        };
        self.tenant.deploy(
            Action::new(ACTION)
                .secret("SESSION_SECRET", &self.session_secret)
                .secret("INTEGRATION_ID", &self.integration_id)
                .secret("VERIFIER_ORIGIN", &self.verifier)
                .secret("CONTINUE_ORIGIN", self.tenant.origin())
                .secret("MODE", mode),
        );
    }

    /// A page of the relying party.
    pub(super) fn payroll(&self, path: &str) -> String {
        format!("{}{path}", self.payroll)
    }
}

impl Recordings {
    /// The recordings in `folder`, and the attack made from one of them in `scratch`.
    /// Those in `folder`; the attack is made in `scratch` where somebody is to be attacked with it.
    fn find(folder: &Path, scratch: &Path, attack: bool, tell: Tell) -> anyhow::Result<Self> {
        let a_verify = folder.join("person-a-verify.mp4");
        let a_replayed = scratch.join("person-a-replayed.avi");
        if attack {
            let options = recapture::Options { species: Species::Tablet, support: Support::Fixed, seed: 1 };
            let mut input = recording::open(&a_verify).with_context(|| {
                format!("{}: run the demo in the project's folder, or name one", a_verify.display())
            })?;
            let made = recapture::run(&mut input, &a_replayed, &options, &mut |_| {})?;
            tell(format!("attack    person A replayed on a tablet, simulated: {} frames", made.frames));
        }
        Ok(Self { a_enrol: folder.join("person-a-enrol.mp4"), a_verify, b: folder.join("person-b.mp4"), a_replayed })
    }
}

/// The demo's store lives in memory and ends with it; so does the key that seals it.
fn master_key() -> MasterKey {
    use crate::world::Chance;
    let mut bytes = [0; 32];
    SystemChance.fill(&mut bytes);
    MasterKey::from_bytes(bytes)
}

/// A folder of this run's own, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("countenance-demo-{}", random_text::<9>(&SystemChance)));
        std::fs::create_dir(&path).with_context(|| format!("{}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Left behind at worst: simulated pictures and a key that opens nothing.
        std::fs::remove_dir_all(&self.0).ok();
    }
}
