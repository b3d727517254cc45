//! How the application calls the tenant, server to server. Whoever starts it brings the HTTP client.

use url::Url;

/// A blocking HTTP client without redirects, with time-outs and a cap on answers.
pub trait Fetch: Send + Sync {
    /// `GET`.
    fn get(&self, url: &Url) -> Result<Fetched, FetchError>;

    /// `POST` of a form.
    fn post_form(&self, url: &Url, fields: &[(&str, &str)]) -> Result<Fetched, FetchError>;
}

/// An answer, read whole.
pub struct Fetched {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// No answer.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The other side was not reached, or did not answer in time.
    #[error("the server gave no answer")]
    NoAnswer(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The answer is longer than anything expected.
    #[error("the answer is too long")]
    TooLong,
}
