//! JSON values with every leaf replaced, or with unknown members in every object.

use serde_json::{Value, json};

/// JSON pointers to every leaf.
pub fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(name, v)| leaves(v, &format!("{path}/{name}"), found)),
        Value::Array(list) => list.iter().enumerate().for_each(|(i, v)| leaves(v, &format!("{path}/{i}"), found)),
        _ => found.push(path.to_owned()),
    }
}

/// Another value of the same kind.
pub fn changed(leaf: &Value) -> Value {
    match leaf {
        Value::Null => json!("something"),
        Value::Bool(b) => json!(!b),
        Value::Number(n) => n.as_i64().map_or_else(|| json!(n.as_f64().unwrap() + 0.5), |i| json!(i + 1)),
        Value::String(s) => json!(format!("{}{s}", if s.starts_with('A') { 'B' } else { 'A' })),
        Value::Array(_) | Value::Object(_) => unreachable!("a leaf"),
    }
}

/// As a later version might send it: with an unknown member `later` in every object.
pub fn grown(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let members = map.iter().map(|(name, value)| (name.clone(), grown(value)));
            Value::Object(members.chain([("later".to_owned(), json!({ "unit": [1, "x", null] }))]).collect())
        }
        Value::Array(list) => list.iter().map(grown).collect(),
        leaf => leaf.clone(),
    }
}
