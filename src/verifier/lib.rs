//! The reference verification service: a login arrives from a tenant, a device proves that the right person is there,
//! the browser takes the result back.
//!
//! | file | what it answers |
//! |---|---|
//! | `start`, `start_refusal`, `token` | `GET /start`: the tenant's token becomes a session, a cookie and the landing page |
//! | `landing`, `session_page`, `browser`, `pages` | the login as its browser sees it: how it stands, what to do, the way out |
//! | `mailed`, `mail_pages`, `mail` | the link by mail |
//! | `browser_code`, `code_pages` | a one-time code asked for and typed in the browser |
//! | `devices`, `sessions` | `POST /v1/devices`, `…/open`, `…/abandon` |
//! | `captures`, `verdict`, `picture`, `judge`, `sample_analysis`, `template` | `POST …/captures`: checks in the protocol's order, then judges |
//! | `otp`, `codes`, `twilio` | `POST …/otp`, `…/otp/check`: a one-time code in place of a face |
//! | `logs`, `feedback` | `POST /v1/logs/{integration_id}`: a tenant's log stream; what it teaches goes to Twilio |
//! | `give_back` | `GET /return/{handle}`: a form that posts the result to the tenant |
//! | `operators`, `portal` | `/portal`: where operators set integrations up and see what happened |
//! | `request`, `problem`, `serve` | proofs and caps, refusals by name, routes and limits |
//! | `store` | SQLite; secrets, templates and answers sealed, audit chained |
//!
//! It reads the wire through [`protocol`](countenance_core::protocol) and [`attest::verify`](countenance_attest::verify) only: a second
//! reader, not a back door.

use std::{
    fmt,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{net::TcpListener, sync::Semaphore};
use zeroize::Zeroizing;

use countenance_core::{
    clock::{Clock, UnixSecs},
    policy::Policy,
    protocol::{ModelClaim, Outcome, Reason},
    rng::{SecureRandom, random_text},
};

mod api;
mod browser;
mod integration;
mod judge;
mod ops;
mod origin;
mod otp;
mod portal;
mod store;

pub use api::logs::LogToken;
pub use browser::mail::{MailError, Mailer, SmtpMailer, SmtpSetupError};
pub use integration::{DeviceRule, Rules, RulesError, Transport};
pub use judge::sample_analysis::{AnalysisError, FaceAnalysis, SampleAnalysis, SampleAnalyzer};
pub use judge::{SAMPLE_LIVENESS_MIN, SAMPLE_SLACK_RATIO};
pub use origin::{Origin, OriginError};
pub use otp::phone::{NoPhoneNumber, PhoneNumber};
pub use otp::twilio::{TwilioSetupError, TwilioVerify};
pub use store::{AuditHead, Database, Entry, KeyFileError, MasterKey, SealBroken, StoreError};
use store::{Event, Integration, Store, Tx};

/// Life of a return handle, seconds.
const HANDLE_SECS: i64 = 60;
/// Requests served at once; a further one is told to come back.
const REQUESTS_MAX: usize = 256;
/// Captures held in memory at once: each is up to 16 MiB at an enrolment, 8 otherwise.
const UPLOADS_MAX: usize = 16;

/// What a verifier is made of.
pub struct Setup {
    /// The address at which browsers and clients reach it.
    pub origin: Origin,
    /// Where its database is.
    pub database: Database,
    /// What the database is sealed with.
    pub key: MasterKey,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids, codes, nonces and handles come from.
    pub rng: Arc<dyn SecureRandom>,
    /// Looks at samples.
    pub analyzer: Arc<dyn SampleAnalyzer>,
    /// Networks that a device may have judged with.
    pub models: Vec<ModelClaim>,
    /// Thresholds sent with each ticket and judged by.
    pub policy: Policy,
    /// Samples judged at once; a network run keeps a core busy.
    pub judges: usize,
    /// Where a person gets the client; shown on the landing page.
    pub download_url: Option<String>,
    /// Who sends one-time codes; without it no integration has a fallback.
    pub codes: Option<TwilioVerify>,
    /// Who sends links by mail; without it no integration may ask for that.
    pub mailer: Option<Arc<dyn Mailer>>,
}

/// The verification service. Cloning shares it.
#[derive(Clone)]
pub struct Verifier(AppState);

/// The Session Secret of an integration: shown once, then only sealed in the store.
pub struct SessionSecret(Zeroizing<String>);

/// Prints nothing.
impl fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionSecret")
    }
}

impl SessionSecret {
    /// The secret as it goes into the tenant's Action.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Verifier {
    /// Opens the store and stands ready.
    pub async fn open(setup: Setup) -> Result<Self, StoreError> {
        let store = Store::open(&setup.database, &setup.key, setup.rng.clone()).await?;
        Ok(Self(AppState(Arc::new(Shared {
            store,
            requests: Semaphore::new(REQUESTS_MAX),
            uploads: Arc::new(Semaphore::new(UPLOADS_MAX)),
            inference: Arc::new(Semaphore::new(setup.judges.max(1))),
            session_locks: otp::SessionLocks::default(),
            sign_ins: Mutex::default(),
            setup,
        }))))
    }

    /// Everything it answers, to be served by [`serve`](Self::serve) or called in a test.
    pub fn router(&self) -> axum::Router {
        ops::serve::router(self.0.clone())
    }

