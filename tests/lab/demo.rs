//! The six sign-ins of the demo over loopback: real networks, real recordings, the Action that customers deploy.

use std::path::Path;

#[test]
fn six_logins_end_as_they_must() {
    let recordings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut told = String::new();
    let (passed, all) =
        countenance_lab::demo::walk(&recordings, countenance_lab::demo::Attendance::Script, 6, None, &mut |line| {
            told.push_str(&line);
            told.push('\n');
        })
        .unwrap();
    assert_eq!((passed, all), (6, 6), "{told}");
    // What a person reads must hold no token, code or nonce: the launch link and the return page carry them.
    assert!(!told.contains("countenance://") && !told.contains("/return/"), "{told}");
}
