//! Recordings through standard input, as `ffmpeg … -f yuv4mpegpipe - | countenance …` gives them.

#![cfg(unix)]

use std::{
    fs::{self, File},
    io::{self, PipeWriter, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use crate::usage::countenance;

const NONCE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// A dry run on the recording `source`.
fn capture(home: &Path, source: &str) -> Command {
    let mut command = countenance(home);
    command.args(["capture", "--dry-run", NONCE, "--at", "1700000000", "--camera", &format!("recording:{source}")]);
    command
}

struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

fn ended(command: &mut Command) -> Ended {
    let ran = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: ran.status.code(), out: text(ran.stdout), err: text(ran.stderr) }
}

/// Standard input into which a thread writes `content`, and which then ends.
fn piped(content: Vec<u8>) -> Stdio {
    let (reader, mut writer) = io::pipe().unwrap();
    // A program that refuses the content does not read all of it.
    let write = move || drop(writer.write_all(&content));
    thread::Builder::new().name("writer".into()).spawn(write).unwrap();
    reader.into()
}

#[test]
fn y4m_through_standard_input_is_what_it_is_as_a_file() {
    let home = tempfile::tempdir().unwrap();
    let path = fixture("formats/c444.y4m");
    let content = fs::read(&path).unwrap();
    let file = ended(&mut capture(home.path(), path.to_str().unwrap()));
    // Three frames are too few for a decision.
    assert!(file.code == Some(12) && file.out.contains(r#""event":"frame""#), "{} {}", file.out, file.err);
    for source in ["-", "/dev/stdin"] {
        for (name, stdin) in [("a pipe", piped(content.clone())), ("a file", File::open(&path).unwrap().into())] {
            let ran = ended(capture(home.path(), source).stdin(stdin));
            assert_eq!((ran.code, &ran.out), (file.code, &file.out), "{source}, {name}: {}", ran.err);
        }
        // A writer that was stopped within the third frame.
        let cut = content.len() - 100;
        let ran = ended(capture(home.path(), source).stdin(piped(content[..cut].to_vec())));
        let said = format!("the file was never finished and ends at byte {cut}");
        assert!(ran.code == Some(12) && ran.err.contains(&said), "{source}: {} {}", ran.out, ran.err);
    }
}

#[test]
fn what_cannot_be_read_from_standard_input_is_refused_at_once() {
    let home = tempfile::tempdir().unwrap();
    let movie = || fs::read(fixture("formats/reordered.mp4")).unwrap();
    let rows: [(&str, Stdio, &str); 5] = [
        ("a writer that closes", piped(vec![]), "the file is empty"),
        ("nothing at all", Stdio::null(), "the file is empty"),
        ("a part of the first word", piped(b"YUV4".to_vec()), "a pipe can carry Y4M only"),
        ("a film of another kind", piped(movie()), "convert it with \"ffmpeg -i in -f yuv4mpegpipe -\""),
        ("a header without frames", piped(b"YUV4MPEG2 W8 H8 F25:1\n".to_vec()), "the recording has no frames"),
    ];
    for (name, stdin, expected) in rows {
        let ran = ended(capture(home.path(), "-").stdin(stdin));
        assert_eq!(ran.code, Some(20), "{name}: {} {}", ran.out, ran.err);
        let said = format!("{}{}", ran.out, ran.err);
        assert!(said.contains("standard input: ") && said.contains(expected), "{name}: {said}");
    }
    let ran = ended(capture(home.path(), "/dev/stdin").stdin(piped(movie())));
    assert!(ran.code == Some(20) && ran.err.contains("stdin: a pipe can carry Y4M only"), "{}", ran.err);
}

/// A writer that says nothing, from the start or in the middle of the film, is waited for with an end. Both wait at once.
#[test]
fn a_silent_writer_ends_the_run_in_time() {
    let home = tempfile::tempdir().unwrap();
    let content = fs::read(fixture("formats/c444.y4m")).unwrap();
    let start = |content: &[u8]| -> (Child, PipeWriter) {
        let (reader, mut writer) = io::pipe().unwrap();
        writer.write_all(content).unwrap();
        let mut command = capture(home.path(), "-");
        (command.stdin(reader).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap(), writer)
    };
    let rows = [("from the start", start(&[])), ("in the second frame", start(&content[..12_000]))];
    for (name, (child, writer)) in rows {
        let ran = child.wait_with_output().unwrap();
        drop(writer);
        let said = [ran.stdout, ran.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        assert_eq!(ran.status.code(), Some(20), "{name}: {said}");
        assert!(said.contains("standard input: nothing came through the pipe for 5 seconds"), "{name}: {said}");
    }
}
