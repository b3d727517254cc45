//! One-time codes instead of a face: sent and checked by Twilio, counted here. Used by the device calls and by the
//! browser pages.
//!
//! Twilio is called between two transactions, never inside one: the store has a single connection, and a slow Twilio
//! must not keep other sign-ins waiting. Calls for one account are serialized, so that its counts cannot change during
//! the call; everything else is checked again afterwards.
//!
//! Limits: five sends and five wrong codes per session, as at Twilio. Across all sessions of an account, wrong codes in
//! a row cause the same delays as failed faces ([`account_delay_secs`]), and the hundredth disables codes (NIST SP
//! 800-63B-4, 3.2.2). Codes and faces are counted separately: failed faces must not block the fallback for people whose
//! face fails, and a stranger who guesses codes must not block the owner's face.

pub(crate) mod api;
pub(crate) mod feedback;
pub(crate) mod pages;
pub(crate) mod phone;
pub(crate) mod twilio;
pub(crate) mod web;

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    ops::ControlFlow,
};

use tokio::{
    sync::{Mutex, MutexGuard},
    task::{JoinError, spawn_blocking},
};

use crate::{
    AppState, HANDLE_SECS,
    api::captures::outcome_text,
    judge::account_delay_secs,
    limits::{Exceeded, Limited},
    otp::phone::PhoneNumber,
    otp::twilio::{TwilioError, TwilioVerify, VerificationSid},
    store::{CodeLimits, CodeState, Event, Session, SessionStage, SetupEvent, StoreError, Tx},
};
use countenance_core::{
    protocol::{CodeSent, Fallback, OneTimeCode, Outcome, Reason},
    rng::random_text,
};
use countenance_net::NetError;

/// Maximum number of codes sent per session.
const SENDS_MAX: u32 = 5;
/// Maximum number of wrong codes per session.
const CHECKS_MAX: u32 = 5;
/// Number of locks that accounts share, and thus the maximum number of concurrent calls to Twilio.
const SESSION_LOCKS: usize = 64;

/// Why no code was sent or checked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CodeRefusal {
    /// The integration does not offer codes this way, or the account has no phone.
    #[error("one-time codes are not available for this sign-in")]
    NotOffered,
    /// No code has been sent yet.
    #[error("no code was sent in this session")]
    NotSent,
    /// The session is already complete.
    #[error("the session is already complete")]
    Over,
    /// The session has expired.
    #[error("the session has expired")]
    Expired,
    /// The account was sent enough codes today.
    #[error(transparent)]
    Limited(#[from] Exceeded),
    /// Twilio refused or could not be reached. No attempt was used.
    #[error(transparent)]
    Twilio(#[from] TwilioError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Locks that allow one call to Twilio at a time for each account. Accounts share a fixed number of locks, so nothing
/// has to be cleaned up; two accounts with the same lock only wait for each other.
pub(crate) struct SessionLocks([Mutex<()>; SESSION_LOCKS]);

impl Default for SessionLocks {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }
}

impl SessionLocks {
    #[expect(
        clippy::indexing_slicing,
        clippy::cast_possible_truncation,
        reason = "a remainder is less than its divisor"
    )]
    async fn of(&self, session: &Session) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        (&session.integration_id, &session.sub).hash(&mut hasher);
        self.0[(hasher.finish() % SESSION_LOCKS as u64) as usize].lock().await
    }
}

/// The channels by which this session can be passed with a one-time code; empty if there are none.
pub(crate) async fn offered(
    verifier: &AppState,
    tx: &mut Tx<'_>,
    session: &Session,
) -> Result<Vec<Fallback>, StoreError> {
    let Some(integration) = tx.integration(&session.integration_id).await? else { return Ok(Vec::new()) };
    // An integration that allows calls also allows text messages: calls are for people who cannot read them.
    let ways = match integration.rules.fallback {
        Some(Fallback::Sms) => vec![Fallback::Sms],
        Some(Fallback::Voice) => vec![Fallback::Sms, Fallback::Voice],
        None => return Ok(Vec::new()),
    };
    let may = integration.rules.enabled
        && verifier.codes().is_some()
        && !session.stage.over()
        && tx.codes_locked_until(session).await? <= verifier.now()
        && tx.phone_of(session).await?.is_some();
    Ok(if may { ways } else { Vec::new() })
}

