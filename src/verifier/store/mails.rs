//! Letters: the mailed link of a session, where it goes and how often it went.

use sqlx::Row;
use zeroize::Zeroizing;

use super::{StoreError, Tx, sha256_text};

/// A session's link by mail.
pub(crate) struct Letter {
    /// Where it goes: a mail address.
    pub(crate) to: Zeroizing<String>,
    /// What the link proves itself with; the same in each sending.
    pub(crate) token: Zeroizing<String>,
    /// How often it was sent, or tried to be.
    pub(crate) sends: u32,
}

impl Tx<'_> {
    /// Keeps where a session's link goes and the token in it, which has no blank.
    pub(crate) async fn keep_letter(&mut self, session_id: &str, to: &str, token: &str) -> Result<(), StoreError> {
        let both = Zeroizing::new(format!("{token} {to}"));
        let sealed = self.sealer.seal(self.rng, "sessions.mail", &[session_id], both.as_bytes());
        let update = "UPDATE sessions SET mail_sealed = ?, mail_hash = ?, mails = 0 WHERE id = ?";
        let token = sha256_text(token);
        sqlx::query(update).bind(sealed).bind(token).bind(session_id).execute(&mut *self.db).await?;
        Ok(())
    }

    /// The letter of a session that exists; `None` where its link is not mailed.
    pub(crate) async fn letter(&mut self, session_id: &str) -> Result<Option<Letter>, StoreError> {
        let select = "SELECT mail_sealed FROM sessions WHERE id = ?";
        let Some(both) = self.unsealed(select, "sessions.mail", session_id).await? else { return Ok(None) };
        let (token, to) = both.split_once(' ').ok_or(StoreError::Unknown { what: "letter" })?;
        let (token, to) = (Zeroizing::new(token.to_owned()), Zeroizing::new(to.to_owned()));
        let select = "SELECT mails FROM sessions WHERE id = ?";
        let sends = sqlx::query(select).bind(session_id).fetch_one(&mut *self.db).await?.try_get(0)?;
        Ok(Some(Letter { to, token, sends }))
    }

    /// Counts one more sending, if fewer than `most` were; whether it was.
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
