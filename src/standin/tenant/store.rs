//! The tenant's state: browser sessions, sign-ins in progress, codes and tokens.

use std::collections::{HashMap, VecDeque};

use serde_json::{Map, Value};

use super::{log::Recent, mfa};
use countenance_core::clock::UnixSecs;

/// Maximum duration of a sign-in, from `/authorize` (Auth0: one hour since February 2024).
pub(super) const TRANSACTION_LIFE_SECS: i64 = 3600;
/// Lifetime of a browser session (Auth0: three days of inactivity by default; here counted from the sign-in).
pub(super) const SESSION_LIFE_SECS: i64 = 3 * 24 * 3600;
/// Lifetime of an authorization code.
const CODE_LIFE_SECS: i64 = 60;
/// Lifetime of an access token (Auth0's default).
pub(super) const ACCESS_LIFE_SECS: i64 = 24 * 3600;
/// Lifetime of a refresh token.
const REFRESH_LIFE_SECS: i64 = 30 * 24 * 3600;
/// Maximum number of messages per user within [`MESSAGES_SPAN_SECS`] (Auth0: ten per hour).
const MESSAGES_MAX: usize = 10;
const MESSAGES_SPAN_SECS: i64 = 3600;
/// Maximum number of log events kept for the dashboard.
const EVENTS_KEPT: usize = 200;
/// Maximum number of sign-ins in progress per browser; the oldest is dropped first (about ten at Auth0, as reported by
/// users).
const LOGINS_PER_BROWSER: usize = 10;

/// All state, in memory.
#[derive(Default)]
pub(super) struct Store {
    sessions: HashMap<String, Session>,
    transactions: HashMap<String, Transaction>,
    codes: HashMap<String, Grant>,
    refreshes: HashMap<String, Grant>,
    accesses: HashMap<String, Access>,
    app_metadata: HashMap<String, Map<String, Value>>,
    /// Times of recent messages, by user.
    messages: HashMap<String, Vec<UnixSecs>>,
    /// Console output of Actions.
    pub(super) console: Vec<String>,
    /// Recent log events, newest first.
    pub(super) recent: VecDeque<Recent>,
}

/// A browser session.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) user_id: String,
    pub(super) began_at: UnixSecs,
    pub(super) methods: Vec<Method>,
}

/// An authentication method of a session.
#[derive(Clone)]
pub(super) struct Method {
    pub(super) name: String,
    /// The kind of factor; only for `mfa`.
    pub(super) kind: Option<&'static str>,
    pub(super) at: UnixSecs,
}

/// A validated authorization request.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) state: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) scopes: Vec<String>,
    pub(super) audience: Option<String>,
    pub(super) code_challenge: String,
    pub(super) prompt: Vec<String>,
    pub(super) acr_values: Option<Vec<String>>,
    pub(super) login_hint: Option<String>,
}

/// A sign-in in progress.
#[derive(Clone)]
pub(super) struct Transaction {
    /// `event.transaction.id`. Unlike `state`, it is the same before and after the redirect.
    pub(super) id: String,
    /// Cookie of the browser that started it.
    pub(super) browser: String,
    pub(super) request: Request,
    pub(super) began_at: UnixSecs,
    pub(super) metadata: Map<String, Value>,
    pub(super) id_claims: Map<String, Value>,
    pub(super) access_claims: Map<String, Value>,
    /// The second factor of the tenant's own that the legs so far requested.
    pub(super) mfa: Option<mfa::Ask>,
    pub(super) stage: LoginStage,
}

/// What a sign-in is waiting for.
#[derive(Clone)]
pub(super) enum LoginStage {
    /// The password.
    Password {
        /// Number of wrong passwords so far.
        wrong: u32,
    },
    /// The browser's return to `/continue`.
    Return {
        /// The session that the password opened.
        session: String,
    },
    /// A code sent to the user's phone.
    Mfa {
        /// The session that the password opened.
        session: String,
        /// State of the code challenge.
        pending: mfa::Pending,
    },
}

/// What an authorization code or a refresh token grants.
#[derive(Clone)]
pub(super) struct Grant {
    pub(super) request: Request,
    pub(super) session: Session,
    pub(super) id_claims: Map<String, Value>,
    pub(super) access_claims: Map<String, Value>,
    /// Whether the tenant's own second factor was verified in this sign-in.
    pub(super) mfa: bool,
    pub(super) made_at: UnixSecs,
}

/// What an access token grants.
#[derive(Clone)]
pub(super) struct Access {
    pub(super) user_id: String,
    pub(super) scopes: Vec<String>,
    pub(super) expires_at: UnixSecs,
}

impl Store {
    /// Stores or replaces a browser session.
    pub(super) fn put_session(&mut self, session: Session, now: UnixSecs) {
        self.sessions.retain(|_, session| now < session.began_at + SESSION_LIFE_SECS);
        self.sessions.insert(session.id.clone(), session);
    }

