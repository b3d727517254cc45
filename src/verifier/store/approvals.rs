//! Approval codes: how a device that is bound to an account allows another one.

use sqlx::{FromRow, Row, sqlite::SqliteRow};

use super::{Event, Session, StoreError, Tx, changed_one, sha256_text};
use countenance_core::{clock::UnixSecs, protocol::ApprovalCode};

/// What a code is for, as far as the device that presents it may know.
#[derive(Debug, Clone)]
pub(crate) struct Approval {
    pub(crate) session_id: String,
    /// The device that asks: RFC 7638 thumbprint.
    pub(crate) device: String,
    /// What it calls itself.
    pub(crate) name: String,
    /// When it asked; `None` if its request has been granted.
    pub(crate) requested_at: Option<UnixSecs>,
    /// The device that has used the code.
    pub(crate) approved_by: Option<String>,
}

impl FromRow<'_, SqliteRow> for Approval {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            session_id: row.try_get("session_id")?,
            device: row.try_get("device")?,
            name: row.try_get("name")?,
            requested_at: row.try_get("requested_at")?,
            approved_by: row.try_get("approved_by")?,
        })
    }
}

impl Tx<'_> {
    /// Stores the code of a device's request in the session, in place of an earlier request's.
    pub(crate) async fn keep_approval_code(
        &mut self,
        session: &Session,
        device: &str,
        code: &ApprovalCode,
    ) -> Result<(), StoreError> {
        let upsert = "INSERT INTO approval_codes (session_id, device, integration_id, sub, code_hash, expires_at) \
                      VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (session_id, device) \
                      DO UPDATE SET code_hash = excluded.code_hash, approved_by = NULL \
                      WHERE code_hash <> excluded.code_hash";
        sqlx::query(upsert)
            .bind(&session.id)
            .bind(device)
            .bind(&session.integration_id)
            .bind(&session.sub)
            .bind(sha256_text(code.as_str()))
            .bind(session.expires_at)
            .execute(&mut *self.db)
            .await?;
        Ok(())
    }

    /// What the code is for, if it has not expired and `approver` is another device that is bound to its account.
    pub(crate) async fn approval(
        &mut self,
        code: &ApprovalCode,
        approver: &str,
        now: UnixSecs,
    ) -> Result<Option<Approval>, StoreError> {
        let select = "SELECT c.session_id, c.device, d.name, q.requested_at, c.approved_by FROM approval_codes c \
                      JOIN bindings b ON b.device = ?1 AND b.integration_id = c.integration_id AND b.sub = c.sub \
                      JOIN devices d ON d.integration_id = c.integration_id AND d.id = c.device \
                      LEFT JOIN binding_requests q ON q.session_id = c.session_id AND q.device = c.device \
                      WHERE c.code_hash = ?2 AND c.expires_at > ?3 AND c.device <> ?1";
        let query = sqlx::query_as(select).bind(approver).bind(sha256_text(code.as_str())).bind(now);
        Ok(query.fetch_optional(&mut *self.db).await?)
    }

    /// Marks a code as used by `approver`, and records it.
    pub(crate) async fn spend_approval_code(
        &mut self,
        session: &Session,
        code: &ApprovalCode,
        device: &str,
        approver: &str,
        now: UnixSecs,
    ) -> Result<(), StoreError> {
        let update = "UPDATE approval_codes SET approved_by = ? \
                      WHERE session_id = ? AND device = ? AND code_hash = ? AND expires_at > ? AND approved_by IS NULL";
        let query = sqlx::query(update).bind(approver).bind(&session.id).bind(device);
        let query = query.bind(sha256_text(code.as_str())).bind(now);
        changed_one(&query.execute(&mut *self.db).await?)?;
        let account = self.pseudonym(&session.integration_id, &session.sub).await?;
        self.record(now, Event::DeviceApproved, approver, account.as_deref(), device).await
    }

    /// Integration and pseudonym of the accounts to which a device is bound, at most `limit`.
    pub(crate) async fn accounts_of_device(
        &mut self,
        device: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let select = "SELECT b.integration_id, a.pseudonym FROM bindings b \
                      JOIN accounts a ON a.integration_id = b.integration_id AND a.sub = b.sub \
                      WHERE b.device = ? LIMIT ?";
        Ok(sqlx::query_as(select).bind(device).bind(limit).fetch_all(&mut *self.db).await?)
    }
}
