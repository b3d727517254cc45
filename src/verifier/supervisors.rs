//! Supervisors: who confirms enrollments at kiosks, and the PIN with which they do.
//!
//! A PIN is made here, shown once and kept as a sealed argon2id hash. Three wrong ones in a row make the next wait, longer
//! each time; after ten, none is compared until an operator unlocks the supervisor. The count is in the database, so that
//! neither a restart nor another kiosk gives further tries.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use zeroize::Zeroizing;

use crate::{
    AppState, Verifier,
    browser::pages::one_line,
    store::{NewSupervisor, StoreError, Tx},
};
use countenance_core::{
    protocol::{Pin, SupervisorNumber},
    rng::SecureRandom,
};

/// Number of digits of a PIN that is made here.
const NEW_PIN_DIGITS: u32 = 8;
/// Memory of a hash, KiB, and its passes. Origin: OWASP's recommendation for argon2id. The hash is sealed as well.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// Maximum length of an external identifier, bytes. Origin: twice what Auth0 makes, provider included.
pub(crate) const USER_MAX_BYTES: usize = 256;

/// Wrong PINs in a row that cost no wait: somebody mistypes.
const FREE: u32 = 2;
/// Wrong PINs in a row after which an operator has to unlock the supervisor. A PIN of six digits is guessed with a
/// probability of 10 in a million.
const LOCKED_AT: u32 = 10;
/// First wait, seconds; doubles with each further wrong PIN.
const FIRST_WAIT_SECS: i64 = 30;
/// Longest wait, seconds.
const LONGEST_WAIT_SECS: i64 = 900;

/// Why a supervisor was not added.
#[derive(Debug, thiserror::Error)]
pub enum SupervisorError {
    /// The name is empty, too long, or has characters that do not belong in one line.
    #[error("a supervisor needs a name of 1 to 64 characters")]
    Name,
    /// The account is not one line of at most 256 bytes.
    #[error("the account is an external identifier in one line, at most {USER_MAX_BYTES} bytes")]
    User,
    /// There is no such integration.
    #[error("no such integration")]
    Integration,
    /// The number belongs to a supervisor who is retired; it is not given to anybody else.
    #[error("the number belongs to a retired supervisor; choose another one")]
    Retired,
    /// The PIN could not be hashed.
    #[error("the PIN could not be hashed")]
    NotHashed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How long no PIN of a supervisor is compared after `wrong` wrong ones in a row, seconds.
pub(crate) fn wait_secs(wrong: u32) -> i64 {
    match wrong {
        ..=FREE => 0,
        LOCKED_AT.. => i64::MAX,
        more => (FIRST_WAIT_SECS << (more - FREE - 1)).min(LONGEST_WAIT_SECS),
    }
}

/// Whether so many wrong PINs have locked the supervisor.
pub(crate) fn is_locked(wrong: u32) -> bool {
    wrong >= LOCKED_AT
}

/// A new PIN and its hash.
pub(crate) fn new_pin(rng: &dyn SecureRandom) -> Result<(Pin, Zeroizing<String>), SupervisorError> {
    let (mut bytes, mut salt) = ([0; 8], [0; 16]);
    rng.fill(&mut bytes);
    rng.fill(&mut salt);
    let number = u64::from_le_bytes(bytes) % 10_u64.pow(NEW_PIN_DIGITS);
    let digits = Zeroizing::new(format!("{number:0width$}", width = NEW_PIN_DIGITS as usize));
    let pin = Pin::try_from(digits).or(Err(SupervisorError::NotHashed))?;
    let hash = hash(&pin, &salt).ok_or(SupervisorError::NotHashed)?;
    Ok((pin, hash))
}

/// Whether a PIN has this hash. Blocking. Without a hash it takes as long and is none, so that the time does not tell
/// whether there is a supervisor.
pub(crate) fn matches(hash_of: Option<&str>, pin: &Pin) -> bool {
    if let Some(Ok(hash)) = hash_of.map(PasswordHash::new) {
        return Argon2::default().verify_password(pin.as_str().as_bytes(), &hash).is_ok();
    }
    drop(hash(pin, &[0; 16]));
    false
}

fn hash(pin: &Pin, salt: &[u8; 16]) -> Option<Zeroizing<String>> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).ok()?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = hasher.hash_password_with_salt(pin.as_str().as_bytes(), salt).ok()?;
    Some(Zeroizing::new(hash.to_string()))
}

