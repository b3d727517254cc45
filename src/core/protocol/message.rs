//! Messages of other versions: members that this build does not know are ignored, unless the message says that they must
//! not be.
//!
//! As in JOSE (RFC 7515, 4.1.11), a message may have a list `crit`: its reader must know each member that it names, or
//! refuse the message by that name. A name is a path: `policy.liveness.frames`. The members of a list's elements have the
//! list's path: `policy.liveness.nets.scales`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Maximum number of names in `crit`.
const CRIT_MAX: usize = 16;
/// Maximum length of one in bytes.
const CRIT_NAME_MAX_BYTES: usize = 128;

/// What client and verifier send each other as JSON.
pub trait Message: Serialize + DeserializeOwned {
    /// What this build has read, and nothing else.
    fn known(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// Members that the reader must know, and that this build does not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("support is needed for {}", .0.join(", "))]
pub struct Unmet(Vec<String>);

impl Unmet {
    /// Of a single member.
    pub fn one(name: impl Into<String>) -> Self {
        Self(vec![name.into()])
    }

    /// The members' paths; never empty.
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

/// Why a message was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError<M> {
    /// Not the expected JSON.
    #[error("not the expected JSON")]
    Json(#[from] serde_json::Error),
    /// The message must not be used, except to tell its sender so.
    #[error("{unmet}")]
    Unmet {
        /// What this build has read.
        message: Box<M>,
        /// What it would have to know.
        unmet: Unmet,
    },
}

/// The list in a message.
#[derive(Deserialize)]
struct Header {
    #[serde(default)]
    crit: Crit,
}

#[derive(Default, Deserialize)]
#[serde(try_from = "Vec<String>")]
struct Crit(Vec<String>);

/// As in JOSE, an empty list is a mistake. A name may end up in a log and in an answer, hence its letters.
#[derive(Debug, thiserror::Error)]
#[error("`crit` must be a list of 1 to {CRIT_MAX} paths of members")]
struct NoCrit;

impl TryFrom<Vec<String>> for Crit {
    type Error = NoCrit;

    fn try_from(names: Vec<String>) -> Result<Self, NoCrit> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let is_path = |name: &String| (1..=CRIT_NAME_MAX_BYTES).contains(&name.len()) && name.bytes().all(fits);
        let is_list = (1..=CRIT_MAX).contains(&names.len()) && names.iter().all(is_path);
        if is_list { Ok(Self(names)) } else { Err(NoCrit) }
    }
}

/// Reads a message. Unknown members are ignored, unless `crit` names them.
pub fn read<M: Message>(json: &[u8]) -> Result<M, ReadError<M>> {
    let message: M = serde_json::from_slice(json)?;
    let Header { crit: Crit(mut names) } = serde_json::from_slice(json)?;
    if names.is_empty() {
        return Ok(message);
    }
    let mut known = BTreeSet::new();
    paths(&message.known(), "", &mut known);
    names.retain(|name| !known.contains(name));
    if names.is_empty() {
        Ok(message)
    } else {
        Err(ReadError::Unmet { message: Box::new(message), unmet: Unmet(names) })
    }
}

/// The paths of all members. Only for what this build has written: the names in a stranger's text may be long and many.
fn paths(value: &Value, above: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
                paths(value, &path, found);
                found.insert(path);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| paths(element, above, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Outer {
        name: String,
        inner: Vec<Inner>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Inner {
        value: u32,
    }

    impl Message for Outer {}

    /// Reads a message with this list.
    fn with_crit(crit: &str) -> Result<Outer, ReadError<Outer>> {
        let json = format!(
            r#"{{"name":"x","inner":[{{"value":1,"unit":"m"}}],"later":{{"more":[2]}}{}}}"#,
            if crit.is_empty() { String::new() } else { format!(r#","crit":{crit}"#) }
        );
        read(json.as_bytes())
    }

    #[test]
    fn unknown_members_are_ignored_unless_they_are_critical() {
        let outer = Outer { name: "x".into(), inner: vec![Inner { value: 1 }] };
        for (case, crit) in [("no list", ""), ("known ones", r#"["name","inner","inner.value"]"#)] {
            assert_eq!(with_crit(crit).unwrap(), outer, "{case}");
        }
        for (case, crit, unmet) in [
            ("at the top", r#"["later"]"#, vec!["later"]),
            ("below it", r#"["later.more"]"#, vec!["later.more"]),
            ("in a list", r#"["inner.value","inner.unit"]"#, vec!["inner.unit"]),
            ("several", r#"["inner.unit","name","later"]"#, vec!["inner.unit", "later"]),
            ("absent", r#"["nowhere"]"#, vec!["nowhere"]),
            ("a part of a known path", r#"["value"]"#, vec!["value"]),
            ("the list itself", r#"["crit"]"#, vec!["crit"]),
        ] {
            let Err(ReadError::Unmet { message, unmet: found }) = with_crit(crit) else { panic!("{case}: was read") };
            assert_eq!(found.names(), unmet, "{case}");
            assert_eq!(*message, outer, "{case}");
        }
    }

    #[test]
    fn rejects_a_malformed_list() {
        let many = format!("[{}]", vec![r#""name""#; 17].join(","));
        let long = format!(r#"["{}"]"#, "a".repeat(129));
        for crit in
            ["[]", "null", r#""name""#, r#"{"name":1}"#, "[1]", r#"[""]"#, r#"["a b"]"#, "[\"\\n\"]", &many, &long]
        {
            assert!(matches!(with_crit(crit), Err(ReadError::Json(_))), "{crit}");
        }
        assert!(matches!(with_crit(r#"["name"],"crit":["name"]"#), Err(ReadError::Json(_))), "twice");
    }
}
