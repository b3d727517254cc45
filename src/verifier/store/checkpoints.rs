//! Checks of the audit log, from the last checkpoint on or whole.
//!
//! A checkpoint states up to which row the log was found intact, signed with a key of its own. A check that begins there
//! does not see what was changed before it since; a whole one does. Rows are read a page at a time over a connection of
//! their own, so a check neither waits for sign-ins nor keeps any waiting, and never holds back the write-ahead log.

use sqlx::{FromRow, Row, sqlite::SqliteRow};

use super::{AuditHead, Entry, Store, StoreError, Tx};
use countenance_core::clock::UnixSecs;

/// Number of rows read at once.
const PAGE: i64 = 1000;
/// Minimum number of rows between two checkpoints.
const SPACING: i64 = 1000;

/// Which rows of the audit log are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditScope {
    /// Those after the last checkpoint.
    SinceCheckpoint,
    /// All.
    Whole,
}

/// The result of a check that found the log intact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditCheck {
    /// The end of the log.
    pub head: AuditHead,
    /// The last row that an earlier check has found intact, and this one did not read; 0 for none.
    pub from: i64,
    /// When that was.
    pub checked_at: UnixSecs,
}

/// A checkpoint whose signature is right.
#[derive(Debug, Clone)]
pub(crate) struct Checkpoint {
    pub(crate) head: AuditHead,
    pub(crate) at: UnixSecs,
}

struct CheckpointRow {
    seq: i64,
    hash: String,
    at: UnixSecs,
    mac: String,
}

impl FromRow<'_, SqliteRow> for CheckpointRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            seq: row.try_get("seq")?,
            hash: row.try_get("hash")?,
            at: row.try_get("at")?,
            mac: row.try_get("mac")?,
        })
    }
}

impl Store {
    /// Checks the audit log, and keeps a checkpoint if the last one is far behind.
    ///
    /// # Errors
    /// [`StoreError::AuditBroken`] with the first row that was changed or is missing.
    pub(crate) async fn check_audit(&self, scope: AuditScope, now: UnixSecs) -> Result<AuditCheck, StoreError> {
        let checkpoint = self.read_audit().await?.checkpoint().await?;
        let (known, checked_at) = checkpoint.map_or((AuditHead::default(), 0), |found| (found.head, found.at));
        let start = match scope {
            AuditScope::SinceCheckpoint => known.clone(),
            AuditScope::Whole => AuditHead::default(),
        };
        let (from, mut head) = (start.rows, start);
        while let Some(next) = self.read_audit().await?.verify_page(&head, PAGE).await? {
            head = next;
        }
        // Last: if an earlier row was changed, that is the one to report.
        if known.rows > 0 && self.read_audit().await?.audit_hash(known.rows).await?.as_ref() != Some(&known.hash) {
            return Err(StoreError::AuditBroken { seq: known.rows.min(head.rows + 1) });
        }
        if head.rows >= known.rows + SPACING {
            let mut tx = self.begin().await?;
            tx.add_checkpoint(&head, now).await?;
            tx.commit().await?;
        }
        let checked_at = if from == 0 { 0 } else { checked_at };
        Ok(AuditCheck { head, from, checked_at })
    }
}

