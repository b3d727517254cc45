//! Maintenance of the database: keys, backups and checks of the audit log.

use std::{path::Path, sync::Arc, time::Duration};

use crate::{AuditCheck, AuditHead, AuditScope, BackupError, Entry, MasterKey, StoreError, Verifier, store};
use countenance_core::{clock::Clock, rng::SecureRandom};

impl Verifier {
    /// Replaces the key that seals the database's values, and with `master` the master key too. Sign-ins go on
    /// meanwhile, in this process and in others that have the database open: those read the new keys within `grace`, and
    /// need the new master key when they are restarted. Returns the number of values that were sealed again.
    pub async fn rekey(&self, master: Option<&MasterKey>, grace: Duration) -> Result<u64, StoreError> {
        self.0.store().rekey(master, grace, self.0.now()).await
    }

    /// Writes a copy of the database to `to`, which must not exist; only its owner can read it. Sign-ins go on meanwhile.
    pub async fn backup(&self, to: &Path) -> Result<(), BackupError> {
        self.0.store().backup(to).await
    }

    /// Replaces the file `database` by the backup `from`, which must open with `key`. No process may have the database
    /// open. The former one stays beside it, with `.replaced` after its name. `command` is recorded in the audit log.
    pub async fn restore(
        from: &Path,
        database: &Path,
        key: &MasterKey,
        rng: Arc<dyn SecureRandom>,
        clock: &dyn Clock,
        command: &str,
    ) -> Result<(), BackupError> {
        store::restore(from, database, key, rng, clock.now(), command).await
    }

    /// Verifies the whole audit log.
    ///
    /// # Errors
    /// [`StoreError::AuditBroken`] with the first row that was changed.
    pub async fn verify_audit(&self) -> Result<AuditHead, StoreError> {
        Ok(self.check_audit(AuditScope::Whole).await?.head)
    }

    /// Verifies the audit log, whole or from the last checkpoint on. Sign-ins go on meanwhile.
    ///
    /// # Errors
    /// [`StoreError::AuditBroken`] with the first row that was changed or is missing.
    pub async fn check_audit(&self, scope: AuditScope) -> Result<AuditCheck, StoreError> {
        self.0.store().check_audit(scope, self.0.now()).await
    }

    /// The newest entries of the audit log, at most `limit`, oldest first.
    pub async fn audit_tail(&self, limit: u32) -> Result<Vec<Entry>, StoreError> {
        self.0.store().read().await?.audit_tail(limit).await
    }
}
