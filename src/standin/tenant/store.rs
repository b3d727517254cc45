//! What a tenant remembers while it runs: browser sessions, logins under way, codes and tokens.

use std::collections::{HashMap, VecDeque};

use serde_json::{Map, Value};

use super::{log::Recent, mfa};
use countenance_core::clock::UnixSecs;

/// How long a login may take from `/authorize` on (Auth0: one hour since February 2024).
pub(super) const TRANSACTION_LIFE_SECS: i64 = 3600;
/// How long a browser stays logged in (Auth0: three days of inactivity by default; here from the login on).
pub(super) const SESSION_LIFE_SECS: i64 = 3 * 24 * 3600;
/// How long a code may wait for its exchange.
const CODE_LIFE_SECS: i64 = 60;
/// How long an access token lasts (Auth0's default).
pub(super) const ACCESS_LIFE_SECS: i64 = 24 * 3600;
/// How long a refresh token lasts.
const REFRESH_LIFE_SECS: i64 = 30 * 24 * 3600;
/// Most messages to one person within [`MESSAGES_SPAN_SECS`] (Auth0: ten an hour).
const MESSAGES_MAX: usize = 10;
const MESSAGES_SPAN_SECS: i64 = 3600;
/// Most events of the log that are kept for the dashboard.
const EVENTS_KEPT: usize = 200;
/// Most logins under way in one browser; the oldest goes first (people report about ten at Auth0).
const LOGINS_PER_BROWSER: usize = 10;

/// Everything, in memory.
#[derive(Default)]
pub(super) struct Store {
    sessions: HashMap<String, Session>,
    transactions: HashMap<String, Transaction>,
    codes: HashMap<String, Grant>,
    refreshes: HashMap<String, Grant>,
    accesses: HashMap<String, Access>,
    app_metadata: HashMap<String, Map<String, Value>>,
    /// When each person was sent messages, lately.
    messages: HashMap<String, Vec<UnixSecs>>,
    /// What Actions wrote to their console.
    pub(super) console: Vec<String>,
    /// What happened last, the newest first.
    pub(super) recent: VecDeque<Recent>,
}

/// A browser that is logged in.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) user_id: String,
    pub(super) began_at: UnixSecs,
    pub(super) methods: Vec<Method>,
}

/// One way in which the person of a session has been authenticated.
#[derive(Clone)]
pub(super) struct Method {
    pub(super) name: String,
    /// Only with `mfa`: by what.
    pub(super) kind: Option<&'static str>,
    pub(super) at: UnixSecs,
}

/// What an application asked for at `/authorize`.
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

/// A login under way.
#[derive(Clone)]
pub(super) struct Transaction {
    /// `event.transaction.id`; the same before and after the redirect, unlike `state`.
    pub(super) id: String,
    /// The cookie of the browser that began it.
    pub(super) browser: String,
    pub(super) request: Request,
    pub(super) began_at: UnixSecs,
    pub(super) metadata: Map<String, Value>,
    pub(super) id_claims: Map<String, Value>,
    pub(super) access_claims: Map<String, Value>,
    /// Whether the legs so far asked for the tenant's own second factor.
    pub(super) mfa: Option<mfa::Ask>,
    pub(super) stage: LoginStage,
}

/// What a login waits for.
#[derive(Clone)]
pub(super) enum LoginStage {
    /// The password.
    Password {
        /// Wrong ones so far.
        wrong: u32,
    },
    /// The browser, at `/continue`.
    Return {
        /// The session that the password opened.
        session: String,
    },
    /// A code sent to the person's phone.
    Mfa {
        /// The session that the password opened.
        session: String,
        /// The code.
        pending: mfa::Pending,
    },
}

/// What a code or a refresh token is good for.
#[derive(Clone)]
pub(super) struct Grant {
    pub(super) request: Request,
    pub(super) session: Session,
    pub(super) id_claims: Map<String, Value>,
    pub(super) access_claims: Map<String, Value>,
    /// Whether the tenant's own second factor was shown in this login.
    pub(super) mfa: bool,
    pub(super) made_at: UnixSecs,
}

/// What an access token is good for.
#[derive(Clone)]
pub(super) struct Access {
    pub(super) user_id: String,
    pub(super) scopes: Vec<String>,
    pub(super) expires_at: UnixSecs,
}

