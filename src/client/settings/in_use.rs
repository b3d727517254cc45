//! The settings in use: the user's, with what administrators decide over them.

use std::{ops::Deref, path::Path};

use super::{Key, Managed, ManagedPlace, Settings, SettingsError};
use crate::session::origin::AllowedOrigins;

/// The settings in use. What is managed applies whatever the user's file, the window or the command line says, and is never
/// written to the user's file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsInUse {
    settings: Settings,
    managed: Managed,
}

/// An option contradicts what an administrator has decided.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{option} cannot be used here: your organization manages {} ({place})", key.name())]
pub struct OverridesManaged {
    /// The option.
    pub option: &'static str,
    /// The setting that it would change.
    pub key: Key,
    /// The place that decides.
    pub place: ManagedPlace,
}

impl SettingsInUse {
    /// The settings of `user`, with what is `managed` in place of theirs.
    pub fn new(user: Settings, managed: Managed) -> Self {
        let mut in_use = Self { settings: Settings::default(), managed };
        in_use.change(user);
        in_use
    }

    /// What administrators decide.
    pub fn managed(&self) -> &Managed {
        &self.managed
    }

    /// The place that decides a setting; `None` if the user may change it.
    pub fn managed_by(&self, key: Key) -> Option<&ManagedPlace> {
        self.managed.place(key)
    }

    /// Takes over what the user wants. What is managed stays.
    pub fn change(&mut self, wanted: Settings) {
        self.settings = wanted;
        self.managed.apply(&mut self.settings);
    }

    /// Saves to `path` what the user may change and has changed.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] if the file cannot be used; it is left unchanged.
    pub fn save(&self, path: &Path) -> Result<(), SettingsError> {
        self.settings.save(path, &self.managed)
    }

    /// The verifiers that links may name, if the command line names `given` with `option`: those, in place of the
    /// settings'.
    ///
    /// # Errors
    ///
    /// If the verifiers are managed, and one of `given` is not among them.
    pub fn verifiers_or(
        &self,
        option: &'static str,
        given: Option<AllowedOrigins>,
    ) -> Result<AllowedOrigins, OverridesManaged> {
        let Some(given) = given else { return Ok(self.verifiers.clone()) };
        let is_within = given.iter().all(|origin| self.verifiers.allow(origin));
        self.permit(option, Key::Verifiers, is_within)?;
        Ok(given)
    }

    /// Refuses `option`, which changes the setting `key`, if that is managed and the option does not keep to it.
    ///
    /// # Errors
    ///
    /// See above.
    pub fn permit(&self, option: &'static str, key: Key, keeps_to_it: bool) -> Result<(), OverridesManaged> {
        match self.managed_by(key) {
            Some(place) if !keeps_to_it => Err(OverridesManaged { option, key, place: place.clone() }),
            _ => Ok(()),
        }
    }
}

impl Deref for SettingsInUse {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.settings
    }
}

/// Nothing is managed.
impl From<Settings> for SettingsInUse {
    fn from(settings: Settings) -> Self {
        Self::new(settings, Managed::default())
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::fs;

    use super::{super::Theme, *};

    fn origins(all: &[&str]) -> AllowedOrigins {
        all.iter().map(|origin| origin.parse().unwrap()).collect()
    }

    fn managed(text: &str) -> Managed {
        Managed::of_text("/etc/x.toml", text).managed
    }

    /// Neither a change in the window nor a save makes a managed value the user's, and none of the user's is lost.
    #[test]
    fn what_is_managed_stays_and_is_never_the_users() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("settings.toml");
        let own = "# mine\ntheme = \"light\" # by day\nverifiers = [\"https://own.example\"]\ntext_percent = 125\n";
        fs::write(&path, own).unwrap();
        let managed = managed("theme = \"dark\"\nverifiers = [\"https://v.example\"]\ncamera_testing = false\n");
        let user = Settings::load(&path).unwrap().settings;
        let mut in_use = SettingsInUse::new(user, managed.clone());
        assert_eq!((in_use.theme, in_use.text_percent), (Theme::Dark, 125));
        assert_eq!(in_use.verifiers, origins(&["https://v.example"]));
        in_use.change(Settings {
            theme: Theme::HighContrast,
            camera_testing: true,
            verifiers: origins(&["https://evil.example"]),
            text_percent: 150,
            ..Settings::default()
        });
        assert_eq!((in_use.theme, in_use.camera_testing, in_use.text_percent), (Theme::Dark, false, 150));
        assert_eq!(in_use.verifiers, origins(&["https://v.example"]));
        in_use.save(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), own.replace("125", "150"));
        // Once nothing is managed any more, the user's own values apply again.
        let own = Settings::load(&path).unwrap().settings;
        assert_eq!((own.theme, own.verifiers), (Theme::Light, origins(&["https://own.example"])));
    }

    #[test]
    fn a_first_save_writes_nothing_that_is_managed() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("settings.toml");
        let mut in_use = SettingsInUse::new(Settings::default(), managed("theme = \"dark\"\ncamera = \"Desk\"\n"));
        in_use.save(&path).unwrap();
        assert!(!path.exists());
        in_use.change(Settings { text_percent: 200, ..Settings::clone(&in_use) });
        in_use.save(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "text_percent = 200\n");
    }

    #[test]
    fn the_command_line_narrows_managed_verifiers_and_never_widens_them() {
        let (a, b) = ("https://a.example", "https://b.example");
        let two = SettingsInUse::new(Settings::default(), managed(&format!("verifiers = [\"{a}\", \"{b}\"]\n")));
        let closed = SettingsInUse::new(Settings::default(), managed("verifiers = \"?\"\n"));
        let free = SettingsInUse::from(Settings { verifiers: origins(&[a]), ..Settings::default() });
        for (in_use, given, expected) in [
            (&two, None, Some(vec![a, b])),
            (&two, Some(vec![b]), Some(vec![b])),
            (&two, Some(vec![a, "https://c.example"]), None),
            (&closed, Some(vec![a]), None),
            (&closed, None, Some(vec![])),
            (&free, Some(vec![b]), Some(vec![b])),
            (&free, None, Some(vec![a])),
        ] {
            let given = given.as_deref().map(origins);
            let allowed = in_use.verifiers_or("--verifier", given.clone());
            assert_eq!(allowed.clone().ok(), expected.as_deref().map(origins), "{given:?}");
            if let Err(error) = allowed {
                let expected = "--verifier cannot be used here: your organization manages verifiers (/etc/x.toml)";
                assert_eq!(error.to_string(), expected);
            }
        }
    }
}
