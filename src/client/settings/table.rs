//! The one declaration of every setting: name in the file, type, default, how its value is written, and what applies where
//! an administrator's value cannot be used. Struct, keys, reading, writing, management and the policy's template follow.

use std::path::PathBuf;

use toml_edit::Value;

use super::{
    SettingError, TEXT_PERCENT, Theme,
    forms::{
        CameraName, Complain, Folder, Form, Given, LanguageTag, Origins, Percent, Pins, Shape, ThemeName, Turn, YesOrNo,
    },
};
use crate::session::origin::AllowedOrigins;

/// Maximum length of a name for which the nearest setting is looked for, bytes: those of settings have up to 19.
const NEAR_MAX_BYTES: usize = 64;
/// From which likeness on one name was probably meant by another, as a share of its letters. Our choice: one in four or so
/// may differ.
const NEAR: f64 = 0.7;

/// What applies in place of an administrator's value that cannot be used.
enum OnFault<T> {
    /// This value, which nobody can change: it opens nothing that the administrator may have meant to close.
    Closed(T),
    /// What the user has chosen: it is about comfort only.
    User,
}
use OnFault::{Closed, User};

/// Declares the settings, in the order of a new file: key, field, type, default, form, value on fault. The field's name is
/// that of the setting.
macro_rules! settings {
    ($($(#[$doc:meta])* $key:ident $field:ident: $type:ty = $default:expr, $form:ty, $on_fault:expr;)*) => {
        /// The settings.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Settings { $($(#[$doc])* pub $field: $type,)* }

        impl Default for Settings {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        countenance_core::enumeration! {
            /// A setting.
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
            pub enum Key { $($(#[$doc])* $key,)* }
        }

        impl Key {
            /// Its name in files, policies and preferences.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$key => stringify!($field),)* }
            }

            /// What a value of it looks like.
            pub const fn shape(self) -> Shape {
                match self { $(Self::$key => <$form as Form>::SHAPE,)* }
            }

            /// Stores a value; calls `complain` for invalid entries within it.
            pub(super) fn read(
                self,
                given: &Given<'_>,
                into: &mut Settings,
                complain: &mut Complain<'_>,
            ) -> Result<(), SettingError> {
                match self { $(Self::$key => into.$field = <$form as Form>::read(given, complain)?,)* }
                Ok(())
            }

            /// Its value in `settings`, as in a file.
            pub(super) fn value(self, settings: &Settings) -> Value {
                match self { $(Self::$key => <$form as Form>::write(&settings.$field),)* }
            }

            /// Whether the two have different values.
            pub(super) fn differs(self, a: &Settings, b: &Settings) -> bool {
                match self { $(Self::$key => a.$field != b.$field,)* }
            }

            /// Copies its value.
            pub(super) fn copy(self, from: &Settings, into: &mut Settings) {
                match self { $(Self::$key => into.$field.clone_from(&from.$field),)* }
            }

            /// Sets what applies where an administrator's value cannot be used; false if that is the user's choice.
            pub(super) fn close(self, settings: &mut Settings) -> bool {
                match self {
                    $(Self::$key => {
                        let on_fault: OnFault<$type> = $on_fault;
                        match on_fault {
                            Closed(value) => settings.$field = value,
                            User => return false,
                        }
                    })*
                }
                true
            }
        }
    };
}
settings! {
    /// The camera's ID, or its name if no camera has that ID; the first camera if `None`. 1 to 256 characters, no
    /// control characters.
    Camera camera: Option<String> = None, CameraName, Closed(None);
    /// Whether any other camera is rejected. Not editable in the window. Without [`camera`](Settings::camera), every
    /// camera is rejected. Managed without it, the user's camera is pinned.
    CameraPinned camera_pinned: bool = false, YesOrNo, Closed(true);
    /// Clockwise rotation applied to the camera's image, degrees: one of [`CAMERA_TURNS_DEG`](super::CAMERA_TURNS_DEG).
    CameraTurn camera_turn_deg: u16 = 0, Turn, User;
    /// Whether the camera delivers a mirrored image. Independent of how the preview is shown.
    CameraMirrored camera_mirrored: bool = false, YesOrNo, User;
    /// Whether a virtual camera is accepted, for tests; the attestation reports it. Not editable in the window.
    CameraTesting camera_testing: bool = false, YesOrNo, Closed(false);
    /// Language of the user interface, a BCP 47 tag; the system's if `None`.
    Language language: Option<String> = None, LanguageTag, User;
    /// Color theme.
    Theme theme: Theme = Theme::default(), ThemeName, User;
    /// Text size in percent, within [`TEXT_PERCENT`].
    TextPercent text_percent: u16 = *TEXT_PERCENT.start(), Percent, User;
    /// Whether animations are turned off.
    ReducedMotion reduced_motion: bool = false, YesOrNo, User;
    /// Whether the program stays ready in the background from login on, so that the window opens at once. Without effect
    /// on macOS.
    Resident resident: bool = false, YesOrNo, User;
    /// The verifiers that links may name. Not editable in the window.
    Verifiers verifiers: AllowedOrigins = AllowedOrigins::default(), Origins, Closed(AllowedOrigins::default());
    /// The added liveness networks: SHA-256 of each contract, 64 lowercase hex digits. At most
    /// [`LIVENESS_NETS_MAX`](super::LIVENESS_NETS_MAX). Not editable in the window.
    LivenessNets liveness_nets: Vec<String> = Vec::new(), Pins, Closed(Vec::new());
    /// Folder of these networks, an absolute path; `nets` in the application data folder if `None`.
    LivenessNetFolder liveness_net_folder: Option<PathBuf> = None, Folder, Closed(None);
}

impl Key {
    /// The setting with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// The setting that was probably meant by `name`, which is none of them.
    pub(super) fn near(name: &str) -> Option<Self> {
        if name.len() > NEAR_MAX_BYTES {
            return None;
        }
        // As people write them elsewhere: `cameraTesting`, `Camera-Testing`.
        let plain = |name: &str| name.replace(['_', '-', ' '], "").to_ascii_lowercase();
        let likeness = |key: Self| strsim::normalized_damerau_levenshtein(&plain(name), &plain(key.name()));
        let nearest = Self::ALL.into_iter().map(|key| (likeness(key), key)).max_by(|a, b| a.0.total_cmp(&b.0));
        nearest.filter(|(likeness, _)| *likeness >= NEAR).map(|(_, key)| key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What protects is closed, whatever it was; what is about comfort stays as it was.
    #[test]
    fn a_value_that_cannot_be_used_opens_nothing() {
        let open = Settings {
            camera: Some("any".into()),
            camera_turn_deg: 90,
            camera_testing: true,
            text_percent: 150,
            verifiers: std::iter::once("https://evil.example".parse().unwrap()).collect(),
            liveness_nets: vec!["ab".repeat(32)],
            liveness_net_folder: Some("/tmp".into()),
            ..Settings::default()
        };
        let mut closed = open.clone();
        let of_user: Vec<_> = Key::ALL.into_iter().filter(|key| !key.close(&mut closed)).map(Key::name).collect();
        let expected =
            ["camera_turn_deg", "camera_mirrored", "language", "theme", "text_percent", "reduced_motion", "resident"];
        assert_eq!(of_user, expected);
        let safe = Settings { camera_pinned: true, camera_turn_deg: 90, text_percent: 150, ..Settings::default() };
        assert_eq!(closed, safe);
    }

    /// Each row: an unknown name, and the setting that was meant.
    #[test]
    fn a_misspelled_name_finds_the_setting_that_was_meant() {
        for (name, meant) in [
            ("verifier", Some(Key::Verifiers)),
            ("verifers", Some(Key::Verifiers)),
            ("Verifiers", Some(Key::Verifiers)),
            ("camera-testing", Some(Key::CameraTesting)),
            ("cameraPinned", Some(Key::CameraPinned)),
            ("camera_pined", Some(Key::CameraPinned)),
            ("camera_turn", Some(Key::CameraTurn)),
            ("camera_name", None),
            ("liveness_net", Some(Key::LivenessNets)),
            ("text_size", None),
            ("kiosk", None),
            ("idle_secs", None),
            ("", None),
            ("verifiersssssssssssssssssssssssssssssssssssssssssssssssssssssssss", None),
        ] {
            assert_eq!(Key::near(name), meant, "{name}");
        }
        assert!(Key::ALL.into_iter().all(|key| key.name().len() <= NEAR_MAX_BYTES));
    }
}
