//! Supervisors, and which session each attends. Their PINs are stored as sealed argon2id hashes: six digits could be found
//! from a hash alone.

use sqlx::{FromRow, Row, sqlite::SqliteRow};
use zeroize::Zeroizing;

use super::{Event, Session, StoreError, Tx, changed_one, sessions::unknown};
use countenance_core::{clock::UnixSecs, protocol::SupervisorNumber};

/// The column to which the hashes are bound.
const PIN: &str = "supervisors.pin";

/// A supervisor, without their PIN.
#[derive(Debug, Clone)]
pub(crate) struct Supervisor {
    pub(crate) number: SupervisorNumber,
    pub(crate) name: String,
    /// Their own account.
    pub(crate) sub: Option<String>,
    /// Wrong PINs in a row.
    pub(crate) wrong_pins: u32,
    /// Until then no PIN is compared.
    pub(crate) closed_until: UnixSecs,
    /// Number of enrollments that they attended.
    pub(crate) enrollments: u32,
    pub(crate) created_at: UnixSecs,
    pub(crate) retired_at: Option<UnixSecs>,
}

/// A supervisor to be added.
pub(crate) struct NewSupervisor<'a> {
    pub(crate) integration_id: &'a str,
    pub(crate) number: &'a SupervisorNumber,
    pub(crate) name: &'a str,
    pub(crate) sub: Option<&'a str>,
}

impl FromRow<'_, SqliteRow> for Supervisor {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            number: number(row.try_get("number")?)?,
            name: row.try_get("name")?,
            sub: row.try_get("sub")?,
            wrong_pins: row.try_get("wrong_pins")?,
            closed_until: row.try_get("closed_until")?,
            enrollments: row.try_get("enrollments")?,
            created_at: row.try_get("created_at")?,
            retired_at: row.try_get("retired_at")?,
        })
    }
}

/// A stored number.
pub(super) fn number(text: &str) -> Result<SupervisorNumber, sqlx::Error> {
    text.parse().or(Err(unknown("supervisor's number")))
}

