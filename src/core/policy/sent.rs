//! A policy as it was sent. The digest in an attestation covers these bytes: two builds that know different thresholds, or
//! have other defaults, agree on it.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::{Value, json, value::RawValue};
use sha2::{Digest, Sha256};

use super::{CueName, CuePolicy, Policy};

/// The policy of a ticket: its exact text, and what this build reads in it.
#[derive(Debug, Clone)]
pub struct SentPolicy {
    text: Box<RawValue>,
    values: Policy,
}

impl SentPolicy {
    /// `policy` as this build writes it.
    pub fn new(policy: &Policy) -> Self {
        // A struct of numbers always serializes.
        let text = serde_json::value::to_raw_value(policy).unwrap_or_else(|_| RawValue::NULL.to_owned());
        Self { text, values: policy.clone() }
    }

    /// A policy from the text that was sent. Unknown members are kept in the text and otherwise ignored.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let text: Box<RawValue> = serde_json::from_str(text)?;
        let mut values: Policy = serde_json::from_str(text.get())?;
        let json: Value = serde_json::from_str(text.get())?;
        // A sender that lists cues does not know one that is missing, and could not recompute it.
        if let Some(cues) = json.pointer("/liveness/cues").and_then(Value::as_object) {
            for unknown in CueName::ALL.into_iter().filter(|name| !cues.contains_key(name.as_str())) {
                *values.liveness.cues.of_mut(unknown) = CuePolicy::OFF;
            }
        }
        // Nor did one that has no maximum of support limit it.
        if json.pointer("/liveness/nets").is_some() && json.pointer("/liveness/support_max").is_none() {
            values.liveness.support_max = None;
        }
        Ok(Self { text, values })
    }

    /// The text as sent.
    pub fn text(&self) -> &str {
        self.text.get()
    }

    /// The thresholds that this build reads in it; its own defaults for those that are missing. A cue that is missing
    /// among others is disabled.
    pub fn values(&self) -> &Policy {
        &self.values
    }

    /// SHA-256 of the text, base64url, as reported in the attestation.
    pub fn digest(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(self.text()))
    }
}

/// Equal if the texts are.
impl PartialEq for SentPolicy {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Serialize for SentPolicy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SentPolicy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        Self::parse(text.get()).map_err(D::Error::custom)
    }
}

impl Policy {
    /// The first member of a policy whose value this build cannot read, such as a reaction that came later; its path below
    /// the policy. `None` if it can read all that it knows.
    pub fn unreadable_member(policy: &Value) -> Option<String> {
        let is_unreadable = |policy: Value| serde_json::from_value::<Self>(policy).is_err();
        let (part, values) =
            policy.as_object()?.iter().find(|(part, values)| is_unreadable(json!({ *part: values })))?;
        let mut members = values.as_object().into_iter().flatten();
        let member = members.find(|(name, value)| is_unreadable(json!({ part: { *name: value } })));
        Some(member.map_or_else(|| part.clone(), |(name, _)| format!("{part}.{name}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_text_and_reads_what_it_knows() {
        let text = r#"{ "liveness":{"frames":20, "later":[1.50]} ,"also":{"x":"\u0041"}}"#;
        let sent = SentPolicy::parse(text).unwrap();
        assert_eq!((sent.text(), sent.values().liveness.frames), (text, 20));
        assert_eq!(sent.values().quality, Policy::default().quality);
        assert_eq!(serde_json::to_string(&sent).unwrap(), text);
        let again: SentPolicy = serde_json::from_str(text).unwrap();
        assert_eq!((again.digest(), again == sent), (sent.digest(), true));
        for (case, other) in [("a space", text.replacen(' ', "", 1)), ("a spelling", text.replace("1.50", "1.5"))] {
            let other = SentPolicy::parse(&other).unwrap();
            assert_eq!((other.values(), other.digest() == sent.digest()), (sent.values(), false), "{case}");
        }
    }

    #[test]
    fn what_this_build_writes_has_the_digest_of_its_policy() {
        let mut policy = Policy::default();
        policy.liveness.threshold = 1.25;
        let sent = SentPolicy::new(&policy);
        assert_eq!((sent.digest(), sent.values()), (policy.digest(), &policy));
        assert_eq!(SentPolicy::parse(sent.text()).unwrap(), sent);
        assert!(SentPolicy::parse("{").is_err() && SentPolicy::parse("[1]").is_err());
    }

    #[test]
    fn disables_a_cue_that_the_sender_does_not_know() {
        let mut older = json!(Policy::default());
        older["liveness"]["cues"].as_object_mut().unwrap().remove("bezel");
        let cues = SentPolicy::parse(&older.to_string()).unwrap().values().liveness.cues;
        assert!(!cues.bezel.enabled && cues.rigidity.enabled, "{cues:?}");
        let none = SentPolicy::parse(r#"{"liveness":{"frames":20}}"#).unwrap();
        assert_eq!(none.values().liveness.cues, Policy::default().liveness.cues, "no list at all");
    }

    #[test]
    fn a_sender_without_a_maximum_of_support_has_none() {
        let mut older = json!(Policy::default());
        older["liveness"].as_object_mut().unwrap().remove("support_max");
        let older = SentPolicy::parse(&older.to_string()).unwrap().values().clone();
        assert_eq!(older.liveness.support_max, None);
        let own = Policy::default();
        assert_eq!(own.in_session(&older).liveness.support_max, None, "what is attested has to add up for the sender");
        assert_eq!(SentPolicy::parse(&json!(own).to_string()).unwrap().values(), &own);
    }

    #[test]
    fn names_the_member_that_it_cannot_read() {
        for (policy, name) in [
            (json!({ "camera": { "virtual_camera": "warn" } }), Some("camera.virtual_camera")),
            (json!({ "liveness": { "frames": 12, "nets": [{ "name": "x" }] } }), Some("liveness.nets")),
            (json!({ "liveness": { "cues": { "bezel": { "enabled": "often" } } } }), Some("liveness.cues")),
            (json!({ "capture": { "frame_millis": -1 } }), Some("capture.frame_millis")),
            (json!({ "quality": 1 }), Some("quality")),
            (json!({ "later": 1, "quality": { "later": [] } }), None),
            (json!(Policy::default()), None),
        ] {
            assert_eq!(Policy::unreadable_member(&policy).as_deref(), name, "{policy}");
        }
    }
}
