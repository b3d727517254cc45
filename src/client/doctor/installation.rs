//! Checks of this installation: key, networks, links, settings.

use super::{Check, DoctorContext, Finding, Fix, causes};
use crate::{
    registration::{RegistrationError, Status},
    settings::{Key, LoadedManaged, ManagedFault, ManagedPlace, Settings, SettingsInUse},
};
use countenance_attest::{DeviceKey, KeyFileError};
use countenance_vision::{AddedNet, Vision, VisionError};

/// The device key. Reads it but does not create one.
pub(super) fn key(around: &DoctorContext<'_>) -> Finding {
    let check = Check::Key;
    let Some(path) = &around.key else {
        return Finding::unknown(check, "this account has no home folder for a key");
    };
    match DeviceKey::load(path) {
        Ok(Some(key)) => {
            let encrypted = if key.is_encrypted() { ", encrypted by the system for this user" } else { "" };
            let kept = format!("in a file that only this user can read{encrypted}");
            Finding::good(check, format!("{}, kept {kept}, not sealed by hardware", key.thumbprint()))
        }
        Ok(None) => Finding::good(check, "none yet; created at the first sign-in"),
        Err(error) => {
            let fix = match &error {
                KeyFileError::Size { .. } | KeyFileError::NotAFile | KeyFileError::Encrypted(_) => Fix::ReplaceKey,
                _ => Fix::ProtectKey,
            };
            Finding::attention(check, causes(&error), fix)
        }
    }
}

/// The built-in networks, loaded and compared with their digests.
pub(super) fn models(around: &DoctorContext<'_>) -> Finding {
    match (around.models)() {
        Ok(models) => {
            let told: Vec<_> = models
                .iter()
                .map(|model| format!("{} {}", model.name, model.sha256.get(..12).unwrap_or(&model.sha256)))
                .collect();
            Finding::good(Check::Models, format!("digests match: {}", told.join(", ")))
        }
        Err(error) => Finding::attention(Check::Models, causes(&error), Fix::Reinstall),
    }
}

/// The added liveness networks, which are used if a verifier's policy names them. No finding if none is pinned.
pub(super) fn nets(around: &DoctorContext<'_>, settings: &Settings) -> Option<Finding> {
    let (check, pins) = (Check::Models, &settings.liveness_nets);
    let folder = settings.liveness_net_folder.clone().or_else(|| around.nets.clone());
    if pins.is_empty() {
        return None;
    }
    let Some(folder) = folder else {
        return Some(Finding::unknown(check, "this account has no home folder for added networks"));
    };
    let short = |digest: &str| digest.get(..12).unwrap_or(digest).to_owned();
    let told = |nets: &[AddedNet]| {
        let line = |AddedNet { contract, pin, .. }: &AddedNet| {
            format!("{} {}, contract {}", contract.name, short(&contract.sha256), short(pin))
        };
        let told: Vec<_> = nets.iter().map(line).collect();
        format!("added, used if a verifier's policy names them: {}", told.join("; "))
    };
    // Loads them as a sign-in does, so that the same errors appear here.
    let loaded = AddedNet::load_folder(&folder, pins).map_err(VisionError::from);
    let loaded = loaded.and_then(|nets| Ok((told(&nets), Vision::load_with(nets)?)));
    Some(match loaded {
        Ok((told, _)) => Finding::good(check, told),
        Err(error) => Finding::attention(check, causes(&error), Fix::RestoreNet),
    })
}

/// The program that opens links.
pub(super) fn link(around: &DoctorContext<'_>) -> Finding {
    let check = Check::Link;
    match (around.link)() {
        Ok(Status::Ours) => Finding::good(check, "countenance: links open this program"),
        Ok(Status::OursInDesktops) => {
            let detail =
                "countenance: links open this program only in a desktop environment: its path has a blank or a quote";
            Finding::attention(check, detail, Fix::MoveProgram)
        }
        Ok(Status::Elsewhere { program }) => {
            let detail = format!("countenance: links open another copy: {}", program.display());
            Finding::attention(check, detail.chars().filter(|c| !c.is_control()).collect::<String>(), Fix::RegisterLink)
        }
        Ok(Status::Other { handler }) => {
            Finding::attention(check, format!("countenance: links open {handler}"), Fix::RegisterLink)
        }
        Ok(Status::Nobody) => Finding::attention(check, "nothing opens countenance: links", Fix::RegisterLink),
        Err(error @ RegistrationError::ToolMissing { .. }) => {
            Finding { fix: Some(Fix::InstallXdgUtils), ..Finding::unknown(check, causes(&error)) }
        }
        Err(error) => Finding::unknown(check, causes(&error)),
    }
}

