//! macOS: managed preferences, as device management writes them: property lists by the identifier of the bundle.
//!
//! `plutil`, which every Mac has, turns either kind of them into JSON.

use serde_json::Value;

use super::{Read, Unusable};
use crate::settings::forms::{Entry, Given};

/// The identifier of the bundle, as in `packaging/macos/Info.plist`.
pub(super) const BUNDLE: &str = "countenance";
/// What begins the names of values that belong to the profile, not to the program.
const OF_PROFILE: &str = "Payload";

/// What `json`, a property list turned into JSON, says.
pub(super) fn read(json: &str) -> Result<Read, Unusable> {
    let unusable = |why: String| Unusable { why, is_about_access: false };
    let value: Value =
        serde_json::from_str(json).map_err(|error| unusable(format!("it is no property list: {error}")))?;
    let Value::Object(values) = &value else { return Err(unusable("it is no dictionary".into())) };
    let mut read = Read::default();
    for (name, value) in values.iter().filter(|(name, _)| !name.starts_with(OF_PROFILE)) {
        read.take(name, &given(value), &|_| None);
    }
    Ok(read)
}

fn given(value: &Value) -> Given<'_> {
    match value {
        Value::String(text) => Given::Text(text),
        Value::Bool(yes) => Given::YesOrNo(*yes),
        Value::Number(number) => number.as_i64().map_or(Given::Other, Given::Number),
        Value::Array(list) => Given::List(list.iter().map(|entry| Entry { text: entry.as_str(), at: None }).collect()),
        Value::Null | Value::Object(_) => Given::Other,
    }
}

#[cfg(target_os = "macos")]
pub(super) use files::layers;

#[cfg(target_os = "macos")]
mod files {
    //! Finds and converts the files. No test runs this yet.

    use std::{
        path::{Path, PathBuf},
        process::Command,
    };

    use countenance_system::small_file;

    use super::{BUNDLE, read};
    use crate::{
        headless::causes,
        registration::run_tool,
        settings::{
            SETTINGS_MAX_BYTES, SettingsFileError,
            managed::{Layer, ManagedPlace, Unusable},
        },
    };

    const FOLDER: &str = "/Library/Managed Preferences";

    /// What the files for this user and for the machine say, which must belong to the user with the ID `owner`.
    pub(in super::super) fn layers(owner: u32) -> Vec<Layer> {
        let (folder, file) = (Path::new(FOLDER), format!("{BUNDLE}.plist"));
        let of_user = uzers::get_current_username().map(|user| folder.join(user).join(&file));
        of_user.into_iter().chain([folder.join(&file)]).filter_map(|path| layer(&path, owner)).collect()
    }

    fn layer(path: &PathBuf, owner: u32) -> Option<Layer> {
        let said = match small_file::bytes_of_owner(path, SETTINGS_MAX_BYTES, owner) {
            Ok(None) => return None,
            Ok(Some(_)) => converted(path).and_then(|json| read(&json)),
            Err(error) => Err(SettingsFileError::from(error).into()),
        };
        Some((ManagedPlace::new(&path.display().to_string()), said))
    }

    fn converted(path: &Path) -> Result<String, Unusable> {
        let mut command = Command::new("/usr/bin/plutil");
        command.args(["-convert", "json", "-o", "-", "--"]).arg(path);
        run_tool("plutil", &mut command).map_err(|error| Unusable { why: causes(&error), is_about_access: false })
    }
}
