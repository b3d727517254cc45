//! The reference verification service: a sign-in arrives from a tenant, a device attests a live face, the service
//! compares it with the account's template, and the browser takes the result back to the tenant.
//!
//! | module | contents |
//! |---|---|
//! | `api` | Device calls: `POST /v1/devices`, `/v1/devices/heartbeat`, `/v1/bindings/lookup` and `…/approve`, `/v1/sessions/{id}/open`, `…/attendance`, `…/captures`, `…/abandon`; the tenant's log stream at `POST /v1/logs/{integration_id}`; request proofs, size limits and RFC 9457 problems |
//! | `browser` | The browser's side of a sign-in: `GET /start` (session token to session, cookie and landing page), the session's pages, the mailed links and notices, `GET /return/{handle}` (a form that posts the result to the tenant) |
//! | `otp` | One-time codes instead of a face: the device calls `…/otp` and `…/otp/check`, the browser pages, Twilio Verify and the feedback it gets |
//! | `portal` | `/portal`, where operators set up integrations and see sessions, users, devices and the audit log |
//! | `judge` | The decision on a capture: claims, networks, sample analysis, comparison and template updates |
//! | `store` | SQLite: every change in a transaction, secrets and templates sealed, the audit log chained |
//! | `ops` | Routes, limits and response headers, the server, operator accounts |
//! | `enrollment` | A template is pending until the browser returns |
//! | `fleet` | How kiosks are, and which need attention |
//! | `role` | What operators may do |
//! | `supervisors` | Who confirms enrollments at kiosks, and their PINs |
//! | `integration`, `origin` | A tenant's rules; this verifier's origin and the allowed `/continue` addresses |
//!
//! Requests are read only through [`protocol`](countenance_core::protocol) and
//! [`attest::verify`](countenance_attest::verify), the same types that the client writes.

use std::{
    fmt,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use countenance_core::{
    clock::{Clock, UnixSecs},
    policy::Policy,
    protocol::{ModelClaim, Outcome, Reason},
    rng::{SecureRandom, random_text},
};

mod api;
mod browser;
mod enrollment;
mod fleet;
mod integration;
mod judge;
mod limits;
mod ops;
mod origin;
mod otp;
mod portal;
mod role;
mod store;
mod supervisors;

pub use api::logs::LogToken;
pub use browser::mail::{MailError, Mailer, SmtpMailer, SmtpSetupError};
pub use integration::{DeviceRule, EnrolmentFlow, Rules, RulesError, Transport};
pub use judge::remeasure::{Mismeasured, remeasure};
pub use judge::sample_analysis::{AnalysisError, FaceAnalysis, SampleAnalysis, SampleAnalyzer};
pub use judge::{SAMPLE_LIVENESS_MIN, SAMPLE_SLACK_RATIO};
pub use limits::{
    Limits,
    buckets::{Rate, RateLimits},
};
pub use ops::bindings::BindError;
pub use ops::entrance::Listeners;
pub use ops::kiosks::{KioskError, KioskLine};
pub use ops::listen::ConnectionLimits;
pub use origin::{Origin, OriginError};
pub use otp::phone::{NoPhoneNumber, PhoneNumber};
pub use otp::twilio::{TwilioSetupError, TwilioVerify};
pub use role::Role;
pub use store::{
    AuditCheck, AuditHead, AuditScope, BackupError, Database, Entry, KeyFileError, MasterKey, SealBroken, StoreError,
};
use store::{Event, Integration, Store, Tx};
pub use supervisors::SupervisorError;

/// Lifetime of a return handle, seconds.
const HANDLE_SECS: i64 = 60;
/// Maximum number of requests served at once; more are answered 503 with `Retry-After`.
const REQUESTS_MAX: usize = 256;
/// Maximum number of requests served at once at the portal's own address, whatever goes on at the other.
const PORTAL_REQUESTS_MAX: usize = 32;
/// Maximum number of log stream deliveries held in memory at once: each up to 16 MiB.
const DELIVERIES_MAX: usize = 4;

/// Configuration and adapters of a verifier.
pub struct Setup {
    /// The origin at which browsers and clients reach it.
    pub origin: Origin,
    /// The portal's origin, if it has an address of its own; otherwise it is served at `origin`.
    pub portal_origin: Option<Origin>,
    /// Its database.
    pub database: Database,
    /// The key that seals the database; wiped once it is open.
    pub key: MasterKey,
    /// Source of the current time.
    pub clock: Arc<dyn Clock>,
    /// Source of ids, codes, nonces and handles.
    pub rng: Arc<dyn SecureRandom>,
    /// Runs the networks on samples.
    pub analyzer: Arc<dyn SampleAnalyzer>,
    /// Networks that an attestation must name, besides those that the policy adds.
    pub models: Vec<ModelClaim>,
    /// Thresholds, sent with each ticket and applied to each capture.
    pub policy: Policy,
    /// Number of samples judged at once. Each occupies a core.
    pub judges: usize,
    /// Where people download the client; shown on the landing page.
    pub download_url: Option<String>,
    /// Sends one-time codes; without it no integration has a fallback.
    pub codes: Option<TwilioVerify>,
    /// Mails links; without it no integration may use the email flow.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// Limits of the server's connections.
    pub connections: ConnectionLimits,
}

/// The verification service. Clones share their state.
#[derive(Clone)]
pub struct Verifier(AppState);

/// The Session Secret of an integration: shown once, from then on only sealed in the store.
pub struct SessionSecret(Zeroizing<String>);

/// Prints nothing.
impl fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionSecret")
    }
}

