//! Operators: the people who may use the portal, and what is done on the command line instead.

use std::fmt;

use zeroize::Zeroizing;

use crate::{
    Role, Verifier,
    browser::pages::one_line,
    store::{Event, StoreError},
};
use countenance_core::rng::random_text;

/// An operator's password: shown once, from then on only its hash is stored.
pub struct OperatorPassword(Zeroizing<String>);

/// Prints nothing.
impl fmt::Debug for OperatorPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OperatorPassword")
    }
}

impl OperatorPassword {
    /// The password in plain text.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Why an operator was not added.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The name is empty, too long, or has characters that do not belong in one line.
    #[error("an operator needs a name of 1 to 64 characters")]
    Name,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Verifier {
    /// Records in the audit log that a command of the command line runs; what it does is recorded after it.
    pub async fn record_command(&self, command: &str) -> Result<(), StoreError> {
        let mut tx = self.0.store().begin().await?;
        tx.record(self.0.now(), Event::CommandRun, "command line", None, command).await?;
        tx.commit().await
    }

    /// Adds an operator, or resets an existing one: a new password, no second factor until the next sign-in, and signed
    /// out everywhere. Without `role`, an existing operator keeps theirs, so that a lost password promotes nobody, and a
    /// new one is an admin. Returns the password and the role.
    ///
    /// The password is generated here from 120 random bits. Its SHA-256 is therefore enough in the store: slow hashes
    /// protect passwords that people choose, while 2^120 values cannot be searched.
    pub async fn add_operator(
        &self,
        name: &str,
        role: Option<Role>,
    ) -> Result<(OperatorPassword, Role), OperatorError> {
        if name.is_empty() || one_line(name) != name {
            return Err(OperatorError::Name);
        }
        let password = Zeroizing::new(random_text::<15>(self.0.rng()));
        let mut tx = self.0.store().begin().await?;
        let role = tx.set_operator(name, &password, role, self.0.now()).await?;
        tx.record(self.0.now(), Event::OperatorAdded, name, None, role.name()).await?;
        tx.commit().await?;
        Ok((OperatorPassword(password), role))
    }

    /// Removes an operator and signs them out everywhere; false if there is no operator of this name.
    pub async fn remove_operator(&self, name: &str) -> Result<bool, StoreError> {
        let mut tx = self.0.store().begin().await?;
        let done = tx.remove_operator(name).await?;
        if done {
            tx.record(self.0.now(), Event::OperatorRemoved, name, None, "").await?;
        }
        tx.commit().await?;
        Ok(done)
    }
}
