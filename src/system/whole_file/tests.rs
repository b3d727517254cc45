//! A file is whole or not there, and keeps what it was.

use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = entries.collect();
    names.sort();
    names
}

/// Each row: name, what is there before, whether it is created, the result, what is there afterwards.
#[test]
fn creates_a_file_only_under_a_free_name() {
    type Before = fn(&Path);
    let rows: [(&str, Before, Option<&str>); 4] = [
        ("nothing", |_| (), Some("new")),
        ("a file", |p| fs::write(p, "old").unwrap(), None),
        ("an empty file", |p| fs::write(p, "").unwrap(), None),
        ("a link to nowhere", |p| symlink("nowhere", p).unwrap(), None),
    ];
    for (name, before, expected) in rows {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        before(&path);
        let was = fs::read(&path).ok();
        let created = create(&path, b"new", Access::Owner);
        if let Some(content) = expected {
            created.unwrap();
            assert_eq!((fs::read_to_string(&path).unwrap().as_str(), mode(&path)), (content, 0o600), "{name}");
        } else {
            assert_eq!(created.unwrap_err().kind(), io::ErrorKind::AlreadyExists, "{name}");
            assert_eq!(fs::read(&path).ok(), was, "{name}");
        }
        assert_eq!(names(folder.path()), ["file"], "{name}: no draft is left behind");
    }
}

/// Writing to `/dev/full` fails as on a full disk; a folder of it cannot be had, so the failure of a draft is forced by a
/// folder that takes no files.
#[test]
fn a_failed_write_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing/file");
    assert_eq!(create(&path, b"new", Access::Owner).unwrap_err().kind(), io::ErrorKind::NotFound);
    assert_eq!(replace(&path, b"new", Access::Owner).unwrap_err().kind(), io::ErrorKind::NotFound);
    assert_eq!(names(folder.path()), Vec::<String>::new());
    assert_eq!(replace(folder.path(), b"new", Access::Owner).unwrap_err().kind(), io::ErrorKind::IsADirectory);
    assert_eq!(replace(Path::new("/dev/full"), b"new", Access::AsUsual).unwrap_err().raw_os_error(), Some(28));
    // A dropped draft is what a failure in the middle leaves.
    drop(Draft::write(folder.path(), b"part", Access::Owner, None).unwrap());
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn a_replaced_file_keeps_its_mode_and_its_link() {
    for before in [0o600, 0o640, 0o644, 0o400, 0o700] {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("dotfiles/file"), folder.path().join("link"));
        fs::create_dir(folder.path().join("dotfiles")).unwrap();
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(before)).unwrap();
        // By way of another link, which is relative to its own folder.
        symlink("file", folder.path().join("dotfiles/other")).unwrap();
        symlink("dotfiles/other", &link).unwrap();
        replace(&link, b"new", Access::AsUsual).unwrap();
        assert_eq!((fs::read_to_string(&file).unwrap().as_str(), mode(&file)), ("new", before));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(names(&folder.path().join("dotfiles")), ["file", "other"]);
    }
    let folder = tempfile::tempdir().unwrap();
    symlink("to-be", folder.path().join("link")).unwrap();
    replace(&folder.path().join("link"), b"new", Access::Owner).unwrap();
    assert_eq!(names(folder.path()), ["link", "to-be"]);
    assert_eq!(mode(&folder.path().join("to-be")), 0o600);
    symlink("b", folder.path().join("a")).unwrap();
    symlink("a", folder.path().join("b")).unwrap();
    assert!(replace(&folder.path().join("a"), b"new", Access::Owner).is_err(), "links in a circle");
}

#[test]
fn long_names_and_names_that_are_no_text_are_written() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    for name in [&[b'x'; 255][..], b"caf\xe9", b".hidden", b"a b\nc"] {
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        create(&path, b"1", Access::AsUsual).unwrap();
        replace(&path, b"2", Access::AsUsual).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"2");
    }
    assert_eq!(folder_of(Path::new("/")).unwrap_err().kind(), io::ErrorKind::InvalidFilename);
    assert_eq!(folder_of(Path::new("file")).unwrap(), Path::new("."));
}