impl Tx<'_> {
    /// The last checkpoint.
    pub(crate) async fn checkpoint(&mut self) -> Result<Option<Checkpoint>, StoreError> {
        let select = "SELECT * FROM audit_checkpoints ORDER BY seq DESC LIMIT 1";
        let row: Option<CheckpointRow> = sqlx::query_as(select).fetch_optional(&mut *self.db).await?;
        let Some(CheckpointRow { seq, hash, at, mac }) = row else { return Ok(None) };
        let head = AuditHead { rows: seq, hash };
        if self.sign_checkpoint(&head, at) != mac {
            return Err(StoreError::AuditBroken { seq });
        }
        Ok(Some(Checkpoint { head, at }))
    }

    async fn add_checkpoint(&mut self, head: &AuditHead, at: UnixSecs) -> Result<(), StoreError> {
        let insert = "INSERT INTO audit_checkpoints (seq, hash, at, mac) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
        let mac = self.sign_checkpoint(head, at);
        sqlx::query(insert).bind(head.rows).bind(&head.hash).bind(at).bind(mac).execute(&mut *self.db).await?;
        Ok(())
    }

    fn sign_checkpoint(&self, head: &AuditHead, at: UnixSecs) -> String {
        self.sealer.checkpoint_mac(&[&head.rows.to_string(), &head.hash, &at.to_string()])
    }

    /// Verifies the rows after `head`, at most `limit`, and returns the new head; `None` if there are none.
    pub(super) async fn verify_page(&mut self, head: &AuditHead, limit: i64) -> Result<Option<AuditHead>, StoreError> {
        let select = "SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?";
        let page: Vec<Entry> = sqlx::query_as(select).bind(head.rows).bind(limit).fetch_all(&mut *self.db).await?;
        let mut verified = None;
        for entry in page {
            verified = Some(self.verify_entry(entry, verified.as_ref().unwrap_or(head))?);
        }
        Ok(verified)
    }

    async fn audit_hash(&mut self, seq: i64) -> Result<Option<String>, StoreError> {
        let select = "SELECT hash FROM audit WHERE seq = ?";
        let row = sqlx::query(select).bind(seq).fetch_optional(&mut *self.db).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::{Database, Event, MasterKey};
    use countenance_system::SystemRandom;

    async fn log_of(rows: i64) -> Store {
        let store =
            Store::open(&Database::Memory, &MasterKey::from_bytes([3; 32]), Arc::new(SystemRandom)).await.unwrap();
        append(&store, rows).await;
        store
    }

    async fn append(store: &Store, rows: i64) {
        let mut tx = store.begin().await.unwrap();
        for n in 0..rows {
            tx.record(n, Event::SessionOpened, "s", None, "").await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// Runs SQL that only somebody with the file can.
    async fn tamper(store: &Store, statement: &'static str) {
        let mut tx = store.begin().await.unwrap();
        sqlx::raw_sql("DROP TRIGGER IF EXISTS audit_rows_stay; DROP TRIGGER IF EXISTS audit_rows_stay_as_they_are")
            .execute(&mut *tx.db)
            .await
            .unwrap();
        sqlx::query(statement).execute(&mut *tx.db).await.unwrap();
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn a_check_begins_at_the_last_checkpoint_and_a_whole_one_at_the_start() {
        let store = log_of(SPACING + 5).await;
        let check = async |scope| store.check_audit(scope, 77).await.unwrap();
        let first = check(AuditScope::SinceCheckpoint).await;
        assert_eq!((first.from, first.head.rows), (0, SPACING + 5), "no checkpoint yet");
        append(&store, 3).await;
        let second = check(AuditScope::SinceCheckpoint).await;
        assert_eq!((second.from, second.checked_at, second.head.rows), (SPACING + 5, 77, SPACING + 8));
        let whole = check(AuditScope::Whole).await;
        assert_eq!((whole.from, &whole.head), (0, &second.head));
        let again = check(AuditScope::SinceCheckpoint).await;
        assert_eq!(again.from, SPACING + 5, "checkpoints are {SPACING} rows apart");
    }

    #[tokio::test]
    async fn a_check_waits_for_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::File(folder.path().join("verifier.db"));
        let store = Store::open(&database, &MasterKey::from_bytes([3; 32]), Arc::new(SystemRandom)).await.unwrap();
        append(&store, 5).await;
        let _writing = store.begin().await.unwrap();
        let mut reading = Vec::new();
        for _ in 0..super::super::READERS {
            reading.push(store.read().await.unwrap());
        }
        let check = store.check_audit(AuditScope::Whole, 77);
        let check = tokio::time::timeout(std::time::Duration::from_secs(5), check).await.expect("it waits");
        assert_eq!(check.unwrap().head.rows, 5);
    }

    #[tokio::test]
    async fn changes_before_the_checkpoint_are_found_by_a_whole_check_and_others_by_each() {
        for (case, statement, since, whole) in [
            ("before", "UPDATE audit SET subject = 'x' WHERE seq = 2", None, 2),
            ("after", "UPDATE audit SET subject = 'x' WHERE seq = 1007", Some(1007), 1007),
            ("its row", "UPDATE audit SET hash = 'x' WHERE seq = 1005", Some(1005), 1005),
            ("cut off before it", "DELETE FROM audit WHERE seq > 900", Some(1005), 901),
            ("a forged checkpoint", "UPDATE audit_checkpoints SET hash = 'x'", Some(1005), 1005),
            ("a moved checkpoint", "UPDATE audit_checkpoints SET seq = 1006", Some(1006), 1006),
        ] {
            let store = log_of(SPACING + 5).await;
            store.check_audit(AuditScope::SinceCheckpoint, 77).await.unwrap();
            append(&store, 5).await;
            tamper(&store, statement).await;
            for (scope, broken_at) in [(AuditScope::SinceCheckpoint, since), (AuditScope::Whole, Some(whole))] {
                let found = match store.check_audit(scope, 78).await {
                    Ok(_) => None,
                    Err(StoreError::AuditBroken { seq }) => Some(seq),
                    Err(error) => panic!("{case}: {error}"),
                };
                assert_eq!(found, broken_at, "{case}, {scope:?}");
            }
        }
    }
}
