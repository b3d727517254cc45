//! JSON objects without duplicate names, at any depth: with duplicates, two readers could see different values.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

/// Parses the object in `bytes`. Errors repeat none of the text.
pub(super) fn object(bytes: &[u8]) -> Result<Map<String, Value>, serde_json::Error> {
    match serde_json::from_slice(bytes)? {
        Unique(Value::Object(object)) => Ok(object),
        Unique(_) => Err(Error::custom("not an object")),
    }
}

/// A value whose objects have unique names.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Unique(value)) = seq.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Unique(value))) = map.next_entry::<String, Unique>()? {
            if object.insert(name, value).is_some() {
                return Err(Error::custom("duplicate name"));
            }
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_duplicate_names_and_incomplete_objects() {
        let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
        for (name, text, holds) in [
            ("every kind of value", r#"{"a":null,"b":[true,-1,2,1.5,"x"],"c":{"a":1}}"#, true),
            ("not an object", "[1]", false),
            ("a name twice", r#"{"a":1,"a":1}"#, false),
            ("a name twice, once escaped", r#"{"a":1,"\u0061":2}"#, false),
            ("a name twice further down", r#"{"a":[{"b":1,"b":2}]}"#, false),
            ("something after it", r#"{"a":1} x"#, false),
            ("cut short", r#"{"a":1"#, false),
            ("nested too deeply", &format!(r#"{{"a":{deep}}}"#), false),
        ] {
            let found = object(text.as_bytes());
            assert_eq!(found.is_ok(), holds, "{name}: {found:?}");
            if holds {
                assert_eq!(Value::Object(found.unwrap()), serde_json::from_str::<Value>(text).unwrap(), "{name}");
            }
        }
        assert!(!object(br#"{"secret":1,"secret":2}"#).unwrap_err().to_string().contains("secret"));
    }
}
