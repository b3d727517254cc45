//! Architecture rules that cargo does not enforce: which crate may depend on which, which file may use which external
//! crate, no I/O in the rules, maximum file length, and a `//!` header in every file.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod threats;
mod vocabulary;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Each of our crates and which of ours it may depend on, test dependencies aside. The root program is `countenance`.
const CRATES: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("amr", &[]),
    ("manual", &[]),
    ("native", &[]),
    ("net", &[]),
    ("system", &["core", "native"]),
    ("attest", &["core", "system"]),
    ("camera", &["core"]),
    ("vision", &["core", "system"]),
    ("client", &["attest", "camera", "core", "system", "vision"]),
    ("gui", &["client", "core"]),
    ("kiosk", &["client", "core", "system"]),
    ("verifier", &["attest", "core", "net", "system", "vision"]),
    ("standin", &["amr", "core", "net", "system"]),
    ("lab", &["amr", "attest", "camera", "client", "core", "gui", "net", "standin", "system", "verifier", "vision"]),
    ("countenance", &["attest", "camera", "client", "core", "gui", "kiosk", "system", "vision"]),
];

/// An external crate and the only files or folders that may name it.
const ADAPTERS: &[(&str, &[&str])] = &[
    ("tract_onnx", &["vision/model.rs"]),
    ("argon2", &["kiosk/pin.rs", "verifier/supervisors.rs"]),
    ("prometheus_client", &["kiosk/health/metrics.rs"]),
    ("wayland_client", &["kiosk/idle/wayland.rs"]),
    ("wayland_protocols", &["kiosk/idle/wayland.rs"]),
    ("reqwest", &["client/session/http.rs", "net/http.rs", "standin/browser"]),
    ("lettre", &["verifier/browser/mail.rs"]),
    ("webbrowser", &["client/session/browser.rs"]),
    ("rquickjs", &["standin/tenant/actions"]),
    ("openh264", &["camera/recording/h264.rs", "camera/recording/error.rs"]),
    ("v4l", &["camera/device/v4l2.rs"]),
    ("ashpd", &["camera/device/portal/access.rs"]),
    (
        "pipewire",
        &[
            "camera/device/portal/formats.rs",
            "camera/device/portal/formats/tests.rs",
            "camera/device/portal/picture.rs",
            "camera/device/portal/remote.rs",
            "camera/device/portal/session.rs",
        ],
    ),
    (
        "nokhwa",
        &[
            "camera/device/beside.rs",
            "camera/device/camera.rs",
            "camera/device/list.rs",
            "camera/device/portal/mod.rs",
            "camera/device/portal/tests.rs",
            "camera/device/tests.rs",
            "camera/device/v4l2.rs",
        ],
    ),
    ("zune_jpeg", &["camera/device/decode.rs", "camera/recording/still.rs"]),
    (
        "rustix",
        &[
            "lab/bench/conversion.rs",
            "camera/device/list.rs",
            "camera/device/v4l2.rs",
            "camera/permission.rs",
            "kiosk/browser",
            "kiosk/pin_entry.rs",
            "kiosk/suspend.rs",
            "verifier/cli/process.rs",
        ],
    ),
    ("nokhwa_bindings_macos", &["camera/device/camera.rs", "camera/permission.rs"]),
    ("anyhow", &["main.rs", "cli", "client/installation.rs", "client/nets.rs", "lab/cli", "lab/demo", "verifier/cli"]),
    ("eframe", &["gui", "lab/pacing.rs"]),
    ("winit", &["gui/window.rs"]),
    (
        "clap",
        &[
            "cli",
            "client/installation.rs",
            "client/nets.rs",
            "client/source",
            "lab/cli",
            "manual/lib.rs",
            "verifier/cli",
        ],
    ),
    (
        "directories",
        &[
            "client/installation.rs",
            "client/doctor/context.rs",
            "gui/fonts.rs",
            "client/instance/instance_dir.rs",
            "client/registration/autostart.rs",
            "client/registration/linux.rs",
            "client/settings.rs",
        ],
    ),
    ("interprocess", &["client/instance"]),
    (
        "windows_registry",
        &["client/registration/windows.rs", "client/doctor/desktop.rs", "client/settings/managed/registry.rs"],
    ),
    ("windows_sys", &["native/windows"]),
    ("objc2", &["native/macos"]),
    ("objc2_foundation", &["native/macos"]),
    ("toml_edit", &["client/settings", "client/qualify/profile", "kiosk/config"]),
    ("indicatif", &["lab/cli"]),
    ("sqlx", &["verifier/store"]),
    ("fluent_bundle", &["gui/words"]),
    ("unic_langid", &["gui/words"]),
    ("sys_locale", &["gui/words"]),
    ("unicode_bidi", &["gui/bidi"]),
];

