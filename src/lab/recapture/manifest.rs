//! Writes the manifest of a labeled set for `countenance-lab evaluate`: TOML with one table per clip.
//!
//! The `expected` decision is left out: a simulated attack sets no expectation.

use std::fmt::Write as _;

/// The entry of one clip.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// Path relative to the manifest, separated by `/`.
    pub(super) path: String,
    /// Attack species; `None` for bona fide.
    pub(super) species: Option<&'static str>,
    /// What holds the instrument.
    pub(super) support: Option<&'static str>,
    /// Identifier of the person shown.
    pub(super) subject: String,
    /// Name of the camera, if simulated.
    pub(super) camera: Option<String>,
    /// Lighting.
    pub(super) light: Option<&'static str>,
    /// License of the clip.
    pub(super) licence: Option<String>,
    /// Maximum number of frames to read.
    pub(super) frames: Option<u64>,
}

/// The manifest of `entries`, preceded by a one-line comment `heading`.
pub(super) fn text(heading: &str, entries: &[Entry]) -> String {
    let mut text = format!("# {heading}\n");
    for entry in entries {
        let label = if entry.species.is_some() { "attack" } else { "bona_fide" };
        let fields = [
            ("path", Some(entry.path.as_str())),
            ("label", Some(label)),
            ("species", entry.species),
            ("support", entry.support),
            ("subject", Some(entry.subject.as_str())),
            ("camera", entry.camera.as_deref()),
            ("light", entry.light),
            ("licence", entry.licence.as_deref()),
        ];
        text.push_str("\n[[clip]]\n");
        for (key, value) in fields {
            if let Some(value) = value {
                text.push_str(key);
                text.push_str(" = ");
                text.push_str(&quoted(value));
                text.push('\n');
            }
        }
        if let Some(frames) = entry.frames {
            // Writing to a string cannot fail.
            writeln!(text, "frames = {frames}").ok();
        }
    }
    text
}

/// A TOML basic string: JSON escapes, plus DEL.
fn quoted(value: &str) -> String {
    serde_json::Value::from(value).to_string().replace('\u{7f}', "\\u007F")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_manifests_parse_as_toml() {
        let odd = "a \"b\" \\ \u{7f} \n ü";
        let entries = [
            Entry {
                path: "attack_print/0000.avi".into(),
                species: Some("print"),
                support: Some("hand"),
                subject: odd.into(),
                frames: Some(9),
                ..Entry::default()
            },
            Entry { path: "bona_fide/b.mp4".into(), subject: "b".into(), ..Entry::default() },
        ];
        let read: toml::Table = text("Two clips", &entries).parse().unwrap();
        let clips = read["clip"].as_array().unwrap();
        assert_eq!(clips.len(), 2);
        assert_eq!((clips[0]["subject"].as_str(), clips[0]["frames"].as_integer()), (Some(odd), Some(9)));
        assert_eq!((clips[0]["label"].as_str(), clips[1]["label"].as_str()), (Some("attack"), Some("bona_fide")));
        assert!(clips[1].get("species").is_none() && clips[1].get("light").is_none());
    }
}
