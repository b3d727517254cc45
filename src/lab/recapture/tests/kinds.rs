//! What the made frames show: the geometry of each kind of attack.

use std::time::Duration;

use super::super::*;

const SIZE: (usize, usize) = (160, 120);

/// A gray frame.
fn gray() -> Frame {
    Frame::new(SIZE.0 as u32, SIZE.1 as u32, vec![150; SIZE.0 * SIZE.1 * 3], 0, Duration::ZERO).unwrap()
}

fn options(species: Species, support: Support, seed: u64) -> Options {
    Options::new(species, support, seed)
}

fn view(options: &Options, millis: u64) -> pose::View {
    let pose = Parameters::draw(options).pose;
    pose::View::of(SIZE.0 as u32, SIZE.1 as u32, options, &pose, Duration::from_millis(millis))
}

/// The phone's four edges are in the view, with room beyond each, at all times; and each is dark between lighter things.
#[test]
fn the_whole_bezel_of_a_phone_is_in_view() {
    for (seed, support) in (0..40).flat_map(|seed| [Support::Hand, Support::Fixed].map(|support| (seed, support))) {
        let options = options(Species::BezelVideo, support, seed);
        let (width, height) = options.device.outer_mm;
        for millis in (0..3_000).step_by(100) {
            let view = view(&options, millis);
            let inside = |x: usize, y: usize| {
                let (u, v) = view.instrument(x, y);
                u.abs() <= width / 2.0 && v.abs() <= height / 2.0
            };
            let border = (0..view.width).flat_map(|x| [(x, 1), (x, view.height - 2)]);
            let border = border.chain((0..view.height).flat_map(|y| [(1, y), (view.width - 2, y)]));
            assert!(border.into_iter().all(|(x, y)| !inside(x, y)), "{seed} {support:?} {millis}");
            assert!(inside(view.width / 2, view.height / 2));
        }
    }
    let options = options(Species::BezelPhoto, Support::Fixed, 5);
    let scene = Scene::new(&gray(), &options).unwrap();
    let view = view(&options, 0);
    let light = scene.light(&view, None);
    let at = |x: usize, y: usize| light.rgb[y * light.width + x].iter().sum::<f32>() / 3.0;
    let (x, y) = (light.width / 2, light.height / 2);
    let row: Vec<f32> = (0..light.width).map(|x| at(x, y)).collect();
    let column: Vec<f32> = (0..light.height).map(|y| at(x, y)).collect();
    let screen = at(x, y);
    for line in [row, column] {
        let darkest = |part: &[f32]| part.iter().copied().fold(f32::MAX, f32::min);
        let (before, after) = line.split_at(line.len() / 2);
        assert!(darkest(before) < 0.2 * screen && darkest(after) < 0.2 * screen, "{line:?}");
        assert!(line[0] > 2.0 * darkest(before) && line[line.len() - 1] > 2.0 * darkest(after), "{line:?}");
    }
}

/// A room has texture and stands still while a hand moves the phone.
#[test]
fn the_room_behind_a_phone_is_textured_and_stands_still() {
    for seed in 0..6 {
        let options = options(Species::BezelPhoto, Support::Hand, seed);
        let scene = Scene::new(&gray(), &options).unwrap();
        let left = |millis, columns: usize| -> Vec<f32> {
            let light = scene.light(&view(&options, millis), None);
            let at = (0..columns).flat_map(|x| (0..light.height).map(move |y| (x, y)));
            at.map(|(x, y)| light.rgb[y * light.width + x][1]).collect()
        };
        let room = left(0, 80);
        let mean = room.iter().sum::<f32>() / room.len() as f32;
        let deviation = (room.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / room.len() as f32).sqrt();
        assert!(deviation > 0.08 * mean, "{seed}: {deviation} of {mean}");
        let changes = left(0, 40).into_iter().zip(left(900, 40)).map(|(a, b)| (a - b).abs());
        assert!(changes.fold(0.0, f32::max) < 0.1 * mean, "{seed}");
    }
}

#[test]
fn nothing_but_the_image_is_in_view_of_a_filled_screen() {
    for (seed, support) in (0..40).flat_map(|seed| [Support::Hand, Support::Fixed].map(|support| (seed, support))) {
        let options = options(Species::FullscreenVideo, support, seed);
        let (width, height) = options.device.picture_mm;
        for millis in (0..3_000).step_by(100) {
            let view = view(&options, millis);
            for (x, y) in [(0, 0), (view.width - 1, 0), (0, view.height - 1), (view.width - 1, view.height - 1)] {
                let (u, v) = view.instrument(x, y);
                assert!(u.abs() < width / 2.0 && v.abs() < height / 2.0, "{seed} {support:?} {millis}: {u} {v}");
            }
        }
    }
}

/// How far, in mm on the instrument, the points that rows of photosites look at are from those that a plane would have
/// there: on a plane, the cross ratio of four points on a line is that of their images.
fn off_plane_mm(view: &pose::View) -> f32 {
    let (step, centre) = (view.height / 10, (view.width / 2, view.height / 2));
    let off = |row: usize| {
        let point = |i: usize| view.instrument(centre.0 + i * step - 4 * step, centre.1 + row * step - 3 * step);
        let first = point(0);
        let [b, c, d] = [2, 4, 8].map(|i| {
            let (u, v) = point(i);
            (u - first.0).hypot(v - first.1)
        });
        // c(d − b) / (c − b)d is 4·6 / 2·8.
        let expected = c * b / (c - 1.5 * (c - b));
        (expected - d).abs()
    };
    (0..7).map(off).fold(0.0, f32::max)
}

