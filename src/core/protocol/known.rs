//! What this build knows of each message, and values of a later version in place of those that it knows.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{
    Abandon, ApprovalOffer, Fallback, InjectionSign, OpenSession, Outcome, Problem, Reason, RegisterDevice,
    RegisteredDevice, RequestProofClaims, Ticket, message::Message,
};

impl Message for RegisterDevice {}
impl Message for RegisteredDevice {}
impl Message for OpenSession {}
impl Message for Outcome {}
impl Message for Abandon {}
impl Message for Problem {}
impl Message for RequestProofClaims {}

impl Message for Ticket {
    /// The policy's text has also what this build does not know.
    fn known(&self) -> Value {
        let mut known = serde_json::to_value(self).unwrap_or_default();
        if let Some(policy) = known.get_mut("policy") {
            *policy = serde_json::to_value(self.policy.values()).unwrap_or_default();
        }
        known
    }
}

/// Reads a list of fallbacks without those of a later version.
pub(super) fn fallbacks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Fallback>, D::Error> {
    let all = Vec::<Value>::deserialize(deserializer)?;
    Ok(all.iter().filter_map(|fallback| Fallback::named(fallback.as_str()?)).collect())
}

/// Reads a list of injection signs without those of a later version. The device judged them by its own policy before it
/// sealed anything.
pub(super) fn signs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<InjectionSign>, D::Error> {
    let all = Vec::<Value>::deserialize(deserializer)?;
    Ok(all.iter().filter_map(|sign| InjectionSign::named(sign.as_str()?)).collect())
}

/// Reads a reason; one of a later version as [`Reason::Untrusted`].
pub(super) fn reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Reason, D::Error> {
    Ok(Reason::named(&String::deserialize(deserializer)?).unwrap_or(Reason::Untrusted))
}

/// Reads the reason of an abandoned session; one of a later version as [`Reason::Cancelled`].
pub(super) fn end<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Reason, D::Error> {
    Ok(Reason::named(&String::deserialize(deserializer)?).unwrap_or(Reason::Cancelled))
}

/// Reads how a device can be approved; what a later version writes otherwise as nothing.
pub(super) fn approval<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ApprovalOffer>, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).ok())
}
