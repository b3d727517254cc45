//! Kiosks: devices that were registered with a one-time code, their last heartbeats, and what operators do with them.

use sqlx::{FromRow, Row, sqlite::SqliteRow};

use super::{Event, StoreError, Tx, changed_one, clients::client_version};
use countenance_core::{
    clock::UnixSecs,
    protocol::{ClientVersion, Heartbeat, SiteLabel},
};

/// Maximum number of kiosks of an integration that are read at once: more than one organization has.
pub(crate) const KIOSKS_MAX: u32 = 10_000;

/// What a device may do, whatever the integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DeviceStatus {
    /// Whether it is a kiosk anywhere.
    pub(crate) is_kiosk: bool,
    pub(crate) enabled: bool,
    pub(crate) is_retired: bool,
}

/// The last heartbeat of a kiosk.
#[derive(Debug, Clone)]
pub(crate) struct LastHeartbeat {
    pub(crate) received_at: UnixSecs,
    /// By how much the kiosk's clock was ahead of this verifier's, as of the request's proof; negative if behind.
    pub(crate) clock_ahead_secs: i64,
    /// What the kiosk said. None of it is checked.
    pub(crate) told: Heartbeat,
    /// The troubles that the audit log has, by their names.
    pub(crate) recorded: String,
    /// When the audit log got them; 0 if never.
    pub(crate) recorded_at: UnixSecs,
}

/// A kiosk as shown to an operator.
#[derive(Debug, Clone)]
pub(crate) struct KioskRow {
    /// RFC 7638 thumbprint.
    pub(crate) id: String,
    pub(crate) name: String,
    /// Given by an operator; takes the place of what the kiosk says.
    pub(crate) site: Option<String>,
    pub(crate) enabled: bool,
    pub(crate) registered_at: UnixSecs,
    pub(crate) retired_at: Option<UnixSecs>,
    /// As last seen in a sign-in.
    pub(crate) client_version: Option<ClientVersion>,
    /// Its last attempt to open a session, or its registration.
    pub(crate) seen_at: Option<UnixSecs>,
    /// `None` if there was none yet, or if it cannot be read any more.
    pub(crate) heartbeat: Option<LastHeartbeat>,
}

impl KioskRow {
    /// The site that the kiosk says.
    pub(crate) fn told_site(&self) -> Option<&str> {
        self.heartbeat.as_ref()?.told.site.as_ref().map(SiteLabel::as_str)
    }

    /// The site that counts: the operator's, or else the kiosk's.
    pub(crate) fn shown_site(&self) -> Option<&str> {
        self.site.as_deref().or_else(|| self.told_site())
    }

    /// When it was last heard of.
    pub(crate) fn last_seen(&self) -> Option<UnixSecs> {
        self.heartbeat.as_ref().map(|heartbeat| heartbeat.received_at).max(self.seen_at)
    }

    /// The version of its client, by its last heartbeat or else by its last sign-in.
    pub(crate) fn version(&self) -> Option<ClientVersion> {
        self.heartbeat.as_ref().and_then(|heartbeat| heartbeat.told.version).or(self.client_version)
    }
}

impl FromRow<'_, SqliteRow> for DeviceStatus {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            is_kiosk: row.try_get("kiosk")?,
            enabled: row.try_get("enabled")?,
            is_retired: row.try_get("retired")?,
        })
    }
}

impl FromRow<'_, SqliteRow> for KioskRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            site: row.try_get("site")?,
            enabled: row.try_get("enabled")?,
            registered_at: row.try_get("registered_at")?,
            retired_at: row.try_get("retired_at")?,
            client_version: client_version(row)?,
            seen_at: row.try_get("seen_at")?,
            heartbeat: heartbeat(row)?,
        })
    }
}

fn heartbeat(row: &SqliteRow) -> Result<Option<LastHeartbeat>, sqlx::Error> {
    let told: Option<String> = row.try_get("told")?;
    // Another build may have written it; a fleet must not become invisible because of that.
    let Some(told) = told.and_then(|told| serde_json::from_str(&told).ok()) else { return Ok(None) };
    Ok(Some(LastHeartbeat {
        received_at: row.try_get("received_at")?,
        clock_ahead_secs: row.try_get("clock_ahead_secs")?,
        told,
        recorded: row.try_get("recorded")?,
        recorded_at: row.try_get("recorded_at")?,
    }))
}

