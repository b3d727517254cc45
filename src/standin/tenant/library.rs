//! The Action files that the dashboard can deploy.

use std::{fs, io, path::Path};

/// Action files by name. The dashboard deploys only these.
#[derive(Clone, Default)]
pub struct Library(Vec<(String, String)>);

/// Why a folder of Actions could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The folder or a file in it could not be read.
    #[error("cannot read the Actions")]
    Unreadable(#[from] io::Error),
    /// The folder has no `.js` file.
    #[error("the folder contains no Action")]
    Empty,
}

impl Library {
    /// Reads all `.js` files in `folder`.
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

    /// Adds a file.
    #[must_use]
    pub fn file(mut self, name: impl Into<String>, source: impl Into<String>) -> Self {
        self.0.push((name.into(), source.into()));
        self.0.sort();
        self
    }

    /// Names of the files that export `handler`.
    pub(super) fn names<'a>(&'a self, handler: &'a str) -> impl Iterator<Item = &'a str> {
        let has = move |source: &str| source.contains(&format!("exports.{handler}"));
        self.0.iter().filter(move |(_, source)| has(source)).map(|(name, _)| name.as_str())
    }

    /// Source of the file `name`, if it exports `handler`.
    pub(super) fn source(&self, name: &str, handler: &str) -> Option<&str> {
        self.names(handler).find(|known| *known == name)?;
        self.0.iter().find(|(known, _)| known == name).map(|(_, source)| source.as_str())
    }

    /// Name of the file with this source.
    pub(super) fn name_of(&self, source: &str) -> Option<&str> {
        self.0.iter().find(|(_, known)| known == source).map(|(name, _)| name.as_str())
    }
}
