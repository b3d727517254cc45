//! What a tenant is told at start: where it lives, who may log in, from which applications, through which Action.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use sha2::{Digest, Sha256};
use url::Url;

use super::{
    Action, Inner, Tenant, actions,
    signing::{KeyError, SigningKey},
    store::Store,
};
use crate::world::{Chance, Clock, SystemChance, SystemClock};

/// A person who may log in.
#[derive(Clone)]
pub struct User {
    /// Auth0's `user_id`, such as `auth0|ada`.
    pub user_id: String,
    /// Name shown.
    pub name: String,
    /// What they log in with.
    pub email: String,
    password_sha256: [u8; 32],
}

impl User {
    /// A person with a password, of which only a digest is kept: good for a stand-in whose users are given at start.
    pub fn new(user_id: impl Into<String>, name: impl Into<String>, email: impl Into<String>, password: &str) -> Self {
        let password_sha256 = Sha256::digest(password.as_bytes()).into();
        Self { user_id: user_id.into(), name: name.into(), email: email.into(), password_sha256 }
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
    action: Option<Action>,
    action_limit: Duration,
    key: Option<SigningKey>,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
}

/// The checked configuration.
pub(super) struct Config {
    /// `http://tenant.localhost:4000`, without a slash at the end.
    pub(super) origin: String,
    /// `tenant.localhost`.
    pub(super) host: String,
    pub(super) users: Vec<User>,
    pub(super) clients: Vec<Client>,
    pub(super) apis: Vec<String>,
    pub(super) action_limit: Duration,
}

impl Config {
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
            action: None,
            action_limit: actions::TIME_LIMIT,
            key: None,
            clock: Arc::new(SystemClock),
            chance: Arc::new(SystemChance),
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
        self.action = Some(action);
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
    pub fn chance(mut self, chance: Arc<dyn Chance>) -> Self {
        self.chance = chance;
        self
    }

    /// The tenant. Makes a signing key unless one was given.
    pub fn build(self) -> Result<Tenant, TenantError> {
        let is_origin = matches!(self.issuer.scheme(), "http" | "https")
            && self.issuer.path() == "/"
            && self.issuer.query().is_none()
            && self.issuer.fragment().is_none()
            && self.issuer.username().is_empty();
        let host = self.issuer.host_str().filter(|_| is_origin).ok_or(TenantError::IssuerNotAnOrigin)?;
        let config = Config {
            origin: self.issuer.origin().ascii_serialization(),
            host: host.to_owned(),
            users: self.users,
            clients: self.clients,
            apis: self.apis,
            action_limit: self.action_limit,
        };
        let key = self.key.map_or_else(|| SigningKey::generate(&*self.chance), Ok)?;
        let (store, action) = (Mutex::new(Store::default()), Mutex::new(self.action));
        Ok(Tenant(Arc::new(Inner { config, key, clock: self.clock, chance: self.chance, store, action })))
    }
}