    /// A session that has not expired.
    pub(super) fn session(&self, id: &str, now: UnixSecs) -> Option<Session> {
        self.sessions.get(id).filter(|session| now < session.began_at + SESSION_LIFE_SECS).cloned()
    }

    /// Adds a method to a session, replacing one of the same name.
    pub(super) fn record_method(&mut self, session: &str, method: Method) {
        if let Some(session) = self.sessions.get_mut(session) {
            session.methods.retain(|known| known.name != method.name);
            session.methods.push(method);
        }
    }

    /// Stores a sign-in under `state`.
    pub(super) fn put_transaction(&mut self, state: String, transaction: Transaction, now: UnixSecs) {
        self.transactions.retain(|_, known| now < known.began_at + TRANSACTION_LIFE_SECS);
        let same_browser = self.transactions.iter().filter(|(_, known)| known.browser == transaction.browser);
        if same_browser.clone().count() >= LOGINS_PER_BROWSER {
            let oldest = same_browser.min_by_key(|(_, known)| known.began_at).map(|(state, _)| state.clone());
            oldest.and_then(|state| self.transactions.remove(&state));
        }
        self.transactions.insert(state, transaction);
    }

    /// A sign-in in progress, if this browser started it.
    pub(super) fn transaction(&self, state: &str, browser: Option<&str>, now: UnixSecs) -> Option<&Transaction> {
        self.transactions.get(state).filter(|transaction| {
            browser == Some(transaction.browser.as_str()) && now < transaction.began_at + TRANSACTION_LIFE_SECS
        })
    }

    /// Removes and returns a sign-in, which invalidates its `state`; `None` for another browser.
    pub(super) fn take_transaction(
        &mut self,
        state: &str,
        browser: Option<&str>,
        now: UnixSecs,
    ) -> Option<Transaction> {
        self.transaction(state, browser, now)?;
        self.transactions.remove(state)
    }

    /// Whether one more message may be sent to this user now; if so, counts it.
    pub(super) fn may_send(&mut self, user_id: &str, now: UnixSecs) -> bool {
        let sent = self.messages.entry(user_id.to_owned()).or_default();
        sent.retain(|at| now < at + MESSAGES_SPAN_SECS);
        let may = sent.len() < MESSAGES_MAX;
        if may {
            sent.push(now);
        }
        may
    }

    /// Stores a log event for the dashboard.
    pub(super) fn put_recent(&mut self, event: Recent) {
        self.recent.push_front(event);
        self.recent.truncate(EVENTS_KEPT);
    }

    /// Stores the grant of an authorization code.
    pub(super) fn put_code(&mut self, code: String, grant: Grant) {
        self.codes.retain(|_, known| grant.made_at < known.made_at + CODE_LIFE_SECS);
        self.codes.insert(code, grant);
    }

    /// Removes a code and returns its grant if it has not expired.
    pub(super) fn take_code(&mut self, code: &str, now: UnixSecs) -> Option<Grant> {
        self.codes.remove(code).filter(|grant| now < grant.made_at + CODE_LIFE_SECS)
    }

    /// Stores the grant of a refresh token.
    pub(super) fn put_refresh(&mut self, token: String, grant: Grant) {
        self.refreshes.insert(token, grant);
    }

    /// Removes a refresh token and returns its grant; the exchange issues a new one.
    pub(super) fn take_refresh(&mut self, token: &str, now: UnixSecs) -> Option<Grant> {
        self.refreshes.remove(token).filter(|grant| now < grant.made_at + REFRESH_LIFE_SECS)
    }

    /// Stores what an access token grants.
    pub(super) fn put_access(&mut self, token: String, access: Access, now: UnixSecs) {
        self.accesses.retain(|_, known| now < known.expires_at);
        self.accesses.insert(token, access);
    }

    /// What an access token grants, unless it has expired.
    pub(super) fn access(&self, token: &str, now: UnixSecs) -> Option<Access> {
        self.accesses.get(token).filter(|access| now < access.expires_at).cloned()
    }

    /// `app_metadata` of a user.
    pub(super) fn app_metadata(&self, user_id: &str) -> Map<String, Value> {
        self.app_metadata.get(user_id).cloned().unwrap_or_default()
    }

    /// Sets keys of a user's `app_metadata`; null removes a key.
    pub(super) fn update_app_metadata(&mut self, user_id: &str, changes: Map<String, Value>) {
        let metadata = self.app_metadata.entry(user_id.to_owned()).or_default();
        for (key, value) in changes {
            if value.is_null() {
                metadata.remove(&key);
            } else {
                metadata.insert(key, value);
            }
        }
    }
}
