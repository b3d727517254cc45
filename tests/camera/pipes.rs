//! Pipes: Y4M through one, and no other file that would block.

#![cfg(unix)]

use std::{fs, path::PathBuf, process::Command, thread};

use crate::make::{fixture, play};

/// A named pipe into which a thread writes `content`.
fn pipe(folder: &tempfile::TempDir, content: Vec<u8>) -> PathBuf {
    let path = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let to = path.clone();
    // The reader may be gone before all is written.
    thread::Builder::new().name("writer".into()).spawn(move || drop(fs::write(to, content))).unwrap();
    path
}

#[test]
fn y4m_comes_through_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let content = fs::read(fixture("formats/c444.y4m")).unwrap();
    let played = play(&pipe(&folder, content.clone()));
    assert_eq!((played.summary().as_str(), played.millis()), ("3 frames", vec![0, 40, 80]));
    let folder = tempfile::tempdir().unwrap();
    let cut = content.len() - 100;
    let played = play(&pipe(&folder, content[..cut].to_vec()));
    assert_eq!(played.frames.len(), 2);
    assert!(played.losses.ends_at.is_some());
}

#[test]
fn another_recording_does_not_come_through_a_pipe() {
    for (name, wanted) in [
        ("formats/reordered.mp4", "pipe: a pipe can carry Y4M only; save the recording as a file"),
        ("formats/numbered/1.jpg", "pipe: a pipe can carry Y4M only; save the recording as a file"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let error = play(&pipe(&folder, fs::read(fixture(name)).unwrap())).error.unwrap();
        assert!(error.starts_with(wanted), "{error}");
    }
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(play(&pipe(&folder, vec![])).error.unwrap(), "pipe: the file is empty");
}

#[test]
fn devices_and_sockets_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    for path in [PathBuf::from("/dev/null"), PathBuf::from("/dev/zero"), socket] {
        let error = play(&path).error.unwrap();
        assert!(error.ends_with("this is neither a file, a folder nor a pipe"), "{error}");
    }
}