impl SessionSecret {
    /// The secret, for the tenant's Action.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Verifier {
    /// Opens the store.
    pub async fn open(mut setup: Setup) -> Result<Self, StoreError> {
        let store = Store::open(&setup.database, &setup.key, setup.rng.clone()).await?;
        setup.key.wipe();
        Ok(Self(AppState(Arc::new(Shared {
            store,
            requests: Semaphore::new(REQUESTS_MAX),
            portal_requests: Semaphore::new(PORTAL_REQUESTS_MAX),
            uploads: Arc::default(),
            deliveries: Semaphore::new(DELIVERIES_MAX),
            inference: Arc::new(Semaphore::new(setup.judges.max(1))),
            session_locks: otp::SessionLocks::default(),
            buckets: limits::buckets::Buckets::new(setup.connections.rates),
            sign_ins: Mutex::default(),
            setup,
        }))))
    }

    /// The routes at [`Setup::origin`], to be served by [`serve`](Self::serve) or called in a test.
    pub fn router(&self) -> axum::Router {
        ops::serve::router(self.0.clone())
    }

    /// The routes at [`Setup::portal_origin`].
    pub fn portal_router(&self) -> axum::Router {
        ops::serve::portal_router(self.0.clone())
    }

    /// Serves until `shutdown` completes, then lets running requests finish, for at most [`ConnectionLimits::drain`], and
    /// closes the store.
    pub async fn serve(self, listeners: impl Into<Listeners>, shutdown: impl Future<Output = ()>) {
        ops::serve::serve(self.0, listeners.into(), shutdown).await;
    }