/// Sends a code for the session.
pub(crate) async fn send(verifier: &AppState, session_id: &str, channel: Fallback) -> Result<CodeSent, CodeRefusal> {
    let (verifier, id) = (verifier.clone(), session_id.to_owned());
    // A separate task: what Twilio did is recorded even if the caller hangs up.
    let settled = tokio::spawn(async move {
        let _turn = turn(&verifier, &id).await?;
        let phone = before_send(&verifier, &id, channel).await?;
        let sid = ask(&verifier, move |twilio| twilio.start(&phone, channel)).await?;
        after_send(&verifier, &id, channel, &sid).await
    });
    settled.await.map_err(broke_off)?
}

/// Checks a code for the session: approved, retry, refused or expired. A session that was passed by a code, or that was
/// refused, gets the same answer again, so a lost answer does no harm.
///
/// A code that Twilio no longer knows (expired or used) is answered like a wrong one but uses no attempt: the user must
/// ask for another code.
pub(crate) async fn check(verifier: &AppState, session_id: &str, code: &OneTimeCode) -> Result<Outcome, CodeRefusal> {
    let (verifier, id, code) = (verifier.clone(), session_id.to_owned(), code.clone());
    let settled = tokio::spawn(async move {
        let _turn = turn(&verifier, &id).await?;
        let sid = match before_check(&verifier, &id, &code).await? {
            ControlFlow::Continue(sid) => sid,
            ControlFlow::Break(outcome) => return Ok(outcome),
        };
        let typed = code.clone();
        let said = match ask(&verifier, move |twilio| twilio.check(&sid, &code)).await {
            Ok(true) => Said::Right,
            Ok(false) => Said::Wrong,
            Err(CodeRefusal::Twilio(TwilioError::Gone)) => Said::Gone,
            Err(refusal) => return Err(refusal),
        };
        after_check(&verifier, &id, &typed, said).await
    });
    settled.await.map_err(broke_off)?
}

/// Twilio's verdict on a code.
enum Said {
    Right,
    Wrong,
    /// Twilio no longer has a code to compare with.
    Gone,
}

async fn turn<'v>(verifier: &'v AppState, id: &str) -> Result<MutexGuard<'v, ()>, CodeRefusal> {
    let session = verifier.store().read().await?.session(id).await?.ok_or(CodeRefusal::Over)?;
    Ok(verifier.session_locks().of(&session).await)
}

/// The number to send a code to, if one may be sent.
async fn before_send(verifier: &AppState, id: &str, channel: Fallback) -> Result<PhoneNumber, CodeRefusal> {
    let mut tx = verifier.store().begin().await?;
    let session = match standing(verifier, &mut tx, id).await? {
        ControlFlow::Continue(session) => session,
        ControlFlow::Break(outcome) => return over(tx, &outcome).await,
    };
    if !offered(verifier, &mut tx, &session).await?.contains(&channel) {
        return Err(CodeRefusal::NotOffered);
    }
    if tx.code(id).await?.is_some_and(|code| code.sends >= SENDS_MAX) {
        return Err(TwilioError::SendsUsedUp.into());
    }
    let phone = tx.phone_of(&session).await?.ok_or(CodeRefusal::NotOffered)?;
    let integration = tx.integration(&session.integration_id).await?.ok_or(CodeRefusal::NotOffered)?;
    let account = tx.pseudonym(&session.integration_id, &session.sub).await?.unwrap_or_default();
    // Counted before it is sent: a message that fails half-way may still have cost money.
    let most = integration.rules.limits.codes_per_day;
    verifier.count_daily(&mut tx, &integration.id, Limited::Codes, &account, most).await??;
    tx.commit().await?;
    Ok(phone)
}