/// What administrators have decided, one finding for each place and for each fault; and `of_user` with it in place of
/// theirs.
pub(super) fn managed(around: &DoctorContext<'_>, of_user: Settings) -> (Vec<Finding>, SettingsInUse) {
    let check = Check::Managed;
    let LoadedManaged { managed, complaints } = (around.managed)();
    let is_unusable = |fault: &ManagedFault| matches!(fault, ManagedFault::Unusable { .. });
    // What follows from a place that cannot be used is said with it.
    let is_told = |place: &ManagedPlace| complaints.iter().any(|c| c.place == *place && is_unusable(&c.fault));
    let mut findings = Vec::new();
    for complaint in &complaints {
        let is_about_access = matches!(complaint.fault, ManagedFault::Unusable { is_about_access: true, .. });
        let fix = if is_about_access { Fix::ProtectManaged } else { Fix::CorrectManaged };
        findings.push(Finding::attention(check, complaint.to_string(), fix));
    }
    let mut places: Vec<&ManagedPlace> = Vec::new();
    for (_, place) in managed.places() {
        if !is_told(place) && !places.contains(&place) {
            places.push(place);
        }
    }
    for place in places {
        let names = managed.places().filter(|(_, by)| *by == place).map(|(key, _)| key.name());
        findings.push(Finding::good(check, format!("{} by {place}", names.collect::<Vec<_>>().join(", "))));
    }
    let in_use = SettingsInUse::new(of_user, managed);
    if let Some(place) = in_use.managed_by(Key::CameraPinned).filter(|place| pins_none(&in_use) && !is_told(place)) {
        findings.push(Finding::attention(check, format!("{PINS_NONE}; pinned by {place}"), Fix::CorrectManaged));
    }
    if findings.is_empty() {
        findings.push(Finding::good(check, "nothing is managed"));
    }
    (findings, in_use)
}

/// A user's own pin without a camera, if it applies.
pub(super) fn own_pin(in_use: &SettingsInUse) -> Option<Finding> {
    let applies = pins_none(in_use) && in_use.managed_by(Key::CameraPinned).is_none();
    applies.then(|| Finding::attention(Check::Settings, PINS_NONE, Fix::CorrectSettings))
}

/// What follows from a pin without a camera.
const PINS_NONE: &str = "camera_pinned is true, but no camera is named: none is accepted";

fn pins_none(settings: &Settings) -> bool {
    settings.camera_pinned && settings.camera.is_none()
}

/// The settings file and its contents, one finding for each fault; defaults if it cannot be used.
pub(super) fn settings(around: &DoctorContext<'_>) -> (Vec<Finding>, Settings) {
    let check = Check::Settings;
    let Some(path) = &around.settings else {
        return (vec![Finding::unknown(check, "this account has no home folder for settings")], Settings::default());
    };
    let file = path.display();
    match Settings::load(path) {
        Ok(loaded) if loaded.complaints.is_empty() => {
            let said = if path.exists() { "all values are valid" } else { "none yet; using defaults" };
            (vec![Finding::good(check, format!("{file}: {said}"))], loaded.settings)
        }
        Ok(loaded) => {
            let finding = |fault| Finding::attention(check, format!("{file}: {fault}"), Fix::CorrectSettings);
            (loaded.complaints.iter().map(finding).collect(), loaded.settings)
        }
        Err(error) => {
            let fix = if error.source.is_about_access() { Fix::ProtectSettings } else { Fix::CorrectSettings };
            let finding = Finding::attention(check, format!("{file}: {}", causes(&error.source)), fix);
            (vec![finding], Settings::default())
        }
    }
}
