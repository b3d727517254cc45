//! Integrations: the tenants that may start sessions, with their rules and secrets.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use sqlx::{FromRow, Row, sqlite::SqliteRow};
use zeroize::Zeroizing;

use super::{
    Event, StoreError, Tx,
    clients::{key_protection, version},
    sessions::unknown,
};
use crate::integration::{DeviceRule, EnrolmentFlow, Rules, Transport};
use countenance_core::{
    clock::UnixSecs,
    protocol::{ClientVersion, Fallback},
};

/// A tenant's integration, without its secret.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Integration {
    pub(crate) id: String,
    pub(crate) rules: Rules,
}

/// The secrets that a tenant's tokens may be signed with: the current one and, for a while after a rotation, the
/// previous one.
pub(crate) struct SessionSecrets {
    pub(crate) current: Zeroizing<Vec<u8>>,
    pub(crate) old: Option<Zeroizing<Vec<u8>>>,
}

impl SessionSecrets {
    /// All secrets, the current one first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(&self.current).chain(&self.old).map(|secret| secret.as_slice())
    }

    /// The secret with this digest, or the current one if there is no such secret any more.
    pub(crate) fn of(&self, digest: &str) -> &[u8] {
        self.all().find(|secret| secret_digest(secret) == digest).unwrap_or(&self.current)
    }
}

/// Digest by which a session remembers the secret that signed its token.
pub(crate) fn secret_digest(secret: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(secret))
}

impl FromRow<'_, SqliteRow> for Integration {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let domains: String = row.try_get("custom_domains")?;
        let policy: String = row.try_get("policy")?;
        let open: bool = row.try_get("open_registration")?;
        let rules = Rules {
            name: row.try_get("name")?,
            enabled: row.try_get("enabled")?,
            tenant_host: row.try_get("tenant_host")?,
            custom_domains: domains.split_whitespace().map(str::to_owned).collect(),
            allow_self_enrolment: row.try_get("self_enrolment")?,
            enrolment_counts: row.try_get("enrolment_counts")?,
            enrolment_flow: EnrolmentFlow::named(row.try_get("enrolment_flow")?)
                .ok_or_else(|| unknown("enrolment flow"))?,
            verification_flow: transport(row.try_get("verification_flow")?)?,
            fallback: Fallback::named(row.try_get("fallback")?),
            allow_virtual_cameras: row.try_get("virtual_cameras")?,
            device_rule: if open { DeviceRule::Open } else { DeviceRule::Code },
            attempts: row.try_get("attempts")?,
            retention_days: row.try_get("retention_days")?,
            limits: serde_json::from_str(row.try_get("limits")?).or(Err(unknown("limit")))?,
            client_version_min: version(row.try_get("client_version_min")?)?,
            client_versions_refused: versions(row.try_get("client_versions_refused")?)?,
            key_protection_min: key_protection(row, "key_protection_min")?,
            kiosk_distance: row.try_get("kiosk_distance")?,
            policy: serde_json::from_str(&policy).or(Err(unknown("policy")))?,
        };
        Ok(Self { id: row.try_get("id")?, rules })
    }
}

