//! What the application remembers of each browser: logins under way, and who is logged in.

use std::collections::{BTreeMap, HashMap};

use zeroize::Zeroizing;

use countenance_amr::IdToken;
use countenance_core::clock::UnixSecs;

/// How long a login under way is remembered: as long as the tenant's own.
const LOGIN_LIFE_SECS: i64 = 3600;
/// How long a second factor opens the salary page.
pub(super) const MFA_LIFE_SECS: i64 = 600;
/// Most logins under way in one browser.
const LOGINS_PER_BROWSER: usize = 10;

/// All browsers, by the value of their cookie.
#[derive(Default)]
pub(super) struct Sessions(HashMap<String, Session>);

/// One browser.
#[derive(Default)]
struct Session {
    logins: BTreeMap<String, Login>,
    person: Option<Person>,
}

/// Who is logged in.
struct Person {
    /// The newest token: of the login, a silent check or a renewal.
    token: IdToken,
    /// When the second factor was shown. Set by a login alone: other tokens say nothing of it, either way.
    mfa_at: Option<UnixSecs>,
    refresh_token: Option<RefreshToken>,
}

/// What the tenant takes once for new tokens. Wiped at its end.
pub(super) type RefreshToken = Zeroizing<String>;

/// Tokens that hold.
pub(super) struct Tokens {
    pub(super) id_token: IdToken,
    pub(super) refresh_token: Option<RefreshToken>,
}

/// A login under way: what its answer must match.
pub(super) struct Login {
    pub(super) nonce: String,
    pub(super) code_verifier: String,
    pub(super) request: LoginRequest,
    pub(super) began_at: UnixSecs,
}

/// What a login is to bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LoginRequest {
    /// To know who it is.
    Login,
    /// A second factor.
    StepUp,
    /// Whether the person is still logged in at the tenant, without showing a page.
    Silent,
}

/// Who is logged in, for the pages.
pub(super) struct Visitor {
    pub(super) name: String,
    /// Whether a second factor was shown a short while ago.
    pub(super) is_verified: bool,
    pub(super) can_renew: bool,
}

impl Sessions {
    /// Remembers a login that begins in the browser with this cookie.
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

    /// Takes out the login that an answer with `state` belongs to: an answer is good once, in the browser that asked.
    pub(super) fn take(&mut self, cookie: &str, state: &str, now: UnixSecs) -> Option<Login> {
        let login = self.0.get_mut(cookie)?.logins.remove(state)?;
        (now < login.began_at + LOGIN_LIFE_SECS).then_some(login)
    }

    /// Who is logged in in the browser with this cookie.
    pub(super) fn visitor(&self, cookie: &str, now: UnixSecs) -> Option<Visitor> {
        let person = self.0.get(cookie)?.person.as_ref().filter(|person| now < person.token.expires_at())?;
        Some(Visitor {
            name: person.token.name().unwrap_or(person.token.sub()).to_owned(),
            is_verified: person.mfa_at.is_some_and(|at| now.saturating_sub(at) < MFA_LIFE_SECS),
            can_renew: person.refresh_token.is_some(),
        })
    }

    /// Logs a person in under a new cookie; the old one, which somebody may have planted, is good no more. Logins under way
    /// in other tabs go on under the new one.
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

    /// Takes out the refresh token: it is good once, and two tabs may ask at the same time.
    pub(super) fn take_refresh(&mut self, cookie: &str, now: UnixSecs) -> Option<RefreshToken> {
        let person = self.0.get_mut(cookie)?.person.as_mut().filter(|person| now < person.token.expires_at())?;
        person.refresh_token.take()
    }

    /// Puts back a refresh token that the tenant never saw.
    pub(super) fn put_back(&mut self, cookie: &str, refresh_token: RefreshToken) {
        if let Some(person) = self.0.get_mut(cookie).and_then(|session| session.person.as_mut()) {
            person.refresh_token.get_or_insert(refresh_token);
        }
    }

    /// Takes over renewed tokens, if they are of the same person and of the same login at the tenant (OpenID Connect Core,
    /// section 12.2). When the second factor was shown stays what it was.
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

    /// Forgets the browser.
    pub(super) fn log_out(&mut self, cookie: &str) {
        self.0.remove(cookie);
    }
}
