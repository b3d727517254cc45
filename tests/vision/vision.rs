//! The networks compared with other implementations: `tests/golden/make.py` computed the values from the published
//! files.

use std::{collections::BTreeMap, path::Path, time::Duration};

use countenance_core::{
    face::{Face, Landmarks},
    frame::Frame,
    geometry::{InFrame, Point, Rect},
    liveness::NetOdds,
    policy::{LivenessPolicy, NetPolicy},
};
use countenance_vision::{Embedding, FaceViews, VisionError, models};
use serde::Deserialize;

use countenance_vision::testing::VISION;

/// Reference values of one image.
#[derive(Deserialize)]
pub(crate) struct Golden {
    faces: usize,
    score: f32,
    rect: [f32; 4],
    landmarks: [[f32; 2]; 5],
    logits: [[f32; 3]; 3],
    wide: [f32; 3],
    embedding: Vec<f32>,
    mirrored: Vec<f32>,
}

impl Golden {
    fn face(&self) -> Face {
        let [x, y, width, height] = self.rect;
        let [right_eye, left_eye, nose, right_mouth, left_mouth] = self.landmarks.map(|[x, y]| Point::new(x, y));
        let landmarks = Landmarks { right_eye, left_eye, nose, right_mouth, left_mouth };
        Face { rect: Rect::new(x, y, width, height), landmarks, score: self.score, upside_down: false }
    }

    fn views(&self) -> FaceViews {
        let [as_seen, mirrored] = [&self.embedding, &self.mirrored].map(|values| {
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            Embedding::from_bytes(&bytes).unwrap()
        });
        FaceViews { as_seen, mirrored }
    }
}

/// Every image: name, frame, reference values.
pub(crate) fn images() -> Vec<(String, Frame, Golden)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden");
    let golden_values = std::fs::read_to_string(folder.join("numbers.json")).unwrap();
    let golden_values: BTreeMap<String, Golden> = serde_json::from_str(&golden_values).unwrap();
    let load = |(name, golden): (String, Golden)| {
        let picture = image::open(folder.join(format!("{name}.png"))).unwrap().into_rgb8();
        let (width, height) = picture.dimensions();
        (name, Frame::new(width, height, picture.into_raw(), 0, Duration::ZERO).unwrap(), golden)
    };
    let images: Vec<_> = golden_values.into_iter().map(load).collect();
    assert_eq!(images.len(), 3);
    images
}

#[test]
fn faces_are_where_opencv_finds_them() {
    for (name, frame, golden) in images() {
        let faces = VISION.faces(&frame).unwrap();
        assert_eq!(faces.len(), golden.faces, "{name}");
        let (found, expected) = (faces[0], golden.face());
        assert!((found.score - expected.score).abs() < 0.01, "{name}: score {}", found.score);
        let corners = |r: Rect<InFrame>| [Point::<InFrame>::new(r.x, r.y), Point::new(r.x + r.width, r.y + r.height)];
        for (ours, theirs) in corners(found.rect).into_iter().zip(corners(expected.rect)) {
            assert!(ours.distance(theirs) < 1.0, "{name}: {ours:?}, {theirs:?}");
        }
        for (ours, theirs) in found.landmarks.points().into_iter().zip(expected.landmarks.points()) {
            assert!(ours.distance(theirs) < 1.0, "{name}: {ours:?}, {theirs:?}");
        }
    }
}

/// The network of the face at one scale more than the policy uses.
fn face_at_three_scales() -> NetPolicy {
    NetPolicy { scales: vec![1.0, 1.5, 2.7], weights: vec![1.0; 3], ..NetPolicy::face() }
}

#[test]
fn log_odds_are_those_of_onnx_runtime_on_the_published_networks() {
    for (name, frame, golden) in images() {
        let ours = VISION.liveness(&frame, &golden.face(), &[face_at_three_scales(), NetPolicy::wide()]).unwrap();
        let theirs =
            [NetOdds::of(golden.logits.iter().map(<[f32; 3]>::as_slice), 0), NetOdds::of([&golden.wide[..]], 1)];
        for (NetOdds(ours), NetOdds(theirs)) in ours.iter().zip(&theirs) {
            assert_eq!(ours.len(), theirs.len(), "{name}");
            let differs = ours.iter().zip(theirs).any(|(ours, theirs)| (ours - theirs).abs() >= 1e-2);
            assert!(!differs, "{name}: {ours:?}, {theirs:?}");
        }
    }
}