impl Tx<'_> {
    /// Adds a supervisor; false, without a change, if the integration has one with this number, retired or not.
    pub(crate) async fn add_supervisor(
        &mut self,
        new: &NewSupervisor<'_>,
        pin_hash: &str,
        now: UnixSecs,
    ) -> Result<bool, StoreError> {
        let (id, number) = (new.integration_id, new.number.as_str());
        let sealed = self.sealer.seal(self.rng, PIN, &[id, number], pin_hash.as_bytes());
        let insert = "INSERT INTO supervisors (integration_id, number, name, sub, pin_sealed, created_at) \
                      VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
        let query = sqlx::query(insert).bind(id).bind(number).bind(new.name).bind(new.sub).bind(sealed).bind(now);
        let is_new = query.execute(&mut *self.db).await?.rows_affected() == 1;
        if is_new {
            self.record(now, Event::SupervisorAdded, id, None, number).await?;
        }
        Ok(is_new)
    }

    /// Gives a supervisor another PIN, and forgets wrong ones; false if there is none, or they are retired.
    pub(crate) async fn set_supervisor_pin(
        &mut self,
        integration_id: &str,
        number: &SupervisorNumber,
        pin_hash: &str,
        now: UnixSecs,
    ) -> Result<bool, StoreError> {
        let row = [integration_id, number.as_str()];
        let sealed = self.sealer.seal(self.rng, PIN, &row, pin_hash.as_bytes());
        let update = "UPDATE supervisors SET pin_sealed = ?, wrong_pins = 0, closed_until = 0 \
                      WHERE integration_id = ? AND number = ? AND retired_at IS NULL";
        let query = sqlx::query(update).bind(sealed).bind(integration_id).bind(number.as_str());
        let done = query.execute(&mut *self.db).await?.rows_affected() == 1;
        if done {
            self.record(now, Event::SupervisorPinMade, integration_id, None, number.as_str()).await?;
        }
        Ok(done)
    }

    /// The integration's supervisor with this number, retired or not.
    pub(crate) async fn supervisor(
        &mut self,
        integration_id: &str,
        number: &SupervisorNumber,
    ) -> Result<Option<Supervisor>, StoreError> {
        let select = "SELECT * FROM supervisors WHERE integration_id = ? AND number = ?";
        let query = sqlx::query_as(select).bind(integration_id).bind(number.as_str());
        Ok(query.fetch_optional(&mut *self.db).await?)
    }

    /// The integration's supervisors by number, those who are retired last.
    pub(crate) async fn supervisors(&mut self, integration_id: &str) -> Result<Vec<Supervisor>, StoreError> {
        let select = "SELECT * FROM supervisors WHERE integration_id = ? ORDER BY retired_at IS NOT NULL, number";
        Ok(sqlx::query_as(select).bind(integration_id).fetch_all(&mut *self.db).await?)
    }

    /// Number of the integration's supervisors, without those who are retired.
    pub(crate) async fn count_supervisors(&mut self, integration_id: &str) -> Result<u32, StoreError> {
        let select = "SELECT count(*) FROM supervisors WHERE integration_id = ? AND retired_at IS NULL";
        Ok(sqlx::query(select).bind(integration_id).fetch_one(&mut *self.db).await?.try_get(0)?)
    }

    /// The hash of a supervisor's PIN.
    pub(crate) async fn supervisor_pin(
        &mut self,
        integration_id: &str,
        number: &SupervisorNumber,
    ) -> Result<Zeroizing<String>, StoreError> {
        let select = "SELECT pin_sealed FROM supervisors WHERE integration_id = ? AND number = ?";
        let query = sqlx::query(select).bind(integration_id).bind(number.as_str());
        let sealed: Vec<u8> = query.fetch_one(&mut *self.db).await?.try_get(0)?;
        let hash = self.sealer.open(PIN, &[integration_id, number.as_str()], &sealed)?;
        let text = std::str::from_utf8(&hash).or(Err(StoreError::Unknown { what: "PIN" }))?;
        Ok(Zeroizing::new(text.to_owned()))
    }

    /// Counts a wrong PIN; compares none for `wait(wrong ones in a row)` seconds.
    pub(crate) async fn count_wrong_pin(
        &mut self,
        integration_id: &str,
        number: &SupervisorNumber,
        now: UnixSecs,
        wait: fn(u32) -> i64,
    ) -> Result<(), StoreError> {
        let update = "UPDATE supervisors SET wrong_pins = wrong_pins + 1 WHERE integration_id = ? AND number = ? \
                      RETURNING wrong_pins";
        let query = sqlx::query(update).bind(integration_id).bind(number.as_str());
        let wrong: u32 = query.fetch_one(&mut *self.db).await?.try_get(0)?;
        let until = now.saturating_add(wait(wrong));
        let update = "UPDATE supervisors SET closed_until = ? WHERE integration_id = ? AND number = ?";
        sqlx::query(update).bind(until).bind(integration_id).bind(number.as_str()).execute(&mut *self.db).await?;
        Ok(())
    }

    /// Forgets wrong PINs and ends their wait; false if there is no such supervisor.
    pub(crate) async fn clear_wrong_pins(
        &mut self,
        integration_id: &str,
        number: &SupervisorNumber,
    ) -> Result<bool, StoreError> {
        let update = "UPDATE supervisors SET wrong_pins = 0, closed_until = 0 WHERE integration_id = ? AND number = ?";
        let query = sqlx::query(update).bind(integration_id).bind(number.as_str());
        Ok(query.execute(&mut *self.db).await?.rows_affected() == 1)
    }

    /// Retires a supervisor for good; false if there is none, or they are retired. The number stays theirs.
    pub(crate) async fn retire_supervisor(
        &mut self,
        integration_id: &str,
        number: &SupervisorNumber,
        now: UnixSecs,
    ) -> Result<bool, StoreError> {
        let update = "UPDATE supervisors SET retired_at = ? WHERE integration_id = ? AND number = ? \
                      AND retired_at IS NULL";
        let query = sqlx::query(update).bind(now).bind(integration_id).bind(number.as_str());
        let done = query.execute(&mut *self.db).await?.rows_affected() == 1;
        if done {
            self.record(now, Event::SupervisorRetired, integration_id, None, number.as_str()).await?;
        }
        Ok(done)
    }

    /// Whether the supervisor may attend an enrollment of the account: not retired, and not their own.
    pub(crate) async fn may_attend(
        &mut self,
        integration_id: &str,
        number: &SupervisorNumber,
        sub: &str,
    ) -> Result<bool, StoreError> {
        let found = self.supervisor(integration_id, number).await?;
        Ok(found.is_some_and(|supervisor| supervisor.retired_at.is_none() && supervisor.sub.as_deref() != Some(sub)))
    }

    /// Records that a supervisor attends an open session, in place of one who did before.
    pub(crate) async fn attend_session(
        &mut self,
        session: &Session,
        number: &SupervisorNumber,
        now: UnixSecs,
    ) -> Result<(), StoreError> {
        let update = "UPDATE sessions SET attended_by = ? WHERE id = ? AND stage = 'open'";
        changed_one(&sqlx::query(update).bind(number.as_str()).bind(&session.id).execute(&mut *self.db).await?)?;
        let account = self.pseudonym(&session.integration_id, &session.sub).await?;
        self.record(now, Event::EnrollmentAttended, &session.id, account.as_deref(), number.as_str()).await
    }

    /// Counts an enrollment for the supervisor who attended it.
    pub(crate) async fn count_attended(
        &mut self,
        integration_id: &str,
        number: &SupervisorNumber,
    ) -> Result<(), StoreError> {
        let update = "UPDATE supervisors SET enrollments = enrollments + 1 WHERE integration_id = ? AND number = ?";
        sqlx::query(update).bind(integration_id).bind(number.as_str()).execute(&mut *self.db).await?;
        Ok(())
    }

    /// The supervisor who attended when the account's face was enrolled.
    pub(crate) async fn attended_by(
        &mut self,
        integration_id: &str,
        sub: &str,
    ) -> Result<Option<SupervisorNumber>, StoreError> {
        let select = "SELECT attended_by FROM templates WHERE integration_id = ? AND sub = ?";
        let row = sqlx::query(select).bind(integration_id).bind(sub).fetch_optional(&mut *self.db).await?;
        let stored: Option<String> = row.map(|row| row.try_get(0)).transpose()?.flatten();
        Ok(stored.map(|text| number(&text)).transpose()?)
    }
}