impl Tx<'_> {
    /// Adds an integration with its Session Secret.
    pub(crate) async fn add_integration(
        &mut self,
        new: &Integration,
        secret: &str,
        now: UnixSecs,
    ) -> Result<(), StoreError> {
        let sealed = self.sealer.seal(self.rng, "integrations.secret", &[&new.id], secret.as_bytes());
        // Placeholders; `set_rules` below is the only place that writes rules.
        let insert = "INSERT INTO integrations (id, name, enabled, tenant_host, custom_domains, secret_sealed, \
                      self_enrolment, enrolment_flow, verification_flow, fallback, virtual_cameras, open_registration, \
                      attempts, policy, created_at) \
                      VALUES (?, '', 0, '', '', ?, 0, 'inline', 'inline', 'none', 0, 0, 1, '', ?)";
        sqlx::query(insert).bind(&new.id).bind(sealed).bind(now).execute(&mut *self.db).await?;
        self.set_rules(&new.id, &new.rules).await?;
        self.record(now, Event::IntegrationAdded, &new.id, None, &new.rules.tenant_host).await
    }

    /// Replaces an integration's rules; false if there is no such integration.
    pub(crate) async fn set_rules(&mut self, id: &str, rules: &Rules) -> Result<bool, StoreError> {
        let update = "UPDATE integrations SET name = ?, enabled = ?, tenant_host = ?, custom_domains = ?, \
                      self_enrolment = ?, enrolment_counts = ?, enrolment_flow = ?, verification_flow = ?, fallback = ?, \
                      virtual_cameras = ?, open_registration = ?, attempts = ?, \
                      retention_days = ?, limits = ?, client_version_min = ?, \
                      client_versions_refused = ?, key_protection_min = ?, kiosk_distance = ?, policy = ? WHERE id = ?";
        // Without `..`, so that a new option does not compile until it is stored.
        let Rules {
            name,
            enabled,
            tenant_host,
            custom_domains,
            allow_self_enrolment,
            enrolment_counts,
            enrolment_flow,
            verification_flow,
            fallback,
            allow_virtual_cameras,
            device_rule,
            attempts,
            retention_days,
            limits,
            client_version_min,
            client_versions_refused,
            key_protection_min,
            kiosk_distance,
            policy,
        } = rules;
        let done = sqlx::query(update)
            .bind(name)
            .bind(enabled)
            .bind(tenant_host)
            .bind(custom_domains.join(" "))
            .bind(allow_self_enrolment)
            .bind(enrolment_counts)
            .bind(enrolment_flow.name())
            .bind(verification_flow.name())
            .bind(fallback.map_or("none", Fallback::name))
            .bind(allow_virtual_cameras)
            .bind(*device_rule == DeviceRule::Open)
            .bind(attempts)
            .bind(retention_days)
            // Structs of finite numbers and strings always serialize.
            .bind(serde_json::to_string(limits).unwrap_or_default())
            .bind(client_version_min.map(|version| version.to_string()))
            .bind(client_versions_refused.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
            .bind(key_protection_min.name())
            .bind(kiosk_distance)
            .bind(serde_json::to_string(policy).unwrap_or_default())
            .bind(id)
            .execute(&mut *self.db)
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// The integration with this id.
    pub(crate) async fn integration(&mut self, id: &str) -> Result<Option<Integration>, StoreError> {
        let select = "SELECT * FROM integrations WHERE id = ?";
        Ok(sqlx::query_as(select).bind(id).fetch_optional(&mut *self.db).await?)
    }

    /// All integrations, oldest first.
    pub(crate) async fn integrations(&mut self) -> Result<Vec<Integration>, StoreError> {
        let select = "SELECT * FROM integrations ORDER BY created_at, id";
        Ok(sqlx::query_as(select).fetch_all(&mut *self.db).await?)
    }

    /// The Session Secrets of an existing integration.
    pub(crate) async fn session_secrets(&mut self, id: &str, now: UnixSecs) -> Result<SessionSecrets, StoreError> {
        let select = "SELECT secret_sealed, old_secret_sealed, old_secret_until FROM integrations WHERE id = ?";
        let row = sqlx::query(select).bind(id).fetch_one(&mut *self.db).await?;
        let (current, old): (Vec<u8>, Option<Vec<u8>>) = (row.try_get(0)?, row.try_get(1)?);
        let until: UnixSecs = row.try_get(2)?;
        let open = |sealed: &[u8]| self.sealer.open("integrations.secret", &[id], sealed);
        let old = old.filter(|_| now < until).map(|sealed| open(&sealed)).transpose()?;
        Ok(SessionSecrets { current: open(&current)?, old })
    }

    /// Replaces the current secret with `secret`; the old one is still accepted until `old_until`. False if there is no
    /// such integration.
    pub(crate) async fn rotate_secret(
        &mut self,
        id: &str,
        secret: &str,
        old_until: UnixSecs,
    ) -> Result<bool, StoreError> {
        let sealed = self.sealer.seal(self.rng, "integrations.secret", &[id], secret.as_bytes());
        let update = "UPDATE integrations SET old_secret_sealed = secret_sealed, old_secret_until = ?, secret_sealed = ? \
                      WHERE id = ?";
        let done = sqlx::query(update).bind(old_until).bind(sealed).bind(id).execute(&mut *self.db).await?;
        Ok(done.rows_affected() == 1)
    }
}

fn versions(text: &str) -> Result<Vec<ClientVersion>, sqlx::Error> {
    text.split_whitespace().map(|text| text.parse().or(Err(unknown("version")))).collect()
}

fn transport(name: &str) -> Result<Transport, sqlx::Error> {
    Transport::named(name).ok_or_else(|| unknown("flow"))
}
