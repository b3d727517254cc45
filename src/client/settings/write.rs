//! Writes the settings: changes only what differs from the file, and preserves comments.

use toml_edit::{Array, DocumentMut, Item, Value};

use super::{
    Settings, SettingsFileError,
    read::{
        self, CAMERA, CAMERA_MIRRORED, CAMERA_PINNED, CAMERA_TESTING, CAMERA_TURN, LANGUAGE, MOTION, NET_FOLDER, NETS,
        TEXT, THEME, VERIFIERS, line_at,
    },
};

/// `before`, updated with `settings`.
pub(super) fn write(before: &str, settings: &Settings) -> Result<String, SettingsFileError> {
    let said = read::read(before)?.settings;
    if said == *settings {
        return Ok(before.to_owned());
    }
    let mut document: DocumentMut = before.parse().map_err(|e| SettingsFileError::of_toml(before, e))?;
    let mut set = |key: &'static str, differs: bool, value: Value| {
        if differs { put(&mut document, before, key, value) } else { Ok(()) }
    };
    // No choice is written as the empty string: removing the key would also remove the comment above it.
    let text = |choice: &Option<String>| Value::from(choice.as_deref().unwrap_or_default());
    set(CAMERA, settings.camera != said.camera, text(&settings.camera))?;
    set(CAMERA_PINNED, settings.camera_pinned != said.camera_pinned, settings.camera_pinned.into())?;
    let turn = i64::from(settings.camera_turn_deg);
    set(CAMERA_TURN, settings.camera_turn_deg != said.camera_turn_deg, turn.into())?;
    set(CAMERA_MIRRORED, settings.camera_mirrored != said.camera_mirrored, settings.camera_mirrored.into())?;
    set(CAMERA_TESTING, settings.camera_testing != said.camera_testing, settings.camera_testing.into())?;
    set(LANGUAGE, settings.language != said.language, text(&settings.language))?;
    set(THEME, settings.theme != said.theme, settings.theme.name().into())?;
    set(TEXT, settings.text_percent != said.text_percent, i64::from(settings.text_percent).into())?;
    set(MOTION, settings.reduced_motion != said.reduced_motion, settings.reduced_motion.into())?;
    let verifiers: Array = settings.verifiers.iter().map(ToString::to_string).collect();
    set(VERIFIERS, settings.verifiers != said.verifiers, verifiers.into())?;
    let nets: Array = settings.liveness_nets.iter().map(String::as_str).collect();
    set(NETS, settings.liveness_nets != said.liveness_nets, nets.into())?;
    // A path from the file is UTF-8; one that is not cannot be written.
    let folder = settings.liveness_net_folder.as_deref().and_then(std::path::Path::to_str).unwrap_or_default();
    set(NET_FOLDER, settings.liveness_net_folder != said.liveness_net_folder, folder.into())?;
    Ok(document.to_string())
}

