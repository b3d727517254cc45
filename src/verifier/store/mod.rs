//! The verifier's store: SQLite with a single connection, every change in a transaction.
//!
//! All access goes through [`Tx`]. Dropping it rolls back, so a call that returns early with `?` has changed nothing.
//! One process serves a store; a second one (such as `add-integration`) waits for the lock.

use std::{
    fmt,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use sqlx::{
    Connection, Row, Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteQueryResult},
};

use crate::limits;
use countenance_core::clock::UnixSecs;
use countenance_core::rng::SecureRandom;

mod accounts;
mod approvals;
mod audit;
mod backup;
mod bindings;
mod checkpoints;
mod clients;
mod codes;
mod daily;
mod devices;
mod error;
mod faces;
mod files;
mod integrations;
mod keys;
mod kiosks;
mod lists;
mod logs;
mod mails;
mod master_key;
mod migrations;
mod operators;
mod pending;
#[cfg(test)]
mod plans;
mod rekey;
mod sealer;
mod second_factors;
mod sessions;
mod setup_events;
mod supervisors;
mod templates;
mod used_samples;

pub(crate) use approvals::Approval;
pub(crate) use audit::Event;
pub use audit::{AuditHead, Entry};
pub use backup::BackupError;
pub(crate) use backup::restore;
pub(crate) use bindings::{BindingRequest, BindingRow, BindingSource, RecordedRequest};
pub use checkpoints::{AuditCheck, AuditScope};
pub(crate) use codes::{CodeLimits, CodeState};
pub(crate) use devices::{Device, Registration};
pub use error::StoreError;
pub(crate) use integrations::{Integration, SessionSecrets, secret_digest};
use keys::Keys;
pub(crate) use kiosks::{KioskRow, LastHeartbeat};
pub(crate) use lists::{AuditQuery, DeviceRow, SessionQuery, SessionRow, UserRow};
pub use master_key::{KeyFileError, MasterKey};
pub use sealer::SealBroken;
use sealer::Sealer;
pub(crate) use second_factors::{PendingSignIn, SecondFactor, WRONG_CODES_MAX};
pub(crate) use sessions::{NewSession, Session, SessionStage};
pub(crate) use setup_events::{LastSetupEvent, SetupEvent};
pub(crate) use supervisors::{NewSupervisor, Supervisor};
pub(crate) use used_samples::SampleDigest;

/// Location of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// In memory; lost when the process ends.
    Memory,
    /// In this file, created if missing.
    File(PathBuf),
}

/// Number of connections for reading.
const READERS: u32 = 4;
/// Maximum time to wait for a connection.
const ACQUIRE_MAX: Duration = Duration::from_secs(10);

/// An open store.
#[derive(Clone)]
pub(crate) struct Store {
    database: Database,
    /// The one connection that writes.
    pool: SqlitePool,
    /// Connections that read while another one writes; the same pool for a database in memory.
    readers: SqlitePool,
    /// A connection that reads the audit log to check it, which may take long; also the same for one in memory.
    auditor: SqlitePool,
    keys: Arc<Keys>,
    rng: Arc<dyn SecureRandom>,
    /// Whether the write-ahead log may contain what was erased.
    has_traces: Arc<AtomicBool>,
}

/// A transaction: [`commit`](Tx::commit) makes its changes permanent, dropping rolls them back.
pub(crate) struct Tx<'s> {
    db: Transaction<'static, Sqlite>,
    store: &'s Store,
    sealer: Arc<Sealer>,
    rng: &'s dyn SecureRandom,
    /// Whether it erases what must not be found anywhere afterwards.
    erases: bool,
}

