//! Pending enrollments: templates of sign-ins whose browser has not returned yet.

use sqlx::Row;

use super::{StoreError, Tx};
use countenance_core::clock::UnixSecs;
use countenance_vision::Embedding;

/// Column to which the ciphertext is bound, in addition to the session.
const TEMPLATE: &str = "pending_enrollments.template";

impl Tx<'_> {
    /// Keeps the template of a session's enrollment until it is taken or expires.
    pub(crate) async fn keep_pending_template(
        &mut self,
        session_id: &str,
        template: &Embedding,
        expires_at: UnixSecs,
    ) -> Result<(), StoreError> {
        let sealed = self.sealer.seal(self.rng, TEMPLATE, &[session_id], &template.to_bytes());
        let insert = "INSERT INTO pending_enrollments (session_id, template_sealed, expires_at) VALUES (?, ?, ?)";
        sqlx::query(insert).bind(session_id).bind(sealed).bind(expires_at).execute(&mut *self.db).await?;
        Ok(())
    }

    /// Removes and returns the template of a session's enrollment, if one is pending.
    pub(crate) async fn take_pending_template(&mut self, session_id: &str) -> Result<Option<Embedding>, StoreError> {
        let delete = "DELETE FROM pending_enrollments WHERE session_id = ? RETURNING template_sealed";
        let row = sqlx::query(delete).bind(session_id).fetch_optional(&mut *self.db).await?;
        let Some(row) = row else { return Ok(None) };
        let sealed: Vec<u8> = row.try_get(0)?;
        let bytes = self.sealer.open(TEMPLATE, &[session_id], &sealed)?;
        Embedding::from_bytes(&bytes).map(Some).or(Err(StoreError::Unknown { what: "template" }))
    }

    /// Drops the template of a session's enrollment, if one is pending.
    pub(super) async fn drop_pending_template(&mut self, session_id: &str) -> Result<(), StoreError> {
        let delete = "DELETE FROM pending_enrollments WHERE session_id = ?";
        sqlx::query(delete).bind(session_id).execute(&mut *self.db).await?;
        Ok(())
    }
}
