//! What administrators decide, from each kind of place, whole and damaged.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::PathBuf,
};

use super::{
    super::{SettingError, SettingsInUse, Theme},
    registry::RegistryValue,
    *,
};
use crate::session::origin::AllowedOrigins;

fn origins(all: &[&str]) -> AllowedOrigins {
    all.iter().map(|origin| origin.parse().unwrap()).collect()
}

/// The settings of a user who has opened what can be opened.
fn open_user() -> Settings {
    Settings {
        camera: Some("any".into()),
        camera_testing: true,
        theme: Theme::Light,
        verifiers: origins(&["https://evil.example"]),
        liveness_nets: vec!["ab".repeat(32)],
        ..Settings::default()
    }
}

fn in_use(loaded: &LoadedManaged) -> SettingsInUse {
    SettingsInUse::new(open_user(), loaded.managed.clone())
}

/// A value of each form, by the key.
const WHOLE: &str = "camera = \"Desk\"\ncamera_pinned = true\ncamera_turn_deg = 90\ncamera_mirrored = true\n\
    camera_testing = false\nlanguage = \"de\"\ntheme = \"dark\"\ntext_percent = 150\nreduced_motion = true\n\
    resident = true\nverifiers = [\"https://v.example\"]\nliveness_nets = []\nliveness_net_folder = \"/srv/nets\"\n";

#[test]
fn every_setting_can_be_managed() {
    let loaded = Managed::of_text("/etc/x.toml", WHOLE);
    assert_eq!(loaded.complaints, []);
    let places: Vec<_> = loaded.managed.places().map(|(key, place)| (key, place.to_string())).collect();
    assert_eq!(places, Key::ALL.map(|key| (key, "/etc/x.toml".to_owned())));
    let mut said = Settings::default();
    loaded.managed.apply(&mut said);
    assert_eq!(said, read::read_toml(WHOLE).unwrap().settings);
}

