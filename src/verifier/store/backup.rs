//! Backup while the service runs, and restoring while it does not.
//!
//! A backup is sealed as the database is: it needs the same master key.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{AuditScope, Database, Event, MasterKey, Store, StoreError, files};
use countenance_core::{
    clock::UnixSecs,
    rng::{SecureRandom, random_text},
};
use countenance_system::whole_file::{folder_of, sync_folder};

/// How long a restore waits for other processes to close the database.
const CLOSE_WAIT: Duration = Duration::from_secs(1);

/// Why there is no backup, or nothing was restored. The database is unchanged.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file would be overwritten.
    #[error("{path} exists already")]
    Exists {
        /// Path of the file.
        path: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("{path} cannot be used")]
    File {
        /// Path of the file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// A service, or another command, has the database open.
    #[error("the database is in use: stop the service first")]
    Running,
    /// The backup is damaged.
    #[error("the backup is damaged")]
    Damaged,
    /// The backup cannot be opened: it is newer than this build, or was sealed with another key; or the database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Writes a copy of the database to `to`, which must not exist. Sign-ins go on meanwhile.
    pub(crate) async fn backup(&self, to: &Path) -> Result<(), BackupError> {
        if to.exists() {
            return Err(BackupError::Exists { path: to.to_owned() });
        }
        // Under a name of its own: one that a crash has left must not be in the way of the next backup.
        let part = files::beside(to, &format!(".{}.part", random_text::<8>(self.rng.as_ref())));
        let failed = |source| BackupError::File { path: part.clone(), source };
        let file = files::create_private(&part).map_err(failed)?;
        let copied = async {
            self.copy_into(&part).await?;
            let renamed = file.sync_all().and_then(|()| fs::rename(&part, to));
            renamed.and_then(|()| sync_folder(folder_of(to)?)).map_err(failed)
        };
        let copied: Result<(), BackupError> = copied.await;
        if copied.is_err() {
            fs::remove_file(&part).ok();
        }
        copied
    }

    /// Copies the database into an empty file.
    async fn copy_into(&self, to: &Path) -> Result<(), BackupError> {
        // A whole copy, without what was deleted, of one state of the database.
        let vacuum = sqlx::query("VACUUM INTO ?");
        let vacuum =
            vacuum.bind(to.to_str().ok_or_else(|| BackupError::File {
                path: to.to_owned(),
                source: io::ErrorKind::InvalidFilename.into(),
            })?);
        match &self.database {
            Database::Memory => vacuum.execute(&self.pool).await.map_err(StoreError::from)?,
            // A connection of its own: one that writes would keep sign-ins waiting, the others may not write.
            Database::File(path) => {
                let mut db = connect(path).await?;
                vacuum.execute(&mut db).await.map_err(StoreError::from)?
            }
        };
        Ok(())
    }
}

/// Replaces the database by a backup, which is checked whole before. The former database stays beside it, with `.replaced`
/// after its name. `command` is recorded in the audit log.
pub(crate) async fn restore(
    from: &Path,
    database: &Path,
    key: &MasterKey,
    rng: Arc<dyn SecureRandom>,
    now: UnixSecs,
    command: &str,
) -> Result<(), BackupError> {
    let replaced = files::beside(database, ".replaced");
    if replaced.exists() {
        return Err(BackupError::Exists { path: replaced });
    }
    let copy = files::beside(database, ".restoring");
    remove(&copy);
    let restored = async {
        copy_file(from, &copy)?;
        check(&copy, key, rng, now, command).await?;
        let held = hold(database).await?;
        replace(database, &copy, &replaced)?;
        // Until now, so that nobody could open the former database and go on with it.
        if let Some(held) = held {
            held.close().await.ok();
        }
        Ok(())
    };
    let restored: Result<(), BackupError> = restored.await;
    if restored.is_err() {
        remove(&copy);
    }
    restored
}

/// Opens a backup's copy as a store, which migrates it; checks its pages and its audit log; and closes it.
async fn check(
    copy: &Path,
    key: &MasterKey,
    rng: Arc<dyn SecureRandom>,
    now: UnixSecs,
    command: &str,
) -> Result<(), BackupError> {
    let store = Store::open(&Database::File(copy.to_owned()), key, rng).await?;
    let checked = async {
        let sound = sqlx::query("PRAGMA integrity_check(1)").fetch_one(&store.pool).await.map_err(StoreError::from)?;
        if sound.try_get::<String, _>(0).map_err(StoreError::from)? != "ok" {
            return Err(BackupError::Damaged);
        }
        store.check_audit(AuditScope::Whole, now).await?;
        let mut tx = store.begin().await?;
        tx.record(now, Event::CommandRun, "command line", None, command).await?;
        Ok(tx.commit().await?)
    };
    let checked: Result<(), BackupError> = checked.await;
    store.close().await;
    checked
}

/// Opens the database that is to be replaced so that no other process can, and ends its write-ahead log; `None` if there
/// is none, or it is too damaged to be opened by anybody.
async fn hold(database: &Path) -> Result<Option<SqliteConnection>, BackupError> {
    if !database.exists() {
        return Ok(None);
    }
    let held = async {
        let mut db = connect(database).await?;
        sqlx::query("PRAGMA locking_mode = EXCLUSIVE").execute(&mut db).await?;
        sqlx::query("PRAGMA journal_mode = DELETE").fetch_all(&mut db).await?;
        sqlx::query("BEGIN EXCLUSIVE").execute(&mut db).await?;
        sqlx::query("COMMIT").execute(&mut db).await?;
        Ok(db)
    };
    let held: Result<SqliteConnection, StoreError> = held.await;
    match held {
        Ok(db) => Ok(Some(db)),
        Err(error) if error.is_lock() => Err(BackupError::Running),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the database that is replaced cannot be opened");
            Ok(None)
        }
    }
}

async fn connect(database: &Path) -> Result<SqliteConnection, StoreError> {
    let options = SqliteConnectOptions::new().filename(database).busy_timeout(CLOSE_WAIT);
    Ok(SqliteConnection::connect_with(&options).await?)
}

fn copy_file(from: &Path, to: &Path) -> Result<(), BackupError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| BackupError::File { path, source }
    };
    let mut source = fs::File::open(from).map_err(failed(from))?;
    let mut copy = files::create_private(to).map_err(failed(to))?;
    io::copy(&mut source, &mut copy).and_then(|_| copy.sync_all()).map_err(failed(to))
}

/// Puts `copy` in the place of `database`, and that to `replaced`, with a write-ahead log that could not be ended.
fn replace(database: &Path, copy: &Path, replaced: &Path) -> Result<(), BackupError> {
    let failed = |source| BackupError::File { path: database.to_owned(), source };
    for suffix in ["", "-wal", "-shm"] {
        let (from, to) = (files::beside(database, suffix), files::beside(replaced, suffix));
        match fs::rename(&from, &to) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    fs::rename(copy, database).and_then(|()| sync_folder(folder_of(database)?)).map_err(failed)
}

/// Removes a copy that was not used.
fn remove(copy: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        fs::remove_file(files::beside(copy, suffix)).ok();
    }
}
