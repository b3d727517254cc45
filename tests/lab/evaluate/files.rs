//! The files of a set: none is lost or counted twice in silence, for attacks and for face comparison.

use std::{fs, path::Path};

use serde_json::Value;

use super::{evaluate, fixture, run_lab};

/// A set with one of each kind of file, 17 names in all, as they lie in people's folders.
fn one_of_each() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let at = |path: &str| root.path().join(path);
    for folder in ["bona_fide/still", "attack_replay_phone", "elsewhere"] {
        fs::create_dir_all(at(folder)).unwrap();
    }
    // Recordings under any name.
    fs::copy(fixture("formats/mjpeg.avi"), at("bona_fide/a.mp4")).unwrap();
    fs::copy(fixture("formats/animated.gif"), at("attack_replay_phone/b.3gp")).unwrap();
    fs::copy(fixture("formats/mono.y4m"), at("attack_replay_phone/hand_c.webm")).unwrap();
    fs::copy(fixture("formats/animated.webp"), at("elsewhere/d")).unwrap();
    // A folder of images, with one that is not numbered.
    for image in fs::read_dir(fixture("formats/numbered")).unwrap() {
        let image = image.unwrap();
        fs::copy(image.path(), at("bona_fide/still").join(image.file_name())).unwrap();
    }
    let any = fs::read_dir(at("bona_fide/still")).unwrap().next().unwrap().unwrap().path();
    fs::copy(&any, at("bona_fide/still").join("cover.jpg")).unwrap();
    // What is no recording.
    for (name, content) in [
        ("bona_fide/notes.txt", &b"notes"[..]),
        ("bona_fide/empty.mp4", b""),
        ("bona_fide/.DS_Store", b"\0\0\0\x01Bud1"),
        ("attack_replay_phone/photo.HEIC", b"\0\0\0\x18ftypheic"),
    ] {
        fs::write(at(name), content).unwrap();
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        fs::hard_link(at("bona_fide/a.mp4"), at("bona_fide/again.mp4")).unwrap();
        symlink("b.3gp", at("attack_replay_phone/a-link.mp4")).unwrap();
        symlink(".", at("loop")).unwrap();
        symlink("nowhere", at("elsewhere/broken-link")).unwrap();
    }
    root
}

#[cfg(unix)]
#[test]
fn files_found_are_those_judged_and_those_named() {
    let set = one_of_each();
    let evaluation = evaluate(set.path(), &["--limit-frames", "1"]);
    let files = &evaluation.report["files"];
    let numbered = fs::read_dir(fixture("formats/numbered")).unwrap().count() as u64;
    let (found, judged) = (files["found"].as_u64().unwrap(), files["judged"].as_u64().unwrap());
    let left_out: Vec<_> = files["left_out"].as_array().unwrap().iter().map(|f| f["file"].as_str().unwrap()).collect();
    let expected = [
        "attack_replay_phone/a-link.mp4",
        "attack_replay_phone/photo.HEIC",
        "bona_fide/.DS_Store",
        "bona_fide/again.mp4",
        "bona_fide/empty.mp4",
        "bona_fide/notes.txt",
        "bona_fide/still/cover.jpg",
        "elsewhere/broken-link",
        "loop",
    ];
    assert_eq!(left_out, expected, "{files}");
    assert_eq!((found, judged), (numbered + 4 + 9, numbered + 4), "{files}");
    let clips: Vec<_> = evaluation.clips.iter().map(|row| row["clip"].as_str().unwrap()).collect();
    let clips_expected = [
        "attack_replay_phone/b.3gp",
        "attack_replay_phone/hand_c.webm",
        "bona_fide/a.mp4",
        "bona_fide/still",
        "elsewhere/d",
    ];
    assert_eq!(clips, clips_expected);
    let text = |i: usize| String::from_utf8(evaluation.bytes[i].clone()).unwrap();
    for (page, output) in [("page", text(3)), ("table", text(4))] {
        for name in expected {
            assert!(output.contains(name), "{page} without {name}: {output}");
        }
        assert!(output.contains(&found.to_string()), "{page}: {output}");
        // Several files are of unknown kinds; which are known is said once, behind them.
        let (reasons, kinds) = output.split_once("nown kinds: Y4M, AVI").unwrap_or_else(|| panic!("{page}: {output}"));
        assert!(reasons.matches("this is not a recording of a known kind").count() > 1, "{page}: {output}");
        assert!(!reasons.contains("Y4M, AVI") && !kinds.contains("Y4M, AVI"), "{page}: {output}");
    }
}

