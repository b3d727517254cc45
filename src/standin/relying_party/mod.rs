//! A relying party for the demo: "Payroll", with a public page and a salary page that requires a second factor.
//!
//! It trusts an ID token, and the second factor that it claims, only after [`amr`](countenance_amr) has verified it. If
//! there is none, or it is older than ten minutes, the salary page requests one from the tenant with `acr_values`,
//! once: a sign-in that returns without it ends on a page, not in a loop.
//!
//! | tokens from | second factor of the session |
//! |---|---|
//! | a sign-in | as claimed by the token, dated by its `iat` |
//! | a renewal by refresh token | unchanged, whatever the token claims |
//! | a silent check (`prompt=none`) | unchanged; removed if the subject is another user |

mod pages;
mod routes;
mod sessions;
mod tokens;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{Router, routing};
use url::Url;

use countenance_amr::{IdTokens, Keys};
use countenance_core::clock::Clock;
use countenance_core::rng::SecureRandom;
use countenance_net::Net;
use countenance_system::{SystemClock, SystemRandom};
use sessions::Sessions;

/// The application. Clones share everything.
#[derive(Clone)]
pub struct RelyingParty(Arc<AppState>);

struct AppState {
    origin: String,
    tenant: String,
    client_id: String,
    net: Arc<dyn Net>,
    id_tokens: IdTokens,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn SecureRandom>,
    sessions: Mutex<Sessions>,
}

/// Configures a [`RelyingParty`].
pub struct RelyingPartyBuilder(AppState);

impl RelyingParty {
    /// An application at `origin` (`http://payroll.localhost:4002`), registered with the tenant at the origin `tenant`
    /// as `client_id`. It calls the tenant through `net`.
    pub fn builder(origin: &Url, tenant: &Url, client_id: impl Into<String>, net: Arc<dyn Net>) -> RelyingPartyBuilder {
        let (tenant, client_id) = (tenant.origin().ascii_serialization(), client_id.into());
        let keys = {
            let (net, tenant) = (Arc::clone(&net), tenant.clone());
            Keys::fetched(move || tokens::fetch_keys(&*net, &tenant))
        };
        RelyingPartyBuilder(AppState {
            origin: origin.origin().ascii_serialization(),
            id_tokens: IdTokens::rs256(format!("{tenant}/"), client_id.clone(), keys),
            tenant,
            client_id,
            net,
            clock: Arc::new(SystemClock),
            rng: Arc::new(SystemRandom),
            sessions: Mutex::default(),
        })
    }

    /// The redirect URI to register with the tenant.
    pub fn redirect_uri(&self) -> String {
        format!("{}/callback", self.0.origin)
    }

    /// The routes of all pages.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/", routing::get(routes::home))
            .route("/login", routing::get(routes::login))
            .route("/callback", routing::get(routes::callback))
            .route("/salary", routing::get(routes::salary))
            .route("/silent", routing::get(routes::silent))
            .route("/renew", routing::post(routes::renew))
            .route("/logout", routing::post(routes::logout))
            .with_state(self.clone())
    }

    /// Serves until `shutdown` completes.
    pub async fn serve(
        &self,
        listener: tokio::net::TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        crate::loopback::serve(self.router(), listener, shutdown).await
    }

    fn now(&self) -> countenance_core::clock::UnixSecs {
        self.0.clock.now()
    }

    /// 32 random bytes as text, for a session, state, nonce or PKCE verifier.
    fn random(&self) -> String {
        countenance_core::rng::random_text::<32>(&*self.0.rng)
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RelyingPartyBuilder {
    /// Replaces the system clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.0.clock = clock;
        self
    }

    /// Replaces the system's source of randomness.
    #[must_use]
    pub fn rng(mut self, rng: Arc<dyn SecureRandom>) -> Self {
        self.0.rng = rng;
        self
    }

    /// Builds the application.
    pub fn build(self) -> RelyingParty {
        RelyingParty(Arc::new(self.0))
    }
}
