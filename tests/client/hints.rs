//! Hints: every hint, each threshold from both sides, on synthetic and recorded frames, and known defects of other
//! implementations' hints.
//!
//! Two of those defects are tested elsewhere. Virtual cameras reported as physical: a recording claims to be virtual
//! (`camera` tests), and the device crate tests its own claims. A softmax applied twice:
//! `vision::logits_have_had_no_softmax` and, for what is computed from the logits,
//! `liveness::log_odds_are_softmaxed_once_clipped_and_never_nan`.

mod recorded;
mod scene;

use std::{collections::BTreeSet, path::Path, time::Duration};

use countenance_core::{
    frame::Frame,
    policy::{HintPolicy, QualityPolicy},
    quality::{self, Hint, HintDebouncer, judge},
};
use scene::{Lens, Scene};

/// What a person is told about this scene.
fn told(scene: &Scene) -> Option<Hint> {
    judge(&scene.frame(), &scene.faces(), &QualityPolicy::default()).err()
}

/// A boundary of the default policy: name, hint, scenes by a measure, the measure a little inside, a little outside.
type Boundary = (&'static str, Hint, fn(f32) -> Scene, f32, f32);

/// Every boundary but that of sharpness, which is found by measuring.
const BOUNDARIES: &[Boundary] = &[
    ("detection score", Hint::NoFace, |score| Scene { score, ..Scene::GOOD }, 0.606, 0.594),
    ("second face", Hint::SeveralFaces, |width| Scene { second: Some((width, 0.9)), ..Scene::GOOD }, 79.2, 80.8),
    ("share of the width, far", Hint::ComeCloser, |width| Scene { width, ..Scene::GOOD }, 97.0, 95.0),
    ("pixels of the face", Hint::ComeCloser, |width| Scene { width, eyes_apart: 0.6, ..Scene::SMALL }, 80.8, 79.2),
    ("pixels between the eyes", Hint::ComeCloser, |width| Scene { width, ..Scene::SMALL }, 87.9, 86.0),
    ("share of the width, near", Hint::MoveBack, |width| Scene { width, ..Scene::GOOD }, 380.0, 388.0),
    ("to the person's right", Hint::MoveLeft, |x| Scene { x, ..Scene::GOOD }, 206.0, 203.6),
    ("to the person's left", Hint::MoveRight, |x| Scene { x, ..Scene::GOOD }, 434.0, 436.4),
    ("low", Hint::MoveUp, |y| Scene { y, ..Scene::GOOD }, 325.5, 327.3),
    ("high", Hint::MoveDown, |y| Scene { y, ..Scene::GOOD }, 154.5, 152.7),
    ("turned to the left", Hint::LookStraight, |yaw| Scene { yaw, ..Scene::GOOD }, 19.8, 20.2),
    ("turned to the right", Hint::LookStraight, |yaw| Scene { yaw, ..Scene::GOOD }, -19.8, -20.2),
    ("chin up", Hint::LookStraight, |pitch| Scene { pitch, ..Scene::GOOD }, 19.8, 20.2),
    ("chin down", Hint::LookStraight, |pitch| Scene { pitch, ..Scene::GOOD }, -19.8, -20.2),
    ("tilted one way", Hint::HoldHeadUpright, |roll| Scene { roll, ..Scene::GOOD }, 14.85, 15.15),
    ("tilted the other way", Hint::HoldHeadUpright, |roll| Scene { roll, ..Scene::GOOD }, -14.85, -15.15),
    (
        "dark glasses",
        Hint::EyesHidden,
        |luma| Scene { halves: (200.0, 200.0), lenses: Some(Lens { luma }), ..Scene::GOOD },
        81.0,
        79.0,
    ),
    ("dark", Hint::TooDark, |luma| Scene { halves: (luma, luma), ..Scene::GOOD }, 56.0, 54.0),
    ("bright", Hint::TooBright, |luma| Scene { halves: (luma, luma), ..Scene::GOOD }, 234.0, 236.0),
    ("lit from the right", Hint::UnevenLight, |d| Scene { halves: (100.0 - d, 100.0 + d), ..Scene::GOOD }, 17.0, 18.0),
    ("lit from the left", Hint::UnevenLight, |d| Scene { halves: (100.0 + d, 100.0 - d), ..Scene::GOOD }, 17.0, 18.0),
];

#[test]
fn every_boundary_from_both_sides() {
    assert_eq!(told(&Scene::GOOD), None);
    for (name, hint, scene, inside, outside) in BOUNDARIES {
        assert_eq!(told(&scene(*inside)), None, "{name}: {inside}");
        assert_eq!(told(&scene(*outside)), Some(*hint), "{name}: {outside}");
    }
}

#[test]
fn the_boundary_of_sharpness_from_both_sides() {
    let policy = QualityPolicy::default();
    let any = QualityPolicy { sharpness: 0.0, ..policy };
    let (mut nearest_below, mut nearest_above) = (0.0, f32::MAX);
    for step in 1..40 {
        let scene = Scene { dots: 0.0002 * step as f32, ..Scene::GOOD };
        let sharpness = judge(&scene.frame(), &scene.faces(), &any).unwrap().measures().sharpness;
        if sharpness < policy.sharpness {
            assert_eq!(told(&scene), Some(Hint::HoldStill), "{sharpness}");
            nearest_below = f32::max(nearest_below, sharpness);
        } else {
            assert_eq!(told(&scene), None, "{sharpness}");
            nearest_above = f32::min(nearest_above, sharpness);
        }
    }
    let near = 0.9 * policy.sharpness..1.1 * policy.sharpness;
    assert!(near.contains(&nearest_below) && near.contains(&nearest_above), "{nearest_below} {nearest_above}");
}

#[test]
fn no_hint_is_without_a_boundary() {
    let tested: BTreeSet<_> = BOUNDARIES.iter().map(|(_, hint, ..)| *hint).chain([Hint::HoldStill]).collect();
    assert_eq!(tested, Hint::ALL.into_iter().collect());
}

/// Each row: two faults at once, the one that is told.
#[test]
fn the_worse_of_two_faults_is_told() {
    let dark = Scene { halves: (30.0, 30.0), ..Scene::GOOD };
    let rows = [
        ("nobody, dark", Scene { score: 0.3, ..dark }, Hint::NoFace),
        ("two faces, dark", Scene { second: Some((180.0, 0.9)), ..dark }, Hint::SeveralFaces),
        ("far, off centre", Scene { width: 80.0, x: 100.0, ..Scene::GOOD }, Hint::ComeCloser),
        ("off centre, turned", Scene { x: 100.0, yaw: 30.0, ..Scene::GOOD }, Hint::MoveLeft),
        ("turned, tilted", Scene { yaw: 30.0, roll: 30.0, ..Scene::GOOD }, Hint::LookStraight),
        ("tilted, dark", Scene { roll: 30.0, ..dark }, Hint::HoldHeadUpright),
        (
            "dark glasses, bright",
            Scene { halves: (250.0, 250.0), lenses: Some(Lens { luma: 40.0 }), ..Scene::GOOD },
            Hint::EyesHidden,
        ),
        ("dark, uneven", Scene { halves: (20.0, 60.0), ..Scene::GOOD }, Hint::TooDark),
        ("uneven, blurred", Scene { halves: (80.0, 120.0), width: 300.0, dots: 0.0, ..Scene::GOOD }, Hint::UnevenLight),
        ("black", Scene { halves: (0.0, 0.0), dots: 0.0, ..Scene::GOOD }, Hint::TooDark),
    ];
    for (name, scene, expected) in rows {
        assert_eq!(told(&scene), Some(expected), "{name}");
    }
    assert_eq!(told(&Scene { second: Some((180.0, 0.5)), ..Scene::GOOD }), None, "an unsure second face is none");
}

/// Defect 1: a histogram whose bins could never say "bright". Here all 256 levels are held against it, flat and as ramps.
#[test]
fn dark_and_bright_each_fire_in_their_own_band_only() {
    let face = Scene::GOOD.faces();
    let policy = QualityPolicy { sharpness: 0.0, uneven_ratio: 2.0, ..QualityPolicy::default() };
    let light = |luma: fn(u32, u32) -> u32, level: u32| {
        let pixels = (0..640 * 480).flat_map(|i| [luma(i / 640, level).min(255) as u8; 3]);
        judge(&Frame::new(640, 480, pixels.collect(), 0, Duration::ZERO).unwrap(), &face, &policy).err()
    };
    // A ramp of 60 levels down the frame, the level itself at the middle of the face.
    let shapes: [fn(u32, u32) -> u32; 2] = [|_, level| level, |y, level| (level + y / 8).saturating_sub(30)];
    for shape in shapes {
        let told: Vec<_> = (0..=255).map(|level| light(shape, level)).collect();
        let mut turns = told.clone();
        turns.dedup();
        assert_eq!(turns, [Some(Hint::TooDark), None, Some(Hint::TooBright)]);
        let count = |hint| told.iter().filter(|told| **told == Some(hint)).count();
        let bands = (count(Hint::TooDark), count(Hint::TooBright));
        assert!((54..=56).contains(&bands.0) && (19..=21).contains(&bands.1), "{bands:?}");
    }
}

/// Defect 2: light that was judged only where no face was. Here it is the face's own, whatever is behind it.
#[test]
fn light_is_judged_on_the_face_and_not_on_the_room() {
    let rows = [
        ("a bright window behind a dark face", 40.0, 250.0, Some(Hint::TooDark)),
        ("a lit face in a dark room", 120.0, 5.0, None),
        ("a glaring face in a dark room", 250.0, 5.0, Some(Hint::TooBright)),
        ("a lit face before a bright window", 120.0, 250.0, None),
    ];
    for (name, face, room, expected) in rows {
        assert_eq!(told(&Scene { halves: (face, face), room: Some(room), ..Scene::GOOD }), expected, "{name}");
    }
}

/// Defect 3: a perfect size that was told to move away.
#[test]
fn a_well_placed_face_gets_no_distance_hint() {
    for percent in 16..60 {
        assert_eq!(told(&Scene { width: 6.4 * percent as f32, ..Scene::GOOD }), None, "{percent} %");
    }
}

/// Defect 4: a face too near that was told to come closer. Also where the camera is too coarse for the eyes.
#[test]
fn a_growing_face_is_told_to_come_closer_then_nothing_then_to_move_back() {
    let turns = |scene: Scene, side: f32| {
        let mut told: Vec<_> = (1..=95).map(|p| told(&Scene { width: side * p as f32 / 100.0, ..scene })).collect();
        told.dedup();
        told
    };
    let (closer, back) = (Some(Hint::ComeCloser), Some(Hint::MoveBack));
    assert_eq!(turns(Scene::GOOD, 640.0), [closer, None, back]);
    assert_eq!(turns(Scene::SMALL, 320.0), [closer, None, back]);
    let tiny = Scene { size: (120, 90), x: 60.0, y: 45.0, ..Scene::GOOD };
    assert_eq!(turns(tiny, 120.0), [closer, back]);
}

/// Defect 5: one text for dark and for bright. Every hint has its own words.
#[test]
fn every_hint_has_words_of_its_own() {
    let words = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/words/en.ftl");
    let words = std::fs::read_to_string(words).unwrap();
    let text = |hint: Hint| {
        let name = serde_json::to_value(hint).unwrap().as_str().unwrap().replace('_', "-");
        let line = words.lines().find_map(|line| line.strip_prefix(&format!("hint-{name} = ")));
        line.unwrap_or_else(|| panic!("hint-{name} is missing")).to_owned()
    };
    let texts: BTreeSet<_> = Hint::ALL.into_iter().map(text).collect();
    assert_eq!(texts.len(), Hint::ALL.len());
    for text in &texts {
        assert!((2..=6).contains(&text.split(' ').count()), "{text}");
    }
}

/// Defect 8: flicker. Across every boundary to and fro, ever slower: what is shown changes once at most.
#[test]
fn a_measure_wobbling_about_any_boundary_changes_the_hint_at_most_once() {
    let policy = QualityPolicy::default();
    for (name, hint, scene, inside, outside) in BOUNDARIES {
        let examined = [*inside, *outside].map(|measure| {
            let scene = scene(measure);
            quality::examine(&scene.frame(), &scene.faces(), &policy)
        });
        for period in [1, 3, 5, 8, 20, 60] {
            let mut debouncer = HintDebouncer::new(&HintPolicy::default());
            let see =
                |i: u64| debouncer.see(Duration::from_millis(i * 33), examined[(i / period % 2) as usize].gates());
            let mut shown: Vec<_> = (0..600).map(see).collect();
            shown.dedup();
            let expected = if period < 8 { vec![None] } else { vec![None, Some(*hint)] };
            assert_eq!(shown, expected, "{name}, {period} frames each");
        }
    }
}
