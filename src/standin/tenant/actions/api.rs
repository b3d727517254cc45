//! The Action's `api` object: what each method checks, rejects and records.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::{
    Challenge, ChallengeKind, Effects, Multifactor, PhoneVerdict, Trigger, claims,
    fetch::{Fetch, FetchError},
    session_token,
};
use countenance_core::clock::UnixSecs;
use countenance_net::Net;

/// Maximum length of an Action secret, and so of the key of a session token.
const SECRET_MAX_CHARS: usize = 4096;
/// Maximum length of a reason to drop or retry a message.
const REASON_MAX_CHARS: usize = 1024;

/// `api` of one leg: the facts of the event that its rules depend on, and the effects so far.
#[derive(Default)]
pub(super) struct Api {
    host: String,
    continues: bool,
    can_redirect: bool,
    user_id: String,
    ip: Value,
    parameters: Map<String, Value>,
    now: UnixSecs,
    net: Option<Arc<dyn Net>>,
    effects: Effects,
}

/// One call of an `api` method.
#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Call {
    Deny { reason: String },
    IdClaim { key: String, value: Value },
    AccessClaim { key: String, value: Value },
    RecordMethod { url: String },
    CanRedirect,
    EncodeToken { secret: String, payload: Map<String, Value>, expires_in_seconds: Option<i64> },
    SendUserTo { url: String, query: Option<Map<String, Value>> },
    ValidateToken { secret: String, token_parameter_name: Option<String> },
    TransactionMetadata { key: String, value: Value },
    AppMetadata { key: String, value: Value },
    Console { text: String },
    Multifactor { provider: String, allow_remember_browser: Option<bool> },
    Challenge { kind: ChallengeKind, factors: Vec<Value> },
    RetryMessage { reason: String },
    DropMessage { reason: String },
    Fetch(Fetch),
}

