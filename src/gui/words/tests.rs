//! Every language has all messages of English, translated, with every plural form.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use super::*;

/// Messages that may equal the English text, in every language or in the one given.
const SAME_AS_ENGLISH: &[(&str, &str)] = &[
    ("*", "app-name"),
    ("*", "ready-link-hint"),
    ("fr", "consent-application"),
    ("it", "consent-account"),
    ("nl", "consent-account"),
    ("nl", "settings-camera"),
    ("nl", "doctor-camera"),
];

/// The plural categories that CLDR uses for integers below a million.
const PLURALS: &[(Language, &[&str])] = &[
    (Language::En, &["one", "other"]),
    (Language::De, &["one", "other"]),
    (Language::Fr, &["one", "other"]),
    (Language::Es, &["one", "other"]),
    (Language::PtBr, &["one", "other"]),
    (Language::It, &["one", "other"]),
    (Language::Nl, &["one", "other"]),
    (Language::Pl, &["one", "few", "many", "other"]),
    (Language::Ja, &["other"]),
    (Language::Ar, &["zero", "one", "two", "few", "many", "other"]),
];

/// The messages of a file by id, verbatim, with `.kiosk` and `.alone` behind the id of what a kiosk says instead. Parsed line
/// by line, since a defect of the Fluent parser would hide itself.
fn messages(language: Language) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut last = String::new();
    for line in language.source().lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let attribute =
            ["kiosk", "alone"].into_iter().find_map(|name| Some((name, line.strip_prefix(&format!("    .{name} ="))?)));
        if let Some((name, text)) = attribute {
            assert!(found.insert(format!("{last}.{name}"), text.to_owned()).is_none(), "{language:?} has {last} twice");
        } else if line.starts_with(char::is_alphabetic) {
            let (id, text) = line.split_once(" =").unwrap_or_else(|| panic!("{language:?}: {line}"));
            last = id.to_owned();
            assert!(found.insert(last.clone(), text.to_owned()).is_none(), "{language:?} has {id} twice");
        } else {
            found.get_mut(&last).expect("a message goes on").push_str(line);
        }
    }
    found
}

fn variables(message: &str) -> BTreeSet<&str> {
    message.split('$').skip(1).map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap()).collect()
}

fn categories(message: &str) -> Vec<&str> {
    message.split('[').skip(1).filter_map(|rest| rest.split_once(']')).map(|(category, _)| category).collect()
}

#[test]
fn every_language_has_the_messages_and_variables_of_english() {
    let english = messages(Language::En);
    assert!(english.len() > 100, "only {} messages were found", english.len());
    for language in Language::ALL {
        let own = messages(language);
        let ids = |all: &BTreeMap<String, String>| all.keys().cloned().collect::<BTreeSet<_>>();
        let missing: Vec<_> = ids(&english).difference(&ids(&own)).cloned().collect();
        let extra: Vec<_> = ids(&own).difference(&ids(&english)).cloned().collect();
        assert!(missing.is_empty() && extra.is_empty(), "{language:?} lacks {missing:?}, has {extra:?} too much");
        for (id, text) in &own {
            assert_eq!(variables(text), variables(&english[id]), "{language:?} {id}");
        }
    }
}

#[test]
fn all_messages_are_translated() {
    let english = messages(Language::En);
    let mut same = Vec::new();
    for language in Language::ALL.into_iter().filter(|language| *language != Language::En) {
        for (id, text) in messages(language) {
            let allowed = |(tag, allowed): &(&str, &str)| (*tag == "*" || *tag == language.tag()) && *allowed == id;
            if text == english[&id] && !SAME_AS_ENGLISH.iter().any(allowed) {
                same.push(format!("{}: {id} ={text}", language.tag()));
            }
        }
    }
    assert!(same.is_empty(), "not translated:\n{}", same.join("\n"));
}

/// A file without a language would become outdated unnoticed.
#[test]
fn every_message_file_belongs_to_a_language() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/words");
    let files: BTreeSet<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(files, Language::ALL.map(|language| format!("{}.ftl", language.tag())).into());
}

#[test]
fn plural_forms_match_the_language() {
    assert!(PLURALS.iter().map(|(language, _)| *language).eq(Language::ALL), "PLURALS has a row for each, in order");
    for (language, expected) in PLURALS {
        for (id, text) in messages(*language).iter().filter(|(_, text)| text.contains("->")) {
            assert_eq!(categories(text), *expected, "{language:?} {id}");
            assert!(text.contains("*[other]"), "{language:?} {id}");
        }
    }
}

