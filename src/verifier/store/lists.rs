//! Lists for the portal: users, devices, sessions and the audit log, one page at a time.

use sqlx::{FromRow, QueryBuilder, Row, Sqlite, sqlite::SqliteRow};

use super::{
    Entry, StoreError, Tx,
    clients::{client_version, key_protection},
};
use countenance_core::{
    clock::UnixSecs,
    protocol::{ClientVersion, KeyProtection},
};

/// An account as shown to an operator.
#[derive(Debug, Clone)]
pub(crate) struct UserRow {
    /// The tenant's `user_id`.
    pub(crate) sub: String,
    /// The account's pseudonym in the audit log.
    pub(crate) pseudonym: String,
    pub(crate) enrolled_at: Option<UnixSecs>,
    pub(crate) verified_at: Option<UnixSecs>,
    /// Failed face attempts in a row, across all sessions.
    pub(crate) failures: u32,
    pub(crate) locked_until: UnixSecs,
    /// Failed code attempts in a row, across all sessions.
    pub(crate) code_failures: u32,
    pub(crate) code_locked_until: UnixSecs,
    pub(crate) has_phone: bool,
    /// Until when an operator lets the user enroll.
    pub(crate) enrolment_until: UnixSecs,
    /// The account's own match threshold (cosine), if set.
    pub(crate) cosine_min: Option<f32>,
}

/// A device as shown to an operator.
#[derive(Debug, Clone)]
pub(crate) struct DeviceRow {
    /// RFC 7638 thumbprint.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) enabled: bool,
    /// When it was disabled for good.
    pub(crate) retired_at: Option<UnixSecs>,
    pub(crate) kiosk: bool,
    pub(crate) registered_at: UnixSecs,
    /// As last seen.
    pub(crate) client_version: Option<ClientVersion>,
    pub(crate) key_protection: KeyProtection,
    /// Its last attempt to open a session, or its registration.
    pub(crate) seen_at: Option<UnixSecs>,
    /// Whether that version could not do what a ticket required.
    pub(crate) cannot_enforce: bool,
}

/// A session as shown to an operator: without secrets, the account masked.
#[derive(Debug, Clone)]
pub(crate) struct SessionRow {
    pub(crate) id: String,
    /// The integration's name.
    pub(crate) integration: String,
    pub(crate) started_at: UnixSecs,
    pub(crate) expires_at: UnixSecs,
    pub(crate) application: String,
    /// Masked.
    pub(crate) account: String,
    pub(crate) purpose: String,
    pub(crate) stage: String,
    pub(crate) reason: Option<String>,
    pub(crate) method: String,
    pub(crate) device: Option<String>,
    pub(crate) returned: bool,
}

/// Filter for sessions; an empty string matches all.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SessionQuery<'q> {
    pub(crate) integration_id: &'q str,
    pub(crate) stage: &'q str,
    pub(crate) reason: &'q str,
    pub(crate) since: Option<UnixSecs>,
}

/// Filter for the audit log; an empty string matches all.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct AuditQuery<'q> {
    pub(crate) event: &'q str,
    pub(crate) subject: &'q str,
    pub(crate) account: &'q str,
    pub(crate) from: Option<UnixSecs>,
    /// Last time to include.
    pub(crate) to: Option<UnixSecs>,
    /// Only rows before this sequence number.
    pub(crate) before: Option<i64>,
}

impl FromRow<'_, SqliteRow> for UserRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            sub: row.try_get("sub")?,
            pseudonym: row.try_get("pseudonym")?,
            enrolled_at: row.try_get("enrolled_at")?,
            verified_at: row.try_get("verified_at")?,
            failures: row.try_get("failures")?,
            locked_until: row.try_get("locked_until")?,
            code_failures: row.try_get("code_failures")?,
            code_locked_until: row.try_get("code_locked_until")?,
            has_phone: row.try_get("has_phone")?,
            enrolment_until: row.try_get("enrolment_until")?,
            cosine_min: row.try_get("cosine_min")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for DeviceRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            enabled: row.try_get("enabled")?,
            retired_at: row.try_get("retired_at")?,
            kiosk: row.try_get("kiosk")?,
            registered_at: row.try_get("registered_at")?,
            client_version: client_version(row)?,
            key_protection: key_protection(row, "key_protection")?,
            seen_at: row.try_get("seen_at")?,
            cannot_enforce: row.try_get("cannot_enforce")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for SessionRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            integration: row.try_get("integration")?,
            started_at: row.try_get("started_at")?,
            expires_at: row.try_get("expires_at")?,
            application: row.try_get("application")?,
            account: row.try_get("account")?,
            purpose: row.try_get("purpose")?,
            stage: row.try_get("stage")?,
            reason: row.try_get("reason")?,
            method: row.try_get("method")?,
            device: row.try_get("device")?,
            returned: row.try_get("returned")?,
        })
    }
}

