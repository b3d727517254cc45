//! What administrators are given to decide with: a template for Linux and the policies for Windows have every setting.

use std::{collections::BTreeMap, fs, path::Path};

use countenance_client::settings::{Key, Managed, Settings, Shape};

fn packaged(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging").join(path)).unwrap()
}

/// The template decides nothing as it is, and each setting once its `#` is removed.
#[cfg(unix)]
#[test]
fn the_template_for_linux_has_every_setting() {
    use std::os::unix::fs::MetadataExt;
    let home = tempfile::tempdir().unwrap();
    let (path, owner) = (home.path().join("settings.toml"), fs::metadata(home.path()).unwrap().uid());
    let template = packaged("linux/settings.toml");
    fs::write(&path, &template).unwrap();
    assert_eq!(Managed::of_file(&path, owner), countenance_client::settings::LoadedManaged::default());
    let is_key =
        |line: &str| line.strip_prefix('#').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
    let decided: Vec<_> = template.lines().map(|line| if is_key(line) { &line[1..] } else { line }).collect();
    fs::write(&path, decided.join("\n")).unwrap();
    let loaded = Managed::of_file(&path, owner);
    assert_eq!(loaded.complaints, []);
    assert_eq!(loaded.managed.places().map(|(key, _)| key).collect::<Vec<_>>(), Key::ALL);
    let mut settings = Settings::default();
    loaded.managed.apply(&mut settings);
    assert!(settings.verifiers.iter().next().is_some() && settings.camera_pinned, "it shows what is decided");
}

/// Each policy of the template, by the value of the registry that it sets, is one of the settings, in its type, and has its
/// texts.
#[test]
fn the_policies_for_windows_have_every_setting() {
    let (policies, texts) =
        (packaged("windows/policy/countenance.admx"), packaged("windows/policy/en-US/countenance.adml"));
    let policies = roxmltree::Document::parse(&policies).unwrap();
    let texts = roxmltree::Document::parse(&texts).unwrap();
    let ids = |table: &str, name: &str| -> Vec<String> {
        let table = texts.descendants().find(|node| node.has_tag_name((NAMESPACE, table))).unwrap();
        let of_name = table.children().filter(|node| node.has_tag_name((NAMESPACE, name)));
        of_name.map(|node| node.attribute("id").unwrap().to_owned()).collect()
    };
    let (strings, presentations) = (ids("stringTable", "string"), ids("presentationTable", "presentation"));
    let mut found = BTreeMap::new();
    for policy in policies.descendants().filter(|node| node.has_tag_name((NAMESPACE, "policy"))) {
        assert_eq!(policy.attribute("key"), Some(r"Software\Policies\Countenance"));
        assert_eq!(policy.attribute("class"), Some("Both"));
        let elements: Vec<_> =
            policy.descendants().filter(|node| *node != policy && node.has_attribute("valueName")).collect();
        let (name, shape) = match (policy.attribute("valueName"), &elements[..]) {
            (Some(name), []) => (name, shape_of_state(policy)),
            (None, [element]) => (element.attribute("valueName").unwrap(), shape_of(*element)),
            other => panic!("{other:?}"),
        };
        assert_eq!(policy.attribute("name"), Some(name), "a policy has the name of its setting");
        assert!(found.insert(name.to_owned(), shape).is_none(), "{name} is there twice");
        if let [element] = elements[..] {
            let shown = policy.attribute("presentation").unwrap();
            assert!(presentations.iter().any(|id| shown == format!("$(presentation.{id})")), "{name}: {shown}");
            let refers = texts.descendants().any(|node| node.attribute("refId") == element.attribute("id"));
            assert!(refers, "{name}: nothing to enter it");
        }
    }
    let expected: BTreeMap<_, _> = Key::ALL.into_iter().map(|key| (key.name().to_owned(), key.shape())).collect();
    assert_eq!(found, expected);

    let used: Vec<_> =
        policies.descendants().flat_map(|node| node.attributes()).map(|attribute| attribute.value()).collect();
    for id in &strings {
        assert!(used.contains(&format!("$(string.{id})").as_str()), "the text {id} is not used");
    }
    for text in used.iter().filter_map(|value| value.strip_prefix("$(string.")?.strip_suffix(')')) {
        assert!(strings.iter().any(|id| id == text), "there is no text {text}");
    }
}

const NAMESPACE: &str = "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions";

/// The shape of a policy without elements, which must write 1 and 0.
fn shape_of_state(policy: roxmltree::Node<'_, '_>) -> Shape {
    for (state, value) in [("enabledValue", "1"), ("disabledValue", "0")] {
        let state = policy.children().find(|node| node.has_tag_name((NAMESPACE, state))).unwrap();
        let number = state.first_element_child().unwrap();
        assert_eq!((number.tag_name().name(), number.attribute("value")), ("decimal", Some(value)));
    }
    Shape::YesOrNo
}

/// The shape of what an element writes to the registry.
fn shape_of(element: roxmltree::Node<'_, '_>) -> Shape {
    match element.tag_name().name() {
        "text" => Shape::Text,
        "decimal" => Shape::Number,
        "multiText" => Shape::List,
        "enum" => {
            let values = element.descendants().filter(|node| node.has_tag_name((NAMESPACE, "value")));
            let kinds: Vec<_> = values.map(|value| value.first_element_child().unwrap().tag_name().name()).collect();
            assert!(kinds.iter().all(|kind| kind == &kinds[0]), "{kinds:?}");
            if kinds[0] == "decimal" { Shape::Number } else { Shape::Text }
        }
        other => panic!("{other}"),
    }
}

/// Each choice of a list of the policies is one that the program accepts.
#[cfg(unix)]
#[test]
fn the_choices_of_the_policies_are_accepted() {
    use std::os::unix::fs::MetadataExt;
    let home = tempfile::tempdir().unwrap();
    let (path, owner) = (home.path().join("settings.toml"), fs::metadata(home.path()).unwrap().uid());
    let policies = packaged("windows/policy/countenance.admx");
    let policies = roxmltree::Document::parse(&policies).unwrap();
    let mut tried = 0;
    let mut accepts = |name: &str, value: String| {
        fs::write(&path, format!("{name} = {value}\n")).unwrap();
        assert_eq!(Managed::of_file(&path, owner).complaints, [], "{name} = {value}");
        tried += 1;
    };
    for element in policies.descendants().filter(|node| node.has_attribute("valueName")) {
        let name = element.attribute("valueName").unwrap();
        for bound in ["minValue", "maxValue"] {
            element.attribute(bound).into_iter().for_each(|bound| accepts(name, bound.to_owned()));
        }
        let values = element.descendants().filter(|node| node.has_tag_name((NAMESPACE, "value")));
        for value in values.filter_map(|value| value.first_element_child()) {
            let text = value.attribute("value").map(str::to_owned);
            accepts(name, text.unwrap_or_else(|| format!("{:?}", value.text().unwrap())));
        }
    }
    assert_eq!(tried, 10, "four turns, four themes, two sizes");
}
