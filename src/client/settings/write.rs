//! Writes the settings: changes only what differs from the file, and preserves comments.

use toml_edit::{DocumentMut, Item, Value};

use super::{
    Key, Managed, Settings, SettingsFileError,
    read::{self, line_at},
};

/// `before`, updated with `settings`, except for what an administrator decides: the user's own value of it stays.
pub(super) fn write(before: &str, settings: &Settings, managed: &Managed) -> Result<String, SettingsFileError> {
    let said = read::read(before)?.settings;
    let is_changed = |key: &Key| managed.place(*key).is_none() && key.differs(settings, &said);
    let changed: Vec<_> = Key::ALL.into_iter().filter(is_changed).collect();
    if changed.is_empty() {
        return Ok(before.to_owned());
    }
    let mut document: DocumentMut = before.parse().map_err(|e| SettingsFileError::of_toml(before, e))?;
    for key in changed {
        put(&mut document, before, key.name(), key.value(settings))?;
    }
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
            assert_eq!(write(before, &settings(change), &Managed::default()).unwrap(), after, "{name}");
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
            match write(before, &settings(|s| s.theme = Theme::Dark), &Managed::default()) {
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
            resident: true,
            verifiers: ["https://a.example", "http://[::1]:8080"].iter().map(|o| o.parse().unwrap()).collect(),
            liveness_nets: vec!["0f".repeat(32), "ab".repeat(32)],
            liveness_net_folder: Some(if cfg!(windows) { r"C:\nets" } else { "/srv/nets" }.into()),
        };
        let text = write("", &all, &Managed::default()).unwrap();
        let again = read::read(&text).unwrap();
        assert_eq!((again.settings, again.complaints.len()), (all, 0), "{text}");
    }
}
