//! Hints: every hint, each threshold from both sides, on synthetic and recorded frames, and known defects of other
//! implementations' hints.
//!
//! Two of those defects are tested elsewhere. Virtual cameras reported as physical: a recording claims to be virtual
//! (`camera` tests), and the device crate tests its own claims. A softmax applied twice:
//! `log_odds_have_had_one_softmax` in `tests/vision` and, for what is computed from the logits,
//! `log_odds_are_softmaxed_once_clipped_and_never_nan` in `core`.

mod recorded;
mod scene;

use std::{collections::BTreeSet, path::Path, time::Duration};

use countenance_core::{
    frame::Frame,
    policy::{HintPolicy, QualityPolicy},
    quality::{self, Hint, HintDebouncer, judge},
};
use scene::{Lens, Scene};

/// The hint for this scene.
fn hint_for(scene: &Scene) -> Option<Hint> {
    judge(&scene.frame(), &scene.faces(), &QualityPolicy::default()).err()
}

/// A boundary of the default policy: name, hint, scene by measure, the measure just inside, and just outside.
type Boundary = (&'static str, Hint, fn(f32) -> Scene, f32, f32);

/// Every boundary except that of sharpness, whose scenes are found by measuring.
const BOUNDARIES: &[Boundary] = &[
    ("detection score", Hint::NoFace, |score| Scene { score, ..Scene::GOOD }, 0.606, 0.594),
    ("second face", Hint::SeveralFaces, |width| Scene { second: Some((width, 0.9)), ..Scene::GOOD }, 79.2, 80.8),
    ("turned by half", Hint::UpsideDown, |turn| Scene { upside_down: turn > 90.0, ..Scene::GOOD }, 0.0, 180.0),
    ("share of the width, far", Hint::ComeCloser, |width| Scene { width, ..Scene::GOOD }, 97.0, 95.0),
    ("pixels of the face", Hint::ComeCloser, |width| Scene { width, eyes_apart: 0.6, ..Scene::SMALL }, 80.8, 79.2),
    ("pixels between the eyes", Hint::ComeCloser, |width| Scene { width, ..Scene::SMALL }, 87.9, 86.0),
    ("share of the height, near", Hint::MoveBack, |width| Scene { width, ..Scene::GOOD }, 385.0, 390.0),
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
    ("dark", Hint::TooDark, |luma| Scene { halves: (luma, luma), ..Scene::GOOD }, 46.0, 44.0),
    ("bright", Hint::TooBright, |luma| Scene { halves: (luma, luma), ..Scene::GOOD }, 234.0, 236.0),
    ("lit from the right", Hint::UnevenLight, |d| Scene { halves: (100.0 - d, 100.0 + d), ..Scene::GOOD }, 29.0, 31.0),
    ("lit from the left", Hint::UnevenLight, |d| Scene { halves: (100.0 + d, 100.0 - d), ..Scene::GOOD }, 29.0, 31.0),
];

#[test]
fn every_boundary_from_both_sides() {
    assert_eq!(hint_for(&Scene::GOOD), None);
    for (name, hint, scene, inside, outside) in BOUNDARIES {
        assert_eq!(hint_for(&scene(*inside)), None, "{name}: {inside}");
        assert_eq!(hint_for(&scene(*outside)), Some(*hint), "{name}: {outside}");
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
            assert_eq!(hint_for(&scene), Some(Hint::HoldStill), "{sharpness}");
            nearest_below = f32::max(nearest_below, sharpness);
        } else {
            assert_eq!(hint_for(&scene), None, "{sharpness}");
            nearest_above = f32::min(nearest_above, sharpness);
        }
    }
    let near = 0.9 * policy.sharpness..1.1 * policy.sharpness;
    assert!(near.contains(&nearest_below) && near.contains(&nearest_above), "{nearest_below} {nearest_above}");
}

#[test]
fn every_hint_has_a_boundary() {
    let tested: BTreeSet<_> = BOUNDARIES.iter().map(|(_, hint, ..)| *hint).chain([Hint::HoldStill]).collect();
    assert_eq!(tested, Hint::ALL.into_iter().collect());
}

