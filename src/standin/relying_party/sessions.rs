//! The application's browser sessions: sign-ins in progress, and the signed-in user.

use std::collections::{BTreeMap, HashMap};

use zeroize::Zeroizing;

use countenance_amr::IdToken;
use countenance_core::clock::UnixSecs;

/// Lifetime of a sign-in in progress: the same as at the tenant.
const LOGIN_LIFE_SECS: i64 = 3600;
/// How long a second factor gives access to the salary page.
pub(super) const MFA_LIFE_SECS: i64 = 600;
/// Maximum number of sign-ins in progress per browser.
const LOGINS_PER_BROWSER: usize = 10;

/// All sessions, keyed by the value of their cookie.
#[derive(Default)]
pub(super) struct Sessions(HashMap<String, Session>);

/// One browser's session.
#[derive(Default)]
struct Session {
    logins: BTreeMap<String, Login>,
    person: Option<Person>,
}

/// The signed-in user.
struct Person {
    /// The latest token, from the sign-in, a silent check or a renewal.
    token: IdToken,
    /// When the second factor was shown. Set only by a sign-in; other tokens do not change it.
    mfa_at: Option<UnixSecs>,
    refresh_token: Option<RefreshToken>,
}

/// A single-use refresh token, zeroized on drop.
pub(super) type RefreshToken = Zeroizing<String>;

/// Verified tokens.
pub(super) struct Tokens {
    pub(super) id_token: IdToken,
    pub(super) refresh_token: Option<RefreshToken>,
}

/// A sign-in in progress: the values that its callback must match.
pub(super) struct Login {
    pub(super) nonce: String,
    pub(super) code_verifier: String,
    pub(super) request: LoginRequest,
    pub(super) began_at: UnixSecs,
}

/// The purpose of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LoginRequest {
    /// Identify the user.
    Login,
    /// Request a second factor.
    StepUp,
    /// Check whether the user is still signed in at the tenant, without showing a page.
    Silent,
}

/// The signed-in user, for the pages.
pub(super) struct Visitor {
    pub(super) name: String,
    /// Whether a second factor was shown within [`MFA_LIFE_SECS`].
    pub(super) is_verified: bool,
    pub(super) can_renew: bool,
}

impl Sessions {
    /// Stores a sign-in that starts in the browser with this cookie.
    pub(super) fn begin(&mut self, cookie: &str, state: String, login: Login) {
        let now = login.began_at;
        self.0.retain(|_, session| {
            session.logins.retain(|_, login| now < login.began_at + LOGIN_LIFE_SECS);
            session.person.as_ref().is_some_and(|person| now < person.token.expires_at()) || !session.logins.is_empty()
        });
        let logins = &mut self.0.entry(cookie.to_owned()).or_default().logins;
        if logins.len() >= LOGINS_PER_BROWSER {
            logins.clear();
        }
        logins.insert(state, login);
    }

    /// Removes and returns the sign-in for a callback with `state`: a callback is valid once, in the browser that
    /// started it.
    pub(super) fn take(&mut self, cookie: &str, state: &str, now: UnixSecs) -> Option<Login> {
        let login = self.0.get_mut(cookie)?.logins.remove(state)?;
        (now < login.began_at + LOGIN_LIFE_SECS).then_some(login)
    }

    /// The signed-in user of the browser with this cookie.
    pub(super) fn visitor(&self, cookie: &str, now: UnixSecs) -> Option<Visitor> {
        let person = self.0.get(cookie)?.person.as_ref().filter(|person| now < person.token.expires_at())?;
        Some(Visitor {
            name: person.token.name().unwrap_or(person.token.sub()).to_owned(),
            is_verified: person.mfa_at.is_some_and(|at| now.saturating_sub(at) < MFA_LIFE_SECS),
            can_renew: person.refresh_token.is_some(),
        })
    }

    /// Signs a user in under a new cookie. The old one, which an attacker may have planted (session fixation), becomes
    /// invalid; sign-ins in progress in other tabs move to the new one.
    pub(super) fn log_in(&mut self, old_cookie: &str, new_cookie: String, tokens: Tokens, request: LoginRequest) {
        let Session { logins, person: before } = self.0.remove(old_cookie).unwrap_or_default();
        let Tokens { id_token, refresh_token } = tokens;
        let before = before.filter(|before| before.token.sub() == id_token.sub());
        let person = match (request, before) {
            (LoginRequest::Silent, Some(before)) => {
                Person { token: id_token, mfa_at: before.mfa_at, refresh_token: refresh_token.or(before.refresh_token) }
            }
            (LoginRequest::Silent, None) => Person { token: id_token, mfa_at: None, refresh_token },
            (LoginRequest::Login | LoginRequest::StepUp, _) => {
                let mfa_at = id_token.is_mfa().then_some(id_token.issued_at());
                Person { token: id_token, mfa_at, refresh_token }
            }
        };
        self.0.insert(new_cookie, Session { logins, person: Some(person) });
    }

    /// Removes and returns the refresh token: it is single-use, and two tabs may renew at the same time.
    pub(super) fn take_refresh(&mut self, cookie: &str, now: UnixSecs) -> Option<RefreshToken> {
        let person = self.0.get_mut(cookie)?.person.as_mut().filter(|person| now < person.token.expires_at())?;
        person.refresh_token.take()
    }

    /// Puts back a refresh token that never reached the tenant.
    pub(super) fn put_back(&mut self, cookie: &str, refresh_token: RefreshToken) {
        if let Some(person) = self.0.get_mut(cookie).and_then(|session| session.person.as_mut()) {
            person.refresh_token.get_or_insert(refresh_token);
        }
    }

    /// Stores renewed tokens if they have the same subject and `auth_time` (OpenID Connect Core, section 12.2). The
    /// time of the second factor is unchanged.
    pub(super) fn renew(&mut self, cookie: &str, tokens: Tokens) -> bool {
        let Some(person) = self.0.get_mut(cookie).and_then(|session| session.person.as_mut()) else { return false };
        let Tokens { id_token, refresh_token } = tokens;
        let same_login = id_token.auth_time().is_none_or(|at| person.token.auth_time() == Some(at));
        if id_token.sub() != person.token.sub() || !same_login {
            return false;
        }
        person.token = id_token;
        person.refresh_token = refresh_token;
        true
    }

    /// Deletes the session.
    pub(super) fn log_out(&mut self, cookie: &str) {
        self.0.remove(cookie);
    }
}
