//! Mail: the link that brings a person to the client, where an integration wants it sent.

/// Sends mail. Blocking: called away from the threads that serve.
pub trait Mailer: Send + Sync {
    /// Sends `text` to `to`.
    fn send(&self, to: &str, subject: &str, text: &str) -> Result<(), MailError>;
}

/// Why nothing was sent. Says no address.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The address cannot be one.
    #[error("the mail address is not one")]
    Address,
    /// The mail server refused it.
    #[error("the mail server refused the message")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The mail server was not reached.
    #[error("the mail server cannot be reached")]
    Unreached(#[source] Box<dyn std::error::Error + Send + Sync>),
}
