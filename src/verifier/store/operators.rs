//! Operators and their portal sessions. Only hashes of passwords and cookies are stored; both are long and random, so a
//! plain hash cannot be reversed.

use sqlx::Row;

use super::{StoreError, Tx, sha256_text};
use countenance_core::clock::UnixSecs;

impl Tx<'_> {
    /// Adds an operator or replaces an existing one's password, and ends the operator's portal sessions.
    pub(crate) async fn set_operator(&mut self, name: &str, password: &str, now: UnixSecs) -> Result<(), StoreError> {
        let upsert = "INSERT INTO operators (name, password_hash, created_at) VALUES (?, ?, ?) \
                      ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash";
        sqlx::query(upsert).bind(name).bind(sha256_text(password)).bind(now).execute(&mut *self.db).await?;
        let delete = "DELETE FROM portal_sessions WHERE operator = ?";
        sqlx::query(delete).bind(name).execute(&mut *self.db).await?;
        Ok(())
    }

    /// Removes an operator and their portal sessions; false if there is no operator of this name.
    pub(crate) async fn remove_operator(&mut self, name: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM operators WHERE name = ?").bind(name).execute(&mut *self.db).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Whether there is an operator with this name and password.
    pub(crate) async fn is_operator(&mut self, name: &str, password: &str) -> Result<bool, StoreError> {
        let select = "SELECT 1 FROM operators WHERE name = ? AND password_hash = ?";
        let row = sqlx::query(select).bind(name).bind(sha256_text(password)).fetch_optional(&mut *self.db).await?;
        Ok(row.is_some())
    }

    /// Whether there is an operator with this name.
    pub(crate) async fn has_operator(&mut self, name: &str) -> Result<bool, StoreError> {
        let select = "SELECT 1 FROM operators WHERE name = ?";
        Ok(sqlx::query(select).bind(name).fetch_optional(&mut *self.db).await?.is_some())
    }

    /// Signs in the browser with `cookie` until `expires_at`, and deletes expired sessions.
    pub(crate) async fn open_portal_session(
        &mut self,
        cookie: &str,
        operator: &str,
        now: UnixSecs,
        expires_at: UnixSecs,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM portal_sessions WHERE expires_at <= ?").bind(now).execute(&mut *self.db).await?;
        let insert = "INSERT INTO portal_sessions (cookie_hash, operator, seen_at, expires_at) VALUES (?, ?, ?, ?)";
        sqlx::query(insert)
            .bind(sha256_text(cookie))
            .bind(operator)
            .bind(now)
            .bind(expires_at)
            .execute(&mut *self.db)
            .await?;
        Ok(())
    }

    /// The operator signed in with `cookie`, if last seen less than `idle_secs` ago; updates the last-seen time.
    pub(crate) async fn portal_session(
        &mut self,
        cookie: &str,
        now: UnixSecs,
        idle_secs: i64,
    ) -> Result<Option<String>, StoreError> {
        let update = "UPDATE portal_sessions SET seen_at = max(seen_at, ?2) \
                      WHERE cookie_hash = ?1 AND expires_at > ?2 AND seen_at > ?2 - ?3 RETURNING operator";
        let row = sqlx::query(update)
            .bind(sha256_text(cookie))
            .bind(now)
            .bind(idle_secs)
            .fetch_optional(&mut *self.db)
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Signs out the browser with `cookie`.
    pub(crate) async fn close_portal_session(&mut self, cookie: &str) -> Result<(), StoreError> {
        let delete = "DELETE FROM portal_sessions WHERE cookie_hash = ?";
        sqlx::query(delete).bind(sha256_text(cookie)).execute(&mut *self.db).await?;
        Ok(())
    }
}