impl Store {
    /// Begins or replaces a browser session.
    pub(super) fn put_session(&mut self, session: Session, now: UnixSecs) {
        self.sessions.retain(|_, session| now < session.began_at + SESSION_LIFE_SECS);
        self.sessions.insert(session.id.clone(), session);
    }

    /// A session that is still alive.
    pub(super) fn session(&self, id: &str, now: UnixSecs) -> Option<Session> {
        self.sessions.get(id).filter(|session| now < session.began_at + SESSION_LIFE_SECS).cloned()
    }

    /// Remembers a method in a session; a newer record of the same name replaces the older one.
    pub(super) fn record_method(&mut self, session: &str, method: Method) {
        if let Some(session) = self.sessions.get_mut(session) {
            session.methods.retain(|known| known.name != method.name);
            session.methods.push(method);
        }
    }

    /// Keeps a login under `state`.
    pub(super) fn put_transaction(&mut self, state: String, transaction: Transaction, now: UnixSecs) {
        self.transactions.retain(|_, known| now < known.began_at + TRANSACTION_LIFE_SECS);
        let same_browser = self.transactions.iter().filter(|(_, known)| known.browser == transaction.browser);
        if same_browser.clone().count() >= LOGINS_PER_BROWSER {
            let oldest = same_browser.min_by_key(|(_, known)| known.began_at).map(|(state, _)| state.clone());
            oldest.and_then(|state| self.transactions.remove(&state));
        }
        self.transactions.insert(state, transaction);
    }

    /// A login under way, if this browser began it.
    pub(super) fn transaction(&self, state: &str, browser: Option<&str>, now: UnixSecs) -> Option<&Transaction> {
        self.transactions.get(state).filter(|transaction| {
            browser == Some(transaction.browser.as_str()) && now < transaction.began_at + TRANSACTION_LIFE_SECS
        })
    }

    /// Takes a login out: its `state` is good no more. Another browser cannot take it.
    pub(super) fn take_transaction(
        &mut self,
        state: &str,
        browser: Option<&str>,
        now: UnixSecs,
    ) -> Option<Transaction> {
        self.transaction(state, browser, now)?;
        self.transactions.remove(state)
    }

    /// Whether one more message may go to this person now; if so, it counts.
    pub(super) fn may_send(&mut self, user_id: &str, now: UnixSecs) -> bool {
        let sent = self.messages.entry(user_id.to_owned()).or_default();
        sent.retain(|at| now < at + MESSAGES_SPAN_SECS);
        let may = sent.len() < MESSAGES_MAX;
        if may {
            sent.push(now);
        }
        may
    }

    /// Keeps an event of the log for the dashboard.
    pub(super) fn put_recent(&mut self, event: Recent) {
        self.recent.push_front(event);
        self.recent.truncate(EVENTS_KEPT);
    }

    /// Keeps what a code stands for.
    pub(super) fn put_code(&mut self, code: String, grant: Grant) {
        self.codes.retain(|_, known| grant.made_at < known.made_at + CODE_LIFE_SECS);
        self.codes.insert(code, grant);
    }

    /// Spends a code, whatever comes of it.
    pub(super) fn take_code(&mut self, code: &str, now: UnixSecs) -> Option<Grant> {
        self.codes.remove(code).filter(|grant| now < grant.made_at + CODE_LIFE_SECS)
    }

    /// Keeps what a refresh token stands for.
    pub(super) fn put_refresh(&mut self, token: String, grant: Grant) {
        self.refreshes.insert(token, grant);
    }

    /// Spends a refresh token; the exchange gives a new one.
    pub(super) fn take_refresh(&mut self, token: &str, now: UnixSecs) -> Option<Grant> {
        self.refreshes.remove(token).filter(|grant| now < grant.made_at + REFRESH_LIFE_SECS)
    }

    /// Keeps what an access token stands for.
    pub(super) fn put_access(&mut self, token: String, access: Access, now: UnixSecs) {
        self.accesses.retain(|_, known| now < known.expires_at);
        self.accesses.insert(token, access);
    }

    /// What an access token is good for, while it lasts.
    pub(super) fn access(&self, token: &str, now: UnixSecs) -> Option<Access> {
        self.accesses.get(token).filter(|access| now < access.expires_at).cloned()
    }

    /// `app_metadata` of a user.
    pub(super) fn app_metadata(&self, user_id: &str) -> Map<String, Value> {
        self.app_metadata.get(user_id).cloned().unwrap_or_default()
    }

    /// Sets keys of a user's `app_metadata`; null removes one.
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
