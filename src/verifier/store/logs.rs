//! Log stream data: event ids for deduplication, and the feedback due to Twilio.

use std::collections::HashSet;

use sqlx::{QueryBuilder, Row, Sqlite};

use super::{StoreError, Tx, sessions::unknown, sha256_text};
use crate::{api::logs::Conversion, otp::phone::PhoneNumber};
use countenance_core::clock::UnixSecs;
use countenance_core::rng::random_text;

/// How long event ids are kept, seconds: a failing stream is paused after 7 days and may then deliver again.
const KEEP_EVENTS_SECS: i64 = 8 * 24 * 3600;
/// Maximum number of rows inserted by one statement.
const ROWS_AT_ONCE: usize = 500;

/// Feedback due to Twilio: the code sent to `phone` was verified.
pub(crate) struct Feedback {
    pub(crate) id: i64,
    pub(crate) phone: PhoneNumber,
    /// Number of failed tries.
    pub(crate) tries: u32,
}

impl Tx<'_> {
    /// The digest of the integration's log stream token, if there is one.
    pub(crate) async fn log_token_hash(&mut self, integration_id: &str) -> Result<Option<String>, StoreError> {
        let select = "SELECT log_token_hash FROM integrations WHERE id = ?";
        let row = sqlx::query(select).bind(integration_id).fetch_optional(&mut *self.db).await?;
        Ok(row.map_or(Ok(None), |r| r.try_get(0))?)
    }

    /// Replaces the log stream token; false if there is no such integration.
    pub(crate) async fn set_log_token(&mut self, integration_id: &str, token: &str) -> Result<bool, StoreError> {
        let update = "UPDATE integrations SET log_token_hash = ? WHERE id = ?";
        let done = sqlx::query(update).bind(sha256_text(token)).bind(integration_id).execute(&mut *self.db).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Queues feedback, due immediately, for each conversion whose event is new. Returns how many are new.
    pub(crate) async fn keep_conversions(
        &mut self,
        integration_id: &str,
        conversions: Vec<Conversion>,
        now: UnixSecs,
    ) -> Result<usize, StoreError> {
        let hash = |log_id: &str| sha256_text(&format!("{integration_id} {log_id}"));
        let told: Vec<_> = conversions.into_iter().map(|told| (hash(&told.log_id), told.phone)).collect();
        // One statement for thousands of events, bound as a JSON array.
        let hashes: serde_json::Value = told.iter().map(|(hash, _)| hash.as_str()).collect();
        let insert = "INSERT INTO log_events (log_hash, expires_at) SELECT value, ? FROM json_each(?) WHERE true \
                      ON CONFLICT DO NOTHING RETURNING log_hash";
        let rows =
            sqlx::query(insert).bind(now + KEEP_EVENTS_SECS).bind(hashes.to_string()).fetch_all(&mut *self.db).await?;
        let mut new: HashSet<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        let fresh: Vec<_> = told.into_iter().filter(|(hash, _)| new.remove(hash)).map(|(_, phone)| phone).collect();
        for phones in fresh.chunks(ROWS_AT_ONCE) {
            let sealed = phones.iter().map(|phone| {
                let id = random_text::<16>(self.rng);
                (self.sealer.seal(self.rng, "feedback.phone", &[&id], phone.e164().as_bytes()), id)
            });
            QueryBuilder::<Sqlite>::new("INSERT INTO feedback (phone_sealed, seal_id, due_at) ")
                .push_values(sealed, |mut row, (sealed, id)| {
                    row.push_bind(sealed).push_bind(id).push_bind(now);
                })
                .build()
                .execute(&mut *self.db)
                .await?;
        }
        Ok(fresh.len())
    }

    /// Feedback that is due, at most `limit`, oldest first.
    pub(crate) async fn feedback_due(&mut self, now: UnixSecs, limit: u32) -> Result<Vec<Feedback>, StoreError> {
        let select =
            "SELECT id, phone_sealed, seal_id, tries FROM feedback WHERE due_at <= ? ORDER BY due_at, id LIMIT ?";
        let rows = sqlx::query(select).bind(now).bind(limit).fetch_all(&mut *self.db).await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            let plain = self.sealer.open("feedback.phone", &[row.try_get("seal_id")?], row.try_get("phone_sealed")?)?;
            let phone = std::str::from_utf8(&plain).ok().and_then(|text| text.parse().ok());
            let phone = phone.ok_or_else(|| unknown("phone number"))?;
            Ok(Feedback { id: row.try_get("id")?, phone, tries: row.try_get("tries")? })
        };
        rows.iter().map(read).collect()
    }

    /// Deletes feedback that was sent or dropped.
    pub(crate) async fn end_feedback(&mut self, id: i64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM feedback WHERE id = ?").bind(id).execute(&mut *self.db).await?;
        Ok(())
    }

    /// Counts a failed try; the next one is due at `due_at`.
    pub(crate) async fn put_feedback_off(&mut self, id: i64, due_at: UnixSecs) -> Result<(), StoreError> {
        let update = "UPDATE feedback SET tries = tries + 1, due_at = ? WHERE id = ?";
        sqlx::query(update).bind(due_at).bind(id).execute(&mut *self.db).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::{Database, MasterKey, Store};
    use countenance_system::SystemRandom;

    fn conversions(range: std::ops::Range<u32>) -> Vec<Conversion> {
        range.map(|n| Conversion { log_id: n.to_string(), phone: format!("+49151{n:08}").parse().unwrap() }).collect()
    }

    #[tokio::test]
    async fn each_event_counts_once_for_eight_days() {
        let store =
            Store::open(&Database::Memory, &MasterKey::from_bytes([3; 32]), Arc::new(SystemRandom)).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        assert_eq!(tx.keep_conversions("a", conversions(0..1200), 100).await.unwrap(), 1200);
        assert_eq!(
            tx.keep_conversions("a", conversions(1190..1210), 101).await.unwrap(),
            10,
            "the others are already known"
        );
        assert_eq!(tx.keep_conversions("b", conversions(0..5), 101).await.unwrap(), 5, "another integration's");
        assert_eq!(tx.keep_conversions("a", conversions(0..0), 101).await.unwrap(), 0);
        let twice = [conversions(2000..2001), conversions(2000..2001)].concat();
        assert_eq!(tx.keep_conversions("a", twice, 101).await.unwrap(), 1, "twice in one delivery");
        tx.sweep(100 + KEEP_EVENTS_SECS).await.unwrap();
        assert_eq!(tx.keep_conversions("a", conversions(0..1), 101).await.unwrap(), 0, "still known");
        tx.sweep(101 + KEEP_EVENTS_SECS).await.unwrap();
        assert_eq!(tx.keep_conversions("a", conversions(0..1), 101).await.unwrap(), 1, "forgotten");
    }

    #[tokio::test]
    async fn feedback_is_due_in_order_until_sent_or_a_day_old() {
        let store =
            Store::open(&Database::Memory, &MasterKey::from_bytes([3; 32]), Arc::new(SystemRandom)).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        tx.keep_conversions("a", conversions(1..2), 100).await.unwrap();
        tx.keep_conversions("a", conversions(2..3), 101).await.unwrap();
        tx.keep_conversions("a", conversions(3..4), 103).await.unwrap();
        let due = tx.feedback_due(102, 50).await.unwrap();
        let phones: Vec<_> = due.iter().map(|f| f.phone.e164()).collect();
        assert_eq!(phones, ["+4915100000001", "+4915100000002"]);
        assert_eq!(tx.feedback_due(102, 1).await.unwrap().len(), 1);
        tx.put_feedback_off(due[0].id, 110).await.unwrap();
        tx.end_feedback(due[1].id).await.unwrap();
        assert!(tx.feedback_due(102, 50).await.unwrap().is_empty());
        let due = tx.feedback_due(110, 50).await.unwrap();
        assert_eq!(due.iter().map(|f| f.tries).collect::<Vec<_>>(), [0, 1], "ordered by due time");
        tx.sweep(110 + 86_400).await.unwrap();
        assert_eq!(tx.feedback_due(i64::MAX, 50).await.unwrap().len(), 1);
        tx.sweep(111 + 86_400).await.unwrap();
        assert!(tx.feedback_due(i64::MAX, 50).await.unwrap().is_empty());
    }
}
