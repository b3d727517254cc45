//! Integrations as an operator sets them up.

use super::{
    SessionSecret, Verifier,
    origin::is_host_name,
    pages::one_line,
    store::{Integration, StoreError},
};
use crate::world::random_text;

/// What an operator decides about a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIntegration {
    /// Shown to people where the tenant names no application; 1 to 64 characters.
    pub name: String,
    /// Host name of the tenant: `iss` of its tokens, and where browsers go back to.
    pub tenant_host: String,
    /// Further host names under which the tenant serves `/continue`.
    pub custom_domains: Vec<String>,
    /// Whether an account without a template may enrol itself.
    pub allow_self_enrolment: bool,
    /// Whether recordings and other virtual cameras count: for tests only.
    pub allow_virtual_cameras: bool,
    /// Which devices may open sessions.
    pub device_rule: DeviceRule,
    /// Captures per session, 1 to 10.
    pub attempts: u32,
}

/// Which devices may open sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceRule {
    /// Any: a new key registers itself. For people's own computers.
    Open,
    /// Only those registered with a one-time code. For kiosks.
    Code,
}

/// Why an integration was not added.
#[derive(Debug, thiserror::Error)]
pub enum NewIntegrationError {
    /// The name is empty or longer than a line.
    #[error("an integration needs a name of 1 to 64 characters")]
    Name,
    /// A host is not a bare, lower-case host name.
    #[error("{host:?} is not a bare, lower-case host name")]
    Host {
        /// As it was given.
        host: String,
    },
    /// The number of attempts is out of range.
    #[error("a session takes 1 to 10 captures, not {found}")]
    Attempts {
        /// As it was given.
        found: u32,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Verifier {
    /// Adds an integration: its id, and its Session Secret, which is never shown again.
    pub async fn add_integration(&self, new: NewIntegration) -> Result<(String, SessionSecret), NewIntegrationError> {
        if new.name.is_empty() || one_line(&new.name) != new.name {
            return Err(NewIntegrationError::Name);
        }
        if let Some(host) = std::iter::once(&new.tenant_host).chain(&new.custom_domains).find(|h| !is_host_name(h)) {
            return Err(NewIntegrationError::Host { host: host.clone() });
        }
        if !(1..=10).contains(&new.attempts) {
            return Err(NewIntegrationError::Attempts { found: new.attempts });
        }
        let inner = &self.0;
        let integration = Integration {
            id: random_text::<16>(inner.chance()),
            name: new.name,
            tenant_host: new.tenant_host,
            custom_domains: new.custom_domains,
            self_enrolment: new.allow_self_enrolment,
            virtual_cameras: new.allow_virtual_cameras,
            open_registration: new.device_rule == DeviceRule::Open,
            attempts: new.attempts,
        };
        let secret = zeroize::Zeroizing::new(random_text::<32>(inner.chance()));
        let mut tx = inner.store().begin().await?;
        tx.add_integration(&integration, &secret, inner.now()).await?;
        tx.commit().await?;
        Ok((integration.id, SessionSecret(secret)))
    }
}
