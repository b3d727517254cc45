//! What is managed for the whole machine, over what the kiosk's own files say.

use std::path::PathBuf;

use super::{ConfigComplaint, ConfigFault, LoadedConfig};
use countenance_client::settings::{Key, Managed, Settings};

/// The file that a kiosk's own settings are usually in.
const FILE: &str = "kiosk.toml";

impl LoadedConfig {
    /// Puts what is `managed` in place of what the files say, and names what differs.
    pub fn obey(&mut self, managed: &Managed) {
        let config = &mut self.config;
        let mut values = Settings {
            camera: config.camera.clone(),
            camera_turn_deg: config.camera_turn_deg.unwrap_or_default(),
            camera_testing: config.camera_testing,
            verifiers: config.verifiers.clone(),
            ..Settings::default()
        };
        managed.apply(&mut values);
        let mut overrides = |key: Key, says_otherwise: bool| {
            let place = managed.place(key);
            if let Some(place) = place.filter(|_| says_otherwise) {
                let fault = ConfigFault::Managed { place: place.clone() };
                self.complaints.push(ConfigComplaint {
                    file: PathBuf::from(FILE),
                    line: None,
                    key: key.name().to_owned(),
                    fault,
                });
            }
            place.is_some()
        };
        let says = config.camera.is_some() && config.camera != values.camera;
        if overrides(Key::Camera, says) {
            config.camera = values.camera;
        }
        let says = config.camera_turn_deg.is_some_and(|turn| turn != values.camera_turn_deg);
        if overrides(Key::CameraTurn, says) {
            config.camera_turn_deg = Some(values.camera_turn_deg);
        }
        let says = config.camera_testing && !values.camera_testing;
        if overrides(Key::CameraTesting, says) {
            config.camera_testing = values.camera_testing;
        }
        let says = config.verifiers.iter().next().is_some() && config.verifiers != values.verifiers;
        if overrides(Key::Verifiers, says) {
            config.verifiers = values.verifiers;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::KioskConfig, *};

    #[test]
    fn what_is_managed_wins_and_what_differs_is_named() {
        let origins = |all: &[&str]| all.iter().map(|origin| origin.parse().unwrap()).collect();
        let config = KioskConfig {
            camera: Some("bolted".into()),
            camera_turn_deg: Some(90),
            camera_testing: true,
            verifiers: origins(&["https://own.example"]),
            attended: true,
            ..KioskConfig::default()
        };
        let values = Settings {
            camera: Some("bolted".into()),
            verifiers: origins(&["https://managed.example"]),
            ..Settings::default()
        };
        let keys = [Key::Camera, Key::CameraTurn, Key::CameraTesting, Key::Verifiers];
        let managed = Managed::deciding("/etc/countenance/settings.toml", keys, values);
        let mut loaded = LoadedConfig { config: config.clone(), ..LoadedConfig::default() };
        loaded.obey(&managed);
        let obeyed = KioskConfig {
            camera_turn_deg: Some(0),
            camera_testing: false,
            verifiers: origins(&["https://managed.example"]),
            ..config.clone()
        };
        assert_eq!(loaded.config, obeyed);
        let said: Vec<_> = loaded.complaints.iter().map(ToString::to_string).collect();
        let expected = ["camera_turn_deg", "camera_testing", "verifiers"]
            .map(|key| format!("kiosk.toml: {key} does not apply: /etc/countenance/settings.toml decides it"));
        assert_eq!(said, expected);

        let mut loaded = LoadedConfig { config: config.clone(), ..LoadedConfig::default() };
        loaded.obey(&Managed::default());
        assert_eq!((loaded.config, loaded.complaints.len()), (config, 0));
        // What the files leave open is filled in without a word.
        let mut loaded = LoadedConfig::default();
        loaded.obey(&managed);
        assert_eq!((loaded.config.camera.as_deref(), loaded.complaints.len()), (Some("bolted"), 0));
    }
}
