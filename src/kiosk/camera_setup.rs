//! The camera as an operator has set it up at the kiosk's own screen: kept in the data folder, since the configuration's
//! files belong to the administrator and are read-only. What those files say has precedence, and above them what is managed
//! for the whole machine.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use countenance_client::settings::{Key, Loaded, Managed, Settings, SettingsError, SettingsInUse};

use crate::config::KioskConfig;

/// Name of the file in the data folder.
pub const CAMERA_FILE: &str = "camera.toml";

/// What the configuration's files say of the camera, or what is managed, so that an operator cannot change it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fixed {
    /// Which camera.
    pub camera: bool,
    /// How its image is turned.
    pub turn: bool,
}

/// The camera's setup, shared by the window and what looks after the camera.
#[derive(Debug)]
pub struct CameraSetup {
    path: PathBuf,
    fixed: Fixed,
    settings: Mutex<SettingsInUse>,
}

impl CameraSetup {
    /// What is `managed`, then what `config` says, and where both say nothing, what an operator has chosen before, from the
    /// folder `data`. Also returns what of the operator's file was left out, a sentence each.
    pub fn load(config: &KioskConfig, managed: Managed, data: &Path) -> (Self, Vec<String>) {
        let path = data.join(CAMERA_FILE);
        let decides = |key| managed.place(key).is_some();
        let fixed = Fixed {
            camera: config.camera.is_some() || decides(Key::Camera) || decides(Key::CameraPinned),
            turn: config.camera_turn_deg.is_some() || decides(Key::CameraTurn),
        };
        let named = |what: String| format!("{}: {what}", path.display());
        let (chosen, complaints) = match Settings::load(&path) {
            Ok(Loaded { settings, complaints }) => (settings, complaints.iter().map(ToString::to_string).collect()),
            Err(error) => (Settings::default(), vec![countenance_client::headless::causes(&error.source)]),
        };
        let settings = Settings {
            camera: config.camera.clone().or(chosen.camera),
            camera_pinned: config.camera.is_some() || (chosen.camera_pinned && !decides(Key::Camera)),
            camera_turn_deg: config.camera_turn_deg.unwrap_or(chosen.camera_turn_deg),
            camera_testing: config.camera_testing,
            verifiers: config.verifiers.clone(),
            ..Settings::default()
        };
        let complaints: Vec<String> = complaints;
        let complaints = complaints.into_iter().map(named).collect();
        let settings = SettingsInUse::new(settings, managed);
        (Self { path, fixed, settings: Mutex::new(settings) }, complaints)
    }

    /// What an operator cannot change here.
    pub fn fixed(&self) -> Fixed {
        self.fixed
    }

    /// The settings of the camera now; of a kiosk otherwise.
    pub fn settings(&self) -> SettingsInUse {
        self.locked().clone()
    }

    /// Takes the camera, its pin and its turn from `wanted`, as far as the configuration leaves them open, and keeps them
    /// beyond a restart. Holds until then even if it cannot be kept.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] if the file cannot be written.
    pub fn choose(&self, wanted: &Settings) -> Result<(), SettingsError> {
        let mut settings = self.locked();
        let mut chosen = Settings::clone(&settings);
        if !self.fixed.camera {
            chosen.camera.clone_from(&wanted.camera);
            chosen.camera_pinned = wanted.camera_pinned;
        }
        if !self.fixed.turn {
            chosen.camera_turn_deg = wanted.camera_turn_deg;
        }
        if chosen == **settings {
            return Ok(());
        }
        settings.change(chosen);
        // What the configuration fixes is not the operator's choice: the file keeps the one from before.
        let mut kept = Settings::load(&self.path).map(|loaded| loaded.settings).unwrap_or_default();
        if !self.fixed.camera {
            kept.camera.clone_from(&settings.camera);
            kept.camera_pinned = settings.camera_pinned;
        }
        if !self.fixed.turn {
            kept.camera_turn_deg = settings.camera_turn_deg;
        }
        SettingsInUse::from(kept).save(&self.path)
    }