/// A folder in which an image of `numbered` is cut in half, and an AVI without its end: what was lost of them is summed and
/// named in every report.
#[test]
fn what_clips_did_not_show_is_in_every_report() {
    let set = tempfile::tempdir().unwrap();
    let at = |path: &str| set.path().join(path);
    for folder in ["bona_fide/burst", "attack_print"] {
        fs::create_dir_all(at(folder)).unwrap();
    }
    for name in ["1.jpg", "2.jpg", "3.jpg"] {
        let mut image = fs::read(fixture("formats/numbered").join(name)).unwrap();
        image.truncate(if name == "2.jpg" { image.len() / 2 } else { image.len() });
        fs::write(at("bona_fide/burst").join(name), image).unwrap();
    }
    let avi = fs::read(fixture("formats/mjpeg.avi")).unwrap();
    let end = avi.len() - 3_000;
    fs::write(at("attack_print/cut.avi"), &avi[..end]).unwrap();
    fs::copy(fixture("formats/mjpeg.avi"), at("attack_print/whole.avi")).unwrap();
    let whole = evaluate(set.path(), &[]);
    let losses = &whole.report["losses"];
    let counts = ["of", "damaged", "lost", "unfinished"].map(|count| losses[count].as_u64().unwrap());
    assert!(matches!(counts, [3, 1 | 2, 0, 1]), "{losses}");
    let clips = ["attack_print/cut.avi", "bona_fide/burst"];
    let named: Vec<_> = losses["clips"].as_array().unwrap().iter().map(|clip| clip["clip"].as_str().unwrap()).collect();
    assert_eq!(named, clips, "{losses}");
    assert_eq!((&losses["clips"][0]["ends_at"], &losses["clips"][1]["damaged"]), (&end.into(), &1.into()));
    assert_eq!(whole.clips.iter().find(|row| row["clip"] == clips[1]).unwrap()["losses"]["damaged"], 1);
    for i in [3, 4] {
        let output = String::from_utf8(whole.bytes[i].clone()).unwrap();
        for expected in
            ["in 2 of 3 clips; damaged images left out: ", "1 damaged image was left out", clips[0], clips[1]]
        {
            assert!(output.contains(expected), "{expected}: {output}");
        }
    }

    // The same for comparison, and for the set that a threshold is fitted on.
    let (people, json) = (tempfile::tempdir().unwrap(), at("match.json"));
    for (person, file) in [("ann/burst", "bona_fide/burst"), ("bob", "attack_print")] {
        fs::create_dir_all(people.path().join(person)).unwrap();
        for file in fs::read_dir(at(file)).unwrap().map(Result::unwrap) {
            fs::copy(file.path(), people.path().join(person).join(file.file_name())).unwrap();
        }
    }
    let (set, html) = (people.path().to_str().unwrap(), at("match.html"));
    let outputs = ["--json", json.to_str().unwrap(), "--html", html.to_str().unwrap()];
    let ran = run_lab(&[&["evaluate", "match", set][..], &outputs].concat());
    let report: Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    assert_eq!((&report["losses"]["damaged"], &report["losses"]["unfinished"]), (&counts[1].into(), &1.into()));
    for output in [ran.out, fs::read_to_string(&html).unwrap()] {
        assert!(output.contains("in 2 of 3 clips; ") && output.contains("bob/cut.avi"), "{output}");
    }
}

/// Rows: name, files to add to a set with a bona fide clip and an attack, part of the error.
#[test]
fn a_class_without_a_clip_is_an_error() {
    type Add = fn(&Path);
    let rows: [(&str, Add, &str); 4] = [
        ("an empty folder", |r| fs::create_dir(r.join("attack_mask")).unwrap(), "attack_mask contains no recording"),
        (
            "a folder of what is no recording",
            |r| {
                fs::create_dir(r.join("attack_mask")).unwrap();
                fs::write(r.join("attack_mask/a.mp4"), "no recording").unwrap();
            },
            "attack_mask contains no recording or image that can be read (attack_mask/a.mp4: this is not a recording",
        ),
        (
            "only a copy of another attack",
            |r| {
                fs::create_dir_all(r.join("attack_print/attack_mask")).unwrap();
                fs::hard_link(r.join("attack_print/b.mp4"), r.join("attack_print/attack_mask/b.mp4")).unwrap();
            },
            "attack_print/attack_mask/b.mp4 and attack_print/b.mp4 are the same file, with two labels",
        ),
        (
            "a person as an attack",
            |r| fs::hard_link(r.join("bona_fide/a.mp4"), r.join("attack_print/a.mp4")).unwrap(),
            "attack_print/a.mp4 and bona_fide/a.mp4 are the same file, with two labels",
        ),
    ];
    for (name, add, expected) in rows {
        let root = tempfile::tempdir().unwrap();
        for (folder, file) in [("bona_fide", "a.mp4"), ("attack_print", "b.mp4")] {
            fs::create_dir(root.path().join(folder)).unwrap();
            fs::copy(fixture("formats/animated.gif"), root.path().join(folder).join(file)).unwrap();
        }
        add(root.path());
        let ran = run_lab(&["evaluate", root.path().to_str().unwrap(), "--limit-frames", "1"]);
        assert_eq!(ran.code, 2, "{name}: {}", ran.err);
        assert!(ran.err.contains(expected), "{name}: {}", ran.err);
    }
}

