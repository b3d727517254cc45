//! The threat model: each attack names the tests of its defense, and those exist.

use std::{fs, path::Path};

/// Whether a test file, or the tests of a source file, have this path: `verifier::binding`, `core::liveness::track`. A
/// script has its path from the top.
fn exists(root: &Path, test: &str) -> bool {
    if test.contains('/') {
        return root.join(test).is_file();
    }
    let Some((krate, module)) = test.split_once("::") else { return false };
    let module = module.replace("::", "/");
    ["tests", "src"].iter().any(|folder| {
        let path = root.join(folder).join(krate).join(&module);
        let text = fs::read_to_string(path.with_extension("rs")).or_else(|_| fs::read_to_string(path.join("mod.rs")));
        text.is_ok_and(|text| text.contains("#[test]") || text.contains("#[tokio::test") || text.contains("\nmod "))
    })
}

#[test]
fn each_attack_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("src/attest/threat-model.md")).expect("the threat model");
    let (_, attacks) = page.split_once("| attack | defense | limit |\n").expect("the table");
    let rows: Vec<_> = attacks.lines().skip(1).take_while(|line| line.starts_with('|')).collect();
    assert!(rows.len() > 20, "{} rows", rows.len());
    for row in rows {
        let defense = row.split(" | ").nth(1).expect("three columns");
        let named = defense.split_once("(tests: ").and_then(|(_, rest)| rest.split_once(')'));
        let (tests, _) = named.unwrap_or_else(|| panic!("no tests: {row}"));
        for test in tests.split(", ") {
            assert!(exists(root, test.trim_matches('`')), "{test} does not exist: {row}");
        }
    }
}
