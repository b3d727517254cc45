//! Parses one file of the configuration. Each key is read on its own, so that one bad value does not affect the others.

use std::path::{Path, PathBuf};

use toml_edit::{Document, Item};

use super::{
    BadgeForm, ConfigComplaint, ConfigFault, FaceRatio, IdleSecs, KioskConfig, LoadedConfig, TextPercent, values,
};
use crate::pin::PinHash;
use countenance_client::{
    session::origin::{AllowedOrigins, Origin},
    settings::{CAMERA_TURNS_DEG, is_camera_name, is_language_tag},
};

/// Called for single entries of a list, with their byte offset.
type Complain<'a> = dyn FnMut(ConfigFault, Option<usize>) + 'a;

/// Stores the value of one key.
fn take(
    config: &mut KioskConfig,
    key: &str,
    item: &Item,
    complain: &mut Complain<'_>,
    roots: &[PathBuf],
) -> Result<(), ConfigFault> {
    match key {
        "start_url" => config.start = Some(text(item)?.parse()?),
        "badge" => config.badge = Some(badge(item).ok_or(ConfigFault::Badge)?),
        "attract" => config.attract = yes(item)?,
        "browser" => config.browser.program = values::absolute(text(item)?)?,
        "browser_flags" => config.browser.flags = list(item, complain, values::browser_flag)?,
        "browser_watched" => config.browser.watched = yes(item)?,
        "profile" => config.profile = Some(profile(text(item)?, roots)?),
        "verifiers" => config.verifiers = origins(item, complain)?,
        // For the browser's policy, which is written before the kiosk starts; a bad entry is named here.
        "pages" => drop(origins(item, complain)?),
        "camera" => {
            let name = Some(text(item)?).filter(|name| is_camera_name(name)).ok_or(ConfigFault::Camera)?;
            config.camera = Some(name.to_owned());
        }
        "camera_turn_deg" => {
            let turn = item.as_integer().and_then(|turn| u16::try_from(turn).ok());
            let turn = turn.filter(|turn| CAMERA_TURNS_DEG.contains(turn)).ok_or(ConfigFault::CameraTurn)?;
            config.camera_turn_deg = Some(turn);
        }
        "camera_testing" => config.camera_testing = yes(item)?,
        "min_face_ratio" => {
            config.min_face = item.as_float().and_then(FaceRatio::new).ok_or(ConfigFault::FaceRatio)?;
        }
        "idle_secs" => config.idle = item.as_integer().and_then(IdleSecs::new).ok_or(ConfigFault::Idle)?,
        "watch" => config.watch = yes(item)?,
        "text_percent" => {
            config.text = item.as_integer().and_then(TextPercent::new).ok_or(ConfigFault::TextPercent)?;
        }
        "languages" => config.languages = list(item, complain, language)?,
        "lower" => config.lower = yes(item)?,
        "speech" => config.speech = yes(item)?,
        "operator_pin" => config.operator_pin = Some(text(item)?.parse::<PinHash>().map_err(ConfigFault::Pin)?),
        "attended" => config.attended = yes(item)?,
        "health" => config.health = Some(values::loopback(text(item)?)?),
        "site" => config.site = Some(text(item)?.parse().map_err(ConfigFault::Site)?),
        _ => return Err(ConfigFault::UnknownKey),
    }
    Ok(())
}

/// Adds what `source`, the text of the file `file`, says.
pub(super) fn read(loaded: &mut LoadedConfig, file: &Path, source: &str, roots: &[PathBuf]) {
    let LoadedConfig { config, complaints, .. } = loaded;
    let complaint = |offset: Option<usize>, key: &str, fault| ConfigComplaint {
        file: file.to_owned(),
        line: Some(line_at(source, offset.unwrap_or_default())),
        key: key.to_owned(),
        fault,
    };
    let document = match Document::parse(source) {
        Ok(document) => document,
        Err(error) => {
            let fault = ConfigFault::NotToml(error.message().trim().replace('\n', " "));
            complaints.push(complaint(error.span().map(|span| span.start), "", fault));
            return;
        }
    };
    let before = complaints.len();
    for (name, item) in document.iter() {
        let start = item.span().or_else(|| document.as_table().key(name).and_then(toml_edit::Key::span));
        let start = start.map(|span| span.start);
        let mut complain = |fault, offset: Option<usize>| complaints.push(complaint(offset.or(start), name, fault));
        if let Err(fault) = take(config, name, item, &mut complain, roots) {
            complain(fault, None);
        }
    }
    if let Some(ours) = complaints.get_mut(before..) {
        ours.sort_by_key(|complaint| complaint.line);
    }
}

fn text(item: &Item) -> Result<&str, ConfigFault> {
    item.as_str().ok_or(ConfigFault::NotText)
}

fn yes(item: &Item) -> Result<bool, ConfigFault> {
    item.as_bool().ok_or(ConfigFault::NotYesOrNo)
}

/// `{ digits = [MIN, MAX] }`.
fn badge(item: &Item) -> Option<BadgeForm> {
    let table = item.as_table_like()?;
    let digits = table.get("digits").filter(|_| table.len() == 1)?.as_array().filter(|digits| digits.len() == 2)?;
    BadgeForm::new(digits.get(0)?.as_integer()?, digits.get(1)?.as_integer()?)
}

/// The entries of a list that `check` accepts.
fn list(
    item: &Item,
    complain: &mut Complain<'_>,
    check: fn(&str) -> Result<String, ConfigFault>,
) -> Result<Vec<String>, ConfigFault> {
    let mut good = Vec::new();
    for entry in item.as_array().ok_or(ConfigFault::NotAList)? {
        let at = entry.span().map(|span| span.start);
        match entry.as_str().ok_or(ConfigFault::NotAList).and_then(check) {
            Ok(value) => good.push(value),
            Err(fault) => complain(fault, at),
        }
    }
    Ok(good)
}

fn origins(item: &Item, complain: &mut Complain<'_>) -> Result<AllowedOrigins, ConfigFault> {
    fn origin(entry: &str) -> Result<String, ConfigFault> {
        let checked = entry.parse::<Origin>();
        checked.map(String::from).map_err(|why| ConfigFault::Origin { entry: entry.into(), why })
    }
    Ok(list(item, complain, origin)?.iter().filter_map(|origin| origin.parse().ok()).collect())
}

fn language(tag: &str) -> Result<String, ConfigFault> {
    if is_language_tag(tag) { Ok(tag.to_owned()) } else { Err(ConfigFault::Language { entry: tag.into() }) }
}

/// A folder below one of `roots`. Whether it really is, links considered, is checked when it is taken.
fn profile(text: &str, roots: &[PathBuf]) -> Result<PathBuf, ConfigFault> {
    let path = values::absolute(text)?;
    let is_below = |root: &PathBuf| path.starts_with(root) && path != *root;
    if roots.iter().any(is_below) { Ok(path) } else { Err(ConfigFault::NotBelowRuntime) }
}

/// The line of the byte at `offset`, counted from 1.
fn line_at(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}
