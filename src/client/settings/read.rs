//! Reads settings, value by value: one that is invalid does not affect the others.

use toml_edit::Document;

use super::{Complaint, Key, Loaded, SettingError, Settings, SettingsFileError, forms::Given};

/// What one place says.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// The values that can be used; otherwise defaults.
    pub(super) settings: Settings,
    /// The settings with a value, as a whole or in part.
    pub(super) named: Vec<Key>,
    /// The settings with a value of which nothing can be used.
    pub(super) faulty: Vec<Key>,
    /// What was ignored, in the order of reading.
    pub(super) complaints: Vec<Complaint>,
}

impl Read {
    /// Reports a name that no setting has. It decides nothing, since it may be from a newer version.
    pub(super) fn unknown(&mut self, name: &str, line: Option<usize>) {
        let fault = SettingError::UnknownKey { meant: Key::near(name) };
        self.complaints.push(Complaint { line, key: name.to_owned(), fault });
    }

    /// Takes the value of the setting `name`. `line` is the line of an entry of it, or of all of it; `None` without lines.
    pub(super) fn take(&mut self, name: &str, given: &Given<'_>, line: &dyn Fn(Option<usize>) -> Option<usize>) {
        let complaint = |fault, at| Complaint { line: line(at), key: name.to_owned(), fault };
        let Some(key) = Key::named(name) else {
            return self.unknown(name, line(None));
        };
        let complaints = &mut self.complaints;
        let taken = key.read(given, &mut self.settings, &mut |fault, at| complaints.push(complaint(fault, at)));
        match taken {
            Ok(()) => self.named.push(key),
            Err(fault) => {
                self.faulty.push(key);
                self.complaints.push(complaint(fault, None));
            }
        }
    }
}

/// Reads the TOML document `text`; complaints are in line order.
pub(super) fn read_toml(text: &str) -> Result<Read, SettingsFileError> {
    let document = Document::parse(text).map_err(|e| SettingsFileError::of_toml(text, e))?;
    let mut read = Read::default();
    for (key, item) in document.iter() {
        let span = item.span().or_else(|| document.as_table().key(key).and_then(toml_edit::Key::span));
        let start = span.map(|span| span.start);
        let line = |at: Option<usize>| Some(line_at(text, at.or(start).unwrap_or_default()));
        read.take(key, &Given::of_toml(item), &line);
    }
    read.complaints.sort_by_key(|complaint| complaint.line);
    Ok(read)
}

/// As [`read_toml`], for a user's file.
pub(super) fn read(text: &str) -> Result<Loaded, SettingsFileError> {
    read_toml(text).map(|Read { settings, complaints, .. }| Loaded { settings, complaints })
}

