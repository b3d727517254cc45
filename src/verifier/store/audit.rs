//! The audit log: append-only; each row's keyed hash covers the hash of the row before.
//!
//! It names sessions, devices, integrations and operators, and accounts only by pseudonym. It never contains scores,
//! images, nonces, tokens or codes. Cutting off the end leaves a valid, shorter chain: to detect that, an operator
//! stores the [`AuditHead`] elsewhere from time to time.

use sqlx::{FromRow, Row, sqlite::SqliteRow};

use super::{StoreError, Tx};
use countenance_core::clock::UnixSecs;

countenance_core::enumeration! {
    /// What happened.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) enum Event {
        IntegrationAdded = "integration_added",
        IntegrationChanged = "integration_changed",
        SecretRotated = "secret_rotated",
        LogTokenMade = "log_token_made",
        DeviceCodeMade = "device_code_made",
        DeviceRegistered = "device_registered",
        DeviceDisabled = "device_disabled",
        /// An operator gave a kiosk another name; the detail has both.
        DeviceRenamed = "device_renamed",
        /// An operator gave a kiosk another site; the detail has both.
        DeviceMoved = "device_moved",
        /// An operator disabled a kiosk for good.
        DeviceRetired = "device_retired",
        /// A kiosk has trouble, or other trouble than before; the detail says which.
        KioskNeedsAttention = "kiosk_needs_attention",
        /// A kiosk has no trouble any more.
        KioskRecovered = "kiosk_recovered",
        /// A device was bound to an account; the detail says how.
        DeviceBound = "device_bound",
        DeviceUnbound = "device_unbound",
        /// A device allowed another one for an account to which it is bound; the detail is the other one.
        DeviceApproved = "device_approved",
        /// A device that is not bound tried to open the session; the detail is the device.
        BindingRequested = "binding_requested",
        /// An operator refused a device that waited to be bound to an account.
        BindingRefused = "binding_refused",
        SessionCreated = "session_created",
        SessionOpened = "session_opened",
        /// A face was accepted for an enrollment, which is pending until the browser returns.
        EnrollmentPending = "enrollment_pending",
        /// The detail is the number of the supervisor who attended, if one did.
        Enrolled = "enrolled",
        Matched = "matched",
        AttemptFailed = "attempt_failed",
        PostRefused = "post_refused",
        SessionRefused = "session_refused",
        Returned = "returned",
        CodeSent = "code_sent",
        CodeAccepted = "code_accepted",
        CodeFailed = "code_failed",
        PhoneChanged = "phone_changed",
        MatchMinimumChanged = "match_minimum_changed",
        EnrollmentAllowed = "enrollment_allowed",
        /// A supervisor confirmed an enrollment before its capture; the detail is their number.
        EnrollmentAttended = "enrollment_attended",
        /// A supervisor's number and PIN were not accepted; the detail is the number, if a supervisor has it.
        AttendanceRefused = "attendance_refused",
        /// An operator added a supervisor; the detail here and below is their number.
        SupervisorAdded = "supervisor_added",
        SupervisorPinMade = "supervisor_pin_made",
        /// Too many wrong PINs in a row.
        SupervisorLocked = "supervisor_locked",
        SupervisorUnlocked = "supervisor_unlocked",
        SupervisorRetired = "supervisor_retired",
        TemplateUpdated = "template_updated",
        AccountUnlocked = "account_unlocked",
        AccountErased = "account_erased",
        /// A face was deleted because it was not used for as long as the integration keeps faces.
        FaceExpired = "face_expired",
        /// A face was deleted because it was enrolled since a moment that an operator named.
        FaceDeleted = "face_deleted",
        /// All values were sealed with a new key.
        KeysReplaced = "keys_replaced",
        OperatorAdded = "operator_added",
        OperatorRemoved = "operator_removed",
        /// Somebody sent the right password and was asked for the second factor.
        OperatorPasswordAccepted = "operator_password_accepted",
        OperatorSignedIn = "operator_signed_in",
        /// A wrong password or code, or an unknown name, which is not recorded: it may be a password in the wrong field.
        OperatorSignInFailed = "operator_sign_in_failed",
        /// An operator has set up an authenticator app.
        SecondFactorSet = "second_factor_set",
        /// An operator submitted a portal form; the rows that follow record its effects.
        OperatorActed = "operator_acted",
        /// An operator asked for what their role may not do; the detail is the method and the path.
        OperatorRefused = "operator_refused",
        /// Somebody used the command line; the rows that follow record the command's effects.
        CommandRun = "command_run",
    }
}

/// One entry of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From 1, without gaps.
    pub seq: i64,
    /// When it happened.
    pub at: UnixSecs,
    /// What happened.
    pub event: String,
    /// The session, device, integration or operator concerned.
    pub subject: String,
    /// Pseudonym of the account; empty if no account is concerned.
    pub account: String,
    /// A fixed term such as a reason, an id, a supervisor's number or a host name, or what a change of rules or of a kiosk's name or site changed;
    /// never personal data.
    pub detail: String,
    hash: String,
}

