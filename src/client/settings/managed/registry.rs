//! Windows: policies in the registry, as Group Policy and device management write them from `packaging/windows/policy`.
//!
//! Only administrators can write to these keys; Windows sees to that.

use super::{Layer, ManagedPlace, Read};
use crate::settings::{
    Key, Shape,
    forms::{Entry, Given},
};

/// The key with the policies, in each of the two hives.
pub(super) const KEY: &str = r"Software\Policies\Countenance";

/// A value of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RegistryValue {
    /// `REG_SZ`.
    Text(String),
    /// `REG_DWORD`.
    Number(u32),
    /// `REG_MULTI_SZ`.
    List(Vec<String>),
    /// Any other type.
    Other,
}

/// What the key shown as `place` says, which also has values with names that are `unknown`; `None` if it says nothing.
pub(super) fn layer(place: &str, values: &[(Key, RegistryValue)], unknown: &[String]) -> Option<Layer> {
    let mut read = Read::default();
    for (key, value) in values {
        read.take(key.name(), &given(value, key.shape()), &|_| None);
    }
    for name in unknown {
        read.unknown(name, None);
    }
    (!values.is_empty() || !unknown.is_empty()).then(|| (ManagedPlace::new(place), Ok(read)))
}

/// Those of the names of values that no setting has. Windows does not tell capital letters apart; the value of the key
/// itself has an empty name.
pub(super) fn unknown(listed: impl IntoIterator<Item = String>) -> Vec<String> {
    let is_known = |name: &String| Key::ALL.into_iter().any(|key| key.name().eq_ignore_ascii_case(name));
    listed.into_iter().filter(|name| !name.is_empty() && !is_known(name)).collect()
}

fn given(value: &RegistryValue, shape: Shape) -> Given<'_> {
    match value {
        RegistryValue::Text(text) => Given::Text(text),
        RegistryValue::Number(number @ (0 | 1)) if shape == Shape::YesOrNo => Given::YesOrNo(*number == 1),
        RegistryValue::Number(number) => Given::Number((*number).into()),
        RegistryValue::List(list) => {
            // An empty text ends a list; the library may return it as an entry.
            let entries = list.iter().filter(|text| !text.is_empty());
            Given::List(entries.map(|text| Entry { text: Some(text), at: None }).collect())
        }
        RegistryValue::Other => Given::Other,
    }
}

#[cfg(windows)]
pub(super) use hives::layers;

#[cfg(windows)]
mod hives {
    //! Reads the two keys. No test runs this yet.

    use windows_registry::{CURRENT_USER, Key as RegistryKey, LOCAL_MACHINE, Type, Value};

    use super::{KEY, Key, Layer, ManagedPlace, RegistryValue, layer, unknown};
    use crate::settings::managed::Unusable;

    /// The error for what does not exist: `HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)`.
    const NOT_FOUND: i32 = 0x8007_0002_u32 as i32;

    /// What the policies for the machine and for the user say.
    pub(in super::super) fn layers() -> Vec<Layer> {
        let hives = [("HKLM", LOCAL_MACHINE), ("HKCU", CURRENT_USER)];
        hives.into_iter().filter_map(|(name, hive)| of_hive(&format!(r"{name}\{KEY}"), hive)).collect()
    }

    /// Reads each value by its name: a list of all of them could miss some that change meanwhile. It is enough for names
    /// that are unknown.
    fn of_hive(place: &str, hive: &RegistryKey) -> Option<Layer> {
        let key = match hive.open(KEY) {
            Ok(key) => key,
            Err(error) if error.code().0 == NOT_FOUND => return None,
            Err(error) => {
                let why = format!("it cannot be read: {}", error.message());
                return Some((ManagedPlace::new(place), Err(Unusable { why, is_about_access: false })));
            }
        };
        let value = |setting: Key| match key.get_value(setting.name()) {
            Ok(value) => Some((setting, typed(value))),
            Err(error) if error.code().0 == NOT_FOUND => None,
            Err(_) => Some((setting, RegistryValue::Other)),
        };
        let values: Vec<_> = Key::ALL.into_iter().filter_map(value).collect();
        let listed = key.values().into_iter().flatten().map(|(name, _)| name);
        layer(place, &values, &unknown(listed))
    }

    fn typed(value: Value) -> RegistryValue {
        match value.ty() {
            Type::String => String::try_from(value).map_or(RegistryValue::Other, RegistryValue::Text),
            Type::U32 => u32::try_from(value).map_or(RegistryValue::Other, RegistryValue::Number),
            Type::MultiString => Vec::<String>::try_from(value).map_or(RegistryValue::Other, RegistryValue::List),
            _ => RegistryValue::Other,
        }
    }
}
