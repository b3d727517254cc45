//! Faces from recordings, as the verifier analyzes them in posted samples: quality checks and templates.

use std::{path::Path, sync::Arc, time::Duration};

use countenance_camera::{FrameSource, recording};
use countenance_core::{
    face::Face,
    frame::Frame,
    policy::{MatchPolicy, QualityPolicy},
    quality::{Hint, fault_of_cut, judge, measure::Measures},
};
use countenance_verifier::{SAMPLE_SLACK_RATIO, SampleAnalysis, SampleAnalyzer, remeasure};
use countenance_vision::{Embedding, FaceViews, Vision};

use countenance_vision::testing::VISION;

/// Every sixth frame of a recording (240 ms at 25 frames per second), if it passes the quality checks, with its face.
fn good_frames(clip: &str) -> Vec<(Frame, Face)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut source = recording::open(&folder.join(clip)).unwrap();
    let mut good = Vec::new();
    while let Ok(frame) = source.next_frame(Duration::from_secs(1)) {
        if frame.seq() % 6 == 0
            && let Ok(one) = judge(&frame, &VISION.faces(&frame).unwrap(), &QualityPolicy::default())
        {
            good.push((frame, *one.face()));
        }
    }
    assert!(good.len() >= 6, "{clip}: {} good frames", good.len());
    good
}

/// The sample that the client posts: a crop of three times the face size around the face, clipped to the frame.
fn crop(frame: &Frame, face: &Face) -> Frame {
    let side = (3.0 * face.rect.width.max(face.rect.height)) as u32;
    let (width, height) = (side.min(frame.width()), side.min(frame.height()));
    let (x, y) = (face.rect.centre().x - width as f32 / 2.0, face.rect.centre().y - height as f32 / 2.0);
    let (x, y) = ((x.max(0.0) as u32).min(frame.width() - width), (y.max(0.0) as u32).min(frame.height() - height));
    let row = frame.width() as usize * 3;
    let rows = frame.rgb().chunks_exact(row).skip(y as usize).take(height as usize);
    let rgb = rows.flat_map(|row| row[x as usize * 3..][..width as usize * 3].to_vec()).collect();
    Frame::new(width, height, rgb, frame.seq(), Duration::ZERO).unwrap()
}

#[test]
fn frames_accepted_by_the_client_pass_quality_on_the_sample() {
    let policy = QualityPolicy::default();
    let (mut seen, mut faults) = (0, Vec::new());
    for clip in ["person-a-enrol.mp4", "person-a-verify.mp4", "person-b.mp4"] {
        for (frame, face) in good_frames(clip) {
            let sample = crop(&frame, &face);
            let faces = VISION.faces(&sample).unwrap();
            let measures = Measures::of(&sample, faces.first().unwrap_or_else(|| panic!("{clip} {}", frame.seq())));
            seen += 1;
            faults.extend(fault_of_cut(&measures, &policy, SAMPLE_SLACK_RATIO).map(|hint| (clip, frame.seq(), hint)));
        }
    }
    assert!(faults.is_empty(), "of {seen}: {faults:?}");
}

/// Whatever the client says of it.
#[test]
fn the_verifier_finds_out_which_way_up_a_sample_is() {
    let (vision, policy) = (Arc::new(Vision::load().unwrap()), QualityPolicy::default());
    for clip in ["person-a-enrol.mp4", "person-a-verify.mp4", "person-b.mp4"] {
        for (frame, face) in good_frames(clip) {
            let upright = crop(&frame, &face);
            for (sample, expected) in [(upright.turned_by_half(), Some(Hint::UpsideDown)), (upright, None)] {
                let analysis = vision.analyze_sample(&sample, &policy).unwrap();
                // No face at all is a refusal too.
                let SampleAnalysis::OneFace(face) = analysis else {
                    assert!(expected.is_some(), "{clip} {}", frame.seq());
                    continue;
                };
                let fault = fault_of_cut(&face.measures, &policy, SAMPLE_SLACK_RATIO);
                assert_eq!(fault, expected, "{clip} {}", frame.seq());
            }
        }
    }
}