async fn after_send(
    verifier: &AppState,
    id: &str,
    channel: Fallback,
    sid: &VerificationSid,
) -> Result<CodeSent, CodeRefusal> {
    let now = verifier.now();
    let mut tx = verifier.store().begin().await?;
    let session = match standing(verifier, &mut tx, id).await? {
        ControlFlow::Continue(session) => session,
        ControlFlow::Break(outcome) => return over(tx, &outcome).await,
    };
    tx.note_code_sent(id, channel, sid, CodeLimits { checks: CHECKS_MAX, sends: SENDS_MAX }, now).await?;
    tx.note_setup_event(&session.integration_id, SetupEvent::CodeSent, now, channel.name()).await?;
    let account = tx.pseudonym(&session.integration_id, &session.sub).await?;
    tx.record(now, Event::CodeSent, id, account.as_deref(), channel.name()).await?;
    let attempts_left = tx.code(id).await?.map_or(0, |code| code.attempts_left);
    tx.commit().await?;
    Ok(CodeSent { attempts_left })
}

/// The verification to ask Twilio about, or the answer if it is known without asking.
async fn before_check(
    verifier: &AppState,
    id: &str,
    typed: &OneTimeCode,
) -> Result<ControlFlow<Outcome, VerificationSid>, CodeRefusal> {
    let mut tx = verifier.store().begin().await?;
    let session = match standing(verifier, &mut tx, id).await? {
        ControlFlow::Continue(session) => session,
        // The return address is only repeated to a caller that knows the code that passed: client and browser can both
        // try codes, and need not belong to the same person. These tries are counted, or the code could be guessed.
        ControlFlow::Break(Outcome::Approved { .. }) if !tx.is_passing_code(id, typed).await? => {
            // None may be left; then there is nothing to guess any more.
            tx.spend_code(id).await?;
            tx.commit().await?;
            return Err(CodeRefusal::Over);
        }
        ControlFlow::Break(outcome) => return Ok(ControlFlow::Break(settled(tx, outcome).await?)),
    };
    let code = tx.code(id).await?.ok_or(CodeRefusal::NotSent)?;
    // Wrong codes in other sessions have locked the account.
    if tx.codes_locked_until(&session).await? > verifier.now() {
        let outcome = refuse(verifier, &mut tx, id, Reason::TooManyAttempts).await?;
        return Ok(ControlFlow::Break(settled(tx, outcome).await?));
    }
    if offered(verifier, &mut tx, &session).await?.is_empty() {
        return Err(CodeRefusal::NotOffered);
    }
    match code.sid {
        Some(sid) => Ok(ControlFlow::Continue(sid)),
        None => Ok(ControlFlow::Break(retry(verifier, &mut tx, &session, code.attempts_left).await?)),
    }
}

async fn after_check(verifier: &AppState, id: &str, typed: &OneTimeCode, said: Said) -> Result<Outcome, CodeRefusal> {
    let mut tx = verifier.store().begin().await?;
    let session = match standing(verifier, &mut tx, id).await? {
        ControlFlow::Continue(session) => session,
        ControlFlow::Break(outcome) => return settled(tx, outcome).await,
    };
    let code = tx.code(id).await?.ok_or(CodeRefusal::NotSent)?;
    let outcome = match said {
        Said::Right => approve(verifier, &mut tx, &session, &code, typed).await?,
        Said::Wrong => reject(verifier, &mut tx, &session, &code).await?,
        Said::Gone => {
            tx.forget_code(id).await?;
            retry(verifier, &mut tx, &session, code.attempts_left).await?
        }
    };
    settled(tx, outcome).await
}

/// The session if it can still be passed, or its outcome. Ends a session whose integration is disabled.
async fn standing(
    verifier: &AppState,
    tx: &mut Tx<'_>,
    id: &str,
) -> Result<ControlFlow<Outcome, Session>, CodeRefusal> {
    let session = tx.session(id).await?.ok_or(CodeRefusal::Over)?;
    match session.stage {
        SessionStage::Approved if session.passed_by.is_none() => return Err(CodeRefusal::Over),
        SessionStage::Approved | SessionStage::Refused => {
            let text = tx.final_outcome(id).await?.ok_or(CodeRefusal::Over)?;
            let outcome = serde_json::from_str(&text).or(Err(StoreError::Unknown { what: "outcome" }))?;
            return Ok(ControlFlow::Break(outcome));
        }
        SessionStage::Created | SessionStage::Open => {}
    }
    if session.expires_at <= verifier.now() {
        return Ok(ControlFlow::Break(Outcome::Expired));
    }
    if !tx.integration(&session.integration_id).await?.is_some_and(|integration| integration.rules.enabled) {
        return Ok(ControlFlow::Break(refuse(verifier, tx, id, Reason::Disabled).await?));
    }
    Ok(ControlFlow::Continue(session))
}

