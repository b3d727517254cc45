//! Integrations: the rules that an operator sets for a tenant.

mod changes;

use zeroize::Zeroizing;

use crate::{
    AppState, SessionSecret, Verifier,
    browser::pages::one_line,
    limits::{LIMIT_MAX, Limits},
    origin::is_host_name,
    store::{Event, Integration, StoreError, Tx},
};
use countenance_core::{
    clock::UnixSecs,
    policy::{ContractFault, Policy},
    protocol::{ClientVersion, Fallback, KeyProtection, Purpose},
    rng::random_text,
};

/// Maximum retention, days: a hundred years.
pub(crate) const RETENTION_MAX_DAYS: u32 = 36_500;
/// Maximum number of refused versions.
pub(crate) const REFUSED_VERSIONS_MAX: usize = 32;

/// An integration's settings.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub struct Rules {
    /// Shown to people if the tenant sends no application name; 1 to 64 characters.
    pub name: String,
    /// When off, new sign-ins are rejected and running ones are not approved.
    pub enabled: bool,
    /// Host name of the tenant: `iss` of its tokens, and the host to which browsers return.
    pub tenant_host: String,
    /// Custom domains on which the tenant serves `/continue`.
    pub custom_domains: Vec<String>,
    /// Whether users without a template may enroll themselves.
    pub allow_self_enrolment: bool,
    /// Whether an enrollment counts as a second factor. If not, it ends without access, and the next sign-in compares.
    pub enrolment_counts: bool,
    /// Who may enroll, and how.
    pub enrolment_flow: EnrolmentFlow,
    /// How a person with a template gets to the client.
    pub verification_flow: Transport,
    /// One-time codes instead of a face, for accounts with a phone: `Sms` offers text messages only, `Voice` also
    /// calls, for people who cannot read messages.
    pub fallback: Option<Fallback>,
    /// Whether recordings and other virtual cameras are accepted; for tests only.
    pub allow_virtual_cameras: bool,
    /// Which devices may open sessions.
    pub device_rule: DeviceRule,
    /// Maximum captures per session, 1 to 10.
    pub attempts: u32,
    /// Days after which a face that was not used is deleted, at most 36,500; 0: never.
    pub retention_days: u32,
    /// How often people and devices may do something.
    pub limits: Limits,
    /// Earliest version of the client that may open sessions.
    pub client_version_min: Option<ClientVersion>,
    /// Versions that may not, whatever the minimum: each can be shut out.
    pub client_versions_refused: Vec<ClientVersion>,
    /// How well a device's key must be protected, by what the device said when it was registered. That is its own word: no
    /// chip has vouched for it.
    pub key_protection_min: KeyProtection,
    /// Whether people may stand as far away as a kiosk has them: their faces may take less of the image's width. Clients at
    /// desks keep their own minimum.
    pub kiosk_distance: bool,
    /// Thresholds; applied only where they are stricter than the service's own.
    pub policy: Policy,
}

