//! The networks against other people's code: `tests/golden/make.py` wrote the numbers, from the published files.

use std::{collections::BTreeMap, path::Path, sync::LazyLock, time::Duration};

use countenance::{
    face::{Face, Landmarks},
    frame::Frame,
    geometry::{InFrame, Point, Rect},
    vision::{Embedding, Vision, models},
};
use serde::Deserialize;

/// One for all tests: preparing the networks takes longer than running them.
pub(crate) static VISION: LazyLock<Vision> = LazyLock::new(|| Vision::load().unwrap());

/// One picture's numbers.
#[derive(Deserialize)]
struct Golden {
    faces: usize,
    score: f32,
    rect: [f32; 4],
    landmarks: [[f32; 2]; 5],
    logits: [[f32; 3]; 3],
    embedding: Vec<f32>,
}

impl Golden {
    fn face(&self) -> Face {
        let [x, y, width, height] = self.rect;
        let [right_eye, left_eye, nose, right_mouth, left_mouth] = self.landmarks.map(|[x, y]| Point::new(x, y));
        let landmarks = Landmarks { right_eye, left_eye, nose, right_mouth, left_mouth };
        Face { rect: Rect::new(x, y, width, height), landmarks, score: self.score }
    }

    fn embedding(&self) -> Embedding {
        let bytes: Vec<u8> = self.embedding.iter().flat_map(|value| value.to_le_bytes()).collect();
        Embedding::from_bytes(&bytes).unwrap()
    }
}

/// Every picture: name, frame, numbers.
fn pictures() -> Vec<(String, Frame, Golden)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let numbers = std::fs::read_to_string(folder.join("numbers.json")).unwrap();
    let numbers: BTreeMap<String, Golden> = serde_json::from_str(&numbers).unwrap();
    let load = |(name, golden): (String, Golden)| {
        let picture = image::open(folder.join(format!("{name}.png"))).unwrap().into_rgb8();
        let (width, height) = picture.dimensions();
        (name, Frame::new(width, height, picture.into_raw(), 0, Duration::ZERO).unwrap(), golden)
    };
    let pictures: Vec<_> = numbers.into_iter().map(load).collect();
    assert_eq!(pictures.len(), 3);
    pictures
}

#[test]
fn faces_are_where_opencv_finds_them() {
    for (name, frame, golden) in pictures() {
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

#[test]
fn logits_are_those_of_onnx_runtime_on_the_published_network() {
    for (name, frame, golden) in pictures() {
        let logits = VISION.liveness(&frame, &golden.face()).unwrap().0;
        for (ours, theirs) in logits.iter().flatten().zip(golden.logits.iter().flatten()) {
            assert!((ours - theirs).abs() < 1e-2, "{name}: {logits:?}, {:?}", golden.logits);
        }
    }
}

/// A peer took the softmax of a softmax and never left 0.27 to 0.73. These are logits: a softmax, taken once, makes
/// each row a distribution and comes near both ends.
#[test]
fn logits_have_had_no_softmax() {
    let (mut lowest, mut highest) = (1.0_f32, 0.0_f32);
    for (name, frame, golden) in pictures() {
        for row in VISION.liveness(&frame, &golden.face()).unwrap().0 {
            assert!((row.iter().sum::<f32>() - 1.0).abs() > 0.1, "{name}: {row:?} is a distribution already");
            let odds = row.map(f32::exp);
            let total: f32 = odds.iter().sum();
            let chances = odds.map(|odds| odds / total);
            assert!((chances.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{name}");
            lowest = chances.into_iter().fold(lowest, f32::min);
            highest = chances.into_iter().fold(highest, f32::max);
        }
    }
    assert!(lowest < 0.2 && highest > 0.8, "{lowest} to {highest}");
}

#[test]
fn embeddings_are_those_of_onnx_runtime_on_the_published_network() {
    for (name, frame, golden) in pictures() {
        let cosine = VISION.embed(&frame, &golden.face()).unwrap().cosine(&golden.embedding());
        assert!(cosine > 0.999, "{name}: {cosine}");
    }
}

#[test]
fn one_person_is_near_and_another_far() {
    let embeddings: BTreeMap<String, Embedding> = pictures()
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
fn an_empty_room_holds_no_face() {
    let (width, height) = (640, 360);
    let wall = (0..width * height * 3).map(|i| (i / 3 % width * 255 / width) as u8).collect();
    let frame = Frame::new(width, height, wall, 0, Duration::ZERO).unwrap();
    assert_eq!(VISION.faces(&frame).unwrap(), []);
}

#[test]
fn every_network_is_claimed_and_its_licence_is_here() {
    let claims = VISION.model_claims();
    let models = models().unwrap();
    assert_eq!(claims.len(), models.len());
    for (claim, model) in claims.iter().zip(&models) {
        assert_eq!((&claim.name, &claim.sha256), (&model.name, &model.sha256));
        let licence = Path::new(env!("CARGO_MANIFEST_DIR")).join("models").join(&model.licence_file);
        assert!(std::fs::read_to_string(licence).unwrap().contains("Permission is hereby granted"), "{}", model.name);
    }
}
