//! `countenance-lab screens`: renders every screen in every setting, and contact sheets to compare them.

use std::{fs, path::Path, process::ExitCode};

use anyhow::Context;
use indicatif::ProgressBar;

use countenance_gui::{
    catalogue::{self, LANGUAGES, Setting},
    theme::Scheme,
};
use countenance_system::complain;

/// Screens per row of a contact sheet.
const COLUMNS: usize = 7;

pub(super) fn run(out: &Path, only: &str) -> anyhow::Result<ExitCode> {
    fs::create_dir_all(out).with_context(|| out.display().to_string())?;
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

/// Every combination of settings.
fn settings() -> impl Iterator<Item = Setting> {
    let looks = Scheme::ALL.into_iter().flat_map(|scheme| LANGUAGES.map(|language| (scheme, language)));
    looks.flat_map(|(scheme, language)| [100, 200].map(|percent| Setting { scheme, language, percent }))
}
