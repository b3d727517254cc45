//! Recorded people, unchanged and with one defect at a time: the hint that follows from what the networks measure.

use std::{path::Path, time::Duration};

use countenance_camera::{FrameSource, recording};
use countenance_core::{
    face::Face,
    frame::Frame,
    geometry::{InFrame, Point, Rect},
    policy::{HintPolicy, QualityPolicy},
    quality::{self, Hint, HintDebouncer, judge},
};

use countenance_vision::testing::VISION;

/// Luma, 0 to 255, to which the faces are normalized before any other change.
const LUMA: f32 = 120.0;

/// Frames of each recording, normalized in size and luma: name, frame, and its face.
fn people() -> Vec<(String, Frame, Face)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut people = Vec::new();
    for clip in ["person-a-enrol.mp4", "person-a-verify.mp4", "person-b.mp4"] {
        let mut source = recording::open(&folder.join(clip)).unwrap();
        while let Ok(frame) = source.next_frame(Duration::from_secs(1)) {
            if frame.seq() % 48 == 6 {
                let name = format!("{clip} {}", frame.seq());
                let frame = sized(&frame, &found(&frame), 0.3, 0.0);
                let frame = at_luma(&frame, &found(&frame), LUMA);
                let face = found(&frame);
                people.push((name, frame, face));
            }
        }
    }
    assert_eq!(people.len(), 6);
    people
}

/// The best face that the detector finds.
fn found(frame: &Frame) -> Face {
    VISION.faces(frame).unwrap()[0]
}

/// The hint for this frame.
fn hint_for(frame: &Frame) -> Option<Hint> {
    judge(frame, &VISION.faces(frame).unwrap(), &QualityPolicy::default()).err()
}

/// A frame whose pixel at (x, y) is `color`(x, y).
fn drawn(width: u32, height: u32, color: impl Fn(f32, f32) -> [f32; 3]) -> Frame {
    let pixel = |i: u32| color((i % width) as f32 + 0.5, (i / width) as f32 + 0.5);
    let rgb = (0..width * height).flat_map(|i| pixel(i).map(|v| v.round().clamp(0.0, 255.0) as u8));
    Frame::new(width, height, rgb.collect(), 0, Duration::ZERO).unwrap()
}

/// The color of `frame` at (x, y), interpolated bilinearly; coordinates outside are clamped to the edge.
fn at(frame: &Frame, x: f32, y: f32) -> [f32; 3] {
    let (w, h) = (frame.width() as usize, frame.height() as usize);
    let (x, y) = ((x - 0.5).clamp(0.0, w as f32 - 1.0), (y - 0.5).clamp(0.0, h as f32 - 1.0));
    let (x0, y0) = (x as usize, y as usize);
    let (x1, y1) = ((x0 + 1).min(w - 1), (y0 + 1).min(h - 1));
    let pixel = |x: usize, y: usize, c: usize| f32::from(frame.rgb()[(y * w + x) * 3 + c]);
    [0, 1, 2].map(|c| {
        let top = pixel(x0, y0, c) * (1.0 - x.fract()) + pixel(x1, y0, c) * x.fract();
        let bottom = pixel(x0, y1, c) * (1.0 - x.fract()) + pixel(x1, y1, c) * x.fract();
        top * (1.0 - y.fract()) + bottom * y.fract()
    })
}

/// The frame with each pixel multiplied by `factor`(x, y).
fn lit(frame: &Frame, factor: impl Fn(f32, f32) -> f32) -> Frame {
    drawn(frame.width(), frame.height(), |x, y| at(frame, x, y).map(|v| v * factor(x, y)))
}

/// The frame scaled in brightness so that the face has this luma.
fn at_luma(frame: &Frame, face: &Face, luma: f32) -> Frame {
    let any = QualityPolicy { highlight_min: 0.0, luma_max: 255.0, sharpness: 0.0, ..QualityPolicy::default() };
    let now = judge(frame, std::slice::from_ref(face), &any).unwrap().measures().luma;
    lit(frame, |_, _| luma / now)
}

/// The frame shifted so that the face's center is at this position, 0 to 1 on each axis.
fn placed(frame: &Frame, face: &Face, x_ratio: f32, y_ratio: f32) -> Frame {
    let (w, h) = (frame.width() as f32, frame.height() as f32);
    let centre = face.rect.centre();
    let (dx, dy) = (x_ratio * w - centre.x, y_ratio * h - centre.y);
    drawn(frame.width(), frame.height(), |x, y| at(frame, x - dx, y - dy))
}

