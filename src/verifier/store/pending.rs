//! Pending enrollments: of sign-ins whose browser has not returned yet.

use sqlx::Row;

use super::{
    StoreError, Tx,
    templates::{consent_text, read_consent, read_samples, samples_bytes},
};
use crate::enrollment::Enrollment;
use countenance_core::clock::UnixSecs;
use countenance_vision::Embedding;

/// Columns to which the ciphertexts are bound, in addition to the session.
const TEMPLATE: &str = "pending_enrollments.template";
const SAMPLES: &str = "pending_enrollments.samples";

impl Tx<'_> {
    /// Keeps a session's enrollment until it is taken or expires.
    pub(crate) async fn keep_pending_enrollment(
        &mut self,
        session_id: &str,
        Enrollment { template, samples, consent }: &Enrollment,
        expires_at: UnixSecs,
    ) -> Result<(), StoreError> {
        let sealed = self.sealer.seal(self.rng, TEMPLATE, &[session_id], &template.to_bytes());
        let samples = self.sealer.seal(self.rng, SAMPLES, &[session_id], &samples_bytes(samples));
        let insert = "INSERT INTO pending_enrollments \
                      (session_id, template_sealed, samples_sealed, consent, expires_at) VALUES (?, ?, ?, ?, ?)";
        let query = sqlx::query(insert)
            .bind(session_id)
            .bind(sealed)
            .bind(samples)
            .bind(consent.as_ref().map(consent_text))
            .bind(expires_at);
        query.execute(&mut *self.db).await?;
        Ok(())
    }

    /// Removes and returns a session's enrollment, if one is pending.
    pub(crate) async fn take_pending_enrollment(&mut self, session_id: &str) -> Result<Option<Enrollment>, StoreError> {
        let delete =
            "DELETE FROM pending_enrollments WHERE session_id = ? RETURNING template_sealed, samples_sealed, consent";
        let row = sqlx::query(delete).bind(session_id).fetch_optional(&mut *self.db).await?;
        let Some(row) = row else { return Ok(None) };
        let sealed: Vec<u8> = row.try_get(0)?;
        let bytes = self.sealer.open(TEMPLATE, &[session_id], &sealed)?;
        let template = Embedding::from_bytes(&bytes).or(Err(StoreError::Unknown { what: "template" }))?;
        let sealed: Vec<u8> = row.try_get(1)?;
        let samples = read_samples(&self.sealer, SAMPLES, &[session_id], &sealed)?;
        Ok(Some(Enrollment { template, samples, consent: read_consent(row.try_get(2)?)? }))
    }

    /// Drops a session's enrollment, if one is pending.
    pub(super) async fn drop_pending_enrollment(&mut self, session_id: &str) -> Result<(), StoreError> {
        let delete = "DELETE FROM pending_enrollments WHERE session_id = ?";
        sqlx::query(delete).bind(session_id).execute(&mut *self.db).await?;
        Ok(())
    }
}