    /// Disables a device at every integration, and with it its sessions; false if no device with this id is registered.
    pub async fn disable_device(&self, device_id: &str) -> Result<bool, StoreError> {
        let mut tx = self.0.store().begin().await?;
        let done = tx.disable_device(device_id, self.0.now()).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Creates a one-time code with which one kiosk may register at the integration within `life_secs`.
    pub async fn device_code(&self, integration_id: &str, life_secs: i64) -> Result<String, StoreError> {
        let code = random_text::<16>(self.0.rng());
        let now = self.0.now();
        let mut tx = self.0.store().begin().await?;
        tx.add_device_code(integration_id, &code, now, now.saturating_add(life_secs)).await?;
        tx.commit().await?;
        Ok(code)
    }

    /// Resets an account's failure counts, for faces and for codes, and its locks; false if there is no such account.
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

    /// Sets the phone number for an account's one-time codes, which takes precedence over the one that the tenant
    /// sends; `None` removes it. False if there is no such account.
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

    /// Sets an account's own match threshold, which applies where it is stricter than the policy's; `None` removes it.
    /// False if there is no such account.
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

    /// Erases an account: template, sessions, and the link between the account and its pseudonym in the audit log.
    /// False if there is no such account.
    pub async fn erase_account(&self, integration_id: &str, sub: &str) -> Result<bool, StoreError> {
        let mut tx = self.0.store().begin().await?;
        let done = tx.erase_account(integration_id, sub, self.0.now()).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Deletes all faces of an integration that were enrolled at or after `since`, and the devices that enrolling them bound.
    /// Returns the number of faces.
    pub async fn delete_enrolled_since(&self, integration_id: &str, since: UnixSecs) -> Result<usize, StoreError> {
        let mut tx = self.0.store().begin().await?;
        let deleted = tx.delete_enrolled_since(integration_id, since, self.0.now()).await?;
        tx.commit().await?;
        Ok(deleted)
    }
}

/// State shared by all handlers.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Shared>);

struct Shared {
    setup: Setup,
    store: Store,
    requests: Semaphore,
    portal_requests: Semaphore,
    uploads: Arc<api::uploads::Uploads>,
    deliveries: Semaphore,
    inference: Arc<Semaphore>,
    session_locks: otp::SessionLocks,
    buckets: limits::buckets::Buckets,
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

    /// The origin of the portal.
    fn portal_origin(&self) -> &Origin {
        self.0.setup.portal_origin.as_ref().unwrap_or(self.origin())
    }

    /// Whether the portal has an address of its own.
    fn has_portal_address(&self) -> bool {
        self.0.setup.portal_origin.is_some()
    }

    /// The service's own policy.
    fn policy(&self) -> &Policy {
        &self.0.setup.policy
    }

    /// The policy for an integration's sign-ins: the service's, tightened by the integration's.
    fn policy_of(&self, integration: &Integration) -> Policy {
        let Rules { policy, kiosk_distance, .. } = &integration.rules;
        let mut tightened = self.0.setup.policy.tightened_by(policy);
        let (usual, kiosk, held) = (Policy::default().quality, Policy::for_kiosk().quality, &mut tightened.quality);
        // A limit that somebody has made stricter than the usual one stays.
        if *kiosk_distance && held.face_ratio_min <= usual.face_ratio_min {
            held.face_ratio_min = held.face_ratio_min.min(kiosk.face_ratio_min);
        }
        if *kiosk_distance && held.off_centre_ratio >= usual.off_centre_ratio {
            held.off_centre_ratio = held.off_centre_ratio.max(kiosk.off_centre_ratio);
        }
        tightened
    }

    fn codes(&self) -> Option<&TwilioVerify> {
        self.0.setup.codes.as_ref()
    }

    fn session_locks(&self) -> &otp::SessionLocks {
        &self.0.session_locks
    }

    /// Counts of what is limited by rate.
    fn buckets(&self) -> &limits::buckets::Buckets {
        &self.0.buckets
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

    fn connection_limits(&self) -> &ConnectionLimits {
        &self.0.setup.connections
    }

    fn requests(&self) -> &Semaphore {
        &self.0.requests
    }

    fn portal_requests(&self) -> &Semaphore {
        &self.0.portal_requests
    }

    fn deliveries(&self) -> &Semaphore {
        &self.0.deliveries
    }

    fn uploads(&self) -> &Arc<api::uploads::Uploads> {
        &self.0.uploads
    }

    fn inference(&self) -> Arc<Semaphore> {
        self.0.inference.clone()
    }

    /// Failed portal sign-ins.
    fn sign_ins(&self) -> MutexGuard<'_, portal::Throttle> {
        // A panic cannot leave the counts inconsistent, so a poisoned lock is still usable.
        self.0.sign_ins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn return_url(&self, handle: &str) -> String {
        self.origin().url(&format!("/return/{handle}")).into()
    }

    /// Ends a session as refused. Returns the handle with which the browser takes the refusal to the tenant.
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
        let session = tx.session(session_id).await?.ok_or(StoreError::Unknown { what: "session" })?;
        tx.finish_session(&session, Some(reason), &handle, handle_expires_at, &outcome).await?;
        let account = tx.pseudonym(&session.integration_id, &session.sub).await?;
        tx.record(self.now(), Event::SessionRefused, session_id, account.as_deref(), reason.name()).await?;
        Ok(handle)
    }
}
