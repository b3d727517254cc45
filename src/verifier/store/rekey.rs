//! Replacing the key that seals values, and the master key, while the service runs.
//!
//! First the new key is added, in one transaction; every later transaction seals with it. Then each value that an older
//! key sealed is sealed again, a few rows at a time, so that sign-ins go on in between. At last the older keys are
//! deleted. Interrupted anywhere, the store has all the keys that it needs, and the command may be repeated.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    Event, MasterKey, Store, StoreError, Tx,
    keys::{self, Purpose, Wrapper},
    sealer::Secret,
};
use countenance_core::clock::UnixSecs;

/// Number of rows that are sealed again in one transaction.
const ROWS_AT_ONCE: u32 = 100;
/// Pause between two transactions, in which others write.
const PAUSE: Duration = Duration::from_millis(2);

/// A column with sealed values.
pub(super) struct SealedColumn {
    table: &'static str,
    column: &'static str,
    /// What the values are bound to: this text, and these columns of their row.
    bound_to: &'static str,
    row: &'static [&'static str],
}

const fn sealed(
    table: &'static str,
    column: &'static str,
    bound_to: &'static str,
    row: &'static [&'static str],
) -> SealedColumn {
    SealedColumn { table, column, bound_to, row }
}

/// Every column with sealed values.
pub(super) const COLUMNS: [SealedColumn; 21] = [
    sealed("key_check", "sealed", "key_check", &[]),
    sealed("integrations", "secret_sealed", "integrations.secret", &["id"]),
    sealed("integrations", "old_secret_sealed", "integrations.secret", &["id"]),
    sealed("accounts", "phone_sealed", "accounts.phone", &["integration_id", "sub"]),
    sealed("templates", "template_sealed", "templates.template", &["integration_id", "sub"]),
    sealed("templates", "enrolled_sealed", "templates.enrolled", &["integration_id", "sub"]),
    sealed("sessions", "state_sealed", "sessions.state", &["id"]),
    sealed("sessions", "nonce_sealed", "sessions.nonce", &["id"]),
    sealed("sessions", "final_sealed", "sessions.final", &["id"]),
    sealed("sessions", "phone_sealed", "sessions.phone", &["id"]),
    sealed("sessions", "mail_sealed", "sessions.mail", &["id"]),
    sealed("sessions", "address_sealed", "sessions.address", &["id"]),
    sealed("captures", "answer_sealed", "captures.answer", &["session_id", "post_hash"]),
    sealed("codes", "sid_sealed", "codes.sid", &["session_id"]),
    sealed("feedback", "phone_sealed", "feedback.phone", &["seal_id"]),
    sealed("templates", "samples_sealed", "templates.samples", &["integration_id", "sub"]),
    sealed("pending_enrollments", "samples_sealed", "pending_enrollments.samples", &["session_id"]),
    sealed("pending_enrollments", "template_sealed", "pending_enrollments.template", &["session_id"]),
    sealed("operators", "totp_sealed", "operators.totp", &["name"]),
    sealed("pending_sign_ins", "offered_sealed", "pending_sign_ins.offered", &["cookie_hash"]),
    sealed("supervisors", "pin_sealed", "supervisors.pin", &["integration_id", "number"]),
];

impl SealedColumn {
    /// The next rows after a rowid.
    pub(super) fn select(&self) -> String {
        let Self { table, column, row, .. } = self;
        let columns = [&["rowid", column], *row].concat().join(", ");
        format!("SELECT {columns} FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT ?")
    }

    pub(super) fn update(&self) -> String {
        let Self { table, column, .. } = self;
        format!("UPDATE {table} SET {column} = ? WHERE rowid = ?")
    }
}

impl Store {
    /// Adds a key that seals new values, seals all values again, and deletes the older keys. With `master`, that key
    /// protects the store from then on, and the former one opens nothing any more. Returns the number of values.
    ///
    /// A service that runs reads the keys within `grace`, and must be restarted with the new master key afterwards.
    pub(crate) async fn rekey(
        &self,
        master: Option<&MasterKey>,
        grace: Duration,
        now: UnixSecs,
    ) -> Result<u64, StoreError> {
        let wrapper = master.map(Wrapper::new);
        let mut tx = self.begin().await?;
        let added = tx.add_seal_key(wrapper.as_ref()).await?;
        tx.commit().await?;
        let mut values = 0;
        for column in &COLUMNS {
            values += self.reseal(column).await?;
        }
        if wrapper.is_some() {
            tokio::time::sleep(grace).await;
        }
        let mut tx = self.begin().await?;
        if tx.sealer.current.secret.id() != added {
            // Another run has begun. It seals with its own key what this one has sealed, and then retires this one's.
            return Err(StoreError::Conflict);
        }
        tx.retire_keys(&added, wrapper.as_ref()).await?;
        let detail = if master.is_some() { "with a new master key" } else { "" };
        tx.record(now, Event::KeysReplaced, "sealing key", None, detail).await?;
        // What the older keys sealed is still in the write-ahead log.
        tx.erases();
        tx.commit().await?;
        Ok(values)
    }

