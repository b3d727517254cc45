//! The demo's servers on loopback, each with its own site: tenant, verifier, relying party, phone network. They stop
//! when [`Servers`] is dropped.

use std::sync::Arc;

use url::Url;

use super::ProgressSink;
use countenance_core::{
    policy::Policy,
    rng::{SecureRandom, random_text},
};
use countenance_net::HttpNet;
use countenance_standin::{
    loopback::Loopback,
    relying_party::RelyingParty,
    tenant::{self, Action, Library, Tenant, User},
    twilio::TwilioStandIn,
};
use countenance_system::{SystemClock, SystemRandom};
use countenance_verifier::{ConnectionLimits, Database, Mailer, MasterKey, Role, Setup, TwilioVerify, Verifier};
use countenance_vision::Vision;

/// Sends the codes of the tenant's own second factor.
const PHONE_PROVIDER: &str = include_str!("../../../packaging/auth0/actions/phone-provider-twilio-verify.js");
/// The Actions that customers deploy.
const ACTIONS: [(&str, &str); 4] = [
    ("verified-post-login.js", include_str!("../../../packaging/auth0/actions/verified-post-login.js")),
    ("step-up-salary.js", include_str!("../../../packaging/auth0/actions/step-up-salary.js")),
    (
        "phone-provider-twilio-verify.js",
        include_str!("../../../packaging/auth0/actions/phone-provider-twilio-verify.js"),
    ),
    (
        "send-phone-message-twilio-verify.js",
        include_str!("../../../packaging/auth0/actions/send-phone-message-twilio-verify.js"),
    ),
];
/// The relying party's client id at the tenant.
const CLIENT_ID: &str = "payroll";
/// Phone number of the user.
pub(super) const PHONE: &str = "+4915123456789";
/// Operator of the portal.
const OPERATOR: &str = "operator";

/// A name and a password generated for this run.
pub(super) struct Account {
    pub(super) name: &'static str,
    pub(super) password: String,
}

/// All servers, with addresses and accounts.
pub(super) struct Servers {
    pub(super) verifier: Verifier,
    pub(super) tenant: Tenant,
    /// The phone network: the Twilio Verify stand-in.
    pub(super) phone: TwilioStandIn,
    pub(super) verifier_origin: String,
    pub(super) tenant_origin: String,
    pub(super) payroll_origin: String,
    /// Where text messages and calls can be read.
    pub(super) phone_origin: String,
    /// The user.
    pub(super) person: Account,
    /// The operator of the portal.
    pub(super) operator: Account,
    pub(super) loopback: Loopback,
}

impl Servers {
    /// Reports addresses and accounts.
    pub(super) fn tell(&self, tell: ProgressSink) {
        let Self { person, operator, .. } = self;
        tell(format!(
            "portal    {}/portal   as {}, password {}",
            self.verifier_origin, operator.name, operator.password
        ));
        tell(format!("tenant    {}/manage   runs the files in packaging/auth0/actions", self.tenant_origin));
        tell(format!("payroll   {}   as {}, password {}", self.payroll_origin, person.name, person.password));
        tell(format!("phone     {}   text messages to {PHONE}", self.phone_origin));
    }

    /// Starts the servers. The verifier has no integration, the tenant no Action. Mail goes to `mailer`, if given.
    pub(super) fn start(vision: &Arc<Vision>, mailer: Option<Arc<dyn Mailer>>) -> anyhow::Result<Self> {
        let loopback = Loopback::new(2)?;
        let (tenant_at, tenant_origin) = loopback.bind("tenant")?;
        let (verifier_at, verifier_origin) = loopback.bind("verifier")?;
        let (payroll_at, payroll_origin) = loopback.bind("payroll")?;
        let (phone_at, phone_origin) = loopback.bind("phone")?;

        let net = Arc::new(HttpNet::loopback()?);
        let (service, account, token) = (hex_id("VA"), hex_id("AC"), random_text::<16>(&SystemRandom));
        let phone =
            TwilioStandIn::builder(&service, &account, &token).custom_codes().fraud_guard_blocks("+88").build()?;
        let codes = TwilioVerify::new(Url::parse(&phone_origin)?, &service, &account, &token, net.clone())?;
        let verifier = loopback.runtime().block_on(Verifier::open(Setup {
            origin: verifier_origin.parse()?,
            portal_origin: None,
            database: Database::Memory,
            key: master_key(),
            clock: Arc::new(SystemClock),
            rng: Arc::new(SystemRandom),
            analyzer: Arc::new(vision.clone()),
            models: vision.model_claims(),
            policy: Policy::default(),
            judges: 1,
            download_url: None,
            codes: Some(codes),
            mailer,
            connections: ConnectionLimits::default(),
        }))?;
        loopback.runtime().spawn(verifier.clone().serve(verifier_at, loopback.until_dropped()));

        let person = Account { name: "ada@example.com", password: random_text::<9>(&SystemRandom) };
        let (tenant_url, payroll_url) = (Url::parse(&tenant_origin)?, Url::parse(&payroll_origin)?);
        let payroll = RelyingParty::builder(&payroll_url, &tenant_url, CLIENT_ID, net.clone()).build();
        let library = ACTIONS.iter().fold(Library::default(), |library, (name, source)| library.file(*name, *source));
        let tenant = Tenant::builder(tenant_url)
            .net(net)
            .dashboard(library)
            .phone_provider(
                Action::new(PHONE_PROVIDER)
                    .secret("TWILIO_ACCOUNT", &account)
                    .secret("TWILIO_SECRET", &token)
                    .secret("TWILIO_SERVICE", &service)
                    .secret("TWILIO_BASE_URL", &phone_origin),
            )
            .user(User::new("auth0|ada", "Ada Lovelace", person.name, &person.password).with_phone(PHONE))
            .client(tenant::Client {
                client_id: CLIENT_ID.into(),
                name: "Payroll".into(),
                redirect_uris: vec![payroll.redirect_uri()],
            })
            .build()?;
        loopback.serve(tenant_at, tenant.router());
        loopback.serve(payroll_at, payroll.router());
        loopback.serve(phone_at, phone.router());
        let (password, _) = loopback.runtime().block_on(verifier.add_operator(OPERATOR, Some(Role::Admin)))?;
        let operator = Account { name: OPERATOR, password: password.reveal().to_owned() };
        Ok(Self {
            verifier,
            tenant,
            phone,
            verifier_origin,
            tenant_origin,
            payroll_origin,
            phone_origin,
            person,
            operator,
            loopback,
        })
    }
}

/// An id in Twilio's format: two letters and 32 hexadecimal digits.
fn hex_id(prefix: &str) -> String {
    let mut bytes = [0; 16];
    SystemRandom.fill(&mut bytes);
    bytes.iter().fold(prefix.to_owned(), |id, byte| format!("{id}{byte:02x}"))
}

/// The demo's database is in memory; so is the key that seals it.
fn master_key() -> MasterKey {
    let mut bytes = [0; 32];
    SystemRandom.fill(&mut bytes);
    MasterKey::from_bytes(bytes)
}
