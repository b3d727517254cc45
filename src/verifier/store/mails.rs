//! The account's mail address, as its session has it, and letters: a session's mailed link and how often it was sent.

use sqlx::Row;
use zeroize::Zeroizing;

use super::{StoreError, Tx, sha256_text};

/// The mail with a session's link.
pub(crate) struct Letter {
    /// The mail address.
    pub(crate) to: Zeroizing<String>,
    /// Secret part of the link; the same in every mail of the session.
    pub(crate) token: Zeroizing<String>,
    /// Number of times it was sent, including failed tries.
    pub(crate) sends: u32,
}

impl Tx<'_> {
    /// Stores the mail address from the session token, for notices.
    pub(crate) async fn keep_address(&mut self, session_id: &str, to: &str) -> Result<(), StoreError> {
        let sealed = self.sealer.seal(self.rng, "sessions.address", &[session_id], to.as_bytes());
        let update = "UPDATE sessions SET address_sealed = ? WHERE id = ?";
        sqlx::query(update).bind(sealed).bind(session_id).execute(&mut *self.db).await?;
        Ok(())
    }

    /// The mail address of an existing session; `None` if there is none, or there was no mailer.
    pub(crate) async fn address(&mut self, session_id: &str) -> Result<Option<Zeroizing<String>>, StoreError> {
        self.unsealed("SELECT address_sealed FROM sessions WHERE id = ?", "sessions.address", session_id).await
    }

    /// Stores the address for a session's link and the token in it. The token must not contain a space.
    pub(crate) async fn keep_letter(&mut self, session_id: &str, to: &str, token: &str) -> Result<(), StoreError> {
        let both = Zeroizing::new(format!("{token} {to}"));
        let sealed = self.sealer.seal(self.rng, "sessions.mail", &[session_id], both.as_bytes());
        let update = "UPDATE sessions SET mail_sealed = ?, mail_hash = ?, mails = 0 WHERE id = ?";
        let token = sha256_text(token);
        sqlx::query(update).bind(sealed).bind(token).bind(session_id).execute(&mut *self.db).await?;
        Ok(())
    }

    /// The letter of an existing session; `None` if its link is not mailed.
    pub(crate) async fn letter(&mut self, session_id: &str) -> Result<Option<Letter>, StoreError> {
        let select = "SELECT mail_sealed FROM sessions WHERE id = ?";
        let Some(both) = self.unsealed(select, "sessions.mail", session_id).await? else { return Ok(None) };
        let (token, to) = both.split_once(' ').ok_or(StoreError::Unknown { what: "letter" })?;
        let (token, to) = (Zeroizing::new(token.to_owned()), Zeroizing::new(to.to_owned()));
        let select = "SELECT mails FROM sessions WHERE id = ?";
        let sends = sqlx::query(select).bind(session_id).fetch_one(&mut *self.db).await?.try_get(0)?;
        Ok(Some(Letter { to, token, sends }))
    }

    /// Counts one more send if there were fewer than `most`; false otherwise.
    pub(crate) async fn count_letter(&mut self, session_id: &str, most: u32) -> Result<bool, StoreError> {
        let update = "UPDATE sessions SET mails = mails + 1 WHERE id = ? AND mails < ?";
        let done = sqlx::query(update).bind(session_id).bind(most).execute(&mut *self.db).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Whether `token` is the one in the session's letter.
    pub(crate) async fn is_letter_token(&mut self, session_id: &str, token: &str) -> Result<bool, StoreError> {
        let select = "SELECT 1 FROM sessions WHERE id = ? AND mail_hash = ?";
        let row = sqlx::query(select).bind(session_id).bind(sha256_text(token)).fetch_optional(&mut *self.db).await?;
        Ok(row.is_some())
    }
}