impl Store {
    /// Opens `database`, or creates it.
    pub(crate) async fn open(
        database: &Database,
        key: &MasterKey,
        rng: Arc<dyn SecureRandom>,
    ) -> Result<Self, StoreError> {
        if let Database::File(path) = database {
            files::protect(path)?;
        }
        let options = match database {
            Database::Memory => SqliteConnectOptions::new().in_memory(true),
            Database::File(path) => SqliteConnectOptions::new()
                .filename(path)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .busy_timeout(Duration::from_secs(5)),
        };
        // Overwrites deleted rows, so that an erased template does not remain in free pages.
        let options = options.foreign_keys(true).pragma("secure_delete", "ON");
        // One connection: writers queue in the pool rather than in SQLite, and an in-memory database stays one
        // database.
        let lasting = SqlitePoolOptions::new().acquire_timeout(ACQUIRE_MAX).idle_timeout(None).max_lifetime(None);
        let mut writer = lasting.clone().max_connections(1);
        if matches!(database, Database::File(_)) {
            // SQLite may end a transaction by itself after an I/O error; then sqlx can neither commit nor roll back, and
            // refuses to begin another. Such a connection is replaced. Asked after a ping, which waits for a rollback.
            writer = writer.before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }));
        }
        let pool = writer.connect_with(options.clone()).await?;
        let keys = Arc::new(prepare(&pool, key, rng.as_ref()).await?);
        let mut store = Self {
            database: database.clone(),
            readers: pool.clone(),
            auditor: pool.clone(),
            pool,
            keys,
            rng,
            has_traces: Arc::default(),
        };
        if matches!(database, Database::File(_)) {
            let options = options.create_if_missing(false).pragma("query_only", "ON");
            store.auditor = lasting.clone().max_connections(1).connect_with(options.clone()).await?;
            store.readers = lasting.max_connections(READERS).connect_with(options).await?;
        }
        Ok(store)
    }

    /// Begins a write transaction.
    pub(crate) async fn begin(&self) -> Result<Tx<'_>, StoreError> {
        self.tx(self.pool.begin_with("BEGIN IMMEDIATE").await?).await
    }

    /// Begins a transaction that only reads: it sees one state of the database, and neither waits for a writer nor
    /// keeps one waiting.
    pub(crate) async fn read(&self) -> Result<Tx<'_>, StoreError> {
        self.tx(self.readers.begin().await?).await
    }

    /// As [`read`](Self::read), for checks of the audit log.
    async fn read_audit(&self) -> Result<Tx<'_>, StoreError> {
        self.tx(self.auditor.begin().await?).await
    }

    async fn tx(&self, mut db: Transaction<'static, Sqlite>) -> Result<Tx<'_>, StoreError> {
        let sealer = self.keys.sealer(&mut db).await?;
        Ok(Tx { db, store: self, sealer, rng: self.rng.as_ref(), erases: false })
    }

    /// Empties the write-ahead log if it may contain what was erased. If a reader still needs it, a later call does.
    pub(crate) async fn remove_traces(&self) -> Result<(), StoreError> {
        if !self.has_traces.load(Ordering::Relaxed) {
            return Ok(());
        }
        let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&self.pool).await?;
        let is_busy: i64 = row.try_get(0)?;
        self.has_traces.store(is_busy != 0, Ordering::Relaxed);
        Ok(())
    }

    /// Whether the database answers.
    pub(crate) async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1 FROM key_check").fetch_one(&self.readers).await?;
        Ok(())
    }

    /// Waits for running work and closes the file.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.auditor.close().await;
        // Closing the last connection does the same, but not if another process has the database open.
        if let Err(error) = self.remove_traces().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the write-ahead log was not emptied");
        }
        self.pool.close().await;
    }
}

/// Brings the database up to date, and reads its keys with the master key.
async fn prepare(pool: &SqlitePool, key: &MasterKey, rng: &dyn SecureRandom) -> Result<Keys, StoreError> {
    let mut db = pool.begin_with("BEGIN IMMEDIATE").await?;
    migrations::run(&mut db).await?;
    let keys = Keys::open(&mut db, key, rng).await?;
    db.commit().await?;
    Ok(keys)
}

/// Prints neither key nor rows.
impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

