//! `countenance-verifier kiosks`.

use std::io::Write;

use super::args::{KioskTask, OneKiosk};
use countenance_verifier::{KioskLine, Verifier};

pub(super) async fn run(verifier: &Verifier, task: KioskTask, out: &mut impl Write) -> anyhow::Result<()> {
    match task {
        KioskTask::List { integration } => {
            for kiosk in verifier.kiosks(&integration).await? {
                writeln!(out, "{}", text(&kiosk))?;
            }
        }
        KioskTask::Rename { kiosk: OneKiosk { integration, id }, name } => {
            verifier.rename_kiosk(&integration, &id, &name).await?;
        }
        KioskTask::Move { kiosk: OneKiosk { integration, id }, site } => {
            verifier.move_kiosk(&integration, &id, site.as_ref()).await?;
        }
        KioskTask::Retire { kiosk: OneKiosk { integration, id } } => verifier.retire_kiosk(&integration, &id).await?,
        KioskTask::Metrics => write!(out, "{}", verifier.kiosk_metrics().await?)?,
    }
    Ok(())
}

/// One line. No value has a tab in it: names and sites are lines without control characters.
fn text(kiosk: &KioskLine) -> String {
    let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".into());
    let name = if kiosk.name.is_empty() { "-" } else { &kiosk.name };
    let (site, seen) = (or_none(&kiosk.site), kiosk.seen.clone().unwrap_or_else(|| "never".into()));
    let (version, settings) = (or_none(&kiosk.version), or_none(&kiosk.settings));
    [&kiosk.id, name, &site, &kiosk.health, &seen, &version, &settings].join("\t")
}