/// An image of 640×480 pixels with the face in its middle, `ratio` of the image wide and rotated by `degrees`.
fn sized(frame: &Frame, face: &Face, ratio: f32, degrees: f32) -> Frame {
    let scale = face.rect.width / (640.0 * ratio);
    let (sin, cos) = degrees.to_radians().sin_cos();
    let centre = face.rect.centre();
    drawn(640, 480, |x, y| {
        let (dx, dy) = ((x - 320.0) * scale, (y - 240.0) * scale);
        at(frame, centre.x + dx * cos + dy * sin, centre.y - dx * sin + dy * cos)
    })
}

/// The frame box-blurred over `2 * radius + 1` pixels on each axis.
fn blurred(frame: &Frame, radius: i32) -> Frame {
    let pass = |frame: &Frame, (dx, dy): (f32, f32)| {
        drawn(frame.width(), frame.height(), |x, y| {
            let mut sum = [0.0; 3];
            for i in -radius..=radius {
                let here = at(frame, x + i as f32 * dx, y + i as f32 * dy);
                sum.iter_mut().zip(here).for_each(|(sum, v)| *sum += v);
            }
            sum.map(|v| v / (2 * radius + 1) as f32)
        })
    };
    pass(&pass(frame, (1.0, 0.0)), (0.0, 1.0))
}

/// The frame with elliptical lenses of this luma over the eyes.
fn with_glasses(frame: &Frame, face: &Face, luma: f32) -> Frame {
    let between = face.landmarks.interocular_px();
    drawn(frame.width(), frame.height(), |x, y| {
        let behind = |eye: Point<InFrame>| {
            ((x - eye.x) / (0.42 * between)).powi(2) + ((y - eye.y) / (0.3 * between)).powi(2) < 1.0
        };
        let lens = behind(face.landmarks.right_eye) || behind(face.landmarks.left_eye);
        if lens { [luma; 3] } else { at(frame, x, y) }
    })
}

/// The head turned by `degrees` of yaw: its image mapped onto a half cylinder with a nose, seen from the side.
fn turned(frame: &Frame, face: &Face, degrees: f32) -> Frame {
    let (centre, nose, between) = (face.rect.centre(), face.landmarks.nose, face.landmarks.interocular_px());
    let radius = 1.15 * between;
    let (sin, cos) = degrees.to_radians().sin_cos();
    drawn(frame.width(), frame.height(), |x, y| {
        let to = x - centre.x;
        if to.abs() > 1.6 * radius {
            return at(frame, x, y);
        }
        let depth = |from: f32| {
            let (aside, down) = (from + centre.x - nose.x, (y - nose.y) / 1.6);
            let tip = (-(aside * aside + down * down) / (0.22 * between).powi(2)).exp();
            (radius * radius - from * from).max(0.0).sqrt() + 0.45 * between * tip
        };
        // The source of the pixel: the point that the rotation brings here, by fixed-point iteration.
        let mut from = to;
        for _ in 0..20 {
            from += 0.5 * (to - (from * cos + (depth(from) - 0.55 * radius) * sin));
        }
        at(frame, centre.x + from, y)
    })
}

fn inside(rect: Rect<InFrame>, x: f32, y: f32) -> bool {
    (rect.x..rect.x + rect.width).contains(&x) && (rect.y..rect.y + rect.height).contains(&y)
}

/// The rectangle scaled by `times` about its center.
fn grown(rect: Rect<InFrame>, times: f32) -> Rect<InFrame> {
    let (centre, width, height) = (rect.centre(), rect.width * times, rect.height * times);
    Rect::new(centre.x - width / 2.0, centre.y - height / 2.0, width, height)
}

/// A change to a frame and its face.
type Change = fn(&Frame, &Face) -> Frame;

