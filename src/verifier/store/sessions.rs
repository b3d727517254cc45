//! Sessions: one for each sign-in, from the landing page to the return.

use sqlx::{FromRow, Row, sqlite::SqliteRow};
use zeroize::Zeroizing;

use super::{StoreError, Tx, changed_one, sha256_text, supervisors};
use crate::otp::phone::PhoneNumber;
use countenance_core::{
    clock::UnixSecs,
    protocol::{Fallback, Purpose, Reason, SupervisorNumber},
};

countenance_core::enumeration! {
    /// Stage of a session.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum SessionStage {
        /// Created by `GET /start`; not opened by a device yet.
        Created = "created",
        /// Bound to a device, which may post captures.
        Open = "open",
        /// A face, or a code instead of it, was accepted.
        Approved = "approved",
        /// Refused for good.
        Refused = "refused",
    }
}

impl SessionStage {
    /// Whether the session is complete.
    pub(crate) fn over(self) -> bool {
        matches!(self, Self::Approved | Self::Refused)
    }
}

/// A session to be added.
pub(crate) struct NewSession<'a> {
    pub(crate) id: &'a str,
    pub(crate) integration_id: &'a str,
    pub(crate) sub: &'a str,
    pub(crate) purpose: Purpose,
    pub(crate) application: &'a str,
    pub(crate) account: &'a str,
    pub(crate) continue_uri: &'a str,
    pub(crate) started_at: UnixSecs,
    pub(crate) expires_at: UnixSecs,
    pub(crate) state: &'a str,
    pub(crate) code: &'a str,
    pub(crate) cookie: &'a str,
    pub(crate) attempts: u32,
    /// Digest of the Session Secret that signed its token.
    pub(crate) secret_digest: &'a str,
    /// Phone number for one-time codes, from the session token.
    pub(crate) phone: Option<&'a PhoneNumber>,
}

/// The current state of a session, without its secrets.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) integration_id: String,
    pub(crate) sub: String,
    pub(crate) stage: SessionStage,
    pub(crate) purpose: Purpose,
    pub(crate) application: String,
    pub(crate) account: String,
    pub(crate) continue_uri: String,
    pub(crate) started_at: UnixSecs,
    pub(crate) expires_at: UnixSecs,
    pub(crate) device: Option<String>,
    pub(crate) attempts_left: u32,
    pub(crate) bad_posts: u32,
    pub(crate) reason: Option<Reason>,
    pub(crate) handle_expires_at: UnixSecs,
    pub(crate) returned: bool,
    /// When it was returned; 0 before.
    pub(crate) returned_at: UnixSecs,
    /// Whether the result was returned as a second factor.
    pub(crate) returned_counts: bool,
    /// Channel of the code that was accepted instead of a face, if any.
    pub(crate) passed_by: Option<Fallback>,
    /// The supervisor who confirmed the enrollment, if one did.
    pub(crate) attended_by: Option<SupervisorNumber>,
    pub(crate) secret_digest: String,
    code_hash: String,
    cookie_hash: String,
}

impl Session {
    /// Whether `code` is the code of the launch link.
    pub(crate) fn has_code(&self, code: &str) -> bool {
        self.code_hash == sha256_text(code)
    }

    /// Whether `cookie` belongs to the browser that started the session.
    pub(crate) fn has_cookie(&self, cookie: &str) -> bool {
        self.cookie_hash == sha256_text(cookie)
    }
}

impl FromRow<'_, SqliteRow> for Session {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let reason: Option<String> = row.try_get("reason")?;
        let attended_by: Option<String> = row.try_get("attended_by")?;
        let handle_expires_at: Option<UnixSecs> = row.try_get("handle_expires_at")?;
        Ok(Self {
            id: row.try_get("id")?,
            integration_id: row.try_get("integration_id")?,
            sub: row.try_get("sub")?,
            stage: SessionStage::named(row.try_get("stage")?).ok_or_else(|| unknown("stage"))?,
            purpose: Purpose::named(row.try_get("purpose")?).ok_or_else(|| unknown("purpose"))?,
            application: row.try_get("application")?,
            account: row.try_get("account")?,
            continue_uri: row.try_get("continue_uri")?,
            started_at: row.try_get("started_at")?,
            expires_at: row.try_get("expires_at")?,
            device: row.try_get("device")?,
            attempts_left: row.try_get("attempts_left")?,
            bad_posts: row.try_get("bad_posts")?,
            reason: reason.map(|name| Reason::named(&name).ok_or_else(|| unknown("reason"))).transpose()?,
            handle_expires_at: handle_expires_at.unwrap_or_default(),
            returned: row.try_get("returned")?,
            returned_at: row.try_get::<Option<_>, _>("returned_at")?.unwrap_or_default(),
            returned_counts: row.try_get("returned_counts")?,
            passed_by: match row.try_get("method")? {
                "face" => None,
                name => Some(Fallback::named(name).ok_or_else(|| unknown("method"))?),
            },
            attended_by: attended_by.map(|text| supervisors::number(&text)).transpose()?,
            code_hash: row.try_get("code_hash")?,
            cookie_hash: row.try_get("cookie_hash")?,
            secret_digest: row.try_get("secret_hash")?,
        })
    }
}

