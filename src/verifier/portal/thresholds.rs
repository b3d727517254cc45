//! An integration's thresholds as an operator enters them: a JSON object with the values that differ from the defaults.
//!
//! `liveness.nets` lists the liveness networks that a capture must pass; `countenance models --thresholds` writes it.
//! Only listed networks and the built-in one are used.

use serde_json::{Map, Value};

use countenance_core::policy::{ContractFault, Policy, unknown_member};

/// Why the text is not a policy.
#[derive(Debug, thiserror::Error)]
pub(super) enum ThresholdsError {
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    #[error("unknown field `{0}`")]
    Unknown(String),
    #[error("a number is out of range")]
    Range,
    #[error("the liveness network {name:?}: {fault}")]
    Net { name: String, fault: ContractFault },
    #[error("thresholds stand by their names in objects, as in {{\"liveness\": {{\"threshold\": 2.0}}}}")]
    Unnamed,
}

/// Parses `text`; an empty text means the defaults.
pub(super) fn read(text: &str) -> Result<Policy, ThresholdsError> {
    if text.trim().is_empty() {
        return Ok(Policy::default());
    }
    let policy: Policy = serde_json::from_str(text)?;
    // serde would accept a list as a struct's fields in declaration order.
    let named = |value: &Value| value.as_object().is_some_and(|parts| parts.values().all(Value::is_object));
    let nets = |value: &Value| value.pointer("/liveness/nets").and_then(Value::as_array).cloned().unwrap_or_default();
    let given: Value = serde_json::from_str(text)?;
    if let Some(name) = unknown_member(&given, &policy) {
        return Err(ThresholdsError::Unknown(name));
    }
    if !named(&given) || !nets(&given).iter().all(Value::is_object) {
        return Err(ThresholdsError::Unnamed);
    }
    for net in &policy.liveness.nets {
        net.check().map_err(|fault| ThresholdsError::Net { name: net.name.clone(), fault })?;
    }
    // A number out of range for `f32` becomes infinite, which JSON cannot represent.
    let again: Option<Policy> = serde_json::from_value(json(&policy)).ok();
    if again.as_ref() == Some(&policy) { Ok(policy) } else { Err(ThresholdsError::Range) }
}

/// The values of `policy` that differ from the defaults, as JSON; an empty string if there are none.
pub(super) fn write(policy: &Policy) -> String {
    let mut out = Map::new();
    if let (Value::Object(parts), Value::Object(defaults)) = (json(policy), json(&Policy::default())) {
        for (part, values) in parts {
            let Value::Object(values) = values else { continue };
            let default = |name: &str| defaults.get(&part).and_then(|d| d.get(name));
            let own: Map<String, Value> = values
                .iter()
                .filter(|(name, value)| default(name) != Some(*value))
                .map(|(n, v)| (n.clone(), v.clone()))
                .collect();
            if !own.is_empty() {
                out.insert(part, own.into());
            }
        }
    }
    // A map of numbers and strings always serializes.
    if out.is_empty() { String::new() } else { serde_json::to_string_pretty(&out).unwrap_or_default() }
}

/// One sentence for each threshold of `own` that has no effect because it is looser than the service's.
pub(super) fn without_effect(own: &Policy, service: &Policy) -> Vec<String> {
    let together = service.tightened_by(own);
    // The lists of networks are merged: a list has its full effect if each of its networks is included unchanged.
    let nets_count = own.liveness.nets.iter().all(|net| together.liveness.nets.contains(net));
    let effective = json(&together);
    let (own, default) = (json(own), json(&Policy::default()));
    let mut found = Vec::new();
    for (part, values) in own.as_object().into_iter().flatten() {
        for (name, value) in values.as_object().into_iter().flatten() {
            if part == "liveness" && name == "nets" && nets_count {
                continue;
            }
            let at = |tree: &Value| tree.get(part).and_then(|p| p.get(name)).cloned().unwrap_or_default();
            if at(&default) != *value && at(&effective) != *value {
                found.push(format!(
                    "{part}.{name}: {value} is looser than this service's {} and has no effect.",
                    at(&effective)
                ));
            }
        }
    }
    found
}

