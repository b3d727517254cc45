//! The six sign-ins of the demo over loopback, with real networks and recordings, and the Action that customers deploy.

use std::path::Path;

#[test]
fn all_six_sign_ins_end_as_expected() {
    let recordings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut output = String::new();
    let (passed, all) =
        countenance_lab::demo::walk(&recordings, countenance_lab::demo::Attendance::Script, 6, None, &mut |line| {
            output.push_str(&line);
            output.push('\n');
        })
        .unwrap();
    assert_eq!((passed, all), (6, 6), "{output}");
    // The output must have no token, code or nonce, so neither the launch link nor the return URL.
    assert!(!output.contains("countenance://") && !output.contains("/return/"), "{output}");
}
