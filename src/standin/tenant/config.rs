//! What a tenant is told at start: where it lives, who may log in, from which applications, through which Action.

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

/// A person who may log in.
#[derive(Clone)]
pub struct User {
    /// Auth0's `user_id`, such as `auth0|ada`.
    pub user_id: String,
    /// Name shown.
    pub name: String,
    /// What they log in with.
    pub email: String,
    /// Their phone, E.164, verified: what the tenant's own second factor goes to.
    pub phone: Option<String>,
    password_sha256: [u8; 32],
}

impl User {
    /// A person with a password, of which only a digest is kept: good for a stand-in whose users are given at start.
    pub fn new(user_id: impl Into<String>, name: impl Into<String>, email: impl Into<String>, password: &str) -> Self {
        let password_sha256 = Sha256::digest(password.as_bytes()).into();
        Self { user_id: user_id.into(), name: name.into(), email: email.into(), phone: None, password_sha256 }
    }

    /// With a verified phone number (E.164).
    #[must_use]
    pub fn with_phone(mut self, number: impl Into<String>) -> Self {
        self.phone = Some(number.into());
        self
    }

    /// Whether this is their password. Compares digests, so the time taken says nothing about the password.
    pub(super) fn has_password(&self, password: &str) -> bool {
        let given: [u8; 32] = Sha256::digest(password.as_bytes()).into();
        given == self.password_sha256
    }
}

/// An application: a public client, which proves itself by PKCE.
#[derive(Debug, Clone)]
pub struct Client {
    /// `client_id`.
    pub client_id: String,
    /// Name shown.
    pub name: String,
    /// Where it may be called back, compared letter by letter.
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
    /// A log stream needs a network to go by.
    #[error("a log stream was asked for, and no network was given")]
    NoNetwork,
    /// Its signing key could not be made.
    #[error("the tenant's signing key could not be made")]
    NoKey(#[from] KeyError),
}

/// Collects what a tenant needs.
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

/// The checked configuration.
pub(super) struct Config {
    /// `http://tenant.localhost:4000`, without a slash at the end.
    pub(super) origin: String,
    /// `tenant.localhost`.
    pub(super) host: String,
    /// Every name that it answers to, its own first.
    pub(super) domains: Vec<Domain>,
    pub(super) users: Vec<User>,
    pub(super) clients: Vec<Client>,
    pub(super) apis: Vec<String>,
    pub(super) action_limit: Duration,
    /// What the dashboard offers. `None`: there is no dashboard.
    pub(super) library: Option<Library>,
}

/// A name that the tenant answers to.
pub(super) struct Domain {
    /// `http://login.localhost:4000`.
    pub(super) origin: String,
    /// `login.localhost:4000`, as a browser writes it into `Host`.
    authority: String,
    /// `login.localhost`.
    pub(super) host: String,
}

impl Domain {
    /// `None` unless `url` is an origin and nothing more.
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
    /// The name that a request was sent to, by its `Host`.
    pub(super) fn domain(&self, host: &str) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.authority.eq_ignore_ascii_case(host))
    }

    /// `iss` of tokens: the origin and a slash, as Auth0 writes it.
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

    /// One more person.
    #[must_use]
    pub fn user(mut self, user: User) -> Self {
        self.users.push(user);
        self
    }

    /// One more application.
    #[must_use]
    pub fn client(mut self, client: Client) -> Self {
        self.clients.push(client);
        self
    }

    /// One more API, by the identifier that applications send as `audience`.
    #[must_use]
    pub fn api(mut self, identifier: impl Into<String>) -> Self {
        self.apis.push(identifier.into());
        self
    }

    /// The post-login Action.
    #[must_use]
    pub fn action(mut self, action: Action) -> Self {
        self.deployed.post_login = Some(action);
        self
    }

    /// The phone-provider Action, which sends the codes of the tenant's own second factor.
    #[must_use]
    pub fn phone_provider(mut self, action: Action) -> Self {
        self.deployed.phone_provider = Some(action);
        self
    }

    /// One more origin to answer at, as with a custom domain of Auth0's.
    ///
    /// `event.request.hostname` is the host that the browser used, cookies are each host's own, and a login ends where it
    /// began. Auth0 also writes the custom domain into `iss` of the tokens asked for there; here the issuer stays the tenant's.
    #[must_use]
    pub fn custom_domain(mut self, origin: Url) -> Self {
        self.custom_domains.push(origin);
        self
    }

    /// Where Actions `fetch` and log streams go.
    #[must_use]
    pub fn net(mut self, net: Arc<dyn Net>) -> Self {
        self.net = Some(net);
        self
    }

    /// Posts what happens to `url`; `authorization` is the whole value of that header. Needs a network.
    #[must_use]
    pub fn log_stream(mut self, url: Url, authorization: &str) -> Self {
        self.deployed.log_stream = Some(Stream::new(url, authorization));
        self
    }

    /// A dashboard at `/manage` that deploys files of `library`. Whoever reaches the tenant reaches it: for loopback only.
    #[must_use]
    pub fn dashboard(mut self, library: Library) -> Self {
        self.library = Some(library);
        self
    }

    /// How long each leg of the Action may run instead of Auth0's 20 seconds.
    #[must_use]
    pub fn action_limit(mut self, limit: Duration) -> Self {
        self.action_limit = limit;
        self
    }

    /// A signing key made before, because making one takes a while.
    #[must_use]
    pub fn signing_key(mut self, key: SigningKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Where the time comes from.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Where states, codes, tokens and keys come from.
    #[must_use]
    pub fn rng(mut self, rng: Arc<dyn SecureRandom>) -> Self {
        self.rng = rng;
        self
    }

    /// The tenant. Makes a signing key unless one was given.
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