#[cfg(unix)]
#[test]
fn a_manifest_lists_a_file_once() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("folder")).unwrap();
    fs::copy(fixture("formats/mjpeg.avi"), root.path().join("folder/1.avi")).unwrap();
    fs::hard_link(root.path().join("folder/1.avi"), root.path().join("hard")).unwrap();
    std::os::unix::fs::symlink("folder/1.avi", root.path().join("symbolic")).unwrap();
    for (first, second) in [("folder/1.avi", "hard"), ("symbolic", "folder/1.avi"), ("folder", "hard")] {
        let manifest = root.path().join("set.toml");
        let clip = |path: &str| format!("[[clip]]\npath = \"{path}\"\nlabel = \"bona_fide\"\n");
        fs::write(&manifest, clip(first) + &clip(second)).unwrap();
        let ran = run_lab(&["evaluate", manifest.to_str().unwrap()]);
        let expected = format!("line 5: this is a file of another clip of the list, {first}");
        assert!(ran.code == 2 && ran.err.contains(&expected), "{first}, {second}: {}", ran.err);
    }
}

#[cfg(unix)]
#[test]
fn face_comparison_counts_each_file_once_and_names_the_others() {
    let root = tempfile::tempdir().unwrap();
    let at = |path: &str| root.path().join(path);
    for folder in ["ann/burst", "bob"] {
        fs::create_dir_all(at(folder)).unwrap();
    }
    fs::copy(fixture("formats/mjpeg.avi"), at("ann/a.webm")).unwrap();
    for image in fs::read_dir(fixture("formats/numbered")).unwrap() {
        let image = image.unwrap();
        fs::copy(image.path(), at("ann/burst").join(image.file_name())).unwrap();
    }
    fs::copy(fixture("formats/animated.gif"), at("bob/b")).unwrap();
    fs::copy(fixture("formats/animated.gif"), at("loose.gif")).unwrap();
    fs::hard_link(at("bob/b"), at("bob/c.gif")).unwrap();
    std::os::unix::fs::symlink("..", at("bob/loop")).unwrap();
    fs::write(at("bob/notes.txt"), "notes").unwrap();
    let (json, html) = (at("report.json"), at("report.html"));
    let set = root.path().to_str().unwrap();
    let args = ["evaluate", "match", set, "--limit-frames", "1", "--json", json.to_str().unwrap()];
    let ran = run_lab(&[&args[..], &["--html", html.to_str().unwrap()]].concat());
    let report: Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    let numbered = fs::read_dir(fixture("formats/numbered")).unwrap().count() as u64;
    let files = &report["files"];
    assert_eq!((&files["found"], &files["judged"]), (&(numbered + 6).into(), &(numbered + 2).into()), "{files}");
    assert_eq!(report["samples"], 3);
    let page = fs::read_to_string(&html).unwrap();
    for name in ["bob/c.gif", "bob/loop", "bob/notes.txt", "loose.gif"] {
        assert!(ran.out.contains(name) && page.contains(name), "{name}: {}", ran.out);
    }
    for (name, expected) in [
        ("cid", "cid contains no recording or image that can be read"),
        ("eve/b", "bob/b and eve/b are the same file, of two people"),
    ] {
        match name.split_once('/') {
            None => fs::create_dir(at(name)).unwrap(),
            Some((folder, _)) => {
                fs::remove_dir(at("cid")).unwrap();
                fs::create_dir(at(folder)).unwrap();
                fs::hard_link(at("bob/b"), at(name)).unwrap();
            }
        }
        let ran = run_lab(&["evaluate", "match", set]);
        assert!(ran.code == 2 && ran.err.contains(expected), "{name}: {}", ran.err);
    }
}
