//! The demo: tenant, verifier and relying party on loopback, and a browser of its own to walk between them.

pub mod browser;