impl Verifier {
    /// Adds a supervisor to an integration, or gives an existing one a new PIN, which also unlocks them. Returns the PIN,
    /// which is not shown again.
    ///
    /// `user`, the external identifier of the supervisor's own account, keeps them from attending to themselves. An
    /// existing supervisor keeps name and account.
    ///
    /// # Errors
    ///
    /// [`SupervisorError`].
    pub async fn add_supervisor(
        &self,
        integration_id: &str,
        number: &SupervisorNumber,
        name: &str,
        user: Option<&str>,
    ) -> Result<Pin, SupervisorError> {
        let mut tx = self.0.store().begin().await?;
        tx.integration(integration_id).await?.ok_or(SupervisorError::Integration)?;
        let new = NewSupervisor { integration_id, number, name, sub: user };
        let pin = if let Some(pin) = self.0.add_supervisor(&mut tx, &new).await? {
            pin
        } else {
            let pin = self.0.renew_pin(&mut tx, integration_id, number).await?;
            pin.ok_or(SupervisorError::Retired)?
        };
        tx.commit().await?;
        Ok(pin)
    }
}

impl AppState {
    /// Adds a supervisor within a transaction; `None` if the number is taken.
    pub(crate) async fn add_supervisor(
        &self,
        tx: &mut Tx<'_>,
        new: &NewSupervisor<'_>,
    ) -> Result<Option<Pin>, SupervisorError> {
        if new.name.is_empty() || one_line(new.name) != new.name {
            return Err(SupervisorError::Name);
        }
        if new.sub.is_some_and(|sub| sub.is_empty() || sub.len() > USER_MAX_BYTES || one_line(sub) != sub) {
            return Err(SupervisorError::User);
        }
        let (pin, hash) = new_pin(self.rng())?;
        Ok(tx.add_supervisor(new, &hash, self.now()).await?.then_some(pin))
    }

    /// Gives a supervisor a new PIN within a transaction; `None` if there is none, or they are retired.
    pub(crate) async fn renew_pin(
        &self,
        tx: &mut Tx<'_>,
        integration_id: &str,
        number: &SupervisorNumber,
    ) -> Result<Option<Pin>, SupervisorError> {
        let (pin, hash) = new_pin(self.rng())?;
        Ok(tx.set_supervisor_pin(integration_id, number, &hash, self.now()).await?.then_some(pin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countenance_core::rng::SeededRng;

    #[test]
    fn waits_grow_until_the_supervisor_is_locked() {
        assert_eq!((1..=10).map(wait_secs).collect::<Vec<_>>(), [0, 0, 30, 60, 120, 240, 480, 900, 900, i64::MAX]);
        assert_eq!(wait_secs(u32::MAX), i64::MAX);
        assert!((0..30).all(|wrong| is_locked(wrong) == (wait_secs(wrong) == i64::MAX)));
    }

    #[test]
    fn a_new_pin_has_eight_digits_and_only_its_own_hash() {
        let rng = SeededRng::from("supervisors");
        let (pin, hash) = new_pin(&rng).unwrap();
        let (other, other_hash) = new_pin(&rng).unwrap();
        assert_eq!(pin.as_str().len(), 8);
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", *hash);
        assert!(pin != other && *hash != *other_hash);
        assert!(matches(Some(&hash), &pin));
        for (name, hash, pin) in [
            ("another PIN", Some(hash.as_str()), &other),
            ("another hash", Some(other_hash.as_str()), &pin),
            ("no supervisor", None, &pin),
            ("no hash", Some("280471"), &pin),
        ] {
            assert!(!matches(hash, pin), "{name}");
        }
    }
}
