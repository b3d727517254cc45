//! Accounts: pseudonyms, failure counts and locks, and match thresholds of their own.

use sqlx::Row;

use super::{Event, StoreError, Tx};
use countenance_core::clock::UnixSecs;
use countenance_core::rng::random_text;

impl Tx<'_> {
    /// Creates the account's row, with a new pseudonym, if there is none.
    pub(crate) async fn ensure_account(&mut self, integration_id: &str, sub: &str) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO accounts (integration_id, sub, pseudonym) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
            .bind(integration_id)
            .bind(sub)
            .bind(random_text::<16>(self.rng))
            .execute(&mut *self.db)
            .await?;
        Ok(())
    }

    /// The account's pseudonym in the audit log.
    pub(crate) async fn pseudonym(&mut self, integration_id: &str, sub: &str) -> Result<Option<String>, StoreError> {
        let select = "SELECT pseudonym FROM accounts WHERE integration_id = ? AND sub = ?";
        let row = sqlx::query(select).bind(integration_id).bind(sub).fetch_optional(&mut *self.db).await?;
        Ok(row.map(|r| r.try_get(0)).transpose()?)
    }

    /// Until when the account accepts no captures; 0 if there is no lock.
    pub(crate) async fn locked_until(&mut self, integration_id: &str, sub: &str) -> Result<UnixSecs, StoreError> {
        let select = "SELECT locked_until FROM accounts WHERE integration_id = ? AND sub = ?";
        let row = sqlx::query(select).bind(integration_id).bind(sub).fetch_optional(&mut *self.db).await?;
        Ok(row.map_or(Ok(0), |r| r.try_get(0))?)
    }

    /// Counts a failure and locks the account for `delay(failures in a row)` seconds.
    pub(crate) async fn count_failure(
        &mut self,
        integration_id: &str,
        sub: &str,
        now: UnixSecs,
        delay: fn(u32) -> i64,
    ) -> Result<(), StoreError> {
        let update = "UPDATE accounts SET failures = failures + 1 WHERE integration_id = ? AND sub = ? \
                      RETURNING failures";
        let row = sqlx::query(update).bind(integration_id).bind(sub).fetch_one(&mut *self.db).await?;
        let delay = delay(row.try_get(0)?);
        if delay > 0 {
            let update = "UPDATE accounts SET locked_until = ? WHERE integration_id = ? AND sub = ?";
            let until = now.saturating_add(delay);
            sqlx::query(update).bind(until).bind(integration_id).bind(sub).execute(&mut *self.db).await?;
        }
        Ok(())
    }

    /// Resets the failure count and any lock; false if there is no such account.
    pub(crate) async fn clear_failures(&mut self, integration_id: &str, sub: &str) -> Result<bool, StoreError> {
        let update = "UPDATE accounts SET failures = 0, locked_until = 0 WHERE integration_id = ? AND sub = ?";
        let done = sqlx::query(update).bind(integration_id).bind(sub).execute(&mut *self.db).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Records when a face or code of the account was last accepted.
    pub(crate) async fn mark_verified(
        &mut self,
        integration_id: &str,
        sub: &str,
        now: UnixSecs,
    ) -> Result<(), StoreError> {
        let update = "UPDATE accounts SET verified_at = ? WHERE integration_id = ? AND sub = ?";
        sqlx::query(update).bind(now).bind(integration_id).bind(sub).execute(&mut *self.db).await?;
        Ok(())
    }

    /// The account's own match threshold (cosine), if an operator has set one.
    pub(crate) async fn cosine_min(&mut self, integration_id: &str, sub: &str) -> Result<Option<f32>, StoreError> {
        let select = "SELECT cosine_min FROM accounts WHERE integration_id = ? AND sub = ?";
        let row = sqlx::query(select).bind(integration_id).bind(sub).fetch_optional(&mut *self.db).await?;
        Ok(row.map(|r| r.try_get(0)).transpose()?.flatten())
    }

    /// Sets or removes the account's own match threshold (cosine); false if there is no such account.
    pub(crate) async fn set_cosine_min(
        &mut self,
        integration_id: &str,
        sub: &str,
        cosine_min: Option<f32>,
        now: UnixSecs,
    ) -> Result<bool, StoreError> {
        let Some(pseudonym) = self.pseudonym(integration_id, sub).await? else { return Ok(false) };
        let before = self.cosine_min(integration_id, sub).await?;
        let update = "UPDATE accounts SET cosine_min = ? WHERE integration_id = ? AND sub = ?";
        sqlx::query(update).bind(cosine_min).bind(integration_id).bind(sub).execute(&mut *self.db).await?;
        let words = |minimum: Option<f32>| minimum.map_or_else(|| "none".to_owned(), |cosine| cosine.to_string());
        let detail = format!("{} → {}", words(before), words(cosine_min));
        self.record(now, Event::MatchMinimumChanged, integration_id, Some(&pseudonym), &detail).await?;
        Ok(true)
    }

    /// Until when an operator lets the user enroll; 0 if none does.
    pub(crate) async fn enrolment_until(&mut self, integration_id: &str, sub: &str) -> Result<UnixSecs, StoreError> {
        let select = "SELECT enrolment_until FROM accounts WHERE integration_id = ? AND sub = ?";
        let row = sqlx::query(select).bind(integration_id).bind(sub).fetch_optional(&mut *self.db).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get(0))?)
    }

    /// Lets a user enroll until a time, whose first sign-in may still be to come; 0: no longer.
    pub(crate) async fn let_enroll(
        &mut self,
        integration_id: &str,
        sub: &str,
        until: UnixSecs,
        now: UnixSecs,
    ) -> Result<(), StoreError> {
        self.ensure_account(integration_id, sub).await?;
        let update = "UPDATE accounts SET enrolment_until = ? WHERE integration_id = ? AND sub = ?";
        sqlx::query(update).bind(until).bind(integration_id).bind(sub).execute(&mut *self.db).await?;
        let account = self.pseudonym(integration_id, sub).await?;
        let detail = if until > now { format!("for {} s", until - now) } else { "no longer".to_owned() };
        self.record(now, Event::EnrollmentAllowed, integration_id, account.as_deref(), &detail).await
    }

    /// Erases the account: template, sessions, answers, and the link between its pseudonym in the audit log and the
    /// person.
    pub(crate) async fn erase_account(
        &mut self,
        integration_id: &str,
        sub: &str,
        now: UnixSecs,
    ) -> Result<bool, StoreError> {
        let Some(pseudonym) = self.pseudonym(integration_id, sub).await? else { return Ok(false) };
        let delete = "DELETE FROM accounts WHERE integration_id = ? AND sub = ?";
        sqlx::query(delete).bind(integration_id).bind(sub).execute(&mut *self.db).await?;
        self.erases();
        self.record(now, Event::AccountErased, integration_id, Some(&pseudonym), "").await?;
        Ok(true)
    }
}