/// Each row: a file, what is wrong with it, by line, and whether the user's verifiers, camera tests and networks stay open.
#[test]
fn a_value_that_cannot_be_used_is_named_and_closes_what_it_protects() {
    type Row = (&'static str, &'static str, &'static str, fn(&SettingsInUse) -> bool);
    let rows: [Row; 11] = [
        (
            "verifiers are no list",
            "\nverifiers = \"https://v.example\"\n",
            "/etc/x.toml, line 2: verifiers is not a list of addresses in quotes",
            |s| s.verifiers == origins(&[]) && s.managed_by(Key::Verifiers).is_some(),
        ),
        (
            "one of the verifiers",
            "verifiers = [\"https://v.example\", \"http://plain.example\"]",
            "/etc/x.toml, line 1: verifiers has the entry \"http://plain.example\": the address is neither https nor \
             loopback http",
            |s| s.verifiers == origins(&["https://v.example"]),
        ),
        (
            "every one of the verifiers",
            "verifiers = [7]",
            "/etc/x.toml, line 1: verifiers has an entry that is not text in quotes",
            |s| s.verifiers == origins(&[]) && s.managed_by(Key::Verifiers).is_some(),
        ),
        (
            "pinned in words",
            "camera_pinned = \"yes\"",
            "/etc/x.toml, line 1: camera_pinned is neither true nor false",
            |s| s.camera_pinned,
        ),
        (
            "testing in words",
            "camera_testing = \"no\"",
            "/etc/x.toml, line 1: camera_testing is neither true nor false",
            |s| !s.camera_testing && s.managed_by(Key::CameraTesting).is_some(),
        ),
        (
            "a pin without a camera, beside a misspelled key",
            "camera_pinned = true\ncamera_ = \"Desk\"",
            "/etc/x.toml, line 2: camera_ is not a setting that this version knows; did you mean camera?",
            |s| s.camera_pinned && s.camera.as_deref() == Some("any") && s.managed_by(Key::Camera).is_none(),
        ),
        (
            "a pinned camera without a name",
            "camera_pinned = true\ncamera = 7",
            "/etc/x.toml, line 2: camera is not text in quotes",
            |s| s.camera_pinned && s.camera.is_none(),
        ),
        (
            "networks by name",
            "liveness_nets = \"student\"",
            "/etc/x.toml, line 1: liveness_nets is not a list of at most 8 SHA-256 digests in quotes",
            |s| s.liveness_nets.is_empty() && s.managed_by(Key::LivenessNets).is_some(),
        ),
        (
            "a theme, which protects nothing",
            "theme = \"pink\"",
            "/etc/x.toml, line 1: theme is not \"system\", \"light\", \"dark\" or \"high-contrast\"",
            |s| s.theme == Theme::Light && s.managed_by(Key::Theme).is_none(),
        ),
        (
            "a key of another version",
            "\n\n[enrolment]\nurl = 1",
            "/etc/x.toml, line 3: enrolment is not a setting that this version knows",
            |s| *s.managed() == Managed::default(),
        ),
        (
            "a misspelled key",
            "theme = \"dark\"\nverifier = [\"https://v.example\"]",
            "/etc/x.toml, line 2: verifier is not a setting that this version knows; did you mean verifiers?",
            |s| s.theme == Theme::Dark && s.managed_by(Key::Verifiers).is_none(),
        ),
    ];
    for (name, text, complaint, holds) in rows {
        let loaded = Managed::of_text("/etc/x.toml", text);
        assert_eq!(loaded.complaints.iter().map(ToString::to_string).collect::<Vec<_>>(), [complaint], "{name}");
        let in_use = in_use(&loaded);
        assert!(holds(&in_use), "{name}: {in_use:?}");
    }
}

/// Each row: how the file is spoiled, what is said, and whether it is about who could have written it.
#[test]
fn a_file_that_cannot_be_trusted_or_read_closes_everything() {
    type Spoil = fn(&Path);
    let rows: [(&str, Spoil, &str, bool); 6] = [
        ("no TOML", |p| fs::write(p, "a = 1\n??\n").unwrap(), "line 2 is not TOML: ", false),
        ("no text", |p| fs::write(p, b"\xff").unwrap(), "line 1 is not valid UTF-8", false),
        ("a folder", |p| fs::create_dir(p).unwrap(), "it is not a regular file", false),
        (
            "open to all",
            |p| {
                fs::write(p, WHOLE).unwrap();
                fs::set_permissions(p, fs::Permissions::from_mode(0o646)).unwrap();
            },
            "any user can write to it (mode 646)",
            true,
        ),
        (
            "in a folder that is open to all",
            |p| {
                fs::write(p, WHOLE).unwrap();
                fs::set_permissions(p.parent().unwrap(), fs::Permissions::from_mode(0o757)).unwrap();
            },
            "other users can replace it: its folder ",
            true,
        ),
        (
            "a link to what all can write",
            |p| {
                let file = p.with_extension("real");
                fs::write(&file, WHOLE).unwrap();
                fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
                std::os::unix::fs::symlink(file, p).unwrap();
            },
            "any user can write to it (mode 666)",
            true,
        ),
    ];
    for (name, spoil, expected, is_access) in rows {
        let (home, path) = place();
        spoil(&path);
        let loaded = Managed::of_file(&path, owner(home.path()));
        let [complaint] = &loaded.complaints[..] else { panic!("{name}: {loaded:?}") };
        let ManagedFault::Unusable { why, is_about_access } = &complaint.fault else { panic!("{name}: {complaint:?}") };
        assert!(why.starts_with(expected) && *is_about_access == is_access, "{name}: {why}");
        assert!(complaint.to_string().starts_with(path.to_str().unwrap()), "{name}: {complaint}");
        let in_use = in_use(&loaded);
        let closed = in_use.verifiers == origins(&[]) && in_use.camera_pinned && in_use.camera.is_none();
        assert!(closed && !in_use.camera_testing && in_use.liveness_nets.is_empty(), "{name}: {in_use:?}");
        assert_eq!(in_use.theme, Theme::Light, "{name}");
    }
}

fn place() -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("settings.toml");
    (home, path)
}

fn owner(folder: &Path) -> u32 {
    fs::metadata(folder).unwrap().uid()
}