/// An error thrown by a method of `api`.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error("Invalid arguments for an api method")]
    BadArguments(#[source] serde_json::Error),
    #[error("The secret must have 1 to {SECRET_MAX_CHARS} characters")]
    BadSecret,
    #[error("The token could not be signed")]
    NotSigned(#[source] jsonwebtoken::errors::Error),
    #[error("Not an http or https URL")]
    BadUrl,
    #[error("recordMethod is available in onContinuePostLogin only")]
    RecordTooEarly,
    #[error("validateToken is available in onContinuePostLogin only")]
    ValidateTooEarly,
    #[error("sendUserTo is available in onExecutePostLogin only")]
    RedirectTooLate,
    #[error("Custom claims exceed 100 KB")]
    ClaimsTooLarge,
    #[error("Metadata values must be strings, numbers or booleans")]
    BadMetadata,
    #[error("The reason must have at most {REASON_MAX_CHARS} characters")]
    ReasonTooLong,
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    SessionToken(#[from] session_token::SessionTokenError),
}

impl Api {
    /// `api` for one leg with `event`.
    pub(super) fn new(event: &Value, host: String, trigger: Trigger, now: UnixSecs, net: Option<Arc<dyn Net>>) -> Self {
        let fact = |path: &str| event.pointer(path);
        // The body takes precedence over the query.
        let mut parameters = fact("/request/query").and_then(Value::as_object).cloned().unwrap_or_default();
        parameters.extend(fact("/request/body").and_then(Value::as_object).cloned().unwrap_or_default());
        let protocol = fact("/transaction/protocol").and_then(Value::as_str).unwrap_or_default();
        let silent =
            fact("/transaction/prompt").and_then(Value::as_array).is_some_and(|all| all.contains(&"none".into()));
        Self {
            host,
            continues: trigger == Trigger::Continue,
            can_redirect: !silent && !["oauth2-resource-owner", "oauth2-refresh-token"].contains(&protocol),
            user_id: fact("/user/user_id").and_then(Value::as_str).unwrap_or_default().to_owned(),
            ip: fact("/request/ip").cloned().unwrap_or_default(),
            parameters,
            now,
            net,
            effects: Effects::default(),
        }
    }

    /// The effects that the leg requested.
    pub(super) fn into_effects(self) -> Effects {
        self.effects
    }

    /// Executes one JSON message of the prelude.
    pub(super) fn call(&mut self, message: &str) -> Result<Value, ApiError> {
        match serde_json::from_str(message).map_err(ApiError::BadArguments)? {
            Call::Deny { reason } => {
                // The first denial applies: a later one cannot replace it.
                self.effects.denied.get_or_insert(reason);
            }
            Call::IdClaim { key, value } => {
                set_claim(&mut self.effects.id_claims, &mut self.effects.console, key, value)?;
            }
            Call::AccessClaim { key, value } => {
                set_claim(&mut self.effects.access_claims, &mut self.effects.console, key, value)?;
            }
            Call::RecordMethod { url } => self.record_method(&url)?,
            Call::CanRedirect => return Ok(self.can_redirect.into()),
            Call::EncodeToken { secret, payload, expires_in_seconds } => {
                return Ok(self.encode_token(&secret, payload, expires_in_seconds)?.into());
            }
            Call::SendUserTo { url, query } => self.send_user_to(&url, &query.unwrap_or_default())?,
            Call::ValidateToken { secret, token_parameter_name } => {
                return self.validate_token(&secret, token_parameter_name).map(Value::Object);
            }
            Call::TransactionMetadata { key, value } => {
                if value.is_object() || value.is_array() {
                    return Err(ApiError::BadMetadata);
                }
                self.effects.transaction_metadata.insert(key, value);
            }
            Call::AppMetadata { key, value } => {
                self.effects.app_metadata.insert(key, value);
            }
            Call::Console { text } => self.effects.console.push(text),
            Call::Multifactor { provider, allow_remember_browser } => {
                // The last call applies.
                let allow_remember_browser = allow_remember_browser.unwrap_or_default();
                self.effects.multifactor = Some(Multifactor { provider, allow_remember_browser });
            }
            Call::Challenge { kind, factors } => self.effects.challenges.push(Challenge { kind, factors }),
            Call::RetryMessage { reason } => self.effects.phone = Some(PhoneVerdict::Retry(checked_reason(reason)?)),
            Call::DropMessage { reason } => self.effects.phone = Some(PhoneVerdict::Drop(checked_reason(reason)?)),
            Call::Fetch(fetch) => return Ok(fetch.send(self.net.as_deref())?),
        }
        Ok(Value::Null)
    }

    fn record_method(&mut self, url: &str) -> Result<(), ApiError> {
        if !self.continues {
            return Err(ApiError::RecordTooEarly);
        }
        web_url(url)?;
        self.effects.methods.push(url.to_owned());
        Ok(())
    }

    /// As at Auth0, the payload's keys override the standard claims.
    fn encode_token(&self, secret: &str, payload: Map<String, Value>, life: Option<i64>) -> Result<String, ApiError> {
        check_secret(secret)?;
        let expires_at = self.now.saturating_add(life.unwrap_or(session_token::DEFAULT_LIFE_SECS));
        let mut claims = Map::new();
        claims.insert("sub".into(), json!(self.user_id));
        claims.insert("iss".into(), json!(self.host));
        claims.insert("iat".into(), json!(self.now));
        claims.insert("exp".into(), json!(expires_at));
        claims.insert("ip".into(), self.ip.clone());
        claims.extend(payload);
        session_token::encode(secret, &claims).map_err(ApiError::NotSigned)
    }

    /// Records the redirect. Whether it is possible is decided by the tenant after the leg.
    fn send_user_to(&mut self, url: &str, query: &Map<String, Value>) -> Result<(), ApiError> {
        if self.continues {
            return Err(ApiError::RedirectTooLate);
        }
        let mut url = web_url(url)?;
        for (name, value) in query {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            url.query_pairs_mut().append_pair(name, &value);
        }
        self.effects.redirect = Some(url.into());
        Ok(())
    }

    fn validate_token(&self, secret: &str, parameter: Option<String>) -> Result<Map<String, Value>, ApiError> {
        if !self.continues {
            return Err(ApiError::ValidateTooEarly);
        }
        check_secret(secret)?;
        let parameter = parameter.unwrap_or_else(|| session_token::DEFAULT_PARAMETER.to_owned());
        let text = |name: &str| self.parameters.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let Some(token) = text(&parameter) else {
            return Err(session_token::SessionTokenError::Missing { parameter }.into());
        };
        Ok(session_token::validate(token, secret, text("state"), &self.user_id, self.now)?)
    }
}

/// Sets a claim. One reserved for the tenant is dropped with a note on the console, and the sign-in continues.
fn set_claim(
    claims: &mut Map<String, Value>,
    console: &mut Vec<String>,
    key: String,
    value: Value,
) -> Result<(), ApiError> {
    if !claims::may_set(&key) {
        console.push(format!("the claim {key} is reserved and was dropped"));
        return Ok(());
    }
    claims.insert(key, value);
    let bytes = serde_json::to_vec(claims).map_or(usize::MAX, |bytes| bytes.len());
    if bytes > claims::CLAIMS_MAX_BYTES { Err(ApiError::ClaimsTooLarge) } else { Ok(()) }
}

fn check_secret(secret: &str) -> Result<(), ApiError> {
    if (1..=SECRET_MAX_CHARS).contains(&secret.chars().count()) { Ok(()) } else { Err(ApiError::BadSecret) }
}

fn checked_reason(reason: String) -> Result<String, ApiError> {
    if reason.chars().count() <= REASON_MAX_CHARS { Ok(reason) } else { Err(ApiError::ReasonTooLong) }
}

fn web_url(text: &str) -> Result<Url, ApiError> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https")).ok_or(ApiError::BadUrl)
}