    /// Serves on `listener` until `shutdown` ends, lets running requests finish and closes the store.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        ops::serve::serve(self.0, listener, shutdown).await
    }

    /// Switches a device off everywhere; false when none of this id is registered. Its sessions take nothing more.
    pub async fn disable_device(&self, device_id: &str) -> Result<bool, StoreError> {
        let mut tx = self.0.store().begin().await?;
        let done = tx.disable_device(device_id, self.0.now()).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// A one-time code with which one device may register at the integration within `life_secs`.
    pub async fn device_code(&self, integration_id: &str, life_secs: i64) -> Result<String, StoreError> {
        let code = random_text::<16>(self.0.rng());
        let mut tx = self.0.store().begin().await?;
        tx.add_device_code(integration_id, &code, self.0.now().saturating_add(life_secs)).await?;
        tx.commit().await?;
        Ok(code)
    }

    /// Ends an account's counts of failures, by face and by code, and its locks; false when there is no such account.
    pub async fn unlock_account(&self, integration_id: &str, sub: &str) -> Result<bool, StoreError> {
        let mut tx = self.0.store().begin().await?;
        let done = tx.clear_failures(integration_id, sub).await?;
        tx.clear_wrong_codes(integration_id, sub).await?;
        let account = tx.pseudonym(integration_id, sub).await?;
        if done {
            tx.record(self.0.now(), Event::AccountUnlocked, integration_id, account.as_deref(), "").await?;
        }
        tx.commit().await?;
        Ok(done)
    }

    /// Sets where an account's one-time codes go, before any number that the tenant sends; none takes it away. False when
    /// there is no such account.
    pub async fn set_phone(
        &self,
        integration_id: &str,
        sub: &str,
        phone: Option<PhoneNumber>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.0.store().begin().await?;
        let done = tx.set_phone(integration_id, sub, phone.as_ref(), self.0.now()).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Sets an account's own least cosine; it counts where it is stricter than the policy's. None takes it away. False when
    /// there is no such account.
    pub async fn set_match_minimum(
        &self,
        integration_id: &str,
        sub: &str,
        cosine_min: Option<f32>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.0.store().begin().await?;
        let done = tx.set_cosine_min(integration_id, sub, cosine_min, self.0.now()).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Erases an account: template, sessions, and what ties the audit log's pseudonym to it. False when unknown.
    pub async fn erase_account(&self, integration_id: &str, sub: &str) -> Result<bool, StoreError> {
        let mut tx = self.0.store().begin().await?;
        let done = tx.erase_account(integration_id, sub, self.0.now()).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Walks the whole audit log; an error names the first row that was changed.
    pub async fn verify_audit(&self) -> Result<AuditHead, StoreError> {
        self.0.store().begin().await?.verify_chain().await
    }

    /// The newest rows of the audit log, at most `limit`, oldest first.
    pub async fn audit_tail(&self, limit: u32) -> Result<Vec<Entry>, StoreError> {
        self.0.store().begin().await?.audit_tail(limit).await
    }
}

/// What all calls share.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Shared>);

struct Shared {
    setup: Setup,
    store: Store,
    requests: Semaphore,
    uploads: Arc<Semaphore>,
    inference: Arc<Semaphore>,
    session_locks: otp::SessionLocks,
    sign_ins: Mutex<portal::Throttle>,
}

impl AppState {
    fn store(&self) -> &Store {
        &self.0.store
    }

    fn now(&self) -> UnixSecs {
        self.0.setup.clock.now()
    }

    fn rng(&self) -> &dyn SecureRandom {
        self.0.setup.rng.as_ref()
    }

    fn analyzer(&self) -> &dyn SampleAnalyzer {
        self.0.setup.analyzer.as_ref()
    }

    fn origin(&self) -> &Origin {
        &self.0.setup.origin
    }

    /// The service's own thresholds.
    fn policy(&self) -> &Policy {
        &self.0.setup.policy
    }

    /// What an integration's logins are judged by: the service's thresholds, tightened by its own.
    fn policy_of(&self, integration: &Integration) -> Policy {
        self.0.setup.policy.tightened_by(&integration.rules.policy)
    }

    fn codes(&self) -> Option<&TwilioVerify> {
        self.0.setup.codes.as_ref()
    }

    fn session_locks(&self) -> &otp::SessionLocks {
        &self.0.session_locks
    }

    fn mailer(&self) -> Option<Arc<dyn Mailer>> {
        self.0.setup.mailer.clone()
    }

    fn models(&self) -> &[ModelClaim] {
        &self.0.setup.models
    }

    fn download_url(&self) -> Option<&str> {
        self.0.setup.download_url.as_deref()
    }

    fn requests(&self) -> &Semaphore {
        &self.0.requests
    }

    fn uploads(&self) -> Arc<Semaphore> {
        self.0.uploads.clone()
    }

    fn inference(&self) -> Arc<Semaphore> {
        self.0.inference.clone()
    }

    /// How often signing in to the portal failed, by name.
    fn sign_ins(&self) -> MutexGuard<'_, portal::Throttle> {
        // Counts have no state in between that a panic could leave behind.
        self.0.sign_ins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn return_url(&self, handle: &str) -> String {
        self.origin().url(&format!("/return/{handle}")).into()
    }

    /// Ends a session as refused and gives the handle that takes the refusal to the tenant.
    async fn refuse(
        &self,
        tx: &mut Tx<'_>,
        session_id: &str,
        reason: Reason,
        handle_expires_at: UnixSecs,
    ) -> Result<String, StoreError> {
        let handle = random_text::<32>(self.rng());
        let outcome = Outcome::Refused { reason, continue_url: self.return_url(&handle) };
        let outcome = api::captures::outcome_text(&outcome);
        tx.finish_session(session_id, Some(reason), &handle, handle_expires_at, &outcome).await?;
        let session = tx.session(session_id).await?.ok_or(StoreError::Unknown { what: "session" })?;
        let account = tx.pseudonym(&session.integration_id, &session.sub).await?;
        tx.record(self.now(), Event::SessionRefused, session_id, account.as_deref(), reason.name()).await?;
        Ok(handle)
    }
}