/// Replaces the value of `key`, or adds it; keeps surrounding whitespace and comments.
fn put(document: &mut DocumentMut, before: &str, key: &'static str, mut value: Value) -> Result<(), SettingsFileError> {
    match document.get_mut(key) {
        None => {
            document.insert(key, Item::Value(value));
        }
        Some(Item::Value(old)) if !is_dotted(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        // A table written by the user: replacing it would lose its contents.
        Some(_) => return Err(SettingsFileError::Occupied { key, line: line_of(before, key) }),
    }
    Ok(())
}

/// `theme.name = …` is a dotted key, that is, a table.
fn is_dotted(value: &Value) -> bool {
    value.is_inline_table()
}

fn line_of(before: &str, key: &str) -> usize {
    let document = toml_edit::Document::parse(before).ok();
    let span = document.as_ref().and_then(|document| document.as_table().key(key)?.span());
    line_at(before, span.map_or(0, |span| span.start))
}

#[cfg(test)]
mod tests {
    use super::{super::Theme, *};

    fn settings(change: impl FnOnce(&mut Settings)) -> Settings {
        let mut settings = Settings::default();
        change(&mut settings);
        settings
    }

    #[test]
    fn changes_only_the_edited_settings() {
        type Change = fn(&mut Settings);
        let rows: [(&str, &str, Change, &str); 9] = [
            ("nothing", "# hi\nnew = 1\ntext_percent = 999\n", |_| (), "# hi\nnew = 1\ntext_percent = 999\n"),
            ("a first choice", "", |s| s.theme = Theme::Dark, "theme = \"dark\"\n"),
            (
                "another choice, between comments",
                "# above\ntheme   =  'light'  # beside\n# below\n",
                |s| s.theme = Theme::Dark,
                "# above\ntheme   =  \"dark\"  # beside\n# below\n",
            ),
            (
                "no choice any more",
                "# my camera\ncamera = \"A\" # old\n",
                |s| s.camera = None,
                "# my camera\ncamera = \"\" # old\n",
            ),
            (
                "a camera's place, beside what binds it",
                "camera_pinned = true # bolted on\ncamera_turn_deg = 45\n",
                |s| {
                    s.camera_pinned = true;
                    s.camera_turn_deg = 180;
                    s.camera_mirrored = true;
                },
                "camera_pinned = true # bolted on\ncamera_turn_deg = 180\ncamera_mirrored = true\n",
            ),
            (
                "a new key before sections that are not ours",
                "a = 1\n\n[kiosk] # mine\nidle = 3\n",
                |s| s.reduced_motion = true,
                "a = 1\nreduced_motion = true\n\n[kiosk] # mine\nidle = 3\n",
            ),
            (
                "a bad value gives way to a choice",
                "text_percent = \"big\" # why not\n",
                |s| s.text_percent = 140,
                "text_percent = 140 # why not\n",
            ),
            (
                "verifiers with a bad entry, untouched",
                "verifiers = [\"https://a.example\", 7] # ours\n",
                |s| {
                    s.verifiers = std::iter::once("https://a.example".parse().unwrap()).collect();
                    s.language = Some("de".into());
                },
                "verifiers = [\"https://a.example\", 7] # ours\nlanguage = \"de\"\n",
            ),
            ("a value back to its default", "text_percent = 150\n", |_| (), "text_percent = 100\n"),
        ];
        for (name, before, change, after) in rows {
            assert_eq!(write(before, &settings(change)).unwrap(), after, "{name}");
        }
    }

    #[test]
    fn reports_a_table_in_place_of_a_value() {
        for (name, before, expected) in [
            ("section", "a = 1\n[theme]\nname = 1\n", 2),
            ("dotted key", "a = 1\nb = 2\ntheme.name = 1\n", 3),
            ("inline table", "theme = { name = 1 }\n", 1),
            ("list of sections", "[[theme]]\nname = 1\n", 1),
        ] {
            match write(before, &settings(|s| s.theme = Theme::Dark)) {
                Err(SettingsFileError::Occupied { key: "theme", line }) => assert_eq!(line, expected, "{name}"),
                other => panic!("{name}: {other:?}"),
            }
        }
    }

    #[test]
    fn written_settings_round_trip() {
        let all = Settings {
            camera: Some("A \"quoted\" \\ camera, ünï".into()),
            camera_pinned: true,
            camera_turn_deg: 90,
            camera_mirrored: true,
            camera_testing: true,
            language: Some("ar".into()),
            theme: Theme::HighContrast,
            text_percent: 200,
            reduced_motion: true,
            verifiers: ["https://a.example", "http://[::1]:8080"].iter().map(|o| o.parse().unwrap()).collect(),
            liveness_nets: vec!["0f".repeat(32), "ab".repeat(32)],
            liveness_net_folder: Some(if cfg!(windows) { r"C:\nets" } else { "/srv/nets" }.into()),
        };
        let text = write("", &all).unwrap();
        let again = read::read(&text).unwrap();
        assert_eq!((again.settings, again.complaints.len()), (all, 0), "{text}");
    }
}
