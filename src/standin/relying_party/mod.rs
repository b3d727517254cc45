//! A relying party for the demo: "Payroll", with a public page and a salary page that wants a second factor.
//!
//! It trusts an ID token only after [`amr`](countenance_amr) has checked it, and a second factor only by what that says. Where
//! none was shown, or longer than ten minutes ago, the salary page asks the tenant for it by `acr_values`, once: a login that
//! comes back without it ends on a page, not in a loop.
//!
//! | tokens of | second factor of the session |
//! |---|---|
//! | a login | what the token says, from when the token was made |
//! | a renewal by refresh token | stays as it was: neither lost nor gained, whatever the token says |
//! | a silent check (`prompt=none`) | the same; none if it turns out to be another person |

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

/// Collects what the application needs.
pub struct RelyingPartyBuilder(AppState);

impl RelyingParty {
    /// An application at `origin` (`http://payroll.localhost:4002`), known to the tenant at `tenant` (also an origin) as
    /// `client_id`, which calls the tenant through `net`.
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
            .route("/silent", routing::get(routes::silent))
            .route("/renew", routing::post(routes::renew))
            .route("/logout", routing::post(routes::logout))
            .with_state(self.clone())
    }

    /// Serves until `shutdown` ends.
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

    /// 32 random bytes as text: a session, state, nonce or PKCE verifier.
    fn random(&self) -> String {
        countenance_core::rng::random_text::<32>(&*self.0.rng)
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
    pub fn rng(mut self, rng: Arc<dyn SecureRandom>) -> Self {
        self.0.rng = rng;
        self
    }

    /// The application.
    pub fn build(self) -> RelyingParty {
        RelyingParty(Arc::new(self.0))
    }
}
