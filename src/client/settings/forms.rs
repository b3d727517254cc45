//! How values are written: what is accepted from a file, a policy or preferences, and what is written to a file.

use std::path::{Path, PathBuf};

use toml_edit::{Array, Item, Value};

use super::{CAMERA_TURNS_DEG, LIVENESS_NETS_MAX, SettingError, TEXT_PERCENT, Theme};
use crate::session::origin::{AllowedOrigins, Origin};
use countenance_core::policy::is_sha256_hex;

/// Maximum length of a camera's ID or name, characters.
const CAMERA_MAX_CHARS: usize = 256;
/// Maximum length of a language tag, bytes: RFC 5646 recommends at least 35.
const LANGUAGE_MAX_BYTES: usize = 35;

/// A value, wherever it stands.
#[derive(Debug, PartialEq)]
pub(super) enum Given<'a> {
    Text(&'a str),
    Number(i64),
    YesOrNo(bool),
    List(Vec<Entry<'a>>),
    /// What no setting has: a fraction, a date, a table.
    Other,
}

/// An entry of a list.
#[derive(Debug, PartialEq)]
pub(super) struct Entry<'a> {
    /// `None` if it is not text.
    pub(super) text: Option<&'a str>,
    /// Where it is, in bytes from the beginning of the file; `None` where there is no file.
    pub(super) at: Option<usize>,
}

impl<'a> Given<'a> {
    /// A value of a TOML document.
    pub(super) fn of_toml(item: &'a Item) -> Self {
        let entry = |value: &'a Value| Entry { text: value.as_str(), at: value.span().map(|span| span.start) };
        match item.as_value() {
            Some(Value::String(text)) => Self::Text(text.value()),
            Some(Value::Integer(number)) => Self::Number(*number.value()),
            Some(Value::Boolean(yes)) => Self::YesOrNo(*yes.value()),
            Some(Value::Array(list)) => Self::List(list.iter().map(entry).collect()),
            _ => Self::Other,
        }
    }

    /// A string; the empty one means no choice.
    fn chosen(&self) -> Result<Option<&'a str>, SettingError> {
        match self {
            Self::Text(text) => Ok(Some(*text).filter(|text| !text.is_empty())),
            _ => Err(SettingError::NotText),
        }
    }

    fn number(&self) -> Option<u16> {
        if let Self::Number(number) = self { u16::try_from(*number).ok() } else { None }
    }
}

/// Is told of an invalid entry of a list, and where it is.
pub(super) type Complain<'a> = dyn FnMut(SettingError, Option<usize>) + 'a;

/// What a value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// True or false; 0 or 1 in the registry.
    YesOrNo,
    /// A whole number.
    Number,
    /// Text.
    Text,
    /// A list of texts.
    List,
}

/// A way to write values.
pub(super) trait Form {
    /// What a value is.
    type Value;
    /// What it looks like.
    const SHAPE: Shape;
    /// Checks a value. Entries of a list that cannot be used are reported and left out.
    fn read(given: &Given<'_>, complain: &mut Complain<'_>) -> Result<Self::Value, SettingError>;
    /// The value in a file.
    fn write(value: &Self::Value) -> Value;
}

/// No choice is written as the empty string: removing the key would also remove the comment above it.
fn text_or_empty(choice: Option<&str>) -> Value {
    choice.unwrap_or_default().into()
}

pub(super) struct YesOrNo;

impl Form for YesOrNo {
    type Value = bool;
    const SHAPE: Shape = Shape::YesOrNo;

    fn read(given: &Given<'_>, _: &mut Complain<'_>) -> Result<bool, SettingError> {
        if let Given::YesOrNo(yes) = given { Ok(*yes) } else { Err(SettingError::NotYesOrNo) }
    }

    fn write(value: &bool) -> Value {
        (*value).into()
    }
}

pub(super) struct CameraName;

impl Form for CameraName {
    type Value = Option<String>;
    const SHAPE: Shape = Shape::Text;

    fn read(given: &Given<'_>, _: &mut Complain<'_>) -> Result<Option<String>, SettingError> {
        let Some(name) = given.chosen()? else { return Ok(None) };
        if is_camera_name(name) { Ok(Some(name.to_owned())) } else { Err(SettingError::Camera) }
    }

    fn write(value: &Option<String>) -> Value {
        text_or_empty(value.as_deref())
    }
}

/// Whether `name` can be the ID or name of a camera: 1 to 256 characters, none of them a control character.
pub fn is_camera_name(name: &str) -> bool {
    let fits = name.chars().count() <= CAMERA_MAX_CHARS && !name.chars().any(char::is_control);
    fits && !name.trim().is_empty()
}

pub(super) struct LanguageTag;

impl Form for LanguageTag {
    type Value = Option<String>;
    const SHAPE: Shape = Shape::Text;