/// Each row: two faults at once, and the hint given.
#[test]
fn the_worse_of_two_faults_gives_the_hint() {
    let dark = Scene { halves: (30.0, 30.0), ..Scene::GOOD };
    let rows = [
        ("no face, dark", Scene { score: 0.3, ..dark }, Hint::NoFace),
        ("two faces, dark", Scene { second: Some((180.0, 0.9)), ..dark }, Hint::SeveralFaces),
        ("far, off center", Scene { width: 80.0, x: 100.0, ..Scene::GOOD }, Hint::ComeCloser),
        ("off center, turned", Scene { x: 100.0, yaw: 30.0, ..Scene::GOOD }, Hint::MoveLeft),
        ("turned, tilted", Scene { yaw: 30.0, roll: 30.0, ..Scene::GOOD }, Hint::LookStraight),
        ("tilted, dark", Scene { roll: 30.0, ..dark }, Hint::HoldHeadUpright),
        (
            "dark glasses, bright",
            Scene { halves: (250.0, 250.0), lenses: Some(Lens { luma: 40.0 }), ..Scene::GOOD },
            Hint::EyesHidden,
        ),
        ("dark, uneven", Scene { halves: (10.0, 40.0), ..Scene::GOOD }, Hint::TooDark),
        ("uneven, blurred", Scene { halves: (60.0, 140.0), width: 300.0, dots: 0.0, ..Scene::GOOD }, Hint::UnevenLight),
        ("black", Scene { halves: (0.0, 0.0), dots: 0.0, ..Scene::GOOD }, Hint::TooDark),
    ];
    for (name, scene, expected) in rows {
        assert_eq!(hint_for(&scene), Some(expected), "{name}");
    }
    assert_eq!(
        hint_for(&Scene { second: Some((180.0, 0.5)), ..Scene::GOOD }),
        None,
        "a second face with a low score does not count"
    );
}

/// Defect 1: a histogram whose bins could never report "bright". Tests all 256 levels, flat and as ramps.
#[test]
fn dark_and_bright_fire_only_in_their_own_bands() {
    let face = Scene::GOOD.faces();
    let policy = QualityPolicy { sharpness: 0.0, uneven_ratio: 2.0, ..QualityPolicy::default() };
    let light = |luma: fn(u32, u32) -> u32, level: u32| {
        let pixels = (0..640 * 480).flat_map(|i| [luma(i / 640, level).min(255) as u8; 3]);
        judge(&Frame::new(640, 480, pixels.collect(), 0, Duration::ZERO).unwrap(), &face, &policy).err()
    };
    // Shapes: flat, and a ramp of 60 levels down the frame with `level` at the middle of the face.
    let shapes: [fn(u32, u32) -> u32; 2] = [|_, level| level, |y, level| (level + y / 8).saturating_sub(30)];
    for shape in shapes {
        let hints: Vec<_> = (0..=255).map(|level| light(shape, level)).collect();
        let mut turns = hints.clone();
        turns.dedup();
        assert_eq!(turns, [Some(Hint::TooDark), None, Some(Hint::TooBright)]);
        let count = |hint| hints.iter().filter(|given| **given == Some(hint)).count();
        let bands = (count(Hint::TooDark), count(Hint::TooBright));
        assert!((34..=46).contains(&bands.0) && (19..=21).contains(&bands.1), "{bands:?}");
    }
}

/// Defect 2: light measured outside the face. Only the face's own light may count, whatever is behind it.
#[test]
fn light_is_measured_on_the_face_not_on_the_room() {
    let rows = [
        ("a bright window behind a dark face", 40.0, 250.0, Some(Hint::TooDark)),
        ("a lit face in a dark room", 120.0, 5.0, None),
        ("a glaring face in a dark room", 250.0, 5.0, Some(Hint::TooBright)),
        ("a lit face in front of a bright window", 120.0, 250.0, None),
    ];
    for (name, face, room, expected) in rows {
        assert_eq!(hint_for(&Scene { halves: (face, face), room: Some(room), ..Scene::GOOD }), expected, "{name}");
    }
}

/// Defect 3: a face of good size that got the hint to move away.
#[test]
fn a_well_placed_face_gets_no_distance_hint() {
    for percent in 16..60 {
        assert_eq!(hint_for(&Scene { width: 6.4 * percent as f32, ..Scene::GOOD }), None, "{percent} %");
    }
}

/// Defect 4: a face too near that got the hint to come closer; also with a camera too coarse for the eyes.
#[test]
fn a_growing_face_goes_from_come_closer_through_no_hint_to_move_back() {
    let turns = |scene: Scene, side: f32| {
        let mut hints: Vec<_> =
            (1..=95).map(|p| hint_for(&Scene { width: side * p as f32 / 100.0, ..scene })).collect();
        hints.dedup();
        hints
    };
    let (closer, back) = (Some(Hint::ComeCloser), Some(Hint::MoveBack));
    assert_eq!(turns(Scene::GOOD, 640.0), [closer, None, back]);
    assert_eq!(turns(Scene::SMALL, 320.0), [closer, None, back]);
    let tiny = Scene { size: (120, 90), x: 60.0, y: 45.0, ..Scene::GOOD };
    assert_eq!(turns(tiny, 120.0), [closer, back]);
}

/// Defect 5: one text for both dark and bright. Every hint has its own.
#[test]
fn every_hint_has_its_own_text() {
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

/// Defect 8: flicker. A measure that alternates across a boundary, ever more slowly, changes the hint at most once.
#[test]
fn a_measure_alternating_across_a_boundary_changes_the_hint_at_most_once() {
    let policy = QualityPolicy::default();
    // A picture is turned or not: it has no margin, and no camera turns thirty times a second.
    for (name, hint, scene, inside, outside) in BOUNDARIES.iter().filter(|(_, hint, ..)| *hint != Hint::UpsideDown) {
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
