//! What was seen, signed by this device.
//!
//! `seal` turns proof and sample into a signed attestation; `verify` is the other side's reading of it; `request_proof` signs
//! each request; `inspect` prints an attestation for a person.
#![doc = include_str!("threat-model.md")]

mod consistency;
pub mod inspect;
pub mod jwk;
pub mod jws;
mod key_file;
pub mod keys;
mod picture;
pub mod request_proof;
mod seal;
pub mod verify;

pub use consistency::Inconsistency;
pub use key_file::KeyFileError;
pub use keys::DeviceKey;
pub use seal::{Context, IssuedAt, SOFTWARE, SOFTWARE_VERSION, SealError, Sealed, seal};