#[test]
fn a_file_of_somebody_else_is_refused_and_none_decides_nothing() {
    let (home, path) = place();
    let owner = owner(home.path());
    assert_eq!(Managed::of_file(&path, owner), LoadedManaged::default());
    assert_eq!(Managed::of_file(&home.path().join("nowhere/settings.toml"), owner), LoadedManaged::default());
    fs::write(&path, WHOLE).unwrap();
    let loaded = Managed::of_file(&path, owner);
    assert_eq!((loaded.complaints.len(), loaded.managed.places().count()), (0, Key::ALL.len()));
    if owner == 0 {
        // What belongs to root is the administrator's for everybody.
        std::os::unix::fs::chown(&path, Some(12_345), None).unwrap();
    }
    let administrator = if owner == 0 { 0 } else { owner + 1 };
    let loaded = Managed::of_file(&path, administrator);
    let said = loaded.complaints.iter().map(ToString::to_string).collect::<String>();
    assert!(said.contains("it belongs to user "), "{said}");
    assert_eq!(in_use(&loaded).verifiers, origins(&[]));
}

fn policy(place: &str, values: &[(&str, RegistryValue)]) -> Layer {
    let values: Vec<_> = values.iter().map(|(name, value)| (Key::named(name).unwrap(), value.clone())).collect();
    registry::layer(place, &values, &[]).unwrap()
}

fn loaded(layers: impl IntoIterator<Item = Layer>) -> LoadedManaged {
    let mut loaded = LoadedManaged::default();
    for (place, said) in layers {
        loaded.add(&place, said);
    }
    loaded
}

#[test]
fn policies_of_windows_say_the_same_in_their_types() {
    use RegistryValue::{List, Number, Other, Text};
    let text = |text: &str| Text(text.into());
    let list = |all: &[&str]| List(all.iter().map(|&text| text.to_owned()).collect());
    let folder = if cfg!(windows) { r"C:\nets" } else { "/srv/nets" };
    let template = include_str!("../../../../packaging/windows/policy/countenance.admx");
    assert!(template.contains(&format!("key=\"{}\"", registry::KEY)));
    let layer = policy(
        &format!(r"HKLM\{}", registry::KEY),
        &[
            ("camera", text("Desk")),
            ("camera_pinned", Number(1)),
            ("camera_turn_deg", Number(90)),
            ("camera_mirrored", Number(1)),
            ("camera_testing", Number(0)),
            ("language", text("de")),
            ("theme", text("dark")),
            ("text_percent", Number(150)),
            ("reduced_motion", Number(1)),
            ("resident", Number(1)),
            ("verifiers", list(&["https://v.example", ""])),
            ("liveness_nets", list(&[])),
            ("liveness_net_folder", text(folder)),
        ],
    );
    let loaded = loaded([layer]);
    assert_eq!(loaded.complaints, []);
    let mut said = Settings::default();
    loaded.managed.apply(&mut said);
    let whole = WHOLE.replace("/srv/nets", folder);
    assert_eq!(said, read::read_toml(&whole).unwrap().settings);

    for (key, value, fault) in [
        ("camera_pinned", Number(2), SettingError::NotYesOrNo),
        ("camera_pinned", text("1"), SettingError::NotYesOrNo),
        ("text_percent", text("150"), SettingError::TextPercent),
        ("text_percent", Number(u32::MAX), SettingError::TextPercent),
        ("verifiers", text("https://v.example"), SettingError::NotAList),
        ("verifiers", Other, SettingError::NotAList),
        ("camera", Other, SettingError::NotText),
    ] {
        let loaded = self::loaded([policy("HKLM", &[(key, value.clone())])]);
        let complaint = Complaint { line: None, key: key.to_owned(), fault };
        let expected = ManagedComplaint { place: ManagedPlace::new("HKLM"), fault: ManagedFault::Value(complaint) };
        assert_eq!(loaded.complaints, [expected], "{key} {value:?}");
        assert_eq!(in_use(&loaded).managed_by(Key::named(key).unwrap()).is_some(), key != "text_percent");
    }
}

