//! What the application remembers of each browser: logins under way, and who is logged in.

use std::collections::{BTreeMap, HashMap};

use super::id_token::Person;
use crate::world::UnixSecs;

/// How long a login under way is remembered: as long as the tenant's own.
const LOGIN_LIFE_SECS: i64 = 3600;
/// How long a second factor opens the salary page.
const VERIFIED_LIFE_SECS: i64 = 600;
/// Most logins under way in one browser.
const LOGINS_PER_BROWSER: usize = 10;

/// All browsers, by the value of their cookie.
#[derive(Default)]
pub(super) struct Sessions(HashMap<String, Session>);

/// One browser.
#[derive(Default)]
struct Session {
    logins: BTreeMap<String, Login>,
    person: Option<(Person, UnixSecs)>,
}

/// A login under way: what its answer must match.
pub(super) struct Login {
    pub(super) nonce: String,
    pub(super) code_verifier: String,
    pub(super) is_step_up: bool,
    pub(super) began_at: UnixSecs,
}

/// Who is logged in.
pub(super) struct Visitor {
    pub(super) name: String,
    /// Whether a second factor was shown a short while ago.
    pub(super) is_verified: bool,
}

impl Sessions {
    /// Remembers a login that begins in the browser with this cookie.
    pub(super) fn begin(&mut self, cookie: &str, state: String, login: Login) {
        let now = login.began_at;
        self.0.retain(|_, session| {
            session.logins.retain(|_, login| now < login.began_at + LOGIN_LIFE_SECS);
            session.person.as_ref().is_some_and(|(person, _)| now < person.expires_at) || !session.logins.is_empty()
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
        let (person, since) = self.0.get(cookie)?.person.as_ref()?;
        (now < person.expires_at).then(|| Visitor {
            name: person.name.clone(),
            is_verified: person.is_verified && now < since + VERIFIED_LIFE_SECS,
        })
    }

    /// Logs a person in under a new cookie; the old one, which somebody may have planted, is good no more.
    pub(super) fn log_in(&mut self, old_cookie: &str, new_cookie: String, person: Person, now: UnixSecs) {
        self.0.remove(old_cookie);
        self.0.insert(new_cookie, Session { logins: BTreeMap::new(), person: Some((person, now)) });
    }

    /// Forgets the browser.
    pub(super) fn log_out(&mut self, cookie: &str) {
        self.0.remove(cookie);
    }
}
