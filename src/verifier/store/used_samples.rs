//! Samples that were judged before. A camera never gives the same picture twice; a script posts one again.

use super::{StoreError, Tx};
use countenance_core::{clock::UnixSecs, frame::Frame};
use sha2::{Digest, Sha256};

/// How long a sample is remembered, seconds: 400 days, so that a picture that was kept for a year is still refused.
pub(super) const KEEP_SAMPLES_SECS: i64 = 400 * 24 * 3600;

/// Identifies the pixels of a decoded sample, whatever file they came in.
pub(crate) struct SampleDigest([u8; 32]);

impl SampleDigest {
    pub(crate) fn of(sample: &Frame) -> Self {
        let size = [sample.width(), sample.height()].map(u32::to_be_bytes);
        Self(Sha256::new().chain_update(size.as_flattened()).chain_update(sample.rgb()).finalize().into())
    }
}

impl Tx<'_> {
    /// Marks a sample as judged for the account; false if it was before.
    pub(crate) async fn use_sample(
        &mut self,
        integration_id: &str,
        sub: &str,
        sample: &SampleDigest,
        now: UnixSecs,
    ) -> Result<bool, StoreError> {
        let digest = self.sealer.sample_digest(&sample.0);
        let insert = "INSERT INTO used_samples VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
        let insert = sqlx::query(insert).bind(integration_id).bind(sub).bind(digest).bind(now);
        Ok(insert.execute(&mut *self.db).await?.rows_affected() == 1)
    }
}
