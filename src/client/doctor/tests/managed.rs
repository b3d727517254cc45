//! What the diagnostics say of an administrator's settings.

use super::{super::*, well};

/// What is managed, from where, and what of it cannot be used; the verifiers asked are the managed ones.
#[test]
fn lists_what_is_managed_and_from_where() {
    let machine = well();
    assert_eq!(machine.finding(Check::Managed).detail, "nothing is managed");
    machine.manage("theme = \"dark\"\ncamera_testing = 0\nverifiers = [\"https://managed.example\"]\n");
    let findings = machine.examine();
    let of = |check| -> Vec<_> {
        let of_check = findings.iter().filter(|finding| finding.check == check);
        of_check.map(|finding| (finding.state, finding.detail.clone())).collect()
    };
    let file = machine.root().join("etc/countenance/settings.toml").display().to_string();
    assert_eq!(
        of(Check::Managed),
        [
            (State::Attention, format!("{file}, line 2: camera_testing is neither true nor false")),
            (State::Good, format!("camera_testing, theme, verifiers by {file}")),
        ]
    );
    assert_eq!(of(Check::Verifier), [(State::Good, "https://managed.example answers".to_owned())]);

    machine.manage("?");
    let detail = machine.examine().into_iter().find(|finding| finding.check == Check::Managed).unwrap().detail;
    assert!(detail.starts_with(&format!("{file}: line 1 is not TOML: ")), "{detail}");
    assert!(detail.ends_with("; no verifier is trusted, and no camera"), "{detail}");
}