impl Rules {
    /// The default rules of a new integration.
    pub fn new(name: impl Into<String>, tenant_host: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            enabled: true,
            tenant_host: tenant_host.into(),
            custom_domains: Vec::new(),
            allow_self_enrolment: true,
            enrolment_counts: true,
            enrolment_flow: EnrolmentFlow::Inline,
            verification_flow: Transport::Inline,
            fallback: None,
            allow_virtual_cameras: false,
            device_rule: DeviceRule::Open,
            attempts: 5,
            // Three years, the longest that the strictest law on biometric data that we know allows (Illinois, 740 ILCS
            // 14/15 (a)).
            retention_days: 1_095,
            limits: Limits::default(),
            client_version_min: None,
            client_versions_refused: Vec::new(),
            key_protection_min: KeyProtection::File,
            kiosk_distance: false,
            policy: Policy::default(),
        }
    }

    /// Validates the rules; the error names the first that is invalid.
    pub(crate) fn check(&self) -> Result<(), RulesError> {
        if self.name.is_empty() || one_line(&self.name) != self.name {
            return Err(RulesError::Name);
        }
        if let Some(host) = self.hosts().find(|host| !is_host_name(host)) {
            return Err(RulesError::Host { host: host.to_owned() });
        }
        if !(1..=10).contains(&self.attempts) {
            return Err(RulesError::Attempts { found: self.attempts });
        }
        if self.retention_days > RETENTION_MAX_DAYS {
            return Err(RulesError::Retention);
        }
        if !self.limits.are_allowed() {
            return Err(RulesError::Limit);
        }
        if self.client_versions_refused.len() > REFUSED_VERSIONS_MAX {
            return Err(RulesError::Versions);
        }
        // JSON has no infinity or NaN: such a policy could be stored but not read back.
        let written = serde_json::to_string(&self.policy).unwrap_or_default();
        if serde_json::from_str::<Policy>(&written).ok().as_ref() != Some(&self.policy) {
            return Err(RulesError::Policy);
        }
        for net in &self.policy.liveness.nets {
            net.check().map_err(|fault| RulesError::Net { name: net.name.clone(), fault })?;
        }
        Ok(())
    }

    /// Whether a client of this version may open sessions. One that does not say its version may as long as every version
    /// may.
    pub(crate) fn accepts_client(&self, version: Option<ClientVersion>) -> bool {
        match version {
            Some(version) => {
                self.client_version_min.is_none_or(|min| version >= min)
                    && !self.client_versions_refused.contains(&version)
            }
            None => self.client_version_min.is_none() && self.client_versions_refused.is_empty(),
        }
    }

    /// How a person gets to the client for this purpose.
    pub(crate) fn flow(&self, purpose: Purpose) -> Transport {
        match purpose {
            Purpose::Enroll => self.enrolment_flow.transport(),
            Purpose::Verify => self.verification_flow,
        }
    }

    /// The tenant's host names: its own, then its custom domains.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.tenant_host).chain(&self.custom_domains).map(String::as_str)
    }
}

countenance_core::enumeration! {
    /// Who may enroll a face for an account that has none, and how. The password alone is not proof of the owner.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum EnrolmentFlow {
        /// Whoever signs in, at once: also somebody who only has the password.
        Inline = "inline",
        /// Whoever signs in and opens a link mailed to the account's address.
        Email = "email",
        /// Whoever signs in while an operator lets this user enroll.
        Operator = "operator",
        /// Whoever signs in at a kiosk, once a supervisor confirms there who it is.
        Attended = "attended",
    }
}

impl EnrolmentFlow {
    /// How the person gets to the client.
    pub(crate) fn transport(self) -> Transport {
        match self {
            Self::Email => Transport::Email,
            Self::Inline | Self::Operator | Self::Attended => Transport::Inline,
        }
    }
}

countenance_core::enumeration! {
    /// How a person gets from the landing page to the client.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Transport {
        /// With a button on the landing page.
        Inline = "inline",
        /// With a link mailed to the account's address, which must be opened in the same browser.
        Email = "email",
    }
}

countenance_core::enumeration! {
    /// Which devices may open sessions.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum DeviceRule {
        /// People's own devices, each bound to its accounts, and kiosks. An unknown key is registered on first use.
        Open = "open",
        /// Only kiosks: devices registered with a one-time code.
        Code = "code",
    }
}

