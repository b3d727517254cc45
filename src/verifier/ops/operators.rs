//! Operators: who may use the portal.

use std::fmt;

use zeroize::Zeroizing;

use crate::{
    Verifier,
    browser::pages::one_line,
    store::{Event, StoreError},
};
use countenance_core::rng::random_text;

/// An operator's password: shown once, then only its hash is kept.
pub struct OperatorPassword(Zeroizing<String>);

/// Prints nothing.
impl fmt::Debug for OperatorPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OperatorPassword")
    }
}

impl OperatorPassword {
    /// The password as it is typed.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Why an operator was not added.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The name is empty or longer than a line.
    #[error("an operator needs a name of 1 to 64 characters")]
    Name,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Verifier {
    /// Adds an operator, or gives one that there is a new password and signs them out everywhere.
    ///
    /// The password is made here of 120 random bits. That is why its SHA-256 suffices in the store: slow hashes protect
    /// what people choose, and no list of guesses reaches into 2^120 values.
    pub async fn add_operator(&self, name: &str) -> Result<OperatorPassword, OperatorError> {
        if name.is_empty() || one_line(name) != name {
            return Err(OperatorError::Name);
        }
        let password = Zeroizing::new(random_text::<15>(self.0.rng()));
        let mut tx = self.0.store().begin().await?;
        tx.set_operator(name, &password, self.0.now()).await?;
        tx.record(self.0.now(), Event::OperatorAdded, name, None, "").await?;
        tx.commit().await?;
        Ok(OperatorPassword(password))
    }

    /// Removes an operator and signs them out everywhere; false when there is none of this name.
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
