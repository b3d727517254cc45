//! One-time codes: phone numbers, and sends and attempts per session and per account.

use sqlx::{FromRow, Row, sqlite::SqliteRow};

use super::{Event, Session, StoreError, Tx, changed_one, sessions::unknown, sha256_text};
use crate::{otp::phone::PhoneNumber, otp::twilio::VerificationSid};
use countenance_core::{
    clock::UnixSecs,
    protocol::{Fallback, OneTimeCode},
};

/// State of a session's code.
pub(crate) struct CodeState {
    /// Channel of the last code sent.
    pub(crate) channel: Fallback,
    /// Twilio's id of the verification; `None` if Twilio no longer knows it.
    pub(crate) sid: Option<VerificationSid>,
    /// Codes sent so far.
    pub(crate) sends: u32,
    /// Remaining attempts.
    pub(crate) attempts_left: u32,
}

/// Limits of a session's codes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CodeLimits {
    /// Maximum number of sends.
    pub(crate) sends: u32,
    /// Maximum number of checks.
    pub(crate) checks: u32,
}

struct CodeRow {
    channel: Fallback,
    sid_sealed: Option<Vec<u8>>,
    sends: u32,
    attempts_left: u32,
}

impl FromRow<'_, SqliteRow> for CodeRow {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let channel = Fallback::named(row.try_get("channel")?).ok_or_else(|| unknown("channel"))?;
        let (sid_sealed, sends) = (row.try_get("sid_sealed")?, row.try_get("sends")?);
        Ok(Self { channel, sid_sealed, sends, attempts_left: row.try_get("attempts_left")? })
    }
}

