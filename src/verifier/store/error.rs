//! Why a store operation failed, and what a caller makes of it.

use std::{io, path::PathBuf};

use axum::http::StatusCode;
use sqlx::migrate::MigrateError;

use super::{migrations, sealer::SealBroken};

/// Why a store operation failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database failed.
    #[error("the verifier's database failed")]
    Database(#[from] sqlx::Error),
    /// A newer build has migrated the database.
    #[error("the verifier's database has schema version {found}; this build supports up to {latest}", latest = migrations::LATEST)]
    Schema {
        /// `PRAGMA user_version` of the file.
        found: i64,
    },
    /// The database could not be migrated; it is unchanged.
    #[error("the verifier's database cannot be migrated")]
    Migration(#[from] MigrateError),
    /// The key is not the one that sealed this database, or a sealed value was changed.
    #[error("the verifier's database cannot be decrypted with this key")]
    Seal(#[from] SealBroken),
    /// Another call changed the row first. Nothing of this call remains; it may be repeated.
    #[error("another call changed the same row first")]
    Conflict,
    /// A row contains a value that this build never writes.
    #[error("the verifier's database contains an invalid {what}")]
    Unknown {
        /// The kind of value.
        what: &'static str,
    },
    /// A file of the database cannot be created, or closed to other users.
    #[error("the verifier's database file {path} cannot be protected")]
    File {
        /// Path of the file.
        path: PathBuf,
        /// Cause.
        source: io::Error,
    },
    /// The audit log was changed after it was written.
    #[error("the audit log was changed at row {seq}")]
    AuditBroken {
        /// The first row whose hash does not match.
        seq: i64,
    },
}

impl StoreError {
    /// The HTTP status of a response to a call that failed with this error.
    pub(crate) fn status(&self) -> StatusCode {
        if self.is_transient() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR }
    }

    /// Whether somebody else has the database locked.
    pub(super) fn is_lock(&self) -> bool {
        // BUSY, LOCKED.
        self.sqlite_code().is_some_and(|code| [5, 6].contains(&code))
    }

    /// SQLite's primary result code.
    fn sqlite_code(&self) -> Option<i64> {
        let Self::Database(sqlx::Error::Database(error)) = self else { return None };
        let extended: i64 = error.code()?.parse().ok()?;
        Some(extended & 0xff)
    }

    /// Whether the same call may succeed later: the database is locked, the disk is full or failed.
    pub(crate) fn is_transient(&self) -> bool {
        // BUSY, LOCKED, IOERR, FULL, CANTOPEN.
        const TRANSIENT: [i64; 5] = [5, 6, 10, 13, 14];
        match self {
            Self::Database(sqlx::Error::Database(_)) => {
                self.sqlite_code().is_some_and(|code| TRANSIENT.contains(&code))
            }
            Self::Conflict
            | Self::Database(sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed | sqlx::Error::Io(_)) => true,
            _ => false,
        }
    }
}
