//! What every attack shows, and that the same seed makes the same file.

mod kinds;

use std::f32::consts::TAU;

use super::*;
use countenance_camera::testing::FakeSource;

/// A gray frame with a bright square that moves slightly over time.
fn frame(seq: u64) -> Frame {
    let (width, height) = (160, 120);
    let pixel = |i: usize| {
        let (x, y) = (i % width, i / width);
        let square = (40 + seq as usize..80 + seq as usize).contains(&x) && (40..80).contains(&y);
        [if square { 220 } else { 128 }; 3]
    };
    let rgb = (0..width * height).flat_map(pixel).collect();
    Frame::new(width as u32, height as u32, rgb, seq, Duration::from_millis(40 * seq)).unwrap()
}

/// The light on the sensor while the instrument displays frame `seq`.
fn light(options: &Options, seq: u64) -> picture::Light {
    let mut scene = Scene::new(&frame(0), options).unwrap();
    scene.instrument.show(&frame(seq)).unwrap();
    let view = pose::View::of(scene.width, scene.height, options, &scene.parameters.pose, frame(seq).at());
    scene.light(&view, None)
}

fn apart(a: &picture::Light, b: &picture::Light) -> f32 {
    a.rgb.iter().zip(&b.rgb).map(|(a, b)| (a[1] - b[1]).abs()).fold(0.0, f32::max)
}

#[test]
fn photos_are_still_videos_play_and_hands_move() {
    let moved = |species, support| {
        let options = Options::new(species, support, 4);
        apart(&light(&options, 0), &light(&options, 12))
    };
    let rows = [
        ("a photo on a stand", Species::TabletPhoto, Support::Fixed, false),
        ("a print on a stand", Species::Print, Support::Fixed, false),
        ("a video on a stand", Species::TabletVideo, Support::Fixed, true),
        ("a photo in a hand", Species::TabletPhoto, Support::Hand, true),
    ];
    for (name, species, support, moves) in rows {
        let change = moved(species, support);
        assert_eq!(change > 0.0, moves, "{name}: {change}");
    }
}

/// A display's pixel grid beats with the photosites at the frequency given by pitch and distance.
#[test]
fn displays_cause_moire_and_dye_prints_do_not() {
    let beat = |name: &str, species| {
        let device = Device::named(name).unwrap();
        let camera = Camera::named("webcam-vga").unwrap();
        let crop = Crop::Filled;
        let options = Options { device, crop, camera, ..Options::new(species, Support::Fixed, 2) };
        let mut scene = Scene::new(&frame(0), &options).unwrap();
        // Frontal and in focus: the same beat all over the image.
        (scene.parameters.pose.tilt_rad, scene.parameters.pose.offset_ratio) = ([0.0; 3], [0.0; 2]);
        (scene.parameters.camera.focus_error_dioptres, scene.parameters.camera.blur_px) = (0.0, 0.4);
        let view = pose::View::of(scene.width, scene.height, &options, &scene.parameters.pose, Duration::ZERO);
        let light = scene.light(&view, None);
        let pitch_mm = Device::named("tablet-lcd-132").map(|tablet| match &tablet.surface {
            device::Surface::Display(display) => display.pitch_mm,
            device::Surface::Ink(_) | device::Surface::Pixels => panic!("not a display"),
        });
        let cycles = view.cell_mm / pitch_mm.unwrap();
        let (mut re, mut im, mut total) = (0.0, 0.0, 0.0);
        for row in [40, 80, 120] {
            for x in 0..light.width {
                let value = light.rgb[row * light.width + x][1];
                let (s, c) = (TAU * cycles * x as f32).sin_cos();
                (re, im, total) = (re + value * c, im + value * s, total + value);
            }
        }
        2.0 * f32::hypot(re, im) / total
    };
    let (display, dye) = (beat("tablet-lcd-132", Species::TabletPhoto), beat("dye-15x10", Species::Print));
    assert!(display > 0.02 && display > 10.0 * dye, "{display} {dye}");
}

#[test]
fn output_is_reproducible_and_never_overwritten() {
    let source = || {
        let mut seqs = 0..5;
        FakeSource::new(move || seqs.next().map(frame).ok_or(CameraError::Ended))
    };
    let folder = tempfile::tempdir().unwrap();
    let made = |name: &str, seed, frames| {
        let out = folder.path().join(name);
        let options = Options { frames, ..Options::new(Species::PhoneVideo, Support::Hand, seed) };
        run(&mut source(), &out, &options, &mut |_| {}).map(|made| (made.frames, std::fs::read(out).unwrap()))
    };
    let first = made("a.avi", 1, None).unwrap();
    assert_eq!(first.0, 5);
    assert!(first == made("b.avi", 1, None).unwrap() && first != made("c.avi", 2, None).unwrap());
    assert_eq!(made("d.avi", 1, Some(2)).unwrap().0, 2);
    assert!(matches!(made("a.avi", 1, None), Err(RecaptureError::Output(_))));
    let wrong =
        Options { device: Device::named("dye-15x10").unwrap(), ..Options::new(Species::PhoneVideo, Support::Hand, 1) };
    let refused = run(&mut source(), &folder.path().join("e.avi"), &wrong, &mut |_| {});
    assert!(matches!(refused, Err(RecaptureError::Device { .. })), "{refused:?}");
}
