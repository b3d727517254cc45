//! Sealed templates: for each account the current one, which faces are compared with, and the enrolled one.

use serde_json::json;
use sqlx::Row;
use zeroize::Zeroizing;

use super::{StoreError, Tx, sealer::Sealer};
use crate::{enrollment::Enrollment, judge::template::Template};
use countenance_core::{
    clock::UnixSecs,
    protocol::{ConsentClaim, SupervisorNumber},
};
use countenance_vision::Embedding;

/// Columns to which the ciphertexts are bound, in addition to the account.
const CURRENT: &str = "templates.template";
const ENROLLED: &str = "templates.enrolled";
const SAMPLES: &str = "templates.samples";

impl Tx<'_> {
    /// The account's template.
    pub(crate) async fn template(&mut self, integration_id: &str, sub: &str) -> Result<Option<Template>, StoreError> {
        let select = "SELECT template_sealed, enrolled_sealed, samples_sealed, changed_at FROM templates \
                      WHERE integration_id = ? AND sub = ?";
        let row = sqlx::query(select).bind(integration_id).bind(sub).fetch_optional(&mut *self.db).await?;
        let Some(row) = row else { return Ok(None) };
        let open = |column: &str, bound_to| -> Result<Option<Embedding>, StoreError> {
            let sealed: Vec<u8> = row.try_get(column)?;
            if sealed.is_empty() {
                return Ok(None);
            }
            let bytes = self.sealer.open(bound_to, &[integration_id, sub], &sealed)?;
            Embedding::from_bytes(&bytes).map(Some).or(Err(StoreError::Unknown { what: "template" }))
        };
        let current = open("template_sealed", CURRENT)?.ok_or(StoreError::Unknown { what: "template" })?;
        // Empty for a template of schema 1 or 2, which had no updates.
        let enrolled = open("enrolled_sealed", ENROLLED)?.unwrap_or_else(|| current.clone());
        let sealed: Vec<u8> = row.try_get("samples_sealed")?;
        let samples = read_samples(&self.sealer, SAMPLES, &[integration_id, sub], &sealed)?;
        Ok(Some(Template { current, enrolled, samples, changed_at: row.try_get("changed_at")? }))
    }

    /// Whether the account has a template.
    pub(crate) async fn is_enrolled(&mut self, integration_id: &str, sub: &str) -> Result<bool, StoreError> {
        let select = "SELECT 1 FROM templates WHERE integration_id = ? AND sub = ?";
        Ok(sqlx::query(select).bind(integration_id).bind(sub).fetch_optional(&mut *self.db).await?.is_some())
    }

    /// Stores the account's first template, the consent to it and who attended; false, without a change, if the account has one already.
    pub(crate) async fn keep_template(
        &mut self,
        integration_id: &str,
        sub: &str,
        Enrollment { template, samples, consent }: &Enrollment,
        attended_by: Option<&SupervisorNumber>,
        now: UnixSecs,
    ) -> Result<bool, StoreError> {
        let seal = |bound_to, bytes: &[u8]| self.sealer.seal(self.rng, bound_to, &[integration_id, sub], bytes);
        let (current, enrolled) = (seal(CURRENT, &template.to_bytes()), seal(ENROLLED, &template.to_bytes()));
        let samples = seal(SAMPLES, &samples_bytes(samples));
        let insert = "INSERT INTO templates \
                      (integration_id, sub, template_sealed, enrolled_sealed, enrolled_at, changed_at, consent, samples_sealed, \
                      attended_by) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING";
        let query = sqlx::query(insert).bind(integration_id).bind(sub).bind(current).bind(enrolled).bind(now);
        let query = query.bind(consent.as_ref().map(consent_text)).bind(samples);
        let query = query.bind(attended_by.map(SupervisorNumber::as_str));
        let is_kept = query.execute(&mut *self.db).await?.rows_affected() == 1;
        // An operator's permission is for one enrollment.
        let update = "UPDATE accounts SET enrolment_until = 0 WHERE integration_id = ? AND sub = ?";
        sqlx::query(update).bind(integration_id).bind(sub).execute(&mut *self.db).await?;
        Ok(is_kept)
    }

    /// What the account's owner agreed to before the enrollment, if it was recorded.
    pub(crate) async fn consent(
        &mut self,
        integration_id: &str,
        sub: &str,
    ) -> Result<Option<ConsentClaim>, StoreError> {
        let select = "SELECT consent FROM templates WHERE integration_id = ? AND sub = ?";
        let row = sqlx::query(select).bind(integration_id).bind(sub).fetch_optional(&mut *self.db).await?;
        read_consent(row.map(|row| row.try_get(0)).transpose()?.flatten())
    }

    /// Replaces the current template if it was last changed at `as_of`; the enrolled one stays. False if another
    /// sign-in has changed it since.
    pub(crate) async fn update_template(
        &mut self,
        integration_id: &str,
        sub: &str,
        template: &Embedding,
        as_of: UnixSecs,
        now: UnixSecs,
    ) -> Result<bool, StoreError> {
        let sealed = self.sealer.seal(self.rng, CURRENT, &[integration_id, sub], &template.to_bytes());
        let update = "UPDATE templates SET template_sealed = ?, changed_at = ? \
                      WHERE integration_id = ? AND sub = ? AND changed_at = ?";
        let query = sqlx::query(update).bind(sealed).bind(now).bind(integration_id).bind(sub).bind(as_of);
        Ok(query.execute(&mut *self.db).await?.rows_affected() == 1)
    }
}

/// The embeddings of an enrollment's samples as they are sealed.
pub(super) fn samples_bytes(samples: &[Embedding]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(samples.len() * Embedding::BYTES));
    for sample in samples {
        bytes.extend_from_slice(&sample.to_bytes());
    }
    bytes
}

/// The embeddings of an enrollment's samples, bound to `column` and `row`; none if an earlier version stored it.
pub(super) fn read_samples(
    sealer: &Sealer,
    column: &str,
    row: &[&str],
    sealed: &[u8],
) -> Result<Vec<Embedding>, StoreError> {
    if sealed.is_empty() {
        return Ok(Vec::new());
    }
    let bytes = sealer.open(column, row, sealed)?;
    let samples = bytes.chunks(Embedding::BYTES).map(Embedding::from_bytes);
    samples.collect::<Result<_, _>>().or(Err(StoreError::Unknown { what: "sample" }))
}

/// A consent as it is stored.
pub(super) fn consent_text(consent: &ConsentClaim) -> String {
    json!(consent).to_string()
}

/// A stored consent.
pub(super) fn read_consent(text: Option<String>) -> Result<Option<ConsentClaim>, StoreError> {
    text.map(|text| serde_json::from_str(&text).or(Err(StoreError::Unknown { what: "consent" }))).transpose()
}
