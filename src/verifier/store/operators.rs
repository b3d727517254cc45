//! Operators and their portal sessions. Only hashes of passwords and cookies are stored; both are long and random, so a
//! plain hash cannot be reversed.

use sqlx::{FromRow, Row, sqlite::SqliteRow};

use super::{StoreError, Tx, sessions::unknown, sha256_text};
use crate::Role;
use countenance_core::clock::UnixSecs;

/// An operator, for the list of operators.
pub(crate) struct OperatorRow {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) has_second_factor: bool,
    pub(crate) created_at: UnixSecs,
    pub(crate) signed_in_at: Option<UnixSecs>,
}

impl FromRow<'_, SqliteRow> for OperatorRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            name: row.try_get("name")?,
            role: role(row)?,
            has_second_factor: row.try_get("has_second_factor")?,
            created_at: row.try_get("created_at")?,
            signed_in_at: row.try_get("signed_in_at")?,
        })
    }
}

fn role(row: &SqliteRow) -> Result<Role, sqlx::Error> {
    Role::named(row.try_get("role")?).ok_or_else(|| unknown("role"))
}

impl Tx<'_> {
    /// Adds an operator, or replaces an existing one's password; ends their sessions and drops their second factor.
    /// Without `role` an existing operator keeps theirs, and a new one is an admin. Returns the role.
    pub(crate) async fn set_operator(
        &mut self,
        name: &str,
        password: &str,
        role_wanted: Option<Role>,
        now: UnixSecs,
    ) -> Result<Role, StoreError> {
        let upsert = "INSERT INTO operators (name, password_hash, created_at, role) \
                      VALUES (?1, ?2, ?3, coalesce(?4, ?5)) \
                      ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash, \
                      role = coalesce(?4, role), totp_sealed = NULL, totp_step = 0, wrong_codes = 0 RETURNING role";
        let row = sqlx::query(upsert)
            .bind(name)
            .bind(sha256_text(password))
            .bind(now)
            .bind(role_wanted.map(Role::name))
            .bind(Role::Admin.name())
            .fetch_one(&mut *self.db)
            .await?;
        for delete in
            ["DELETE FROM portal_sessions WHERE operator = ?", "DELETE FROM pending_sign_ins WHERE operator = ?"]
        {
            sqlx::query(delete).bind(name).execute(&mut *self.db).await?;
        }
        Ok(role(&row)?)
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

    /// All operators, by name.
    pub(crate) async fn operators(&mut self) -> Result<Vec<OperatorRow>, StoreError> {
        let select = "SELECT name, role, totp_sealed IS NOT NULL AS has_second_factor, created_at, signed_in_at \
                      FROM operators ORDER BY name";
        Ok(sqlx::query_as(select).fetch_all(&mut *self.db).await?)
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
        let update = "UPDATE operators SET signed_in_at = ? WHERE name = ?";
        sqlx::query(update).bind(now).bind(operator).execute(&mut *self.db).await?;
        Ok(())
    }

    /// The operator signed in with `cookie` and their role as it is now, if last seen less than `idle_secs` ago; updates
    /// the last-seen time.
    pub(crate) async fn portal_session(
        &mut self,
        cookie: &str,
        now: UnixSecs,
        idle_secs: i64,
    ) -> Result<Option<(String, Role)>, StoreError> {
        let update = "UPDATE portal_sessions SET seen_at = max(seen_at, ?2) \
                      WHERE cookie_hash = ?1 AND expires_at > ?2 AND seen_at > ?2 - ?3 \
                      RETURNING operator, (SELECT o.role FROM operators o WHERE o.name = operator) AS role";
        let row = sqlx::query(update)
            .bind(sha256_text(cookie))
            .bind(now)
            .bind(idle_secs)
            .fetch_optional(&mut *self.db)
            .await?;
        Ok(row.map(|row| Ok::<_, sqlx::Error>((row.try_get("operator")?, role(&row)?))).transpose()?)
    }

    /// Signs out the browser with `cookie`.
    pub(crate) async fn close_portal_session(&mut self, cookie: &str) -> Result<(), StoreError> {
        let delete = "DELETE FROM portal_sessions WHERE cookie_hash = ?";
        sqlx::query(delete).bind(sha256_text(cookie)).execute(&mut *self.db).await?;
        Ok(())
    }
}
