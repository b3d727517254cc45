//! An Auth0 stand-in on loopback, for the demo and for tests: sign-in page, real execution of Actions, `/continue`,
//! tokens.
//!
//! ```text
//! GET /authorize ──► /u/login ──► Action, first leg ──► 302 verifier?session_token=…&state=…
//!                                                             │
//! /oauth/token ◄── 302 app?code=… ◄── Action, second leg ◄── /continue?state=… (same browser, once, within an hour)
//!                                └── /u/mfa, if the Action requested the tenant's own second factor
//! ```
//!
//! | modules | contents |
//! |---|---|
//! | `authorize`, `login` | the start of a sign-in |
//! | `pipeline` | runs the Action between password and authorization code |
//! | `resume` | `/continue` |
//! | `mfa`, `phone` | the tenant's own second factor |
//! | `token` | the endpoints for applications |
//! | `log`, `manage` | log and dashboard |
//! | `store` | all state, in memory |
//! | `actions` | executes Actions, independent of HTTP |
//!
//! It behaves as Auth0 documents. It is not an identity provider for production: users are configured and keys
//! generated at start, and nothing is persisted.

pub mod actions;
mod authorize;
mod config;
mod event;
mod host;
mod library;
mod log;
mod login;
mod manage;
mod manage_page;
mod mfa;
mod mfa_page;
mod phone;
mod pipeline;
mod resume;
mod signing;
mod store;
mod token;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{Router, middleware, routing};

pub use actions::Action;
pub use config::{Client, TenantBuilder, TenantError, User};
pub use library::{Library, LibraryError};
pub use signing::{KeyError, SigningKey};

use config::Config;
use countenance_core::clock::Clock;
use countenance_core::rng::SecureRandom;
use countenance_net::Net;
use store::Store;

/// A tenant. Clones share everything.
#[derive(Clone)]
pub struct Tenant(Arc<AppState>);

struct AppState {
    config: Config,
    key: SigningKey,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn SecureRandom>,
    net: Option<Arc<dyn Net>>,
    store: Mutex<Store>,
    deployed: Mutex<Deployed>,
}

/// Settings that can change while the tenant runs.
#[derive(Clone, Default)]
struct Deployed {
    post_login: Option<Action>,
    phone_provider: Option<Action>,
    log_stream: Option<log::Stream>,
}

impl Tenant {
    /// A tenant at `issuer`: an origin such as `http://tenant.localhost:4000`.
    pub fn builder(issuer: url::Url) -> TenantBuilder {
        TenantBuilder::new(issuer)
    }

    /// Console output of Actions so far.
    pub fn console(&self) -> Vec<String> {
        self.store().console.clone()
    }

    /// The routes of all pages and endpoints.
    pub fn router(&self) -> Router {
        let dashboard = self.config().library.as_ref().map(|_| manage::router());
        Router::new()
            .route("/authorize", routing::get(authorize::authorize))
            .route("/u/login", routing::get(login::show).post(login::submit))
            .route("/u/mfa", routing::get(mfa::show).post(mfa::submit))
            .route("/continue", routing::get(resume::resume).post(resume::resume))
            .route("/oauth/token", routing::post(token::exchange))
            .route("/userinfo", routing::get(token::userinfo))
            .route("/.well-known/jwks.json", routing::get(token::jwks))
            .route("/.well-known/openid-configuration", routing::get(token::discovery))
            .merge(dashboard.unwrap_or_default())
            .layer(middleware::from_fn_with_state(self.clone(), host::check))
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

    /// Its origin, without a trailing slash.
    pub fn origin(&self) -> &str {
        &self.0.config.origin
    }

    /// Deploys `action` in place of the current one; it applies to sign-ins that start from now on.
    pub fn deploy(&self, action: Action) {
        self.change(|deployed| deployed.post_login = Some(action));
    }

    /// Deploys the phone-provider Action, which sends the codes of the tenant's own second factor.
    pub fn deploy_phone_provider(&self, action: Action) {
        self.change(|deployed| deployed.phone_provider = Some(action));
    }

    /// Posts log events from now on to `url`, with `authorization` as the value of that header. Has no effect without a
    /// network.
    pub fn stream_logs(&self, url: url::Url, authorization: &str) {
        self.change(|deployed| deployed.log_stream = Some(log::Stream::new(url, authorization)));
    }

    fn deployed(&self) -> Deployed {
        self.0.deployed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Deployed)) {
        change(&mut self.0.deployed.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn net(&self) -> Option<Arc<dyn Net>> {
        self.0.net.clone()
    }

    /// A random 64-bit number.
    fn number(&self) -> u64 {
        let mut bytes = [0; 8];
        self.0.rng.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn config(&self) -> &Config {
        &self.0.config
    }

    fn key(&self) -> &SigningKey {
        &self.0.key
    }

    fn now(&self) -> countenance_core::clock::UnixSecs {
        self.0.clock.now()
    }

    /// 32 random bytes as text, for a state, code, token or cookie.
    fn random(&self) -> String {
        countenance_core::rng::random_text::<32>(&*self.0.rng)
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        // No change can panic halfway, so a poisoned store is consistent.
        self.0.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
