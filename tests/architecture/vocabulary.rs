//! Checks the vocabulary: public names must not bring back words that the project has replaced with terms of the field, as
//! in ISO/IEC 2382-37 and 30107-3, OpenID Connect, JOSE and EAT.

use crate::{code, sources};

/// Words that must not be part of a public name.
const RETIRED_WORDS: &[&str] = &[
    "abstain",
    "apart",
    "attendant",
    "beat",
    "carrier",
    "dice",
    "examiner",
    "farewell",
    "fewest",
    "obstacle",
    "patience",
    "plugs",
    "proven",
    "rehearsal",
    "rehearse",
    "repeatable",
    "setback",
    "shot",
    "sighted",
    "sighting",
    "steady",
    "surroundings",
    "switchboard",
    "vault",
    "vital",
    "wish",
];
/// Names that no public item may have, although their words have other uses.
const RETIRED_NAMES: &[&str] = &[
    "Advice",
    "Answer",
    "Asked",
    "Chance",
    "Desk",
    "Ending",
    "Fault",
    "House",
    "Inner",
    "LastWord",
    "Latest",
    "Look",
    "News",
    "Pen",
    "Place",
    "Posted",
    "Proof",
    "Sheet",
    "Sight",
    "Signs",
    "Stage",
    "Stamp",
    "Stand",
    "Standing",
    "SystemChance",
    "Tell",
    "Told",
    "Turns",
    "Visit",
    "Wake",
    "WayOut",
    "Weight",
    "World",
    "at_hand",
    "chance",
    "give_back",
    "mailed",
    "way_out",
    "world",
];

/// The names of items, fields and variants that `code` declares as `pub`, restricted visibility included.
fn public_names(code: &str) -> Vec<String> {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let (mut names, mut in_enum) = (Vec::new(), false);
    for line in code.lines() {
        let (line, depth) = (line.trim_start(), line.len() - line.trim_start().len());
        if let Some(rest) = line.strip_prefix("pub") {
            let rest = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(rest, |(_, rest)| rest);
            let Some(mut rest) = rest.strip_prefix(' ') else { continue };
            while let Some(behind) = ["async ", "const fn ", "unsafe "].iter().find_map(|word| rest.strip_prefix(word))
            {
                rest = behind;
            }
            in_enum = rest.starts_with("enum ");
            let items = ["fn ", "struct ", "enum ", "trait ", "type ", "const ", "static ", "mod "];
            let item = items.iter().find_map(|word| rest.strip_prefix(word)).unwrap_or(rest);
            if !item.starts_with("use ") {
                names.push(name(item));
            }
        } else if in_enum && depth == 0 && line.starts_with('}') {
            in_enum = false;
        } else if in_enum && depth == 4 && line.starts_with(char::is_uppercase) {
            names.push(name(line));
        }
    }
    names
}

/// The words of a name in lowercase: `last` and `word` for each of `LAST_WORD`, `lastWord` and `LastWord`.
fn words(name: &str) -> Vec<String> {
    let (mut words, mut before) = (vec![String::new()], '_');
    for c in name.chars() {
        if c == '_' || c.is_uppercase() && before.is_lowercase() {
            words.push(String::new());
        }
        if let (Some(word), true) = (words.last_mut(), c != '_') {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_retired(name: &str) -> bool {
    let singular = |word: &str| RETIRED_WORDS.contains(&word) || RETIRED_WORDS.contains(&word.trim_end_matches('s'));
    // `AtMost` may name a kind of bound; limits are called `MAX_…` and `MIN_…`.
    let is_limit = ["MOST", "LEAST"].iter().any(|word| name.starts_with(word) || name.ends_with(&format!("_{word}")));
    RETIRED_NAMES.contains(&name) || is_limit || words(name).iter().any(|word| singular(word))
}

#[test]
fn public_names_contain_no_retired_words() {
    let mut wrong = Vec::new();
    for source in sources() {
        let retired = public_names(&code(&source.text)).into_iter().filter(|name| is_retired(name));
        wrong.extend(retired.map(|name| format!("{}: {name}", source.path)));
    }
    assert!(wrong.is_empty(), "retired words:\n{}", wrong.join("\n"));
}

#[test]
fn a_retired_word_is_found_in_any_kind_of_public_name() {
    let code = "pub struct BestShot {\n    pub(crate) shot_id: u32,\n    kept: u32,\n}\npub enum Kind {\n    Setback(u8),\n    Fine,\n}\n\
                pub const MOST_NODES: u8 = 1;\npub(super) async fn way_out() {}\npub use a::Look;\nfn shot() {}";
    let names = public_names(code);
    assert_eq!(names, ["BestShot", "shot_id", "Kind", "Setback", "Fine", "MOST_NODES", "way_out"]);
    let retired: Vec<_> = names.iter().map(String::as_str).filter(|name| is_retired(name)).collect();
    assert_eq!(retired, ["BestShot", "shot_id", "Setback", "MOST_NODES", "way_out"]);
    assert!(!is_retired("Screenshot") && !is_retired("snapshots") && is_retired("shots"));
}