impl Tx<'_> {
    /// The phone number that an operator set for the account.
    pub(crate) async fn phone(&mut self, integration_id: &str, sub: &str) -> Result<Option<PhoneNumber>, StoreError> {
        let select = "SELECT phone_sealed FROM accounts WHERE integration_id = ? AND sub = ?";
        let row = sqlx::query(select).bind(integration_id).bind(sub).fetch_optional(&mut *self.db).await?;
        let sealed: Option<Vec<u8>> = row.map_or(Ok(None), |row| row.try_get(0))?;
        sealed.map(|sealed| self.open_phone("accounts.phone", &[integration_id, sub], &sealed)).transpose()
    }

    /// Sets or removes the account's phone number; false if there is no such account.
    pub(crate) async fn set_phone(
        &mut self,
        integration_id: &str,
        sub: &str,
        phone: Option<&PhoneNumber>,
        now: UnixSecs,
    ) -> Result<bool, StoreError> {
        let Some(pseudonym) = self.pseudonym(integration_id, sub).await? else { return Ok(false) };
        let place = [integration_id, sub];
        let sealed = phone.map(|p| self.sealer.seal(self.rng, "accounts.phone", &place, p.e164().as_bytes()));
        let update = "UPDATE accounts SET phone_sealed = ? WHERE integration_id = ? AND sub = ?";
        sqlx::query(update).bind(sealed).bind(integration_id).bind(sub).execute(&mut *self.db).await?;
        let detail = if phone.is_some() { "set" } else { "removed" };
        self.record(now, Event::PhoneChanged, integration_id, Some(&pseudonym), detail).await?;
        Ok(true)
    }

    /// The number for this session's codes: the account's own, or else the one from the session token.
    pub(crate) async fn phone_of(&mut self, session: &Session) -> Result<Option<PhoneNumber>, StoreError> {
        if let Some(phone) = self.phone(&session.integration_id, &session.sub).await? {
            return Ok(Some(phone));
        }
        let select = "SELECT phone_sealed FROM sessions WHERE id = ?";
        let sealed: Option<Vec<u8>> =
            sqlx::query(select).bind(&session.id).fetch_one(&mut *self.db).await?.try_get(0)?;
        sealed.map(|sealed| self.open_phone("sessions.phone", &[&session.id], &sealed)).transpose()
    }

    /// Seals the phone number from the session token.
    pub(super) fn seal_session_phone(&self, session_id: &str, phone: &PhoneNumber) -> Vec<u8> {
        self.sealer.seal(self.rng, "sessions.phone", &[session_id], phone.e164().as_bytes())
    }

    /// State of the session's code; `None` if no code was sent.
    pub(crate) async fn code(&mut self, session_id: &str) -> Result<Option<CodeState>, StoreError> {
        let select = "SELECT * FROM codes WHERE session_id = ?";
        let row: Option<CodeRow> = sqlx::query_as(select).bind(session_id).fetch_optional(&mut *self.db).await?;
        let Some(CodeRow { channel, sid_sealed, sends, attempts_left }) = row else { return Ok(None) };
        let sid = match sid_sealed {
            Some(sealed) => {
                let sid = self.sealer.open("codes.sid", &[session_id], &sealed)?;
                let sid = std::str::from_utf8(&sid).or(Err(StoreError::Unknown { what: "verification" }))?;
                Some(VerificationSid(sid.to_owned()))
            }
            None => None,
        };
        Ok(Some(CodeState { channel, sid, sends, attempts_left }))
    }

    /// Records that a code was sent. The first one sets the remaining attempts to `attempts`; later ones do not change
    /// them.
    pub(crate) async fn note_code_sent(
        &mut self,
        session_id: &str,
        channel: Fallback,
        sid: &VerificationSid,
        limits: CodeLimits,
        now: UnixSecs,
    ) -> Result<(), StoreError> {
        let sealed = self.sealer.seal(self.rng, "codes.sid", &[session_id], sid.0.as_bytes());
        let upsert = "INSERT INTO codes (session_id, channel, sid_sealed, sends, attempts_left, sent_at) \
                      VALUES (?, ?, ?, 1, ?, ?) ON CONFLICT DO UPDATE SET channel = excluded.channel, \
                      sid_sealed = excluded.sid_sealed, sends = sends + 1, sent_at = excluded.sent_at \
                      WHERE codes.sends < ?";
        let done = sqlx::query(upsert)
            .bind(session_id)
            .bind(channel.name())
            .bind(sealed)
            .bind(limits.checks)
            .bind(now)
            .bind(limits.sends)
            .execute(&mut *self.db)
            .await?;
        changed_one(&done)
    }

    /// Records that Twilio no longer knows the session's code.
    pub(crate) async fn forget_code(&mut self, session_id: &str) -> Result<(), StoreError> {
        let update = "UPDATE codes SET sid_sealed = NULL WHERE session_id = ?";
        sqlx::query(update).bind(session_id).execute(&mut *self.db).await?;
        Ok(())
    }

    /// Uses up an attempt of the session; returns the remaining ones, `None` if there was none.
    pub(crate) async fn spend_code(&mut self, session_id: &str) -> Result<Option<u32>, StoreError> {
        let update = "UPDATE codes SET attempts_left = attempts_left - 1 WHERE session_id = ? AND attempts_left > 0 \
                      RETURNING attempts_left";
        let row = sqlx::query(update).bind(session_id).fetch_optional(&mut *self.db).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Records the digest of the code that passed the session.
    pub(crate) async fn note_passing_code(&mut self, session_id: &str, code: &OneTimeCode) -> Result<(), StoreError> {
        let update = "UPDATE codes SET passed_hash = ? WHERE session_id = ? AND passed_hash IS NULL";
        let digest = passing_digest(session_id, code);
        changed_one(&sqlx::query(update).bind(digest).bind(session_id).execute(&mut *self.db).await?)
    }

    /// Whether `code` is the one that passed the session, and attempts remain.
    pub(crate) async fn is_passing_code(&mut self, session_id: &str, code: &OneTimeCode) -> Result<bool, StoreError> {
        let select = "SELECT 1 FROM codes WHERE session_id = ? AND passed_hash = ? AND attempts_left > 0";
        let query = sqlx::query(select).bind(session_id).bind(passing_digest(session_id, code));
        Ok(query.fetch_optional(&mut *self.db).await?.is_some())
    }

    /// Records the channel of the code that passed the session.
    pub(crate) async fn note_passed_by(&mut self, session_id: &str, channel: Fallback) -> Result<(), StoreError> {
        let update = "UPDATE sessions SET method = ? WHERE id = ?";
        sqlx::query(update).bind(channel.name()).bind(session_id).execute(&mut *self.db).await?;
        Ok(())
    }

    /// Until when the account accepts no codes; 0 if there is no lock.
    pub(crate) async fn codes_locked_until(&mut self, session: &Session) -> Result<UnixSecs, StoreError> {
        let select = "SELECT code_locked_until FROM accounts WHERE integration_id = ? AND sub = ?";
        let row = sqlx::query(select).bind(&session.integration_id).bind(&session.sub);
        Ok(row.fetch_optional(&mut *self.db).await?.map_or(Ok(0), |row| row.try_get(0))?)
    }

    /// Counts a wrong code of the account and locks its codes for `delay(wrong codes in a row)` seconds.
    pub(crate) async fn count_wrong_code(
        &mut self,
        session: &Session,
        now: UnixSecs,
        delay: fn(u32) -> i64,
    ) -> Result<(), StoreError> {
        let update = "UPDATE accounts SET code_failures = code_failures + 1 WHERE integration_id = ? AND sub = ? \
                      RETURNING code_failures";
        let row = sqlx::query(update).bind(&session.integration_id).bind(&session.sub).fetch_one(&mut *self.db).await?;
        let delay = delay(row.try_get(0)?);
        if delay > 0 {
            let update = "UPDATE accounts SET code_locked_until = ? WHERE integration_id = ? AND sub = ?";
            let query = sqlx::query(update).bind(now.saturating_add(delay));
            query.bind(&session.integration_id).bind(&session.sub).execute(&mut *self.db).await?;
        }
        Ok(())
    }

    /// Resets the count of wrong codes and any lock from it.
    pub(crate) async fn clear_wrong_codes(&mut self, integration_id: &str, sub: &str) -> Result<(), StoreError> {
        let update =
            "UPDATE accounts SET code_failures = 0, code_locked_until = 0 WHERE integration_id = ? AND sub = ?";
        sqlx::query(update).bind(integration_id).bind(sub).execute(&mut *self.db).await?;
        Ok(())
    }

    /// Records that a code of the account was accepted.
    pub(crate) async fn note_verified_by_code(&mut self, session: &Session, now: UnixSecs) -> Result<(), StoreError> {
        self.mark_verified(&session.integration_id, &session.sub, now).await
    }

    fn open_phone(&self, column: &str, place: &[&str], sealed: &[u8]) -> Result<PhoneNumber, StoreError> {
        let bytes = self.sealer.open(column, place, sealed)?;
        let text = std::str::from_utf8(&bytes).or(Err(StoreError::Unknown { what: "phone" }))?;
        text.parse().or(Err(StoreError::Unknown { what: "phone" }))
    }
}

fn passing_digest(session_id: &str, code: &OneTimeCode) -> String {
    sha256_text(&format!("{session_id} {}", code.as_str()))
}