impl SessionQuery<'_> {
    /// The statement for these sessions, newest first, without the first `skip`.
    pub(super) fn sql(&self, skip: u32, limit: u32) -> QueryBuilder<Sqlite> {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "SELECT s.id, i.name AS integration, s.started_at, s.expires_at, s.application, s.account, s.purpose, \
             s.stage, s.reason, s.method, s.device, s.returned \
             FROM sessions s JOIN integrations i ON i.id = s.integration_id WHERE 1 = 1",
        );
        for (condition, value) in [
            (" AND s.integration_id = ", self.integration_id),
            (" AND s.stage = ", self.stage),
            (" AND s.reason = ", self.reason),
        ] {
            if !value.is_empty() {
                sql.push(condition).push_bind(value);
            }
        }
        if let Some(since) = self.since {
            sql.push(" AND s.started_at >= ").push_bind(since);
        }
        sql.push(" ORDER BY s.started_at DESC, s.id LIMIT ").push_bind(limit).push(" OFFSET ").push_bind(skip);
        sql
    }
}

impl AuditQuery<'_> {
    /// The statement for these rows, newest first.
    pub(super) fn sql(&self, limit: u32) -> QueryBuilder<Sqlite> {
        let mut sql = QueryBuilder::<Sqlite>::new("SELECT * FROM audit WHERE 1 = 1");
        for (condition, value) in
            [(" AND event = ", self.event), (" AND subject = ", self.subject), (" AND account = ", self.account)]
        {
            if !value.is_empty() {
                sql.push(condition).push_bind(value);
            }
        }
        for (condition, value) in [(" AND at >= ", self.from), (" AND at <= ", self.to), (" AND seq < ", self.before)] {
            if let Some(value) = value {
                sql.push(condition).push_bind(value);
            }
        }
        sql.push(" ORDER BY seq DESC LIMIT ").push_bind(limit);
        sql
    }
}

impl Tx<'_> {
    /// Accounts whose identifier starts with `prefix` and sorts after `after`, in order of the identifier.
    pub(crate) async fn users(
        &mut self,
        integration_id: &str,
        prefix: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<UserRow>, StoreError> {
        let select = "SELECT a.sub, a.pseudonym, a.failures, a.locked_until, a.code_failures, a.code_locked_until, a.verified_at, a.cosine_min, a.enrolment_until, t.enrolled_at, \
                      a.phone_sealed IS NOT NULL AS has_phone \
                      FROM accounts a LEFT JOIN templates t ON t.integration_id = a.integration_id AND t.sub = a.sub \
                      WHERE a.integration_id = ?1 AND a.sub > ?3 AND substr(a.sub, 1, length(?2)) = ?2 \
                      ORDER BY a.sub LIMIT ?4";
        let query = sqlx::query_as(select).bind(integration_id).bind(prefix).bind(after).bind(limit);
        Ok(query.fetch_all(&mut *self.db).await?)
    }

    /// The account with exactly this identifier.
    pub(crate) async fn user(&mut self, integration_id: &str, sub: &str) -> Result<Option<UserRow>, StoreError> {
        // The account itself sorts first among those whose identifier starts with its own.
        let found = self.users(integration_id, sub, "", 1).await?;
        Ok(found.into_iter().find(|user| user.sub == sub))
    }

    /// Number of accounts with a phone number set by an operator.
    pub(crate) async fn phones(&mut self, integration_id: &str) -> Result<i64, StoreError> {
        let select = "SELECT count(*) FROM accounts WHERE integration_id = ? AND phone_sealed IS NOT NULL";
        Ok(sqlx::query(select).bind(integration_id).fetch_one(&mut *self.db).await?.try_get(0)?)
    }

    /// Devices of an integration whose id sorts after `after`, in order of the id.
    pub(crate) async fn devices(
        &mut self,
        integration_id: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<DeviceRow>, StoreError> {
        let select = "SELECT id, name, enabled, kiosk, registered_at, client_version, key_protection, seen_at, \
                      cannot_enforce, retired_at FROM devices WHERE integration_id = ? AND id > ? ORDER BY id \
                      LIMIT ?";
        Ok(sqlx::query_as(select).bind(integration_id).bind(after).bind(limit).fetch_all(&mut *self.db).await?)
    }

    /// Sessions, newest first, without the first `skip`.
    pub(crate) async fn sessions(
        &mut self,
        query: &SessionQuery<'_>,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<SessionRow>, StoreError> {
        Ok(query.sql(skip, limit).build_query_as().fetch_all(&mut *self.db).await?)
    }

    /// Rows of the audit log, newest first.
    pub(crate) async fn audit(&mut self, query: &AuditQuery<'_>, limit: u32) -> Result<Vec<Entry>, StoreError> {
        Ok(query.sql(limit).build_query_as().fetch_all(&mut *self.db).await?)
    }

    /// Number of rows in the audit log.
    pub(crate) async fn audit_rows(&mut self) -> Result<i64, StoreError> {
        Ok(sqlx::query("SELECT coalesce(max(seq), 0) FROM audit").fetch_one(&mut *self.db).await?.try_get(0)?)
    }

    /// When an integration was added, and until when its previous secret is accepted.
    pub(crate) async fn integration_times(&mut self, id: &str) -> Result<(UnixSecs, UnixSecs), StoreError> {
        let select = "SELECT created_at, old_secret_until FROM integrations WHERE id = ?";
        let row = sqlx::query(select).bind(id).fetch_one(&mut *self.db).await?;
        Ok((row.try_get(0)?, row.try_get(1)?))
    }
}
