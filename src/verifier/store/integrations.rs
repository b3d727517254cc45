//! Integrations: which tenant may send people here, and by which rules.

use sqlx::{FromRow, Row, sqlite::SqliteRow};
use zeroize::Zeroizing;

use super::{Event, StoreError, Tx};
use crate::world::UnixSecs;

/// One tenant's agreement with this verifier, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Integration {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) tenant_host: String,
    pub(crate) custom_domains: Vec<String>,
    pub(crate) self_enrolment: bool,
    pub(crate) virtual_cameras: bool,
    pub(crate) open_registration: bool,
    pub(crate) attempts: u32,
}

impl FromRow<'_, SqliteRow> for Integration {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let domains: String = row.try_get("custom_domains")?;
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            tenant_host: row.try_get("tenant_host")?,
            custom_domains: domains.split_whitespace().map(str::to_owned).collect(),
            self_enrolment: row.try_get("self_enrolment")?,
            virtual_cameras: row.try_get("virtual_cameras")?,
            open_registration: row.try_get("open_registration")?,
            attempts: row.try_get("attempts")?,
        })
    }
}

impl Tx<'_> {
    /// Adds an integration with its Session Secret.
    pub(crate) async fn add_integration(
        &mut self,
        new: &Integration,
        secret: &str,
        now: UnixSecs,
    ) -> Result<(), StoreError> {
        let sealed = self.vault.seal(self.chance, "integrations.secret", &[&new.id], secret.as_bytes());
        sqlx::query("INSERT INTO integrations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(&new.id)
            .bind(&new.name)
            .bind(&new.tenant_host)
            .bind(new.custom_domains.join(" "))
            .bind(sealed)
            .bind(new.self_enrolment)
            .bind(new.virtual_cameras)
            .bind(new.open_registration)
            .bind(new.attempts)
            .bind(now)
            .execute(&mut *self.db)
            .await?;
        self.record(now, Event::IntegrationAdded, &new.id, None, &new.tenant_host).await
    }

    /// The integration with this id.
    pub(crate) async fn integration(&mut self, id: &str) -> Result<Option<Integration>, StoreError> {
        let select = "SELECT * FROM integrations WHERE id = ?";
        Ok(sqlx::query_as(select).bind(id).fetch_optional(&mut *self.db).await?)
    }

    /// The Session Secret of an integration that exists.
    pub(crate) async fn session_secret(&mut self, id: &str) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        let select = "SELECT secret_sealed FROM integrations WHERE id = ?";
        let sealed: Vec<u8> = sqlx::query(select).bind(id).fetch_one(&mut *self.db).await?.try_get(0)?;
        Ok(self.vault.open("integrations.secret", &[id], &sealed)?)
    }
}
