//! The Action files that the dashboard may deploy.

use std::{fs, io, path::Path};

/// Action files by name. No file that is not in here is ever deployed from a page.
#[derive(Clone, Default)]
pub struct Library(Vec<(String, String)>);

/// Why a folder of Actions cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The folder or a file in it cannot be read.
    #[error("the Actions cannot be read")]
    Unreadable(#[from] io::Error),
    /// No `.js` in it.
    #[error("there is no Action in the folder")]
    Empty,
}

impl Library {
    /// All `.js` files of `folder`.
    pub fn read(folder: &Path) -> Result<Self, LibraryError> {
        let mut library = Self::default();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).map(str::to_owned);
            if let Some(name) = name.filter(|_| path.extension().is_some_and(|extension| extension == "js")) {
                library = library.file(name, fs::read_to_string(&path)?);
            }
        }
        if library.0.is_empty() { Err(LibraryError::Empty) } else { Ok(library) }
    }

    /// With one more file.
    #[must_use]
    pub fn file(mut self, name: impl Into<String>, source: impl Into<String>) -> Self {
        self.0.push((name.into(), source.into()));
        self.0.sort();
        self
    }

    /// Names of the files that have `handler`.
    pub(super) fn names<'a>(&'a self, handler: &'a str) -> impl Iterator<Item = &'a str> {
        let has = move |source: &str| source.contains(&format!("exports.{handler}"));
        self.0.iter().filter(move |(_, source)| has(source)).map(|(name, _)| name.as_str())
    }

    /// The file called `name`, if it has `handler`.
    pub(super) fn source(&self, name: &str, handler: &str) -> Option<&str> {
        self.names(handler).find(|known| *known == name)?;
        self.0.iter().find(|(known, _)| known == name).map(|(_, source)| source.as_str())
    }

    /// The name of the file that reads like this.
    pub(super) fn name_of(&self, source: &str) -> Option<&str> {
        self.0.iter().find(|(_, known)| known == source).map(|(name, _)| name.as_str())
    }
}
