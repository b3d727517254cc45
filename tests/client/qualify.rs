//! Qualifying a site with a recording: the measurements, why the gate is not armed yet, and the profile written.

use std::path::Path;

use countenance_camera::{FrameSource, recording};
use countenance_client::qualify::{PROFILE_FILE, Profile, Report, Step, Why, collect};
use countenance_core::policy::{ArmingPolicy, Policy};

use countenance_vision::testing::VISION;

#[test]
fn a_recording_yields_too_few_captures_to_arm_and_is_measured() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/person-a-verify.mp4");
    let mut source = recording::open(&path).unwrap();
    let (policy, arming) = (Policy::default(), ArmingPolicy::default());
    let mut taken = Vec::new();
    // One capture is enough here: unit tests cover `collect` with more.
    let collected = collect(&mut source, &*VISION, &policy, 1, &mut |step| {
        if let Step::Taken(genuine) = step {
            taken.push(genuine.fused);
        }
        true
    })
    .unwrap();
    let report = Report::of(collected, source.provenance(), &policy, &arming);
    assert_eq!(taken, [report.captures[0].fused]);
    assert_eq!(report.not_armed, Some(Why::TooFew { captures: 1, needed: 20 }));
    let genuine = &report.captures[0];
    assert!(genuine.fused > policy.liveness.threshold && genuine.frame_spread > 0.0, "{genuine:?}");
    assert!((genuine.fps - 25.0).abs() < 0.1 && (0.15..0.6).contains(&genuine.face_ratio), "{genuine:?}");
    assert!((60.0..220.0).contains(&genuine.luma) && genuine.interocular_px > 40.0, "{genuine:?}");

    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(PROFILE_FILE);
    let profile = Profile::of(&report, &VISION.model_claims(), 1_800_000_000);
    profile.save(&file).unwrap();
    let loaded = Profile::load(&file).unwrap().unwrap();
    assert_eq!(loaded, profile);
    assert!(!loaded.qualifies(&source.provenance(), &policy.digest(), &VISION.model_claims()), "not armed");
    let text = report.text(&policy, &arming).to_string();
    assert!(text.contains("NOT ARMED: too few genuine captures: 1 of 20"), "{text}");
    assert!(text.contains("person-a-verify.mp4") && text.contains("━━━ threshold"), "{text}");
}
