//! Bindings: the devices with which an account may verify its face, and the requests of devices that are not bound.

use sqlx::{FromRow, Row, sqlite::SqliteRow};

use super::{Event, Session, StoreError, Tx, changed_one, sessions::unknown, sha256_text};
use countenance_core::clock::UnixSecs;

countenance_core::enumeration! {
    /// How a device was bound to an account.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum BindingSource {
        /// The account was enrolled with it.
        Enrollment = "enrollment",
        /// An operator allowed it.
        Operator = "operator",
        /// The account's owner allowed it by a mailed link.
        Mail = "mail",
        /// The account's owner allowed it with a device that was bound already.
        Device = "device",
    }
}

/// A device that is bound to an account.
#[derive(Debug, Clone)]
pub(crate) struct BindingRow {
    /// RFC 7638 thumbprint.
    pub(crate) device: String,
    pub(crate) name: String,
    pub(crate) enabled: bool,
    pub(crate) bound_at: UnixSecs,
    pub(crate) source: BindingSource,
}

/// A device that asks to be bound to an account.
#[derive(Debug, Clone)]
pub(crate) struct BindingRequest {
    /// RFC 7638 thumbprint.
    pub(crate) device: String,
    pub(crate) name: String,
    pub(crate) session_id: String,
    pub(crate) requested_at: UnixSecs,
}

/// What became of a device's request in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RecordedRequest {
    /// Somebody may allow or refuse it.
    Waits {
        /// The hash of its mailed token, which no other request has.
        id: String,
    },
    /// An operator has refused it.
    Refused,
}

impl FromRow<'_, SqliteRow> for BindingRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            device: row.try_get("device")?,
            name: row.try_get("name")?,
            enabled: row.try_get("enabled")?,
            bound_at: row.try_get("bound_at")?,
            source: BindingSource::named(row.try_get("how")?).ok_or_else(|| unknown("binding"))?,
        })
    }
}

impl FromRow<'_, SqliteRow> for BindingRequest {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            device: row.try_get("device")?,
            name: row.try_get("name")?,
            session_id: row.try_get("session_id")?,
            requested_at: row.try_get("requested_at")?,
        })
    }
}