    fn locked(&self) -> MutexGuard<'_, SettingsInUse> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(camera: Option<&str>, camera_pinned: bool, camera_turn_deg: u16) -> Settings {
        Settings { camera: camera.map(Into::into), camera_pinned, camera_turn_deg, ..Settings::default() }
    }

    fn camera(setup: &CameraSetup) -> (Option<String>, bool, u16) {
        let settings = setup.settings();
        (settings.camera.clone(), settings.camera_pinned, settings.camera_turn_deg)
    }

    #[test]
    fn a_choice_outlives_a_restart_and_holds_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let config = KioskConfig::default();
        let (setup, _) = CameraSetup::load(&config, Managed::default(), home.path());
        assert_eq!(camera(&setup), (None, false, 0));
        let chosen = Settings { text_percent: 150, language: Some("de".into()), ..wanted(Some("usb-1"), true, 90) };
        setup.choose(&chosen).unwrap();
        let (again, complaints) = CameraSetup::load(&config, Managed::default(), home.path());
        assert_eq!((camera(&again), complaints.len()), ((Some("usb-1".into()), true, 90), 0));
        let kept = std::fs::read_to_string(home.path().join(CAMERA_FILE)).unwrap();
        assert!(!kept.contains("text") && !kept.contains("language"), "{kept}");
        again.choose(&wanted(None, false, 0)).unwrap();
        assert_eq!(camera(&CameraSetup::load(&config, Managed::default(), home.path()).0), (None, false, 0));
    }

    #[test]
    fn the_configuration_has_precedence_and_leaves_the_choice_for_later() {
        let home = tempfile::tempdir().unwrap();
        let open = KioskConfig::default();
        CameraSetup::load(&open, Managed::default(), home.path()).0.choose(&wanted(Some("usb-1"), false, 90)).unwrap();
        let fixed = KioskConfig { camera: Some("bolted".into()), ..KioskConfig::default() };
        let (setup, _) = CameraSetup::load(&fixed, Managed::default(), home.path());
        assert_eq!(
            (setup.fixed(), camera(&setup)),
            (Fixed { camera: true, turn: false }, (Some("bolted".into()), true, 90))
        );
        setup.choose(&wanted(Some("usb-2"), false, 180)).unwrap();
        assert_eq!(camera(&setup), (Some("bolted".into()), true, 180));
        assert_eq!(
            camera(&CameraSetup::load(&open, Managed::default(), home.path()).0),
            (Some("usb-1".into()), false, 180)
        );
        let turned = KioskConfig { camera_turn_deg: Some(0), ..KioskConfig::default() };
        let (setup, _) = CameraSetup::load(&turned, Managed::default(), home.path());
        assert_eq!((setup.fixed().turn, camera(&setup).2), (true, 0));
    }

    /// What is managed for the machine wins over the configuration and over the operator, who cannot change it either.
    #[test]
    fn what_is_managed_has_precedence_over_the_configuration() {
        let home = tempfile::tempdir().unwrap();
        CameraSetup::load(&KioskConfig::default(), Managed::default(), home.path())
            .0
            .choose(&wanted(Some("usb-1"), false, 90))
            .unwrap();
        let config = KioskConfig { camera: Some("bolted".into()), camera_testing: true, ..KioskConfig::default() };
        let managing = |keys: &[Key], values| Managed::deciding("/etc/x.toml", keys.iter().copied(), values);
        let values = Settings { camera: Some("managed".into()), camera_mirrored: true, ..Settings::default() };
        let managed = managing(&[Key::Camera, Key::CameraTesting, Key::CameraMirrored], values);
        let (setup, _) = CameraSetup::load(&config, managed, home.path());
        assert_eq!(
            (setup.fixed(), camera(&setup)),
            (Fixed { camera: true, turn: false }, (Some("managed".into()), true, 90))
        );
        assert!(!setup.settings().camera_testing && setup.settings().camera_mirrored);
        setup.choose(&wanted(Some("usb-2"), false, 180)).unwrap();
        assert_eq!(camera(&setup), (Some("managed".into()), true, 180));

        // Closed, because what was written there could not be used: no camera is accepted.
        let closed =
            managing(&[Key::Camera, Key::CameraPinned], Settings { camera_pinned: true, ..Settings::default() });
        let (setup, _) = CameraSetup::load(&KioskConfig::default(), closed, home.path());
        setup.choose(&wanted(Some("usb-2"), false, 180)).unwrap();
        assert_eq!((setup.fixed().camera, camera(&setup)), (true, (None, true, 180)));
    }

    /// A managed pin without a camera: what the configuration says is pinned, else what an operator had chosen before.
    #[test]
    fn a_managed_pin_without_a_camera_pins_the_one_that_applies() {
        let (home, open) = (tempfile::tempdir().unwrap(), KioskConfig::default());
        let bolted = KioskConfig { camera: Some("bolted".into()), ..KioskConfig::default() };
        let pin = || Managed::deciding("/etc/x.toml", [Key::CameraPinned], wanted(None, true, 0));
        let (none, _) = CameraSetup::load(&open, pin(), home.path());
        assert_eq!((none.fixed().camera, camera(&none)), (true, (None, true, 0)), "none is accepted");
        CameraSetup::load(&open, Managed::default(), home.path()).0.choose(&wanted(Some("usb-1"), false, 0)).unwrap();
        for (config, expected) in [(&open, "usb-1"), (&bolted, "bolted")] {
            let (setup, _) = CameraSetup::load(config, pin(), home.path());
            setup.choose(&wanted(Some("usb-2"), false, 0)).unwrap();
            assert_eq!((setup.fixed().camera, camera(&setup)), (true, (Some(expected.into()), true, 0)));
        }
    }

    #[test]
    fn a_damaged_file_is_named_and_does_not_stop_the_kiosk() {
        let home = tempfile::tempdir().unwrap();
        for text in ["camera_turn_deg = 45\n", "= =\n"] {
            std::fs::write(home.path().join(CAMERA_FILE), text).unwrap();
            let (setup, complaints) = CameraSetup::load(&KioskConfig::default(), Managed::default(), home.path());
            assert_eq!(camera(&setup), (None, false, 0));
            assert!(complaints.len() == 1 && complaints[0].contains(CAMERA_FILE), "{complaints:?}");
        }
    }

    #[test]
    fn a_choice_that_cannot_be_kept_holds_until_the_next_start() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(CAMERA_FILE)).unwrap();
        let (setup, _) = CameraSetup::load(&KioskConfig::default(), Managed::default(), home.path());
        setup.choose(&wanted(None, false, 270)).unwrap_err();
        assert_eq!(camera(&setup).2, 270);
    }
}
