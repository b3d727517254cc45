//! What Unix keeps in the folder: the socket, and who may enter.

use std::os::unix::{
    fs::{PermissionsExt, symlink},
    net::UnixListener,
};

use super::*;

#[test]
fn replaces_the_socket_of_a_dead_process() {
    let test = test_folder();
    drop(test.first());
    drop(UnixListener::bind(test.folder.join("instance.socket")).unwrap());
    assert!(test.folder.join("instance.socket").exists(), "a crash leaves the socket behind");
    let inbox = test.first();
    assert!(is_handed_over(&claim(&test.dir, Some(LINK))));
    assert!(inbox.wait(LONG).is_some());
}

#[test]
fn rejects_a_folder_open_to_others() {
    type Spoil = fn(&TestFolder);
    let mode = |test: &TestFolder, mode| {
        std::fs::set_permissions(&test.folder, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    assert!(matches!(claim(&test_folder().dir, None), Ok(Claim::First(_))), "a missing folder is created");
    for open in [0o710, 0o701, 0o750, 0o777] {
        let test = test_folder();
        std::fs::create_dir(&test.folder).unwrap();
        mode(&test, open);
        assert!(matches!(claim(&test.dir, None), Err(InstanceError::FolderNotOurs)), "{open:o}");
    }
    let rows: [(&str, Spoil); 2] = [
        ("a link", |test| {
            let aside = test.folder.with_extension("aside");
            std::fs::create_dir(&aside).unwrap();
            std::fs::set_permissions(&aside, std::fs::Permissions::from_mode(0o700)).unwrap();
            symlink(aside, &test.folder).unwrap();
        }),
        ("a file", |test| std::fs::write(&test.folder, "").unwrap()),
    ];
    for (name, spoil) in rows {
        let test = test_folder();
        spoil(&test);
        assert!(claim(&test.dir, None).is_err(), "{name}");
    }
}

#[test]
fn a_folder_with_a_long_path_has_its_socket_elsewhere() {
    let home = tempfile::tempdir().unwrap();
    let long = |name: &str| InstanceDir::in_folder(home.path().join("x".repeat(120)).join(name));
    let (one, other) = (long("one"), long("other"));
    let Claim::First(inbox) = claim(&one, None).unwrap() else { panic!("another instance is running") };
    assert!(is_handed_over(&claim(&one, Some(LINK))));
    assert_eq!(inbox.next_call(), Some(Call::Link(Zeroizing::new(LINK.into()))));
    assert!(matches!(claim(&other, None), Ok(Claim::First(_))), "another folder is another instance");
    drop(inbox);
    assert!(matches!(claim(&one, None), Ok(Claim::First(_))));
}
