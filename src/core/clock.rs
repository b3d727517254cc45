//! Time as a parameter, so that a test decides what time it is.

/// Seconds since 1970-01-01 UTC.
pub type UnixSecs = i64;

/// What time it is.
pub trait Clock: Send + Sync {
    /// Now, in whole seconds.
    fn now(&self) -> UnixSecs;
}
