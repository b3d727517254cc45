//! The rules of the house, held by a test: who may use whom, which outside crate stands behind which door, how long a
//! file may be, and that each file says what it is.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops where it cannot go on")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// A room and the rooms it may use. Nouns know nothing but nouns, rules know nouns, doors know rules, drivers know all
/// below. What is not listed may not be used.
const ROOMS: &[(&str, &[&str])] = &[
    // nouns
    ("geometry", &[]),
    ("world", &[]),
    ("frame", &[]),
    ("face", &["geometry"]),
    ("policy", &[]),
    ("protocol", &["policy", "world"]),
    // rules
    ("quality", &["face", "frame", "geometry", "policy", "protocol"]),
    ("liveness", &["face", "frame", "geometry", "policy", "protocol", "quality"]),
    ("best_shot", &["liveness", "policy", "protocol", "quality"]),
    // doors
    ("vision", &["face", "frame", "geometry", "liveness", "policy", "protocol", "small_file"]),
    ("camera", &["frame", "policy", "protocol"]),
    ("attest", &["best_shot", "face", "frame", "geometry", "liveness", "protocol", "quality", "world"]),
    ("session", &["attest", "policy", "protocol", "world"]),
    ("small_file", &["world"]),
    ("settings", &["policy", "session", "small_file", "world"]),
    ("instance", &["protocol"]),
    ("registration", &["world"]),
    ("doctor", &["attest", "camera", "protocol", "registration", "session", "settings", "vision", "world"]),
    // the flow and its drivers
    ("capture", &["best_shot", "camera", "face", "frame", "liveness", "policy", "protocol", "quality", "vision"]),
    (
        "flow",
        &[
            "attest",
            "best_shot",
            "camera",
            "capture",
            "frame",
            "liveness",
            "policy",
            "protocol",
            "session",
            "vision",
            "world",
        ],
    ),
    ("rehearsal", &["attest", "policy", "protocol", "session", "world"]),
    ("headless", &["camera", "capture", "flow", "frame", "liveness", "protocol", "quality"]),
    (
        "evaluate",
        &[
            "best_shot",
            "camera",
            "capture",
            "face",
            "frame",
            "headless",
            "liveness",
            "policy",
            "protocol",
            "quality",
            "small_file",
            "vision",
        ],
    ),
    ("bench", &["camera", "capture", "face", "frame", "liveness", "policy", "protocol", "vision"]),
    (
        "qualify",
        &[
            "camera",
            "capture",
            "face",
            "frame",
            "liveness",
            "policy",
            "protocol",
            "quality",
            "small_file",
            "vision",
            "world",
        ],
    ),
    ("recapture", &["camera", "frame", "geometry"]),
    (
        "runner",
        &[
            "attest", "camera", "capture", "flow", "frame", "liveness", "policy", "protocol", "quality", "session",
            "vision", "world",
        ],
    ),
    // The window: no camera, key or network, only what the runner says. Links are checked before a run begins.
    (
        "gui",
        &[
            "bench", "doctor", "flow", "frame", "instance", "liveness", "policy", "protocol", "quality", "runner",
            "session", "settings", "world",
        ],
    ),
    // the other side of the wire
    ("net", &[]),
    ("amr", &["world"]),
    ("verifier", &["attest", "face", "frame", "liveness", "net", "policy", "protocol", "quality", "vision", "world"]),
    ("web", &["world"]),
    ("tenant", &["net", "web", "world"]),
    ("twilio", &["net", "web", "world"]),
    ("relying_party", &["amr", "net", "web", "world"]),
];

