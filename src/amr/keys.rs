//! Where the keys come from: provided once, or fetched and cached.
//!
//! A tenant rotates its keys without notice, and a token may name any key. An unknown name therefore triggers one
//! fetch, and fetches are rate limited: neither a rotation nor a flood of invented names requires intervention.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use jsonwebtoken::DecodingKey;

use super::{error::IdTokenError, jwks::JwkSet};
use crate::UnixSecs;

/// Minimum time between two fetches for unknown names, seconds.
const PAUSE_SECS: i64 = 60;
/// Minimum time between a failed fetch and the next attempt, seconds.
const RETRY_SECS: i64 = 5;
/// How long a key that the tenant has revoked may still be trusted, seconds.
const LIFE_SECS: i64 = 12 * 3600;

/// Why a key set was not fetched: the caller's network error, or [`JwkSetError`](super::JwkSetError).
pub type FetchError = Box<dyn std::error::Error + Send + Sync>;

/// A tenant's keys.
pub struct Keys(Source);

enum Source {
    Given(JwkSet),
    Fetched(Fetched),
}

struct Fetched {
    fetch: Box<dyn Fn() -> Result<JwkSet, FetchError> + Send + Sync>,
    pause_secs: i64,
    held: RwLock<Option<Held>>,
    /// Locked while fetching, so that concurrent callers wait for the result instead of fetching too. Callers that find
    /// their key in the cache never wait.
    last: Mutex<Option<Last>>,
}

#[derive(Clone)]
struct Held {
    set: Arc<JwkSet>,
    since: UnixSecs,
}

/// The last fetch.
struct Last {
    at: UnixSecs,
    failed: bool,
}

impl Keys {
    /// Keys obtained with `fetch`: for the first token, when a token names an unknown key, and after 12 hours. Unknown
    /// keys cause at most one fetch per minute, unless [`at_most_every`](Self::at_most_every) changes that; after a
    /// failure the next attempt may follow after 5 s. `fetch` may block, and so may a check that needs it.
    pub fn fetched(fetch: impl Fn() -> Result<JwkSet, FetchError> + Send + Sync + 'static) -> Self {
        Self(Source::Fetched(Fetched {
            fetch: Box::new(fetch),
            pause_secs: PAUSE_SECS,
            held: RwLock::default(),
            last: Mutex::default(),
        }))
    }

    /// Sets the minimum time between two fetches for unknown names, seconds. Has no effect on keys that were provided.
    #[must_use]
    pub fn at_most_every(mut self, secs: i64) -> Self {
        if let Source::Fetched(fetched) = &mut self.0 {
            fetched.pause_secs = secs.max(0);
        }
        self
    }

    /// The key that a token names.
    pub(super) fn find(&self, kid: Option<&str>, now: UnixSecs) -> Result<Arc<DecodingKey>, IdTokenError> {
        match &self.0 {
            Source::Given(set) => set.find(kid),
            Source::Fetched(fetched) => fetched.find(kid, now),
        }
    }
}

impl From<JwkSet> for Keys {
    fn from(set: JwkSet) -> Self {
        Self(Source::Given(set))
    }
}

/// Prints the keys' names only.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Given(set) => write!(f, "Keys({set:?})"),
            Source::Fetched(fetched) => match fetched.held(UnixSecs::MIN) {
                Some(set) => write!(f, "Keys(fetched {set:?})"),
                None => f.write_str("Keys(not fetched yet)"),
            },
        }
    }
}

impl Fetched {
    fn find(&self, kid: Option<&str>, now: UnixSecs) -> Result<Arc<DecodingKey>, IdTokenError> {
        if let Some(found) = self.found(kid, now) {
            return found;
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have fetched it while this one waited for the lock.
        if let Some(found) = self.found(kid, now) {
            return found;
        }
        let held = self.held(now);
        if let Some(Last { at, failed }) = &*last {
            let pause_secs = match (failed, &held) {
                (true, _) => RETRY_SECS,
                (false, Some(_)) => self.pause_secs,
                // The cached keys have expired: the pause for unknown names must not delay a required fetch.
                (false, None) => 0,
            };
            let wait_secs = at.saturating_add(pause_secs).saturating_sub(now);
            // A clock that was set back must not block fetches until it has caught up.
            if (1..=pause_secs).contains(&wait_secs) {
                return Err(if held.is_some() {
                    IdTokenError::UnknownKey
                } else {
                    IdTokenError::KeysAwaited { wait_secs }
                });
            }
        }
        let fetched = (self.fetch)();
        *last = Some(Last { at: now, failed: fetched.is_err() });
        let set = Arc::new(fetched.map_err(IdTokenError::KeysNotFetched)?);
        let held = Held { set: Arc::clone(&set), since: now };
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Some(held);
        set.find(kid)
    }

    /// Looks up `kid` in the cached keys; `None` if they need to be fetched.
    fn found(&self, kid: Option<&str>, now: UnixSecs) -> Option<Result<Arc<DecodingKey>, IdTokenError>> {
        match self.held(now)?.find(kid) {
            Err(IdTokenError::UnknownKey) => None,
            found => Some(found),
        }
    }

    /// The cached keys, unless they have expired.
    fn held(&self, now: UnixSecs) -> Option<Arc<JwkSet>> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner).clone()?;
        (now.saturating_sub(held.since) < LIFE_SECS).then_some(held.set)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
    use serde_json::json;

