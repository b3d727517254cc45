//! On every system; what depends on Unix's permission bits is in a module of its own.

use super::*;
use crate::keys::DeviceKey;
use countenance_core::protocol::KeyProtection;
use countenance_system::SystemRandom;

/// A cipher for tests: reverses the bytes, and knows for which user and purpose it did.
struct Reversing(&'static [u8]);

impl UserCipher for Reversing {
    fn protect(&self, secret: &[u8], purpose: &[u8]) -> io::Result<Vec<u8>> {
        Ok([self.0, purpose, &secret.iter().rev().copied().collect::<Vec<_>>()].concat())
    }

    fn unprotect(&self, sealed: &[u8], purpose: &[u8]) -> io::Result<Zeroizing<Vec<u8>>> {
        let prefix = [self.0, purpose].concat();
        let secret = sealed.strip_prefix(prefix.as_slice()).ok_or(io::ErrorKind::PermissionDenied)?;
        Ok(Zeroizing::new(secret.iter().rev().copied().collect()))
    }
}

const ZOE: &dyn UserCipher = &Reversing(b"zoe");

/// A folder that only this user can write to.
fn private_folder() -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("keys");
    whole_file::create_private_folder(&folder).unwrap();
    let path = folder.join("device.key");
    (home, path)
}

#[test]
fn concurrent_creation_yields_one_key() {
    for cipher in [None, Some(ZOE)] {
        let (_home, path) = private_folder();
        let first = create(&path, &SystemRandom, cipher).unwrap();
        assert_eq!(*create(&path, &SystemRandom, cipher).unwrap().seed, *first.seed);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left behind");
    }
}

#[test]
fn a_key_is_encrypted_where_the_system_can() {
    let (_home, path) = private_folder();
    let created = create(&path, &SystemRandom, Some(ZOE)).unwrap();
    let text = fs::read(&path).unwrap();
    assert!(!text.windows(SEED_BYTES).any(|part| part == *created.seed), "not in the clear");
    let again = load_and_protect(&path, Some(ZOE)).unwrap().unwrap();
    assert_eq!((*again.seed, again.protection()), (*created.seed, KeyProtection::OsKeystore));
    assert_eq!(fs::read(&path).unwrap(), text, "not written again");
    for other in [None, Some(&Reversing(b"max") as &dyn UserCipher)] {
        assert!(matches!(load(&path, other), Err(KeyFileError::Encrypted(_))));
    }
}

#[test]
fn a_plain_key_is_encrypted_when_it_is_used_and_still_counts_as_one_in_a_file() {
    let (_home, path) = private_folder();
    let plain = create(&path, &SystemRandom, None).unwrap();
    assert_eq!((fs::read(&path).unwrap().len(), plain.protection()), (SEED_BYTES, KeyProtection::File));
    let looked_at = load(&path, Some(ZOE)).unwrap().unwrap();
    assert_eq!(
        (looked_at.is_encrypted, fs::read(&path).unwrap().len()),
        (false, SEED_BYTES),
        "looking changes nothing"
    );
    for _ in 0..2 {
        let used = load_and_protect(&path, Some(ZOE)).unwrap().unwrap();
        assert!(used.is_encrypted && *used.seed == *plain.seed);
        assert_eq!(used.protection(), KeyProtection::File, "a copy of the plain file may exist");
        assert!(fs::read(&path).unwrap().len() > SEED_BYTES);
    }
}

#[test]
fn damaged_encrypted_files_are_rejected_and_left_as_they_are() {
    let (_home, path) = private_folder();
    create(&path, &SystemRandom, Some(ZOE)).unwrap();
    let whole = fs::read(&path).unwrap();
    let header = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for damaged in [
        whole[..whole.len() - 1].to_vec(),
        [&whole[..], &[0]].concat(),
        whole[..header].to_vec(),
        whole[..header - 1].to_vec(),
        whole[1..].to_vec(),
        [&whole[..whole.len() - 1], &[2]].concat(),
        vec![0; MAX_BYTES as usize + 1],
    ] {
        fs::write(&path, &damaged).unwrap();
        let refused = load_and_protect(&path, Some(ZOE));
        assert!(matches!(refused, Err(KeyFileError::Encrypted(_) | KeyFileError::Size { .. })), "{}", damaged.len());
        assert_eq!(fs::read(&path).unwrap(), damaged);
    }
}

