//! Encrypts small secrets for the current user (DPAPI): Windows keeps the key and opens it with the user's sign-in.
//!
//! A copy of the encrypted bytes is of no use on another computer, or to another user of this one. Programs of the same
//! user can decrypt it, as they can read the user's files.

use std::{io, ptr, slice};

use windows_sys::Win32::Security::Cryptography::{
    CRYPT_INTEGER_BLOB, CRYPTPROTECT_UI_FORBIDDEN, CryptProtectData, CryptUnprotectData,
};
use zeroize::{Zeroize, Zeroizing};

use super::local::Local;

/// Longest input, in bytes: keys, not documents.
const MAX_BYTES: usize = 64 * 1024;

/// `secret`, at most 64 KiB, encrypted for the current user. `purpose` is needed again to decrypt it.
pub fn protect(secret: &[u8], purpose: &[u8]) -> io::Result<Vec<u8>> {
    let (input, salt, mut output) = (blob(secret)?, blob(purpose)?, empty());
    // SAFETY: the inputs outlive the call, which reads as many bytes as they have; the rest may be null.
    let done = unsafe {
        CryptProtectData(
            &raw const input,
            ptr::null(),
            &raw const salt,
            ptr::null(),
            ptr::null(),
            CRYPTPROTECT_UI_FORBIDDEN,
            &raw mut output,
        )
    };
    taken(done, output).map(|bytes| bytes.to_vec())
}

/// The secret that [`protect`] encrypted for the same user and purpose. Fails for other users, and if a byte was changed.
pub fn unprotect(sealed: &[u8], purpose: &[u8]) -> io::Result<Zeroizing<Vec<u8>>> {
    let (input, salt, mut output) = (blob(sealed)?, blob(purpose)?, empty());
    // SAFETY: the inputs outlive the call, which reads as many bytes as they have; the rest may be null.
    let done = unsafe {
        CryptUnprotectData(
            &raw const input,
            ptr::null_mut(),
            &raw const salt,
            ptr::null(),
            ptr::null(),
            CRYPTPROTECT_UI_FORBIDDEN,
            &raw mut output,
        )
    };
    taken(done, output)
}

fn blob(bytes: &[u8]) -> io::Result<CRYPT_INTEGER_BLOB> {
    match u32::try_from(bytes.len()) {
        Ok(length) if bytes.len() <= MAX_BYTES => {
            Ok(CRYPT_INTEGER_BLOB { cbData: length, pbData: bytes.as_ptr().cast_mut() })
        }
        _ => Err(io::ErrorKind::InvalidInput.into()),
    }
}

fn empty() -> CRYPT_INTEGER_BLOB {
    CRYPT_INTEGER_BLOB { cbData: 0, pbData: ptr::null_mut() }
}

/// Copies what a call returned, wipes the original and frees it.
fn taken(done: i32, output: CRYPT_INTEGER_BLOB) -> io::Result<Zeroizing<Vec<u8>>> {
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    let memory = Local::of(output.pbData);
    if memory.get().is_null() {
        return Err(io::ErrorKind::InvalidData.into());
    }
    // SAFETY: the call succeeded, so its output has this many bytes, which nothing else uses before `memory` is dropped.
    let bytes = unsafe { slice::from_raw_parts_mut(memory.get(), output.cbData as usize) };
    let copy = Zeroizing::new(bytes.to_vec());
    bytes.zeroize();
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_bytes_and_purpose_are_decrypted() {
        let secret = [7; 32];
        let sealed = protect(&secret, b"a").unwrap();
        assert!(!sealed.windows(32).any(|part| part == secret), "not in the clear");
        assert_eq!(*unprotect(&sealed, b"a").unwrap(), secret);
        assert!(unprotect(&sealed, b"b").is_err(), "another purpose");
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(unprotect(&changed, b"a").is_err(), "a changed byte");
        assert!(unprotect(&sealed[..40], b"a").is_err(), "cut off");
        assert!(unprotect(&[], b"a").is_err(), "nothing");
        assert!(protect(&vec![0; MAX_BYTES + 1], b"a").is_err(), "too long");
    }
}