/// The end of a verified audit chain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditHead {
    /// Number of rows.
    pub rows: i64,
    /// Hash of the last row; empty if there are no rows.
    pub hash: String,
}

impl FromRow<'_, SqliteRow> for Entry {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            seq: row.try_get("seq")?,
            at: row.try_get("at")?,
            event: row.try_get("event")?,
            subject: row.try_get("subject")?,
            account: row.try_get("account")?,
            detail: row.try_get("detail")?,
            hash: row.try_get("hash")?,
        })
    }
}

impl Tx<'_> {
    /// Appends one row.
    pub(crate) async fn record(
        &mut self,
        at: UnixSecs,
        event: Event,
        subject: &str,
        account: Option<&str>,
        detail: &str,
    ) -> Result<(), StoreError> {
        let select = "SELECT * FROM audit ORDER BY seq DESC LIMIT 1";
        let last: Option<Entry> = sqlx::query_as(select).fetch_optional(&mut *self.db).await?;
        let (seq, previous) = last.map_or((1, String::new()), |e| (e.seq + 1, e.hash));
        let account = account.unwrap_or_default();
        let entry = Entry {
            seq,
            at,
            event: event.name().to_owned(),
            subject: subject.to_owned(),
            account: account.to_owned(),
            detail: detail.to_owned(),
            hash: String::new(),
        };
        sqlx::query("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)")
            .bind(seq)
            .bind(at)
            .bind(event.name())
            .bind(subject)
            .bind(account)
            .bind(detail)
            .bind(self.hash_of(&entry, &previous))
            .execute(&mut *self.db)
            .await?;
        Ok(())
    }

    /// The newest rows, at most `limit`, oldest first.
    pub(crate) async fn audit_tail(&mut self, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let select = "SELECT * FROM audit ORDER BY seq DESC LIMIT ?";
        let mut rows: Vec<Entry> = sqlx::query_as(select).bind(limit).fetch_all(&mut *self.db).await?;
        rows.reverse();
        Ok(rows)
    }

    /// Verifies the row after `head`, and returns the new head.
    pub(super) fn verify_entry(&self, entry: Entry, head: &AuditHead) -> Result<AuditHead, StoreError> {
        let seq = head.rows + 1;
        if entry.seq != seq || entry.hash != self.hash_of(&entry, &head.hash) {
            return Err(StoreError::AuditBroken { seq });
        }
        Ok(AuditHead { rows: seq, hash: entry.hash })
    }

    fn hash_of(&self, entry: &Entry, previous: &str) -> String {
        let (seq, at) = (entry.seq.to_string(), entry.at.to_string());
        self.sealer.chain_hash(previous, &[&seq, &at, &entry.event, &entry.subject, &entry.account, &entry.detail])
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::{Database, MasterKey, Store};
    use countenance_system::SystemRandom;

    /// Verifies a chain of a few rows.
    async fn verify_chain(tx: &mut Tx<'_>) -> Result<AuditHead, StoreError> {
        Ok(tx.verify_page(&AuditHead::default(), 100).await?.unwrap_or_default())
    }

    async fn log_of_three() -> Store {
        let store =
            Store::open(&Database::Memory, &MasterKey::from_bytes([3; 32]), Arc::new(SystemRandom)).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        for (at, subject) in [(1, "a"), (2, "b"), (3, "c")] {
            tx.record(at, Event::SessionOpened, subject, Some("p"), "").await.unwrap();
        }
        assert_eq!(verify_chain(&mut tx).await.unwrap().rows, 3);
        assert_eq!(tx.audit_tail(2).await.unwrap().iter().map(|e| e.seq).collect::<Vec<_>>(), [2, 3]);
        tx.commit().await.unwrap();
        store
    }

    #[tokio::test]
    async fn rejects_changes_and_detects_forced_ones() {
        for (case, statement, broken_at) in [
            ("a changed row", "UPDATE audit SET subject = 'x' WHERE seq = 2", 2),
            ("a removed row", "DELETE FROM audit WHERE seq = 1", 1),
            ("rows swapped", "UPDATE audit SET hash = (SELECT hash FROM audit WHERE seq = 1) WHERE seq = 3", 3),
            ("text moved between columns", "UPDATE audit SET account = '', detail = 'p' WHERE seq = 3", 3),
        ] {
            let store = log_of_three().await;
            let mut tx = store.begin().await.unwrap();
            let refused = sqlx::query(statement).execute(&mut *tx.db).await.unwrap_err();
            assert!(refused.to_string().contains("append-only"), "{case}: {refused}");
            sqlx::raw_sql("DROP TRIGGER audit_rows_stay; DROP TRIGGER audit_rows_stay_as_they_are")
                .execute(&mut *tx.db)
                .await
                .unwrap();
            sqlx::query(statement).execute(&mut *tx.db).await.unwrap();
            match verify_chain(&mut tx).await {
                Err(StoreError::AuditBroken { seq }) => assert_eq!(seq, broken_at, "{case}"),
                other => panic!("{case}: {other:?}"),
            }
        }
    }
}
