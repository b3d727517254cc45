//! Files with every good and every bad value.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use super::*;
use crate::pin::PinHash;
use countenance_core::rng::SeededRng;

const ROOT: &str = "/run/user/7";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("kiosk.d")).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn load(folder: &Path) -> LoadedConfig {
    KioskConfig::load(folder, &[ROOT.into()])
}

/// File name, line, and text of each complaint.
fn complaints(folder: &Path) -> Vec<String> {
    let loaded = load(folder);
    let prefix = format!("{}/", folder.display());
    loaded.complaints.iter().map(|complaint| complaint.to_string().replace(&prefix, "")).collect()
}

#[test]
fn all_values_are_read_and_later_files_win() {
    let pin = PinHash::of("280471", &SeededRng::from("pin")).unwrap();
    let main = format!(
        "start_url = \"https://app.example/login?login_hint={{badge}}\"\nbadge = {{ digits = [4, 8] }}\nattract = true\n\
         browser = \"/opt/chromium\"\nbrowser_flags = [\"--force-dark-mode\", \"--lang=de\"]\nbrowser_watched = false\n\
         profile = \"{ROOT}/kiosk\"\nverifiers = [\"https://v.example\"]\npages = [\"https://t.example\"]\ncamera = \"usb-1\"\ncamera_turn_deg = 90\n\
         camera_testing = true\nmin_face_ratio = 0.12\nidle_secs = 45\ntext_percent = 150\nlanguages = [\"de\", \"pt-BR\"]\n\
         lower = true\nspeech = true\noperator_pin = \"{pin}\"\nattended = true\nwatch = true\nhealth = \"127.0.0.1:9477\"\n\
         site = \"Gate 3\"\n"
    );
    let folder = folder(&[
        ("kiosk.toml", &main),
        ("kiosk.d/20-late.toml", "site = \"Gate 5\"\n"),
        ("kiosk.d/10-early.toml", "site = \"Gate 4\"\nidle_secs = 20\n"),
        ("kiosk.d/notes.txt", "not TOML"),
        ("kiosk.d/.hidden.toml", "site = \"hidden\""),
    ]);
    let LoadedConfig { config, complaints, revision } = load(folder.path());
    let revision = revision.unwrap();
    assert_eq!(revision.as_str().len(), 64);
    assert!(complaints.is_empty(), "{complaints:?}");
    let expected = KioskConfig {
        start: Some("https://app.example/login?login_hint={badge}".parse().unwrap()),
        badge: BadgeForm::new(4, 8),
        attract: true,
        browser: BrowserProgram {
            program: "/opt/chromium".into(),
            flags: vec!["--force-dark-mode".into(), "--lang=de".into()],
            watched: false,
        },
        profile: Some(format!("{ROOT}/kiosk").into()),
        verifiers: ["https://v.example"].iter().map(|o| o.parse().unwrap()).collect(),
        camera: Some("usb-1".into()),
        camera_turn_deg: Some(90),
        camera_testing: true,
        min_face: FaceRatio::new(0.12).unwrap(),
        idle: IdleSecs::new(20).unwrap(),
        text: TextPercent::new(150).unwrap(),
        languages: vec!["de".into(), "pt-BR".into()],
        lower: true,
        speech: true,
        operator_pin: Some(pin),
        attended: true,
        watch: true,
        health: Some("127.0.0.1:9477".parse().unwrap()),
        site: Some("Gate 5".parse().unwrap()),
    };
    assert_eq!(config, expected);
    assert_eq!(config.badge_form(), BadgeForm::new(4, 8));
    assert_eq!(load(folder.path()).revision.as_ref(), Some(&revision), "the same files");
    fs::write(folder.path().join("kiosk.d/10-early.toml"), "site = \"Gate 4\"\nidle_secs = 21\n").unwrap();
    assert_ne!(load(folder.path()).revision.as_ref(), Some(&revision));
}

