//! Parses the settings. Each key is read independently, so that one invalid value does not affect the others.

use std::path::PathBuf;

use toml_edit::{Document, Item};

use super::{
    CAMERA_TURNS_DEG, Complaint, LIVENESS_NETS_MAX, Loaded, SettingError, Settings, SettingsFileError, TEXT_PERCENT,
    Theme,
};
use crate::session::origin::{AllowedOrigins, Origin};
use countenance_core::policy::is_sha256_hex;

pub(super) const CAMERA: &str = "camera";
pub(super) const CAMERA_PINNED: &str = "camera_pinned";
pub(super) const CAMERA_TURN: &str = "camera_turn_deg";
pub(super) const CAMERA_MIRRORED: &str = "camera_mirrored";
pub(super) const CAMERA_TESTING: &str = "camera_testing";
pub(super) const LANGUAGE: &str = "language";
pub(super) const THEME: &str = "theme";
pub(super) const TEXT: &str = "text_percent";
pub(super) const MOTION: &str = "reduced_motion";
pub(super) const VERIFIERS: &str = "verifiers";
pub(super) const NETS: &str = "liveness_nets";
pub(super) const NET_FOLDER: &str = "liveness_net_folder";

/// Maximum length of a camera's ID or name, characters.
const CAMERA_MAX_CHARS: usize = 256;
/// Maximum length of a language tag, bytes: RFC 5646 recommends at least 35.
const LANGUAGE_MAX_BYTES: usize = 35;

/// Parses `text`.
pub(super) fn read(text: &str) -> Result<Loaded, SettingsFileError> {
    let document = Document::parse(text).map_err(|e| SettingsFileError::of_toml(text, e))?;
    let mut loaded = Loaded::default();
    for (key, item) in document.iter() {
        let span = item.span().or_else(|| document.as_table().key(key).and_then(toml_edit::Key::span));
        let mut complain = |fault, offset: Option<usize>| {
            let offset = offset.or(span.as_ref().map(|s| s.start)).unwrap_or_default();
            loaded.complaints.push(Complaint { line: line_at(text, offset), key: key.to_owned(), fault });
        };
        if let Err(fault) = take(&mut loaded.settings, key, item, &mut complain) {
            complain(fault, None);
        }
    }
    loaded.complaints.sort_by_key(|complaint| complaint.line);
    Ok(loaded)
}

/// Stores one value; calls `complain` for invalid entries within it, with their byte offset.
fn take(
    settings: &mut Settings,
    key: &str,
    item: &Item,
    complain: &mut impl FnMut(SettingError, Option<usize>),
) -> Result<(), SettingError> {
    match key {
        CAMERA => settings.camera = chosen(item)?.map(camera).transpose()?,
        CAMERA_PINNED => settings.camera_pinned = yes_or_no(item)?,
        CAMERA_TURN => {
            let turn = item.as_integer().and_then(|degrees| u16::try_from(degrees).ok());
            settings.camera_turn_deg = turn.filter(|t| CAMERA_TURNS_DEG.contains(t)).ok_or(SettingError::CameraTurn)?;
        }
        CAMERA_MIRRORED => settings.camera_mirrored = yes_or_no(item)?,
        CAMERA_TESTING => settings.camera_testing = yes_or_no(item)?,
        LANGUAGE => settings.language = chosen(item)?.map(language).transpose()?,
        THEME => {
            let name = item.as_str().ok_or(SettingError::Theme)?;
            settings.theme = Theme::ALL.into_iter().find(|theme| theme.name() == name).ok_or(SettingError::Theme)?;
        }
        TEXT => {
            let percent = item.as_integer().and_then(|percent| u16::try_from(percent).ok());
            settings.text_percent = percent.filter(|p| TEXT_PERCENT.contains(p)).ok_or(SettingError::TextPercent)?;
        }
        MOTION => settings.reduced_motion = yes_or_no(item)?,
        VERIFIERS => settings.verifiers = verifiers(item, complain)?,
        NETS => settings.liveness_nets = pins(item, complain)?,
        NET_FOLDER => settings.liveness_net_folder = chosen(item)?.map(folder).transpose()?,
        _ => return Err(SettingError::UnknownKey),
    }
    Ok(())
}

/// A string; the empty one means no choice.
fn chosen(item: &Item) -> Result<Option<&str>, SettingError> {
    item.as_str().map(|text| Some(text).filter(|text| !text.is_empty())).ok_or(SettingError::NotText)
}

fn yes_or_no(item: &Item) -> Result<bool, SettingError> {
    item.as_bool().ok_or(SettingError::NotYesOrNo)
}

