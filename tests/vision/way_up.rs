//! Which way up a face is: how far apart the scores of a face and of the same face upside down lie.

#![allow(clippy::print_stdout, reason = "a measurement prints")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use countenance_core::{face::Face, frame::Frame, policy::Policy};
use countenance_vision::testing::VISION;

use crate::vision::images;

/// The largest face in `frame`.
fn largest(frame: &Frame) -> Option<Face> {
    let faces = VISION.faces(frame).unwrap().into_iter();
    faces.max_by(|a, b| a.rect.area().total_cmp(&b.rect.area()))
}

#[test]
fn an_upright_face_scores_higher_than_upside_down() {
    for (name, frame, _) in images() {
        let face = largest(&frame).unwrap();
        let turned = VISION.score_of_half_turn(&frame, &face).unwrap();
        assert!(face.score - turned > 0.05, "{name}: {} upright, {turned} upside down", face.score);
        assert!(!VISION.is_upside_down(&frame, &face).unwrap(), "{name}");
        let frame = frame.turned_by_half();
        if let Some(face) = largest(&frame) {
            assert!(VISION.is_upside_down(&frame, &face).unwrap(), "{name}, turned");
        }
    }
}

/// What a picture shows, and by how much the score of its largest face is above that of the half turn.
struct Measured {
    person: String,
    margin: f32,
    /// Whether the face was found upside down at all.
    found_turned: bool,
    /// The same for the turned picture as a camera that is mounted upside down would give it: whether it is named, if a
    /// face is found.
    turned_is_named: Option<bool>,
}

/// The figures of `models/REPORT.md`. The pictures, upright, are below
/// `COUNTENANCE_FACES`; whom one shows, its name says before the last `_`, or else its folder.
#[test]
#[ignore = "a measurement on pictures below COUNTENANCE_FACES"]
fn measures_how_far_apart_upright_and_upside_down_are() {
    let root = PathBuf::from(std::env::var_os("COUNTENANCE_FACES").unwrap());
    let least = Policy::default().quality.face_score;
    let (mut files, mut without, mut measured) = (pictures(&root), 0, Vec::new());
    files.sort();
    for file in &files {
        let Ok(picture) = image::open(file) else { continue };
        let picture = picture.into_rgb8();
        let frame = Frame::new(picture.width(), picture.height(), picture.into_raw(), 0, Duration::ZERO).unwrap();
        match largest(&frame).filter(|face| face.score >= least) {
            Some(face) => {
                let turned = VISION.score_of_half_turn(&frame, &face).unwrap();
                let margin = face.score - turned;
                if margin < 0.0 {
                    println!("upside down: {} ({} upright, {turned} turned)", file.display(), face.score);
                }
                let mounted = frame.turned_by_half();
                let seen = largest(&mounted).filter(|face| face.score >= least);
                let turned_is_named = seen.map(|face| VISION.is_upside_down(&mounted, &face).unwrap());
                measured.push(Measured { person: person(file), margin, found_turned: turned > 0.0, turned_is_named });
            }
            None => without += 1,
        }
    }
    let people: BTreeSet<_> = measured.iter().map(|measured| &measured.person).collect();
    let mut margins: Vec<_> = measured.iter().map(|measured| measured.margin).collect();
    margins.sort_by(f32::total_cmp);
    let at = |share: f64| margins[(share * (margins.len() - 1) as f64).round() as usize];
    let named = |wanted| measured.iter().filter(|measured| measured.turned_is_named == Some(wanted)).count();
    println!("{} pictures, {without} without a face of {least}; {} people", files.len(), people.len());
    println!("found upside down too: {}", measured.iter().filter(|measured| measured.found_turned).count());
    println!(
        "margin: smallest {:.3}, 0.1 % {:.3}, 1 % {:.3}, 5 % {:.3}, half {:.3}",
        at(0.0),
        at(0.001),
        at(0.01),
        at(0.05),
        at(0.5)
    );
    println!("upright, called upside down: {}", margins.iter().filter(|margin| **margin < 0.0).count());
    println!("turned, with a face of {least}: named {}, not named {}", named(true), named(false));
}

fn pictures(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_picture = path.extension().is_some_and(|ending| ["jpg", "png"].iter().any(|known| ending == *known));
        if path.is_dir() {
            files.extend(pictures(&path));
        } else if is_picture {
            files.push(path);
        }
    }
    files
}

fn person(file: &Path) -> String {
    let name = file.file_stem().unwrap().to_string_lossy().into_owned();
    match name.rsplit_once('_') {
        Some((person, number)) if number.len() == 4 && !person.starts_with("frame") => person.to_owned(),
        _ => file.parent().unwrap().display().to_string(),
    }
}
