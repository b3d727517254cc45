//! Setup events: the last event of each kind for an integration, so that an operator can see whether it is set up
//! correctly.

use sqlx::{FromRow, Row, sqlite::SqliteRow};

use super::{StoreError, Tx, sessions::unknown};
use countenance_core::clock::UnixSecs;

countenance_core::enumeration! {
    /// Kind of event.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum SetupEvent {
        /// A sign-in started. Detail: by how many seconds the tenant's clock was ahead of ours; negative if behind.
        Start = "start",
        /// A sign-in was rejected at the start. Detail: the name of the error page.
        StartRefused = "start_refused",
        /// A browser returned a result to the tenant. Detail: `approved` or `refused`.
        Returned = "returned",
        /// A log stream delivered events.
        LogEvent = "log_event",
        /// A one-time code was sent. Detail: the channel.
        CodeSent = "code_sent",
    }
}

/// The last event of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LastSetupEvent {
    pub(crate) what: SetupEvent,
    pub(crate) at: UnixSecs,
    pub(crate) detail: String,
}

impl FromRow<'_, SqliteRow> for LastSetupEvent {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let name: &str = row.try_get("what")?;
        let what = SetupEvent::named(name).ok_or_else(|| unknown("setup event"))?;
        Ok(Self { what, at: row.try_get("at")?, detail: row.try_get("detail")? })
    }
}

impl Tx<'_> {
    /// Records an event of an existing integration, replacing the previous one of its kind.
    pub(crate) async fn note_setup_event(
        &mut self,
        integration_id: &str,
        what: SetupEvent,
        at: UnixSecs,
        detail: &str,
    ) -> Result<(), StoreError> {
        let upsert = "INSERT INTO setup_events (integration_id, what, at, detail) VALUES (?, ?, ?, ?) \
                      ON CONFLICT DO UPDATE SET at = excluded.at, detail = excluded.detail";
        sqlx::query(upsert).bind(integration_id).bind(what.name()).bind(at).bind(detail).execute(&mut *self.db).await?;
        Ok(())
    }

    /// The events of an integration, newest first.
    pub(crate) async fn setup_events(&mut self, integration_id: &str) -> Result<Vec<LastSetupEvent>, StoreError> {
        let select = "SELECT what, at, detail FROM setup_events WHERE integration_id = ? ORDER BY at DESC, what";
        Ok(sqlx::query_as(select).bind(integration_id).fetch_all(&mut *self.db).await?)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        Rules,
        store::{Database, Integration, MasterKey, Store},
    };
    use countenance_system::SystemRandom;

    #[tokio::test]
    async fn keeps_the_last_event_of_each_kind_newest_first() {
        let key = MasterKey::from_bytes([1; 32]);
        let store = Store::open(&Database::Memory, &key, Arc::new(SystemRandom)).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        let integration = Integration { id: "i".into(), rules: Rules::new("Payroll", "tenant.example") };
        tx.add_integration(&integration, "secret", 1).await.unwrap();
        for (at, what) in (10..).zip(SetupEvent::ALL) {
            tx.note_setup_event("i", what, at, "first").await.unwrap();
        }
        tx.note_setup_event("i", SetupEvent::Start, 20, "-3").await.unwrap();
        let seen = tx.setup_events("i").await.unwrap();
        assert_eq!(seen.len(), SetupEvent::ALL.len());
        assert_eq!(seen[0], LastSetupEvent { what: SetupEvent::Start, at: 20, detail: "-3".into() });
        assert_eq!(seen[1], LastSetupEvent { what: SetupEvent::CodeSent, at: 14, detail: "first".into() });
        assert!(tx.setup_events("another").await.unwrap().is_empty());
        assert!(
            tx.note_setup_event("unknown", SetupEvent::Start, 1, "").await.is_err(),
            "recorded an event of an unknown integration"
        );
    }
}