impl Tx<'_> {
    /// Adds a session.
    pub(crate) async fn add_session(&mut self, new: &NewSession<'_>) -> Result<(), StoreError> {
        let state = self.sealer.seal(self.rng, "sessions.state", &[new.id], new.state.as_bytes());
        let phone = new.phone.map(|phone| self.seal_session_phone(new.id, phone));
        let insert = "INSERT INTO sessions (id, integration_id, sub, stage, purpose, application, account, continue_uri, \
                      started_at, expires_at, state_sealed, code_hash, cookie_hash, secret_hash, attempts_left, phone_sealed) \
                      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        sqlx::query(insert)
            .bind(new.id)
            .bind(new.integration_id)
            .bind(new.sub)
            .bind(SessionStage::Created.name())
            .bind(new.purpose.name())
            .bind(new.application)
            .bind(new.account)
            .bind(new.continue_uri)
            .bind(new.started_at)
            .bind(new.expires_at)
            .bind(state)
            .bind(sha256_text(new.code))
            .bind(sha256_text(new.cookie))
            .bind(new.secret_digest)
            .bind(new.attempts)
            .bind(phone)
            .execute(&mut *self.db)
            .await?;
        Ok(())
    }

    /// The session with this id.
    pub(crate) async fn session(&mut self, id: &str) -> Result<Option<Session>, StoreError> {
        let select = "SELECT * FROM sessions WHERE id = ?";
        Ok(sqlx::query_as(select).bind(id).fetch_optional(&mut *self.db).await?)
    }

    /// The session that this return handle belongs to.
    pub(crate) async fn session_of_handle(&mut self, handle: &str) -> Result<Option<Session>, StoreError> {
        let select = "SELECT * FROM sessions WHERE handle_hash = ?";
        Ok(sqlx::query_as(select).bind(sha256_text(handle)).fetch_optional(&mut *self.db).await?)
    }

    /// Binds a session to a device and sets its first nonce.
    pub(crate) async fn open_session(&mut self, id: &str, device: &str, nonce: &str) -> Result<(), StoreError> {
        let sealed = self.sealer.seal(self.rng, "sessions.nonce", &[id], nonce.as_bytes());
        let update = "UPDATE sessions SET stage = 'open', device = ?, nonce_sealed = ? \
                      WHERE id = ? AND stage = 'created' AND device IS NULL";
        let done = sqlx::query(update).bind(device).bind(sealed).bind(id).execute(&mut *self.db).await?;
        changed_one(&done)
    }

    /// The session's current nonce.
    pub(crate) async fn nonce(&mut self, id: &str) -> Result<Zeroizing<String>, StoreError> {
        Ok(self.sealed_nonce(id).await?.1)
    }

    /// Uses up an attempt and the nonce `spent`, for a capture that was rejected; `fresh` replaces the nonce.
    pub(crate) async fn spend_attempt(&mut self, id: &str, spent: &str, fresh: &str) -> Result<(), StoreError> {
        let (sealed, nonce) = self.sealed_nonce(id).await?;
        if *nonce != *spent {
            return Err(StoreError::Conflict);
        }
        let fresh = self.sealer.seal(self.rng, "sessions.nonce", &[id], fresh.as_bytes());
        let update = "UPDATE sessions SET attempts_left = attempts_left - 1, nonce_sealed = ? \
                      WHERE id = ? AND stage = 'open' AND attempts_left > 0 AND nonce_sealed = ?";
        let done = sqlx::query(update).bind(fresh).bind(id).bind(sealed).execute(&mut *self.db).await?;
        changed_one(&done)
    }

    /// The session's nonce, as stored and as it is.
    async fn sealed_nonce(&mut self, id: &str) -> Result<(Vec<u8>, Zeroizing<String>), StoreError> {
        let select = "SELECT nonce_sealed FROM sessions WHERE id = ?";
        let sealed: Option<Vec<u8>> = sqlx::query(select).bind(id).fetch_one(&mut *self.db).await?.try_get(0)?;
        let sealed = sealed.ok_or(StoreError::Unknown { what: "nonce" })?;
        let nonce = text(&self.sealer.open("sessions.nonce", &[id], &sealed)?)?;
        Ok((sealed, nonce))
    }

    /// Auth0's `state`, to be returned unchanged.
    pub(crate) async fn state(&mut self, id: &str) -> Result<Zeroizing<String>, StoreError> {
        self.unsealed("SELECT state_sealed FROM sessions WHERE id = ?", "sessions.state", id)
            .await?
            .ok_or(StoreError::Unknown { what: "state" })
    }

    /// Counts an invalid post.
    pub(crate) async fn count_bad_post(&mut self, id: &str) -> Result<(), StoreError> {
        let update = "UPDATE sessions SET bad_posts = bad_posts + 1 WHERE id = ?";
        sqlx::query(update).bind(id).execute(&mut *self.db).await?;
        Ok(())
    }

    /// Ends a session, which must not have changed since it was read: approved if `reason` is `None`, refused otherwise.
    /// `handle` returns the browser to the tenant until `handle_expires_at`; `outcome` is the answer to the client, now
    /// and for repeated calls. A refusal drops a pending enrollment.
    pub(crate) async fn finish_session(
        &mut self,
        session: &Session,
        reason: Option<Reason>,
        handle: &str,
        handle_expires_at: UnixSecs,
        outcome: &str,
    ) -> Result<(), StoreError> {
        let stage = if reason.is_none() { SessionStage::Approved } else { SessionStage::Refused };
        let sealed = self.sealer.seal(self.rng, "sessions.final", &[&session.id], outcome.as_bytes());
        let update = "UPDATE sessions SET stage = ?, reason = ?, handle_hash = ?, handle_expires_at = ?, \
                      final_sealed = ? WHERE id = ? AND stage = ? AND returned = 0";
        let done = sqlx::query(update)
            .bind(stage.name())
            .bind(reason.map(Reason::name))
            .bind(sha256_text(handle))
            .bind(handle_expires_at)
            .bind(sealed)
            .bind(&session.id)
            .bind(session.stage.name())
            .execute(&mut *self.db)
            .await?;
        changed_one(&done)?;
        if reason.is_some() {
            self.drop_pending_enrollment(&session.id).await?;
        }
        Ok(())
    }

    /// The outcome with which the session ended.
    pub(crate) async fn final_outcome(&mut self, id: &str) -> Result<Option<Zeroizing<String>>, StoreError> {
        self.unsealed("SELECT final_sealed FROM sessions WHERE id = ?", "sessions.final", id).await
    }

    /// Spends the session's return handle.
    pub(crate) async fn mark_returned(&mut self, id: &str, counts: bool, now: UnixSecs) -> Result<(), StoreError> {
        let update = "UPDATE sessions SET returned = 1, returned_counts = ?, returned_at = ? \
                      WHERE id = ? AND returned = 0";
        changed_one(&sqlx::query(update).bind(counts).bind(now).bind(id).execute(&mut *self.db).await?)
    }

    /// The stored answer to the same post, if there is one.
    pub(crate) async fn answer(&mut self, id: &str, post_hash: &str) -> Result<Option<Zeroizing<String>>, StoreError> {
        let select = "SELECT answer_sealed FROM captures WHERE session_id = ? AND post_hash = ?";
        let row = sqlx::query(select).bind(id).bind(post_hash).fetch_optional(&mut *self.db).await?;
        let Some(row) = row else { return Ok(None) };
        let sealed: Vec<u8> = row.try_get(0)?;
        Ok(Some(text(&self.sealer.open("captures.answer", &[id, post_hash], &sealed)?)?))
    }

    /// Stores the answer to a post.
    pub(crate) async fn keep_answer(
        &mut self,
        id: &str,
        post_hash: &str,
        jti: &str,
        answer: &str,
    ) -> Result<(), StoreError> {
        let sealed = self.sealer.seal(self.rng, "captures.answer", &[id, post_hash], answer.as_bytes());
        let done = sqlx::query("INSERT INTO captures VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
            .bind(id)
            .bind(post_hash)
            .bind(jti)
            .bind(sealed)
            .execute(&mut *self.db)
            .await?;
        changed_one(&done)
    }

    /// Whether an attestation with this `jti` has been judged in the session.
    pub(crate) async fn has_judged(&mut self, id: &str, jti: &str) -> Result<bool, StoreError> {
        let select = "SELECT 1 FROM captures WHERE session_id = ? AND jti = ?";
        Ok(sqlx::query(select).bind(id).bind(jti).fetch_optional(&mut *self.db).await?.is_some())
    }

    pub(super) async fn unsealed(
        &mut self,
        select: &'static str,
        column: &str,
        id: &str,
    ) -> Result<Option<Zeroizing<String>>, StoreError> {
        let sealed: Option<Vec<u8>> = sqlx::query(select).bind(id).fetch_one(&mut *self.db).await?.try_get(0)?;
        sealed.map(|sealed| text(&self.sealer.open(column, &[id], &sealed)?)).transpose()
    }
}

fn text(bytes: &[u8]) -> Result<Zeroizing<String>, StoreError> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(StoreError::Unknown { what: "text" }),
    }
}

pub(super) fn unknown(what: &'static str) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(StoreError::Unknown { what }))
}