impl Tx<'_> {
    /// Whether the device is bound to the account.
    pub(crate) async fn is_bound(&mut self, integration_id: &str, sub: &str, device: &str) -> Result<bool, StoreError> {
        let select = "SELECT 1 FROM bindings WHERE integration_id = ? AND sub = ? AND device = ?";
        let query = sqlx::query(select).bind(integration_id).bind(sub).bind(device);
        Ok(query.fetch_optional(&mut *self.db).await?.is_some())
    }

    /// Binds a registered device to an existing account, and drops its requests; false if it was bound before.
    pub(crate) async fn bind_device(
        &mut self,
        integration_id: &str,
        sub: &str,
        device: &str,
        source: BindingSource,
        now: UnixSecs,
    ) -> Result<bool, StoreError> {
        let insert = "INSERT INTO bindings (integration_id, sub, device, bound_at, how) VALUES (?, ?, ?, ?, ?) \
                      ON CONFLICT DO NOTHING";
        let query = sqlx::query(insert).bind(integration_id).bind(sub).bind(device).bind(now).bind(source.name());
        let is_new = query.execute(&mut *self.db).await?.rows_affected() == 1;
        let delete = "DELETE FROM binding_requests WHERE integration_id = ? AND sub = ? AND device = ?";
        sqlx::query(delete).bind(integration_id).bind(sub).bind(device).execute(&mut *self.db).await?;
        if is_new {
            let account = self.pseudonym(integration_id, sub).await?;
            self.record(now, Event::DeviceBound, device, account.as_deref(), source.name()).await?;
        }
        Ok(is_new)
    }

    /// Removes a binding; false if there is none.
    pub(crate) async fn unbind_device(
        &mut self,
        integration_id: &str,
        sub: &str,
        device: &str,
        now: UnixSecs,
    ) -> Result<bool, StoreError> {
        let delete = "DELETE FROM bindings WHERE integration_id = ? AND sub = ? AND device = ?";
        let query = sqlx::query(delete).bind(integration_id).bind(sub).bind(device);
        let done = query.execute(&mut *self.db).await?.rows_affected() == 1;
        if done {
            let account = self.pseudonym(integration_id, sub).await?;
            self.record(now, Event::DeviceUnbound, device, account.as_deref(), "").await?;
        }
        Ok(done)
    }

    /// The account's devices, the newest first, at most `limit`.
    pub(crate) async fn bindings(
        &mut self,
        integration_id: &str,
        sub: &str,
        limit: u32,
    ) -> Result<Vec<BindingRow>, StoreError> {
        let select = "SELECT b.device, d.name, d.enabled, b.bound_at, b.how FROM bindings b \
                      JOIN devices d ON d.integration_id = b.integration_id AND d.id = b.device \
                      WHERE b.integration_id = ? AND b.sub = ? ORDER BY b.bound_at DESC, b.device LIMIT ?";
        Ok(sqlx::query_as(select).bind(integration_id).bind(sub).bind(limit).fetch_all(&mut *self.db).await?)
    }

    /// The session's request for this device; `None` if there is none.
    pub(crate) async fn recorded_request(
        &mut self,
        session_id: &str,
        device: &str,
    ) -> Result<Option<RecordedRequest>, StoreError> {
        let select = "SELECT token_hash, refused_at FROM binding_requests WHERE session_id = ? AND device = ?";
        let Some(row) = sqlx::query(select).bind(session_id).bind(device).fetch_optional(&mut *self.db).await? else {
            return Ok(None);
        };
        let refused_at: Option<UnixSecs> = row.try_get(1)?;
        Ok(Some(if refused_at.is_some() {
            RecordedRequest::Refused
        } else {
            RecordedRequest::Waits { id: row.try_get(0)? }
        }))
    }

    /// Number of the account's requests that have not expired, the refused ones among them.
    pub(crate) async fn count_binding_requests(
        &mut self,
        integration_id: &str,
        sub: &str,
        now: UnixSecs,
    ) -> Result<i64, StoreError> {
        let select = "SELECT count(*) FROM binding_requests WHERE integration_id = ? AND sub = ? AND expires_at > ?";
        let query = sqlx::query(select).bind(integration_id).bind(sub).bind(now);
        Ok(query.fetch_one(&mut *self.db).await?.try_get(0)?)
    }

    /// Records that a registered device asks to be bound to the session's account, until the session expires. `token`
    /// is the secret of the mailed link. Returns the request's id.
    pub(crate) async fn request_binding(
        &mut self,
        session: &Session,
        device: &str,
        token: &str,
        now: UnixSecs,
    ) -> Result<String, StoreError> {
        let token_hash = sha256_text(token);
        let insert = "INSERT INTO binding_requests \
                      (session_id, device, integration_id, sub, token_hash, requested_at, expires_at) \
                      VALUES (?, ?, ?, ?, ?, ?, ?)";
        sqlx::query(insert)
            .bind(&session.id)
            .bind(device)
            .bind(&session.integration_id)
            .bind(&session.sub)
            .bind(&token_hash)
            .bind(now)
            .bind(session.expires_at)
            .execute(&mut *self.db)
            .await?;
        let account = self.pseudonym(&session.integration_id, &session.sub).await?;
        self.record(now, Event::BindingRequested, &session.id, account.as_deref(), device).await?;
        Ok(token_hash)
    }

    /// The account's requests that wait, the newest first.
    pub(crate) async fn binding_requests(
        &mut self,
        integration_id: &str,
        sub: &str,
        now: UnixSecs,
    ) -> Result<Vec<BindingRequest>, StoreError> {
        let select = "SELECT r.device, d.name, r.session_id, r.requested_at FROM binding_requests r \
                      JOIN devices d ON d.integration_id = r.integration_id AND d.id = r.device \
                      WHERE r.integration_id = ? AND r.sub = ? AND r.expires_at > ? AND r.refused_at IS NULL \
                      ORDER BY r.requested_at DESC";
        Ok(sqlx::query_as(select).bind(integration_id).bind(sub).bind(now).fetch_all(&mut *self.db).await?)
    }

    /// The session's request whose mailed link has this token, if it waits.
    pub(crate) async fn binding_request(
        &mut self,
        session_id: &str,
        token: &str,
        now: UnixSecs,
    ) -> Result<Option<BindingRequest>, StoreError> {
        let select = "SELECT r.device, d.name, r.session_id, r.requested_at FROM binding_requests r \
                      JOIN devices d ON d.integration_id = r.integration_id AND d.id = r.device \
                      WHERE r.session_id = ? AND r.token_hash = ? AND r.expires_at > ? AND r.refused_at IS NULL";
        let query = sqlx::query_as(select).bind(session_id).bind(sha256_text(token)).bind(now);
        Ok(query.fetch_optional(&mut *self.db).await?)
    }

    /// Refuses what a device asks of an account: its codes and mailed links no longer work, and it cannot ask again in the
    /// same sign-ins. False if it does not wait.
    pub(crate) async fn refuse_binding(
        &mut self,
        integration_id: &str,
        sub: &str,
        device: &str,
        now: UnixSecs,
    ) -> Result<bool, StoreError> {
        let update = "UPDATE binding_requests SET refused_at = ?1 WHERE integration_id = ?2 AND sub = ?3 AND device = ?4 \
                      AND expires_at > ?1 AND refused_at IS NULL";
        let query = sqlx::query(update).bind(now).bind(integration_id).bind(sub).bind(device);
        if query.execute(&mut *self.db).await?.rows_affected() == 0 {
            return Ok(false);
        }
        let delete = "DELETE FROM approval_codes WHERE integration_id = ? AND sub = ? AND device = ? \
                      AND approved_by IS NULL";
        sqlx::query(delete).bind(integration_id).bind(sub).bind(device).execute(&mut *self.db).await?;
        let account = self.pseudonym(integration_id, sub).await?;
        self.record(now, Event::BindingRefused, device, account.as_deref(), "operator").await?;
        Ok(true)
    }

    /// Spends the token of a request found by [`binding_request`](Self::binding_request).
    pub(crate) async fn spend_binding_token(&mut self, session_id: &str, token: &str) -> Result<(), StoreError> {
        let delete = "DELETE FROM binding_requests WHERE session_id = ? AND token_hash = ?";
        let query = sqlx::query(delete).bind(session_id).bind(sha256_text(token));
        changed_one(&query.execute(&mut *self.db).await?)
    }
}
