//! The data directory: only its owner has access to it.

use std::{fs, io, path::Path};

/// Creates the directory if it is missing, and takes access to an existing one from other users, unless it holds more
/// than the verifier's files: whoever else uses it must not be locked out.
pub(super) fn prepare(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    #[cfg(unix)]
    restrict(path)?;
    Ok(())
}

#[cfg(unix)]
fn restrict(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let mode = fs::metadata(path)?.mode();
    let is_exposed = mode & 0o077 != 0;
    if !is_exposed {
        return Ok(());
    }
    let mut entries = fs::read_dir(path)?;
    if entries.all(|entry| entry.is_ok_and(|entry| entry.file_name().as_encoded_bytes().starts_with(b"verifier."))) {
        return fs::set_permissions(path, fs::Permissions::from_mode(0o700));
    }
    tracing::warn!("other users have access to the data directory, which holds other files too");
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use super::*;

    #[test]
    fn only_a_directory_of_ours_is_closed_to_others() {
        for (case, files, expected) in [
            ("empty", &[][..], 0o700),
            ("ours", &["verifier.sqlite", "verifier.key"], 0o700),
            ("shared", &["verifier.sqlite", "somebody's"], 0o755),
        ] {
            let folder = tempfile::tempdir().unwrap();
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
            for name in files {
                fs::write(folder.path().join(name), "").unwrap();
            }
            prepare(folder.path()).unwrap();
            assert_eq!(fs::metadata(folder.path()).unwrap().mode() & 0o777, expected, "{case}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        prepare(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o700);
    }
}
