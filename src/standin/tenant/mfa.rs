//! `/u/mfa`: the tenant's own second factor, a code sent to the user's phone.
//!
//! It runs after all post-login Actions, including a redirect, if one of them requested it. Only then does the ID token
//! have `amr` and `acr`.

use axum::{extract::State, response::Response};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    Tenant,
    actions::{ChallengeKind, Effects},
    authorize::BROWSER_COOKIE,
    log, login, mfa_page,
    phone::{self, Message},
    pipeline,
    store::{LoginStage, Method, Request, Session, Transaction},
};
use crate::web::{self, Incoming};
use countenance_core::clock::UnixSecs;

/// Value of `acr` and `acr_values` for the tenant's own second factor.
pub(super) const POLICY: &str = "http://schemas.openid.net/pape/policies/2007/06/multi-factor";
/// Number of wrong codes that ends a sign-in.
const WRONG_CODES: u32 = 5;
/// Validity of a code, seconds.
const CODE_LIFE_SECS: i64 = 300;

/// What the Actions of a sign-in request of the tenant's own second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// A code by phone.
    Phone {
        /// By voice call, unless the user chooses otherwise.
        voice: bool,
    },
    /// Only factors that no user here has enrolled: as at Auth0, the sign-in fails.
    NotEnrolled,
    /// Explicitly no second factor.
    Skip,
}

/// A code challenge in progress.
#[derive(Clone, Default)]
pub(super) struct Pending {
    /// SHA-256 of the code; `None` before the first one.
    code_sha256: Option<[u8; 32]>,
    sent_at: UnixSecs,
    wrong: u32,
    /// Result of the last message.
    pub(super) sent: Sent,
}

/// Result of sending a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Sent {
    /// The provider did not accept it.
    #[default]
    Failed,
    /// Rate limited.
    TooMany,
    /// Sent as a text message.
    Text,
    /// Sent as a voice call.
    Voice,
}

/// The second factor that a leg requested. Enrollment requests are ignored: users' phones are configured at start.
pub(super) fn ask(effects: &Effects) -> Option<Ask> {
    let challenges: Vec<&Value> = effects
        .challenges
        .iter()
        .filter(|challenge| matches!(challenge.kind, ChallengeKind::ChallengeWith | ChallengeKind::ChallengeWithAny))
        .flat_map(|challenge| &challenge.factors)
        .collect();
    if !challenges.is_empty() {
        let phone = challenges.into_iter().find(|factor| factor.get("type") == Some(&json!("phone")));
        return Some(phone.map_or(Ask::NotEnrolled, |factor| Ask::Phone {
            voice: factor.pointer("/options/preferredMethod") == Some(&json!("voice")),
        }));
    }
    let provider = effects.multifactor.as_ref()?.provider.as_str();
    Some(if provider == "none" { Ask::Skip } else { Ask::Phone { voice: false } })
}

/// Sends the first code, and redirects the browser to the page that asks for it.
pub(super) async fn begin(
    tenant: &Tenant,
    incoming: &Incoming,
    transaction: Transaction,
    session: &Session,
    voice: bool,
) -> Response {
    let Some(phone) = number(tenant, session) else {
        let reason = "A second factor is needed and no phone is enrolled";
        return pipeline::refuse(tenant, incoming, &transaction.request, Some(&session.user_id), reason);
    };
    let (state, request) = (tenant.random(), transaction.request.clone());
    let browser = transaction.browser.clone();
    let stage = LoginStage::Mfa { session: session.id.clone(), pending: Pending::default() };
    tenant.store().put_transaction(state.clone(), Transaction { stage, ..transaction }, tenant.now());
    note(tenant, incoming, &request, session, ("gd_start_auth", "Second factor started"));
    send(tenant, incoming, (&state, &browser), &request, session, &phone, voice).await;
    web::redirect(&format!("/u/mfa?state={state}"))
}

/// `GET /u/mfa?state=…`.
pub(super) async fn show(State(tenant): State<Tenant>, incoming: Incoming) -> Response {
    let state = incoming.query.get("state").unwrap_or_default();
    match waiting(&tenant, state, incoming.cookie(BROWSER_COOKIE)) {
        Some((_, session, pending)) => {
            let phone = number(&tenant, &session).unwrap_or_default();
            mfa_page::page(state, &phone, pending.sent, None)
        }
        None => login::lost(),
    }
}

/// `POST /u/mfa`: checks a code, or sends another one.
pub(super) async fn submit(State(tenant): State<Tenant>, incoming: Incoming) -> Response {
    let state = incoming.form.get("state").unwrap_or_default();
    let browser = incoming.cookie(BROWSER_COOKIE).unwrap_or_default();
    let Some((request, session, pending)) = waiting(&tenant, state, Some(browser)) else {
        return login::lost();
    };
    let Some(phone) = number(&tenant, &session) else {
        return login::lost();
    };
    if let Some(delivery) = incoming.form.get("send") {
        send(&tenant, &incoming, (state, browser), &request, &session, &phone, delivery == "voice").await;
        // Redirect, so that reloading the page sends no further code.
        return web::redirect(&format!("/u/mfa?state={state}"));
    }
    let note = |what| note(&tenant, &incoming, &request, &session, what);
    match judge(&tenant, state, browser, incoming.form.get("code").unwrap_or_default()) {
        Verdict::Right(transaction) => {
            note(("gd_auth_succeed", "Second factor shown"));
            let method = Method { name: "mfa".to_owned(), kind: Some("phone"), at: tenant.now() };
            tenant.store().record_method(&session.id, method);
            pipeline::finish(&tenant, &incoming, *transaction, &session, true)
        }
        Verdict::Wrong(fault) => {
            note(("gd_auth_failed", fault.text()));
            mfa_page::page(state, &phone, pending.sent, Some(fault))
        }
        Verdict::NoCode => mfa_page::page(state, &phone, pending.sent, Some(CodeError::Empty)),
        Verdict::TooMany(transaction) => {
            note(("gd_auth_rejected", "Too many wrong codes"));
            let user = Some(session.user_id.as_str());
            pipeline::refuse(&tenant, &incoming, &transaction.request, user, "Too many wrong codes")
        }
        Verdict::Lost => login::lost(),
    }
}

