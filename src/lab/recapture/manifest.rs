//! The list of a labelled set, as `countenance-lab evaluate` reads it: a TOML file with a table for each clip.
//!
//! What a login must lead to (`expected`) is left out: a simulation demands nothing of the decision.

use std::fmt::Write as _;

/// One clip's entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// Below the manifest's folder, `/` between the parts.
    pub(super) path: String,
    /// The attack's species; none for a person.
    pub(super) species: Option<&'static str>,
    /// What holds the instrument.
    pub(super) support: Option<&'static str>,
    /// Who is shown.
    pub(super) subject: String,
    /// What took it, as far as it is simulated.
    pub(super) camera: Option<String>,
    /// Under what light.
    pub(super) light: Option<&'static str>,
    /// Under what licence it may be used.
    pub(super) licence: Option<String>,
    /// Read only so many frames.
    pub(super) frames: Option<u64>,
}

/// The text of a manifest of `entries`, after a `heading` of one line.
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

/// A basic string of TOML: as in JSON, but that DEL is escaped too.
fn quoted(value: &str) -> String {
    serde_json::Value::from(value).to_string().replace('\u{7f}', "\\u007F")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
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