/// Another implementation applied softmax twice, which limits probabilities to 0.27 to 0.73 and log odds to -1 to 1. After
/// one softmax, log odds go beyond both bounds.
#[test]
fn log_odds_have_had_one_softmax() {
    let nets = [face_at_three_scales()];
    let odds: Vec<f32> = images()
        .into_iter()
        .flat_map(|(_, frame, golden)| VISION.liveness(&frame, &golden.face(), &nets).unwrap().remove(0).0)
        .collect();
    assert!(odds.iter().any(|odds| *odds < -1.4) && odds.iter().any(|odds| *odds > 1.4), "{odds:?}");
}

#[test]
fn rejects_an_unknown_network_by_name() {
    let (_, frame, golden) = images().into_iter().next().unwrap();
    let other = NetPolicy { name: "other".into(), sha256: "ab".repeat(32), ..NetPolicy::face() };
    let refusal = VISION.liveness(&frame, &golden.face(), &[other]).unwrap_err();
    assert!(matches!(&refusal, VisionError::NoSuchNet { name, .. } if name == "other"), "{refusal}");
}

#[test]
fn embeddings_are_those_of_onnx_runtime_on_the_published_network() {
    for (name, frame, golden) in images() {
        let (ours, theirs) = (VISION.views(&frame, &golden.face()).unwrap(), golden.views());
        let mean = VISION.embed(&frame, &golden.face()).unwrap();
        let cosines = [
            ours.as_seen.cosine(&theirs.as_seen),
            ours.mirrored.cosine(&theirs.mirrored),
            mean.cosine(&theirs.mean().unwrap()),
        ];
        assert!(cosines.iter().all(|cosine| *cosine > 0.999), "{name}: {cosines:?}");
    }
}

/// The landmarks are those of both, so that a mirrored picture differs in nothing but the order of its two views.
#[test]
fn a_picture_and_its_mirror_image_have_the_same_embedding() {
    for (name, frame, golden) in images() {
        let mirrored = frame.mirrored();
        let [one, other] =
            [&frame, &mirrored].map(|frame| VISION.views(frame, &VISION.faces(frame).unwrap()[0]).unwrap());
        assert!(one.as_seen.cosine(&other.mirrored) > 0.999, "{name}: {}", one.as_seen.cosine(&other.mirrored));
        assert!(one.mean().unwrap().cosine(&other.mean().unwrap()) > 0.999, "{name}");
        let alone = VISION.embed(&frame, &golden.face()).unwrap();
        assert!(alone.cosine(&one.mean().unwrap()) > 0.999, "{name}");
    }
}

#[test]
fn embeddings_of_one_person_are_similar_those_of_two_are_not() {
    let embeddings: BTreeMap<String, Embedding> = images()
        .into_iter()
        .map(|(name, frame, _)| {
            let face = VISION.faces(&frame).unwrap()[0];
            (name, VISION.embed(&frame, &face).unwrap())
        })
        .collect();
    let rows = [("obama", "obama2", true), ("obama", "astronaut", false), ("obama2", "astronaut", false)];
    for (one, other, same) in rows {
        let cosine = embeddings[one].cosine(&embeddings[other]);
        assert_eq!(cosine > 0.30, same, "{one} and {other}: {cosine}");
    }
}

#[test]
fn finds_no_face_in_an_empty_room() {
    let (width, height) = (640, 360);
    let wall = (0..width * height * 3).map(|i| (i / 3 % width * 255 / width) as u8).collect();
    let frame = Frame::new(width, height, wall, 0, Duration::ZERO).unwrap();
    assert_eq!(VISION.faces(&frame).unwrap(), []);
}

#[test]
fn every_network_is_claimed_or_left_to_the_policy_and_its_license_is_included() {
    let claims = VISION.model_claims();
    let by_policy = LivenessPolicy::default().nets;
    let models = models().unwrap();
    assert_eq!(claims.len() + by_policy.len(), models.len());
    for model in &models {
        let claimed = claims.iter().any(|claim| (&claim.name, &claim.sha256) == (&model.name, &model.sha256));
        let by_policy = by_policy.iter().any(|net| (&net.name, &net.sha256) == (&model.name, &model.sha256));
        assert!(claimed != by_policy, "{}", model.name);
        let license = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models").join(&model.licence_file);
        let text = std::fs::read_to_string(license).unwrap();
        let grants = match model.licence.as_str() {
            "MIT" => "Permission is hereby granted",
            "Apache-2.0" => "Grant of Copyright License",
            other => panic!("{}: {other}", model.name),
        };
        assert!(text.contains(grants), "{}", model.name);
    }
}