fn camera(name: &str) -> Result<String, SettingError> {
    if is_camera_name(name) { Ok(name.to_owned()) } else { Err(SettingError::Camera) }
}

/// Whether `name` can be the ID or name of a camera: 1 to 256 characters, none of them a control character.
pub fn is_camera_name(name: &str) -> bool {
    let fits = name.chars().count() <= CAMERA_MAX_CHARS && !name.chars().any(char::is_control);
    fits && !name.trim().is_empty()
}

fn language(tag: &str) -> Result<String, SettingError> {
    if is_language_tag(tag) { Ok(tag.to_owned()) } else { Err(SettingError::Language) }
}

/// Whether `tag` has the form of a BCP 47 tag; the catalogs decide whether the language is available.
pub fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary =
        parts.next().is_some_and(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()));
    let rest = parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    primary && rest && tag.len() <= LANGUAGE_MAX_BYTES
}

fn verifiers(
    item: &Item,
    complain: &mut impl FnMut(SettingError, Option<usize>),
) -> Result<AllowedOrigins, SettingError> {
    let list = item.as_array().ok_or(SettingError::NotAList)?;
    let mut good = Vec::new();
    for entry in list {
        let at = entry.span().map(|span| span.start);
        let Some(entry) = entry.as_str() else {
            complain(SettingError::EntryNotText, at);
            continue;
        };
        match entry.parse::<Origin>() {
            Ok(origin) => good.push(origin),
            Err(why) => complain(SettingError::Verifier { entry: shortened(entry), why }, at),
        }
    }
    Ok(good.into_iter().collect())
}

/// Normalizes to lowercase, since some tools print a SHA-256 in uppercase, and removes duplicates.
fn pins(item: &Item, complain: &mut impl FnMut(SettingError, Option<usize>)) -> Result<Vec<String>, SettingError> {
    let list = item.as_array().filter(|list| list.len() <= LIVENESS_NETS_MAX).ok_or(SettingError::NotPins)?;
    let mut good = Vec::new();
    for entry in list {
        let at = entry.span().map(|span| span.start);
        match entry.as_str().map(str::to_ascii_lowercase) {
            Some(pin) if good.contains(&pin) => {}
            Some(pin) if is_sha256_hex(&pin) => good.push(pin),
            Some(pin) => complain(SettingError::Pin { entry: shortened(&pin) }, at),
            None => complain(SettingError::EntryNotText, at),
        }
    }
    Ok(good)
}

/// A key or an entry, for a message.
pub(super) fn shortened(entry: &str) -> String {
    const MAX_CHARS: usize = 100;
    entry.chars().take(MAX_CHARS).collect()
}

/// Must be absolute: a relative path would depend on the working directory.
fn folder(text: &str) -> Result<PathBuf, SettingError> {
    let path = PathBuf::from(text);
    if path.is_absolute() && !text.chars().any(char::is_control) { Ok(path) } else { Err(SettingError::Folder) }
}

/// The line of the byte at `offset`, counted from 1.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::origin::OriginError;

    #[test]
    fn reads_all_settings() {
        let text = "camera = \"Desk: Cam\"\ncamera_pinned = true\ncamera_turn_deg = 270\ncamera_mirrored = true\n\
                    camera_testing = true\nlanguage = \"pt-BR\"\ntheme = \"high-contrast\"\ntext_percent = 150\n\
                    reduced_motion = true\nverifiers = [\"https://a.example\", \"http://127.0.0.1:9\"]\n";
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
            ("a misspelled key", "verifier = []", "verifier", SettingError::UnknownKey),
            ("a table of a later version", "[kiosk]\nidle = 3", "kiosk", SettingError::UnknownKey),
        ];
        for (name, bad, key, fault) in rows {
            let loaded = read(&format!(
                "# mine\n\n{}{bad}\n",
                "text_percent = 120 # so\n".repeat(usize::from(!bad.starts_with("text")))
            ))
            .unwrap();
            let line = if bad.starts_with("text") { 3 } else { 4 };
            assert_eq!(loaded.complaints, [Complaint { line, key: key.into(), fault }], "{name}");
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
        assert_eq!(found, [(3, insecure), (4, SettingError::EntryNotText)]);
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
        assert_eq!(found, [(3, SettingError::Pin { entry }), (4, SettingError::EntryNotText)]);
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
        let complaint = Complaint { line: 3, key: "a\u{1b}[31m".into(), fault: SettingError::UnknownKey };
        assert_eq!(complaint.to_string(), "line 3: a\\u{1b}[31m is not a setting that this version knows");
        let long = Complaint { key: "a".repeat(60_000), ..complaint };
        assert_eq!(long.what(), format!("{} is not a setting that this version knows", "a".repeat(100)));
    }
}
