//! The second factor of operators: the secret of an authenticator app, sealed, and sign-ins that wait for its code.

use sqlx::Row;
use zeroize::Zeroizing;

use super::{StoreError, Tx, sha256_text};
use countenance_core::clock::UnixSecs;

/// Columns to which the secrets are bound.
const SECRET: &str = "operators.totp";
const OFFERED: &str = "pending_sign_ins.offered";

/// Wrong codes in a row after which the password counts no more, until the operator is added again. Whoever sent them
/// knows it: it has to be replaced anyway. 20 guesses are right with a probability of 60 in a million.
pub(crate) const WRONG_CODES_MAX: u32 = 20;

/// An operator's second factor.
pub(crate) struct SecondFactor {
    /// `None` until the operator has set it up.
    pub(crate) secret: Option<Zeroizing<Vec<u8>>>,
    /// Wrong codes in a row.
    wrong_codes: u32,
}

/// A sign-in whose name and password were right, and whose code is missing.
pub(crate) struct PendingSignIn {
    pub(crate) operator: String,
    /// The secret that was offered to an operator without one.
    pub(crate) offered: Option<Zeroizing<Vec<u8>>>,
}

impl SecondFactor {
    /// Whether there were so many wrong codes that the password counts no more.
    pub(crate) fn is_blocked(&self) -> bool {
        self.wrong_codes >= WRONG_CODES_MAX
    }
}

impl Tx<'_> {
    /// The second factor of an operator; `None` if there is no operator of this name.
    pub(crate) async fn second_factor(&mut self, operator: &str) -> Result<Option<SecondFactor>, StoreError> {
        let select = "SELECT totp_sealed, wrong_codes FROM operators WHERE name = ?";
        let Some(row) = sqlx::query(select).bind(operator).fetch_optional(&mut *self.db).await? else {
            return Ok(None);
        };
        let sealed: Option<Vec<u8>> = row.try_get("totp_sealed")?;
        let secret = sealed.map(|sealed| self.sealer.open(SECRET, &[operator], &sealed)).transpose()?;
        Ok(Some(SecondFactor { secret, wrong_codes: row.try_get("wrong_codes")? }))
    }

    /// Sets up the second factor of an operator who has none, with the time step of the code that proved it; false if
    /// they have one.
    pub(crate) async fn set_second_factor(
        &mut self,
        operator: &str,
        secret: &[u8],
        step: i64,
    ) -> Result<bool, StoreError> {
        let sealed = self.sealer.seal(self.rng, SECRET, &[operator], secret);
        let update = "UPDATE operators SET totp_sealed = ?, totp_step = ?, wrong_codes = 0 \
                      WHERE name = ? AND totp_sealed IS NULL";
        let done = sqlx::query(update).bind(sealed).bind(step).bind(operator).execute(&mut *self.db).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Marks the code of this time step as used; false if it, or that of a later step, was used before.
    pub(crate) async fn spend_operator_code(&mut self, operator: &str, step: i64) -> Result<bool, StoreError> {
        let update = "UPDATE operators SET totp_step = ?2, wrong_codes = 0 \
                      WHERE name = ?1 AND totp_sealed IS NOT NULL AND totp_step < ?2 AND wrong_codes < ?3";
        let done = sqlx::query(update).bind(operator).bind(step).bind(WRONG_CODES_MAX).execute(&mut *self.db).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Counts a wrong code of an operator.
    pub(crate) async fn count_wrong_operator_code(&mut self, operator: &str) -> Result<(), StoreError> {
        let update = "UPDATE operators SET wrong_codes = wrong_codes + 1 WHERE name = ?";
        sqlx::query(update).bind(operator).execute(&mut *self.db).await?;
        Ok(())
    }

    /// Lets the browser with `cookie` send a code until `expires_at`, and deletes what has expired.
    pub(crate) async fn open_pending_sign_in(
        &mut self,
        cookie: &str,
        operator: &str,
        offered: Option<&[u8]>,
        now: UnixSecs,
        expires_at: UnixSecs,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM pending_sign_ins WHERE expires_at <= ?").bind(now).execute(&mut *self.db).await?;
        let hash = sha256_text(cookie);
        let sealed = offered.map(|secret| self.sealer.seal(self.rng, OFFERED, &[&hash], secret));
        let insert =
            "INSERT INTO pending_sign_ins (cookie_hash, operator, offered_sealed, expires_at) VALUES (?, ?, ?, ?)";
        sqlx::query(insert).bind(hash).bind(operator).bind(sealed).bind(expires_at).execute(&mut *self.db).await?;
        Ok(())
    }

    /// The sign-in for which the browser with `cookie` may send a code.
    pub(crate) async fn pending_sign_in(
        &mut self,
        cookie: &str,
        now: UnixSecs,
    ) -> Result<Option<PendingSignIn>, StoreError> {
        let hash = sha256_text(cookie);
        let select = "SELECT operator, offered_sealed FROM pending_sign_ins WHERE cookie_hash = ? AND expires_at > ?";
        let row = sqlx::query(select).bind(&hash).bind(now).fetch_optional(&mut *self.db).await?;
        let Some(row) = row else { return Ok(None) };
        let sealed: Option<Vec<u8>> = row.try_get("offered_sealed")?;
        let offered = sealed.map(|sealed| self.sealer.open(OFFERED, &[&hash], &sealed)).transpose()?;
        Ok(Some(PendingSignIn { operator: row.try_get("operator")?, offered }))
    }

    /// Ends a sign-in that waited for its code.
    pub(crate) async fn close_pending_sign_in(&mut self, cookie: &str) -> Result<(), StoreError> {
        let delete = "DELETE FROM pending_sign_ins WHERE cookie_hash = ?";
        sqlx::query(delete).bind(sha256_text(cookie)).execute(&mut *self.db).await?;
        Ok(())
    }
}