/// Why an integration was not added or changed.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// The name is empty, too long, or has characters that do not belong in one line.
    #[error("an integration needs a name of 1 to 64 characters")]
    Name,
    /// A host is not a bare, lower-case host name.
    #[error("not a bare, lower-case host name: {host:?}")]
    Host {
        /// The value given.
        host: String,
    },
    /// The number of attempts is out of range.
    #[error("captures per session must be 1 to 10, not {found}")]
    Attempts {
        /// The value given.
        found: u32,
    },
    /// The retention is out of range.
    #[error("faces are kept for 1 to {RETENTION_MAX_DAYS} days, or 0 for as long as the account")]
    Retention,
    /// A limit is out of range.
    #[error("a limit must be 1 to {LIMIT_MAX}")]
    Limit,
    /// Too many refused versions.
    #[error("at most {REFUSED_VERSIONS_MAX} versions can be refused; set a minimum instead")]
    Versions,
    /// A threshold cannot be written as JSON and read back: it is not finite or out of range.
    #[error("a threshold of the policy is out of range")]
    Policy,
    /// The contract of an added liveness network is out of bounds.
    #[error("the contract of the liveness network {name:?} is out of bounds")]
    Net {
        /// Its name in the policy.
        name: String,
        /// The bound that is violated.
        #[source]
        fault: ContractFault,
    },
    /// There is no such integration.
    #[error("no such integration")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Verifier {
    /// Adds an integration. Returns its id and its Session Secret, which cannot be read again.
    pub async fn add_integration(&self, rules: Rules) -> Result<(String, SessionSecret), RulesError> {
        let mut tx = self.0.store().begin().await?;
        let made = self.0.add_integration(&mut tx, rules).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Replaces an integration's rules. They apply to running sign-ins too.
    pub async fn change_rules(&self, id: &str, rules: Rules) -> Result<(), RulesError> {
        let mut tx = self.0.store().begin().await?;
        self.0.change_rules(&mut tx, id, &rules).await?;
        Ok(tx.commit().await?)
    }

    /// Gives an integration a new Session Secret. Tokens signed with the old one are accepted for another
    /// `overlap_secs`, which leaves time to update the tenant's Action. The return token is signed with the secret that
    /// signed the sign-in's session token.
    pub async fn rotate_secret(&self, id: &str, overlap_secs: i64) -> Result<SessionSecret, RulesError> {
        let mut tx = self.0.store().begin().await?;
        let secret = self.0.rotate_secret(&mut tx, id, overlap_secs).await?;
        tx.commit().await?;
        Ok(secret)
    }
}

impl AppState {
    /// Adds an integration within a transaction.
    pub(crate) async fn add_integration(
        &self,
        tx: &mut Tx<'_>,
        rules: Rules,
    ) -> Result<(String, SessionSecret), RulesError> {
        rules.check()?;
        let integration = Integration { id: random_text::<16>(self.rng()), rules };
        let secret = Zeroizing::new(random_text::<32>(self.rng()));
        tx.add_integration(&integration, &secret, self.now()).await?;
        Ok((integration.id, SessionSecret(secret)))
    }

    /// Replaces an integration's rules within a transaction.
    pub(crate) async fn change_rules(&self, tx: &mut Tx<'_>, id: &str, rules: &Rules) -> Result<(), RulesError> {
        rules.check()?;
        let before = tx.integration(id).await?.ok_or(RulesError::Unknown)?.rules;
        tx.set_rules(id, rules).await?;
        let changes = changes::changes(&before, rules);
        Ok(tx.record(self.now(), Event::IntegrationChanged, id, None, &changes).await?)
    }

    /// Gives an integration a new Session Secret within a transaction.
    pub(crate) async fn rotate_secret(
        &self,
        tx: &mut Tx<'_>,
        id: &str,
        overlap_secs: i64,
    ) -> Result<SessionSecret, RulesError> {
        let secret = Zeroizing::new(random_text::<32>(self.rng()));
        let until: UnixSecs = self.now().saturating_add(overlap_secs);
        if !tx.rotate_secret(id, &secret, until).await? {
            return Err(RulesError::Unknown);
        }
        let detail = format!("the old one is accepted for {overlap_secs} s");
        tx.record(self.now(), Event::SecretRotated, id, None, &detail).await?;
        Ok(SessionSecret(secret))
    }
}