#[test]
fn the_key_of_this_system_is_kept_as_well_as_it_can() {
    let (_home, path) = private_folder();
    let key = DeviceKey::load_or_create(&path, &SystemRandom).unwrap();
    assert_eq!(DeviceKey::load(&path).unwrap().unwrap().thumbprint(), key.thumbprint());
    let expected = if cfg!(windows) { KeyProtection::OsKeystore } else { KeyProtection::File };
    assert_eq!((key.protection(), key.is_encrypted()), (expected, cfg!(windows)));
    assert_eq!(DeviceKey::ephemeral(&SystemRandom).protection(), KeyProtection::File);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode_of(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn creates_a_private_key_file_once() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("state/countenance/device.key");
        let first = DeviceKey::load_or_create(&path, &SystemRandom).unwrap();
        let again = DeviceKey::load_or_create(&path, &SystemRandom).unwrap();
        assert_eq!(first.thumbprint(), again.thumbprint());
        assert_eq!(mode_of(&path), 0o600);
        assert_eq!(mode_of(path.parent().unwrap()), 0o700);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left behind");
    }

    #[test]
    fn rejects_exposed_and_invalid_key_files_without_changing_them() {
        type Spoil = fn(&Path);
        type Named = fn(&KeyFileError) -> bool;
        let rows: [(&str, Spoil, Named); 8] = [
            ("group may read", |p| set_mode(p, 0o640), |e| matches!(e, KeyFileError::Open { mode: 0o640 })),
            ("all may read", |p| set_mode(p, 0o604), |e| matches!(e, KeyFileError::Open { mode: 0o604 })),
            ("may be run", |p| set_mode(p, 0o700), |e| matches!(e, KeyFileError::Open { mode: 0o700 })),
            ("empty", |p| fs::write(p, []).unwrap(), |e| matches!(e, KeyFileError::Size { found: 0 })),
            ("too long", |p| fs::write(p, [1; 33]).unwrap(), |e| matches!(e, KeyFileError::Size { found: 33 })),
            (
                "a directory",
                |p| fs::remove_file(p).and_then(|()| fs::create_dir(p)).unwrap(),
                |e| matches!(e, KeyFileError::NotAFile),
            ),
            (
                "a link",
                |p| {
                    let aside = p.with_extension("aside");
                    fs::rename(p, &aside).and_then(|()| std::os::unix::fs::symlink(&aside, p)).unwrap();
                },
                |e| matches!(e, KeyFileError::NotAFile),
            ),
            (
                "directory open to others",
                |p| set_mode(p.parent().unwrap(), 0o777),
                |e| matches!(e, KeyFileError::DirectoryOpen { mode: 0o777 }),
            ),
        ];
        for (name, spoil, named) in rows {
            let home = tempfile::tempdir().unwrap();
            let path = home.path().join("keys/device.key");
            DeviceKey::load_or_create(&path, &SystemRandom).unwrap();
            spoil(&path);
            let refusal = DeviceKey::load_or_create(&path, &SystemRandom).unwrap_err();
            assert!(named(&refusal), "{name}: {refusal:?}");
            assert!(fs::symlink_metadata(&path).is_ok(), "{name}: left as it was");
        }
    }

    #[test]
    fn a_folder_open_to_others_is_reported_before_there_is_a_key() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("device.key");
        assert!(DeviceKey::load(&home.path().join("none/device.key")).unwrap().is_none());
        assert!(DeviceKey::load(&path).unwrap().is_none());
        set_mode(home.path(), 0o777);
        assert!(matches!(DeviceKey::load(&path), Err(KeyFileError::DirectoryOpen { mode: 0o777 })));
    }

    #[test]
    fn rejects_a_key_owned_by_another_user() {
        assert!(guard::owner(1000, 1000).is_ok());
        assert!(matches!(guard::owner(0, 1000), Err(KeyFileError::OtherOwner { owner: 0 })));
    }
}