/// What writes or creates a file, and the only files that may use it. All others write files that are whole, or not there,
/// with `system::whole_file`.
const WRITES: &[&str] = &["fs::write(", "File::create", "OpenOptions::new"];
const WRITERS: &[(&str, &str)] = &[
    ("system/whole_file.rs", "the one place"),
    ("client/instance/instance_dir.rs", "an empty file to be locked"),
    ("client/doctor/context.rs", "opens devices"),
    ("native/windows/access.rs", "opens folders to inspect them"),
    ("native/windows/console.rs", "opens the console"),
    ("camera/permission.rs", "opens devices"),
    ("verifier/store/files.rs", "an empty file for the database, which SQLite fills"),
    ("lab/recapture/writer.rs", "recordings, frame by frame"),
    ("lab/recapture/film.rs", "frames, one by one"),
    ("lab/bench/conversion.rs", "samples to look at"),
];

/// Names that may not occur in `core`: files, network, threads, clocks, the system's random numbers.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::thread",
    "std::process",
    "std::env",
    "Instant::now",
    "SystemTime",
    "getrandom",
    "tracing",
];

/// Maximum lines of a file. Aim for 200.
const MAX_LINES: usize = 450;

struct Source {
    /// Path below `src`.
    path: String,
    text: String,
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
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
    let mut found = Vec::new();
    walk(&src(), &mut found);
    assert!(found.len() > 300, "only {} files were found", found.len());
    let source = |path: PathBuf| Source {
        text: fs::read_to_string(&path).expect("a source can be read"),
        path: path.strip_prefix(src()).expect("below src").to_string_lossy().replace('\\', "/"),
    };
    found.into_iter().map(source).collect()
}

/// The code without comments and unit tests; unit tests may use more.
fn code(text: &str) -> String {
    // The attribute above may have further conditions, such as `unix`.
    let ours = text.split("\nmod tests").next().unwrap_or(text);
    let is_code = |line: &&str| !line.trim_start().starts_with("//") && !line.starts_with("#[cfg(test)]");
    ours.lines().filter(is_code).collect::<Vec<_>>().join("\n")
}

/// Our crates among the dependencies of a manifest, test dependencies aside.
fn our_dependencies(manifest: &str) -> BTreeSet<String> {
    let manifest: toml::Table = manifest.parse().expect("a manifest is TOML");
    let named = manifest["dependencies"].as_table().expect("a table").keys();
    named.filter_map(|name| name.strip_prefix("countenance-")).map(str::to_owned).collect()
}

#[test]
fn crates_depend_on_what_the_table_allows() {
    let folders = fs::read_dir(src()).expect("src can be read").filter_map(|entry| {
        let path = entry.expect("src can be read").path();
        path.join("Cargo.toml").exists().then(|| path.file_name().expect("a name").to_string_lossy().into_owned())
    });
    let folders: BTreeSet<String> = folders.chain(["countenance".to_owned()]).collect();
    let table: BTreeSet<String> = CRATES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(folders, table, "CRATES must list exactly the crates that exist");
    for (name, allowed) in CRATES {
        let folder = if *name == "countenance" { src().join("..") } else { src().join(name) };
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("a manifest can be read");
        let allowed: BTreeSet<String> = allowed.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(our_dependencies(&manifest), allowed, "{name}");
    }
}