#[test]
fn a_bent_print_is_no_plane() {
    let mut least = f32::MAX;
    for (seed, support) in (0..20).flat_map(|seed| [Support::Hand, Support::Fixed].map(|support| (seed, support))) {
        let off = |species| off_plane_mm(&view(&options(species, support, seed), 700));
        let (flat, bent) = (off(Species::Print), off(Species::BentPrint));
        assert!(flat < 0.1, "{seed}: {flat} mm");
        least = least.min(bent);
    }
    assert!(least > 4.0, "{least} mm");
}

#[test]
fn a_hand_bends_a_print_more_and_less() {
    let along = |support, millis| view(&options(Species::BentPrint, support, 1), millis).turn(100.0);
    assert_eq!(along(Support::Fixed, 0).to_bits(), along(Support::Fixed, 800).to_bits());
    assert!((along(Support::Hand, 0) - along(Support::Hand, 800)).abs() > 0.005);
    assert!(view(&options(Species::Print, Support::Hand, 1), 800).turn(100.0) == 0.0);
}

/// The image of a waved print is as wide as the view, or nearly, and its sides are by turns the nearer one.
#[test]
fn a_waved_print_fills_the_view_and_turns() {
    for seed in 0..20 {
        let options = options(Species::WavedPrint, Support::Hand, seed);
        let half = options.device.outer_mm.0 / 2.0;
        let mut nearer = [false; 2];
        for millis in (0..2_500).step_by(50) {
            let view = view(&options, millis);
            let row = view.height / 2;
            let outside = (0..view.width).filter(|&x| view.instrument(x, row).0.abs() > half).count();
            assert!(outside * 8 < view.width, "{seed} {millis}: {outside} of {}", view.width);
            let [a, b, c] = [view.width / 4, view.width / 2, 3 * view.width / 4].map(|x| view.instrument(x, row).0);
            // A photosite sees less of what is nearer.
            nearer[usize::from((b - a) < (c - b))] |= ((b - a) / (c - b) - 1.0).abs() > 0.1;
        }
        assert_eq!(nearer, [true; 2], "{seed}");
    }
}

#[test]
fn choices_that_contradict_a_species_are_refused() {
    let source = || {
        let mut frames = std::iter::repeat_n(gray(), 2);
        countenance_camera::testing::FakeSource::new(move || frames.next().ok_or(CameraError::Ended))
    };
    let folder = tempfile::tempdir().unwrap();
    let made = |options: &Options| run(&mut source(), &folder.path().join("a.avi"), options, &mut |_| {});
    let waved = made(&options(Species::WavedPrint, Support::Fixed, 1));
    assert!(matches!(waved, Err(RecaptureError::Support { .. })), "{waved:?}");
    let whole = Options { crop: Crop::Whole, ..options(Species::FullscreenVideo, Support::Hand, 1) };
    let whole = made(&whole);
    assert!(matches!(whole, Err(RecaptureError::Crop { .. })), "{whole:?}");
    let late = made(&Options { skip: 2, ..options(Species::Print, Support::Hand, 1) });
    assert!(matches!(late, Err(RecaptureError::Empty)), "{late:?}");
    let faceless = made(&options(Species::AnimatedFile, Support::None, 1));
    assert!(matches!(faceless, Err(RecaptureError::NoFace)), "{faceless:?}");
}

/// A file is the input without a camera: the same size, and the same colors up to JPEG.
#[test]
fn an_animated_file_has_no_camera() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut source = countenance_camera::recording::open(&folder.join("person-b.mp4")).unwrap();
    let frame = source.next_frame(FRAME_WAIT).unwrap();
    let options = options(Species::AnimatedFile, Support::None, 3);
    let made = |seed| {
        let mut scene = Scene::new(&frame, &Options { seed, ..options }).unwrap();
        image::load_from_memory(&scene.record(&frame).unwrap()).unwrap().into_rgb8()
    };
    let picture = made(3);
    assert_eq!(picture.dimensions(), (frame.width(), frame.height()));
    // Far from the face nothing moves.
    let off = |x: u32, y: u32| {
        let at = ((y * frame.width() + x) * 3) as usize;
        let pixel = picture.get_pixel(x, y).0;
        (0..3).map(|c| u32::from(pixel[c].abs_diff(frame.rgb()[at + c]))).sum::<u32>()
    };
    let far = (0..frame.height()).flat_map(|y| (0..50).map(move |x| (x, y)));
    let mean = far.map(|(x, y)| off(x, y)).sum::<u32>() as f32 / (3 * 50 * frame.height()) as f32;
    assert!(mean < 4.0, "{mean}");
    assert!(picture == made(3) && picture != made(4), "the seed moves the face");
}

/// In a made clip of a mask, the eyes and the mouth of the person change, and little else does.
#[test]
fn a_cutout_print_moves_in_its_holes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut source = countenance_camera::recording::open(&folder.join("person-b.mp4")).unwrap();
    let frames: Vec<Frame> = (0..24).map(|_| source.next_frame(FRAME_WAIT).unwrap()).collect();
    let mut scene = Scene::new(&frames[0], &options(Species::CutoutPrint, Support::Fixed, 4)).unwrap();
    let mut light = |frame: &Frame| {
        scene.instrument.show(frame).unwrap();
        scene.light(&view_of(&scene, frame), None)
    };
    let (first, last) = (light(&frames[0]), light(&frames[23]));
    let moved = first.rgb.iter().zip(&last.rgb).filter(|(a, b)| (a[1] - b[1]).abs() > 0.03).count();
    let share = moved as f32 / first.rgb.len() as f32;
    assert!((0.001..0.03).contains(&share), "{share} of the image");
}

fn view_of(scene: &Scene, frame: &Frame) -> pose::View {
    pose::View::of(scene.width, scene.height, &scene.options, &scene.parameters.pose, frame.at())
}
