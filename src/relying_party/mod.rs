//! A relying party for the demo: "Payroll", with a public page and a salary page that wants a second factor.
//!
//! It trusts an ID token only after its signature, issuer, audience, time and nonce have been checked, and a second factor only
//! by the claim `https://authid.ai/claims/amr`. When that claim is missing it asks the tenant for it by `acr_values`, once: a
//! login that comes back without it ends on a page, not in a loop.

mod fetch;
mod id_token;
mod pages;
mod routes;
mod sessions;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{Router, routing};
use url::Url;

pub use fetch::{Fetch, FetchError, Fetched};
pub use id_token::IdTokenError;

use crate::world::{Chance, Clock, SystemChance, SystemClock};
use sessions::Sessions;

/// What an application sends in `acr_values` to ask for a face.
pub const STEP_UP_POLICY: &str = "https://authid.ai/policies/multi-factor";
/// The claim that says a second factor was shown.
pub const AMR_CLAIM: &str = "https://authid.ai/claims/amr";

/// The application. Clones share everything.
#[derive(Clone)]
pub struct RelyingParty(Arc<Inner>);

struct Inner {
    origin: String,
    tenant: String,
    client_id: String,
    fetch: Arc<dyn Fetch>,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    sessions: Mutex<Sessions>,
}

/// Collects what the application needs.
pub struct RelyingPartyBuilder(Inner);

impl RelyingParty {
    /// An application at `origin` (`http://payroll.localhost:4002`), known to the tenant at `tenant` (also an origin) as
    /// `client_id`, which calls the tenant through `fetch`.
    pub fn builder(
        origin: &Url,
        tenant: &Url,
        client_id: impl Into<String>,
        fetch: Arc<dyn Fetch>,
    ) -> RelyingPartyBuilder {
        RelyingPartyBuilder(Inner {
            origin: origin.origin().ascii_serialization(),
            tenant: tenant.origin().ascii_serialization(),
            client_id: client_id.into(),
            fetch,
            clock: Arc::new(SystemClock),
            chance: Arc::new(SystemChance),
            sessions: Mutex::default(),
        })
    }

    /// Where the tenant calls it back: what to register there.
    pub fn redirect_uri(&self) -> String {
        format!("{}/callback", self.0.origin)
    }

    /// All pages.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/", routing::get(routes::home))
            .route("/login", routing::get(routes::login))
            .route("/callback", routing::get(routes::callback))
            .route("/salary", routing::get(routes::salary))
            .route("/logout", routing::post(routes::logout))
            .with_state(self.clone())
    }

    /// Serves until `shutdown` ends.
    pub async fn serve(
        &self,
        listener: tokio::net::TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        axum::serve(listener, self.router()).with_graceful_shutdown(shutdown).await
    }

    fn now(&self) -> crate::world::UnixSecs {
        self.0.clock.now()
    }

    /// 32 random bytes as text: a session, state, nonce or PKCE verifier.
    fn random(&self) -> String {
        crate::world::random_text::<32>(&*self.0.chance)
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RelyingPartyBuilder {
    /// Where the time comes from.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.0.clock = clock;
        self
    }

    /// Where sessions, states and nonces come from.
    #[must_use]
    pub fn chance(mut self, chance: Arc<dyn Chance>) -> Self {
        self.0.chance = chance;
        self
    }

    /// The application.
    pub fn build(self) -> RelyingParty {
        RelyingParty(Arc::new(self.0))
    }
}
