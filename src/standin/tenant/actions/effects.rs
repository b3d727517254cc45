//! The effects of one leg of an Action, for the tenant to apply.

use serde::Deserialize;
use serde_json::{Map, Value};

/// The effects that a leg requested.
#[derive(Clone, Default, PartialEq)]
pub struct Effects {
    /// Where to send the browser: with query, but without `state`.
    pub redirect: Option<String>,
    /// The reason, if the sign-in is denied.
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
    /// The tenant's own second factor, as requested by the Action.
    pub multifactor: Option<Multifactor>,
    /// Requests to challenge or enroll factors, in order.
    pub challenges: Vec<Challenge>,
    /// The phone provider's verdict if the message was not sent; `None` if it was.
    pub phone: Option<PhoneVerdict>,
    /// Lines that the Action wrote to its console, and notes on dropped claims.
    pub console: Vec<String>,
}

/// Omits the redirect: its query contains a token.
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
    /// `any`, the name of a provider, or `none` to skip the second factor.
    pub provider: String,
    /// Whether the user may skip it next time in this browser.
    pub allow_remember_browser: bool,
}

/// A call of `api.authentication.challengeWith` or a related method.
#[derive(Debug, Clone, PartialEq)]
pub struct Challenge {
    /// Which method was called.
    pub kind: ChallengeKind,
    /// The factors, `{ type, options }`, in order of preference.
    pub factors: Vec<Value>,
}

/// Method that requested the factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ChallengeKind {
    /// `challengeWith`: the first factor, unless the user chooses another one.
    ChallengeWith,
    /// `challengeWithAny`: the user chooses.
    ChallengeWithAny,
    /// `enrollWith`.
    EnrollWith,
    /// `enrollWithAny`.
    EnrollWithAny,
}

/// A phone provider's verdict on a message that it could not send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhoneVerdict {
    /// Retry later.
    Retry(String),
    /// Do not retry.
    Drop(String),
}
