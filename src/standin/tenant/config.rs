//! Configuration of a tenant: origin, users, applications and Actions.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use sha2::{Digest, Sha256};
use url::Url;

use super::{
    Action, AppState, Deployed, Library, Tenant, actions,
    log::Stream,
    signing::{KeyError, SigningKey},
    store::Store,
};
use countenance_core::clock::Clock;
use countenance_core::rng::SecureRandom;
use countenance_net::Net;
use countenance_system::{SystemClock, SystemRandom};

/// A user.
#[derive(Clone)]
pub struct User {
    /// Auth0's `user_id`, such as `auth0|ada`.
    pub user_id: String,
    /// Display name.
    pub name: String,
    /// Email address, used to sign in.
    pub email: String,
    /// Verified phone number, E.164, for the tenant's own second factor.
    pub phone: Option<String>,
    password_sha256: [u8; 32],
}

impl User {
    /// A user with a password, of which only a SHA-256 digest is kept: sufficient for a stand-in.
    pub fn new(user_id: impl Into<String>, name: impl Into<String>, email: impl Into<String>, password: &str) -> Self {
        let password_sha256 = Sha256::digest(password.as_bytes()).into();
        Self { user_id: user_id.into(), name: name.into(), email: email.into(), phone: None, password_sha256 }
    }

    /// Sets a verified phone number (E.164).
    #[must_use]
    pub fn with_phone(mut self, number: impl Into<String>) -> Self {
        self.phone = Some(number.into());
        self
    }

    /// Whether the password is correct. Compares digests, so the time taken does not depend on the password.
    pub(super) fn has_password(&self, password: &str) -> bool {
        let given: [u8; 32] = Sha256::digest(password.as_bytes()).into();
        given == self.password_sha256
    }
}

/// An application: a public client with PKCE.
#[derive(Debug, Clone)]
pub struct Client {
    /// `client_id`.
    pub client_id: String,
    /// Display name.
    pub name: String,
    /// Allowed redirect URIs, compared exactly.
    pub redirect_uris: Vec<String>,
}

/// Why a tenant cannot start.
#[derive(Debug, thiserror::Error)]
pub enum TenantError {
    /// The issuer is not `http(s)://host[:port]`.
    #[error("the issuer is not an http or https origin")]
    IssuerNotAnOrigin,
    /// A custom domain is not `http(s)://host[:port]`.
    #[error("a custom domain is not an http or https origin")]
    CustomDomainNotAnOrigin,
    /// A log stream requires a network.
    #[error("a log stream requires a network")]
    NoNetwork,
    /// The signing key could not be generated.
    #[error("cannot generate the tenant's signing key")]
    NoKey(#[from] KeyError),
}

/// Configures a [`Tenant`].
pub struct TenantBuilder {
    issuer: Url,
    users: Vec<User>,
    clients: Vec<Client>,
    apis: Vec<String>,
    custom_domains: Vec<Url>,
    deployed: Deployed,
    library: Option<Library>,
    net: Option<Arc<dyn Net>>,
    action_limit: Duration,
    key: Option<SigningKey>,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn SecureRandom>,
}

/// The validated configuration.
pub(super) struct Config {
    /// Origin without a trailing slash, such as `http://tenant.localhost:4000`.
    pub(super) origin: String,
    /// Host name, such as `tenant.localhost`.
    pub(super) host: String,
    /// All domains it serves, its own first.
    pub(super) domains: Vec<Domain>,
    pub(super) users: Vec<User>,
    pub(super) clients: Vec<Client>,
    pub(super) apis: Vec<String>,
    pub(super) action_limit: Duration,
    /// Action files for the dashboard; `None` if there is no dashboard.
    pub(super) library: Option<Library>,
}

/// A domain that the tenant serves.
pub(super) struct Domain {
    /// Origin, such as `http://login.localhost:4000`.
    pub(super) origin: String,
    /// Host and port as in the `Host` header, such as `login.localhost:4000`.
    authority: String,
    /// Host name, such as `login.localhost`.
    pub(super) host: String,
}

impl Domain {
    /// `None` unless `url` consists of an origin only.
    fn new(url: &Url) -> Option<Self> {
        let is_origin = matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty();
        let host = url.host_str().filter(|_| is_origin)?;
        let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Some(Self { origin: url.origin().ascii_serialization(), authority, host: host.to_owned() })
    }
}

impl Config {
    /// The domain for the value of a `Host` header.
    pub(super) fn domain(&self, host: &str) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.authority.eq_ignore_ascii_case(host))
    }

    /// `iss` of tokens: the origin with a trailing slash, as at Auth0.
    pub(super) fn issuer(&self) -> String {
        format!("{}/", self.origin)
    }

    pub(super) fn client(&self, client_id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.client_id == client_id)
    }

    pub(super) fn user(&self, user_id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.user_id == user_id)
    }
}

