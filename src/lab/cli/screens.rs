//! `countenance-lab screens`: renders every screen in every setting, and contact sheets to compare them. The screens of a
//! kiosk, whose names begin with `kiosk-`, are large: they are rendered only where their names are asked for.

use std::{fs, path::Path, process::ExitCode};

use anyhow::Context;
use indicatif::ProgressBar;

use countenance_gui::{
    catalogue::{self, LANGUAGES, Setting},
    kiosk::samples::{self, KioskSetting, LANDSCAPE, PORTRAIT},
    theme::Scheme,
};
use countenance_system::complain;

/// Beginning of the names of a kiosk's screens.
const KIOSK: &str = "kiosk-";
/// Text sizes of a kiosk's screens, percent.
const KIOSK_PERCENTS: [u16; 3] = [100, 200, 400];
/// Screens per row of a contact sheet.
const COLUMNS: usize = 7;

pub(super) fn run(out: &Path, only: &str) -> anyhow::Result<ExitCode> {
    fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    if only.starts_with(KIOSK) {
        return kiosk(out, only);
    }
    let samples: Vec<_> = catalogue::samples().into_iter().filter(|(name, _)| name.starts_with(only)).collect();
    let settings: Vec<_> = settings().collect();
    let bar = ProgressBar::new((samples.len() * settings.len()) as u64);
    for setting in settings {
        let mut pictures = Vec::new();
        for (name, state) in &samples {
            let picture = catalogue::picture(state, setting);
            picture.save(out.join(catalogue::file_name(name, setting)))?;
            pictures.push(picture);
            bar.inc(1);
        }
        catalogue::sheet(&pictures, COLUMNS).save(out.join(catalogue::file_name("sheet", setting)))?;
    }
    bar.finish_and_clear();
    complain!("{}: {} images and one contact sheet per setting", out.display(), bar.length().unwrap_or_default());
    Ok(ExitCode::SUCCESS)
}

/// Renders the screens of a kiosk.
fn kiosk(out: &Path, only: &str) -> anyhow::Result<ExitCode> {
    let samples: Vec<_> = samples::samples().into_iter().filter(|sample| sample.name.starts_with(only)).collect();
    let screens = [PORTRAIT, LANDSCAPE].into_iter().flat_map(|size| LANGUAGES.map(|language| (size, language)));
    let settings: Vec<_> = screens
        .flat_map(|(size, language)| {
            KIOSK_PERCENTS.map(|percent| KioskSetting { scheme: Scheme::Light, language, percent, size, lower: false })
        })
        .collect();
    let bar = ProgressBar::new((samples.len() * settings.len()) as u64);
    for setting in settings {
        for sample in &samples {
            samples::picture(sample, setting).save(out.join(samples::file_name(sample, setting)))?;
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    complain!("{}: {} images", out.display(), bar.length().unwrap_or_default());
    Ok(ExitCode::SUCCESS)
}

/// Every combination of settings.
fn settings() -> impl Iterator<Item = Setting> {
    let looks = Scheme::ALL.into_iter().flat_map(|scheme| LANGUAGES.map(|language| (scheme, language)));
    looks.flat_map(|(scheme, language)| [100, 200].map(|percent| Setting { scheme, language, percent }))
}