/// An outside crate and the only files that may name it.
const DOORS: &[(&str, &[&str])] = &[
    ("tract_onnx", &["vision/model.rs"]),
    ("reqwest", &["session/http.rs", "net/http.rs", "demo/browser"]),
    ("lettre", &["verifier/mail.rs"]),
    ("webbrowser", &["session/browser.rs"]),
    ("rquickjs", &["tenant/actions"]),
    ("openh264", &["camera/recording/h264.rs", "camera/recording/error.rs"]),
    ("v4l", &["camera/device/v4l2.rs"]),
    ("nokhwa", &["camera/device/mac_and_windows.rs", "camera/device/list.rs"]),
    ("nokhwa_core", &["camera/device/mac_and_windows.rs"]),
    ("zune_jpeg", &["camera/device/decode.rs"]),
    ("rustix", &["bench/conversion.rs", "camera/device/list.rs", "camera/device/v4l2.rs", "camera/permission.rs"]),
    ("nokhwa_bindings_macos", &["camera/device/mac_and_windows.rs", "camera/permission.rs"]),
    ("anyhow", &["main.rs", "cli", "demo"]),
    ("eframe", &["gui"]),
    ("clap", &["cli"]),
    (
        "directories",
        &["cli", "doctor/surroundings.rs", "gui/fonts.rs", "instance/place.rs", "registration/linux.rs", "settings.rs"],
    ),
    ("interprocess", &["instance"]),
    ("toml_edit", &["settings", "qualify/profile"]),
    ("indicatif", &["cli"]),
    ("sqlx", &["verifier/store"]),
    ("fluent_bundle", &["gui/words"]),
    ("unic_langid", &["gui/words"]),
    ("sys_locale", &["gui/words"]),
    ("unicode_bidi", &["gui/bidi"]),
];

/// Longest file, lines. The aim is 200.
const LONGEST: usize = 450;

struct Source {
    /// Path below `src`.
    path: String,
    text: String,
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("src can be read") {
            let path = entry.expect("src can be read").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    assert!(found.len() > 20, "only {} files were found", found.len());
    let source = |path: PathBuf| Source {
        text: fs::read_to_string(&path).expect("a source can be read"),
        path: path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/"),
    };
    found.into_iter().map(source).collect()
}

/// The first part of a path: `camera/recording/mp4.rs` → `camera`, `flow.rs` → `flow`.
fn room(path: &str) -> &str {
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

/// The code without comments and without the unit tests, which may reach further.
fn code(text: &str) -> String {
    let ours = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    let ours = ours.split("#[cfg(test)]\npub(crate) mod tests").next().unwrap_or(ours);
    ours.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The rooms named after `crate::`, in single paths and in `use crate::{…}` lists.
fn used_rooms(code: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    let name = |text: &str| text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
    for part in code.split("crate::").skip(1) {
        let Some(list) = part.strip_prefix('{') else {
            used.insert(name(part));
            continue;
        };
        let (mut depth, mut start) = (0, true);
        for (i, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                c if start && !c.is_whitespace() => {
                    used.insert(name(&list[i..]));
                    start = false;
                }
                _ => {}
            }
        }
    }
    used
}

#[test]
fn rooms_use_only_what_lies_below_them() {
    let mut wrong = Vec::new();
    for source in sources() {
        let room = room(&source.path);
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else { continue };
        for used in used_rooms(&code(&source.text)) {
            if used != room && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{} uses crate::{used}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "not allowed by the table:\n{}", wrong.join("\n"));
}

#[test]
fn every_room_stands_in_the_table() {
    let free = ["lib", "main", "cli", "demo"];
    let missing: BTreeSet<_> = sources()
        .iter()
        .map(|s| room(&s.path).to_owned())
        .filter(|r| !free.contains(&r.as_str()) && !ROOMS.iter().any(|(name, _)| name == r))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn outside_crates_stand_behind_their_doors() {
    let mut wrong = Vec::new();
    for source in sources() {
        let code = code(&source.text);
        for (krate, doors) in DOORS {
            let named = code.contains(&format!("{krate}::")) || code.contains(&format!("use {krate};"));
            if named
                && !doors.iter().any(|door| {
                    source.path == *door
                        || source.path.starts_with(&format!("{door}/"))
                        || source.path == format!("{door}.rs")
                })
            {
                wrong.push(format!("{} names {krate}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "only its door may name a crate:\n{}", wrong.join("\n"));
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut wrong = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        if lines > LONGEST {
            wrong.push(format!("{} has {lines} lines", source.path));
        }
        if !source.text.starts_with("//!") && !source.text.starts_with("#![doc") {
            wrong.push(format!("{} does not open with //!", source.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_rules_can_fail() {
    let used = used_rooms("use crate::{\n a::{b, c},\n d,\n};\nfn x() { crate::e::f(); }");
    assert_eq!(used.into_iter().collect::<Vec<_>>(), ["a", "d", "e"]);
    assert_eq!(code("//! crate::x\nlet a = 1;\n#[cfg(test)]\nmod tests { crate::y }").trim(), "let a = 1;");
}