    use super::*;

    const NOW: UnixSecs = 1_800_000_000;

    /// A tenant with changeable keys: a list of key ids, or `None` if it cannot be reached.
    #[derive(Default)]
    struct Tenant {
        names: Mutex<Option<Vec<&'static str>>>,
        fetches: AtomicUsize,
    }

    impl Tenant {
        fn publishes(&self, names: Option<&[&'static str]>) {
            *self.names.lock().unwrap() = names.map(<[_]>::to_vec);
        }

        fn keys(self: &Arc<Self>) -> Keys {
            let tenant = Arc::clone(self);
            Keys::fetched(move || {
                tenant.fetches.fetch_add(1, Ordering::SeqCst);
                let names = tenant.names.lock().unwrap().clone().ok_or("not reached")?;
                let n = BASE64.encode([0xab; 256]);
                let keys: Vec<_> =
                    names.iter().map(|kid| json!({ "kty": "RSA", "n": n, "e": "AQAB", "kid": kid })).collect();
                Ok(JwkSet::from_json(json!({ "keys": keys }).to_string().as_bytes())?)
            })
        }
    }

    fn ask(keys: &Keys, kid: &str, after_secs: i64) -> String {
        match keys.find(Some(kid), NOW + after_secs) {
            Ok(_) => "found".into(),
            Err(error) => format!("{error:?}"),
        }
    }

    #[test]
    fn an_unknown_key_id_causes_at_most_one_fetch_per_interval() {
        let tenant = Arc::new(Tenant::default());
        let keys = tenant.keys();
        tenant.publishes(Some(&["k1"]));
        for (step, publishes, kid, after_secs, found, fetches) in [
            ("the first token", &["k1"][..], "k1", 0, "found", 1),
            ("the second", &["k1"], "k1", 1, "found", 1),
            ("a made-up name", &["k1"], "x", 2, "UnknownKey", 1),
            ("a rotation within the pause", &["k1", "k2"], "k2", 59, "UnknownKey", 1),
            ("and after it", &["k1", "k2"], "k2", 60, "found", 2),
            ("a made-up name, in the new pause", &["k1", "k2"], "x", 119, "UnknownKey", 2),
            ("and after it", &["k1", "k2"], "x", 120, "UnknownKey", 3),
            ("taken back, still held", &["k2"], "k1", 43_319, "found", 3),
            ("taken back, 12 hours later", &["k2"], "k1", 43_320, "UnknownKey", 4),
            ("the clock set back", &["k2", "k3"], "k3", -100_000, "found", 5),
        ] {
            tenant.publishes(Some(publishes));
            assert_eq!(ask(&keys, kid, after_secs), found, "{step}");
            assert_eq!(tenant.fetches.load(Ordering::SeqCst), fetches, "{step}");
        }
    }

    #[test]
    fn reports_an_unreachable_tenant_and_retries_soon() {
        let tenant = Arc::new(Tenant::default());
        let keys = tenant.keys();
        assert_eq!(ask(&keys, "k1", 0), "KeysNotFetched(\"not reached\")");
        tenant.publishes(Some(&["k1"]));
        assert_eq!(ask(&keys, "k1", 4), "KeysAwaited { wait_secs: 1 }");
        assert_eq!(ask(&keys, "k1", 5), "found");
        tenant.publishes(None);
        assert_eq!(ask(&keys, "k2", 65), "KeysNotFetched(\"not reached\")");
        assert_eq!(ask(&keys, "k1", 66), "found", "cached keys stay valid");
        assert_eq!(ask(&keys, "k2", 69), "UnknownKey");
    }

    #[test]
    fn concurrent_checks_share_one_fetch() {
        let tenant = Arc::new(Tenant::default());
        tenant.publishes(Some(&["k1"]));
        let keys = tenant.keys().at_most_every(3600);
        std::thread::scope(|scope| {
            for kid in ["k1", "k1", "x", "y", "k1", "z", "k1", "x"] {
                let keys = &keys;
                scope.spawn(move || assert_eq!(ask(keys, kid, 0) == "found", kid == "k1"));
            }
        });
        assert_eq!(tenant.fetches.load(Ordering::SeqCst), 1);
    }
}