#[test]
fn only_adapters_name_external_crates() {
    let mut wrong = Vec::new();
    for source in sources() {
        let code = code(&source.text);
        for (krate, adapters) in ADAPTERS {
            let named = code.contains(&format!("{krate}::")) || code.contains(&format!("use {krate};"));
            let allowed = |adapter: &&str| {
                source.path == **adapter
                    || source.path.starts_with(&format!("{adapter}/"))
                    || source.path == format!("{adapter}.rs")
            };
            if named && !adapters.iter().any(allowed) {
                wrong.push(format!("{} names {krate}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "only its adapter may name an external crate:\n{}", wrong.join("\n"));
}

#[test]
fn files_are_written_whole_in_one_place() {
    let mut wrong = Vec::new();
    for source in sources() {
        let is_test = ["tests.rs", "tests/", "testing"].iter().any(|part| source.path.contains(part));
        if is_test || WRITERS.iter().any(|(path, _)| source.path == *path) {
            continue;
        }
        let code = code(&source.text);
        let named = WRITES.iter().filter(|write| code.contains(**write));
        wrong.extend(named.map(|write| format!("{} uses {write}", source.path)));
    }
    assert!(wrong.is_empty(), "use countenance_system::whole_file, or name the file in WRITERS:\n{}", wrong.join("\n"));
}

#[test]
fn core_has_no_side_effects() {
    let core = sources().into_iter().filter(|source| source.path.starts_with("core/"));
    let wrong: Vec<String> = core
        .flat_map(|source| {
            let code = code(&source.text);
            let named: Vec<_> = IMPURE.iter().filter(|word| code.contains(**word)).collect();
            named.into_iter().map(|word| format!("{} names {word}", source.path)).collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_short_and_start_with_module_documentation() {
    let mut wrong = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        if lines > MAX_LINES {
            wrong.push(format!("{} has {lines} lines", source.path));
        }
        if !source.text.starts_with("//!") && !source.text.starts_with("#![doc") {
            wrong.push(format!("{} does not open with //!", source.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Documentation tests are compiled for the crates that have some, and would pass unread in the others.
#[test]
fn examples_are_where_they_are_tested() {
    let mut wrong = Vec::new();
    for source in sources() {
        let folder = source.path.split('/').next().expect("a path has a first part");
        let Ok(manifest) = fs::read_to_string(src().join(folder).join("Cargo.toml")) else { continue };
        let manifest: toml::Table = manifest.parse().expect("a manifest is TOML");
        let is_tested = manifest["lib"].get("doctest").and_then(toml::Value::as_bool).unwrap_or(true);
        if !is_tested && has_example(&source.text) {
            wrong.push(source.path);
        }
    }
    assert!(wrong.is_empty(), "remove `doctest = false` from the manifest of:\n{}", wrong.join("\n"));
}

/// Whether a comment has a block of Rust: one without a language, or one in Rust.
fn has_example(text: &str) -> bool {
    let comments = text.lines().filter_map(|line| line.trim_start().strip_prefix("//"));
    let fences = comments.filter_map(|line| line.trim_start_matches(['/', '!']).trim().strip_prefix("```"));
    fences.step_by(2).any(|language| language.is_empty() || language.starts_with("rust"))
}

#[test]
fn these_tests_can_fail() {
    assert!(has_example("//! ```text\n//! a\n//! ```\n/// ```\n/// let a = 1;\n/// ```"));
    assert!(!has_example("//! ```text\n//! a\n//! ```"));

    let manifest =
        "[dependencies]\ncountenance-core.workspace = true\nserde = \"1\"\n[dev-dependencies]\ncountenance-lab = \"1\"";
    assert_eq!(our_dependencies(manifest).into_iter().collect::<Vec<_>>(), ["core"]);
    assert_eq!(code("//! std::fs\nlet a = 1;\n#[cfg(test)]\nmod tests { std::fs }").trim(), "let a = 1;");
}