async fn approve(
    verifier: &AppState,
    tx: &mut Tx<'_>,
    session: &Session,
    code: &CodeState,
    typed: &OneTimeCode,
) -> Result<Outcome, StoreError> {
    let now = verifier.now();
    tx.note_passing_code(&session.id, typed).await?;
    // The count of failed faces stays: a code is no evidence about them.
    tx.clear_wrong_codes(&session.integration_id, &session.sub).await?;
    tx.note_verified_by_code(session, now).await?;
    tx.note_passed_by(&session.id, code.channel).await?;
    let handle = random_text::<32>(verifier.rng());
    let outcome = Outcome::Approved { continue_url: verifier.return_url(&handle) };
    tx.finish_session(session, None, &handle, now + HANDLE_SECS, &outcome_text(&outcome)).await?;
    let account = tx.pseudonym(&session.integration_id, &session.sub).await?;
    tx.record(now, Event::CodeAccepted, &session.id, account.as_deref(), code.channel.name()).await?;
    Ok(outcome)
}

async fn reject(
    verifier: &AppState,
    tx: &mut Tx<'_>,
    session: &Session,
    code: &CodeState,
) -> Result<Outcome, StoreError> {
    let now = verifier.now();
    let account = tx.pseudonym(&session.integration_id, &session.sub).await?;
    tx.record(now, Event::CodeFailed, &session.id, account.as_deref(), code.channel.name()).await?;
    let attempts_left = tx.spend_code(&session.id).await?.ok_or(StoreError::Conflict)?;
    tx.count_wrong_code(session, now, account_delay_secs).await?;
    if attempts_left == 0 || tx.codes_locked_until(session).await? > now {
        return refuse(verifier, tx, &session.id, Reason::TooManyAttempts).await;
    }
    retry(verifier, tx, session, attempts_left).await
}

async fn refuse(verifier: &AppState, tx: &mut Tx<'_>, id: &str, reason: Reason) -> Result<Outcome, StoreError> {
    let handle = verifier.refuse(tx, id, reason, verifier.now() + HANDLE_SECS).await?;
    Ok(Outcome::Refused { reason, continue_url: verifier.return_url(&handle) })
}

async fn retry(
    verifier: &AppState,
    tx: &mut Tx<'_>,
    session: &Session,
    attempts_left: u32,
) -> Result<Outcome, StoreError> {
    // No capture was judged, so the session's nonce stays valid. A session that no device has opened has no nonce yet;
    // the random one only fills the field, which its browser ignores.
    let nonce = match session.stage {
        SessionStage::Created => random_text::<32>(verifier.rng()),
        _ => tx.nonce(&session.id).await?.to_string(),
    };
    Ok(Outcome::Retry { reason: Reason::WrongCode, attempts_left, nonce })
}

async fn settled(tx: Tx<'_>, outcome: Outcome) -> Result<Outcome, CodeRefusal> {
    tx.commit().await?;
    Ok(outcome)
}

async fn over<T>(tx: Tx<'_>, outcome: &Outcome) -> Result<T, CodeRefusal> {
    tx.commit().await?;
    Err(if *outcome == Outcome::Expired { CodeRefusal::Expired } else { CodeRefusal::Over })
}

/// Calls Twilio on a blocking thread.
async fn ask<T: Send + 'static>(
    verifier: &AppState,
    question: impl FnOnce(&TwilioVerify) -> Result<T, TwilioError> + Send + 'static,
) -> Result<T, CodeRefusal> {
    let twilio = verifier.codes().ok_or(CodeRefusal::NotOffered)?.clone();
    Ok(spawn_blocking(move || question(&twilio)).await.map_err(broke_off)??)
}

fn broke_off(error: JoinError) -> CodeRefusal {
    TwilioError::Unreached(NetError::NoAnswer(error.into())).into()
}