#[test]
fn measures_on_the_sample_are_those_of_the_frame() {
    let mut seen = 0;
    let mut widest = [0.0_f32; 6];
    for clip in ["person-a-enrol.mp4", "person-a-verify.mp4", "person-b.mp4"] {
        for (frame, face) in good_frames(clip) {
            let claim = Measures::of(&frame, &face).claim;
            let sample = crop(&frame, &face);
            let again = VISION.faces(&sample).unwrap();
            let measured = Measures::of(&sample, again.first().unwrap());
            let found = &measured.claim;
            let ratio = |a: f32, b: f32| (a - b).abs() / a.max(b);
            let differences = [
                ratio(claim.interocular_px, found.interocular_px),
                (claim.yaw_deg - found.yaw_deg).abs(),
                (claim.pitch_deg - found.pitch_deg).abs(),
                (claim.roll_deg - found.roll_deg).abs(),
                ratio(claim.sharpness, found.sharpness),
                (claim.luma - found.luma).abs(),
            ];
            widest.iter_mut().zip(differences).for_each(|(widest, found)| *widest = widest.max(found));
            assert!(remeasure(&claim, &measured, false).is_ok(), "{clip} {}: {differences:?}", frame.seq());
            seen += 1;
        }
    }
    println!("widest differences of {seen} frames: eyes, yaw, pitch, roll, sharpness, luma: {widest:?}");
    let limits = [0.06, 6.0, 6.0, 6.0, 0.25, 4.0];
    assert!(widest.iter().zip(limits).all(|(widest, limit)| *widest <= limit), "half of the tolerances: {widest:?}");
}

#[test]
fn a_template_of_three_samples_matches_better_than_one_and_no_impostor() {
    let policy = MatchPolicy::default();
    let embeddings = |clip: &str| -> Vec<Embedding> {
        good_frames(clip).iter().map(|(frame, face)| VISION.embed(frame, face).unwrap()).collect()
    };
    let [enrol, verify, other] = ["person-a-enrol.mp4", "person-a-verify.mp4", "person-b.mp4"].map(embeddings);
    let cosines = |template: &Embedding, faces: &[Embedding]| -> Vec<f32> {
        faces.iter().map(|face| face.cosine(template)).collect()
    };
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
    let (mut one, mut three) = (Vec::new(), Vec::new());
    for samples in enrol.windows(3) {
        let template = Embedding::mean(samples.iter().map(|sample| (sample, 1.0))).unwrap();
        one.push(mean(&cosines(&samples[0], &verify)));
        three.push(mean(&cosines(&template, &verify)));
        assert!(cosines(&template, &verify).iter().all(|cosine| *cosine >= policy.cosine_min));
        assert!(cosines(&template, &other).iter().all(|cosine| *cosine < policy.cosine_min - 0.2));
        assert!(samples.iter().all(|sample| sample.cosine(&samples[0]) >= policy.enrol_cosine_min));
    }
    assert!(mean(&three) > mean(&one), "{} {}", mean(&three), mean(&one));
}

/// Versions before stored the mean of what the network says of a face as it is seen, without its mirror image.
#[test]
fn a_template_of_an_earlier_version_matches_its_person_and_no_impostor() {
    let policy = MatchPolicy::default();
    let views = |clip: &str| -> Vec<FaceViews> {
        good_frames(clip).iter().map(|(frame, face)| VISION.views(frame, face).unwrap()).collect()
    };
    let [enrol, verify, other] = ["person-a-enrol.mp4", "person-a-verify.mp4", "person-b.mp4"].map(views);
    let probes = |clip: &[FaceViews]| clip.iter().map(|views| views.mean().unwrap()).collect::<Vec<_>>();
    for samples in enrol.windows(3) {
        let earlier = Embedding::mean(samples.iter().map(|sample| (&sample.as_seen, 1.0))).unwrap();
        let today = Embedding::mean(probes(samples).iter().map(|sample| (sample, 1.0))).unwrap();
        for probe in probes(&verify) {
            let (before, now) = (probe.cosine(&earlier), probe.cosine(&today));
            assert!(before >= policy.cosine_min && now - before < 0.05, "{before} {now}");
        }
        assert!(probes(&other).iter().all(|probe| probe.cosine(&earlier) < policy.cosine_min - 0.1));
        assert!(earlier.cosine(&today) > 0.95, "{}", earlier.cosine(&today));
    }
}
