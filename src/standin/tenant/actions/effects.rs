//! What a leg of an Action leaves behind, for the tenant to apply.

use serde::Deserialize;
use serde_json::{Map, Value};

/// What a leg asked for.
#[derive(Clone, Default, PartialEq)]
pub struct Effects {
    /// Where to send the browser, query included, `state` not yet.
    pub redirect: Option<String>,
    /// The reason to deny the login with.
    pub denied: Option<String>,
    /// Custom claims of the ID token.
    pub id_claims: Map<String, Value>,
    /// Custom claims of the access token.
    pub access_claims: Map<String, Value>,
    /// New metadata of the transaction.
    pub transaction_metadata: Map<String, Value>,
    /// New `app_metadata` of the user.
    pub app_metadata: Map<String, Value>,
    /// URLs of authentication methods to remember in the browser session.
    pub methods: Vec<String>,
    /// The tenant's own second factor, as the Action wants it.
    pub multifactor: Option<Multifactor>,
    /// Factors that the Action wants shown or enrolled, in order.
    pub challenges: Vec<Challenge>,
    /// What a phone provider says of its message; nothing means that it is on its way.
    pub phone: Option<PhoneVerdict>,
    /// What the Action wrote to its console, and which claims were dropped.
    pub console: Vec<String>,
}

/// Prints no redirect: its query holds a token.
impl std::fmt::Debug for Effects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Effects")
            .field("redirects", &self.redirect.is_some())
            .field("denied", &self.denied)
            .field("id_claims", &self.id_claims)
            .field("access_claims", &self.access_claims)
            .field("methods", &self.methods)
            .field("multifactor", &self.multifactor)
            .field("challenges", &self.challenges)
            .field("phone", &self.phone)
            .field("console", &self.console)
            .finish_non_exhaustive()
    }
}

/// `api.multifactor.enable(provider, { allowRememberBrowser })`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Multifactor {
    /// `any`, a provider's name, or `none` to skip the second factor.
    pub provider: String,
    /// Whether the person may be spared it next time in this browser.
    pub allow_remember_browser: bool,
}

/// A call of `api.authentication.challengeWith` and its kin.
#[derive(Debug, Clone, PartialEq)]
pub struct Challenge {
    /// Which method was called.
    pub kind: ChallengeKind,
    /// The factors, `{ type, options }`, the first choice first.
    pub factors: Vec<Value>,
}

/// Which method asked for factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ChallengeKind {
    /// `challengeWith`: the first one, the others at the person's choice.
    ChallengeWith,
    /// `challengeWithAny`: the person chooses.
    ChallengeWithAny,
    /// `enrollWith`.
    EnrollWith,
    /// `enrollWithAny`.
    EnrollWithAny,
}

/// What a phone provider says of a message that it could not send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhoneVerdict {
    /// To be tried again later.
    Retry(String),
    /// Not to be tried again.
    Drop(String),
}