#[test]
fn every_message_formats_with_every_plural() {
    for language in Language::ALL {
        let (resource, errors) = match FluentResource::try_new(language.source().to_owned()) {
            Ok(resource) => (resource, Vec::new()),
            Err((resource, errors)) => (resource, errors),
        };
        assert!(errors.is_empty(), "{language:?}: {errors:?}");
        drop(resource);
        for (id, text) in messages(language) {
            let (id, words) = match id.rsplit_once('.') {
                Some((id, attribute)) => (id.to_owned(), Words::for_kiosk(language, attribute == "kiosk")),
                None => (id, Words::new(language)),
            };
            for number in [0, 1, 2, 3, 5, 11, 21, 100] {
                let args: Vec<_> = variables(&text)
                    .into_iter()
                    .map(|name| {
                        (
                            name,
                            if matches!(name, "application" | "camera" | "command" | "key") {
                                "Payroll".into()
                            } else {
                                number.into()
                            },
                        )
                    })
                    .collect();
                let said = words.say_with(&id, &args);
                assert!(!said.is_empty() && !said.contains(['{', '}', '$']), "{language:?} {id}: {said:?}");
            }
        }
    }
}

#[test]
fn hints_are_short() {
    for language in Language::ALL {
        for (id, text) in messages(language).iter().filter(|(id, _)| id.starts_with("hint-")) {
            let words = text.split_whitespace().count();
            let max = if language == Language::Ja { 1 } else { 6 };
            assert!((1..=max).contains(&words), "{language:?} {id}: {words} words");
            assert!(!text.ends_with(['.', '!', '。', '！']), "{language:?} {id}");
        }
    }
}

/// At a kiosk there is no browser to be seen, and the computer is not the person's.
#[test]
fn a_kiosk_speaks_of_itself() {
    let elsewhere = [
        (Language::En, ["browser", "computer"]),
        (Language::De, ["rowser", "Computer"]),
        (Language::Fr, ["navigateur", "ordinateur"]),
        (Language::Es, ["navegador", "este equipo"]),
        (Language::PtBr, ["navegador", "computador"]),
        (Language::It, ["browser", "computer"]),
        (Language::Nl, ["browser", "computer"]),
        (Language::Pl, ["rzeglądar", "komputer"]),
        (Language::Ja, ["ブラウザー", "コンピューター"]),
        (Language::Ar, ["المتصفح", "الحاسوب"]),
    ];
    assert!(elsewhere.iter().map(|(language, _)| *language).eq(Language::ALL), "a row for each, in order");
    // These are never shown to a kiosk's visitors.
    let of_windows = [
        "app-tagline",
        "ready-",
        "link-",
        "approve-",
        "settings-",
        "doctor-",
        "camera-",
        "failed-approve-",
        "done-body",
    ];
    for (language, words) in elsewhere {
        let all = messages(language);
        for (id, text) in &all {
            let is_said = is_of_kiosk(id) || !all.contains_key(&format!("{id}.kiosk"));
            let is_shown = !of_windows.iter().any(|start| id.starts_with(start)) && *id != "kiosk-reboot";
            let names = words.iter().find(|word| text.contains(**word));
            assert!(!(is_said && is_shown && names.is_some()), "{language:?} {id}: {names:?}");
        }
    }
    let words = Words::for_kiosk(Language::De, true);
    assert_eq!(words.say("consent-kept"), "An diesem Terminal bleibt nichts zurück.");
    assert_eq!(words.say("consent-begin"), Words::new(Language::De).say("consent-begin"), "the rest stays");
}

/// Whoever looks for staff where there is none is lost.
#[test]
fn a_kiosk_alone_sends_nobody_to_the_staff() {
    let staff: [(Language, &[&str]); 10] = [
        (Language::En, &["staff"]),
        (Language::De, &["Personal"]),
        (Language::Fr, &["personnel"]),
        (Language::Es, &["personal"]),
        (Language::PtBr, &["com a equipe", "chame a equipe"]),
        (Language::It, &["personale"]),
        (Language::Nl, &["personeel"]),
        (Language::Pl, &["obsługi"]),
        (Language::Ja, &["係員"]),
        (Language::Ar, &["الموظفين"]),
    ];
    for (language, words) in staff {
        let all = messages(language);
        let is_staff = |text: &str| words.iter().any(|word| text.contains(word));
        let sends: Vec<_> = all
            .iter()
            // Shown only where there is staff, as for an attended enrollment.
            .filter(|(id, text)| {
                (is_of_kiosk(id) || id.starts_with("kiosk-"))
                    && is_staff(text)
                    && *id != "kiosk-out-ask"
                    && !id.starts_with("kiosk-attend-")
            })
            .collect();
        assert!(sends.len() >= 12, "{language:?}: only {}", sends.len());
        for (id, _) in sends {
            let alone = format!("{}.alone", id.trim_end_matches(".kiosk"));
            let instead = all.get(&alone).unwrap_or_else(|| panic!("{language:?}: {id} has no other form"));
            assert!(!is_staff(instead), "{language:?} {alone}: {instead}");
        }
    }
    let (attended, alone) = (Words::for_kiosk(Language::En, true), Words::for_kiosk(Language::En, false));
    assert_eq!(attended.say("failed-operator"), "This kiosk has a fault. Please ask the staff.");
    assert_eq!(alone.say("failed-operator"), "This kiosk has a fault. Please use another kiosk.");
    assert_eq!(alone.say("consent-kept"), "Nothing is kept on this kiosk.", "the rest stays");
}

