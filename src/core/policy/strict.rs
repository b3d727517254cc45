//! A policy that its owner wrote, in a file or a form: an unknown name there is a typing error, and would leave a threshold
//! as it was. From the wire, unknown names are those of a later version: see [`protocol::message`](crate::protocol::message).

use serde::Serialize;
use serde_json::Value;

/// The path of the first member of `given` that is not in `read`, which was read from it.
pub fn unknown_member(given: &Value, read: &impl Serialize) -> Option<String> {
    absent(given, &serde_json::to_value(read).unwrap_or_default())
}

fn absent(given: &Value, read: &Value) -> Option<String> {
    match (given, read) {
        (Value::Object(given), Value::Object(read)) => given.iter().find_map(|(name, value)| match read.get(name) {
            Some(read) => absent(value, read).map(|below| format!("{name}.{below}")),
            None => Some(name.clone()),
        }),
        (Value::Array(given), Value::Array(read)) => {
            given.iter().zip(read).find_map(|(given, read)| absent(given, read))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;
    use serde_json::json;

    #[test]
    fn finds_unknown_names_at_every_level() {
        let net = json!(Policy::default().liveness.nets[0]);
        let mut wrong_net = net.clone();
        wrong_net["scale"] = json!(1);
        for (policy, name) in [
            (json!({ "livenes": {} }), Some("livenes")),
            (json!({ "liveness": { "treshold": 1 } }), Some("liveness.treshold")),
            (json!({ "liveness": { "cues": { "blink": {} } } }), Some("liveness.cues.blink")),
            (json!({ "liveness": { "nets": [net, wrong_net] } }), Some("liveness.nets.scale")),
            (json!({ "camera": { "fps": 1 } }), Some("camera.fps")),
            (json!({ "matching": { "cosine": 1 } }), Some("matching.cosine")),
            (json!({ "quality": {}, "liveness": { "nets": [net] } }), None),
        ] {
            let read: Policy = serde_json::from_value(policy.clone()).unwrap();
            assert_eq!(unknown_member(&policy, &read).as_deref(), name, "{policy}");
        }
    }
}
