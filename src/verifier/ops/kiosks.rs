//! Kiosks from the command line: how they are, and what the portal's page of a kiosk does.

use std::fmt::Write;

use crate::{
    Verifier,
    browser::pages::one_line,
    fleet::{Counts, Health, Trouble},
    portal::time::iso,
    store::{KioskRow, StoreError, Tx},
};
use countenance_core::{clock::UnixSecs, protocol::SiteLabel};

/// A kiosk as a list shows it. Name, site, version and settings are what an operator or the kiosk says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KioskLine {
    /// RFC 7638 thumbprint of its key.
    pub id: String,
    /// The operators' name for it; empty if it has none.
    pub name: String,
    /// Its site: an operator's, or else its own.
    pub site: Option<String>,
    /// `ok`, `silent`, `off`, `retired`, or its troubles.
    pub health: String,
    /// When it was last heard of: `2026-11-22T13:04:44Z`.
    pub seen: Option<String>,
    /// Version of its client.
    pub version: Option<String>,
    /// Names its settings: the same at kiosks with the same files.
    pub settings: Option<String>,
}

/// Why a kiosk was not changed.
#[derive(Debug, thiserror::Error)]
pub enum KioskError {
    /// The integration does not exist.
    #[error("there is no integration with this id")]
    NoIntegration,
    /// It has no kiosk with this id.
    #[error("the integration has no kiosk with this id")]
    NoKiosk,
    /// The kiosk is retired already.
    #[error("the kiosk was retired before")]
    Retired,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Verifier {
    /// The kiosks of an integration, in the order of their ids.
    pub async fn kiosks(&self, integration_id: &str) -> Result<Vec<KioskLine>, KioskError> {
        let mut tx = self.0.store().read().await?;
        tx.integration(integration_id).await?.ok_or(KioskError::NoIntegration)?;
        let now = self.0.now();
        Ok(tx.kiosks(integration_id).await?.iter().map(|kiosk| line(kiosk, now)).collect())
    }

    /// Gives a kiosk another name.
    pub async fn rename_kiosk(&self, integration_id: &str, id: &str, name: &SiteLabel) -> Result<(), KioskError> {
        let mut tx = self.0.store().begin().await?;
        let kiosk = kiosk(&mut tx, integration_id, id).await?;
        tx.rename_kiosk(integration_id, &kiosk, name.as_str(), self.0.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Gives a kiosk another site; `None`: what it says itself counts again.
    pub async fn move_kiosk(&self, integration_id: &str, id: &str, site: Option<&SiteLabel>) -> Result<(), KioskError> {
        let mut tx = self.0.store().begin().await?;
        let kiosk = kiosk(&mut tx, integration_id, id).await?;
        tx.move_kiosk(integration_id, &kiosk, site.map(SiteLabel::as_str), self.0.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Disables a kiosk for good, at every integration.
    pub async fn retire_kiosk(&self, integration_id: &str, id: &str) -> Result<(), KioskError> {
        let mut tx = self.0.store().begin().await?;
        kiosk(&mut tx, integration_id, id).await?;
        if !tx.retire_device(id, self.0.now()).await? {
            return Err(KioskError::Retired);
        }
        Ok(tx.commit().await?)
    }

    /// Numbers of the kiosks of all integrations by their health and by their troubles, in the text format of Prometheus.
    /// Without names: neither of kiosks nor of sites.
    pub async fn kiosk_metrics(&self) -> Result<String, StoreError> {
        let mut tx = self.0.store().read().await?;
        let now = self.0.now();
        let mut kiosks = Vec::new();
        for integration in tx.integrations().await? {
            kiosks.extend(tx.kiosks(&integration.id).await?);
        }
        Ok(metrics(&kiosks, now))
    }
}

async fn kiosk(tx: &mut Tx<'_>, integration_id: &str, id: &str) -> Result<KioskRow, KioskError> {
    tx.integration(integration_id).await?.ok_or(KioskError::NoIntegration)?;
    tx.kiosk(integration_id, id).await?.ok_or(KioskError::NoKiosk)
}

fn line(kiosk: &KioskRow, now: UnixSecs) -> KioskLine {
    let told = kiosk.heartbeat.as_ref().map(|heartbeat| &heartbeat.told);
    KioskLine {
        id: kiosk.id.clone(),
        name: one_line(&kiosk.name),
        site: kiosk.shown_site().map(str::to_owned),
        health: match Health::of(kiosk, now) {
            Health::Ok => "ok".into(),
            Health::NeedsAttention(troubles) => troubles.into_iter().map(Trouble::name).collect::<Vec<_>>().join(" "),
            Health::Silent => "silent".into(),
            Health::Off => "off".into(),
            Health::Retired => "retired".into(),
        },
        seen: kiosk.last_seen().map(iso),
        version: kiosk.version().map(|version| version.to_string()),
        settings: told.and_then(|told| told.settings_revision.as_ref()).map(ToString::to_string),
    }
}

fn metrics(kiosks: &[KioskRow], now: UnixSecs) -> String {
    let counts = Counts::of(kiosks, now);
    let troubled = |trouble: &Trouble| {
        let has = |kiosk: &&KioskRow| matches!(Health::of(kiosk, now), Health::NeedsAttention(troubles) if troubles.contains(trouble));
        kiosks.iter().filter(has).count()
    };
    let mut text = String::new();
    let mut family = |name: &str, help: &str, label: &str, values: &[(&str, usize)]| {
        // Writing to a string does not fail.
        writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge").ok();
        for (value, number) in values {
            writeln!(text, "{name}{{{label}=\"{value}\"}} {number}").ok();
        }
    };
    let by_health = [
        ("ok", counts.ok),
        ("needs_attention", counts.attention),
        ("silent", counts.silent),
        ("off", counts.off),
        ("retired", counts.retired),
    ];
    family("countenance_kiosks", "Kiosks by their health.", "health", &by_health);
    let by_trouble: Vec<_> = Trouble::ALL.iter().map(|trouble| (trouble.name(), troubled(trouble))).collect();
    let help = "Kiosks that need attention, by what is wrong; one with two troubles counts twice.";
    family("countenance_kiosks_troubled", help, "trouble", &by_trouble);
    text
}