#[test]
fn plurals_read_right() {
    let rows = [
        (Language::En, 1, "1 minute ago"),
        (Language::En, 2, "2 minutes ago"),
        (Language::De, 1, "vor 1 Minute"),
        (Language::Fr, 0, "il y a 0 minute"),
        (Language::Pl, 2, "2 minuty temu"),
        (Language::Pl, 5, "5 minut temu"),
        (Language::Pl, 22, "22 minuty temu"),
        (Language::Ja, 1, "1分前"),
        (Language::Ar, 1, "قبل دقيقة واحدة"),
        (Language::Ar, 2, "قبل دقيقتين"),
        (Language::Ar, 3, "قبل 3 دقائق"),
        (Language::Ar, 11, "قبل 11 دقيقة"),
    ];
    for (language, minutes, expected) in rows {
        let said = Words::new(language).say_with("consent-minutes", &[("minutes", minutes.into())]);
        assert_eq!(said, expected);
    }
}

#[test]
fn negotiates_the_language() {
    let rows: &[(&str, Option<&str>, &[&str], Language)] = &[
        ("chosen wins", Some("fr"), &["de-DE"], Language::Fr),
        ("chosen unknown", Some("tlh"), &["de-DE"], Language::De),
        ("chosen no tag", Some("?"), &["pl-PL"], Language::Pl),
        ("region is dropped", None, &["de-AT"], Language::De),
        ("any Portuguese", None, &["pt-PT"], Language::PtBr),
        ("script is dropped", None, &["ar-Arab-EG"], Language::Ar),
        ("underscore", None, &["ja_JP"], Language::Ja),
        ("second of the system", None, &["zh-CN", "it-IT", "en"], Language::It),
        ("POSIX", None, &["C"], Language::En),
        ("nothing", None, &[], Language::En),
    ];
    for (name, chosen, system, expected) in rows {
        let system = system.iter().map(|tag| (*tag).to_owned());
        assert_eq!(Language::of_system(*chosen, system), *expected, "{name}");
    }
    for language in Language::ALL {
        assert_eq!(Language::of_system(Some(language.tag()), std::iter::empty()), language);
    }
}

#[test]
fn isolates_external_names_in_bidirectional_text() {
    let ask = |language, name: &str| Words::new(language).say_with("consent-asks", &[("application", name.into())]);
    assert_eq!(ask(Language::En, "Payroll"), "Payroll asks for your face");
    assert_eq!(ask(Language::En, "\u{202e}Payroll"), "Payroll asks for your face");
    assert_eq!(ask(Language::En, "رواتب"), "\u{2068}رواتب\u{2069} asks for your face");
    assert!(ask(Language::Ar, "Payroll").contains("\u{2068}Payroll\u{2069}"));
}

#[test]
#[should_panic(expected = "no message is called nowhere")]
fn an_unknown_id_stops_a_debug_build() {
    Words::new(Language::De).say("nowhere");
}

#[test]
fn messages_are_send_and_sync() {
    fn crosses<T: Send + Sync>() {}
    crosses::<Words>();
}

/// Ids are literals where they are used, so that a search finds them; ids built at run time would count as unused.
#[test]
fn every_message_is_used_and_every_used_message_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../src");
    let mut literals = BTreeSet::new();
    let mut said = BTreeSet::new();
    for room in ["gui", "cli", "client/doctor.rs"] {
        read(&root.join(room), &mut |text| {
            let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
            literals.extend(code.split('"').skip(1).map(str::to_owned));
            for opening in ["say(\"", "say_with(\"", "say_with(\n"] {
                said.extend(code.split(opening).skip(1).filter_map(|rest| {
                    let rest = rest.trim_start().trim_start_matches('"');
                    rest.split_once('"').map(|(id, _)| id.to_owned())
                }));
            }
        });
    }
    let ids: BTreeSet<String> = messages(Language::En).into_keys().filter(|id| !is_of_kiosk(id)).collect();
    let unused: Vec<_> = ids.difference(&literals).collect();
    let unknown: Vec<_> = said.difference(&ids).collect();
    assert!(unused.is_empty() && unknown.is_empty(), "never used: {unused:?}\nnot in en.ftl: {unknown:?}");
}

/// Whether the message is what a kiosk says instead of another.
fn is_of_kiosk(id: &str) -> bool {
    id.rsplit_once('.').is_some_and(|(_, attribute)| matches!(attribute, "kiosk" | "alone"))
}

/// Every source file at or below `path` except this test.
fn read(path: &Path, use_it: &mut impl FnMut(&str)) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            read(&entry.unwrap().path(), use_it);
        }
    } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("words/tests.rs") {
        use_it(&fs::read_to_string(path).unwrap());
    }
}
