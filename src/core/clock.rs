//! Time as a parameter, so that tests can fix it.

/// Seconds since 1970-01-01 UTC.
pub type UnixSecs = i64;

/// A source of the current time.
pub trait Clock: Send + Sync {
    /// The current time in whole seconds.
    fn now(&self) -> UnixSecs;
}
