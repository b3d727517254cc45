//! The store's keys: kept in the database, each wrapped by the master key.
//!
//! Another process may add keys and remove older ones at any time (see `rekey`), so each transaction asks first whether
//! they have changed. It sees one state of the database: every value in it was sealed with one of the keys in it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::{FromRow, Row, SqliteConnection, sqlite::SqliteRow};

use super::{
    MasterKey, StoreError,
    sealer::{SealBroken, SealKey, Sealer, Secret},
};
use countenance_core::rng::SecureRandom;

/// Column to which wrapped keys are bound, in addition to their purpose and id.
const WRAPPED: &str = "sealing_keys.sealed";

countenance_core::enumeration! {
    /// What a key is for.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(super) enum Purpose {
        /// Seals values.
        Seal = "seal",
        /// Chains the rows of the audit log.
        Audit = "audit",
        /// Signs checkpoints of the audit log.
        Checkpoint = "checkpoint",
        /// Hashes samples that were judged.
        Samples = "samples",
    }
}

/// A master key as it wraps the store's keys; the master key itself is not kept.
pub(super) struct Wrapper {
    pub(super) id: String,
    key: SealKey,
}

impl Wrapper {
    pub(super) fn new(master: &MasterKey) -> Self {
        Self { id: master.0.id(), key: SealKey::new(master.0.derive("countenance verifier: wrap")) }
    }

    fn wrap(&self, rng: &dyn SecureRandom, purpose: Purpose, secret: &Secret) -> Vec<u8> {
        self.key.seal(rng, WRAPPED, &[purpose.name(), &secret.id()], secret.bytes())
    }

    fn unwrap(&self, row: &KeyRow) -> Result<Secret, SealBroken> {
        let bytes = self.key.open(WRAPPED, &[row.purpose.name(), &row.id], &row.sealed)?;
        bytes.as_slice().try_into().map(Secret::copied).or(Err(SealBroken))
    }
}

/// Highest number and count of the rows with keys: both stay the same while no key is added or removed.
type KeyState = (i64, i64);

/// The keys, as they were last read.
pub(super) struct Keys {
    pub(super) wrapper: Wrapper,
    read: Mutex<(KeyState, Arc<Sealer>)>,
}

struct KeyRow {
    purpose: Purpose,
    id: String,
    wrapped_by: String,
    sealed: Vec<u8>,
}

impl FromRow<'_, SqliteRow> for KeyRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let purpose = Purpose::named(row.try_get("purpose")?).ok_or_else(|| super::sessions::unknown("key"))?;
        Ok(Self {
            purpose,
            id: row.try_get("id")?,
            wrapped_by: row.try_get("wrapped_by")?,
            sealed: row.try_get("sealed")?,
        })
    }
}

impl Keys {
    /// Reads the keys of a database, or writes those of one that has none: a new one, or one of an earlier version.
    pub(super) async fn open(
        db: &mut SqliteConnection,
        master: &MasterKey,
        rng: &dyn SecureRandom,
    ) -> Result<Self, StoreError> {
        let wrapper = Wrapper::new(master);
        if state(db).await?.1 == 0 {
            let derived = Sealer::derived(master);
            check(db, &derived).await?;
            for (purpose, secret) in all(&derived) {
                add(db, &wrapper, rng, purpose, secret).await?;
            }
        }
        let (state, sealer) = (state(db).await?, load(db, &wrapper, None).await?);
        if !check(db, &sealer).await? {
            let sealed = sealer.seal(rng, "key_check", &[], b"countenance");
            sqlx::query("INSERT INTO key_check VALUES (1, ?)").bind(sealed).execute(db).await?;
        }
        Ok(Self { wrapper, read: Mutex::new((state, Arc::new(sealer))) })
    }

    /// The keys for a transaction that has begun.
    pub(super) async fn sealer(&self, db: &mut SqliteConnection) -> Result<Arc<Sealer>, StoreError> {
        let now = state(db).await?;
        let (read_at, sealer) = self.read().clone();
        if read_at == now {
            return Ok(sealer);
        }
        let sealer = Arc::new(load(db, &self.wrapper, Some(&sealer)).await?);
        // An older state that a slow transaction has seen must not displace a newer one.
        if now.0 >= read_at.0 {
            *self.read() = (now, sealer.clone());
        }
        Ok(sealer)
    }

