//! Devices: registered keys, and the one-time codes for registering new ones.

use sqlx::{FromRow, Row, sqlite::SqliteRow};

use super::{
    Event, StoreError, Tx, changed_one,
    clients::{client_version, key_protection},
    sha256_text,
};
use countenance_core::{
    clock::UnixSecs,
    protocol::{ClientVersion, KeyProtection},
};

/// A registered device key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Device {
    /// RFC 7638 thumbprint.
    pub(crate) id: String,
    /// Whether its signatures are accepted.
    pub(crate) enabled: bool,
    /// Whether it serves all accounts of the integration, because it was registered with a one-time code.
    pub(crate) kiosk: bool,
    /// The version of its client as last seen at the integration.
    pub(crate) client_version: Option<ClientVersion>,
    /// Where its key is kept: what it said when it was registered, or less since.
    pub(crate) key_protection: KeyProtection,
}

/// A device to be registered.
pub(crate) struct Registration<'a> {
    pub(crate) integration_id: &'a str,
    pub(crate) id: &'a str,
    /// `x` of its JWK.
    pub(crate) public_key: &'a str,
    pub(crate) name: &'a str,
    /// Whether it is registered with a one-time code.
    pub(crate) kiosk: bool,
    /// Where it says that its key is kept.
    pub(crate) key_protection: KeyProtection,
}

impl FromRow<'_, SqliteRow> for Device {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            enabled: row.try_get("enabled")?,
            kiosk: row.try_get("kiosk")?,
            client_version: client_version(row)?,
            key_protection: key_protection(row, "key_protection")?,
        })
    }
}

impl Tx<'_> {
    /// The device with this id, if it is registered at this integration, or disabled at any: a disabled key is refused
    /// everywhere. A kiosk of another integration is none here.
    pub(crate) async fn device(&mut self, integration_id: &str, id: &str) -> Result<Option<Device>, StoreError> {
        let select = "SELECT id, min(enabled) AS enabled, max(kiosk AND integration_id = ?1) AS kiosk, \
                      max(CASE integration_id WHEN ?1 THEN client_version END) AS client_version, \
                      coalesce(max(CASE integration_id WHEN ?1 THEN key_protection END), 'file') AS key_protection \
                      FROM devices WHERE id = ?2 GROUP BY id \
                      HAVING min(enabled) = 0 OR max(integration_id = ?1) = 1";
        Ok(sqlx::query_as(select).bind(integration_id).bind(id).fetch_optional(&mut *self.db).await?)
    }

    /// Registers a device that is not yet registered.
    pub(crate) async fn add_device(&mut self, new: &Registration<'_>, now: UnixSecs) -> Result<(), StoreError> {
        let insert = "INSERT INTO devices (integration_id, id, public_key, name, registered_at, kiosk, \
                      key_protection) VALUES (?, ?, ?, ?, ?, ?, ?)";
        sqlx::query(insert)
            .bind(new.integration_id)
            .bind(new.id)
            .bind(new.public_key)
            .bind(new.name)
            .bind(now)
            .bind(new.kiosk)
            .bind(new.key_protection.name())
            .execute(&mut *self.db)
            .await?;
        self.record(now, Event::DeviceRegistered, new.id, None, new.integration_id).await
    }

    /// Makes a registered device a kiosk, because it has presented a one-time code.
    pub(crate) async fn make_kiosk(&mut self, integration_id: &str, id: &str, now: UnixSecs) -> Result<(), StoreError> {
        let update = "UPDATE devices SET kiosk = 1 WHERE integration_id = ? AND id = ? AND kiosk = 0";
        changed_one(&sqlx::query(update).bind(integration_id).bind(id).execute(&mut *self.db).await?)?;
        self.record(now, Event::DeviceRegistered, id, None, integration_id).await
    }

    /// Records that a device says its key is kept less well than it said before.
    pub(crate) async fn weaken_key_protection(
        &mut self,
        integration_id: &str,
        id: &str,
        to: KeyProtection,
    ) -> Result<(), StoreError> {
        let update = "UPDATE devices SET key_protection = ? WHERE integration_id = ? AND id = ?";
        changed_one(&sqlx::query(update).bind(to.name()).bind(integration_id).bind(id).execute(&mut *self.db).await?)
    }

    /// Disables a device at every integration; false if there is no device with this id.
    pub(crate) async fn disable_device(&mut self, id: &str, now: UnixSecs) -> Result<bool, StoreError> {
        let update = "UPDATE devices SET enabled = 0 WHERE id = ?";
        let done = sqlx::query(update).bind(id).execute(&mut *self.db).await?.rows_affected() > 0;
        if done {
            self.record(now, Event::DeviceDisabled, id, None, "").await?;
        }
        Ok(done)
    }

    /// Stores a one-time enrollment code, made at `now`.
    pub(crate) async fn add_device_code(
        &mut self,
        integration_id: &str,
        code: &str,
        now: UnixSecs,
        expires_at: UnixSecs,
    ) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO device_codes VALUES (?, ?, ?, NULL)")
            .bind(sha256_text(code))
            .bind(integration_id)
            .bind(expires_at)
            .execute(&mut *self.db)
            .await?;
        self.record(now, Event::DeviceCodeMade, integration_id, None, "").await
    }

    /// Spends an enrollment code for `device`; false if it is unknown, expired, or was spent by another device.
    pub(crate) async fn spend_device_code(
        &mut self,
        integration_id: &str,
        code: &str,
        device: &str,
        now: UnixSecs,
    ) -> Result<bool, StoreError> {
        let update = "UPDATE device_codes SET spent_by = ? \
                      WHERE code_hash = ? AND integration_id = ? AND expires_at > ? AND coalesce(spent_by, ?) = ?";
        let done = sqlx::query(update)
            .bind(device)
            .bind(sha256_text(code))
            .bind(integration_id)
            .bind(now)
            .bind(device)
            .bind(device)
            .execute(&mut *self.db)
            .await?;
        Ok(done.rows_affected() == 1)
    }
}