/// As a JSON tree, by way of text, which writes an `f32` in its shortest form.
fn json(policy: &Policy) -> Value {
    serde_json::from_str(&serde_json::to_string(policy).unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use countenance_core::policy::{LivenessPolicy, NetPolicy};

    #[test]
    fn writes_only_differences_and_reads_them_back() {
        assert_eq!(write(&Policy::default()), "");
        let mut policy = Policy::default();
        policy.liveness.threshold = 1.9;
        policy.camera.qualified_only = true;
        let text = write(&policy);
        assert_eq!(
            serde_json::from_str::<Value>(&text).unwrap(),
            serde_json::json!({
                "liveness": {"threshold": 1.9}, "camera": {"qualified_only": true}
            })
        );
        assert_eq!(read(&text).unwrap(), policy);
        assert_eq!(read(" \n").unwrap(), Policy::default());
    }

    /// A policy that requires a network more.
    fn with_third_net() -> Policy {
        let mut policy = Policy::default();
        let third = NetPolicy { name: "third".into(), sha256: "ab".repeat(32), ..NetPolicy::face() };
        policy.liveness.nets.push(third);
        policy
    }

    #[test]
    fn adds_networks_by_name() {
        let mut policy = with_third_net();
        let text = write(&policy);
        assert_eq!(read(&text).unwrap(), policy);
        assert_eq!(without_effect(&policy, &Policy::default()), [""; 0]);
        let only_third = Policy {
            liveness: LivenessPolicy { nets: policy.liveness.nets.split_off(2), ..LivenessPolicy::default() },
            ..Policy::default()
        };
        assert_eq!(without_effect(&only_third, &Policy::default()), [""; 0]);
        assert_eq!(Policy::default().tightened_by(&only_third), with_third_net(), "the built-in networks stay");
        let mut changed = Policy::default();
        changed.liveness.nets[0].offset = 9.0;
        let ineffective = without_effect(&changed, &Policy::default());
        assert!(ineffective.len() == 1 && ineffective[0].contains("liveness.nets"), "{ineffective:?}");
    }

    #[test]
    fn rejects_networks_without_names_or_bounds() {
        let text = write(&with_third_net());
        let values = serde_json::json!(["n", "ab".repeat(32), 128, "bgr", 1, [1], 3, 0, [1], 0]);
        let unnamed = serde_json::json!({ "liveness": { "nets": [values] } }).to_string();
        let rows = [
            ("by position", unnamed, "by their names"),
            ("too large", text.replace("\"side_px\": 128", "\"side_px\": 100000"), "side_px"),
            ("no digest", text.replace(&"ab".repeat(32), "ab"), "sha256"),
            ("infinite", text.replace("\"offset\": -1.1", "\"offset\": 1e39"), "offset"),
        ];
        for (name, text, word) in rows {
            let error = read(&text).unwrap_err().to_string();
            assert!(error.contains(word), "{name}: {error}");
        }
    }

    #[test]
    fn rejects_malformed_policies() {
        for (text, word) in [
            ("{", "EOF"),
            ("[]", "by their names"),
            (r#"{"liveness": [2]}"#, "by their names"),
            (r#"{"liveness": {"treshold": 2}}"#, "treshold"),
            (r#"{"liveness": {"frames": -1}}"#, "-1"),
            (r#"{"liveness": {"threshold": 1e39}}"#, "out of range"),
            (r#"{"liveness": {"threshold": 1e999}}"#, "out of range"),
            (r#"{"liveness": {"threshold": "2"}}"#, "string"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(word), "{text}: {error}");
        }
    }

    #[test]
    fn reports_only_looser_thresholds() {
        let own =
            read(r#"{"quality": {"yaw_deg": 90, "pitch_deg": 5}, "camera": {"virtual_camera": "flag"}}"#).unwrap();
        let found = without_effect(&own, &Policy::default());
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().any(|line| line.contains("quality.yaw_deg: 90") && line.contains("20")), "{found:?}");
        assert!(found.iter().any(|line| line.contains("camera.virtual_camera")), "{found:?}");
    }
}