/// Each row: name, change to the frame, hint. Pairs are on both sides of a boundary, far enough from it to allow for the
/// jitter of the detector's box.
const CHANGES: &[(&str, Change, Option<Hint>)] = &[
    ("nothing", |frame, _| frame.clone(), None),
    (
        "no face",
        |f, face| drawn(f.width(), f.height(), |x, y| if inside(face.rect, x, y) { [90.0; 3] } else { at(f, x, y) }),
        Some(Hint::NoFace),
    ),
    (
        "two faces",
        |f, _| drawn(2 * f.width(), f.height(), |x, y| at(f, x % f.width() as f32, y)),
        Some(Hint::SeveralFaces),
    ),
    ("far", |f, face| sized(f, face, 0.135, 0.0), Some(Hint::ComeCloser)),
    ("far, but near enough", |f, face| sized(f, face, 0.165, 0.0), None),
    ("near, but far enough", |f, face| sized(f, face, 0.55, 0.0), None),
    ("near", |f, face| sized(f, face, 0.66, 0.0), Some(Hint::MoveBack)),
    ("left in the image", |f, face| placed(f, face, 0.29, 0.5), Some(Hint::MoveLeft)),
    ("left, but near enough", |f, face| placed(f, face, 0.35, 0.5), None),
    ("right, but near enough", |f, face| placed(f, face, 0.65, 0.5), None),
    ("right in the image", |f, face| placed(f, face, 0.71, 0.5), Some(Hint::MoveRight)),
    ("low", |f, face| placed(f, face, 0.5, 0.71), Some(Hint::MoveUp)),
    ("low, but near enough", |f, face| placed(f, face, 0.5, 0.62), None),
    ("high, but near enough", |f, face| placed(f, face, 0.5, 0.38), None),
    ("high", |f, face| placed(f, face, 0.5, 0.29), Some(Hint::MoveDown)),
    ("turned one way", |f, face| turned(f, face, 40.0), Some(Hint::LookStraight)),
    ("turned the other way", |f, face| turned(f, face, -40.0), Some(Hint::LookStraight)),
    // Only near, and tilted to one side: with smaller faces or to the other side, the landmarks follow half of the tilt.
    ("tilted", |f, face| sized(f, face, 0.45, 25.0), Some(Hint::HoldHeadUpright)),
    ("tilted, but little", |f, face| sized(f, face, 0.45, 9.0), None),
    ("dark glasses", |f, face| with_glasses(f, face, 0.3 * LUMA), Some(Hint::EyesHidden)),
    ("tinted glasses", |f, face| with_glasses(f, face, 0.6 * LUMA), None),
    ("dark", |f, face| at_luma(f, face, 20.0), Some(Hint::TooDark)),
    // Sharpness falls with the light: the softest of these recordings fails that gate before it is too dark.
    ("dark, but light enough", |f, face| at_luma(f, face, 90.0), None),
    ("bright, but little", |f, _| lit(f, |_, _| 2.1), None),
    ("bright", |f, _| drawn(f.width(), f.height(), |x, y| at(f, x, y).map(|v| 216.0 + v * 0.2)), Some(Hint::TooBright)),
    (
        "a window behind",
        |f, face| {
            drawn(f.width(), f.height(), |x, y| {
                if inside(grown(face.rect, 1.6), x, y) { at(f, x, y).map(|v| v * 0.15) } else { [250.0; 3] }
            })
        },
        Some(Hint::TooDark),
    ),
    (
        "light from one side",
        |f, face| lit(f, |x, _| if x < face.rect.centre().x { 0.4 } else { 1.0 }),
        Some(Hint::UnevenLight),
    ),
    ("blurred", |f, _| blurred(f, 5), Some(Hint::HoldStill)),
];

#[test]
fn each_defect_gives_its_hint_and_a_smaller_one_none() {
    let mut wrong = Vec::new();
    for (person, frame, face) in people() {
        let frame = at_luma(&frame, &face, LUMA);
        for (name, change, expected) in CHANGES {
            let hint = hint_for(&change(&frame, &face));
            if hint != *expected {
                wrong.push(format!("{person}, {name}: {hint:?} instead of {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

/// Recordings of people who look into the camera, from beginning to end: no hint may appear.
#[test]
fn well_placed_people_get_no_hint() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    for clip in ["person-a-enrol.mp4", "person-a-verify.mp4", "person-b.mp4"] {
        let mut source = recording::open(&folder.join(clip)).unwrap();
        let mut debouncer = HintDebouncer::new(&HintPolicy::default());
        while let Ok(frame) = source.next_frame(Duration::from_secs(1)) {
            let examined = quality::examine(&frame, &VISION.faces(&frame).unwrap(), &QualityPolicy::default());
            assert_eq!(debouncer.see(frame.at(), examined.gates()), None, "{clip} at {:?}", frame.at());
        }
    }
}
