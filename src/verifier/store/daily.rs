//! What is counted by day: see [`limits`](crate::limits).

use sqlx::Row;

use super::{StoreError, Tx};
use crate::limits::{Exceeded, Limited, day};
use countenance_core::clock::UnixSecs;

/// How many days counts are kept, so that the portal can show yesterday's.
pub(super) const KEEP_DAYS: i64 = 2;

impl Tx<'_> {
    /// Counts `what` once for `subject`, unless it was counted `most` times today.
    pub(crate) async fn count_daily(
        &mut self,
        integration_id: &str,
        what: Limited,
        subject: &str,
        most: u32,
        now: UnixSecs,
    ) -> Result<Result<(), Exceeded>, StoreError> {
        let upsert = "INSERT INTO daily_counts VALUES (?, ?, ?, ?, 1) \
                      ON CONFLICT DO UPDATE SET count = count + 1 WHERE count < ?";
        let counted = sqlx::query(upsert)
            .bind(integration_id)
            .bind(day(now))
            .bind(what.name())
            .bind(subject)
            .bind(most)
            .execute(&mut *self.db)
            .await?;
        Ok(if counted.rows_affected() == 1 { Ok(()) } else { Err(what.until_tomorrow(now)) })
    }

    /// Notes that a device tries the face of an account, unless it tried `most` others today.
    pub(crate) async fn count_account_of_device(
        &mut self,
        integration_id: &str,
        device: &str,
        account: &str,
        most: u32,
        now: UnixSecs,
    ) -> Result<Result<(), Exceeded>, StoreError> {
        let insert = "INSERT INTO device_accounts VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
        let insert = sqlx::query(insert).bind(integration_id).bind(device).bind(day(now)).bind(account);
        if insert.execute(&mut *self.db).await?.rows_affected() == 0 {
            return Ok(Ok(()));
        }
        let select = "SELECT count(*) FROM device_accounts WHERE integration_id = ? AND device = ? AND day = ?";
        let select = sqlx::query(select).bind(integration_id).bind(device).bind(day(now));
        let tried: i64 = select.fetch_one(&mut *self.db).await?.try_get(0)?;
        Ok(if tried <= i64::from(most) { Ok(()) } else { Err(Limited::Accounts.until_tomorrow(now)) })
    }

    /// The sum and the largest number of each thing that was counted today.
    pub(crate) async fn daily_counts(
        &mut self,
        integration_id: &str,
        now: UnixSecs,
    ) -> Result<Vec<(Limited, i64, i64)>, StoreError> {
        let select = "SELECT what, sum(count), max(count) FROM daily_counts WHERE integration_id = ? AND day = ? \
                      GROUP BY what";
        let rows = sqlx::query(select).bind(integration_id).bind(day(now)).fetch_all(&mut *self.db).await?;
        let mut counts = Vec::new();
        for row in rows {
            // A later build may count more.
            if let Some(what) = Limited::named(row.try_get(0)?) {
                counts.push((what, row.try_get(1)?, row.try_get(2)?));
            }
        }
        let select = "SELECT coalesce(sum(n), 0), coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM device_accounts \
                      WHERE day = ? AND integration_id = ? GROUP BY device)";
        let row = sqlx::query(select).bind(day(now)).bind(integration_id).fetch_one(&mut *self.db).await?;
        counts.push((Limited::Accounts, row.try_get(0)?, row.try_get(1)?));
        Ok(counts)
    }
}