/// Rows: a line with a bad value, and a part of what is said about it.
#[test]
fn every_bad_value_is_named_with_its_line_and_the_others_apply() {
    let rows = [
        ("start_url = 1", "start_url is not text in quotes"),
        ("start_url = \"app.example\"", "start_url is not an address"),
        ("start_url = \"http://app.example/\"", "is neither https nor http on this machine"),
        ("start_url = \"file:///etc/passwd\"", "is neither https nor http on this machine"),
        ("start_url = \"javascript:alert(1)\"", "is neither https nor http on this machine"),
        ("start_url = \"https://u:p@app.example/\"", "has a user name, a password or a fragment"),
        ("start_url = \"https://app.example/#x\"", "has a user name, a password or a fragment"),
        ("start_url = \"https://{badge}.example/\"", "must have {badge} at most once"),
        ("start_url = \"https://app.example/{badge}\"", "must have {badge} at most once, as the whole value"),
        ("start_url = \"https://app.example/?a=x{badge}\"", "must have {badge} at most once"),
        ("start_url = \"https://app.example/?a={badge}&b={badge}\"", "must have {badge} at most once"),
        ("badge = 4", "badge is not { digits = [MIN, MAX] }"),
        ("badge = { digits = [8, 4] }", "badge is not { digits = [MIN, MAX] }"),
        ("badge = { digits = [4, 64] }", "badge is not { digits = [MIN, MAX] }"),
        ("badge = { digits = [4] }", "badge is not { digits = [MIN, MAX] }"),
        ("badge = { digits = [4, 8], letters = true }", "badge is not { digits = [MIN, MAX] }"),
        ("attract = \"yes\"", "attract is neither true nor false"),
        ("browser = \"chromium\"", "browser is not an absolute path without .."),
        ("browser = \"/usr/../bin/chromium\"", "browser is not an absolute path without .."),
        ("browser_flags = \"--a\"", "browser_flags is not a list of texts"),
        ("browser_flags = [7]", "browser_flags is not a list of texts"),
        ("browser_flags = [\"https://evil.example\"]", "which is not a flag such as --name=value"),
        ("browser_flags = [\"--remote-debugging-port=9222\"]", "has the flag --remote-debugging-port, which a kiosk"),
        ("browser_flags = [\"--no-sandbox\"]", "has the flag --no-sandbox"),
        ("browser_watched = 1", "browser_watched is neither true nor false"),
        ("profile = \"/home/kiosk/profile\"", "profile is not below $XDG_RUNTIME_DIR or /run"),
        ("profile = \"/run/user/7\"", "profile is not below"),
        ("profile = \"/run/user/7/../../../home\"", "profile is not an absolute path without .."),
        ("profile = \"/run/user/70/x\"", "profile is not below"),
        ("verifiers = \"https://v.example\"", "verifiers is not a list"),
        ("verifiers = [\"http://v.example\"]", "verifiers has the entry \"http://v.example\""),
        ("pages = [\"tenant.example\"]", "pages has the entry \"tenant.example\""),
        ("camera = \" \"", "camera is not the ID or name of a camera"),
        ("camera_turn_deg = 45", "camera_turn_deg is not one of [0, 90, 180, 270]"),
        ("camera_testing = 0", "camera_testing is neither true nor false"),
        ("min_face_ratio = 0.09", "min_face_ratio is not a number from 0.10 to 0.60"),
        ("min_face_ratio = nan", "min_face_ratio is not a number from 0.10 to 0.60"),
        ("min_face_ratio = \"0.2\"", "min_face_ratio is not a number from 0.10 to 0.60"),
        ("idle_secs = 9", "idle_secs is not a whole number of seconds from 10 to 600"),
        ("idle_secs = 601", "idle_secs is not a whole number of seconds from 10 to 600"),
        ("idle_secs = 30.0", "idle_secs is not a whole number of seconds"),
        ("text_percent = 401", "text_percent is not a whole number from 100 to 400"),
        ("text_percent = -1", "text_percent is not a whole number from 100 to 400"),
        ("languages = \"de\"", "languages is not a list"),
        ("languages = [\"Deutsch!\"]", "which is not a language tag"),
        ("lower = \"no\"", "lower is neither true nor false"),
        ("speech = []", "speech is neither true nor false"),
        ("operator_pin = \"280471\"", "operator_pin is not a hash as `countenance kiosk pin` prints it"),
        ("attended = 1", "attended is neither true nor false"),
        ("health = \"0.0.0.0:9477\"", "health is not an address of this machine with a port"),
        ("health = \"localhost\"", "health is not an address of this machine with a port"),
        ("site = \"\"", "site is not the name of a site: a site is one line"),
        ("start = \"https://app.example\"", "start is not a setting that this version knows"),
        ("[kiosk]\nidle_secs = 30", "kiosk is not a setting that this version knows"),
    ];
    for (bad, expected) in rows {
        let folder = folder(&[("kiosk.toml", &format!("# ours\n\n{bad}\n"))]);
        let found = complaints(folder.path());
        let [found] = &found[..] else { panic!("{bad}: {found:?}") };
        assert!(found.starts_with("kiosk.toml, line 3: ") && found.contains(expected), "{bad}: {found}");
        assert_eq!(load(folder.path()).config, KioskConfig::default(), "{bad}");
    }
}

#[test]
fn a_bad_value_in_a_later_file_leaves_the_earlier_one() {
    let folder = folder(&[
        ("kiosk.toml", "idle_secs = 60\nverifiers = [\n  \"https://v.example\",\n  \"v\",\n]\n"),
        ("kiosk.d/a.toml", "idle_secs = 6\nsite = \"Gate 3\"\n"),
        ("kiosk.d/b.toml", "site = Gate\n"),
    ]);
    let found = complaints(folder.path());
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].starts_with("kiosk.toml, line 4: verifiers has the entry"), "{found:?}");
    assert!(found[1].starts_with("kiosk.d/a.toml, line 1: idle_secs"), "{found:?}");
    assert!(found[2].starts_with("kiosk.d/b.toml, line 1: is not TOML"), "{found:?}");
    let config = load(folder.path()).config;
    assert_eq!(
        (config.idle.get(), config.site.as_ref().map(SiteLabel::as_str), config.verifiers.iter().count()),
        (60, Some("Gate 3"), 1)
    );
}

#[test]
fn files_that_others_can_change_are_left_out() {
    let folder = folder(&[("kiosk.toml", "attract = true\n"), ("kiosk.d/a.toml", "site = \"Gate 3\"\n")]);
    let set = |path: &str, mode| {
        fs::set_permissions(folder.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
    };
    set("kiosk.toml", 0o666);
    let found = complaints(folder.path());
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("kiosk.toml: cannot be used: any user can write to it"), "{found:?}");
    let config = load(folder.path()).config;
    assert_eq!((config.attract, config.site.as_ref().map(SiteLabel::as_str)), (false, Some("Gate 3")));
    set("kiosk.toml", 0o644);
    set("kiosk.d", 0o777);
    let found = complaints(folder.path());
    assert!(found.len() == 1 && found[0].starts_with("kiosk.d/a.toml: cannot be used: other users can replace it"));
}

#[test]
fn no_files_is_a_kiosk_without_a_start_page() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(complaints(folder.path()), ["kiosk.toml: does not exist"]);
    assert_eq!(load(folder.path()).config, KioskConfig::default());
}
