//! What the diagnostics say of an administrator's settings.

use std::fs;

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

    machine.manage("verifers = [\"https://managed.example\"]\n");
    let findings = machine.examine();
    let found: Vec<_> = findings.iter().filter(|finding| finding.check == Check::Managed).collect();
    let [found] = &found[..] else { panic!("{found:?}") };
    let expected =
        format!("{file}, line 1: verifers is not a setting that this version knows; did you mean verifiers?");
    assert_eq!((&found.detail, found.state), (&expected, State::Attention));
    let of_user = findings.iter().find(|finding| finding.check == Check::Verifier).unwrap();
    assert_eq!(of_user.detail, "https://v.example answers", "an unknown name decides nothing");

    machine.manage("?");
    let detail = machine.examine().into_iter().find(|finding| finding.check == Check::Managed).unwrap().detail;
    assert!(detail.starts_with(&format!("{file}: line 1 is not TOML: ")), "{detail}");
    assert!(detail.ends_with("; no verifier is trusted, and no camera"), "{detail}");
}

/// Each row: what is managed, what the user has, and what is said of a pin, by the check. A camera is pinned by whoever
/// decides that, to the one that applies: the managed one, else the user's; without any, none is accepted.
#[test]
fn says_that_a_pin_without_a_camera_accepts_none() {
    let machine = well();
    let file = machine.root().join("etc/countenance/settings.toml").display().to_string();
    let none = "camera_pinned is true, but no camera is named: none is accepted";
    let by_file = Some((Check::Managed, Fix::CorrectManaged, format!("{none}; pinned by {file}")));
    let by_user = Some((Check::Settings, Fix::CorrectSettings, none.to_owned()));
    let (pinned, desk) = ("camera_pinned = true\n", "camera = \"Desk Cam\"\n");
    for (managed, user, expected) in [
        (pinned, "", &by_file),
        (pinned, desk, &None),
        (&format!("{pinned}{desk}"), "", &None),
        (&format!("{pinned}camera = \"\"\n"), desk, &by_file),
        ("camera_pinned = \"yes\"\n", "", &by_file),
        ("camera_pinned = false\n", pinned, &None),
        ("", pinned, &by_user),
        (desk, pinned, &None),
        ("", &format!("{pinned}{desk}"), &None),
        // What follows is said with the fault.
        ("?", "", &None),
    ] {
        machine.manage(managed);
        fs::write(machine.root().join("home/zoe/settings.toml"), user).unwrap();
        let findings = machine.examine().into_iter().filter(|finding| finding.detail.starts_with(none));
        let found = findings.map(|finding| (finding.check, finding.fix.unwrap(), finding.detail));
        assert_eq!(found.collect::<Vec<_>>(), expected.clone().into_iter().collect::<Vec<_>>(), "{managed} / {user}");
    }
}