/// The line of the byte at `offset`, counted from 1.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{session::origin::OriginError, settings::Theme};

    #[test]
    fn reads_all_settings() {
        let text = "camera = \"Desk: Cam\"\ncamera_pinned = true\ncamera_turn_deg = 270\ncamera_mirrored = true\n\
                    camera_testing = true\nlanguage = \"pt-BR\"\ntheme = \"high-contrast\"\ntext_percent = 150\n\
                    reduced_motion = true\nresident = true\nverifiers = [\"https://a.example\", \"http://127.0.0.1:9\"]\n";
        let (pin, folder) = ("ab".repeat(32), if cfg!(windows) { "C:/nets" } else { "/nets" });
        let capitals = pin.to_uppercase();
        let text = format!("{text}liveness_nets = [\"{capitals}\", \"{pin}\"]\nliveness_net_folder = \"{folder}\"\n");
        let loaded = read(&text).unwrap();
        assert_eq!(loaded.complaints, []);
        assert_eq!(
            loaded.settings,
            Settings {
                camera: Some("Desk: Cam".into()),
                camera_pinned: true,
                camera_turn_deg: 270,
                camera_mirrored: true,
                camera_testing: true,
                language: Some("pt-BR".into()),
                theme: Theme::HighContrast,
                text_percent: 150,
                reduced_motion: true,
                resident: true,
                verifiers: ["https://a.example", "http://127.0.0.1:9"].iter().map(|o| o.parse().unwrap()).collect(),
                liveness_nets: vec![pin],
                liveness_net_folder: Some(folder.into()),
            }
        );
        let none = read("camera = \"\"\nlanguage = \"\"\n").unwrap();
        assert_eq!(none, Loaded::default(), "empty text is no value");
    }

    #[test]
    fn reports_an_invalid_value_and_keeps_the_others() {
        let long = format!("camera = \"{}\"", "x".repeat(257));
        let nine = format!("liveness_nets = [{}]", format!("\"{}\",", "ab".repeat(32)).repeat(9));
        let rows: [(&str, &str, &str, SettingError); 29] = [
            ("camera a number", "camera = 0", "camera", SettingError::NotText),
            ("camera too long", &long, "camera", SettingError::Camera),
            ("camera with a line break", "camera = \"a\\nb\"", "camera", SettingError::Camera),
            ("camera of blanks", "camera = \"  \"", "camera", SettingError::Camera),
            ("pinned by a name", "camera_pinned = \"Desk\"", "camera_pinned", SettingError::NotYesOrNo),
            ("a turn between", "camera_turn_deg = 45", "camera_turn_deg", SettingError::CameraTurn),
            ("a turn the other way", "camera_turn_deg = -90", "camera_turn_deg", SettingError::CameraTurn),
            ("a full turn", "camera_turn_deg = 360", "camera_turn_deg", SettingError::CameraTurn),
            ("a turn in quotes", "camera_turn_deg = \"90\"", "camera_turn_deg", SettingError::CameraTurn),
            ("mirrored by number", "camera_mirrored = 1", "camera_mirrored", SettingError::NotYesOrNo),
            ("testing in words", "camera_testing = \"no\"", "camera_testing", SettingError::NotYesOrNo),
            ("language with a path", "language = \"../de\"", "language", SettingError::Language),
            ("language with an underscore", "language = \"pt_BR\"", "language", SettingError::Language),
            ("language of one letter", "language = \"x\"", "language", SettingError::Language),
            (
                "language without end",
                "language = \"de-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd\"",
                "language",
                SettingError::Language,
            ),
            ("theme unknown", "theme = \"Dark\"", "theme", SettingError::Theme),
            ("theme a table", "[theme]\nname = 1", "theme", SettingError::Theme),
            ("text too small", "text_percent = 99", "text_percent", SettingError::TextPercent),
            ("text too large", "text_percent = 201", "text_percent", SettingError::TextPercent),
            ("text far too large", "text_percent = 65636", "text_percent", SettingError::TextPercent),
            ("text with a fraction", "text_percent = 150.0", "text_percent", SettingError::TextPercent),
            ("motion in words", "reduced_motion = \"yes\"", "reduced_motion", SettingError::NotYesOrNo),
            ("verifiers alone", "verifiers = \"https://a.example\"", "verifiers", SettingError::NotAList),
            ("networks by name", "liveness_nets = \"student\"", "liveness_nets", SettingError::NotPins),
            ("nine networks", &nine, "liveness_nets", SettingError::NotPins),
            ("a folder from here", "liveness_net_folder = \"nets\"", "liveness_net_folder", SettingError::Folder),
            ("a folder by number", "liveness_net_folder = 1", "liveness_net_folder", SettingError::NotText),
            ("a misspelled key", "verifier = []", "verifier", SettingError::UnknownKey { meant: Some(Key::Verifiers) }),
            ("a table of a later version", "[kiosk]\nidle = 3", "kiosk", SettingError::UnknownKey { meant: None }),
        ];
        for (name, bad, key, fault) in rows {
            let loaded = read(&format!(
                "# mine\n\n{}{bad}\n",
                "text_percent = 120 # so\n".repeat(usize::from(!bad.starts_with("text")))
            ))
            .unwrap();
            let line = if bad.starts_with("text") { 3 } else { 4 };
            assert_eq!(loaded.complaints, [Complaint { line: Some(line), key: key.into(), fault }], "{name}");
            let percent = if bad.starts_with("text") { 100 } else { 120 };
            assert_eq!(loaded.settings, Settings { text_percent: percent, ..Settings::default() }, "{name}");
        }
    }

    #[test]
    fn reports_an_invalid_verifier_and_keeps_the_others() {
        let text =
            "verifiers = [\n  \"https://a.example\",\n  \"http://plain.example\",\n  7,\n  \"https://b.example\",\n]\n";
        let loaded = read(text).unwrap();
        let found: Vec<_> = loaded.complaints.iter().map(|c| (c.line, c.fault.clone())).collect();
        let insecure = SettingError::Verifier { entry: "http://plain.example".into(), why: OriginError::Insecure };
        assert_eq!(found, [(Some(3), insecure), (Some(4), SettingError::EntryNotText)]);
        let good: Vec<_> = loaded.settings.verifiers.iter().map(ToString::to_string).collect();
        assert_eq!(good, ["https://a.example", "https://b.example"]);
    }

    /// Each row: an entry of the list of verifiers, and what is said about it.
    #[test]
    fn says_which_verifier_is_wrong_and_why() {
        for (entry, expected) in [
            ("https://a.example/", "has the entry \"https://a.example/\": write https://a.example"),
            ("https://a.example:443", "has the entry \"https://a.example:443\": write https://a.example"),
            ("HTTPS://A.example", "has the entry \"HTTPS://A.example\": write https://a.example"),
            (
                "https://a.example/verify?x=1",
                "has the entry \"https://a.example/verify?x=1\": the address is more than scheme, host and port; write \
                 https://a.example",
            ),
            ("https://u:p@a.example", "the address is more than scheme, host and port"),
            ("http://a.example", "the address is neither https nor loopback http"),
            ("a.example", "has the entry \"a.example\": the address is not a URL; did you mean https://a.example?"),
            ("ftp://a.example", "the address is neither https nor loopback http"),
            ("", "has the entry \"\": the address is not a URL"),
            ("a\u{1b}b", "has the entry \"a\\u{1b}b\": the address is not a URL"),
        ] {
            let list = toml_edit::Array::from_iter([entry]);
            let loaded = read(&format!("\nverifiers = {list}\n")).unwrap();
            let [complaint] = &loaded.complaints[..] else { panic!("{entry}: {loaded:?}") };
            let text = complaint.to_string();
            assert!(text.starts_with("line 2: verifiers has the entry ") && text.contains(expected), "{entry}: {text}");
        }
    }

    #[test]
    fn reports_an_invalid_pin_and_keeps_the_others() {
        let pin = "0f".repeat(32);
        let text = format!("liveness_nets = [\n  \"{pin}\",\n  \"{}\",\n  7,\n]\n", &pin[1..]);
        let loaded = read(&text).unwrap();
        let found: Vec<_> = loaded.complaints.iter().map(|c| (c.line, c.fault.clone())).collect();
        let entry = pin.get(1..).unwrap().to_owned();
        assert_eq!(found, [(Some(3), SettingError::Pin { entry }), (Some(4), SettingError::EntryNotText)]);
        assert_eq!(loaded.settings.liveness_nets, [pin]);
    }

    #[test]
    fn reports_the_line_of_a_syntax_error() {
        let rows = [
            ("no value", "theme = \"dark\"\ncamera =\n", 2),
            ("a key twice", "theme = \"dark\"\n\ntheme = \"light\"\n", 3),
            ("no closing quote", "a = 1\nb = 2\ncamera = \"x\n", 3),
            ("not TOML at all", "{\"theme\": 1}", 1),
        ];
        for (name, text, expected) in rows {
            match read(text) {
                Err(SettingsFileError::NotToml { line, .. }) => assert_eq!(line, expected, "{name}"),
                other => panic!("{name}: {other:?}"),
            }
        }
    }

    #[test]
    fn complaints_escape_control_characters() {
        let complaint =
            Complaint { line: Some(3), key: "a\u{1b}[31m".into(), fault: SettingError::UnknownKey { meant: None } };
        assert_eq!(complaint.to_string(), "line 3: a\\u{1b}[31m is not a setting that this version knows");
        let long = Complaint { key: "a".repeat(60_000), ..complaint };
        assert_eq!(long.what(), format!("{} is not a setting that this version knows", "a".repeat(100)));
    }
}
