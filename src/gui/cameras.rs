//! Cameras as shown to the user: which one is in use, and how each is labeled.

use super::{
    bidi,
    words::{Arg, Words},
};
use countenance_client::settings::{Key, Settings, SettingsInUse};

/// A camera that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameraEntry {
    /// Identifier stored in the settings; stable across replugging and restarts.
    pub id: String,
    /// Display name; not necessarily unique.
    pub name: String,
    /// Whether it is a virtual (software) camera.
    pub stands_in: bool,
}

/// The camera named in `settings`, if it is connected.
pub(super) fn named<'c>(settings: &Settings, cameras: &'c [CameraEntry]) -> Option<&'c CameraEntry> {
    let wanted = settings.camera.as_deref()?;
    let by_id = cameras.iter().find(|camera| camera.id == wanted);
    by_id.or_else(|| cameras.iter().find(|camera| camera.name == wanted))
}

/// The camera that these settings open; `cameras` is in order of preference.
pub(super) fn used<'c>(settings: &Settings, cameras: &'c [CameraEntry]) -> Option<&'c CameraEntry> {
    named(settings, cameras).or_else(|| cameras.first().filter(|_| !settings.camera_pinned))
}

/// Whether the user may choose the camera.
pub(super) fn may_choose(settings: &SettingsInUse) -> bool {
    !settings.camera_pinned && settings.managed_by(Key::Camera).is_none()
}

/// Label of each camera: equal names are numbered, virtual cameras are marked as software.
pub(super) fn names(cameras: &[CameraEntry], words: &Words) -> Vec<String> {
    let name = |(i, camera): (usize, &CameraEntry)| {
        let is_twin = |other: &&CameraEntry| other.name == camera.name;
        let plain = if camera.name.trim().is_empty() { &camera.id } else { &camera.name };
        let told_apart = match cameras.iter().filter(is_twin).count() {
            0 | 1 => plain.clone(),
            _ => format!("{plain} ({})", cameras.iter().take(i + 1).filter(is_twin).count()),
        };
        if camera.stands_in {
            words.say_with("camera-software", &[("camera", Arg::Text(&told_apart))])
        } else {
            bidi::isolated(&told_apart, words.language().is_rtl()).into_owned()
        }
    };
    cameras.iter().enumerate().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::{super::words::Language, *};

    fn camera(id: &str, name: &str) -> CameraEntry {
        CameraEntry { id: id.into(), name: name.into(), stands_in: false }
    }

    #[test]
    fn disambiguates_equal_names_and_marks_virtual_cameras() {
        let played = CameraEntry { stands_in: true, ..camera("d", "Played") };
        let all = [camera("a", "Webcam"), camera("b", "Desk"), camera("c", "Webcam"), played, camera("e", " ")];
        let said = names(&all, &Words::new(Language::En));
        assert_eq!(said, ["Webcam (1)", "Desk", "Webcam (2)", "Played (software)", "e"]);
        let hostile = names(&[camera("a", "\u{202e}macbeW\n")], &Words::new(Language::En));
        assert_eq!(hostile, ["macbeW"]);
    }

    #[test]
    fn uses_the_configured_camera_or_the_first() {
        let all = [camera("a", "Webcam"), camera("b", "a"), camera("c", "Desk")];
        let rows = [
            ("no choice", None, false, Some("a")),
            ("an id before a name", Some("a"), false, Some("a")),
            ("by id", Some("c"), false, Some("c")),
            ("by name", Some("Desk"), false, Some("c")),
            ("gone", Some("x"), false, Some("a")),
            ("pinned", Some("b"), true, Some("b")),
            ("pinned and gone", Some("x"), true, None),
        ];
        for (name, wanted, camera_pinned, expected) in rows {
            let settings = Settings { camera: wanted.map(Into::into), camera_pinned, ..Settings::default() };
            assert_eq!(used(&settings, &all).map(|camera| camera.id.as_str()), expected, "{name}");
        }
        assert_eq!(used(&Settings::default(), &[]), None);
    }
}