/// Windows knows names in any case; others than those of settings decide nothing, and are reported.
#[test]
fn policies_with_unknown_names_are_reported() {
    let listed = ["VERIFIERS", "verifier", "", "Camera_Pinned", "of_a_later_version"].map(str::to_owned);
    let unknown = registry::unknown(listed);
    assert_eq!(unknown, ["verifier", "of_a_later_version"]);
    let loaded = loaded(registry::layer("HKLM", &[(Key::Theme, RegistryValue::Text("dark".into()))], &unknown));
    assert_eq!(loaded.managed.places().map(|(key, _)| key).collect::<Vec<_>>(), [Key::Theme]);
    let said: Vec<_> = loaded.complaints.iter().map(ToString::to_string).collect();
    let expected = [
        "HKLM: verifier is not a setting that this version knows; did you mean verifiers?",
        "HKLM: of_a_later_version is not a setting that this version knows",
    ];
    assert_eq!(said, expected);
    assert!(registry::layer("HKLM", &[], &[]).is_none());
    assert!(registry::layer("HKLM", &[], &unknown).is_some());
}

/// The machine's policy wins, also where it cannot be used; the user's adds to it.
#[test]
fn the_stronger_place_wins() {
    let text = |text: &str| RegistryValue::Text(text.into());
    let machine = || policy("HKLM", &[("theme", text("dark")), ("verifiers", text("?")), ("language", text("../x"))]);
    let user = || {
        let verifiers = RegistryValue::List(vec!["https://user.example".into()]);
        policy("HKCU", &[("theme", text("light")), ("verifiers", verifiers), ("language", text("fr"))])
    };
    let loaded = loaded([machine(), user()]);
    let in_use = in_use(&loaded);
    assert_eq!((in_use.theme, in_use.verifiers.clone()), (Theme::Dark, origins(&[])));
    assert_eq!(in_use.language.as_deref(), Some("fr"), "what protects nothing is left to the weaker place");
    let by = |key| in_use.managed_by(key).unwrap().to_string();
    assert_eq!([by(Key::Theme), by(Key::Verifiers), by(Key::Language)], ["HKLM", "HKLM", "HKCU"]);

    let unusable = Unusable { why: "it cannot be read".into(), is_about_access: false };
    let loaded = self::loaded([(ManagedPlace::new("HKLM"), Err(unusable)), user()]);
    assert_eq!(self::in_use(&loaded).verifiers, origins(&[]));
    assert_eq!(loaded.complaints[0].to_string(), "HKLM: it cannot be read; no verifier is trusted, and no camera");
}

#[test]
fn preferences_of_macos_say_the_same() {
    let json = r#"{"camera": "Desk", "camera_pinned": true, "camera_turn_deg": 90, "camera_mirrored": true,
        "camera_testing": false, "language": "de", "theme": "dark", "text_percent": 150, "reduced_motion": true,
        "resident": true, "verifiers": ["https://v.example"], "liveness_nets": [], "liveness_net_folder": "/srv/nets",
        "PayloadUUID": "of the profile"}"#;
    let said = preferences::read(json).unwrap();
    assert_eq!((said.complaints.len(), said.named.len()), (0, Key::ALL.len()));
    assert_eq!(said.settings, read::read_toml(WHOLE).unwrap().settings);
    for (json, key) in [
        (r#"{"verifiers": "https://v.example"}"#, "verifiers"),
        (r#"{"verifiers": [{}]}"#, "verifiers"),
        (r#"{"camera_testing": 0}"#, "camera_testing"),
        (r#"{"camera": null}"#, "camera"),
        (r#"{"Verifiers": []}"#, "Verifiers"),
    ] {
        let keys: Vec<_> = preferences::read(json).unwrap().complaints.into_iter().map(|c| c.key).collect();
        assert_eq!(keys, [key], "{json}");
    }
    for json in ["", "[]", "{\"a\": }", "7"] {
        assert!(preferences::read(json).is_err(), "{json}");
    }
    let bundle = include_str!("../../../../packaging/macos/Info.plist");
    let identifier = format!("<key>CFBundleIdentifier</key>\n    <string>{}</string>", preferences::BUNDLE);
    assert!(bundle.contains(&identifier), "the file of preferences is named by the bundle");
}