    /// Seals the values of a column again.
    async fn reseal(&self, column: &SealedColumn) -> Result<u64, StoreError> {
        let (mut after, mut values) = (i64::MIN, 0);
        loop {
            let mut tx = self.begin().await?;
            let rows = sqlx::query(AssertSqlSafe(column.select())).bind(after).bind(ROWS_AT_ONCE);
            let rows = rows.fetch_all(&mut *tx.db).await?;
            for row in &rows {
                after = row.try_get(0)?;
                values += u64::from(tx.reseal_row(column, row, after).await?);
            }
            tx.commit().await?;
            if rows.is_empty() {
                return Ok(values);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

impl Tx<'_> {
    /// Adds a seal key, wrapped by the store's master key and by `other`, which gets the older keys, too. Returns its id.
    async fn add_seal_key(&mut self, other: Option<&Wrapper>) -> Result<String, StoreError> {
        let (fresh, db, sealer) = (Secret::random(self.rng), &mut *self.db, self.sealer.clone());
        if let Some(other) = other {
            for (purpose, secret) in keys::all(&sealer) {
                keys::add(db, other, self.rng, purpose, secret).await?;
            }
        }
        for wrapper in std::iter::once(&self.store.keys.wrapper).chain(other) {
            keys::add(db, wrapper, self.rng, Purpose::Seal, &fresh).await?;
        }
        Ok(fresh.id())
    }

    /// Deletes all seal keys but `current`; and all keys as wrapped by another master key than `only`.
    async fn retire_keys(&mut self, current: &str, only: Option<&Wrapper>) -> Result<(), StoreError> {
        let delete = "DELETE FROM sealing_keys WHERE purpose = 'seal' AND id <> ?";
        sqlx::query(delete).bind(current).execute(&mut *self.db).await?;
        if let Some(only) = only {
            let delete = "DELETE FROM sealing_keys WHERE wrapped_by <> ?";
            sqlx::query(delete).bind(&only.id).execute(&mut *self.db).await?;
        }
        Ok(())
    }

    /// Seals a row's value again, unless the current key sealed it.
    async fn reseal_row(&mut self, column: &SealedColumn, row: &SqliteRow, rowid: i64) -> Result<bool, StoreError> {
        let value: Option<Vec<u8>> = row.try_get(1)?;
        // Empty: an enrolled template of an early version, see `templates`.
        let Some(value) = value.filter(|value| !value.is_empty() && !self.sealer.is_current(value)) else {
            return Ok(false);
        };
        let bound: Vec<String> = (2..column.row.len() + 2).map(|index| row.try_get(index)).collect::<Result<_, _>>()?;
        let bound: Vec<&str> = bound.iter().map(String::as_str).collect();
        let plain = self.sealer.open(column.bound_to, &bound, &value)?;
        let sealed = self.sealer.seal(self.rng, column.bound_to, &bound, &plain);
        let db: &mut SqliteConnection = &mut self.db;
        sqlx::query(AssertSqlSafe(column.update())).bind(sealed).bind(rowid).execute(db).await?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, sync::Arc};

    use super::*;
    use crate::store::Database;
    use countenance_system::SystemRandom;

    #[tokio::test]
    async fn every_sealed_column_is_listed() {
        let key = MasterKey::from_bytes([1; 32]);
        let store = Store::open(&Database::Memory, &key, Arc::new(SystemRandom)).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        let select = "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c \
                      WHERE t.type = 'table' AND c.type = 'BLOB' AND t.name NOT IN ('_sqlx_migrations', 'sealing_keys')";
        let rows: Vec<(String, String)> = sqlx::query_as(select).fetch_all(&mut *tx.db).await.unwrap();
        let listed: BTreeSet<_> = COLUMNS.iter().map(|c| (c.table.to_owned(), c.column.to_owned())).collect();
        assert_eq!(rows.into_iter().collect::<BTreeSet<_>>(), listed);
    }
}