impl Tx<'_> {
    /// What the device with this id may do; `None` if it is not registered.
    pub(crate) async fn device_status(&mut self, id: &str) -> Result<Option<DeviceStatus>, StoreError> {
        let select = "SELECT max(kiosk) AS kiosk, min(enabled) AS enabled, max(retired_at IS NOT NULL) AS retired \
                      FROM devices WHERE id = ? GROUP BY id";
        Ok(sqlx::query_as(select).bind(id).fetch_optional(&mut *self.db).await?)
    }

    /// Keeps a heartbeat in place of the one before it, wherever the device is a kiosk.
    pub(crate) async fn keep_heartbeat(
        &mut self,
        device: &str,
        told: &Heartbeat,
        clock_ahead_secs: i64,
        now: UnixSecs,
    ) -> Result<(), StoreError> {
        let told = serde_json::to_string(told).or(Err(StoreError::Unknown { what: "heartbeat" }))?;
        let upsert = "INSERT INTO heartbeats (integration_id, device, received_at, clock_ahead_secs, told) \
                      SELECT integration_id, id, ?2, ?3, ?4 FROM devices WHERE id = ?1 AND kiosk = 1 \
                      ON CONFLICT (integration_id, device) DO UPDATE SET received_at = excluded.received_at, \
                      clock_ahead_secs = excluded.clock_ahead_secs, told = excluded.told";
        let query = sqlx::query(upsert).bind(device).bind(now).bind(clock_ahead_secs).bind(told);
        query.execute(&mut *self.db).await?;
        Ok(())
    }

    /// Notes which troubles of a kiosk the audit log has.
    pub(crate) async fn note_recorded(
        &mut self,
        integration_id: &str,
        device: &str,
        troubles: &str,
        now: UnixSecs,
    ) -> Result<(), StoreError> {
        let update = "UPDATE heartbeats SET recorded = ?, recorded_at = ? WHERE integration_id = ? AND device = ?";
        let query = sqlx::query(update).bind(troubles).bind(now).bind(integration_id).bind(device);
        changed_one(&query.execute(&mut *self.db).await?)
    }

    /// The integration's kiosks, at most [`KIOSKS_MAX`], in the order of their ids.
    pub(crate) async fn kiosks(&mut self, integration_id: &str) -> Result<Vec<KioskRow>, StoreError> {
        let select = "SELECT d.id, d.name, d.site, d.enabled, d.registered_at, d.retired_at, d.client_version, \
                      d.seen_at, h.received_at, h.clock_ahead_secs, h.told, h.recorded, h.recorded_at FROM devices d \
                      LEFT JOIN heartbeats h ON h.integration_id = d.integration_id AND h.device = d.id \
                      WHERE d.integration_id = ? AND d.kiosk = 1 ORDER BY d.id LIMIT ?";
        Ok(sqlx::query_as(select).bind(integration_id).bind(KIOSKS_MAX).fetch_all(&mut *self.db).await?)
    }

    /// The kiosk with this id.
    pub(crate) async fn kiosk(&mut self, integration_id: &str, id: &str) -> Result<Option<KioskRow>, StoreError> {
        let select = "SELECT d.id, d.name, d.site, d.enabled, d.registered_at, d.retired_at, d.client_version, \
                      d.seen_at, h.received_at, h.clock_ahead_secs, h.told, h.recorded, h.recorded_at FROM devices d \
                      LEFT JOIN heartbeats h ON h.integration_id = d.integration_id AND h.device = d.id \
                      WHERE d.integration_id = ? AND d.kiosk = 1 AND d.id = ?";
        Ok(sqlx::query_as(select).bind(integration_id).bind(id).fetch_optional(&mut *self.db).await?)
    }

    /// Gives a kiosk another name.
    pub(crate) async fn rename_kiosk(
        &mut self,
        integration_id: &str,
        kiosk: &KioskRow,
        name: &str,
        now: UnixSecs,
    ) -> Result<(), StoreError> {
        let update = "UPDATE devices SET name = ? WHERE integration_id = ? AND id = ?";
        let query = sqlx::query(update).bind(name).bind(integration_id).bind(&kiosk.id);
        changed_one(&query.execute(&mut *self.db).await?)?;
        self.record(now, Event::DeviceRenamed, &kiosk.id, None, &change(&kiosk.name, name)).await
    }

    /// Gives a kiosk another site; `None`: what it says itself counts again.
    pub(crate) async fn move_kiosk(
        &mut self,
        integration_id: &str,
        kiosk: &KioskRow,
        site: Option<&str>,
        now: UnixSecs,
    ) -> Result<(), StoreError> {
        let update = "UPDATE devices SET site = ? WHERE integration_id = ? AND id = ?";
        let query = sqlx::query(update).bind(site).bind(integration_id).bind(&kiosk.id);
        changed_one(&query.execute(&mut *self.db).await?)?;
        let detail = change(kiosk.site.as_deref().unwrap_or_default(), site.unwrap_or_default());
        self.record(now, Event::DeviceMoved, &kiosk.id, None, &detail).await
    }

    /// Disables a device at every integration for good, and drops what it has said; false if it was retired before or is
    /// not registered.
    pub(crate) async fn retire_device(&mut self, id: &str, now: UnixSecs) -> Result<bool, StoreError> {
        let Some(before) = self.device_status(id).await?.filter(|status| !status.is_retired) else { return Ok(false) };
        let update = "UPDATE devices SET enabled = 0, retired_at = ? WHERE id = ?";
        sqlx::query(update).bind(now).bind(id).execute(&mut *self.db).await?;
        let delete = "DELETE FROM heartbeats WHERE device = ?1 AND integration_id IN \
                      (SELECT integration_id FROM devices WHERE id = ?1)";
        sqlx::query(delete).bind(id).execute(&mut *self.db).await?;
        let state = if before.enabled { "on" } else { "off" };
        self.record(now, Event::DeviceRetired, id, None, &change(state, "retired")).await?;
        Ok(true)
    }
}

/// A change as the audit log has it.
fn change(before: &str, after: &str) -> String {
    let shown = |text: &str| if text.is_empty() { "(none)".to_owned() } else { text.to_owned() };
    format!("{} → {}", shown(before), shown(after))
}