/// Why a code was rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CodeError {
    /// The field is empty.
    Empty,
    /// It is not the code that was sent.
    Wrong,
    /// It has expired.
    TooOld,
}

impl CodeError {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Empty => "Type the six digits of the code.",
            Self::Wrong => "That is not the code we sent. Look at the newest message.",
            Self::TooOld => "That code is too old. Have a new one sent.",
        }
    }
}

enum Verdict {
    Right(Box<Transaction>),
    Wrong(CodeError),
    NoCode,
    TooMany(Box<Transaction>),
    Lost,
}

/// Checks a code and counts the attempt atomically, so that parallel requests cannot share an attempt.
fn judge(tenant: &Tenant, state: &str, browser: &str, typed: &str) -> Verdict {
    let now = tenant.now();
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.is_empty() {
        return Verdict::NoCode;
    }
    let mut store = tenant.store();
    let Some(transaction) = store.take_transaction(state, Some(browser), now) else {
        return Verdict::Lost;
    };
    let LoginStage::Mfa { session, pending } = &transaction.stage else {
        store.put_transaction(state.to_owned(), transaction, now);
        return Verdict::Lost;
    };
    // Compare digests, so that the time taken does not depend on the code.
    let matches = pending.code_sha256 == Some(Sha256::digest(digits.as_bytes()).into());
    let is_fresh = now < pending.sent_at + CODE_LIFE_SECS;
    if matches && is_fresh {
        return Verdict::Right(Box::new(transaction));
    }
    let pending = Pending { wrong: pending.wrong + 1, ..pending.clone() };
    if pending.wrong >= WRONG_CODES {
        return Verdict::TooMany(Box::new(transaction));
    }
    let stage = LoginStage::Mfa { session: session.clone(), pending };
    store.put_transaction(state.to_owned(), Transaction { stage, ..transaction }, now);
    Verdict::Wrong(if matches { CodeError::TooOld } else { CodeError::Wrong })
}

/// Generates a code and sends it. It replaces the previous one.
async fn send(
    tenant: &Tenant,
    incoming: &Incoming,
    (state, browser): (&str, &str),
    request: &Request,
    session: &Session,
    to: &str,
    voice: bool,
) {
    let now = tenant.now();
    let may_send = tenant.store().may_send(&session.user_id, now);
    if !may_send {
        note(tenant, incoming, request, session, ("gd_otp_rate_limit_exceed", "Too many codes sent lately"));
        update(tenant, state, browser, |pending| pending.sent = Sent::TooMany);
        return;
    }
    let code = format!("{:06}", tenant.number() % 1_000_000);
    update(tenant, state, browser, |pending| {
        pending.code_sha256 = Some(Sha256::digest(code.as_bytes()).into());
        pending.sent_at = now;
    });
    let sent = phone::send(tenant, incoming, &Message { request, session, to, code: &code, voice }).await;
    let (sent, what) = match (sent, voice) {
        (Ok(()), false) => (Sent::Text, ("gd_send_sms", "Code sent as a text message".to_owned())),
        (Ok(()), true) => (Sent::Voice, ("gd_send_voice", "Code sent in a call".to_owned())),
        (Err(error), false) => (Sent::Failed, ("gd_send_sms_failure", error.to_string())),
        (Err(error), true) => (Sent::Failed, ("gd_send_voice_failure", error.to_string())),
    };
    update(tenant, state, browser, |pending| pending.sent = sent);
    note(tenant, incoming, request, session, (what.0, &what.1));
}

/// The sign-in that waits for a code.
fn waiting(tenant: &Tenant, state: &str, browser: Option<&str>) -> Option<(Request, Session, Pending)> {
    let (store, now) = (tenant.store(), tenant.now());
    let transaction = store.transaction(state, browser, now)?;
    let LoginStage::Mfa { session, pending } = &transaction.stage else { return None };
    Some((transaction.request.clone(), store.session(session, now)?, pending.clone()))
}

fn update(tenant: &Tenant, state: &str, browser: &str, change: impl FnOnce(&mut Pending)) {
    let (mut store, now) = (tenant.store(), tenant.now());
    let Some(mut transaction) = store.take_transaction(state, Some(browser), now) else { return };
    if let LoginStage::Mfa { pending, .. } = &mut transaction.stage {
        change(pending);
    }
    store.put_transaction(state.to_owned(), transaction, now);
}

fn number(tenant: &Tenant, session: &Session) -> Option<String> {
    tenant.config().user(&session.user_id)?.phone.clone()
}

/// Logs an event of the second factor.
fn note(
    tenant: &Tenant,
    incoming: &Incoming,
    request: &Request,
    session: &Session,
    (kind, description): (&'static str, &str),
) {
    let details = json!({
        "authenticator": { "id": format!("phone|{}", session.user_id), "type": "phone", "phone_number": number(tenant, session) },
        "session_id": session.id,
        "first_factor": false,
    });
    let user_id = Some(session.user_id.as_str());
    log::record(tenant, incoming, &log::Event { kind, description, request, user_id, details });
}