    fn read(&self) -> MutexGuard<'_, (KeyState, Arc<Sealer>)> {
        // Replaced as a whole, so it is usable after a panic.
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Each key with its purpose, those that seal in the order in which they were added.
pub(super) fn all(sealer: &Sealer) -> impl Iterator<Item = (Purpose, &Secret)> {
    let seal = sealer.older.iter().chain([&sealer.current]).map(|key| (Purpose::Seal, &key.secret));
    seal.chain([
        (Purpose::Audit, &sealer.chain),
        (Purpose::Checkpoint, &sealer.checkpoint),
        (Purpose::Samples, &sealer.samples),
    ])
}

/// Adds a key, wrapped by this master key, unless it is there already.
pub(super) async fn add(
    db: &mut SqliteConnection,
    wrapper: &Wrapper,
    rng: &dyn SecureRandom,
    purpose: Purpose,
    secret: &Secret,
) -> Result<(), StoreError> {
    let insert =
        "INSERT INTO sealing_keys (purpose, id, wrapped_by, sealed) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
    sqlx::query(insert)
        .bind(purpose.name())
        .bind(secret.id())
        .bind(&wrapper.id)
        .bind(wrapper.wrap(rng, purpose, secret))
        .execute(db)
        .await?;
    Ok(())
}

async fn state(db: &mut SqliteConnection) -> Result<KeyState, StoreError> {
    let row = sqlx::query("SELECT coalesce(max(seq), 0), count(*) FROM sealing_keys").fetch_one(db).await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

/// Unwraps the keys. Those in `known` are not unwrapped again: a service goes on until it is restarted, even if its own
/// master key was replaced.
async fn load(db: &mut SqliteConnection, wrapper: &Wrapper, known: Option<&Sealer>) -> Result<Sealer, StoreError> {
    let rows: Vec<KeyRow> = sqlx::query_as("SELECT * FROM sealing_keys ORDER BY seq").fetch_all(db).await?;
    let mut found: Vec<(Purpose, Secret)> = Vec::new();
    let has =
        |found: &[(Purpose, Secret)], row: &KeyRow| found.iter().any(|(p, s)| *p == row.purpose && s.id() == row.id);
    for row in &rows {
        let kept = known.and_then(|known| all(known).find(|(p, s)| *p == row.purpose && s.id() == row.id));
        if has(&found, row) {
            continue;
        }
        match kept {
            Some((_, secret)) => found.push((row.purpose, secret.clone())),
            None if row.wrapped_by == wrapper.id => found.push((row.purpose, wrapper.unwrap(row)?)),
            None => {}
        }
    }
    if !rows.iter().all(|row| has(&found, row)) {
        return Err(SealBroken.into());
    }
    let last = |purpose| found.iter().rev().find(|(p, _)| *p == purpose).map(|(_, secret)| secret.clone());
    let (chain, checkpoint, samples) = (last(Purpose::Audit), last(Purpose::Checkpoint), last(Purpose::Samples));
    let (Some(chain), Some(checkpoint), Some(samples)) = (chain, checkpoint, samples) else {
        return Err(SealBroken.into());
    };
    let seal = found.iter().filter(|(purpose, _)| *purpose == Purpose::Seal);
    let mut older: Vec<_> = seal.map(|(_, secret)| Arc::new(SealKey::new(secret.clone()))).collect();
    let current = older.pop().ok_or(SealBroken)?;
    Ok(Sealer { current, older, chain, checkpoint, samples })
}

/// Whether the database has a value to check the keys with; an error if they do not open it.
async fn check(db: &mut SqliteConnection, sealer: &Sealer) -> Result<bool, StoreError> {
    let Some(row) = sqlx::query("SELECT sealed FROM key_check").fetch_optional(db).await? else { return Ok(false) };
    let sealed: Vec<u8> = row.try_get(0)?;
    sealer.open("key_check", &[], &sealed)?;
    Ok(true)
}
