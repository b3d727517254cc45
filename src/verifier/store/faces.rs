//! Deleting faces: of accounts that do not use them, and of all that enrolled since a moment.

use sqlx::Row;

use super::{Event, StoreError, Tx};
use countenance_core::clock::UnixSecs;

impl Tx<'_> {
    /// Accounts whose face was not used since `unused_since`, at most `limit`.
    pub(crate) async fn unused_accounts(
        &mut self,
        integration_id: &str,
        unused_since: UnixSecs,
        limit: u32,
    ) -> Result<Vec<String>, StoreError> {
        let select = "SELECT a.sub FROM accounts a JOIN templates t ON t.integration_id = a.integration_id AND t.sub = a.sub \
                      WHERE a.integration_id = ? AND a.verified_at < ? AND t.enrolled_at < ? \
                      ORDER BY a.verified_at LIMIT ?";
        let select = sqlx::query(select).bind(integration_id).bind(unused_since).bind(unused_since).bind(limit);
        subs(&select.fetch_all(&mut *self.db).await?)
    }

    /// The number of faces enrolled at or after `since`.
    pub(crate) async fn count_enrolled_since(
        &mut self,
        integration_id: &str,
        since: UnixSecs,
    ) -> Result<i64, StoreError> {
        let select = "SELECT count(*) FROM templates WHERE integration_id = ? AND enrolled_at >= ?";
        Ok(sqlx::query(select).bind(integration_id).bind(since).fetch_one(&mut *self.db).await?.try_get(0)?)
    }

    /// Deletes the faces enrolled at or after `since`, and with each the devices of its account that enrolling bound then.
    /// Returns their number.
    pub(crate) async fn delete_enrolled_since(
        &mut self,
        integration_id: &str,
        since: UnixSecs,
        now: UnixSecs,
    ) -> Result<usize, StoreError> {
        let select = "SELECT sub FROM templates WHERE integration_id = ? AND enrolled_at >= ?";
        let rows = sqlx::query(select).bind(integration_id).bind(since).fetch_all(&mut *self.db).await?;
        let subs = subs(&rows)?;
        for sub in &subs {
            let delete =
                "DELETE FROM bindings WHERE integration_id = ? AND sub = ? AND bound_at >= ? AND how = 'enrollment'";
            sqlx::query(delete).bind(integration_id).bind(sub).bind(since).execute(&mut *self.db).await?;
            self.delete_face(integration_id, sub, Event::FaceDeleted, now).await?;
        }
        // An enrollment whose browser has not returned yet would come back.
        let delete = "DELETE FROM pending_enrollments WHERE session_id IN \
                      (SELECT id FROM sessions WHERE integration_id = ? AND started_at >= ?)";
        sqlx::query(delete).bind(integration_id).bind(since).execute(&mut *self.db).await?;
        Ok(subs.len())
    }

    /// Deletes an account's face and records why.
    pub(crate) async fn delete_face(
        &mut self,
        integration_id: &str,
        sub: &str,
        why: Event,
        now: UnixSecs,
    ) -> Result<(), StoreError> {
        let delete = "DELETE FROM templates WHERE integration_id = ? AND sub = ?";
        sqlx::query(delete).bind(integration_id).bind(sub).execute(&mut *self.db).await?;
        self.erases();
        let account = self.pseudonym(integration_id, sub).await?;
        self.record(now, why, integration_id, account.as_deref(), "").await
    }
}

fn subs(rows: &[sqlx::sqlite::SqliteRow]) -> Result<Vec<String>, StoreError> {
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}
