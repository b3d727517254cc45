//! Clients: what each session's was sent, and what each device's says of itself.

use sqlx::{Row, sqlite::SqliteRow};

use super::{StoreError, Tx, changed_one, sessions::unknown};
use countenance_core::{
    clock::UnixSecs,
    policy::SentPolicy,
    protocol::{ClientVersion, KeyProtection},
};

/// The column `client_version` of a row.
pub(super) fn client_version(row: &SqliteRow) -> Result<Option<ClientVersion>, sqlx::Error> {
    version(row.try_get("client_version")?)
}

/// A stored version.
pub(super) fn version(text: Option<String>) -> Result<Option<ClientVersion>, sqlx::Error> {
    text.map(|text| text.parse().or(Err(unknown("version")))).transpose()
}

/// A column with the protection of a key.
pub(super) fn key_protection(row: &SqliteRow, column: &str) -> Result<KeyProtection, sqlx::Error> {
    KeyProtection::named(row.try_get(column)?).ok_or_else(|| unknown("key protection"))
}

impl Tx<'_> {
    /// The policy of the session's ticket, if there was one.
    pub(crate) async fn sent_policy(&mut self, session_id: &str) -> Result<Option<SentPolicy>, StoreError> {
        let select = "SELECT policy FROM sessions WHERE id = ?";
        let text: Option<String> = sqlx::query(select).bind(session_id).fetch_one(&mut *self.db).await?.try_get(0)?;
        text.map(|text| SentPolicy::parse(&text).or(Err(StoreError::Unknown { what: "policy" }))).transpose()
    }

    /// Keeps the policy of the session's first ticket.
    pub(crate) async fn keep_sent_policy(&mut self, session_id: &str, policy: &SentPolicy) -> Result<(), StoreError> {
        let update = "UPDATE sessions SET policy = ? WHERE id = ? AND policy IS NULL";
        changed_one(&sqlx::query(update).bind(policy.text()).bind(session_id).execute(&mut *self.db).await?)
    }

    /// Keeps the version of a registered device's client, and that it was seen. A new version may enforce what the one
    /// before could not.
    pub(crate) async fn see_client(
        &mut self,
        integration_id: &str,
        device: &str,
        version: Option<ClientVersion>,
        now: UnixSecs,
    ) -> Result<(), StoreError> {
        let update = "UPDATE devices SET client_version = ?1, seen_at = ?2, \
                      cannot_enforce = cannot_enforce AND client_version IS ?1 WHERE integration_id = ?3 AND id = ?4";
        let version = version.map(|version| version.to_string());
        let query = sqlx::query(update).bind(version).bind(now).bind(integration_id).bind(device);
        changed_one(&query.execute(&mut *self.db).await?)
    }

    /// Marks a device whose client could not do what a ticket required.
    pub(crate) async fn mark_cannot_enforce(&mut self, integration_id: &str, device: &str) -> Result<(), StoreError> {
        let update = "UPDATE devices SET cannot_enforce = 1 WHERE integration_id = ? AND id = ?";
        changed_one(&sqlx::query(update).bind(integration_id).bind(device).execute(&mut *self.db).await?)
    }
}
