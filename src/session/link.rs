//! The launch link: `countenance://verify?v=<verifier origin>&s=<session id>&c=<one-time code>`.

/// A checked launch link.
pub struct LaunchLink;
