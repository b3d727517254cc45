//! Synthetic faces of known motion for the tests of the cues: a texture on a plane that can be moved, bent, lit and
//! made noisy.

use std::time::Duration;

use super::View;
use crate::{
    face::{Face, Landmarks},
    frame::Frame,
    geometry::{InFrame, Point},
    policy::QualityPolicy,
    quality::{GoodFrame, judge},
    testing::face_at,
};

const MIDDLE: (f32, f32) = (320.0, 240.0);
const WIDTH: f32 = 200.0;

/// How a face appears in one frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pose {
    /// Shift of the whole face, frame pixels.
    pub(super) shift: (f32, f32),
    /// In-plane rotation, radians.
    pub(super) turn: f32,
    /// How far its center is shifted relative to its rim, frame pixels: what a nose does when the head turns.
    pub(super) bulge: f32,
    /// Exposure gain.
    pub(super) gain: f32,
    /// Standard deviation of the noise, luma levels.
    pub(super) noise: f32,
    /// Maximum error of the detector along each axis, frame pixels.
    pub(super) jitter: f32,
}

impl Pose {
    /// Facing straight ahead, through a good camera.
    pub(super) const STILL: Self =
        Self { shift: (0.0, 0.0), turn: 0.0, bulge: 0.0, gain: 1.0, noise: 2.0, jitter: 1.0 };
}

/// Frames of `pose`, 400 ms apart.
pub(super) fn film(frames: u64, pose: impl Fn(f32) -> Pose) -> Vec<GoodFrame> {
    (0..frames).map(|seq| good(seq, pose(seq as f32))).collect()
}

/// `good` as a cue sees it, with or without its time.
pub(super) fn view(good: &GoodFrame, timed: bool) -> View<'_> {
    View { good, at: timed.then(|| good.frame().at()) }
}

fn good(seq: u64, pose: Pose) -> GoodFrame {
    let (sin, cos) = pose.turn.sin_cos();
    let mut rgb = vec![110; 640 * 480 * 3];
    let (mut rng, x0, y0) = (TestRng(seq.wrapping_mul(0x9e37_79b9) | 1), 180, 60);
    for (y, x) in (y0..y0 + 360).flat_map(|y| (x0..x0 + 280).map(move |x| (y, x))) {
        let (dx, dy) = (x as f32 - MIDDLE.0 - pose.shift.0, y as f32 - MIDDLE.1 - pose.shift.1);
        let (u, v) = (cos * dx + sin * dy, cos * dy - sin * dx);
        let near = (-(u * u + v * v) / (0.3 * WIDTH).powi(2)).exp();
        let luma = 110.0 + 50.0 * (texture(u - pose.bulge * near, v) - 0.5);
        let level = (luma * pose.gain + pose.noise * rng.normal()).clamp(0.0, 255.0) as u8;
        rgb[(y * 640 + x) * 3..][..3].fill(level);
    }
    let frame = Frame::new(640, 480, rgb, seq, Duration::from_millis(seq * 400)).unwrap();
    let still = face_at(MIDDLE.0, MIDDLE.1, WIDTH);
    let mut moved = |p: Point<InFrame>| {
        let (dx, dy) = (p.x - MIDDLE.0, p.y - MIDDLE.1);
        let (x, y) = (cos * dx - sin * dy + pose.shift.0, sin * dx + cos * dy + pose.shift.1);
        let mut err = || pose.jitter * (rng.share() * 2.0 - 1.0);
        Point::new(MIDDLE.0 + x + err(), MIDDLE.1 + y + err())
    };
    let l = still.landmarks;
    let landmarks = Landmarks {
        right_eye: moved(l.right_eye),
        left_eye: moved(l.left_eye),
        nose: moved(l.nose),
        right_mouth: moved(l.right_mouth),
        left_mouth: moved(l.left_mouth),
    };
    judge(&frame, &[Face { landmarks, ..still }], &QualityPolicy::default()).unwrap()
}

/// Value noise, 0 to 1, at two scales: about an eyebrow and about a pupil.
fn texture(x: f32, y: f32) -> f32 {
    0.6 * layer(x / 22.0, y / 22.0) + 0.4 * layer(x / 9.0 + 71.0, y / 9.0)
}

fn layer(x: f32, y: f32) -> f32 {
    let (x0, y0) = (x.floor(), y.floor());
    let soft = |t: f32| t * t * (3.0 - 2.0 * t);
    let (fx, fy) = (soft(x - x0), soft(y - y0));
    let at = |dx: f32, dy: f32| {
        let key = ((x0 + dx) as i64 * 73_856_093) ^ ((y0 + dy) as i64 * 19_349_663);
        TestRng(key as u64 | 1).share()
    };
    let across = |dy: f32| at(0.0, dy) * (1.0 - fx) + at(1.0, dy) * fx;
    across(0.0) * (1.0 - fy) + across(1.0) * fy
}

/// Random numbers from a seed (SplitMix64).
struct TestRng(u64);

impl TestRng {
    fn share(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// Approximately normal, standard deviation 1.
    fn normal(&mut self) -> f32 {
        (0..4).map(|_| self.share() - 0.5).sum::<f32>() * 3.0_f32.sqrt()
    }
}