/// Compare and set: the statement names the state that it expects, and must have found exactly one row in it.
///
/// With one writing connection, a row cannot change between being read and being written. The statements do not rely on
/// it, so that nothing is spent twice where several may write.
fn changed_one(done: &SqliteQueryResult) -> Result<(), StoreError> {
    if done.rows_affected() == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

impl Tx<'_> {
    /// Commits the changes.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        self.db.commit().await?;
        if self.erases {
            self.store.has_traces.store(true, Ordering::Relaxed);
            // The erasure is done and stays done; the rest is repeated later.
            if let Err(error) = self.store.remove_traces().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "the write-ahead log was not emptied");
            }
        }
        Ok(())
    }

    /// Notes that what this transaction deletes must not be found in any file afterwards.
    pub(super) fn erases(&mut self) {
        self.erases = true;
    }

    /// Marks a session token as used until `expires_at`; false if it was used before.
    pub(crate) async fn spend_token(&mut self, token: &str, expires_at: UnixSecs) -> Result<bool, StoreError> {
        let insert = "INSERT INTO used_tokens VALUES (?, ?) ON CONFLICT DO NOTHING";
        let done = sqlx::query(insert).bind(sha256_text(token)).bind(expires_at).execute(&mut *self.db).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Marks the proof `jti` of `device` as used until `expires_at`; false if it was used before.
    pub(crate) async fn spend_proof(
        &mut self,
        device: &str,
        jti: &str,
        expires_at: UnixSecs,
    ) -> Result<bool, StoreError> {
        let insert = "INSERT INTO proofs VALUES (?, ?) ON CONFLICT DO NOTHING";
        let hash = sha256_text(&format!("{device} {jti}"));
        let done = sqlx::query(insert).bind(hash).bind(expires_at).execute(&mut *self.db).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Deletes expired data: used tokens, proofs, device codes, log event ids, requests for bindings, approval codes, pending
    /// enrollments and half sign-ins of operators; sessions an hour, feedback a day, daily counts two days and used
    /// samples 400 days later.
    pub(crate) async fn sweep(&mut self, now: UnixSecs) -> Result<(), StoreError> {
        const KEEP_SESSIONS_SECS: i64 = 3600;
        const KEEP_FEEDBACK_SECS: i64 = 24 * 3600;
        for (delete, before) in [
            ("DELETE FROM used_tokens WHERE expires_at < ?", now),
            ("DELETE FROM proofs WHERE expires_at < ?", now),
            ("DELETE FROM device_codes WHERE expires_at < ?", now),
            ("DELETE FROM log_events WHERE expires_at < ?", now),
            ("DELETE FROM binding_requests WHERE expires_at < ?", now),
            ("DELETE FROM approval_codes WHERE expires_at < ?", now),
            ("DELETE FROM pending_enrollments WHERE expires_at < ?", now),
            ("DELETE FROM pending_sign_ins WHERE expires_at < ?", now),
            // Twilio keeps a verification for a day at most; later feedback is pointless.
            ("DELETE FROM feedback WHERE due_at < ?", now - KEEP_FEEDBACK_SECS),
            ("DELETE FROM sessions WHERE expires_at < ?", now - KEEP_SESSIONS_SECS),
            ("DELETE FROM daily_counts WHERE day < ?", limits::day(now) - daily::KEEP_DAYS),
            ("DELETE FROM device_accounts WHERE day < ?", limits::day(now) - daily::KEEP_DAYS),
            ("DELETE FROM used_samples WHERE used_at < ?", now - used_samples::KEEP_SAMPLES_SECS),
        ] {
            sqlx::query(delete).bind(before).execute(&mut *self.db).await?;
        }
        Ok(())
    }
}

/// SHA-256 of `text` in base64url: the stored form of codes, cookies, handles and tokens.
pub(crate) fn sha256_text(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use countenance_system::SystemRandom;

    fn key(byte: u8) -> MasterKey {
        MasterKey::from_bytes([byte; 32])
    }

    #[tokio::test]
    async fn reopens_only_with_its_key_and_schema_version() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::File(folder.path().join("verifier.db"));
        let open = |byte| Store::open(&database, Box::leak(Box::new(key(byte))), Arc::new(SystemRandom));
        let store = open(1).await.unwrap();
        store.close().await;
        assert!(matches!(open(2).await, Err(StoreError::Seal(_))));
        let store = open(1).await.unwrap();
        sqlx::query("PRAGMA user_version = 99").execute(&store.pool).await.unwrap();
        store.close().await;
        assert!(matches!(open(1).await, Err(StoreError::Schema { found: 99 })));
    }

    #[tokio::test]
    async fn tokens_and_proofs_are_spent_once_and_a_dropped_transaction_spends_nothing() {
        let store = Store::open(&Database::Memory, &key(1), Arc::new(SystemRandom)).await.unwrap();
        drop({
            let mut tx = store.begin().await.unwrap();
            assert!(tx.spend_token("t", 10).await.unwrap());
            tx
        });
        let mut tx = store.begin().await.unwrap();
        assert!(tx.spend_token("t", 10).await.unwrap());
        assert!(!tx.spend_token("t", 10).await.unwrap());
        assert!(tx.spend_proof("d", "1", 10).await.unwrap());
        assert!(tx.spend_proof("e", "1", 10).await.unwrap());
        assert!(!tx.spend_proof("d", "1", 10).await.unwrap());
        tx.sweep(11).await.unwrap();
        assert!(tx.spend_token("t", 20).await.unwrap());
    }
}