    fn read(given: &Given<'_>, _: &mut Complain<'_>) -> Result<Option<String>, SettingError> {
        let Some(tag) = given.chosen()? else { return Ok(None) };
        if is_language_tag(tag) { Ok(Some(tag.to_owned())) } else { Err(SettingError::Language) }
    }

    fn write(value: &Option<String>) -> Value {
        text_or_empty(value.as_deref())
    }
}

/// Whether `tag` has the form of a BCP 47 tag; the catalogs decide whether the language is available.
pub fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let primary =
        parts.next().is_some_and(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()));
    let rest = parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
    primary && rest && tag.len() <= LANGUAGE_MAX_BYTES
}

pub(super) struct Turn;

impl Form for Turn {
    type Value = u16;
    const SHAPE: Shape = Shape::Number;

    fn read(given: &Given<'_>, _: &mut Complain<'_>) -> Result<u16, SettingError> {
        given.number().filter(|turn| CAMERA_TURNS_DEG.contains(turn)).ok_or(SettingError::CameraTurn)
    }

    fn write(value: &u16) -> Value {
        i64::from(*value).into()
    }
}

pub(super) struct Percent;

impl Form for Percent {
    type Value = u16;
    const SHAPE: Shape = Shape::Number;

    fn read(given: &Given<'_>, _: &mut Complain<'_>) -> Result<u16, SettingError> {
        given.number().filter(|percent| TEXT_PERCENT.contains(percent)).ok_or(SettingError::TextPercent)
    }

    fn write(value: &u16) -> Value {
        i64::from(*value).into()
    }
}

pub(super) struct ThemeName;

impl Form for ThemeName {
    type Value = Theme;
    const SHAPE: Shape = Shape::Text;

    fn read(given: &Given<'_>, _: &mut Complain<'_>) -> Result<Theme, SettingError> {
        let Given::Text(name) = given else { return Err(SettingError::Theme) };
        Theme::named(name).ok_or(SettingError::Theme)
    }

    fn write(value: &Theme) -> Value {
        value.name().into()
    }
}

pub(super) struct Origins;

impl Form for Origins {
    type Value = AllowedOrigins;
    const SHAPE: Shape = Shape::List;

    fn read(given: &Given<'_>, complain: &mut Complain<'_>) -> Result<AllowedOrigins, SettingError> {
        let Given::List(list) = given else { return Err(SettingError::NotAList) };
        let mut good = Vec::new();
        for Entry { text, at } in list {
            match text.map(str::parse::<Origin>) {
                Some(Ok(origin)) => good.push(origin),
                Some(Err(why)) => {
                    complain(SettingError::Verifier { entry: shortened(text.unwrap_or_default()), why }, *at);
                }
                None => complain(SettingError::EntryNotText, *at),
            }
        }
        Ok(good.into_iter().collect())
    }

    fn write(value: &AllowedOrigins) -> Value {
        value.iter().map(ToString::to_string).collect::<Array>().into()
    }
}

/// Normalized to lowercase, since some tools print a SHA-256 in uppercase, and without duplicates.
pub(super) struct Pins;

impl Form for Pins {
    type Value = Vec<String>;
    const SHAPE: Shape = Shape::List;

    fn read(given: &Given<'_>, complain: &mut Complain<'_>) -> Result<Vec<String>, SettingError> {
        let Given::List(list) = given else { return Err(SettingError::NotPins) };
        if list.len() > LIVENESS_NETS_MAX {
            return Err(SettingError::NotPins);
        }
        let mut good = Vec::new();
        for Entry { text, at } in list {
            match text.map(str::to_ascii_lowercase) {
                Some(pin) if good.contains(&pin) => {}
                Some(pin) if is_sha256_hex(&pin) => good.push(pin),
                Some(pin) => complain(SettingError::Pin { entry: shortened(&pin) }, *at),
                None => complain(SettingError::EntryNotText, *at),
            }
        }
        Ok(good)
    }

    fn write(value: &Vec<String>) -> Value {
        value.iter().map(String::as_str).collect::<Array>().into()
    }
}

/// Must be absolute: a relative path would depend on the working directory.
pub(super) struct Folder;

impl Form for Folder {
    type Value = Option<PathBuf>;
    const SHAPE: Shape = Shape::Text;

    fn read(given: &Given<'_>, _: &mut Complain<'_>) -> Result<Option<PathBuf>, SettingError> {
        let Some(text) = given.chosen()? else { return Ok(None) };
        let path = PathBuf::from(text);
        if path.is_absolute() && !text.chars().any(char::is_control) {
            Ok(Some(path))
        } else {
            Err(SettingError::Folder)
        }
    }

    /// A path from a file is UTF-8; one that is not cannot be written.
    fn write(value: &Option<PathBuf>) -> Value {
        text_or_empty(value.as_deref().and_then(Path::to_str))
    }
}

/// A key or an entry, for a message.
pub(super) fn shortened(entry: &str) -> String {
    const MAX_CHARS: usize = 100;
    entry.chars().take(MAX_CHARS).collect()
}