impl TenantBuilder {
    pub(super) fn new(issuer: Url) -> Self {
        Self {
            issuer,
            users: Vec::new(),
            clients: Vec::new(),
            apis: Vec::new(),
            custom_domains: Vec::new(),
            deployed: Deployed::default(),
            library: None,
            net: None,
            action_limit: actions::TIME_LIMIT,
            key: None,
            clock: Arc::new(SystemClock),
            rng: Arc::new(SystemRandom),
        }
    }

    /// Adds a user.
    #[must_use]
    pub fn user(mut self, user: User) -> Self {
        self.users.push(user);
        self
    }

    /// Adds an application.
    #[must_use]
    pub fn client(mut self, client: Client) -> Self {
        self.clients.push(client);
        self
    }

    /// Adds an API, by the identifier that applications send as `audience`.
    #[must_use]
    pub fn api(mut self, identifier: impl Into<String>) -> Self {
        self.apis.push(identifier.into());
        self
    }

    /// Sets the post-login Action.
    #[must_use]
    pub fn action(mut self, action: Action) -> Self {
        self.deployed.post_login = Some(action);
        self
    }

    /// Sets the phone-provider Action, which sends the codes of the tenant's own second factor.
    #[must_use]
    pub fn phone_provider(mut self, action: Action) -> Self {
        self.deployed.phone_provider = Some(action);
        self
    }

    /// Adds an origin to serve, like a custom domain at Auth0.
    ///
    /// `event.request.hostname` is the host that the browser used, each host has its own cookies, and a sign-in ends on
    /// the host where it started. Unlike at Auth0, `iss` of the tokens is always the tenant's own origin.
    #[must_use]
    pub fn custom_domain(mut self, origin: Url) -> Self {
        self.custom_domains.push(origin);
        self
    }

    /// Sets the network for `fetch` in Actions and for log streams.
    #[must_use]
    pub fn net(mut self, net: Arc<dyn Net>) -> Self {
        self.net = Some(net);
        self
    }

    /// Posts log events to `url`, with `authorization` as the value of that header. Requires a network.
    #[must_use]
    pub fn log_stream(mut self, url: Url, authorization: &str) -> Self {
        self.deployed.log_stream = Some(Stream::new(url, authorization));
        self
    }

    /// Adds a dashboard at `/manage` that deploys files of `library`. It requires no sign-in: for loopback only.
    #[must_use]
    pub fn dashboard(mut self, library: Library) -> Self {
        self.library = Some(library);
        self
    }

    /// Sets the time limit of each leg, instead of Auth0's 20 seconds.
    #[must_use]
    pub fn action_limit(mut self, limit: Duration) -> Self {
        self.action_limit = limit;
        self
    }

    /// Sets the signing key. Generating one takes a while; this allows reuse.
    #[must_use]
    pub fn signing_key(mut self, key: SigningKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Replaces the system clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Replaces the system's source of randomness.
    #[must_use]
    pub fn rng(mut self, rng: Arc<dyn SecureRandom>) -> Self {
        self.rng = rng;
        self
    }

    /// Builds the tenant. Generates a signing key unless one was set.
    pub fn build(self) -> Result<Tenant, TenantError> {
        let own = Domain::new(&self.issuer).ok_or(TenantError::IssuerNotAnOrigin)?;
        if self.deployed.log_stream.is_some() && self.net.is_none() {
            return Err(TenantError::NoNetwork);
        }
        let (origin, host) = (own.origin.clone(), own.host.clone());
        let more = self.custom_domains.iter().map(|url| Domain::new(url).ok_or(TenantError::CustomDomainNotAnOrigin));
        let domains = std::iter::once(Ok(own)).chain(more).collect::<Result<_, _>>()?;
        let config = Config {
            origin,
            host,
            domains,
            users: self.users,
            clients: self.clients,
            apis: self.apis,
            action_limit: self.action_limit,
            library: self.library,
        };
        let key = self.key.map_or_else(|| SigningKey::generate(&*self.rng), Ok)?;
        Ok(Tenant(Arc::new(AppState {
            config,
            key,
            clock: self.clock,
            rng: self.rng,
            net: self.net,
            store: Mutex::new(Store::default()),
            deployed: Mutex::new(self.deployed),
        })))
    }
}
