//! Attestations: what this device captured, signed with its key.
//!
//! `seal` turns a liveness proof and its samples into a signed attestation, `verify` checks one on the verifier's side,
//! `request_proof` signs each request, and `inspect` prints an attestation in readable form.
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
#[cfg(feature = "testing")]
pub mod testing;
pub mod verify;

pub use consistency::Inconsistency;
pub use key_file::KeyFileError;
pub use keys::DeviceKey;
pub use picture::INCOMPRESSIBLE_SIDE_PX;
pub use seal::{Context, IssuedAt, SOFTWARE, SOFTWARE_VERSION, SealError, Sealed, seal};
