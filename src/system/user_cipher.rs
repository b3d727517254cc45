//! Encryption of small secrets for the current user, where the operating system offers it without a prompt.

use std::io;

use zeroize::Zeroizing;

/// Encrypts for the user who runs this program, on this computer.
pub trait UserCipher: Sync {
    /// `secret` encrypted. `purpose` is no secret; the same one is needed to decrypt it.
    fn protect(&self, secret: &[u8], purpose: &[u8]) -> io::Result<Vec<u8>>;
    /// What was encrypted for the same user and purpose.
    fn unprotect(&self, sealed: &[u8], purpose: &[u8]) -> io::Result<Zeroizing<Vec<u8>>>;
}

/// The system's: Windows' data protection (DPAPI). Elsewhere there is none that needs no prompt or service.
pub fn user_cipher() -> Option<&'static dyn UserCipher> {
    #[cfg(windows)]
    return Some(&windows::DataProtection);
    #[cfg(not(windows))]
    None
}

#[cfg(windows)]
mod windows {
    use countenance_native::windows::data_protection;

    use super::{UserCipher, Zeroizing, io};

    pub(super) struct DataProtection;

    impl UserCipher for DataProtection {
        fn protect(&self, secret: &[u8], purpose: &[u8]) -> io::Result<Vec<u8>> {
            data_protection::protect(secret, purpose)
        }

        fn unprotect(&self, sealed: &[u8], purpose: &[u8]) -> io::Result<Zeroizing<Vec<u8>>> {
            data_protection::unprotect(sealed, purpose)
        }
    }
}
